"""The rules of dispatch: moves, fields, rates, days."""

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleanprod.kernel.errors import NotAllowed, Refused
from cleanprod.stages.dispatch.rules import (
    DISPATCHES,
    DispatchAct,
    DispatchStage,
    Field,
    Kind,
    Rate,
    Selection,
    Side,
    checked_opening,
    checked_words,
    cleaned,
    days_late,
    fields_in,
    fields_of,
    is_late,
    lacking,
    owed_words,
)

FIELDS = (
    Field("progress", "进展阶段", Kind.CHOICE, True, 40, ("正在审核", "其他")),
    Field("expected", "预计完成日期", Kind.DAY, False, 10),
    Field("next", "下一步措施", Kind.TEXT, True, 10),
)
DAY = date(2023, 9, 28)


def test_an_ended_dispatch_allows_nothing():
    for stage in (DispatchStage.CLOSED, DispatchStage.CANCELLED):
        assert not DISPATCHES.open_to(stage, set(Side))


def test_only_the_opener_moves_and_only_recipients_answer():
    opener = {m.act for m in DISPATCHES.open_to(DispatchStage.OPEN, {Side.OPENER})}
    assert opener == {
        DispatchAct.REMIND, DispatchAct.RETURN, DispatchAct.CLOSE, DispatchAct.CANCEL,
    }  # fmt: skip
    answering = DISPATCHES.open_to(DispatchStage.OPEN, {Side.RECIPIENT})
    assert [move.act for move in answering] == [DispatchAct.ANSWER]
    with pytest.raises(NotAllowed, match="起草中"):
        DISPATCHES.target(DispatchStage.DRAFT, DispatchAct.ANSWER, set(Side))


def test_cancelling_needs_a_reason():
    assert DISPATCHES.needs_reason(DispatchStage.OPEN, DispatchAct.CANCEL)
    assert not DISPATCHES.needs_reason(DispatchStage.OPEN, DispatchAct.CLOSE)


@given(st.lists(st.sampled_from(list(DispatchAct)), max_size=30))
def test_no_walk_leaves_the_chart(acts):
    stage = DispatchStage.DRAFT
    for act in acts:
        open_now = {m.act: m.target for m in DISPATCHES.open_to(stage, set(Side))}
        if act in open_now:
            stage = DISPATCHES.target(stage, act, set(Side))
            assert stage is open_now[act]
        else:
            with pytest.raises(NotAllowed):
                DISPATCHES.target(stage, act, set(Side))


@given(st.integers(0, 500), st.integers(0, 500))
def test_the_rate_is_an_exact_fraction_and_nothing_of_nothing_has_none(answered, more):
    rate = Rate(answered, answered + more)
    if rate.asked:
        assert rate.share == Fraction(answered, answered + more)
    else:
        assert rate.share is None
    both = rate + Rate(1, 3, 1)
    assert (both.answered, both.asked, both.late) == (answered + 1, answered + more + 3, 1)


def test_answers_keep_only_what_is_asked_and_fits():
    typed = {"progress": "正在审核", "expected": date(2023, 10, 31), "next": " ", "else": "x"}
    assert cleaned(FIELDS, typed) == {"progress": "正在审核", "expected": "2023-10-31"}
    assert lacking(FIELDS, {"progress": "正在审核"}) == ["下一步措施"]


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ({"progress": "别的"}, "可填：正在审核、其他"),
        ({"expected": "2023-02-30"}, "应为日期"),
        ({"expected": "明天"}, "应为日期"),
        ({"next": "很" * 11}, "不超过10个字"),
    ],
)
def test_answers_that_do_not_fit_are_refused(typed, why):
    with pytest.raises(Refused, match=why):
        cleaned(FIELDS, typed)


def test_fields_are_data_in_their_order():
    table = {
        "b": {"place": 2, "label": "乙", "kind": "text"},
        "a": {"place": 1, "label": "甲", "kind": "choice", "options": ["一"], "required": True},
    }
    found = fields_in(table)
    assert [one.key for one in found] == ["a", "b"]
    assert fields_of([one.as_json() for one in found]) == found


def test_a_dispatch_says_something_about_somebody():
    whole = {"title": "甲", "reason": "乙", "fields": FIELDS, "selection": Selection(("start",))}
    checked_words(**whole)
    for change, why in (
        ({"title": " "}, "标题"), ({"reason": ""}, "事由"), ({"fields": ()}, "报送内容"),
        ({"selection": Selection(lead="industry", year=2023)}, "逾期事项"),
    ):  # fmt: skip
        with pytest.raises(Refused, match=why):
            checked_words(**whole | change)


def test_nobody_is_asked_about_nobody_or_until_yesterday():
    checked_opening(rows=1, answer_on=DAY, today=DAY)
    with pytest.raises(Refused, match="没有企业"):
        checked_opening(rows=0, answer_on=DAY, today=DAY)
    with pytest.raises(Refused, match="早于今天"):
        checked_opening(rows=1, answer_on=date(2023, 9, 27), today=DAY)


def test_a_duty_is_late_from_the_day_after():
    assert days_late(DAY, DAY) == 0
    assert days_late(date(2023, 9, 27), DAY) == 1
    assert is_late(date(2023, 9, 29), DAY)
    assert not is_late(DAY, DAY)
    assert not is_late(None, DAY)


def test_what_is_owed_is_told_with_its_day_and_delay():
    duties = [
        {"title": "注册", "due_on": "2023-04-08", "late": 3},
        {"title": "启动", "due_on": "2023-10-08", "late": 0},
    ]
    assert owed_words(duties) == "注册（2023-04-08，逾期3天）；启动（2023-10-08）"


def test_a_selection_survives_being_kept():
    one = Selection(("start",), ("listed",), "ecology", 2023, (1, 2))
    assert Selection.of(one.as_json()) == one
    assert not one.empty
    assert Selection.of({}).empty
