"""The notice's annexes come out of the records to the digit, alike in every form."""

import csv
import io
import json
import re
import subprocess
from datetime import date, timedelta
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from cleanprod.foundation.organisations import actions as organisations
from cleanprod.foundation.organisations.models import Organisation
from cleanprod.foundation.organisations.rules import Kind
from cleanprod.foundation.trail.actions import SYSTEM
from cleanprod.insight.statistics import files, queries
from cleanprod.insight.statistics.queries import AsOf
from cleanprod.insight.statistics.reports import compile_report
from cleanprod.insight.statistics.rules import Report
from cleanprod.stages.audits.models import Round
from cleanprod.stages.programme import actions as programme
from cleanprod.stages.programme.models import Batch, Entry

AS_OF = date(2023, 2, 22)
MOMENT = AsOf(2022, AS_OF)
ANNEX_COLUMNS = ["序号", "地市", "工业和信息化牵头数量", "生态环境牵头数量", "合计",
                 "“平台”完成验收流程企业数量"]  # fmt: skip


def notice():
    path = Path(__file__).parent / "data" / "annexes_2023.csv"
    rows = csv.DictReader(path.read_text(encoding="utf-8").splitlines())
    return [row for row in rows if row["order"]]


@pytest.fixture
def year_2022(db):
    """Rounds accepted in 2022 as the notice counts them, some completed after the as-of day."""
    rounds = []
    for row in notice():
        done = int(row["y2022_platform_completed"])
        for lead, column in (("industry", "y2022_miit_led"), ("ecology", "y2022_eco_led")):
            number = int(row[column])
            rounds += [(row["code"], lead, done - n > 0) for n in range(number)]
            done = max(done - number, 0)
    ids = organisations.enter_many(
        [organisations.NewOrganisation(Kind.ENTERPRISE, f"企业{n}") for n in range(len(rounds))],
        by=SYSTEM,
    )
    batches = {
        (code, lead): Batch.objects.create(
            year=2022, city_id=code, lead=lead, number=1, title="t", stage="published",
            published_on=date(2022, 3, 8),
        )
        for code, lead in {(code, lead) for code, lead, _ in rounds}
    }  # fmt: skip
    entries = Entry.objects.bulk_create(
        Entry(
            batch=batches[code, lead], row=n, enterprise_id=pk, name=f"企业{n}", city_id=code,
            kind="voluntary",
        )
        for n, (pk, (code, lead, _)) in enumerate(zip(ids, rounds, strict=True))
    )  # fmt: skip
    Round.objects.bulk_create(
        Round(
            enterprise_id=entry.enterprise_id, entry=entry, list_year=2022, name=entry.name,
            city_id=code, lead=lead, kind="voluntary", stage="accepted",
            listed_on=date(2022, 3, 8), accepted_on=date(2022, 12, 31) - timedelta(n % 90),
            completed_on=AS_OF if done else (AS_OF + timedelta(1) if n % 2 else None),
        )
        for n, (entry, (code, lead, done)) in enumerate(zip(entries, rounds, strict=True))
    )  # fmt: skip


@pytest.fixture
def targets_2023(cast):
    numbers = {row["code"]: int(row["target_2023"]) for row in notice()}
    programme.fix_targets(
        2023, numbers, total=1270, document_number="粤工信节能函〔2023〕4号",
        on=date(2023, 3, 2), by=cast["province-industry"],
    )  # fmt: skip


def test_annex_1_is_the_notice_to_the_digit(year_2022):
    found = compile_report(Report.ANNEX1, MOMENT)
    assert [column.label for column in found.columns] == ANNEX_COLUMNS
    printed = [found.printed(row) for row in found.rows]
    assert printed == [
        [row["order"], row["zh"].removesuffix("市"), row["y2022_miit_led"],
         row["y2022_eco_led"], row["y2022_total"], row["y2022_platform_completed"]]
        for row in notice()
    ]  # fmt: skip
    assert found.as_json()["total"] == {
        "city": "合计", "industry": 811, "ecology": 1134, "total": 1945,
        "platform_completed": 1341,
    }  # fmt: skip
    assert printed[9] == ["10", "汕尾", "0", "0", "0", "0"]
    assert "截至2023年2月22日" in found.note


def test_the_table_of_platform_use_ranks_by_exact_shares(year_2022):
    found = compile_report(Report.PLATFORM_USE, MOMENT).as_json()
    first = [(row["city"], row["rank"]) for row in found["rows"][:6]]
    assert first == [("河源", 1), ("中山", 2), ("阳江", 3), ("佛山", 4), ("惠州", 5), ("肇庆", 6)]
    last = found["rows"][-1]
    assert (last["city"], last["rank"], last["rate"]) == ("汕尾", None, None)
    assert found["total"]["not_completed"] == 604


def test_annex_2_is_the_notice_to_the_digit(targets_2023):
    found = compile_report(Report.ANNEX2, AsOf(2023, date(2023, 9, 28)))
    assert [str(row["target"]) for row in found.rows] == [r["target_2023"] for r in notice()]
    assert found.total["target"] == 1270
    before = compile_report(Report.ANNEX2, AsOf(2023, date(2023, 3, 1)))
    assert before.printed(before.rows[0]) == ["1", "广州", "—"]


def test_each_number_changes_when_a_record_changes(year_2022):
    audit = Round.objects.filter(city="440600", completed_on=AS_OF).first()
    Round.objects.filter(pk=audit.pk).update(completed_on=AS_OF + timedelta(1))
    total = compile_report(Report.ANNEX1, MOMENT).as_json()["total"]
    assert (total["total"], total["platform_completed"]) == (1945, 1340)
    Round.objects.filter(pk=audit.pk).update(accepted_on=None)
    assert compile_report(Report.ANNEX1, MOMENT).as_json()["total"]["total"] == 1944


def test_every_figure_opens_exactly_the_records_that_it_counts(year_2022):
    found = compile_report(Report.PLATFORM_USE, MOMENT)
    for row in found.rows:
        for column in found.columns:
            if column.figure:
                behind = queries.behind(column.figure, MOMENT, row["code"]).count()
                assert behind == row[column.key], (row["city"], column.label)
    for column in found.columns:
        if column.figure:
            assert queries.behind(column.figure, MOMENT).count() == found.total[column.key]


@pytest.mark.parametrize("report", [Report.ANNEX1, Report.PLATFORM_USE])
def test_all_forms_say_the_same(year_2022, tmp_path, report):
    found = compile_report(report, MOMENT)
    wanted = [found.printed(row) for row in found.rows]
    told = json.loads(files.render(found, "json"))
    assert [str(row["total"]) for row in told["rows"]] == [
        row[[c.key for c in found.columns].index("total")] for row in wanted
    ]
    text = files.render(found, "csv").decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text)))[1:22]
    assert [[cell or "—" for cell in row[:6]] for row in rows] == [row[:6] for row in wanted]
    book = CalamineWorkbook.from_filelike(io.BytesIO(files.render(found, "xlsx")))
    cells = book.get_sheet_by_index(0).to_python()
    body = [row for row in cells if isinstance(row[0], float)]
    assert [[f"{c:g}" if isinstance(c, float) else c for c in row[:6]] for row in body] == [
        row[:6] for row in wanted
    ]
    page = tmp_path / "report.pdf"
    page.write_bytes(files.render(found, "pdf"))
    printed = subprocess.run(
        ["pdftotext", "-layout", page, "-"], capture_output=True, text=True, check=True
    ).stdout
    lines = {tuple(line.split()) for line in printed.splitlines()}
    assert {tuple(row) for row in wanted} <= lines


@pytest.mark.parametrize("shape", ["xlsx", "docx", "pdf", "csv", "json"])
def test_the_same_records_give_the_same_bytes(year_2022, shape):
    first = files.render(compile_report(Report.ANNEX1, MOMENT), shape)
    assert files.render(compile_report(Report.ANNEX1, MOMENT), shape) == first


def test_the_number_of_queries_does_not_grow_with_the_rows(year_2022, django_assert_num_queries):
    assert Organisation.objects.count() == 1945
    with django_assert_num_queries(2):
        compile_report(Report.PLATFORM_USE, MOMENT)


def test_the_note_names_no_day_that_was_not_asked_for(year_2022):
    later = compile_report(Report.ANNEX1, AsOf(2022, date(2023, 3, 31)))
    assert re.findall(r"\d+年\d+月\d+日", later.note) == ["2023年3月31日"]
    assert later.as_json()["total"]["platform_completed"] > 1341
