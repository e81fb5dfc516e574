"""The weight of each item after those that do not apply have left (formula 5-3), exactly."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from cleanprod.stages.performance.indicators.system import Group, Item, Kind, Sharing, System


@dataclass(frozen=True, slots=True)
class Weight:
    """The share of an item in its group and in the whole index, both from 0 to 1."""

    in_group: Fraction
    in_all: Fraction


def weights(
    system: System, left_out: Iterable[str], outputs: Mapping[str, Fraction]
) -> dict[str, Weight | None]:
    """Return the weight of each weighted item that applies, by its id.

    `left_out` are the items that do not apply; `outputs` the amounts that share weights by
    output. None stands where an output that the share depends on is missing. A group in which
    nothing applies gives its weight to the other groups in proportion; a bonus group never
    re-weights, because what does not apply there earns nothing.
    """
    gone = frozenset(left_out)
    inner = {group.id: _in_group(group, gone, outputs) for group in system.groups}
    alive = sum(
        (Fraction(one.weight) for one in system.groups if not one.bonus and inner[one.id]),
        Fraction(0),
    )
    found: dict[str, Weight | None] = {}
    for group in system.groups:
        whole = Fraction(group.weight)
        whole = whole if group.bonus or not alive else whole / alive
        for item_id, share in inner[group.id].items():
            found[item_id] = None if share is None else Weight(share, share * whole)
    return found


def _in_group(
    group: Group, gone: frozenset[str], outputs: Mapping[str, Fraction]
) -> dict[str, Fraction | None]:
    here = [one for one in group.items if one.kind is not Kind.REPORT and one.id not in gone]
    shares: dict[str, Fraction | None] = {
        one.id: Fraction(one.weight) for one in here if one.weight is not None and not one.pool
    }
    whole = sum((share for share in shares.values() if share is not None), Fraction(0))
    for pool in group.pools:
        members = [one for one in here if one.pool == pool.id]
        if members:
            whole += Fraction(pool.weight)
            shares |= _shared(members, Fraction(pool.weight), pool.by, outputs)
    if group.bonus or not whole:
        return shares
    return {key: None if share is None else share / whole for key, share in shares.items()}


def _shared(
    members: list[Item], weight: Fraction, by: Sharing, outputs: Mapping[str, Fraction]
) -> dict[str, Fraction | None]:
    if by is Sharing.EQUAL:
        return {one.id: weight / len(members) for one in members}
    if any(one.output not in outputs for one in members):
        return {one.id: None for one in members}
    total = sum((outputs[one.output] for one in members), Fraction(0))
    return {one.id: weight * outputs[one.output] / total for one in members}
