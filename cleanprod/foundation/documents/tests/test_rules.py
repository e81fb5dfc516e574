from hypothesis import given
from hypothesis import strategies as st

from cleanprod.foundation.documents import rules
from cleanprod.foundation.documents.rules import Verdict

YEARS, SERIALS = st.integers(2000, 2099), st.integers(1, 999_999)


@given(YEARS, SERIALS)
def test_a_number_reads_back(year, serial):
    number = rules.receipt_number(year, serial)
    assert rules.read_number(f" {number.lower()} ") == number


@given(YEARS, SERIALS, st.sampled_from([0, 1, 2, 3, 5, 6, 7, 8, 9, 10]), st.integers(1, 9))
def test_one_wrong_digit_is_noticed(year, serial, place, shift):
    number = rules.receipt_number(year, serial)
    wrong = str((int(number[place]) + shift) % 10)
    assert rules.read_number(number[:place] + wrong + number[place + 1 :]) is None


@given(YEARS, SERIALS, st.sampled_from([0, 1, 2, 5, 6, 7, 8, 9]))
def test_two_swapped_digits_are_noticed(year, serial, place):
    number = rules.receipt_number(year, serial)
    first, second = number[place], number[place + 1]
    swapped = number[:place] + second + first + number[place + 2 :]
    assert first == second or rules.read_number(swapped) is None


def test_full_width_and_odd_dashes_are_read():
    number = rules.receipt_number(2023, 123)
    assert number.startswith("2023-000123-")
    assert rules.read_number(number.replace("-", "－").replace("2", "２")) == number
    assert rules.read_number(number.replace("-", "—")) == number
    assert rules.read_number("胡写") is None


def test_the_fingerprint_does_not_depend_on_the_order_of_facts():
    one = rules.fingerprint("提交回执", "甲", {"a": 1, "b": 2})
    assert one == rules.fingerprint("提交回执", "甲", {"b": 2, "a": 1})
    assert one != rules.fingerprint("提交回执", "乙", {"a": 1, "b": 2})


def test_a_shown_fingerprint_is_compared():
    assert rules.judge("ab", None) is Verdict.LISTED
    assert rules.judge("ab", " AB ") is Verdict.GENUINE
    assert rules.judge("ab", "cd") is Verdict.DIFFERENT
