"""Reads of lists that more than one page needs."""

from collections.abc import Collection
from typing import Any

from django.db.models import F, Max, QuerySet

from cleanprod.foundation.organisations.rules import Line
from cleanprod.stages.programme.models import Batch, Entry
from cleanprod.stages.programme.rules import BatchStage, EntryState


def standing(batch: Batch) -> QuerySet[Entry]:
    """Return the entries of a list without those that went to the other department."""
    return Entry.objects.filter(batch=batch).exclude(state=EntryState.YIELDED)


def places(batch: Batch, entries: Collection[int]) -> dict[int, int]:
    """Return the place of these entries in their list, counted from 1.

    An entry's own `row` is that of the workbook, where titles and heads are counted, too.
    """
    wanted = set(entries)
    keys = Entry.objects.filter(batch=batch).order_by("row", "pk").values_list("pk", flat=True)
    return {key: number for number, key in enumerate(keys.iterator(), 1) if key in wanted}


def listed_as(names: Collection[str], *, city: str) -> dict[str, tuple[Any, ...]]:
    """Return, by a name on earlier lists of a city, the enterprise that is called otherwise today.

    The values are what `organisations.rules.Known` holds.
    """
    entries = Entry.objects.filter(batch__city=city, name__in=list(names))
    renamed = entries.exclude(enterprise__name=F("name")).order_by("pk")
    rows = renamed.values_list(
        "name", "enterprise_id", "enterprise__name", "enterprise__comparable",
        "enterprise__code", "enterprise__code_state", "enterprise__city",
    )  # fmt: skip
    return {row[0]: row[1:] for row in rows}


def next_number(city: str, year: int, line: Line | None) -> int:
    """Return the batch number that a department would take: its draft's, else the next free one."""
    lists = Batch.objects.filter(city=city, year=year, lead=line or "")
    draft = lists.filter(stage=BatchStage.DRAFT).order_by("number").first()
    if draft is not None:
        return draft.number
    last: int | None = lists.aggregate(last=Max("number"))["last"]
    return (last or 0) + 1
