"""Pytest plugin: a throw-away PostgreSQL for the session, started before settings are read.

It uses the same supervisor as the product. CLEANPROD_PG_BIN chooses other programs; with
DATABASE_URL nothing is started. Under xdist the controller starts it and the workers inherit it.
"""

import os
import shutil
import tempfile
from pathlib import Path

import pytest

from cleanprod.foundation.engine.home import OWNER_ROLE, Home
from cleanprod.foundation.engine.server import embedded

# A throw-away database need not survive a power cut.
IN_A_HURRY = {
    "fsync": "off",
    "full-page-writes": "off",
    "synchronous-commit": "off",
    "max-connections": "100",
}


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config, parser, args):
    os.environ.setdefault("CLEANPROD_DB_AS", "owner")
    if "PYTEST_XDIST_WORKER" in os.environ:
        return
    folder = Path(tempfile.mkdtemp(prefix="cleanprod-test-", dir="/tmp"))
    folder.chmod(0o711)
    early_config.add_cleanup(lambda: shutil.rmtree(folder, ignore_errors=True))
    os.environ["CLEANPROD_HOME"] = str(folder / "home")
    if os.environ.get("DATABASE_URL"):
        return
    home = Home(folder / "server")
    home.make()
    server = embedded(home, IN_A_HURRY)
    server.start()
    early_config.add_cleanup(server.stop)
    os.environ["DATABASE_URL"] = f"postgresql://{OWNER_ROLE}@/postgres?host={home.socket}&port=5432"
