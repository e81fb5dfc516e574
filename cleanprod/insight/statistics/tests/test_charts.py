"""Charts say the numbers they are given: lengths in proportion, steps in order, 21 places."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleanprod.foundation.territory import queries as territory
from cleanprod.insight.statistics import charts
from cleanprod.insight.statistics.charts import Tile

numbers = st.integers(0, 5000)


@given(st.lists(st.tuples(numbers, numbers), max_size=21))
def test_the_longest_bar_fills_the_length_and_the_others_keep_to_it(pairs):
    drawn = charts.bars([(str(n), "", pair, "") for n, pair in enumerate(pairs)], ("a", "b"))
    longest = max(map(sum, pairs), default=0)
    for bar, pair in zip(drawn, pairs, strict=True):
        length = sum(piece.length for piece in bar.pieces)
        assert abs(length - (100 * sum(pair) / longest if longest else 0)) < 0.02
        assert [piece.kind for piece in bar.pieces] == [
            kind for kind, number in zip("ab", pair, strict=True) if number
        ]


@given(st.lists(numbers, min_size=1, max_size=21))
def test_greater_counts_never_stand_on_a_lower_step(values):
    scale = charts.count_scale(values)
    steps = [scale.step(value) for value in sorted(values)]
    assert steps == sorted(steps)
    assert all(
        (step == 0) == (value == 0) for step, value in zip(steps, sorted(values), strict=True)
    )
    assert max(steps) <= len(scale.legend)


@pytest.mark.parametrize(
    "share, step",
    [(None, 0), (Fraction(0), 1), (Fraction(1, 5), 2), (Fraction(799, 1000), 4),
     (Fraction(1), 5), (Fraction(5, 2), 5)],
)  # fmt: skip
def test_shares_fall_into_fifths(share, step):
    assert charts.share_scale().step(share) == step


def test_every_city_of_the_province_has_a_place_of_its_own(db):
    cities = [(city.code, Tile(city.short_name, "", 0)) for city in territory.cities("440000")]
    shown = [tile.name for row in charts.tiles(cities) for tile in row if tile]
    assert sorted(shown) == sorted(tile.name for _, tile in cities)
    assert len(set(charts.PLACES.values())) == len(charts.PLACES) == 21


def test_another_province_is_laid_out_in_order():
    rows = charts.tiles([(f"32{n:02d}00", Tile(str(n), "", 0)) for n in range(13)])
    assert [len([tile for tile in row if tile]) for row in rows] == [8, 5]
