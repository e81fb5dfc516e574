"""Months, periods and working days."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleanprod.kernel.errors import Refused
from cleanprod.kernel.period import (
    Period,
    add_months,
    add_workdays,
    weekdays,
    workdays_between,
    year_of,
)

days = st.dates(date(1990, 1, 1), date(2090, 12, 31))
national_day = weekdays(
    holidays=[date(2026, 10, d) for d in range(1, 8)], workdays=[date(2026, 10, 10)]
)


@pytest.mark.parametrize(
    "day, months, expected",
    [
        (date(2023, 1, 31), 1, date(2023, 2, 28)),
        (date(2024, 1, 31), 1, date(2024, 2, 29)),
        (date(2023, 12, 31), 2, date(2024, 2, 29)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2023, 3, 2), 12, date(2024, 3, 2)),
        (date(2023, 3, 31), -1, date(2023, 2, 28)),
    ],
)
def test_a_missing_day_becomes_the_last_of_the_month(day, months, expected):
    assert add_months(day, months) == expected


@given(days, st.integers(-600, 600))
def test_adding_months_moves_exactly_so_many_months(day, months):
    moved = add_months(day, months)
    assert (moved.year - day.year) * 12 + moved.month - day.month == months
    assert moved.day == day.day or (moved + timedelta(days=1)).day == 1


@given(days, days, st.integers(0, 60))
def test_adding_months_keeps_the_order_of_days(one, other, months):
    if one <= other:
        assert add_months(one, months) <= add_months(other, months)


def test_a_period_includes_both_its_days():
    year = year_of(2022)
    assert date(2022, 1, 1) in year
    assert date(2022, 12, 31) in year
    assert date(2023, 1, 1) not in year
    assert year.days == 365


def test_a_period_cannot_end_before_it_starts():
    with pytest.raises(Refused, match="早于开始日期"):
        Period(date(2023, 1, 2), date(2023, 1, 1))


@given(days, days, days, days)
def test_two_periods_overlap_when_a_day_lies_in_both(a, b, c, d):
    one, two = Period(min(a, b), max(a, b)), Period(min(c, d), max(c, d))
    shared = max(one.start, two.start) <= min(one.end, two.end)
    assert one.overlaps(two) is two.overlaps(one) is shared
    assert Period(one.start).overlaps(two) is (two.end >= one.start)
    assert Period(one.start).overlaps(Period(two.start))


def test_working_days_skip_weekends_and_holidays_and_count_worked_saturdays():
    # 30 September 2026 is a Wednesday; 8 and 9 October and Saturday 10 October are worked.
    assert add_workdays(date(2026, 9, 30), 1, national_day) == date(2026, 10, 8)
    assert add_workdays(date(2026, 9, 30), 3, national_day) == date(2026, 10, 10)
    assert add_workdays(date(2026, 9, 30), 4, national_day) == date(2026, 10, 12)
    assert add_workdays(date(2026, 10, 8), -1, national_day) == date(2026, 9, 30)
    assert add_workdays(date(2026, 10, 4), 0, national_day) == date(2026, 10, 4)


@given(days, st.integers(1, 40))
def test_counting_working_days_undoes_adding_them(day, count):
    calendar = weekdays()
    end = add_workdays(day, count, calendar)
    assert calendar(end)
    assert workdays_between(day, end, calendar) == count
    assert workdays_between(end, day, calendar) in (-count, 1 - count)


def test_a_calendar_without_working_days_is_refused():
    with pytest.raises(Refused, match="没有工作日"):
        add_workdays(date(2026, 1, 1), 1, lambda _day: False)
