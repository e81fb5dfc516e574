"""The exact fraction, the size of a sample, and the moves of a drawn value."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleanprod.kernel.errors import NotAllowed, Refused
from cleanprod.stages.accuracy.rules import (
    LIFECYCLE,
    Act,
    Stage,
    Tally,
    Who,
    drawn,
    sample_size,
    summed,
)

counts = st.integers(0, 500)
tallies = st.builds(
    lambda a, b, c, d, e: Tally(a + b, a, c + d, c, e), counts, counts, counts, counts, counts
)


def test_accuracy_is_what_was_right_of_what_was_checked_and_corrections_do_not_lower_it():
    assert Tally(90, 88, 10, 9).accuracy == Fraction(97, 100)
    assert Tally(90, 88, 10, 9, corrected=50).accuracy == Fraction(97, 100)
    assert Tally(90, 88, 10, 9, corrected=9).corrections == Fraction(1, 10)
    assert Tally().accuracy is None
    assert Tally().corrections is None


@given(st.lists(tallies, max_size=8))
def test_a_city_is_the_sum_of_its_enterprises(parts):
    whole = summed(parts)
    assert whole.checked == sum(one.checked for one in parts)
    assert whole.right == sum(one.right for one in parts)
    assert whole.accuracy is None or 0 <= whole.accuracy <= 1


@given(st.integers(0, 100_000), st.integers(1, 100), st.integers(0, 200))
def test_a_sample_is_a_share_rounded_up_and_never_more_than_the_frame(frame, percent, least):
    size = sample_size(frame, percent=percent, least=least)
    assert size <= frame
    assert size >= min(frame, least)
    assert size * 100 >= min(frame * percent, size * 100)
    assert size == frame or size * 100 >= frame * percent
    with pytest.raises(Refused):
        sample_size(frame, percent=0, least=1)


def test_the_same_seed_draws_the_same_and_another_seed_another():
    frame = [f"round:{n}|WD1|cod" for n in range(200)]
    assert drawn("seed", frame, 10) == drawn("seed", frame[::-1], 10)
    assert drawn("seed", frame, 10) != drawn("other", frame, 10)


def test_only_a_lost_value_is_contested_and_only_a_contested_one_decided():
    everybody = set(Who)
    assert LIFECYCLE.target(Stage.LOST, Act.CONTEST, everybody) is Stage.CONTESTED
    for stage in set(Stage) - {Stage.LOST}:
        with pytest.raises(NotAllowed):
            LIFECYCLE.target(stage, Act.CONTEST, everybody)
    for stage in set(Stage) - {Stage.CONTESTED}:
        with pytest.raises(NotAllowed):
            LIFECYCLE.target(stage, Act.RESTORE, everybody)
