"""Net savings at equal output, water with reuse, and what a saving is worth."""

from decimal import Decimal

from cleanprod.kernel.errors import Refused
from cleanprod.kernel.quantity import Quantity, Unit
from cleanprod.stages.performance.accounting.rates import EXACT, Rate, plain
from cleanprod.stages.performance.accounting.results import (
    UNCONFIRMED_METHOD,
    Result,
    divided,
    rounded,
    shown,
)


def net_saving(
    name: str, *, before: Quantity, output_before: Decimal, after: Quantity,
    output_after: Decimal, output_unit: str = "",
) -> Result:  # fmt: skip
    """Return (use per output before − use per output after) × output after.

    More output does not hide a saving, and less output does not make one.
    """
    if output_before <= 0 or output_after <= 0:
        raise Refused("产量必须大于 0，否则不能按单位产量比较")
    _not_negative(before, after)
    later = after.to(before.unit)
    expected = divided(EXACT.multiply(before.amount, output_after), output_before)
    value = rounded(expected - later.amount)
    return Result(
        "net_saving", f"{name}净节约量", value, before.unit,
        inputs=(
            ("改造前用量", shown(before)), ("改造前产量", f"{plain(output_before)} {output_unit}"),
            ("改造后用量", shown(after)), ("改造后产量", f"{plain(output_after)} {output_unit}"),
        ),
        warnings=(
            UNCONFIRMED_METHOD,
            *(("改造后单位产量用量更高，没有净节约",) if value < 0 else ()),
        ),
        method_confirmed=False,
        writer=(str, (
            f"({shown(before)} ÷ {plain(output_before)} − {shown(later)} ÷ {plain(output_after)})"
            f" × {plain(output_after)} = {plain(value)} {before.unit.value}"
        )),
    )  # fmt: skip


def reuse_rate(fresh: Quantity, reused: Quantity, when: str = "") -> Result:
    """Return reused water ÷ (fresh + reused water) as a share of one, told in per cent, too."""
    _not_negative(fresh, reused)
    used = fresh + reused
    if not used.amount:
        raise Refused("取水量和回用量都是 0，没有重复利用率")
    value = rounded(divided(reused.to(used.unit).amount, used.amount))
    return Result(
        "reuse_rate", f"{when}水重复利用率", value, None,
        inputs=(("新水量", shown(fresh)), ("回用量", shown(reused))),
        writer=(str, (
            f"{shown(reused)} ÷ ({shown(fresh)} + {shown(reused)}) = {plain(value)}，"
            f"即 {plain((value * 100).quantize(Decimal('0.01')))} %"
        )),
    )  # fmt: skip


def water_saving(
    *, fresh_before: Quantity, output_before: Decimal, fresh_after: Quantity,
    output_after: Decimal, output_unit: str = "",
) -> Result:  # fmt: skip
    """Return the fresh water saved at equal output; reused water lowers only the fresh intake."""
    return net_saving(
        "新水", before=fresh_before, output_before=output_before, after=fresh_after,
        output_after=output_after, output_unit=output_unit,
    )  # fmt: skip


def worth(saved: Quantity, price: Decimal, per: Unit) -> Result:
    """Return what a saving is worth in 元 at a price for each unit."""
    if price < 0:
        raise Refused("单价不能是负数")
    rate = Rate(Unit.YUAN, per)
    money = rate.apply(price, saved)
    value = rounded(money.amount)
    return Result(
        "benefit", "经济效益", value, Unit.YUAN,
        inputs=(("节约量", shown(saved)), ("单价", f"{plain(price)} {rate.sign}")),
        writer=(str, (
            f"{shown(saved.to(per))} × {plain(price)} {rate.sign} = {plain(value)} 元"
        )),
    )  # fmt: skip


def _not_negative(*quantities: Quantity) -> None:
    if any(quantity.amount < 0 for quantity in quantities):
        raise Refused("用量不能是负数")
