"""One line of the to-do list, and how lines are counted and ordered."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.db.models import QuerySet

from cleanprod.foundation.engine.bulk import counts


@dataclass(frozen=True, slots=True)
class Waiting:
    """One line of the to-do list; `duty` names the calendar's duty that it stands for.

    A line with `found` stands only if there are such rows; their number becomes its count.
    """

    title: str
    url: str
    hint: str = ""
    count: int | None = None
    kind: str = "neutral"
    due: date | None = None
    duty: str = ""
    basis: str = ""
    found: QuerySet[Any, Any] | None = None


_URGENCY = {"bad": 0, "wait": 1}


def in_order(lines: Iterable[Waiting]) -> list[Waiting]:
    """Return the lines that stand: overdue first, then by day, then what only informs.

    Lines of one urgency without a day keep the order of the trade, after those with one.
    """
    return sorted(
        _standing(list(lines)), key=lambda one: (_URGENCY.get(one.kind, 2), one.due or date.max)
    )


def _standing(lines: list[Waiting]) -> Iterator[Waiting]:
    """Count what the lines found, all in one read, and leave out those that found nothing."""
    numbers = iter(counts([one.found for one in lines if one.found is not None]))
    for one in lines:
        if one.found is None:
            yield one
        elif number := next(numbers):
            yield replace(one, count=number, found=None)
