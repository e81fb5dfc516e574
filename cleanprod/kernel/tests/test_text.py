"""Text without width and blanks."""

from hypothesis import given
from hypothesis import strategies as st

from cleanprod.kernel.text import tidy, upper


def test_blanks_of_all_kinds_and_full_width_do_not_count():
    assert tidy(" 佛山\u00a0市\u3000\n\u200b南海区") == "佛山市南海区"
    assert tidy("４４０６００（甲）") == "440600(甲)"


@given(st.text(max_size=20))
def test_tidying_twice_changes_nothing_more(text):
    assert tidy(tidy(text)) == tidy(text)


def test_only_latin_letters_are_raised():
    assert upper("abzé甲ß") == "ABZé甲ß"
