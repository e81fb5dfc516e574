"""Years and keys of addresses and forms are read with care."""

from datetime import date

import pytest
from django.test import RequestFactory

from cleanprod.foundation.engine import clock
from cleanprod.foundation.web import asked

NONSENSE = ["", "x", "²", "-1", "1.0", "２０２３", "9" * 19, "1 ", "٣"]


@pytest.mark.parametrize("text", NONSENSE)
def test_nonsense_is_no_number(text):
    assert asked.whole(text) is None


def test_ticked_keys_are_read_and_nonsense_is_left_out():
    assert asked.keys(["3", *NONSENSE, "12"]) == [3, 12]


@pytest.mark.parametrize("text", [*NONSENSE, "1999", "2101", "0"])
def test_what_cannot_be_a_year_means_this_one(text):
    with clock.fixed(date(2023, 9, 28)):
        assert asked.year(RequestFactory().get("/", {"year": text})) == 2023
        assert asked.year(RequestFactory().get("/", {"year": "2021"})) == 2021


def test_next_year_and_the_chosen_one_are_offered():
    offered = [year for year, _ in asked.years(2015, today=date(2023, 9, 28))]
    assert offered == [2024, 2023, 2022, 2021, 2020, 2015]
