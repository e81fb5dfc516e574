"""Receipts: one line a row, the state that follows, and the refused file kept with its report."""

import pytest

from cleanprod.foundation.attachments import actions as attachments
from cleanprod.foundation.intake import actions
from cleanprod.foundation.intake.models import Receipt
from cleanprod.foundation.intake.rules import Outcome, Report, RowOutcome, State
from cleanprod.foundation.trail.actions import SYSTEM
from cleanprod.kernel.finding import Finding, Level

FINDING = Finding(Level.BLOCK, "应为日期", "写到日", "名单", "C12", "待定")


@pytest.fixture
def file(db, settings, tmp_path):
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": tmp_path},
        },
    }
    return attachments.store(b"x", "名单.xlsx", by=SYSTEM)


def test_the_json_of_a_report_is_what_the_commands_promise():
    report = Report(3, created=1, to_decide=1, refused=1, findings=[FINDING])
    assert report.as_json() == {
        "rows_read": 3, "created": 1, "matched": 0, "changed": 0, "refused": 1, "to_decide": 1,
        "findings": [
            {"sheet": "名单", "cell": "C12", "value": "待定", "rule": "应为日期", "level": "block",
             "advice": "写到日"}
        ],
    }  # fmt: skip


@pytest.mark.parametrize(
    "counts,state",
    [
        ({"created": 2}, State.TAKEN),
        ({"matched": 2}, State.TAKEN),
        ({"created": 1, "refused": 1}, State.PARTLY),
        ({"changed": 1, "to_decide": 1}, State.PARTLY),
        ({"refused": 2}, State.BLOCKED),
        ({"refused": 1, "to_decide": 1}, State.TO_DECIDE),
        ({}, State.BLOCKED),
        ({"lacks": State.EMPTY}, State.EMPTY),
        ({"lacks": State.WRONG}, State.WRONG),
    ],
)
def test_the_state_follows_from_the_counts(counts, state):
    assert Report(**counts).state is state


def test_a_receipt_names_every_row(file):
    rows = [
        RowOutcome(2, Outcome.CREATED, "甲公司", "entry:1"),
        RowOutcome(3, Outcome.REFUSED, "乙公司" * 100, note="C3 应为日期"),
    ]
    report = Report(2, created=1, refused=1, findings=[FINDING])
    receipt = actions.write_receipt(
        "list", title="导入名单", file=file, rows=rows, report=report, by=SYSTEM, city="440600",
        subject="list:1", mapping={"name": "B"},
    )  # fmt: skip
    kept = Receipt.objects.get(pk=receipt.pk)
    assert (kept.state, kept.rows_read, kept.created, kept.refused) == ("partly", 2, 1, 1)
    assert kept.all_findings() == [FINDING]
    assert kept.mapping == {"name": "B"}
    assert kept.person_name == SYSTEM.person_name
    assert kept.recorded_at.tzinfo is not None
    lines = list(kept.rows.order_by("number").values_list("number", "outcome", "label", "note"))
    assert lines == [
        (2, "created", "甲公司", ""), (3, "refused", ("乙公司" * 100)[:200], "C3 应为日期"),
    ]  # fmt: skip


def test_a_refused_upload_is_kept_with_its_report(file):
    receipt = actions.keep_refused(
        "list", title="未导入", file=file, report=Report(findings=[FINDING]), by=SYSTEM
    )
    assert receipt.state == State.BLOCKED
    assert receipt.all_findings() == [FINDING]
    assert receipt.rows.count() == 0
