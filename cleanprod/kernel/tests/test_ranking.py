"""Exact shares and the places they give, with the figures of 2022."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleanprod.kernel.ranking import percent, rank, share

# City, completed on the platform, passed acceptance in 2022, in the order of the notice's annex.
YEAR_2022 = [
    ("广州", 120, 168), ("深圳", 72, 118), ("珠海", 23, 59), ("汕头", 102, 119),
    ("佛山", 187, 197), ("韶关", 18, 51), ("河源", 29, 29), ("梅州", 16, 19),
    ("惠州", 168, 177), ("汕尾", 0, 0), ("东莞", 285, 468), ("中山", 100, 101),
    ("江门", 43, 54), ("阳江", 39, 40), ("湛江", 24, 36), ("茂名", 19, 24),
    ("肇庆", 35, 38), ("清远", 18, 189), ("潮州", 18, 22), ("揭阳", 3, 7), ("云浮", 22, 29),
]  # fmt: skip

counts = st.integers(0, 30)
tables = st.lists(st.tuples(st.text(max_size=2), counts, counts), max_size=12)


def test_the_six_praised_cities_of_2022_come_first():
    ranked = rank(YEAR_2022)
    assert [row.key for row in ranked[:6]] == ["河源", "中山", "阳江", "佛山", "惠州", "肇庆"]
    assert [row.place for row in ranked[:6]] == [1, 2, 3, 4, 5, 6]
    assert (ranked[-2].key, ranked[-2].place) == ("清远", 20)


def test_shares_equal_when_rounded_are_still_told_apart():
    foshan, huizhou = share(187, 197), share(168, 177)
    assert percent(foshan) == percent(huizhou) == "94.9%"
    assert foshan > huizhou


def test_nothing_to_complete_has_no_place():
    last = rank(YEAR_2022)[-1]
    assert (last.key, last.share, last.place) == ("汕尾", None, None)
    assert percent(last.share) == "不适用"


def test_equal_shares_hold_one_place_and_the_next_counts_them():
    ranked = rank([("甲", 1, 4), ("乙", 1, 2), ("丙", 2, 4), ("丁", 0, 3)])
    assert [(row.key, row.place) for row in ranked] == [("乙", 1), ("丙", 1), ("甲", 3), ("丁", 4)]


@given(tables)
def test_a_place_is_one_more_than_the_number_of_better_rows(rows):
    ranked = rank(rows)
    assert sorted((r.key, r.completed, r.accepted) for r in ranked) == sorted(rows)
    shares = [Fraction(done, whole) for _, done, whole in rows if whole]
    for row in ranked:
        if row.accepted:
            assert row.place == 1 + sum(other > row.share for other in shares)
        else:
            assert row.place is None


@pytest.mark.parametrize(
    "part, places, text",
    [
        (Fraction(1341, 1945), 2, "68.95%"),
        (Fraction(1, 8), 0, "13%"),
        (Fraction(1), 1, "100.0%"),
        (Fraction(1, 2000), 1, "0.1%"),
        (Fraction(-1, 8), 0, "-13%"),
        (None, 1, "不适用"),
    ],
)
def test_a_share_is_shown_rounded_half_up(part, places, text):
    assert percent(part, places) == text
