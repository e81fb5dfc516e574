"""Targets, the leading department, and what is wrong with a row."""

import random
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleanprod.foundation.organisations.rules import Line, Part
from cleanprod.kernel.errors import NotAllowed, Refused
from cleanprod.kernel.finding import Level
from cleanprod.stages.programme.rules import (
    BATCH_LIFECYCLE,
    AuditKind,
    BatchAct,
    BatchStage,
    Category,
    ListRow,
    check_row,
    checked_targets,
    lead_of,
    same_firm_twice,
)

CITIES = ["440100", "440300", "440600"]
CHART = {
    ("draft", "import", "draft"),
    ("draft", "finish", "ready"),
    ("ready", "reopen", "draft"),
    ("ready", "publish", "published"),
    ("published", "amend", "published"),
}


def test_targets_that_sum_to_the_stated_total_are_taken():
    checked_targets(dict.fromkeys(CITIES, 10), CITIES, 30)
    checked_targets({"440100": 0, "440300": 0, "440600": 30}, CITIES, 30)


@pytest.mark.parametrize(
    "numbers, total, said",
    [
        ({"440100": 10, "440300": 10, "440600": 10}, 31, "之和为30家，与填写的合计31家不一致"),
        ({"440100": 10, "440300": 20}, 30, "还有1个地市未填写预期目标：440600"),
        ({}, 0, "还有3个地市"),
        ({"440100": -10, "440300": 20, "440600": 20}, 30, "不能为负数"),
    ],
)
def test_targets_that_miss_a_city_or_the_total_are_refused(numbers, total, said):
    with pytest.raises(Refused, match=said):
        checked_targets(numbers, CITIES, total)


@given(st.lists(st.integers(0, 500), min_size=3, max_size=3), st.integers(-3, 3))
def test_targets_are_taken_exactly_when_the_sum_is_right(numbers, off):
    given_ = dict(zip(CITIES, numbers, strict=True))
    if off:
        with pytest.raises(Refused):
            checked_targets(given_, CITIES, sum(numbers) + off)
    else:
        checked_targets(given_, CITIES, sum(numbers))


# The rulebook's table as it is shipped: `programme.leads`.
LEADS = {
    "double_excess": "ecology",
    "double_toxic": "ecology",
    "high_energy": "industry",
    "other": "ecology",
    "voluntary": "industry",
}


@pytest.mark.parametrize(
    "kind, categories, lead",
    [
        (AuditKind.VOLUNTARY, (), Line.INDUSTRY),
        (AuditKind.VOLUNTARY, (Category.OTHER,), Line.INDUSTRY),
        (AuditKind.MANDATORY, (Category.HIGH_ENERGY,), Line.INDUSTRY),
        (AuditKind.MANDATORY, (Category.DOUBLE_TOXIC,), Line.ECOLOGY),
        (AuditKind.MANDATORY, (Category.DOUBLE_EXCESS,), Line.ECOLOGY),
        (AuditKind.MANDATORY, (Category.HIGH_ENERGY, Category.DOUBLE_TOXIC), Line.ECOLOGY),
        (AuditKind.MANDATORY, (Category.OTHER,), Line.ECOLOGY),
        (AuditKind.MANDATORY, (), Line.ECOLOGY),
    ],
)
def test_the_usual_lead_follows_from_kind_and_reasons(kind, categories, lead):
    assert lead_of(kind, categories, LEADS) is lead


def test_another_province_may_decide_the_lead_otherwise():
    assert lead_of(AuditKind.VOLUNTARY, (), {**LEADS, "voluntary": "ecology"}) is Line.ECOLOGY
    assert lead_of(AuditKind.MANDATORY, ("unknown",), {}) is Line.ECOLOGY


ROW = ListRow(
    5, "红星水泥有限公司", "", "", "", "", "", AuditKind.MANDATORY, (Category.DOUBLE_TOXIC,), None,
    None, "", "",
)  # fmt: skip


def findings(**changes):
    return check_row(
        replace(ROW, **changes), lead=Line.ECOLOGY, cells={"categories": "H5", "lead": "J5"},
        sheet="名单",
    )  # fmt: skip


def test_a_good_row_has_no_finding():
    assert findings() == []
    assert findings(kind=AuditKind.VOLUNTARY, categories=()) == []
    assert findings(kind=AuditKind.VOLUNTARY, categories=(Category.OTHER,)) == []
    assert findings(kind=None) == []
    assert findings(lead=Line.ECOLOGY) == []


def test_a_mandatory_audit_without_a_reason_is_blocked_at_its_cell():
    (found,) = findings(categories=())
    assert (found.level, found.sheet, found.cell) == (Level.BLOCK, "名单", "H5")
    assert "应写明列入原因" in found.rule


def test_a_voluntary_audit_with_a_legal_reason_is_blocked():
    (found,) = findings(kind=AuditKind.VOLUNTARY)
    assert (found.level, found.value) == (Level.BLOCK, "双有")


def test_everything_that_is_wrong_with_a_row_is_said_in_one_pass():
    found = findings(categories=(), lead=Line.INDUSTRY)
    assert [one.cell for one in found] == ["H5", "J5"]
    assert all(one.advice for one in found)


def test_the_same_code_and_name_again_is_a_repetition_and_one_code_on_two_firms_is_not():
    rows = [(2, "A", "红星"), (3, "A", "蓝海"), (4, "A", "红星"), (5, "", "绿洲"), (6, "", "绿洲"),
            (7, "A", "红星")]  # fmt: skip
    assert same_firm_twice(rows) == {4: 2, 6: 5, 7: 2}


def test_a_list_never_leaves_its_chart_on_a_long_random_walk():
    dice, stage, published = random.Random(3), BatchStage.DRAFT, 0
    for _ in range(12_000):
        act, part = dice.choice(list(BatchAct)), dice.choice(list(Part))
        told = {target for source, a, target in CHART if (source, a) == (stage, act)}
        try:
            target = BATCH_LIFECYCLE.target(stage, act, {part})
        except NotAllowed:
            assert not told or part is not Part.LEAD
        else:
            assert part is Part.LEAD
            assert told == {target}
            stage = target
        if stage is BatchStage.PUBLISHED:
            assert {move.act for move in BATCH_LIFECYCLE.open_to(stage, set(Part))} == {
                BatchAct.AMEND
            }
            published, stage = published + 1, BatchStage.DRAFT
    assert published > 20
