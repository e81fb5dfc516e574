"""Which panels deviate from the others: what the province looks at again; pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from statistics import mean, pstdev

_CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Held:
    """One confirmed review: where it was held, its mean and the widest difference in points."""

    id: str
    city: str
    mean: Decimal
    spread: Decimal
    members: int


@dataclass(frozen=True, slots=True)
class Terms:
    """From how many sittings on means are compared, and how many standard deviations are much."""

    least: int
    spreads: Decimal


@dataclass(frozen=True, slots=True)
class City:
    """What the panels of one city gave."""

    city: str
    held: int
    mean: Decimal
    deviating: int


def usual(held: Sequence[Held]) -> tuple[Decimal, Decimal] | None:
    """Return mean and standard deviation of the sittings in points, None of none."""
    if not held:
        return None
    means = [one.mean for one in held]
    return mean(means), pstdev(means)


def deviating(held: Sequence[Held], terms: Terms) -> Mapping[str, list[str]]:
    """Return why sittings deviate, by their keys; those that do not are left out."""
    found: dict[str, list[str]] = {}
    for one in held:
        if whys := [*_far(one, held, terms), *_alike(one)]:
            found[one.id] = whys
    return found


def _far(one: Held, held: Sequence[Held], terms: Terms) -> Iterable[str]:
    known = usual(held)
    if known is None or len(held) < terms.least:
        return
    middle, deviation = known
    far = one.mean - middle
    if deviation and abs(far) > terms.spreads * deviation:
        above = "高" if far > 0 else "低"
        yield f"平均分比全部会议的平均{said(middle)}分{above}{said(abs(far))}分"


def _alike(one: Held) -> Iterable[str]:
    if one.members > 1 and one.spread == 0:
        yield f"{one.members}位专家总分完全相同"


def by_city(held: Sequence[Held], marked: Mapping[str, object]) -> list[City]:
    """Return each city with its sittings, their mean and how many deviate; the most first."""
    grouped: dict[str, list[Held]] = {}
    for one in held:
        grouped.setdefault(one.city, []).append(one)
    rows = [
        City(
            city, len(rows), Decimal(said(mean([one.mean for one in rows]))),
            sum(one.id in marked for one in rows),
        )
        for city, rows in grouped.items()
    ]  # fmt: skip
    return sorted(rows, key=lambda row: (-row.deviating, row.city))


def said(points: Decimal) -> str:
    """Return points with two decimals."""
    return str(points.quantize(_CENT, ROUND_HALF_UP))
