"""Scoring: cumulative membership, exact weights, level rules, and what is in the way."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleanprod.kernel.errors import Refused
from cleanprod.stages.performance import shipped_systems
from cleanprod.stages.performance.indicators.loading import load
from cleanprod.stages.performance.indicators.printing import (
    as_json,
    gain_lines,
    item_rows,
    obstacle_lines,
)
from cleanprod.stages.performance.indicators.scoring import Mark, State, score
from cleanprod.stages.performance.indicators.system import Kind, Span
from cleanprod.stages.performance.tests.indicator_systems import (
    RULES_43329,
    group,
    numeric,
    plain,
    rich,
    system,
)

PLATING = shipped_systems.system("electroplating-2015")
SYSTEMS = [load(plain()), load(plain(RULES_43329)), PLATING]


def meeting(item, place):
    """A value that meets exactly the grade at this place, or none beyond the last."""
    if item.kind is Kind.QUALITATIVE:
        return Mark.UNMET if place == len(item.demands) else ("I", "II", "III")[place]
    if place == len(item.demands):
        worst = item.demands[-1]
        if isinstance(worst, Span):
            return worst.high + 1
        return worst + 1 if item.direction in ("lower", "below") else worst - 1
    asked = item.demands[place]
    return asked.low if isinstance(asked, Span) else asked


def all_at(read, place):
    return {item.id: meeting(item, place) for _, item in read.items() if item.formula is None}


def indices(result):
    return {one.grade: one.total for one in result.indices}


@pytest.mark.parametrize("read", SYSTEMS)
def test_all_items_at_the_best_grade_give_100_everywhere(read):
    result = score(read, all_at(read, 0))
    assert set(indices(result).values()) == {100}
    assert (result.rule, result.next, result.complete) == (read.rules[0], None, True)


@pytest.mark.parametrize("read", SYSTEMS)
def test_membership_is_cumulative(read):
    at_two = indices(score(read, all_at(read, 1)))
    assert (at_two["II"], at_two["III"]) == (100, 100)
    assert at_two["I"] < 85
    assert indices(score(read, all_at(read, 2)))["III"] == 100


def test_the_levels_are_reached_as_the_rules_say():
    read = SYSTEMS[0]
    assert score(read, all_at(read, 1)).rule.level == "II"
    assert score(read, all_at(read, 2)).rule.level == "III"
    assert score(read, all_at(read, 3)).rule is None
    assert score(read, {}).rule is None


def test_a_limiting_item_keeps_a_high_index_from_its_level():
    values = all_at(PLATING, 0) | {"5": Decimal(20)}
    result = score(PLATING, values)
    assert indices(result)["I"] == 90
    assert result.rule.level == "II"
    assert [one.item.id for one in result.next.limiting] == ["5"]
    assert result.next.short == ()
    assert obstacle_lines(result) == [
        "限定性指标“单位产品每次清洗取水量”未达到I级：填报20，要求≤8 L/m²"
    ]


def test_rules_of_the_newer_kind_ask_all_other_items_for_the_second_grade():
    values = all_at(SYSTEMS[0], 0) | {"ph": Decimal("6.2")}
    older, newer = score(SYSTEMS[0], values), score(SYSTEMS[1], values)
    assert indices(older)["I"] == 88
    assert older.rule.level == "I"
    assert newer.rule.name == "清洁生产准入水平"
    assert [one.item.id for one in newer.next.others] == ["ph"]
    assert any("非限定性指标“指标ph”" in line for line in obstacle_lines(newer))


def test_rules_with_one_grade_and_two_levels_are_data_too():
    read = load(
        system(
            [group("A", 1, numeric("a", 0.8, 5), numeric("b", 0.2, 5))],
            rules=[
                {"level": "先进", "name": "清洁生产先进企业", "least": {"P": 90}},
                {"level": "合格", "name": "清洁生产企业", "least": {"P": 75}},
            ],
            grades=["P"],
        )
        | {
            "groups": [
                group(
                    "A",
                    1,
                    numeric("a", 0.8, 5) | {"benchmarks": {"P": 5}},
                    numeric("b", 0.2, 5) | {"benchmarks": {"P": 5}},
                )
            ]
        }
    )
    assert score(read, {"a": Decimal(5), "b": Decimal(5)}).rule.level == "先进"
    assert score(read, {"a": Decimal(5), "b": Decimal(6)}).rule.level == "合格"
    assert score(read, {"a": Decimal(6), "b": Decimal(5)}).rule is None


def test_what_does_not_apply_leaves_its_weight_to_the_rest_of_its_group():
    gone = dict.fromkeys(("7", "9", "10", "11", "12"), Mark.NOT_APPLICABLE)
    result = score(PLATING, all_at(PLATING, 0) | gone)
    weight = {one.item.id: one.weight.in_group for one in result.items if one.weight}
    assert (weight["6"], weight["8"], weight["13"]) == (
        Fraction(2, 5),
        Fraction(2, 5),
        Fraction(1, 5),
    )
    assert set(indices(result).values()) == {100}
    gone |= {"13": Mark.NOT_APPLICABLE}
    result = score(PLATING, all_at(PLATING, 0) | gone)
    weight = {one.item.id: one.weight.in_group for one in result.items if one.weight}
    assert weight["6"] == Fraction(1, 2)


def test_a_group_in_which_nothing_applies_is_said_and_100_stays_reachable():
    result = score(SYSTEMS[0], all_at(SYSTEMS[0], 0) | {"water": Mark.NOT_APPLICABLE})
    assert set(indices(result).values()) == {100}
    assert any("全部不适用" in line for line in result.warnings)
    assert any("限定性指标“指标water”" in line for line in result.warnings)


def test_where_nothing_applies_no_level_is_reached():
    read = SYSTEMS[0]
    result = score(read, {item.id: Mark.NOT_APPLICABLE for _, item in read.items()})
    assert result.rule is None
    assert set(indices(result).values()) == {0}


def test_what_is_missing_earns_nothing_and_is_said():
    values = all_at(SYSTEMS[0], 0)
    del values["reuse"]
    result = score(SYSTEMS[0], values)
    assert not result.complete
    assert [one.item.id for one in result.missing] == ["reuse"]
    assert indices(result)["I"] == 70
    assert result.rule is None
    assert gain_lines(result) == ["+30　指标reuse：未填，要求≥30 %"]


def test_gains_are_sorted_by_the_points_they_bring():
    result = score(SYSTEMS[0], all_at(SYSTEMS[0], 1))
    assert [gain.one.item.id for gain in result.next.gains] == ["water", "reuse", "care", "ph"]
    assert [gain.points for gain in result.next.gains] == [40, 30, 18, 12]


def full(**more):
    values = {
        "power": Decimal(1000),
        "double": Decimal(30),
        "multi": Decimal(10),
        "steam": Decimal(1),
        "w2": Decimal(1),
        "w4": Decimal(2),
        "leak": Decimal(1),
        "recycle": Decimal(30),
        "co2": Decimal(9),
    } | {key: Decimal(value) for key, value in more.items()}
    return {key: value for key, value in values.items() if value != -1}


def test_items_are_computed_exactly_from_inputs():
    result = score(load(rich()), full())
    energy = result.items[0]
    assert energy.value == Decimal("3.0725")
    assert energy.state is State.SCORED


def test_a_computed_item_without_its_inputs_is_missing_and_says_which():
    result = score(load(rich()), full(power=-1))
    assert (result.items[0].state, result.items[0].why) == (State.MISSING, "缺少原始数据：用电量")
    assert result.missing_inputs == ("power",)
    result = score(load(rich()), full(double=0, multi=0))
    assert "除数为0" in result.items[0].why


def test_product_types_share_a_weight_by_their_output():
    result = score(load(rich()), full(w4=5))
    weight = {one.item.id: one.weight.in_group for one in result.items if one.weight}
    assert weight["w2"] == Fraction(9, 16)
    assert weight["w4"] == Fraction(3, 16)
    assert weight["leak"] == Fraction(1, 4)


def test_a_product_type_that_is_not_made_does_not_count():
    result = score(load(rich()), full(multi=0, w4=-1))
    four = next(one for one in result.items if one.item.id == "w4")
    assert (four.state, four.why) == (State.NOT_APPLICABLE, "产量为0")
    assert result.complete
    assert indices(result)["I"] == 100


def test_an_output_that_is_missing_leaves_its_items_missing():
    result = score(load(rich()), full(multi=-1))
    shared = [one for one in result.items if one.item.pool]
    assert {one.state for one in shared} == {State.MISSING}
    assert {one.why for one in shared} == {"缺少产量，不能确定权重"}
    assert indices(result)["I"] == Fraction(100) * (Fraction(1, 5) + Fraction(1, 8)) + 10
    assert any(line.startswith("权重待定") for line in gain_lines(result))


def test_reported_items_never_count():
    read = load(rich())
    without = score(read, full(co2=-1))
    assert without.complete
    assert indices(without) == indices(score(read, full(co2=99)))


def test_a_bonus_is_added_and_the_index_ends_at_100():
    read = load(rich())
    whole = score(read, full())
    assert (whole.indices[0].base, whole.indices[0].bonus, whole.indices[0].total) == (100, 10, 100)
    lesser = score(read, full(steam=2))
    assert (lesser.indices[0].base, lesser.indices[0].total) == (80, 90)
    no_bonus = score(read, full(steam=2) | {"recycle": Mark.NOT_APPLICABLE})
    assert no_bonus.indices[0].total == 80


def test_strict_and_equal_benchmarks():
    read = load(
        system(
            [
                group(
                    "A",
                    1,
                    numeric("below", 0.4, 1, 2, 3, direction="below"),
                    numeric("above", 0.4, 3, 2, 1, direction="above"),
                    numeric("equal", 0.2, 0, 5, direction="equal"),
                )
            ]
        )
    )

    def best(**values):
        result = score(read, {key: Decimal(value) for key, value in values.items()})
        return [one.best for one in result.items]

    assert best(below=1, above=3, equal=0) == [1, 1, 0]
    assert best(below="0.99", above="3.01", equal=5) == [0, 0, 1]
    assert best(below=3, above=1, equal=4) == [None, None, None]


def test_values_that_cannot_belong_are_refused():
    read = SYSTEMS[0]
    for values in ({"nobody": Decimal(1)}, {"water": "I"}, {"care": Decimal(1)}, {"care": "IV"}):
        with pytest.raises(Refused):
            score(read, values)
    for values in ({"double": Decimal(-1)}, {"steam": Decimal("NaN")}):
        with pytest.raises(Refused):
            score(load(rich()), values)


def test_a_share_where_percent_is_asked_is_pointed_at():
    result = score(SYSTEMS[0], {"reuse": Decimal("0.8")})
    assert any("是否应乘以100" in line for line in result.warnings)


def test_the_result_says_what_is_not_confirmed():
    told = as_json(score(PLATING, all_at(PLATING, 0)))
    assert told["indices"] == {"Y_I": 100, "Y_II": 100, "Y_III": 100}
    assert (told["level"], told["complete"], told["system"]["confirmed"]) == ("I", True, False)
    assert [one["id"] for one in told["items"] if not one["confirmed"]] == [
        str(number) for number in range(13, 26)
    ]
    assert any("13 " in line for line in told["system"]["unconfirmed"])
    assert all("（基准待核实）" in row[-1] for row in item_rows(score(PLATING, {}))[12:])


def test_an_index_just_below_a_limit_is_never_printed_as_the_limit():
    weights = ["0.8499999999", "0.1500000001"]
    items = [numeric(f"i{n}", weight, 1, 2, 3) for n, weight in enumerate(weights)]
    result = score(load(system([group("A", 1, *items)])), {"i0": Decimal(1), "i1": Decimal(2)})
    assert result.rule.level == "II"
    assert as_json(result)["indices"]["Y_I"] == 84.999999


places = st.integers(0, 3)


@st.composite
def answered(draw):
    """A system with a value, a missing one or "does not apply" for each item, as places."""
    read = draw(st.sampled_from(SYSTEMS))
    picks = {
        item.id: draw(st.one_of(places, st.none(), st.just("gone"))) for _, item in read.items()
    }
    return read, picks


def as_values(read, picks):
    return {
        item.id: Mark.NOT_APPLICABLE if picks[item.id] == "gone" else meeting(item, picks[item.id])
        for _, item in read.items()
        if picks[item.id] is not None
    }


@given(answered(), st.data())
def test_improving_an_item_never_lowers_an_index_or_the_level(case, data):
    read, picks = case
    key = data.draw(st.sampled_from(sorted(picks)))
    before = score(read, as_values(read, picks))
    old = picks[key]
    if old == "gone":
        return
    better = data.draw(st.integers(0, 3 if old is None else old))
    after = score(read, as_values(read, picks | {key: better}))
    assert all(indices(after)[grade] >= value for grade, value in indices(before).items())
    order = [*read.rules, None]
    assert order.index(after.rule) <= order.index(before.rule)


@given(answered())
def test_whatever_does_not_apply_100_stays_reachable(case):
    read, picks = case
    best = {key: "gone" if pick == "gone" else 0 for key, pick in picks.items()}
    result = score(read, as_values(read, best))
    if set(best.values()) != {"gone"}:
        assert set(indices(result).values()) == {100}
        assert result.rule is read.rules[0]


@given(answered(), st.randoms())
def test_the_order_of_values_does_not_matter(case, random):
    read, picks = case
    values = list(as_values(read, picks).items())
    told = as_json(score(read, dict(values)))
    random.shuffle(values)
    assert as_json(score(read, dict(values))) == told


@given(answered())
def test_indices_rise_from_the_best_grade_to_the_least_and_weights_sum_to_one(case):
    read, picks = case
    result = score(read, as_values(read, picks))
    totals = [one.total for one in result.indices]
    assert totals == sorted(totals)
    assert totals[0] >= 0
    assert totals[-1] <= 100
    weights = [one.weight.in_all for one in result.items if one.weight and one.counts]
    assert not weights or sum(weights) == 1


@given(answered())
def test_meeting_every_gain_and_demand_of_the_next_level_reaches_it(case):
    read, picks = case
    before = score(read, as_values(read, picks))
    if before.next is None or set(picks.values()) == {"gone"}:
        return
    place = read.grades.index(before.next.rule.least[0][0])
    wanted = {gain.one.item.id for gain in before.next.gains}
    wanted |= {one.item.id for one in (*before.next.limiting, *before.next.others)}
    after = score(read, as_values(read, picks | dict.fromkeys(wanted, place)))
    order = [*read.rules, None]
    assert order.index(after.rule) <= order.index(before.next.rule)
