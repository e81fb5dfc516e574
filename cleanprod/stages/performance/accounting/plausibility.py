"""Amounts that look like a slip of the unit beside the other rows; limits are data of the set."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from decimal import Decimal
from operator import itemgetter

from cleanprod.kernel.quantity import Quantity, Unit
from cleanprod.stages.performance.accounting.factors import FactorSet
from cleanprod.stages.performance.accounting.rates import plain
from cleanprod.stages.performance.accounting.results import divided
from cleanprod.stages.performance.accounting.rows import Row

_Amount = tuple[int, Decimal]


def slips(rows: Sequence[Row], own: Sequence[Quantity], factors: FactorSet) -> dict[int, str]:
    """Return what to ask about rows whose amount lies far from the others of the same carrier."""
    alike: dict[tuple[str, str], list[_Amount]] = defaultdict(list)
    for place, (row, quantity) in enumerate(zip(rows, own, strict=True)):
        if quantity.amount:
            alike[row.carrier.key, row.counts_as].append((place, abs(quantity.amount)))
    found: dict[int, str] = {}
    for amounts in alike.values():
        gap = factors.limits["gap_of_two" if len(amounts) == 2 else "gap"]
        for place, low, high in _apart(amounts, gap):
            found[place] = _question(rows[place], abs(own[place].amount), low, high)
    return found


def too_large(row: Row, own: Quantity, factors: FactorSet) -> str:
    """Say that one measure can hardly save so much, or nothing where the set has no limit."""
    limit = factors.limits.get(f"largest:{row.carrier.key}")
    if limit is None or abs(own.amount) <= limit:
        return ""
    most = plain(Quantity(limit, row.carrier.unit).to(row.given.unit).amount)
    unit = row.given.unit.value
    return f"单位存疑：{plain(row.given.amount)} {unit}，单个方案超过 {most} {unit}，请核对"


def _apart(amounts: list[_Amount], gap: Decimal) -> Iterator[tuple[int, Decimal, Decimal]]:
    """Yield who stands outside the largest group, and the bounds of the group next to it.

    Sorted amounts fall into groups where one is so many times the one before it. Of groups of one
    size none is the normal one, so all of them are asked about.
    """
    groups = _grouped(sorted(amounts, key=itemgetter(1)), gap)
    most = max(map(len, groups))
    largest = [group for group in groups if len(group) == most]
    if len(groups) == 1:
        return
    for group in groups:
        others = [one for one in largest if one is not group]
        if group in largest and len(largest) == 1:
            continue
        low, high = others[0][0][1], others[0][-1][1]
        for place, _ in group:
            yield place, low, high


def _grouped(amounts: list[_Amount], gap: Decimal) -> list[list[_Amount]]:
    groups = [[amounts[0]]]
    for one in amounts[1:]:
        if one[1] >= groups[-1][-1][1] * gap:
            groups.append([])
        groups[-1].append(one)
    return groups


def _question(row: Row, amount: Decimal, low: Decimal, high: Decimal) -> str:
    above = amount > high
    times = divided(amount, high) if above else divided(low, amount)
    size = plain(times.quantize(Decimal(1)))
    words = f"约为同类其他行的{f'{size}倍' if above else f'1/{size}'}"
    meant = _meant(row, low, high)
    hint = f"，若单位应为 {meant.value} 则与其他行相当" if meant else ""
    return f"单位存疑：{plain(row.given.amount)} {row.given.unit.value} {words}{hint}，请核对"


def _meant(row: Row, low: Decimal, high: Decimal) -> Unit | None:
    """Return the unit in which the same number would stand among the others, or near them."""
    best = None
    for unit in Unit:
        if unit is row.given.unit or unit.dimension is not row.carrier.unit.dimension:
            continue
        amount = abs(Quantity(row.given.amount, unit).to(row.carrier.unit).amount)
        if low <= amount * 10 and amount <= high * 10:
            best = unit if best is None or low <= amount <= high else best
    return best
