import os
import stat
import subprocess
import sys
import time

import pytest

from cleanprod.foundation.engine import server
from cleanprod.foundation.engine.home import SOCKET_NAME, Home
from cleanprod.foundation.engine.lock import HomeLock
from cleanprod.foundation.engine.process import Account
from cleanprod.foundation.engine.tests.conftest import eventually, servers_in
from cleanprod.kernel.errors import Refused

HOLD = """
import sys
from cleanprod.foundation.engine.home import Home
from cleanprod.foundation.engine.server import running
with running(Home.from_environment()):
    print("in", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def holder():
    """Another process that keeps the home's database running until its stdin is closed."""
    started = []

    def start():
        child = subprocess.Popen(
            [sys.executable, "-c", HOLD],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        started.append(child)
        return child

    yield start
    for child in started:
        child.kill()
        child.communicate()


def test_data_outlive_a_stop_and_no_process_does(home, programs):
    with server.running(home), server.connect(home.socket) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 7 AS number")
    assert servers_in(home) == []
    with server.running(home), server.connect(home.socket) as connection:
        assert connection.execute("SELECT number FROM kept").fetchall() == [(7,)]
    assert servers_in(home) == []


def test_chinese_characters_are_letters(home, programs):
    with server.running(home), server.connect(home.socket) as connection:
        row = connection.execute(
            "SELECT current_setting('server_version_num')::int / 10000, datctype FROM pg_database"
            " WHERE datname = 'template1'"
        ).fetchone()
    assert row == (programs.major, "C.UTF-8")


def test_a_killed_parent_leaves_nothing_and_the_next_start_works(home, programs, holder):
    child = holder()
    assert child.stdout.readline() == b"in\n"
    with server.connect(home.socket) as connection:
        connection.execute("CREATE TABLE acknowledged AS SELECT 1")
    child.kill()
    child.wait()
    assert eventually(lambda: not servers_in(home))
    with server.running(home), server.connect(home.socket) as connection:
        assert connection.execute("SELECT * FROM acknowledged").fetchall() == [(1,)]


def test_a_left_over_server_is_stopped_by_its_id(home, programs):
    with server.running(home):
        pass
    account = Account.for_database(home.database)
    other = {"user": account.uid, "group": account.gid, "extra_groups": []}
    orphan = subprocess.Popen(
        [programs.folder / "postgres", "-D", home.database, "-k", home.socket, "-h", ""],
        stderr=subprocess.DEVNULL,
        cwd="/",
        **({} if account.is_us else other),
    )
    assert eventually(lambda: server.answers(home.socket))
    with server.running(home):
        assert orphan.wait(5) == 0
        assert server.answers(home.socket)


def test_a_pid_file_that_names_a_stranger_harms_nobody(home):
    with server.running(home):
        pass
    stranger = subprocess.Popen(["sleep", "60"])
    try:
        (home.database / "postmaster.pid").write_text(f"{stranger.pid}\n{home.database}\n")
        (home.socket / f"{SOCKET_NAME}.lock").write_text(f"{stranger.pid}\n")
        with server.running(home):
            assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def test_data_of_another_major_version_are_refused_in_one_line(home, programs):
    with server.running(home):
        pass
    (home.database / "PG_VERSION").write_text("14\n")
    with (
        pytest.raises(Refused, match=rf"PostgreSQL 14 .*{programs.major}.*pg_dump") as refusal,
        server.running(home),
    ):
        pass
    assert "\n" not in str(refusal.value)
    assert servers_in(home) == []


def test_a_long_home_gets_a_short_socket_of_its_own(home, programs):
    deep = Home(home.path.joinpath(*["很长的目录名"] * 8))
    with server.running(deep):
        assert len(os.fsencode(deep.socket / SOCKET_NAME)) <= 107
        assert stat.S_IMODE(deep.socket.stat().st_mode) == 0o700
        assert server.answers(deep.socket)
    deep.socket.rmdir()


def test_a_socket_folder_that_is_a_link_is_refused(home):
    home.make()
    home.socket.symlink_to("/tmp")
    with pytest.raises(Refused, match="套接字"), server.running(home):
        pass


def test_nobody_else_may_enter_data_and_socket(home):
    with server.running(home):
        modes = [stat.S_IMODE(f.stat().st_mode) for f in (home.database, home.socket, home.log)]
    assert modes == [0o700, 0o700, 0o700]


def test_short_commands_wait_for_each_other(home, holder):
    first = holder()
    assert first.stdout.readline() == b"in\n"
    second = holder()
    time.sleep(0.5)
    assert HomeLock(home.path).holder().pid == first.pid
    first.communicate(b"")
    assert second.stdout.readline() == b"in\n"
    assert HomeLock(home.path).holder().pid == second.pid


def test_a_command_uses_the_server_of_a_running_serve(home):
    home.make()
    ours = server.embedded(home)
    with HomeLock(home.path) as lock:
        assert lock.acquire(serves=True, url="http://127.0.0.1:1/")
        ours.start()
        try:
            chief = (home.database / "postmaster.pid").read_text()
            with server.running(home):
                assert (home.database / "postmaster.pid").read_text() == chief
            assert ours.alive
            assert server.answers(home.socket)
        finally:
            ours.stop()


def test_a_command_within_a_command_shares_its_server(home, holder):
    with server.running(home):
        with server.running(home):
            assert server.answers(home.socket)
        child = holder()
        assert child.stdout.readline() == b"in\n"
        child.communicate(b"")
        assert server.answers(home.socket)


def test_a_server_that_cannot_start_says_why_in_one_line(home):
    with server.running(home):
        pass
    (home.database / "postgresql.conf").write_text("nonsense here\n")
    with pytest.raises(Refused, match="数据库未能启动：.*FATAL") as refusal, server.running(home):
        pass
    assert "\n" not in str(refusal.value)


def test_an_outside_server_starts_nothing(home, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgresql://somebody@db.example/cleanprod")
    with server.running(home):
        assert not home.path.exists()
