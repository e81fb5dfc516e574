"""Quantities and their exact conversion."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleanprod.kernel.errors import Refused
from cleanprod.kernel.quantity import Dimension, Quantity, Unit, total

units = st.sampled_from(list(Unit))
alike = st.sampled_from(
    [(one, other) for one in Unit for other in Unit if one.dimension is other.dimension]
)
amounts = st.decimals(
    Decimal("-1e12"), Decimal("1e12"), allow_nan=False, allow_infinity=False, places=8
)


@pytest.mark.parametrize(
    "amount, unit, target, expected",
    [
        ("10000", Unit.KWH, Unit.WAN_KWH, "1"),
        ("1.5", Unit.WAN_T, Unit.T, "15000"),
        ("2500", Unit.KG, Unit.T, "2.5"),
        ("0.3", Unit.WAN_M3, Unit.M3, "3000"),
        ("12345.67", Unit.YUAN, Unit.WAN_YUAN, "1.234567"),
        ("1", Unit.TCE, Unit.KGCE, "1000"),
        ("2.5", Unit.MWH, Unit.KWH, "2500"),
        ("1", Unit.GJ, Unit.MJ, "1000"),
        ("0.5", Unit.TJ, Unit.GJ, "500"),
        ("1500", Unit.L, Unit.M3, "1.5"),
        ("4403", Unit.KGCO2, Unit.TCO2, "4.403"),
        ("0.2", Unit.WAN_TCO2, Unit.TCO2, "2000"),
    ],
)
def test_units_convert_exactly(amount, unit, target, expected):
    assert Quantity(Decimal(amount), unit).to(target).amount == Decimal(expected)


@given(amounts, alike)
def test_going_there_and_back_changes_nothing(amount, pair):
    unit, other = pair
    assert Quantity(amount, unit).to(other).to(unit).amount == amount


@given(amounts, amounts, alike | st.tuples(units, units))
def test_sums_do_not_depend_on_the_unit_and_unlike_things_do_not_add(a, b, pair):
    unit, other = pair
    one, two = Quantity(a, unit), Quantity(b, other)
    if unit.dimension is other.dimension:
        assert (one + two).to(other).amount == (two + one).amount
        assert (one + two - two).amount == a
    else:
        with pytest.raises(Refused, match="不能相互换算或相加"):
            one + two


def test_a_sum_has_the_unit_asked_for():
    parts = [Quantity(Decimal(500), Unit.KG), Quantity(Decimal("1.5"), Unit.T)]
    assert total(parts, Unit.T) == Quantity(Decimal(2), Unit.T)
    assert total([], Unit.WAN_YUAN) == Quantity(Decimal(0), Unit.WAN_YUAN)


def test_a_sum_never_rounds():
    big, tiny = Quantity(Decimal("1e30"), Unit.T), Quantity(Decimal("1e-9"), Unit.KG)
    assert (big + tiny - big).to(Unit.KG).amount == Decimal("1e-9")


@pytest.mark.parametrize("amount", ["NaN", "Infinity", "-Infinity"])
def test_only_finite_amounts_are_quantities(amount):
    with pytest.raises(Refused, match="有限的数"):
        Quantity(Decimal(amount), Unit.T)


@pytest.mark.parametrize(
    "text, unit",
    [
        ("万千瓦时", Unit.WAN_KWH),
        ("万kwh", Unit.WAN_KWH),
        ("m³", Unit.M3),
        ("万 m³", Unit.WAN_M3),
        ("吨", Unit.T),
        ("度", Unit.KWH),
        ("TCE", Unit.TCE),
        ("万吨标煤", Unit.WAN_TCE),
        ("百万千焦", Unit.GJ),
        ("Nm³", Unit.M3),
        ("tCO2", Unit.TCO2),
        ("万kW·h", Unit.WAN_KWH),
        ("kW.h", Unit.KWH),
        ("千瓦·时", Unit.KWH),
        ("MW•h", Unit.MWH),
        ("公斤标煤", Unit.KGCE),
        ("斤", None),
    ],
)
def test_units_are_read_as_people_write_them(text, unit):
    assert Unit.read(text) is unit


def test_a_bare_ton_is_one_of_coal_or_carbon_dioxide_in_their_columns():
    assert Unit.T.standing_for(Dimension.COAL) is Unit.TCE
    assert Unit.KG.standing_for(Dimension.CO2) is Unit.KGCO2
    assert Unit.T.standing_for(Dimension.MASS) is Unit.T
    assert Unit.KWH.standing_for(Dimension.COAL) is Unit.KWH
