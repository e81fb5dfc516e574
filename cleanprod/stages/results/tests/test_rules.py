"""What stands in the way of an announcement, and how a publicity is counted."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleanprod.foundation.organisations.rules import Part
from cleanprod.kernel.errors import NotAllowed, Refused
from cleanprod.stages.results.rules import (
    LIFECYCLE,
    LIVE,
    Act,
    Hindrances,
    State,
    calendar_publicity,
    remaining,
)

DAY = date(2023, 9, 28)


def test_the_first_day_of_a_publicity_counts():
    period = calendar_publicity(date(2023, 9, 28), 5)
    assert period.last == date(2023, 10, 2)
    assert period.explained() == "2023年9月28日至2023年10月2日（5个自然日，首日计入）"
    with pytest.raises(Refused):
        calendar_publicity(DAY, 0)


@given(st.dates(date(2000, 1, 1), date(2090, 1, 1)), st.integers(1, 60))
def test_on_its_first_day_all_days_of_a_publicity_are_left(first, days):
    period = calendar_publicity(first, days)
    assert remaining(period.last, first) == days
    assert remaining(period.last, period.last) == 1
    assert remaining(period.last, period.last + timedelta(1)) == 0


def hindrances(**changed):
    usual = {
        "last": DAY - timedelta(1), "today": DAY, "unanswered": 0, "standing": 3, "joint": False,
        "cosigned": False,
    }  # fmt: skip
    return Hindrances(**usual | changed).named()


def test_nothing_hinders_a_batch_whose_publicity_is_over_and_answered():
    assert hindrances() == []
    assert hindrances(joint=True, cosigned=True) == []


@pytest.mark.parametrize(
    "changed, said",
    [
        ({"last": DAY}, "公示期未满，2023-09-28届满"),
        ({"last": None}, "公示期未满"),
        ({"unanswered": 2}, "还有2件异议未答复"),
        ({"standing": 0}, "本批没有可公布的企业"),
        ({"joint": True}, "联合公布须经同市另一部门会签"),
    ],
)
def test_each_hindrance_is_named(changed, said):
    assert hindrances(**changed) == [said]


def test_all_hindrances_are_named_at_once():
    assert len(hindrances(last=DAY, unanswered=1, standing=0, joint=True)) == 4


def test_nothing_leads_out_of_a_stopped_or_reported_batch():
    for state in (State.STOPPED, State.REPORTED):
        assert LIFECYCLE.open_to(state, set(Part)) == ()
    assert State.STOPPED not in LIVE
    with pytest.raises(NotAllowed):
        LIFECYCLE.target(State.DRAFT, Act.ANNOUNCE, set(Part))
