"""What plans and phases may say."""

from datetime import date

import pytest

from cleanprod.stages.phases.rules import (
    Duty,
    Member,
    Slot,
    State,
    faults_of_schedule,
    faults_of_team,
    state_of,
    titles,
)

BOSS = Member("陈厂长", "厂长", Duty.LEADER)


@pytest.mark.parametrize(
    ("team", "said"),
    [
        ([], "请填写审核小组成员"),
        ([Member("甲", "", Duty.MEMBER)], "现有0名"),
        ([BOSS, Member("乙", "", Duty.LEADER)], "现有2名"),
        ([BOSS, Member("陈厂长", "", Duty.MEMBER)], "“陈厂长”重复"),
    ],
)
def test_a_team_has_one_leader_and_nobody_twice(team, said):
    assert said in "；".join(faults_of_team(team))


def test_a_good_team_has_no_fault():
    assert faults_of_team([BOSS, Member("乙", "环保部", Duty.DEPUTY)]) == []


def test_phases_may_overlap_but_not_swap_or_run_backwards():
    first = Slot("审核准备", date(2023, 3, 1), date(2023, 4, 1))
    overlapping = Slot("预审核", date(2023, 3, 15), date(2023, 5, 1))
    assert faults_of_schedule([first, overlapping]) == {}
    assert "不能早于“预审核”" in faults_of_schedule([overlapping, first])[1]
    backwards = Slot("审核", date(2023, 5, 2), date(2023, 5, 1))
    assert list(faults_of_schedule([first, backwards])) == [1]


@pytest.mark.parametrize(
    ("planned", "first", "last", "state"),
    [
        (None, None, None, State.WAITING),
        (10, None, None, State.WAITING),
        (9, None, None, State.LATE),
        (9, 1, None, State.LATE),
        (10, 1, None, State.RUNNING),
        (1, 1, 10, State.DONE),
    ],
)
def test_a_phase_is_late_from_the_day_after_its_planned_end(planned, first, last, state):
    days = [date(2023, 5, day) if day else None for day in (planned, first, last)]
    assert state_of(*days, date(2023, 5, 10)) is state


def test_provisions_name_phases():
    assert titles("审核准备、预审核") == ("审核准备", "预审核")
