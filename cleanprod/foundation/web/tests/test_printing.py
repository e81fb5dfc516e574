from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction

import pytest
from django.template import engines
from jinja2 import UndefinedError

from cleanprod.foundation.web.jinja import count, day, moment, percent


@pytest.mark.parametrize(
    ("style", "text"),
    [("long", "2023年3月8日"), ("short", "2023-03-08"), ("month", "2023年3月")],
)
def test_a_day_is_printed_in_the_style_asked_for(style, text):
    assert day(date(2023, 3, 8), style) == text


def test_a_moment_is_printed_in_beijing_time():
    late = datetime(2023, 9, 27, 18, 5, 9, tzinfo=UTC)
    assert moment(late) == "2023-09-28 02:05"
    assert moment(late, "second") == "2023-09-28 02:05:09"
    assert day(late) == "2023年9月28日"


@pytest.mark.parametrize("print_it", [day, moment, count, percent])
def test_nothing_known_is_a_dash(print_it):
    assert print_it(None) == "—"


def test_numbers_stay_plain_and_zero_stays_zero():
    assert [count(0), count(1945)] == ["0", "1945"]


@pytest.mark.parametrize(
    ("share", "digits", "text"),
    [
        (Fraction(187, 197), 2, "94.92"),
        (Fraction(168, 177), 2, "94.92"),
        (Fraction(1, 8), 0, "13"),
        (Decimal("0.94125"), 2, "94.13"),
        (Fraction(1), 2, "100.00"),
        (Fraction(1, 2000), 1, "0.1"),
        (0, 2, "0.00"),
    ],
)
def test_shares_are_rounded_half_up_from_the_exact_value(share, digits, text):
    assert percent(share, digits) == text


def test_a_name_the_page_does_not_know_is_an_error():
    with pytest.raises(UndefinedError):
        engines["jinja2"].from_string("{{ nobody }}").render({})


def test_text_of_people_is_escaped():
    page = engines["jinja2"].from_string("{{ text }}").render({"text": "<script>"})
    assert page == "&lt;script&gt;"
