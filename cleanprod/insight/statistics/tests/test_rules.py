"""Totals are sums, shares are exact until they are printed, places follow the exact shares."""

from dataclasses import fields
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleanprod.insight.statistics.rules import (
    CityCounts,
    as_json,
    places,
    printed_share,
    total_of,
)

SUMMED = [
    field.name for field in fields(CityCounts) if field.name not in ("no", "city", "code", "target")
]
few = st.integers(0, 40)


@st.composite
def cities(draw):
    """Rows as counting makes them: nobody completes more than were accepted."""
    rows = []
    for number in range(1, draw(st.integers(0, 21)) + 1):
        industry, ecology = draw(few), draw(few)
        rows.append(
            CityCounts(
                number, f"市{number}", f"44{number:02d}00", draw(few), draw(few), draw(few),
                industry, ecology, draw(st.integers(0, industry)), draw(st.integers(0, ecology)),
                draw(st.none() | few),
            )
        )  # fmt: skip
    return rows


def city(code="440100", industry=0, ecology=0, completed=0, target=None):
    return CityCounts(
        1, "市", code, industry=industry, ecology=ecology, ecology_completed=completed,
        target=target,
    )  # fmt: skip


@given(cities())
def test_every_figure_of_the_total_is_the_sum_of_the_rows(rows):
    total = total_of(rows)
    assert total.city == "合计"
    for name in (*SUMMED, "total", "platform_completed", "not_completed"):
        assert getattr(total, name) == sum(getattr(row, name) for row in rows), name
    assert total.total == total.industry + total.ecology
    assert total.platform_completed + total.not_completed == total.total


@given(cities())
def test_the_total_has_a_target_where_any_city_has_one(rows):
    fixed = [row.target for row in rows if row.target is not None]
    assert total_of(rows).target == (sum(fixed) if fixed else None)


@given(cities())
def test_the_share_of_the_total_lies_between_those_of_the_cities(rows):
    shares = [row.share for row in rows if row.share is not None]
    whole = total_of(rows).share
    assert (whole is None) == (not shares)
    if shares:
        assert min(shares) <= whole <= max(shares)


@given(cities())
def test_a_place_counts_the_cities_with_a_greater_exact_share(rows):
    found = places(rows)
    assert set(found) == {row.code for row in rows}
    for row in rows:
        if row.total == 0:
            assert found[row.code] is None
        else:
            better = [other for other in rows if other.total and other.share > row.share]
            assert found[row.code] == 1 + len(better)


@given(cities(), st.randoms())
def test_places_do_not_depend_on_the_order_of_the_cities(rows, chance):
    mixed = list(rows)
    chance.shuffle(mixed)
    assert places(mixed) == places(rows)


@given(few, st.integers(1, 500))
def test_a_printed_share_is_off_by_half_a_hundredth_at_most(part, whole):
    exact = Fraction(part, whole) * 100
    assert abs(Fraction(printed_share(exact / 100)) - exact) <= Fraction(1, 200)


def test_two_cities_printed_alike_still_hold_two_places():
    foshan = city("440600", ecology=20000, completed=13333)
    huizhou = city("441300", ecology=30000, completed=20001)
    assert printed_share(foshan.share) == "66.67"
    assert printed_share(huizhou.share) == "66.67"
    assert places([foshan, huizhou]) == {"441300": 1, "440600": 2}


@pytest.mark.parametrize(
    "share, text",
    [
        (Fraction(1341, 1945), "68.95"),
        (Fraction(1, 1), "100.00"),
        (Fraction(0), "0.00"),
        (Fraction(1, 20000), "0.01"),  # half a hundredth goes up
        (Fraction(3, 2), "150.00"),
        (None, "—"),
    ],
)
def test_shares_are_printed_with_two_digits_and_without_the_sign(share, text):
    assert printed_share(share) == text


def test_a_city_where_nothing_was_accepted_has_no_share_and_no_place():
    empty = city()
    assert empty.share is None
    assert places([empty]) == {"440100": None}


def test_progress_wants_a_target_and_may_pass_it():
    assert city(industry=1, ecology=2).progress is None
    assert city(ecology=2, target=0).progress is None
    met = city(industry=1, ecology=2, completed=1, target=2)
    assert (met.progress, met.completed_progress) == (Fraction(3, 2), Fraction(1, 2))


def test_a_fraction_becomes_a_number_of_six_digits_in_json():
    assert as_json(Fraction(2, 3)) == 0.666667
    assert as_json(7) == 7
    assert as_json(None) is None
