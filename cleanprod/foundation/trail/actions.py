"""Write the trail and seal it; nothing here changes what was written."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, transaction

from cleanprod.foundation.engine import bulk
from cleanprod.foundation.trail.models import Entry, Epoch

_TABLE = Entry._meta.db_table
_COLUMNS = (
    "person_id", "person_name", "office_id", "office_name", "via", "act", "verb", "subject",
    "label", "before", "after", "reason", "dossier", "city",
)  # fmt: skip
_ENCODE = json.JSONEncoder(ensure_ascii=False, default=DjangoJSONEncoder().default).encode
_LOCK = 0x7EA11  # advisory lock of the sealer
_END_OF_EPOCH = 2**62  # above every transaction id


class Actor(Protocol):
    """Whoever acts: a person in an office, or the system itself.

    An actor that also has `via` tells by which way it came, like `网页` or `命令行`.
    """

    @property
    def person_id(self) -> int | None:
        """Return the person's id."""

    @property
    def person_name(self) -> str:
        """Return the person's name as of today."""

    @property
    def office_id(self) -> int | None:
        """Return the id of the organisation acted for."""

    @property
    def office_name(self) -> str:
        """Return the name of the organisation acted for."""


@dataclass(frozen=True, slots=True)
class System:
    """The platform itself, for jobs and the loading of data."""

    person_id: int | None = None
    person_name: str = "系统"
    office_id: int | None = None
    office_name: str = ""
    via: str = "系统"


SYSTEM = System()


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the trail.

    `act` is a word like `round:publish`, `verb` its Chinese label, `subject` names the record
    like `round:12` and `label` in Chinese, `dossier` is the enterprise whose history shows the
    line, `city` a region code. Verb and label are stored as they read on that day.
    """

    act: str
    verb: str
    subject: str
    label: str
    before: Mapping[str, Any] | None = None
    after: Mapping[str, Any] | None = None
    reason: str = ""
    dossier: int | None = None
    city: str = ""


def record(line: Line, *, by: Actor) -> None:
    """Write one line in the running transaction; without a transaction it is an error."""
    record_many((line,), by=by)


def record_many(lines: Iterable[Line], *, by: Actor) -> int:
    """Write many lines by COPY in the running transaction and return how many."""
    who = (by.person_id, by.person_name, by.office_id, by.office_name, getattr(by, "via", ""))
    json_of: dict[int, tuple[Mapping[str, Any], str]] = {}

    def text(value: Mapping[str, Any] | None) -> str | None:
        if value is None:
            return None
        known = json_of.get(id(value))  # lines of one act often share one mapping
        if known is None or known[0] is not value:
            known = (value, _ENCODE(value))
            if len(json_of) < 64:
                json_of[id(value)] = known
        return known[1]

    return bulk.copy_rows(
        _TABLE,
        _COLUMNS,
        (
            (
                *who, line.act, line.verb, line.subject, line.label, text(line.before),
                text(line.after), line.reason, line.dossier, line.city,
            )
            for line in lines
        ),
    )  # fmt: skip


@transaction.atomic
def seal() -> int:
    """Seal all entries of finished transactions; return how many, 0 when there are none.

    The upper bound is the oldest running transaction, so that an import which commits late is
    sealed later and never passed over. Two sealers at once follow one another.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        cursor.execute("SELECT txid_snapshot_xmin(txid_current_snapshot())")
        return _seal_upto(cursor, cursor.fetchone()[0])


def _seal_upto(cursor: Any, upto: int) -> int:
    """Seal up to a transaction id; a trigger counts, chains and leaves an empty seal out."""
    cursor.execute("INSERT INTO trail_seal (upto_txid) VALUES (%s) RETURNING entries", [upto])
    written = cursor.fetchone()
    return int(written[0]) if written else 0


@transaction.atomic
def start_epoch(note: str) -> Epoch:
    """Begin a new epoch after a restore: what the old one left is sealed, the chain goes on.

    A restored database counts transactions anew, so nothing may be written before this ran. It
    needs the owner's rights. A restore of data alone must leave triggers off (`pg_restore
    --disable-triggers`), or the rows are hashed as new ones.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        cursor.execute("LOCK TABLE trail_entry IN SHARE ROW EXCLUSIVE MODE")
        _seal_upto(cursor, _END_OF_EPOCH)
    return Epoch.objects.create(note=note)
