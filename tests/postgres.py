"""Pytest plugin: a throw-away PostgreSQL for the session, started before settings are read.

It uses the same supervisor as the product. CLEANPROD_PG_BIN chooses other programs; with
DATABASE_URL nothing is started. Under xdist every worker has a server of its own: transactions of
another worker would hold back what the trail may seal.
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


# Set where DATABASE_URL is ours and not the caller's, so that workers start their own server.
OURS = "CLEANPROD_TEST_SERVER"


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config, parser, args):
    os.environ.setdefault("CLEANPROD_DB_AS", "owner")
    folder = Path(tempfile.mkdtemp(prefix="cleanprod-test-", dir="/tmp"))
    folder.chmod(0o711)
    early_config.add_cleanup(lambda: shutil.rmtree(folder, ignore_errors=True))
    os.environ["CLEANPROD_HOME"] = str(folder / "home")
    if os.environ.get("DATABASE_URL") and OURS not in os.environ:
        return
    os.environ[OURS] = "1"
    home = Home(folder / "server")
    os.environ["DATABASE_URL"] = f"postgresql://{OWNER_ROLE}@/postgres?host={home.socket}&port=5432"
    workers = getattr(early_config.known_args_namespace, "numprocesses", None)
    if workers and "PYTEST_XDIST_WORKER" not in os.environ:
        return  # they run the tests
    home.make()
    server = embedded(home, IN_A_HURRY)
    server.start()
    early_config.add_cleanup(server.stop)
