"""Unified social credit codes and what stands in their place."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleanprod.kernel.credit_code import (
    ALPHABET,
    Kind,
    check_character,
    differ_by_a_slip,
    inspect,
    normalise,
)

VALID = ("91350100M000100Y43", "91110000600037341L", "91341800MA2W1EY93F")

letters = st.text(ALPHABET, min_size=1, max_size=1)
first17 = st.tuples(
    st.text(ALPHABET, min_size=2, max_size=2),
    st.text("0123456789", min_size=6, max_size=6),
    st.text(ALPHABET, min_size=9, max_size=9),
).map("".join)


@pytest.mark.parametrize("code", VALID)
def test_known_codes_are_valid(code):
    assert inspect(code) == (code, Kind.VALID, "", "")
    assert check_character(code[:17]) == code[17]


@pytest.mark.parametrize(
    "text",
    [
        "91350100m000100y43",
        "９１３５０１００Ｍ０００１００Ｙ４３",
        " 91350100\u00a0M000100Y43\n",
        "9135 0100 M000 100Y 43",
        "\ufeff91350100M000\u200b100Y43",
        "'91350100M000100Y43",
    ],
)
def test_width_case_and_blanks_do_not_count(text):
    assert inspect(text).code == "91350100M000100Y43"
    assert inspect(text).kind is Kind.VALID


def test_a_wrong_check_is_a_question_and_names_the_right_one():
    verdict = inspect("91350100M000100Y44")
    assert (verdict.kind, verdict.suggestion) == (Kind.WRONG_CHECK, "")
    assert verdict.problem == "末位校验码应为3，实为4"


@given(first17)
def test_codes_issued_by_the_known_wrong_sum_are_told_so(front):
    right = ALPHABET.index(check_character(front))
    wrong = ALPHABET[-right % 31]
    verdict = inspect(front + wrong)
    assert verdict.kind is (Kind.VALID if right == 0 else Kind.WRONG_CHECK)
    assert ("可能原样发证" in verdict.problem) is (right != 0)


@pytest.mark.parametrize(
    "text, kind, code",
    [
        ("440681000012345", Kind.REGISTRATION, "440681000012345"),
        ("4406002001234", Kind.THIRTEEN, "4406002001234"),
        ("72537840-X", Kind.ORGANISATION, "72537840X"),
        ("725378405", Kind.ORGANISATION, "725378405"),
        ("见附件", Kind.OTHER, "见附件"),
        ("91350100M000100Y4", Kind.OTHER, "91350100M000100Y4"),
        ("9.1350100E+17", Kind.OTHER, "9.1350100E+17"),
        ("9A35X100M000100Y43", Kind.OTHER, "9A35X100M000100Y43"),
    ],
)
def test_older_numbers_and_text_are_told_apart(text, kind, code):
    verdict = inspect(text)
    assert (verdict.kind, verdict.code) == (kind, code)
    assert verdict.problem


@pytest.mark.parametrize(
    "text", ["", "  ", "\u00a0", "无", "NULL", "null", "/", "／", "-", "—", "——"]
)
def test_an_empty_word_means_no_code(text):
    assert inspect(text) == ("", Kind.NONE, "", "")


def test_letters_like_digits_are_offered_as_a_repair_and_never_applied():
    verdict = inspect("9I35O100M000100Y43")
    assert verdict.kind is Kind.OTHER
    assert verdict.code == "9I35O100M000100Y43"
    assert verdict.suggestion == "91350100M000100Y43"
    assert "疑为数字" in verdict.problem
    assert inspect("9I35O100M000100Y44").suggestion == ""


GOOD = "91350100M000100Y43"


@pytest.mark.parametrize(
    "written, suggestion",
    [
        (GOOD.replace("5", "S"), GOOD),
        (GOOD[:17], GOOD),
        (GOOD[:10] + GOOD[9:], GOOD),
        (GOOD[:3] + GOOD[2:], ""),  # two repairs are valid
        (GOOD + "9", ""),
        (GOOD[:16], ""),
        ("中" + GOOD[:16], ""),
    ],
)
def test_a_slip_of_the_hand_is_offered_with_its_repair(written, suggestion):
    verdict = inspect(written)
    assert (verdict.kind, verdict.code) == (Kind.OTHER, written)
    assert verdict.suggestion == suggestion
    assert verdict.problem


@pytest.mark.parametrize(
    "other, slip",
    [
        (GOOD, False),
        ("92" + GOOD[2:], True),
        (GOOD[1] + GOOD[0] + GOOD[2:], True),
        (GOOD[1:], True),
        (GOOD + "3", True),
        ("99" + GOOD[1:-1] + "0", False),
        (GOOD[:-2], False),
        ("", False),
    ],
)
def test_codes_one_slip_apart_are_told_from_others(other, slip):
    assert differ_by_a_slip(GOOD, other) is slip
    assert differ_by_a_slip(other, GOOD) is slip


def test_a_failing_inner_organisation_code_is_no_error():
    front = "91440600" + "123456789"  # the organisation code 12345678 has another check digit
    assert inspect(front + check_character(front)).kind is Kind.VALID


@given(first17)
def test_every_code_with_its_check_is_valid(front):
    assert inspect(front + check_character(front)).kind is Kind.VALID


@given(first17, st.integers(0, 17), letters)
def test_one_changed_character_is_always_noticed(front, place, letter):
    code = front + check_character(front)
    changed = code[:place] + letter + code[place + 1 :]
    assert (inspect(changed).kind is Kind.VALID) is (changed == code)


@given(st.text(max_size=25))
def test_any_text_is_judged_and_normalising_is_stable(text):
    assert normalise(normalise(text)) == normalise(text)
    verdict = inspect(text)
    assert bool(verdict.problem) is (verdict.kind not in (Kind.VALID, Kind.NONE))


def test_a_check_needs_17_characters_of_the_alphabet():
    for text in ("", "9135", "I" * 17):
        with pytest.raises(ValueError, match="17 characters"):
            check_character(text)


def test_many_codes_are_judged_fast():
    start = time.process_time()
    for _ in range(5000):
        for code in VALID:
            inspect(code)
    # 15000 codes; 0.02 s alone, the bound leaves room for a busy machine.
    assert time.process_time() - start < 0.25
