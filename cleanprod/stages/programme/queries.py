"""Reads of lists that more than one page needs."""

from collections.abc import Collection

from cleanprod.stages.programme.models import Batch, Entry


def places(batch: Batch, entries: Collection[int]) -> dict[int, int]:
    """Return the place of these entries in their list, counted from 1.

    An entry's own `row` is that of the workbook, where titles and heads are counted, too.
    """
    wanted = set(entries)
    keys = Entry.objects.filter(batch=batch).order_by("row", "pk").values_list("pk", flat=True)
    return {key: number for number, key in enumerate(keys.iterator(), 1) if key in wanted}
