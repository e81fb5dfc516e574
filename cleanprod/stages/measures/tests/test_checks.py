"""Each check of a sheet: where it finds something, where it does not."""

from dataclasses import replace
from decimal import Decimal

import pytest

from cleanprod.kernel.quantity import Quantity, Unit
from cleanprod.stages.measures.checks import CHECKS, run
from cleanprod.stages.measures.findings import (
    Limits,
    Peers,
    Subject,
    Twin,
    Weight,
    YearFigure,
)
from cleanprod.stages.measures.rules import Cost, Field, Typed, ValueSet, computed, totals
from cleanprod.stages.measures.workings import Backed
from cleanprod.stages.performance.accounting import library

FACTORS = library.load("2022-广东")
LIMITS = Limits(
    (Decimal(1000), Decimal(10000)), Decimal("0.2"), Decimal(20), Decimal("0.02"), Decimal(3),
    Decimal(3), 20, 5.0, 1.5, Decimal("0.05"),
)  # fmt: skip
VERIFIED = ValueSet.VERIFIED
GOOD = {"investment": "50", "economic_benefit": "20", "electricity": "10", "fresh_water": "900"}


def typed(verified, expected=None, *, cost=Cost.HIGH, code="ZG1"):
    values = {VERIFIED: numbers(verified)}
    if expected is not None:
        values[ValueSet.EXPECTED] = numbers(expected)
    return Typed("变频改造", cost, code=code, values=values)


def numbers(texts):
    return {Field(key): Decimal(text) for key, text in texts.items()}


def subject(*measures, **more):
    return Subject(
        measures=measures, which=VERIFIED, account=computed(measures, VERIFIED, FACTORS),
        totals=totals(measures, VERIFIED, FACTORS, share=Decimal("0.05")), border=Decimal(100000),
        limits=LIMITS, **more,
    )  # fmt: skip


def year(number, item, amount, unit=Unit.WAN_KWH):
    given = None if amount is None else Quantity(Decimal(amount), unit)
    return YearFigure(number, item, item, given)


def years(item, *amounts, unit=Unit.WAN_KWH, first=2020):
    return [year(first + place, item, amount, unit) for place, amount in enumerate(amounts)]


POWER = "electricity"
FALSE = {
    "totals": subject(typed(GOOD | {"reported_tce": "12.29"})),
    "slip": subject(typed(GOOD, {"electricity": "9"})),
    "above_use": subject(typed(GOOD), years=years(POWER, 500, 480, 470)),
    "payback": subject(typed(GOOD)),
    "overshoot": subject(typed(GOOD, {"electricity": "4"})),
    "against_output": subject(
        typed(GOOD),
        years=[*years(POWER, 500, 480), *years("output", 100, 100, unit=Unit.T)],
    ),
    "years_jump": subject(typed(GOOD), years=years(POWER, 500, 480, None)),
    "balance": subject(
        typed(GOOD),
        years=[*years("fresh_water", 100, unit=Unit.T), *years("wastewater", 80, unit=Unit.T)],
    ),
    "intensity": subject(
        typed(GOOD), years=[*years(POWER, 500, 950), *years("output", 100, 190, unit=Unit.T)]
    ),
    "years_differ": subject(
        typed(GOOD),
        years=years(POWER, 500, 480),
        earlier=years(POWER, 510, None),
        share=Decimal("0.05"),
    ),
    "level": subject(typed(GOOD), system="电镀", level_known=True),
    "no_investment": subject(typed(GOOD), typed({"electricity": "1"}, cost=Cost.LOW, code="WD1")),
    "factor": subject(typed(GOOD), typed({"electricity": "12"}, cost=Cost.LOW, code="WD1")),
    "workings": subject(
        typed(GOOD),
        workings=[Backed("ZG1", Field.ELECTRICITY, Decimal("10.3"))],
        share=Decimal("0.05"),
    ),
    "copied": subject(typed(GOOD)),
    "outlier": subject(typed(GOOD), peers={Field.ELECTRICITY: Peers(50, 1.2, 0.3)}),
    "negative": subject(typed(GOOD)),
    "no_effect": subject(typed(GOOD)),
    "class": subject(typed(GOOD)),
    "years": subject(typed(GOOD), years=years(POWER, 500)),
}
TRUE = {
    "totals": subject(typed(GOOD | {"reported_tce": "40"})),
    "slip": subject(typed(GOOD | {"electricity": "100000"}, {"electricity": "10"})),
    "above_use": subject(typed(GOOD), years=years(POWER, 500, 480, 9)),
    "payback": subject(typed(GOOD | {"economic_benefit": "2"})),
    "overshoot": subject(typed(GOOD, {"electricity": "2"})),
    "against_output": subject(
        typed(GOOD),
        years=[*years(POWER, 500, 520), *years("output", 100, 100, unit=Unit.T)],
    ),
    "years_jump": subject(typed(GOOD), years=years(POWER, 500, 0)),
    "balance": subject(
        typed(GOOD),
        years=[*years("fresh_water", 100, unit=Unit.T), *years("wastewater", 106, unit=Unit.T)],
    ),
    "intensity": subject(
        typed(GOOD), years=[*years(POWER, 500, 950), *years("output", 100, 60, unit=Unit.T)]
    ),
    "years_differ": subject(
        typed(GOOD),
        years=years(POWER, 500, 480),
        earlier=years(POWER, 700, 480),
        share=Decimal("0.05"),
    ),
    "level": subject(typed(GOOD), system="电镀"),
    "no_investment": subject(typed({"electricity": "10"})),
    "factor": subject(
        typed(GOOD),
        *(typed({"electricity": "12"}, cost=Cost.LOW, code=f"WD{n}") for n in range(4)),
        typed({"electricity": "120000"}, cost=Cost.LOW, code="WD9"),
    ),
    "workings": subject(
        typed(GOOD),
        workings=[Backed("ZG1", Field.ELECTRICITY, Decimal("8"))],
        share=Decimal("0.05"),
    ),
    "copied": subject(typed(GOOD), twins=[Twin("ZG1", "另一企业", "全部数值")]),
    "outlier": subject(typed(GOOD), peers={Field.ELECTRICITY: Peers(50, 4.0, 0.3)}),
    "negative": subject(typed(GOOD | {"fresh_water": "-3"})),
    "no_effect": subject(typed({"investment": "50"})),
    "class": subject(typed(GOOD | {"investment": "5"})),
    "years": subject(typed(GOOD)),
}


def asked(subject, key):
    check = next(one for one in CHECKS if one.key == key)
    return [
        one for one in check.run(subject)
        if key != "factor" or one.weight is Weight.ASK  # what it only tells is told of all
    ]  # fmt: skip


def test_every_check_has_an_example_of_both():
    assert set(TRUE) == set(FALSE) == {check.key for check in CHECKS}


@pytest.mark.parametrize("key", sorted(TRUE))
def test_a_check_finds_what_is_wrong_and_passes_what_is_right(key):
    found = asked(TRUE[key], key)
    assert found
    assert all(one.rule and one.check == key for one in found)
    assert all(one.advice for one in found)
    assert asked(FALSE[key], key) == []


def test_findings_come_in_the_order_of_the_table_with_its_weights():
    weights = {check.key: check.weight for check in CHECKS}
    for key, one in TRUE.items():
        found = run(one)
        order = [place.check for place in found]
        assert order == sorted(order, key=[check.key for check in CHECKS].index)
        assert key in order
        assert all(place.weight in (weights[place.check], Weight.INFORM) for place in found)


def test_a_changed_value_is_another_finding():
    before = asked(TRUE["negative"], "negative")[0]
    assert before.key == asked(TRUE["negative"], "negative")[0].key
    assert replace(before, value="-4").key != before.key


def test_zero_is_a_value_and_empty_is_none():
    """A use of 0 refuses any saving; a use that was not reported says nothing."""
    assert asked(subject(typed(GOOD), years=years(POWER, 0)), "above_use")
    assert not asked(subject(typed(GOOD), years=years(POWER, None)), "above_use")


def test_the_slip_is_found_in_either_direction_and_a_real_change_is_not():
    for amount in ("0.01", "0.001", "10000", "100000"):
        assert asked(subject(typed({"electricity": amount}, {"electricity": "10"})), "slip"), amount
    for amount in ("5", "80", "300", "2000"):
        assert not asked(subject(typed({"electricity": amount}, {"electricity": "10"})), "slip")


def test_units_of_use_and_saving_are_brought_together():
    used = [year(2022, POWER, "90000", Unit.KWH)]  # 9 万kWh
    assert asked(subject(typed(GOOD), years=used), "above_use")


def test_more_vocs_than_materials_are_asked_about():
    put_in = years("material", 100, 100, unit=Unit.T)
    slip = [*put_in, *years("voc", 20, 20000, unit=Unit.T)]
    (found,) = asked(subject(typed(GOOD), years=slip), "balance")
    assert (found.weight, found.value) == (Weight.ASK, "20000")
    assert "2021年VOCs排放量20000 t大于全部原辅材料用量100 t" in found.rule
    assert not asked(
        subject(typed(GOOD), years=[*put_in, *years("voc", 20, unit=Unit.T)]), "balance"
    )


def test_parts_of_the_waste_that_exceed_the_whole_are_asked_about():
    parts = {"hazardous_waste": "3", "general_solid_waste": "5"}
    (found,) = asked(subject(typed(GOOD | parts)), "balance")
    assert "合计8 t，大于固废削减0 t" in found.rule
    assert (found.weight, found.place) == (Weight.ASK, "ZG1")
    assert not asked(subject(typed(GOOD | parts | {"solid_waste": "8"})), "balance")
    assert not asked(subject(typed(GOOD | {"solid_waste": "8", "hazardous_waste": "1"})), "balance")
