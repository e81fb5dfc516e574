"""Kill an import, or its database, at a random moment: all of a list is stored, or none of it."""

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

from cleanprod.foundation.engine import server
from cleanprod.foundation.engine.home import DATABASE_NAME, Home
from cleanprod.foundation.engine.tests.conftest import OURS, eventually, servers_in
from tests.house.source import ROOT
from tests.workbooks import code, list_book
from tests.world import FOSHAN

pytestmark = [pytest.mark.database, pytest.mark.slow]

ROWS = 3000
ROUNDS = 6
SEED = 440600
PATIENCE = 120  # seconds for one command, on a busy machine
CAST = (
    "from cleanprod.faces.cli.session import database\n"
    "with database():\n"
    "    from tests.world import make_cast\n"
    "    make_cast()\n"
)

# What a list left behind, by its number: each column counts one kind of its traces.
TRACES = """
SELECT b.stage,
       (SELECT count(*) FROM programme_entry e WHERE e.batch_id = b.id),
       (SELECT count(*) FROM audits_round r JOIN programme_entry e ON e.id = r.entry_id
         WHERE e.batch_id = b.id),
       (SELECT count(*) FROM audits_fact f JOIN audits_round r ON r.id = f.round_id
          JOIN programme_entry e ON e.id = r.entry_id
         WHERE e.batch_id = b.id AND f.kind = 'listed'),
       (SELECT count(*) FROM trail_entry t
         WHERE t.act = 'round:open' AND (t.after ->> 'list')::bigint = b.id),
       (SELECT count(*) FROM obligations_obligation o JOIN audits_round r
            ON o.subject = 'round:' || r.id
          JOIN programme_entry e ON e.id = r.entry_id WHERE e.batch_id = b.id),
       (SELECT count(*) FROM intake_receiptrow w JOIN intake_receipt i ON i.id = w.receipt_id
         WHERE i.subject = 'list:' || b.id)
  FROM programme_batch b WHERE b.number = %s
"""
WHOLE = ("published", ROWS, ROWS, ROWS, ROWS, 3 * ROWS, ROWS)
# Nothing points at a list that is not there; the trail has no keys that would refuse it.
STRAYS = """
SELECT (SELECT count(*) FROM audits_round) - count(*),
       (SELECT count(*) FROM audits_fact) - count(*),
       (SELECT count(*) FROM trail_entry WHERE act = 'round:open') - count(*),
       (SELECT count(*) FROM obligations_obligation) - 3 * count(*),
       (SELECT count(*) FROM intake_receiptrow) - count(*),
       (SELECT count(*) FROM organisations_organisation WHERE kind = 'enterprise' AND code LIKE
          '91440699%%') - count(*)
  FROM programme_entry
"""


@dataclass
class Place:
    """A home of its own and the environment in which commands use it."""

    home: Home
    environment: dict[str, str]

    def start(self, *words):
        """Start python with words in a process group of its own."""
        return subprocess.Popen(
            [sys.executable, *map(str, words)],
            cwd=ROOT,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def run(self, *words):
        """Run python with words to its end and return what it printed."""
        child = self.start(*words)
        out, told = child.communicate(timeout=PATIENCE)
        assert child.returncode == 0, told or out
        return out

    def import_words(self, number, folder):
        """Return the words that import and publish the list of this number."""
        book = folder / f"名单{number}.xlsx"
        if not book.exists():
            first = number * ROWS
            book.write_bytes(
                list_book(
                    *((f"佛山第{n}电镀厂", code(n), "双有") for n in range(first, first + ROWS))
                )
            )
        return (
            *("-m", "cleanprod", "import-list", book, "--city", FOSHAN, "--year", 2022),
            *("--batch", number, "--lead", "ecology", "--published", "2022-03-08"),
            *("--as", "foshan-ecology", "--format", "json"),
        )


@pytest.fixture
def place(monkeypatch):
    """A migrated home with the cast in it; at its end no process of it is left."""
    for name in OURS:
        monkeypatch.delenv(name, raising=False)
    folder = Path(tempfile.mkdtemp(prefix="cleanprod-kill-", dir="/tmp"))
    folder.chmod(0o711)  # the database of root's home runs as nobody
    environment = os.environ | {
        "CLEANPROD_HOME": str(folder / "home"),
        "DJANGO_SETTINGS_MODULE": "cleanprod.config.settings",
    }
    place = Place(Home(folder / "home"), environment)
    place.run("-m", "cleanprod", "migrate")
    place.run("-c", CAST)
    yield place
    assert eventually(lambda: not servers_in(place.home))
    assert eventually(lambda: not commands_in(place.home))
    shutil.rmtree(folder)


def commands_in(home):
    """Return the commands that still work in a home."""
    found = []
    for one in psutil.process_iter():
        with suppress(psutil.Error):
            if one.environ().get("CLEANPROD_HOME") == str(home.path):
                found.append(one)
    return found


def kill(place, child, victims):
    """End the command, its database, or both, without warning and by their ids."""
    file = place.home.database / "postmaster.pid"
    with suppress(FileNotFoundError, ProcessLookupError, ValueError, IndexError):
        chief = int(file.read_text().splitlines()[0])
        if "database" in victims:
            os.kill(chief, signal.SIGKILL)
    if "command" in victims:
        with suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)


def import_and_kill(place, words, delay, victims):
    """Import, kill after the delay (seconds of a running database); return if it was stored."""
    child = place.start(*words)
    assert eventually(
        lambda: child.poll() is not None or server.answers(place.home.socket), PATIENCE
    )
    with suppress(subprocess.TimeoutExpired):
        child.wait(delay)
    ended = child.poll()
    if ended is None:
        kill(place, child, victims)
    _, told = child.communicate(timeout=PATIENCE)
    assert "Traceback" not in told, told
    return child.returncode == 0


def test_a_killed_import_leaves_a_whole_list_or_none(place, tmp_path):
    started = time.monotonic()
    assert json.loads(place.run(*place.import_words(1, tmp_path)))["created"] == ROWS
    whole = time.monotonic() - started
    acknowledged, killed = {1}, []
    chance = random.Random(SEED)
    for number in range(2, 2 + ROUNDS):
        victims = chance.choice([["command"], ["database"], ["command", "database"]])
        delay = whole * chance.uniform(0.1, 0.6)
        words = place.import_words(number, tmp_path)
        if import_and_kill(place, words, delay, victims):
            acknowledged.add(number)
        else:
            killed.append(number)
        with (
            server.running(place.home),
            server.connect(place.home.socket, DATABASE_NAME) as connection,
        ):
            for earlier in range(1, number + 1):
                found = connection.execute(TRACES, [earlier]).fetchone()
                assert found == WHOLE or (found is None and earlier not in acknowledged), (
                    earlier, victims, delay, found,
                )  # fmt: skip
            assert connection.execute(STRAYS).fetchone() == (0,) * 6
    assert killed, "no import was ended in the middle"

    again = json.loads(place.run(*place.import_words(killed[-1], tmp_path)))
    assert again["created"] + again["matched"] == ROWS
    place.run("-m", "cleanprod", "trail", "seal")
    assert json.loads(place.run("-m", "cleanprod", "trail", "verify", "--format", "json"))["good"]
    checked = json.loads(place.run("-m", "cleanprod", "check", "--format", "json"))
    assert checked["good"]
    assert checked["rounds_differing"] == []
