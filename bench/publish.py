"""Import and publish a list against the floor: parse and COPY of the same final rows.

Run: .venv/bin/python -m bench.publish [--rows 10000] [--rounds 3] [--memory-rows 100000]
Goal: at most 2.5 times the floor at 10,000 rows; peak memory at most 400 MiB at 100,000 rows.
Beside it, in the same run, django-import-export in checked mode on the entries alone.
"""

import argparse
import statistics
import subprocess
import sys
import time
from datetime import date
from io import BytesIO
from typing import Any

from bench.ground import clocked, database, peak_mib, save

PUBLISHED = date(2022, 3, 8)
HEAD = (
    "序号", "企业名称", "统一社会信用代码", "地市", "县区", "详细地址", "行业代码", "审核类型",
    "列入原因", "牵头部门", "是否VOCs重点监管", "上轮验收日期", "备注",
)  # fmt: skip
COMPUTED = {"trail_entry": {"epoch", "recorded_at", "txid", "row_hash"}}
TABLES = (
    "organisations_organisation", "programme_entry", "intake_receiptrow", "audits_round",
    "audits_fact", "obligations_obligation", "trail_entry",
)  # fmt: skip


def make_book(rows: int) -> bytes:
    """Return a clean list of that many firms."""
    from xlsxwriter import Workbook

    from cleanprod.kernel.credit_code import check_character

    out = BytesIO()
    book = Workbook(out, {"constant_memory": True})
    sheet = book.add_worksheet("名单")
    sheet.write_row(0, 0, HEAD)
    counties = ("禅城区", "南海区", "顺德区", "高明区", "三水区")
    for n in range(1, rows + 1):
        first = f"91440699MA{n:07d}"
        sheet.write_row(
            n, 0,
            (n, f"佛山第{n}电镀有限公司", first + check_character(first), "佛山市", counties[n % 5],
             f"工业大道{n}号", "3360", "强制性", "双有", "生态环境", "省级" if n % 7 == 0 else "",
             "", "演示"),
        )  # fmt: skip
    book.close()
    return out.getvalue()


def cast() -> Any:
    """Return the standing of a city's ecology bureau."""
    from cleanprod.foundation.accounts.models import Person
    from cleanprod.foundation.organisations import actions
    from cleanprod.foundation.organisations.access import standing_of
    from cleanprod.foundation.organisations.rules import Kind, Line, Role
    from cleanprod.foundation.trail.actions import SYSTEM

    office = actions.enter(
        actions.NewOrganisation(
            Kind.AUTHORITY, "佛山市生态环境局", line=Line.ECOLOGY, province="440000", city="440600"
        ),
        by=SYSTEM,
    )
    person = Person.objects.create_user("bench", name="经办人")
    actions.appoint(person, office, Role.CITY, by=SYSTEM)
    return standing_of(person)


def ours(book: bytes, file: Any, by: Any) -> dict[str, float]:
    """Import and publish through the acts; return the seconds of each."""
    from django.conf import settings
    from django.db import transaction

    from cleanprod.foundation.intake.reading import read
    from cleanprod.foundation.organisations.rules import Line
    from cleanprod.stages.audits.actions import publish_list
    from cleanprod.stages.programme.actions import finish
    from cleanprod.stages.programme.imports import import_list
    from cleanprod.stages.programme.judging import BatchKey
    from cleanprod.stages.programme.template import LIST

    taken: dict[str, float] = {}
    with clocked(taken, "read"):
        table = read(book, LIST, max_rows=10**6, max_bytes=settings.INTAKE_MAX_BYTES * 10)
    with clocked(taken, "import"), transaction.atomic():
        batch = import_list(
            table, BatchKey(2022, "440600", Line.ECOLOGY, 1), file=file, by=by
        ).batch
        finish(batch.pk, by=by)
    with clocked(taken, "publish"):
        done = publish_list(
            batch.pk, on=PUBLISHED, document_number="演示〔2022〕1号", issuers=["演示"], by=by
        )
    if done.opened != len(table.rows):
        raise SystemExit(f"{done.opened} rounds of {len(table.rows)} rows")
    taken["total"] = round(sum(taken.values()), 3)
    return taken


def final_rows() -> dict[str, tuple[list[str], list[tuple[Any, ...]]]]:
    """Return all rows that the acts left in the tables, as they would be copied."""
    from django.db import connection

    kept = {}
    with connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(
                "SELECT column_name, data_type FROM information_schema.columns "
                "WHERE table_name = %s ORDER BY ordinal_position",
                [table],
            )
            columns = [
                (name, kind)
                for name, kind in cursor.fetchall()
                if name not in COMPUTED.get(table, ())
            ]
            chosen = ", ".join(f"{n}::text" if k == "jsonb" else n for n, k in columns)
            cursor.execute(f"SELECT {chosen} FROM {table} ORDER BY id")
            kept[table] = ([name for name, _ in columns], cursor.fetchall())
    return kept


def floor(book: bytes, kept: dict[str, tuple[list[str], list[tuple[Any, ...]]]]) -> float:
    """Parse the workbook and COPY the same final rows into the same tables; return seconds."""
    from django.db import transaction
    from python_calamine import CalamineWorkbook

    from cleanprod.foundation.engine.bulk import copy_rows

    start = time.perf_counter()
    for _ in CalamineWorkbook.from_filelike(BytesIO(book)).get_sheet_by_index(0).iter_rows():
        pass
    with transaction.atomic():
        for table in TABLES:
            columns, rows = kept[table]
            copy_rows(table, columns, rows)
    return time.perf_counter() - start


def clear() -> None:
    """Empty the tables between rounds."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {', '.join(TABLES)}, programme_batch, intake_receipt, "
                       "organisations_membership, accounts_person CASCADE")  # fmt: skip


def clear_rows() -> None:
    """Empty the tables that the floor fills, keeping their parents."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        for table in reversed(TABLES):
            cursor.execute(f"DELETE FROM {table}")
        cursor.execute("SET session_replication_role = DEFAULT")
        for table in TABLES:
            cursor.execute(f"VACUUM {table}")


def import_export(rows: int) -> dict[str, float]:
    """Take the same entries in with django-import-export in checked mode, row by row."""
    from import_export import resources
    from tablib import Dataset

    from cleanprod.foundation.organisations.models import Organisation
    from cleanprod.stages.programme.models import Batch, Entry

    batch = Batch.objects.create(
        year=2030, city_id="440600", lead="ecology", number=9, title="beside"
    )
    firms = list(Organisation.objects.enterprises().values_list("pk", "name", "code")[:rows])

    class Resource(resources.ModelResource):
        """Entries as import-export takes them."""

        class Meta:
            """Checked mode: clean each instance, skip nothing."""

            model = Entry
            clean_model_instances = True
            import_id_fields = ("batch", "row")
            fields = ("batch", "row", "enterprise", "name", "code", "city", "kind", "state")

    data = Dataset(headers=Resource._meta.fields)
    for n, (pk, name, code) in enumerate(firms, 1):
        data.append((batch.pk, n, pk, name, code, "440600", "mandatory", "listed"))
    start = time.perf_counter()
    result = Resource().import_data(data, raise_errors=True, use_transactions=True)
    seconds = time.perf_counter() - start
    if result.totals["new"] != len(firms):
        raise SystemExit(f"import-export took {result.totals}")
    return {"rows": len(firms), "seconds": round(seconds, 2),
            "rows_per_second": round(len(firms) / seconds)}  # fmt: skip


def compare(rows: int, rounds: int) -> dict[str, Any]:
    """Run ours and the floor in turn; return medians and the ratio."""
    from cleanprod.foundation.attachments import actions as attachments

    book = make_book(rows)
    runs, floors = [], []
    for _ in range(rounds):
        clear()
        by = cast()
        runs.append(ours(book, attachments.store(book, "名单.xlsx", by=by), by))
        kept = final_rows()
        clear_rows()
        floors.append(floor(book, kept))
    mine = statistics.median(run["total"] for run in runs)
    ground = statistics.median(floors)
    return {
        "rows": rows,
        "ours_seconds": runs,
        "ours_median": round(mine, 3),
        "floor_seconds": [round(one, 3) for one in floors],
        "floor_median": round(ground, 3),
        "ratio": round(mine / ground, 2),
        "within_goal": mine <= 2.5 * ground,
        "final_rows": {table: len(content) for table, (_, content) in kept.items()},
        "django_import_export_checked": import_export(min(rows, 2000)),
    }


def memory(rows: int) -> None:
    """Import and publish once in this process and print its peak memory."""
    from cleanprod.foundation.attachments import actions as attachments

    by = cast()
    with open("/dev/stdin", "rb") as stream:
        book = stream.read()
    taken = ours(book, attachments.store(book, "名单.xlsx", by=by), by)
    print(f"{peak_mib()} {taken['total']}")


def main() -> None:
    """Measure and say whether the goals hold."""
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("--rows", type=int, default=10_000)
    reader.add_argument("--rounds", type=int, default=3)
    reader.add_argument("--memory-rows", type=int, default=100_000)
    reader.add_argument("--memory-only", action="store_true", help=argparse.SUPPRESS)
    asked = reader.parse_args()
    if asked.memory_only:
        with database():
            memory(asked.memory_rows)
        return
    with database():
        result = compare(asked.rows, asked.rounds)
        book = make_book(asked.memory_rows)
    # A process of its own, so that nothing but import and publish is in its peak.
    told = subprocess.run(
        [sys.executable, "-m", "bench.publish", "--memory-only", "--memory-rows",
         str(asked.memory_rows)],
        input=book, capture_output=True, check=True,
    ).stdout.split()  # fmt: skip
    result["memory"] = {
        "rows": asked.memory_rows,
        "peak_mib": float(told[0]),
        "seconds": float(told[1]),
        "within_goal": float(told[0]) <= 400,
    }
    save("publish", result)


if __name__ == "__main__":
    main()
