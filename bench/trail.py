"""The trail: writing, verifying and reading back, each against the bare work in the same run.

Run: .venv/bin/python -m bench.trail [--rows 1000000]
Goals: a million rows verified in 60 s, with one altered row found; 5,000 events of one enterprise
read in 200 ms.
"""

import argparse
import time
from typing import Any

from bench.ground import clocked, database, median, save

_PART = 50_000
_EVENTS = 5_000
_DOSSIER = 1


def write(rows: int) -> None:
    """Write that many lines in parts; the first events belong to one enterprise."""
    from django.db import transaction

    from cleanprod.foundation.trail.actions import SYSTEM, Line, record_many, seal

    for start in range(0, rows, _PART):
        with transaction.atomic():
            record_many(
                (
                    Line(
                        "round:open", "开启本轮审核", f"round:{n}", f"佛山第{n}电镀有限公司",
                        after={"stage": "listed", "on": "2022-03-08"},
                        dossier=_DOSSIER if n < _EVENTS else 2 + n % 20_000, city="440600",
                    )
                    for n in range(start, min(start + _PART, rows))
                ),
                by=SYSTEM,
            )  # fmt: skip
        seal()


def floor(rows: int) -> None:
    """Copy the rows as they stand into a table with the same indexes and no trigger."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE bare (LIKE trail_entry INCLUDING INDEXES)")
        cursor.execute("INSERT INTO bare SELECT * FROM trail_entry LIMIT %s", [rows])
        cursor.execute("DROP TABLE bare")


def read_all() -> None:
    """Read every byte that a check must read."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT sum(length(t::text)) FROM trail_entry t")


def alter() -> None:
    """Change one old line behind the platform's back, as the database's owner could."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE trail_entry DISABLE TRIGGER USER")
        cursor.execute(
            "UPDATE trail_entry SET label = 'x' WHERE id = (SELECT min(id) FROM trail_entry)"
        )
        cursor.execute("ALTER TABLE trail_entry ENABLE TRIGGER USER")


def main() -> None:
    """Measure and say whether the goals hold."""
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("--rows", type=int, default=1_000_000)
    rows = reader.parse_args().rows
    seconds: dict[str, float] = {}
    result: dict[str, Any] = {"rows": rows, "seconds": seconds}
    with database():
        from django.db import connection

        from cleanprod.foundation.trail.queries import history, verify

        with clocked(seconds, "write_and_seal"):
            write(rows)
        with clocked(seconds, "write_floor_without_hash"):
            floor(rows)
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE trail_entry")
        with clocked(seconds, "read_floor"):
            read_all()
        with clocked(seconds, "verify"):
            told = verify()
        if not told.good:
            raise SystemExit(f"the fresh trail does not verify: {told}")
        result["history_events"] = len(history(dossier=_DOSSIER, limit=_EVENTS))
        seconds["history"] = round(median(lambda: history(dossier=_DOSSIER, limit=_EVENTS), 10), 3)
        alter()
        start = time.perf_counter()
        result["altered_row_found"] = not verify().good
        seconds["verify_of_an_altered_trail"] = round(time.perf_counter() - start, 3)
    result["verify_over_read_floor"] = round(seconds["verify"] / seconds["read_floor"], 2)
    result["within_goal"] = (
        seconds["verify"] <= 60 and seconds["history"] <= 0.2 and result["altered_row_found"]
    )
    save("trail", result)


if __name__ == "__main__":
    main()
