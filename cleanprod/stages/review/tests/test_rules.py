"""Which round a row of results or of old-platform completions speaks of."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleanprod.stages.audits.rules import LIFECYCLE, OPEN, Stage
from cleanprod.stages.review.rules import (
    ACT_OF,
    STAGES_OF,
    Candidate,
    Conclusion,
    pick_for_completion,
    pick_for_result,
    same_firm,
)

ON = date(2022, 10, 12)
LATER = date(2022, 12, 20)


def candidate(pk=1, stage=Stage.LISTED, *, name="红星厂", code="A", also=(), **days):
    known = dict.fromkeys(("rolled_on", "ended_on", "accepted_on", "completed_on")) | days
    firm = sum(map(ord, name + code))
    return Candidate(
        pk,
        firm,
        name,
        (name, *also),
        code,
        "440600",
        "ecology",
        stage.value,
        date(2019 + pk, 3, 8),
        **known,
    )


FIRMS = [
    candidate(1),
    candidate(2, name="双子一厂", code="B"),
    candidate(3, name="双子二厂", code="B"),
    candidate(4, name="无码厂", code=""),
    candidate(5),
]


@pytest.mark.parametrize(
    "code, names, ids, said",
    [
        ("A", ["红星厂"], [1, 5], ""),
        ("", ["红星厂"], [1, 5], ""),
        ("A", ["红星新厂", "红星厂"], [1, 5], ""),
        ("A", ["红星新厂"], [], "代码与名单中的“红星厂”相同但名称不同"),
        ("C", ["红星厂"], [], "名称与名单相同但代码不同（名单为A）"),
        ("B", ["双子二厂"], [3], ""),
        ("B", ["双子三厂"], [], "代码与名单中的“双子一厂”相同但名称不同"),
        ("C", ["无码厂"], [4], ""),
        ("", ["无码厂"], [4], ""),
        ("Z", ["没有的厂"], [], "不在本市本部门牵头的已公布名单中"),
        ("", ["没有的厂"], [], "不在本市本部门牵头的已公布名单中"),
    ],
)
def test_a_firm_is_found_by_code_and_name_together_and_never_guessed(code, names, ids, said):
    found, why = same_firm(code, names, FIRMS)
    assert [one.id for one in found] == ids
    assert said in why
    assert bool(why) == (not ids)


def test_a_renamed_firm_is_found_under_both_names():
    renamed = candidate(1, name="旧名厂", also=("新名厂",))
    for name in ("旧名厂", "新名厂"):
        assert same_firm("A", [name], [renamed]) == ([renamed], "")
        assert same_firm("", [name], [renamed]) == ([renamed], "")


def test_a_name_in_traditional_characters_finds_its_firm_only_with_the_code():
    firm = replace(candidate(1), spelt=("红星厂",))
    assert same_firm("A", ["红星厂"], [firm], "紅星廠") == ([firm], "")
    found, why = same_firm("", ["红星厂"], [firm], "紅星廠")
    assert found == []
    assert "繁简写法相近" in why
    assert same_firm("", ["红星厂"], [firm], "红星厂")[0] == [firm]


def test_of_two_firms_with_one_name_none_is_guessed():
    twins = [candidate(1, name="同名厂", code=""), candidate(2, name="同名厂", code="D")]
    found, why = same_firm("", ["同名厂"], twins)
    assert found == []
    assert "多家企业名为“同名厂”" in why
    assert same_firm("D", ["同名厂"], twins)[0] == [twins[1]]


def test_a_result_older_than_the_listing_is_said_of_its_row():
    pick = pick_for_result(Conclusion.PASSED, date(2020, 3, 7), [candidate(1)])
    assert pick.candidate is None
    assert "早于名单公布日期 2020-03-08" in pick.why
    rolled = candidate(1, rolled_on=ON)
    assert "应晚于滚动纳入日期" in pick_for_result(Conclusion.DEFERRED, ON, [rolled]).why
    assert pick_for_result(Conclusion.PASSED, ON, [rolled]).candidate is rolled


@pytest.mark.parametrize("conclusion", list(Conclusion))
def test_a_result_belongs_to_the_open_round(conclusion):
    old = candidate(1, Stage.ACCEPTED, ended_on=date(2021, 11, 1), accepted_on=date(2021, 11, 1))
    open_one = candidate(2, Stage.PLANNED)
    pick = pick_for_result(conclusion, ON, [old, open_one])
    assert (pick.candidate, pick.already, pick.why) == (open_one, False, "")


@pytest.mark.parametrize("conclusion", list(Conclusion))
def test_the_same_result_again_is_known_as_the_one_that_stands(conclusion):
    for stage in STAGES_OF[conclusion]:
        there = candidate(1, stage, ended_on=ON)
        pick = pick_for_result(conclusion, ON, [there])
        assert (pick.candidate, pick.already) == (there, True)


def test_a_result_of_a_round_that_ended_otherwise_asks_for_a_withdrawal_first():
    ended = candidate(1, Stage.FAILED, ended_on=ON)
    pick = pick_for_result(Conclusion.PASSED, ON, [ended])
    assert pick.candidate is None
    assert "已登记为“未通过”" in pick.why


def test_a_repeated_result_is_known_even_when_a_new_round_is_open():
    there = candidate(1, Stage.ACCEPTED, ended_on=ON, accepted_on=ON)
    pick = pick_for_result(Conclusion.PASSED, ON, [there, candidate(2)])
    assert (pick.candidate, pick.already) == (there, True)


def test_another_day_for_a_result_that_stands_is_not_taken_for_the_same():
    there = candidate(1, Stage.ACCEPTED, ended_on=ON, accepted_on=ON)
    pick = pick_for_result(Conclusion.PASSED, LATER, [there])
    assert pick.candidate is None


def test_a_completion_belongs_to_the_latest_acceptance_before_it():
    first = candidate(1, Stage.ACCEPTED, accepted_on=date(2021, 11, 1))
    second = candidate(2, Stage.ACCEPTED, accepted_on=ON)
    assert pick_for_completion(LATER, [first, second]).candidate is second
    assert pick_for_completion(date(2022, 1, 5), [first, second]).candidate is first


def test_a_completion_on_the_day_of_acceptance_belongs_to_it():
    there = candidate(1, Stage.ACCEPTED, accepted_on=ON)
    assert pick_for_completion(ON, [there]).candidate is there


def test_the_same_completion_again_is_known_as_the_one_that_stands():
    there = candidate(1, Stage.COMPLETED, accepted_on=ON, completed_on=LATER)
    pick = pick_for_completion(LATER, [there, candidate(2)])
    assert (pick.candidate, pick.already) == (there, True)


def test_a_completion_without_acceptance_is_taken_and_said_to_be_a_discrepancy():
    waiting = candidate(1)
    pick = pick_for_completion(ON, [waiting])
    assert (pick.candidate, pick.already) == (waiting, False)
    assert "差异清单" in pick.why


def test_a_second_completion_of_another_day_is_refused():
    there = candidate(1, Stage.COMPLETED, accepted_on=ON, completed_on=LATER)
    pick = pick_for_completion(date(2023, 1, 9), [there])
    assert pick.candidate is None
    assert "另一办结日期" in pick.why


dates = st.dates(date(2023, 6, 1), date(2023, 6, 6))
rounds = st.lists(
    st.builds(
        lambda stage, ended, accepted, completed: (stage, ended, accepted, completed),
        st.sampled_from(list(Stage)),
        st.none() | dates,
        st.none() | dates,
        st.none() | dates,
    ),
    min_size=1,
    max_size=4,
)


def made(rows):
    return [
        candidate(n, stage, ended_on=ended, accepted_on=accepted, completed_on=completed)
        for n, (stage, ended, accepted, completed) in enumerate(rows, 1)
    ]


@given(st.sampled_from(list(Conclusion)), dates, rounds)
def test_a_result_goes_to_an_open_round_or_to_one_that_has_it_or_is_explained(conclusion, on, rows):
    pick = pick_for_result(conclusion, on, made(rows))
    if pick.candidate is None:
        assert pick.why
    elif pick.already:
        assert pick.candidate.ended_on == on
        assert pick.candidate.stage in STAGES_OF[conclusion]
    else:
        assert pick.candidate.stage in OPEN


@given(dates, rounds)
def test_a_completion_never_moves_one_that_stands(on, rows):
    pick = pick_for_completion(on, made(rows))
    if pick.candidate is None:
        assert pick.why
    elif pick.already:
        assert pick.candidate.completed_on == on
    else:
        assert pick.candidate.completed_on is None
        assert pick.why or pick.candidate.accepted_on <= on


def test_every_conclusion_has_an_act_and_the_stages_it_leads_to():
    assert set(ACT_OF) == set(STAGES_OF) == set(Conclusion)
    for conclusion, act in ACT_OF.items():
        targets = {move.target for move in LIFECYCLE.moves if move.act is act}
        assert targets <= STAGES_OF[conclusion]
