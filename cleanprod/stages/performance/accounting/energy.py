"""Energy to standard coal (GB/T 2589-2020): calorific and equal value as two separate results."""

from decimal import Decimal

from cleanprod.kernel.quantity import Quantity, Unit
from cleanprod.stages.performance.accounting.factors import Carrier, Factor, FactorSet, Status
from cleanprod.stages.performance.accounting.results import (
    Result,
    chain,
    ending,
    rounded,
    shown,
)


def in_own_unit(given: Quantity, carrier: Carrier, factors: FactorSet) -> Quantity:
    """Return an amount in the unit of its carrier; volume becomes mass by the set's density."""
    density = weighed_by(given, carrier, factors)
    weighed = density.ratio.apply(density.known, given) if density else given
    return weighed.to(carrier.unit)


def weighed_by(given: Quantity, carrier: Carrier, factors: FactorSet) -> Factor | None:
    """Return the density by which a volume becomes the mass that its carrier is counted in."""
    if carrier.density and given.unit.dimension is not carrier.unit.dimension:
        return factors.factor(carrier.density)
    return None


def calorific(
    given: Quantity, own: Quantity, factor: Factor, density: Factor | None = None
) -> Result:
    """Return the calorific value 当量值 of an amount in tce."""
    return _converted("tce", "折标准煤（当量值）", given, own, factor, density)


def equal_value(given: Quantity, own: Quantity, factor: Factor) -> Result:
    """Return the equal value 等价值 of an amount in tce, which is never added to calorific ones."""
    return _converted("tce_equal_value", "折标准煤（等价值）", given, own, factor, None)


def _converted(
    key: str, name: str, given: Quantity, own: Quantity, factor: Factor, density: Factor | None
) -> Result:
    rate = factor.ratio
    coal = rate.apply(factor.known, own)
    value = rounded(coal.to(Unit.TCE).amount)
    return Result(
        key, name, value, Unit.TCE,
        given=given,
        factors=(factor, density) if density else (factor,),
        writer=(_formula, given, own, factor, coal, value, density),
    )  # fmt: skip


def as_equal_value(result: Result) -> Result:
    """Return a calorific value as the equal value of a carrier for which both are the same."""
    return Result(
        "tce_equal_value", "折标准煤（等价值）", result.value, result.unit,
        given=result.given, factors=result.factors, writer=result.writer,
    )  # fmt: skip


def set_apart(given: Quantity, own: Quantity, factor: Factor, density: Factor | None) -> Result:
    """Return the coal of an energy-carrying medium 耗能工质, which no total of energy takes in."""
    name = "折标准煤（耗能工质，单独列出）"
    return _converted("tce_media", name, given, own, factor, density)


def _formula(
    given: Quantity, own: Quantity, factor: Factor, coal: Quantity, value: Decimal,
    density: Factor | None,
) -> str:  # fmt: skip
    base = own.to(factor.ratio.per)
    end = ending(coal, Quantity(value, Unit.TCE))
    if density:
        head = f"{shown(given)} × {density.text} = {shown(base)}；"
        return head + chain(base, base, [f"× {factor.text}"], end)
    return chain(given, base, [f"× {factor.text}"], end)


def converted(given: Quantity, own: Quantity, carrier: Carrier, factors: FactorSet) -> Result:
    """Return an amount that is only passed on, in the unit of its carrier."""
    density = weighed_by(given, carrier, factors)
    return Result(
        "amount", carrier.name, own.amount, own.unit,
        given=given,
        factors=(density,) if density else (),
        writer=(_conversion, given, own, density),
    )  # fmt: skip


def _conversion(given: Quantity, own: Quantity, density: Factor | None) -> str:
    return f"{shown(given)}{f' × {density.text}' if density else ''} = {shown(own)}"


def doubts(factor: Factor, published: Factor) -> str:
    """Say how a stated value departs from what is published, or nothing."""
    if factor.status is not Status.STATED or factor.value is None:
        return ""
    if published.low is not None and published.high is not None:
        if published.low <= factor.value <= published.high:
            return ""
        return f"采用值 {factor.text} 超出{published.name}的公布区间 {published.range_text}"
    if published.value is not None and published.value != factor.value:
        return f"采用值 {factor.text} 与{published.name}的公布值 {published.text} 不同"
    return ""
