"""What confirmed sheets add up to, kept exactly for statistics, and recomputed for the check."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Prefetch

from cleanprod.foundation.engine import bulk
from cleanprod.stages.measures import queries
from cleanprod.stages.measures.models import Effect, Measure, Sheet, TagEffect
from cleanprod.stages.measures.rules import SUMMED, State, Typed, ValueSet, tagged
from cleanprod.stages.performance.accounting.factors import FactorSet

COUNTS = ("measures", "low", "high")
SUMS = tuple(SUMMED)
_COLUMNS = ("round_id", "which", "confirmed_on", *COUNTS, *SUMS)
_TAG_COLUMNS = ("round_id", "which", "confirmed_on", "tag", "measures", "voc")
_AT_ONCE = 500  # sheets read together when all are recomputed
Row = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Confirmed:
    """One confirmed sheet: what it adds up to by value set, and its measures."""

    round_id: int
    confirmed_on: date
    totals: Mapping[str, Mapping[str, str]]
    measures: Sequence[Typed]


def keep(sheets: Sequence[Confirmed]) -> None:
    """Keep what confirmed sheets add up to; inside the transaction that confirms them."""
    bulk.copy_rows(Effect._meta.db_table, _COLUMNS, (row for one in sheets for row in _sums(one)))
    bulk.copy_rows(
        TagEffect._meta.db_table, _TAG_COLUMNS, (row for one in sheets for row in _tags(one))
    )


def remove(round_ids: Collection[int]) -> None:
    """Take away what sheets that are open again added up to."""
    Effect.objects.filter(round__in=round_ids).delete()
    TagEffect.objects.filter(round__in=round_ids).delete()


def _sums(one: Confirmed) -> Iterator[Row]:
    for which in ValueSet:
        told = one.totals.get(which.value, {})
        counts = (int(told.get(name, "0")) for name in COUNTS)
        sums = (Decimal(told.get(key, "0")) for key in SUMMED.values())
        yield (one.round_id, which.value, one.confirmed_on, *counts, *sums)


def _tags(one: Confirmed) -> Iterator[Row]:
    for which in ValueSet:
        for tag, (number, voc) in tagged(one.measures, which).items():
            yield one.round_id, which.value, one.confirmed_on, tag.value, number, voc


def differing() -> list[int]:
    """Return the rounds whose kept totals or effects are not what their measures come to."""
    found: set[int] = set()
    for sheets in _portions():
        found |= _wrong(sheets)
    confirmed = Sheet.objects.filter(state=State.CONFIRMED).values("round")
    for model in (Effect, TagEffect):
        found |= set(model.objects.exclude(round__in=confirmed).values_list("round", flat=True))
    return sorted(found)


def _portions() -> Iterator[list[Sheet]]:
    """Yield all sheets with their measures, some hundred at a time."""
    after = 0
    while True:
        measures = Prefetch("measures", Measure.objects.order_by("row", "pk"))
        sheets = list(
            Sheet.objects.filter(pk__gt=after).order_by("pk").prefetch_related(measures)[:_AT_ONCE]
        )
        if not sheets:
            return
        yield sheets
        after = sheets[-1].pk


def _wrong(sheets: Sequence[Sheet]) -> set[int]:
    wrong: set[int] = set()
    expected: list[Row] = []
    tags: list[Row] = []
    for sheet in sheets:
        factors = sheet.factor_set
        measures = queries.typed_all(sheet.measures.all())
        totals = computed(measures, factors)
        if not _alike(totals, sheet.totals):
            wrong.add(sheet.round_id)
        if sheet.state == State.CONFIRMED and sheet.confirmed_on:
            one = Confirmed(sheet.round_id, sheet.confirmed_on, totals, measures)
            expected += _sums(one)
            tags += _tags(one)
    rounds = [sheet.round_id for sheet in sheets if sheet.state == State.CONFIRMED]
    kept = Effect.objects.filter(round__in=rounds).values_list(*_COLUMNS)
    kept_tags = TagEffect.objects.filter(round__in=rounds).values_list(*_TAG_COLUMNS)
    return wrong | _apart(expected, kept) | _apart(tags, kept_tags)


def computed(measures: Sequence[Typed], factors: FactorSet) -> dict[str, dict[str, str]]:
    """Return the totals of each value set as a sheet keeps them."""
    found = queries.all_totals(measures, factors, Decimal(0))
    return {which.value: one.as_json() for which, one in found.items()}


def _alike(ours: Mapping[str, Mapping[str, str]], theirs: Mapping[str, Mapping[str, str]]) -> bool:
    """Tell whether totals say the same numbers, however they are written."""
    if set(ours) != set(theirs):
        return False
    return all(_numbers(told) == _numbers(theirs[which]) for which, told in ours.items())


def _numbers(told: Mapping[str, str]) -> dict[str, Decimal]:
    return {key: Decimal(text) for key, text in told.items()}


def _apart(expected: Iterable[Row], kept: Iterable[Row]) -> set[int]:
    """Return the rounds of rows that stand on one side alone."""
    return {int(str(row[0])) for row in set(expected) ^ set(kept)}
