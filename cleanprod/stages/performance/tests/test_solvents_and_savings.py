"""VOCs, net savings, water and money against figures worked out by hand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleanprod.kernel.errors import Refused
from cleanprod.kernel.quantity import Quantity, Unit
from cleanprod.stages.performance.accounting import savings
from cleanprod.stages.performance.accounting.factors import Status
from cleanprod.stages.performance.accounting.vocs import (
    Solvent,
    Treatment,
    balance,
    share_of,
    substitution,
    upgrade,
)
from cleanprod.stages.performance.tests.sheets import D

shares = st.decimals(0, 1, places=4)


def tonnes(amount):
    return Quantity(D(amount), Unit.T)


def test_a_balance_keeps_generation_and_emission_apart():
    paint = Solvent("溶剂型涂料", tonnes("10"), D("0.5"))
    thinner = Solvent("稀释剂", Quantity(D("2000"), Unit.KG), D("1"))
    found = balance([paint, thinner], tonnes("1"), Treatment(D("0.8"), D("0.9")))
    assert found.generation.value == 6
    assert found.emission.value == D("1.68")
    assert found.emission.formula == "(10 t × 0.5 + 2 t × 1 − 1 t) × (1 − 0.8 × 0.9) = 1.68 t"
    assert found.emission.status is Status.UNCONFIRMED
    assert "未经主管部门确认" in found.emission.warnings[0]


def test_a_low_voc_material_cuts_generation_and_less_emission_at_equal_output():
    found = substitution(
        Solvent("溶剂型", tonnes("10"), D("0.6")),
        Solvent("水性", tonnes("12"), D("0.1")),
        output_before=D("100"),
        output_after=D("120"),
        treatment=Treatment(D("0.5"), D("0.8")),
    )
    assert found.generation.value == 5
    assert found.emission.value == 3


def test_better_treatment_cuts_emission_only():
    found = upgrade(
        tonnes("10"), before=Treatment(D("0.5"), D("0.5")), after=Treatment(D("0.9"), D("0.9"))
    )
    assert (found.generation.value, found.emission.value) == (0, D("5.6"))


def test_a_change_for_the_worse_is_negative_and_said():
    found = upgrade(
        tonnes("10"), before=Treatment(D("0.9"), D("0.9")), after=Treatment(D("0.5"), D("0.5"))
    )
    assert found.emission.value == D("-5.6")
    assert "结果为负，没有削减" in found.emission.warnings


def test_a_content_in_grams_per_litre_needs_the_density():
    assert share_of(D("420"), D("1.2")) == D("0.35")
    with pytest.raises(Refused, match="0 与 1 之间"):
        share_of(D("1500"), D("1.2"))


@pytest.mark.parametrize(
    "call",
    [
        lambda: Treatment(D("80"), D("0.9")),
        lambda: Treatment(D("NaN"), D("0.9")),
        lambda: Solvent("x", tonnes("1"), D("50")),
        lambda: Solvent("x", tonnes("-1"), D("0.5")),
        lambda: Solvent("x", Quantity(D("1"), Unit.L), D("0.5")),
        lambda: balance([], tonnes("1")),
        lambda: substitution(
            Solvent("a", tonnes("1"), D("1")), Solvent("b", tonnes("1"), D("1")),
            output_before=D("0"), output_after=D("1"),
        ),
        lambda: upgrade(tonnes("-1"), before=Treatment(D(0), D(0)), after=Treatment(D(1), D(1))),
    ],
)  # fmt: skip
def test_impossible_figures_of_solvents_are_refused(call):
    with pytest.raises(Refused):
        call()


@given(shares, shares, shares)
def test_what_is_emitted_never_exceeds_what_is_generated(share, collected, removed):
    found = balance([Solvent("x", tonnes("7"), share)], tonnes("0"), Treatment(collected, removed))
    assert 0 <= found.emission.value <= found.generation.value


def test_a_net_saving_is_taken_at_equal_output():
    found = savings.net_saving(
        "电力", before=Quantity(D("1000000"), Unit.KWH), output_before=D("5000"),
        after=Quantity(D("95"), Unit.WAN_KWH), output_after=D("6000"), output_unit="t",
    )  # fmt: skip
    assert found.value == 250000
    assert found.formula == ("(1000000 kWh ÷ 5000 − 950000 kWh ÷ 6000) × 6000 = 250000 kWh")


def test_less_output_makes_no_saving():
    found = savings.net_saving(
        "电力", before=Quantity(D("100"), Unit.KWH), output_before=D("10"),
        after=Quantity(D("60"), Unit.KWH), output_after=D("5"),
    )  # fmt: skip
    assert found.value == -10
    assert any("没有净节约" in text for text in found.warnings)


def test_a_net_saving_that_does_not_end_is_rounded_once():
    found = savings.net_saving(
        "电力", before=Quantity(D("1"), Unit.KWH), output_before=D("3"),
        after=Quantity(D("0"), Unit.KWH), output_after=D("1"),
    )  # fmt: skip
    assert found.value == D("0.333333333")


def test_water_that_is_reused_shows_in_the_rate_and_in_the_fresh_intake():
    fresh, reused = Quantity(D("600"), Unit.M3), Quantity(D("400"), Unit.M3)
    assert savings.reuse_rate(fresh, reused).value == D("0.4")
    saved = savings.water_saving(
        fresh_before=Quantity(D("1000"), Unit.M3), output_before=D("10"),
        fresh_after=fresh, output_after=D("10"),
    )  # fmt: skip
    assert (saved.value, saved.unit) == (400, Unit.M3)


def test_a_saving_is_worth_its_price():
    found = savings.worth(Quantity(D("2"), Unit.WAN_KWH), D("0.65"), Unit.KWH)
    assert (found.value, found.unit) == (13000, Unit.YUAN)
    assert found.formula == "20000 kWh × 0.65 元/kWh = 13000 元"


@pytest.mark.parametrize(
    "call",
    [
        lambda: savings.reuse_rate(tonnes("0"), tonnes("0")),
        lambda: savings.reuse_rate(tonnes("-1"), tonnes("2")),
        lambda: savings.worth(tonnes("1"), D("-1"), Unit.T),
        lambda: savings.worth(tonnes("1"), D("1"), Unit.KWH),
        lambda: savings.net_saving(
            "x", before=tonnes("1"), output_before=D("0"), after=tonnes("1"), output_after=D("1")
        ),
        lambda: savings.net_saving(
            "x", before=tonnes("1"), output_before=D("1"),
            after=Quantity(D("1"), Unit.KWH), output_after=D("1"),
        ),
    ],
)  # fmt: skip
def test_impossible_figures_of_savings_are_refused(call):
    with pytest.raises(Refused):
        call()
