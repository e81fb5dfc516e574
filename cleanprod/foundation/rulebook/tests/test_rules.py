"""Values that a provision may take."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleanprod.foundation.rulebook.rules import Unit, check_value
from cleanprod.kernel.errors import Refused


@pytest.mark.parametrize(
    "unit, value, before",
    [
        (Unit.MONTHS, 2, 1),
        (Unit.MONTH_DAY, "03-10", "03-01"),
        (Unit.MONTH_DAY, "12-31", "03-01"),
        (Unit.SWITCH, False, True),
        (Unit.TABLE, {"voluntary": "ecology"}, {"voluntary": "industry"}),
        (Unit.WORDS, "甲 ÷ 乙", "旧"),
    ],
)
def test_a_value_of_the_same_sort_is_taken(unit, value, before):
    check_value(value, unit=unit, before=before)


@pytest.mark.parametrize(
    "unit, value, before",
    [
        (Unit.MONTHS, 0, 1),
        (Unit.MONTHS, True, 1),
        (Unit.MONTHS, "2", 1),
        (Unit.DAYS, 1.5, 1),
        (Unit.MONTH_DAY, "3-10", "03-10"),
        (Unit.MONTH_DAY, "02-29", "03-10"),
        (Unit.MONTH_DAY, "13-01", "03-10"),
        (Unit.MONTH_DAY, 310, "03-10"),
        (Unit.SWITCH, "是", True),
        (Unit.TABLE, {"voluntary": 1}, {"voluntary": "industry"}),
        (Unit.TABLE, {}, {"voluntary": "industry"}),
        (Unit.TABLE, "x", {"voluntary": "industry"}),
        (Unit.WORDS, " ", "旧"),
        (Unit.WORDS, None, "旧"),
    ],
)
def test_a_value_that_no_reader_could_use_is_refused(unit, value, before):
    with pytest.raises(Refused):
        check_value(value, unit=unit, before=before)


@settings(max_examples=40, deadline=None)
@given(st.dates())
def test_every_day_but_the_leap_day_is_a_day_of_the_year(day):
    text = f"{day:%m-%d}"
    if text == "02-29":
        with pytest.raises(Refused):
            check_value(text, unit=Unit.MONTH_DAY, before="01-01")
    else:
        check_value(text, unit=Unit.MONTH_DAY, before="01-01")
