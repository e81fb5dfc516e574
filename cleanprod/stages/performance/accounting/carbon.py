"""Carbon dioxide of purchased power and heat and of burnt fuels; no footprint factors."""

from decimal import Decimal
from functools import partial

from cleanprod.kernel.quantity import Quantity, Unit
from cleanprod.stages.performance.accounting.factors import Carrier, Factor, FactorSet
from cleanprod.stages.performance.accounting.rates import EXACT, plain
from cleanprod.stages.performance.accounting.results import (
    Result,
    chain,
    divided,
    ending,
    rounded,
    shown,
)

_KEY = "co2_t"


def emission(given: Quantity, own: Quantity, carrier: Carrier, factors: FactorSet) -> Result | None:
    """Return the carbon dioxide of an amount, or None where the set has no factor for it."""
    if not carrier.co2:
        return None
    wing, _, fuel = carrier.co2.partition(":")
    if wing == "fuel":
        return burnt(given, own, fuel, carrier.name, factors)
    return purchased(given, own, carrier.name, factors.factor(carrier.co2))


def purchased(given: Quantity, own: Quantity, name: str, factor: Factor) -> Result:
    """Return the carbon dioxide of purchased power or heat: amount × factor."""
    gas = factor.ratio.apply(factor.known, own)
    value = rounded(gas.to(Unit.TCO2).amount)
    return Result(
        _KEY, f"{name}二氧化碳", value, Unit.TCO2,
        inputs=(("数量", shown(given)),), factors=(factor,),
        write=partial(_purchased_formula, given, own.to(factor.ratio.per), factor, gas, value),
    )  # fmt: skip


def _purchased_formula(
    given: Quantity, base: Quantity, factor: Factor, gas: Quantity, value: Decimal
) -> str:
    end = ending(gas, Quantity(value, Unit.TCO2))
    return chain(given, base, [f"× {factor.text}"], end)


def burnt(given: Quantity, own: Quantity, fuel: str, name: str, factors: FactorSet) -> Result:
    """Return the carbon dioxide of a fuel: amount × NCV × carbon content × oxidation × 44/12."""
    ncv, content, oxidation = (
        factors.factor(f"{part}:{fuel}") for part in ("ncv", "carbon", "oxidation")
    )
    gas, carbon = factors.factor("molar:co2"), factors.factor("molar:carbon")
    heat = ncv.ratio.apply(ncv.known, own)
    carbon_mass = content.ratio.apply(content.known, heat)
    above = EXACT.multiply(EXACT.multiply(carbon_mass.amount, oxidation.known), gas.known)
    exact = divided(above, carbon.known)
    value = rounded(exact)
    used = (ncv, content, oxidation)
    return Result(
        _KEY, f"{name}燃烧二氧化碳", value, Unit.TCO2,
        inputs=(("数量", shown(given)),), factors=used,
        write=partial(
            _burnt_formula, given, own.to(ncv.ratio.per), used, (gas, carbon), exact, value
        ),
    )  # fmt: skip


def _burnt_formula(
    given: Quantity, base: Quantity, used: tuple[Factor, ...], molar: tuple[Factor, Factor],
    exact: Decimal, value: Decimal,
) -> str:  # fmt: skip
    gas, carbon = molar
    steps = [f"× {one.text}" for one in used] + [f"× {gas.text} ÷ {carbon.text}"]
    return chain(given, base, steps, f"{'=' if exact == value else '≈'} {plain(value)} tCO2")
