"""Shares as exact fractions and the places they give; nothing is rounded before it is compared."""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True, slots=True)
class Ranked:
    """One row of a ranking; `share` and `place` are None where nothing was there to complete."""

    key: str
    completed: int
    accepted: int
    share: Fraction | None
    place: int | None


def share(completed: int, accepted: int) -> Fraction | None:
    """Return completed over accepted, or None if nothing was accepted."""
    return Fraction(completed, accepted) if accepted else None


def rank(shares: Iterable[tuple[str, int, int]]) -> list[Ranked]:
    """Rank (key, completed, accepted) rows by their exact share, highest first.

    Equal shares hold the same place and the next place counts them (1, 1, 3), in the order given.
    Rows of 0/0 have no place and come last, in the order given.
    """
    rows = [(key, done, whole, share(done, whole)) for key, done, whole in shares]
    counted = [(row, part) for row in rows if (part := row[3]) is not None]
    counted.sort(key=lambda pair: -pair[1])
    ranked: list[Ranked] = []
    for position, (row, part) in enumerate(counted, start=1):
        tied = ranked and ranked[-1].share == part
        ranked.append(Ranked(*row, place=ranked[-1].place if tied else position))
    return ranked + [Ranked(*row, place=None) for row in rows if row[3] is None]


def percent(part: Fraction | None, places: int = 1, none: str = "不适用") -> str:
    """Write a share as a percentage, rounded half up once, for showing only."""
    if part is None:
        return none
    scale = 10**places
    scaled = part * 100 * scale
    sign, units = ("-" if scaled < 0 else ""), int(abs(scaled) + Fraction(1, 2))
    whole, rest = divmod(units, scale)
    return f"{sign}{whole}.{rest:0{places}d}%" if places else f"{sign}{whole}%"
