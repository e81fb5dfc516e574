"""Carbon dioxide of purchased power and heat and of burnt fuels; no footprint factors."""

from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from cleanprod.kernel.quantity import Quantity, Unit
from cleanprod.stages.performance.accounting.factors import Carrier, Factor, FactorSet
from cleanprod.stages.performance.accounting.rates import EXACT, plain
from cleanprod.stages.performance.accounting.results import (
    Result,
    chain,
    divided,
    ending,
    rounded,
)

_KEY = "co2_t"


def emission(given: Quantity, own: Quantity, carrier: Carrier, factors: FactorSet) -> Result | None:
    """Return the carbon dioxide of an amount, or None where the set has no factor for it."""
    if not carrier.co2:
        return None
    wing, _, fuel = carrier.co2.partition(":")
    if wing == "fuel":
        return burnt(given, own, fuel, factors)
    return purchased(given, own, factors.factor(carrier.co2))


def purchased(given: Quantity, own: Quantity, factor: Factor) -> Result:
    """Return the carbon dioxide of purchased power or heat: amount × factor."""
    gas = factor.ratio.apply(factor.known, own)
    value = rounded(gas.to(Unit.TCO2).amount)
    return Result(
        _KEY, "二氧化碳", value, Unit.TCO2,
        given=given, factors=(factor,),
        writer=(_purchased_formula, given, own, factor, gas, value),
    )  # fmt: skip


def _purchased_formula(
    given: Quantity, own: Quantity, factor: Factor, gas: Quantity, value: Decimal
) -> str:
    base = own.to(factor.ratio.per)
    end = ending(gas, Quantity(value, Unit.TCO2))
    return chain(given, base, [f"× {factor.text}"], end)


def burnt(given: Quantity, own: Quantity, fuel: str, factors: FactorSet) -> Result:
    """Return the carbon dioxide of a fuel: amount × NCV × carbon content × oxidation × 44/12."""
    path = _path(factors, fuel)
    gas = EXACT.multiply(own.to(path.per).amount, path.above)
    exact = divided(gas, path.below)
    value = rounded(exact)
    return Result(
        _KEY, "燃烧二氧化碳", value, Unit.TCO2,
        given=given, factors=path.used,
        writer=(_burnt_formula, given, own, path, exact, value),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Path:
    """The way from one unit of a fuel to tonnes of carbon dioxide, multiplied out once a set."""

    per: Unit
    above: Decimal
    below: Decimal
    used: tuple[Factor, ...]
    molar: tuple[Factor, Factor]


@lru_cache(maxsize=4096)
def _path(factors: FactorSet, fuel: str) -> _Path:
    ncv, content, oxidation = (
        factors.factor(f"{part}:{fuel}") for part in ("ncv", "carbon", "oxidation")
    )
    gas, carbon = factors.factor("molar:co2"), factors.factor("molar:carbon")
    heat = ncv.ratio.apply(ncv.known, Quantity(Decimal(1), ncv.ratio.per))
    mass = content.ratio.apply(content.known, heat).to(Unit.TC).amount
    above = EXACT.multiply(EXACT.multiply(mass, oxidation.known), gas.known)
    return _Path(ncv.ratio.per, above, carbon.known, (ncv, content, oxidation), (gas, carbon))


def _burnt_formula(
    given: Quantity, own: Quantity, path: _Path, exact: Decimal, value: Decimal
) -> str:
    gas, carbon = path.molar
    steps = [f"× {one.text}" for one in path.used] + [f"× {gas.text} ÷ {carbon.text}"]
    end = f"{'=' if exact == value else '≈'} {plain(value)} tCO2"
    return chain(given, own.to(path.per), steps, end)
