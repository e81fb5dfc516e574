"""The draw of a panel: by lot in a public order, and never past what the rules ask for.

How to redo it by hand: order the pool without the excluded by the tickets of `kernel.draw`, each
expert under the name `expert:<id>`. Go through them in this order and take everyone with whom,
together with those already taken and some of those still to come, a panel that meets all
requirements can be filled; pass over the others. The panel is full when its size is reached.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from cleanprod.kernel import draw as lots
from cleanprod.kernel.errors import Refused
from cleanprod.kernel.names import comparable
from cleanprod.stages.experts.rules import ENERGY_OR_ENVIRONMENT, SENIOR, Candidate

ALGORITHM = "1"
_SCIENCE = "energy or environment"


@dataclass(frozen=True, slots=True)
class Needs:
    """What a panel must be: how many, which trades, how many senior titles."""

    size: int
    trades: tuple[str, ...] = ()
    energy_or_environment: bool = True
    seniors: int = 0
    one_per_unit: bool = True

    @classmethod
    def read(cls, stored: Mapping[str, Any]) -> "Needs":
        """Return what `as_json` stored."""
        return cls(**{**stored, "trades": tuple(stored["trades"])})

    def as_json(self) -> dict[str, Any]:
        """Return the needs for the record of a draw."""
        return {**asdict(self), "trades": list(self.trades)}

    @property
    def covers(self) -> tuple[str, ...]:
        """Return what somebody on the panel must be at home in."""
        return (*self.trades, *((_SCIENCE,) if self.energy_or_environment else ()))


@dataclass(frozen=True, slots=True)
class Lot:
    """One expert in the urn."""

    id: int
    senior: bool
    covers: frozenset[str]
    unit: str

    @property
    def name(self) -> str:
        """Return the name under which the lot has its ticket."""
        return f"expert:{self.id}"


def frozen(candidate: Candidate) -> dict[str, Any]:
    """Return a candidate as the record of a draw keeps them."""
    return {
        "id": candidate.id,
        "name": candidate.name,
        "level": candidate.level.value,
        "fields": list(candidate.fields),
        "trades": list(candidate.trades),
        "employer": candidate.employer,
        "city": candidate.city,
    }


def lot(stored: Mapping[str, Any]) -> Lot:
    """Return the lot of a frozen candidate."""
    science = {_SCIENCE} if ENERGY_OR_ENVIRONMENT.intersection(stored["fields"]) else set()
    return Lot(
        id=stored["id"],
        senior=stored["level"] in SENIOR,
        covers=frozenset({*stored["trades"], *science}),
        unit=comparable(stored["employer"]) or f"expert:{stored['id']}",
    )


def choose(seed: str, urn: Sequence[Lot], needs: Needs, kept: Sequence[Lot] = ()) -> list[int]:
    """Draw the members that are missing beside those kept, in the order drawn, or refuse."""
    if not possible(needs, kept, urn):
        raise Refused("；".join(lacking(needs, kept, urn)))
    by_name = {one.name: one for one in urn}
    order = [by_name[name] for name in lots.draw(seed, list(by_name), len(by_name))]
    taken = list(kept)
    for place, one in enumerate(order, 1):
        if len(taken) == needs.size:
            break
        if possible(needs, [*taken, one], order[place:]):
            taken.append(one)
    return [one.id for one in taken[len(kept) :]]


def possible(needs: Needs, taken: Sequence[Lot], rest: Iterable[Lot]) -> bool:
    """Tell whether some of the rest fill the panel so that every need is met; exact.

    It walks unit by unit and keeps, for each number of seats filled and set of needs covered, the
    most senior titles reachable. Units that offer the same are interchangeable, so of each sort no
    more than the empty seats are looked at.
    """
    missing = needs.size - len(taken)
    units = [one.unit for one in taken]
    if missing < 0 or (needs.one_per_unit and len(set(units)) < len(units)):
        return False
    bits = {word: 1 << place for place, word in enumerate(needs.covers)}
    full = (1 << len(bits)) - 1
    covered, seniors = 0, 0
    for one in taken:
        covered |= _mask(one, bits)
        seniors += one.senior
    best = {(0, covered): seniors}
    for options in _offers(needs, bits, missing, set(units), rest):
        if best.get((missing, full), -1) >= needs.seniors:
            return True
        best = _after(best, options, missing)
    return best.get((missing, full), -1) >= needs.seniors


_Best = dict[tuple[int, int], int]
_Option = tuple[int, bool]


def _mask(one: Lot, bits: Mapping[str, int]) -> int:
    return sum(bit for word, bit in bits.items() if word in one.covers)


def _after(best: _Best, options: Iterable[_Option], missing: int) -> _Best:
    reached = dict(best)
    for (seats, covered), seniors in best.items():
        if seats == missing:
            continue
        for more, senior in options:
            key = seats + 1, covered | more
            reached[key] = max(reached.get(key, 0), seniors + senior)
    return reached


def _offers(
    needs: Needs, bits: Mapping[str, int], missing: int, used: set[str], rest: Iterable[Lot]
) -> list[frozenset[_Option]]:
    """Return what each unit offers, of equal offers no more than there are empty seats."""
    by_unit: dict[str, set[_Option]] = {}
    for one in rest:
        if needs.one_per_unit and one.unit in used:
            continue
        unit = one.unit if needs.one_per_unit else one.name
        by_unit.setdefault(unit, set()).add((_mask(one, bits), one.senior))
    counted: dict[frozenset[_Option], int] = {}
    for offer in by_unit.values():
        sort = frozenset(offer)
        counted[sort] = counted.get(sort, 0) + 1
    return [sort for sort, number in counted.items() for _ in range(min(number, missing))]


def lacking(needs: Needs, kept: Sequence[Lot], urn: Sequence[Lot]) -> list[str]:
    """Return in words what the pool does not give; empty when a panel can be drawn."""
    if possible(needs, kept, urn):
        return []
    whole = [*kept, *urn]
    found = []
    units = len({one.unit for one in whole}) if needs.one_per_unit else len(whole)
    if units < needs.size:
        word = "来自不同单位的" if needs.one_per_unit else ""
        found.append(f"{word}可参加专家只有{units}名，不足{needs.size}名")
    for trade in needs.trades:
        if not any(trade in one.covers for one in whole):
            found.append(f"没有熟悉行业{trade}的专家")
    if needs.energy_or_environment and not any(_SCIENCE in one.covers for one in whole):
        found.append("没有能源或生态环境专家")
    seniors = sum(one.senior for one in whole)
    if seniors < needs.seniors:
        found.append(f"高级职称专家只有{seniors}名，不足{needs.seniors}名")
    return found or ["可参加的专家不能同时满足人数、行业、专业、职称和单位的要求"]
