"""The draw: it satisfies the rules whenever a valid panel exists, and the same seed repeats it."""

from itertools import combinations
from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleanprod.kernel.errors import Refused
from cleanprod.stages.experts import drawing
from cleanprod.stages.experts.drawing import Lot, Needs

SCIENCE = "energy or environment"
COVERS = ("30", "33", SCIENCE)


@st.composite
def urns(draw, most=9):
    count = draw(st.integers(0, most))
    return [
        Lot(
            n + 1,
            draw(st.booleans()),
            frozenset(draw(st.sets(st.sampled_from(COVERS)))),
            draw(st.sampled_from("甲乙丙丁戊")),
        )
        for n in range(count)
    ]


needs = st.builds(
    Needs,
    size=st.sampled_from([1, 3, 5]),
    trades=st.sampled_from([(), ("30",), ("30", "33")]),
    energy_or_environment=st.booleans(),
    seniors=st.integers(0, 3),
    one_per_unit=st.booleans(),
)


def fine(wanted, members):
    """Tell by plain counting whether these members are a valid panel."""
    units = {one.unit for one in members}
    covered = set().union(*(one.covers for one in members))
    return (
        len(members) == wanted.size
        and set(wanted.covers) <= covered
        and sum(one.senior for one in members) >= wanted.seniors
        and (not wanted.one_per_unit or len(units) == len(members))
    )


@given(urns(), needs, st.text("0123456789abcdef", min_size=4, max_size=8))
def test_a_valid_panel_is_drawn_whenever_there_is_one(urn, wanted, seed):
    exists = any(fine(wanted, some) for some in combinations(urn, wanted.size))
    assert drawing.possible(wanted, (), urn) == exists
    assert bool(drawing.lacking(wanted, (), urn)) != exists
    if exists:
        got = drawing.choose(seed, urn, wanted)
        assert fine(wanted, [one for one in urn if one.id in got])
        assert drawing.choose(seed, list(reversed(urn)), wanted) == got
    else:
        with pytest.raises(Refused):
            drawing.choose(seed, urn, wanted)


@given(urns(), needs, st.data())
def test_a_replacement_keeps_who_stays_and_the_rules(urn, wanted, data):
    kept = (
        data.draw(st.lists(st.sampled_from(urn), unique=True, max_size=wanted.size)) if urn else []
    )
    rest = [one for one in urn if one not in kept]
    exists = len(kept) <= wanted.size and any(
        fine(wanted, [*kept, *some]) for some in combinations(rest, wanted.size - len(kept))
    )
    assert drawing.possible(wanted, kept, rest) == exists
    if exists:
        got = drawing.choose("s", rest, wanted, kept)
        assert fine(wanted, [*kept, *(one for one in rest if one.id in got)])


def test_without_needs_the_draw_is_the_plain_order_of_tickets():
    urn = [Lot(n, False, frozenset(), f"单位{n}") for n in range(1, 20)]
    wanted = Needs(5, (), energy_or_environment=False)
    names = drawing.lots.draw("abc", [one.name for one in urn], 5)
    assert [f"expert:{pk}" for pk in drawing.choose("abc", urn, wanted)] == names


def test_each_expert_is_drawn_about_as_often_as_any_other():
    urn = [Lot(n, True, frozenset(COVERS), f"单位{n}") for n in range(10)]
    counted = dict.fromkeys(range(10), 0)
    for seed in range(600):
        for pk in drawing.choose(str(seed), urn, Needs(3, ("30",))):
            counted[pk] += 1
    assert min(counted.values()) > 130
    assert max(counted.values()) < 230


def test_a_pool_of_a_thousand_is_drawn_at_once():
    trades = [f"{n}" for n in range(13, 22)]
    urn = [
        Lot(
            n,
            n % 7 < 3,
            frozenset({trades[n % 9], *((SCIENCE,) if n % 5 else ())}),
            f"单位{n % 400}",
        )
        for n in range(1000)
    ]
    wanted = Needs(9, tuple(trades), seniors=5)
    start = perf_counter()
    assert len(drawing.choose("seed", urn, wanted)) == 9
    assert perf_counter() - start < 20


def test_what_the_pool_lacks_is_told():
    urn = [Lot(n, False, frozenset({"30"}), "同一研究院") for n in range(4)]
    told = drawing.lacking(Needs(3, ("33",), seniors=2), (), urn)
    assert told == [
        "来自不同单位的可参加专家只有1名，不足3名",
        "没有熟悉行业33的专家",
        "没有能源或生态环境专家",
        "高级职称专家只有0名，不足2名",
    ]
    assert drawing.lacking(Needs(1, ("30",), energy_or_environment=False), (), urn) == []
