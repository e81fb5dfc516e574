"""Sheets, scores, totals and bands, purely."""

from copy import deepcopy
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleanprod.kernel.errors import Refused
from cleanprod.stages.scoring import drafting, rules, shipped_sheets
from cleanprod.stages.scoring.rules import Answers, BadSheet, Focus

ASSESSMENT, ACCEPTANCE = (
    rules.sheet_of(shipped_sheets.bodies()[key]) for key in ("assessment-2018", "acceptance-2018")
)


def answers(sheet, lost=Decimal(0), **rest):
    """Return full scores less what is lost, taken from the items in order."""
    scores = {}
    for item in sheet.items:
        taken = min(lost, item.maximum)
        scores[item.number], lost = item.maximum - taken, lost - taken
    return Answers(scores, **rest)


def test_shipped_sheets_are_whole_and_marked_as_not_confirmed():
    assert {one.key for one in shipped_sheets.sheets()} == {ASSESSMENT.key, ACCEPTANCE.key}
    assert all(one.unconfirmed and one.source for one in shipped_sheets.sheets())


@pytest.mark.parametrize(
    ("total", "start", "passes"),
    [("0", 0, False), ("69.5", 0, False), ("69.999", 0, False), ("70", 70, True),
     ("90", 70, True), ("90.001", 90, True), ("100", 90, True)],
)  # fmt: skip
def test_seventy_and_ninety_lie_in_the_middle_band_of_an_assessment(total, start, passes):
    band = ASSESSMENT.band(Decimal(total))
    assert (band.start, band.passes) == (start, passes)


def test_acceptance_passes_from_sixty():
    assert not ACCEPTANCE.band(Decimal("59.5")).passes
    assert ACCEPTANCE.band(Decimal(60)).passes


def test_all_mistakes_of_a_sheet_are_told_at_once():
    body = deepcopy(dict(shipped_sheets.bodies()["assessment-2018"]))
    body["sections"][0]["items"][0] = {"number": "1.2", "text": " ", "maximum": "-1"}
    body["bands"][0]["start"], body["bands"][2]["start"] = "5", "60"
    body["pass_mark"] = "120"
    with pytest.raises(BadSheet) as caught:
        rules.sheet_of(body)
    assert caught.value.errors == (
        "项目序号1.2重复",
        "项目1.2缺少内容",
        "项目1.2的满分应大于0",
        "评分项目满分合计为96，应为100",
        "结论分档应从0分起",
        "结论分档应由低到高，不得重叠",
        "合格分数120不在0至100之间",
        "通过的分档应从合格分数120起",
    )
    with pytest.raises(BadSheet, match="没有结论分档"):
        rules.sheet_of(shipped_sheets.bodies()["assessment-2018"] | {"bands": []})
    for broken in ({}, shipped_sheets.bodies()["assessment-2018"] | {"pass_mark": "七十"}):
        with pytest.raises(BadSheet, match="缺少内容或格式不对"):
            rules.sheet_of(broken)


@pytest.mark.parametrize("typed", ["", "x", "-1", "3.5", "0.3", "NaN", "Infinity", "1e9"])
def test_a_score_that_cannot_be_is_refused(typed):
    with pytest.raises(Refused, match="1.1："):
        rules.score_of(typed, ASSESSMENT.items[0], half=True)


def test_half_points_count_only_where_the_sheet_has_them():
    assert rules.score_of(" 2.5 ", ASSESSMENT.items[0], half=True) == Decimal("2.5")
    with pytest.raises(Refused, match="最小计分单位"):
        rules.score_of("2.5", ASSESSMENT.items[0], half=False)


def test_what_is_missing_and_what_needs_a_reason_is_told():
    some = answers(ACCEPTANCE, Decimal(5), vetoes=frozenset({"0.2"}))
    some = replace(some, scores={k: v for k, v in some.scores.items() if k != "4.2"})
    assert rules.lacking(ACCEPTANCE, some) == {
        "1.1": "1.1：给0分的，请说明理由",
        "4.2": "4.2：请评分",
        "0.2": "0.2：认定否决项的，请说明理由",
    }
    strict = replace(ACCEPTANCE, reason_for_full=True)
    assert rules.lacking(strict, some)["1.2"] == "1.2：给满分的，请说明理由"


def test_a_veto_of_one_member_stops_the_total():
    good = answers(ACCEPTANCE)
    found = rules.outcome(ACCEPTANCE, [good, replace(good, vetoes=frozenset({"0.1"}))])
    assert (found.mean, found.passes, found.meaning) == (None, False, "存在否决项，不予通过")


def test_a_mean_that_would_round_up_to_the_mark_does_not_reach_it():
    sheet = replace(ASSESSMENT, pass_mark=Decimal(70))
    many = [answers(sheet, Decimal(30))] * 200 + [answers(sheet, Decimal("30.5"))]
    found = rules.outcome(sheet, many)
    assert found.mean == Decimal("70.00")
    assert not found.passes


def test_a_spread_above_the_gap_is_wide():
    two = [answers(ASSESSMENT), answers(ASSESSMENT, Decimal(15))]
    assert not rules.outcome(ASSESSMENT, two).wide
    two = [answers(ASSESSMENT), answers(ASSESSMENT, Decimal("15.5"))]
    assert rules.outcome(ASSESSMENT, two).wide


@given(st.lists(st.integers(0, 200), min_size=1, max_size=9))
def test_the_mean_lies_between_the_totals_and_has_one_band(halves):
    members = [answers(ASSESSMENT, Decimal(number) / 2) for number in halves]
    totals = [rules.total(ASSESSMENT, one) for one in members]
    found = rules.outcome(ASSESSMENT, members)
    assert min(totals) <= found.mean <= max(totals)
    assert found.spread == max(totals) - min(totals)
    exact = sum(totals) / len(totals)
    assert found.passes == (exact >= 70)


def test_an_opinion_is_drafted_from_remarks_on_what_lost_points():
    one = answers(ASSESSMENT, Decimal(1), remarks={"1.1": "缺附录", "1.2": "很好"})
    two = replace(one, remarks={"1.1": "缺附录。"})
    lines = drafting.drafted(ASSESSMENT, [one, two]).splitlines()
    assert lines[1] == "1. 报告内容框架符合性（HJ 469—2009附录E）：缺附录。"
    heads = [line for line in lines if "得分率" in line]
    assert [head.split("（")[0] for head in heads] == [one.label for one in Focus]
    assert "很好" not in "".join(lines)


def test_every_item_of_the_shipped_sheets_belongs_to_a_focus():
    for body in shipped_sheets.bodies().values():
        sheet = rules.sheet_of(body)
        parts = drafting.blocks(sheet, [])
        assert [one.title for one in parts] == [one.label for one in Focus]
        assert sum(one.maximum for one in parts) == 100
    without = replace(ASSESSMENT.items[0], focus=None)
    section = replace(ASSESSMENT.sections[0], items=(without,))
    old = drafting.blocks(replace(ASSESSMENT, sections=(section,)), [answers(ASSESSMENT, 1)])
    assert [(one.title, one.rate) for one in old] == [("其他项目", old[0].rate)]


def test_a_fingerprint_tells_a_changed_score_and_no_other_way_of_writing_it():
    one = answers(ASSESSMENT, Decimal(1))
    same = replace(one, scores={key: Decimal(f"{value}.0") for key, value in one.scores.items()})
    assert rules.fingerprint(same) == rules.fingerprint(one)
    for changed in (
        replace(one, scores=one.scores | {"1.1": Decimal("0.5")}),
        replace(one, remarks={"1.1": "甲"}),
        replace(one, vetoes=frozenset({"0.1"})),
    ):
        assert rules.fingerprint(changed) != rules.fingerprint(one)
