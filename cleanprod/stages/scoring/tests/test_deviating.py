"""Panels that deviate: far from the others, or all members alike; too few are not compared."""

from decimal import Decimal

from cleanprod.stages.scoring import deviating
from cleanprod.stages.scoring.deviating import Held, Terms

TERMS = Terms(least=5, spreads=Decimal(2))


def held(*means, spread="3", city="440600"):
    return [
        Held(str(pk), city, Decimal(points), Decimal(spread), 3)
        for pk, points in enumerate(means, 1)
    ]


def test_a_mean_far_from_the_others_is_told_with_its_distance():
    rows = held(80, 81, 79, 80, 80, 81, 79, 98)
    assert deviating.deviating(rows, TERMS) == {"8": ["平均分比全部会议的平均82.25分高15.75分"]}
    assert deviating.deviating(held(80, 80, 80, 80, 80, 80), TERMS) == {}


def test_few_sittings_are_not_compared():
    assert deviating.deviating(held(60, 99), TERMS) == {}
    assert deviating.usual([]) is None


def test_members_who_all_gave_the_same_are_told():
    assert deviating.deviating(held(80, spread="0"), TERMS) == {"1": ["3位专家总分完全相同"]}


def test_cities_stand_by_how_many_of_their_panels_deviate():
    rows = [*held(80, 90), Held("9", "440700", Decimal(70), Decimal(0), 3)]
    cities = deviating.by_city(rows, deviating.deviating(rows, TERMS))
    assert [(one.city, one.held, one.mean, one.deviating) for one in cities] == [
        ("440700", 1, Decimal("70.00"), 1),
        ("440600", 2, Decimal("85.00"), 0),
    ]
