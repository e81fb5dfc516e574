"""The process tree as people start it: `python -m cleanprod serve`."""

import http.client
import os
import signal
import socket
import subprocess
import sys

import psutil
import pytest

from cleanprod.foundation.engine import server
from cleanprod.foundation.engine.home import Home
from cleanprod.foundation.engine.tests.conftest import alive, eventually, servers_in

READY = "清洁生产平台已就绪：http://127.0.0.1:{}/\n"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Served:
    """A running `cleanprod serve`, ready when made."""

    def __init__(self, log):
        self.port = free_port()
        self.parent = subprocess.Popen(
            [sys.executable, "-m", "cleanprod", "serve", "--port", str(self.port)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )
        self.line = self.parent.stdout.readline()
        self.tree = psutil.Process(self.parent.pid).children(recursive=True)

    def child(self, words):
        """Return our direct child whose command line has these words."""
        children = alive(psutil.Process(self.parent.pid).children())
        return next(one for one in children if words in " ".join(one.cmdline()))

    def status(self):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request("GET", "/")
            return connection.getresponse().status
        except OSError:
            return None
        finally:
            connection.close()

    def stop(self, number=signal.SIGTERM):
        self.parent.send_signal(number)
        code = self.parent.wait(60)
        self.parent.stdout.close()
        return code


@pytest.fixture
def serve(home, tmp_path):
    """Start `serve` on the test's home, as often as asked."""
    started = []

    def start():
        with (tmp_path / "stderr").open("a") as log:
            started.append(Served(log))
        assert started[-1].line == READY.format(started[-1].port), (tmp_path / "stderr").read_text()
        return started[-1]

    yield start
    for one in started:
        one.parent.kill()
        one.parent.wait()
        one.parent.stdout.close()
        assert eventually(lambda one=one: not alive(one.tree))


def test_a_home_is_served_stopped_killed_and_served_again(home, serve, command):
    first = serve()
    assert first.status() == 200
    assert {one.name() for one in first.tree} >= {"postgres"}

    second = command("serve", "--port", str(free_port()))
    assert second.returncode == 1
    assert second.stderr.startswith("本数据目录已由另一个 serve 使用")
    assert second.stderr.count("\n") == 1

    beside = command("migrate")
    assert (beside.returncode, beside.stdout) == (0, "数据库已是最新\n"), beside.stderr
    assert not [one for one in first.tree if one.name() == "postgres" and not one.is_running()]

    with server.connect(home.socket, "cleanprod") as owner:
        owner.execute("CREATE TABLE kept AS SELECT 7 AS number")
    assert first.stop(signal.SIGTERM) == 0
    assert alive(first.tree) == []
    assert servers_in(home) == []

    killed = serve()
    killed.parent.kill()
    killed.parent.wait()
    assert eventually(lambda: not alive(killed.tree))

    last = serve()
    with server.connect(home.socket, "cleanprod") as owner:
        assert owner.execute("SELECT number FROM kept").fetchall() == [(7,)]
    assert last.stop(signal.SIGINT) == 0
    assert alive(last.tree) == []


def test_whatever_is_killed_comes_back(home, serve):
    served = serve()
    for words in ("engine.worker", "granian", "postgres"):
        victim = served.child(words)
        victim.kill()
        assert eventually(lambda victim=victim: not alive([victim]))

        def is_back(words=words, victim=victim):
            try:
                return served.child(words).pid != victim.pid and served.status() == 200
            except (StopIteration, psutil.Error):
                return False

        assert eventually(is_back, 60), words
    assert alive(served.tree) == []
    served.tree = psutil.Process(served.parent.pid).children(recursive=True)
    assert served.stop() == 0
    assert alive(served.tree) == []


def test_a_port_in_use_is_refused_before_anything_starts(home, command):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        answer = command("serve", CLEANPROD_PORT=str(port))
    assert answer.returncode == 1
    assert answer.stderr.startswith(f"端口 {port}（127.0.0.1）不能使用（已被占用）")
    assert answer.stderr.count("\n") == 1
    assert not home.database.exists()


def test_with_an_outside_server_nothing_embedded_starts(home, serve, monkeypatch):
    outside = Home(home.path.with_name("outside"))
    elsewhere = server.embedded(outside)
    outside.make()
    elsewhere.start()
    try:
        with server.connect(outside.socket) as owner:
            owner.execute("CREATE ROLE province LOGIN CREATEROLE")
            owner.execute("CREATE DATABASE province OWNER province")
        address = f"postgresql://province@/province?host={outside.socket}&port=5432"
        monkeypatch.setenv("DATABASE_URL", address)
        served = serve()
        assert served.status() == 200
        assert not [one for one in served.tree if one.name().startswith("postgres")]
        assert not home.database.exists()
        assert served.stop() == 0
        assert elsewhere.alive
    finally:
        elsewhere.stop()


def test_a_setting_that_cannot_be_used_ends_in_one_line(home, command):
    answer = command("serve", "--port", str(free_port()), CLEANPROD_DEBUG="perhaps")
    assert (answer.returncode, answer.stderr.count("\n")) == (1, 1)
    assert answer.stderr.startswith("CLEANPROD_DEBUG")
    assert os.listdir(home.path / "database")
    assert servers_in(home) == []
