"""Reads of accuracy: the frame, the tallies by city, enterprise and consultancy."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.db.models import Max, Q, QuerySet

from cleanprod.foundation.organisations.rules import Role, Standing
from cleanprod.foundation.rulebook import queries as rulebook
from cleanprod.kernel.ranking import Ranked, rank
from cleanprod.stages.accuracy import access
from cleanprod.stages.accuracy.models import Counted, Item, Sample
from cleanprod.stages.accuracy.rules import (
    COUNTED,
    COUNTED_RIGHT,
    LOST,
    OPEN,
    Stage,
    Tally,
    name_of,
    summed,
)
from cleanprod.stages.audits.models import Round
from cleanprod.stages.measures import checking
from cleanprod.stages.measures import queries as measures
from cleanprod.stages.measures.models import Sheet
from cleanprod.stages.measures.rules import Field, State, Typed, ValueSet, plain
from cleanprod.stages.registration.models import Engagement

WITHOUT = "未委托咨询机构"


def adopted(on: date) -> bool:
    """Tell whether the province adopted the formula; until then all of it is internal."""
    return bool(rulebook.value("accuracy.adopted", on=on).value)


@dataclass(frozen=True, slots=True)
class Value:
    """One reported value of the frame."""

    round: int
    code: str
    measure: str
    field: Field
    text: str

    @property
    def name(self) -> str:
        """Return its name in the frame."""
        return name_of(self.round, self.code, self.field.value)


def latest_year(standing: Standing) -> int | None:
    """Return the latest year of which a person may read a sample."""
    latest: int | None = access.visible_to(standing).aggregate(latest=Max("year"))["latest"]
    return latest


def sheets_of(city: str, year: int) -> QuerySet[Sheet]:
    """Return the confirmed sheets of a city's rounds accepted in a year and completed."""
    return (
        Sheet.objects.filter(
            state=State.CONFIRMED, round__city=city, round__accepted_on__year=year,
        )
        .exclude(round__completed_on=None)
        .select_related("round")
        .order_by("round_id")
    )  # fmt: skip


def values_of(sheet: Sheet, typed: Iterable[Typed]) -> list[Value]:
    """Return the verified values that a sheet reports."""
    return [
        Value(sheet.round_id, one.code, one.name, name, plain(amount))
        for one in typed
        for name, amount in one.of(ValueSet.VERIFIED).items()
    ]


def lost_of(sheet: Sheet, values: list[Value]) -> list[tuple[Value, str]]:
    """Return the values that the automatic checks find wrong, each with the first open finding."""
    by_place = {(one.code, one.field.label): one for one in values}
    lost: dict[Value, str] = {}
    for one in checking.told(sheet, ValueSet.VERIFIED):
        value = by_place.get((one.found.place, one.found.column))
        if value is not None and one.stands_in_the_way:
            lost.setdefault(value, one.found.rule)
    return list(lost.items())


def counted_of(
    sheet: Sheet, sample: Sample, values: list[Value], lost: list[tuple[Value, str]]
) -> Counted:
    """Return what the automatic checks count on a sheet: a value with an open finding is wrong."""
    return Counted(
        sample=sample, round_id=sheet.round_id, consultancy=_consultancy(sheet.round),
        checked=len(values), right=len(values) - len(lost),
        corrected=min(len(values), len(sheet.corrected)),
        lost=sorted([one.code, one.field.label] for one, _ in lost),
    )  # fmt: skip


def _consultancy(audit: Round) -> str:
    found = (
        Engagement.objects.filter(round=audit)
        .select_related("consultancy")
        .order_by("-begins_on", "-pk")
        .first()
    )
    return found.consultancy.name if found else ""


def typed_of(sheet: Sheet) -> list[Typed]:
    """Return the measures of a sheet."""
    return measures.typed(sheet)


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table of accuracy."""

    key: str
    name: str
    tally: Tally
    ranked: Ranked | None = None
    city: str = ""


def by_city(samples: Iterable[Sample]) -> list[Row]:
    """Return a line for each sample's city with its exact rank; nothing checked has no rank."""
    known = {sample.pk: sample for sample in samples}
    tallies = _tallies(known, "sample_id")
    rows = {
        str(pk): Row(str(pk), sample.city.short_name, tallies.get(pk, Tally()), city=sample.city_id)
        for pk, sample in known.items()
    }
    ranked = rank((key, row.tally.right, row.tally.checked) for key, row in rows.items())
    return [replace(rows[one.key], ranked=one) for one in ranked]


def by_round(sample: Sample) -> list[Row]:
    """Return a line for each enterprise of a sample, the most lost first."""
    tallies = _tallies([sample.pk], "round_id")
    names = dict(Round.objects.filter(pk__in=tallies).values_list("pk", "name"))
    rows = [Row(str(pk), names[pk], tally) for pk, tally in tallies.items()]
    return sorted(rows, key=lambda row: (row.tally.right - row.tally.checked, row.name))


def by_consultancy(samples: Iterable[Sample]) -> list[Row]:
    """Return a line for each consultancy over samples; rounds without one stand together."""
    keys = [sample.pk for sample in samples]
    named = dict(Counted.objects.filter(sample__in=keys).values_list("round_id", "consultancy"))
    tallies: dict[str, list[Tally]] = defaultdict(list)
    for pk, tally in _tallies(keys, "round_id").items():
        tallies[named.get(pk, "")].append(tally)
    rows = [Row(name, name or WITHOUT, summed(found)) for name, found in tallies.items()]
    return sorted(rows, key=lambda row: row.name)


def _tallies(samples: Iterable[int], column: str) -> dict[Any, Tally]:
    keys = list(samples)
    found: dict[Any, Tally] = defaultdict(Tally)
    for one in Counted.objects.filter(sample__in=keys).values(
        column, "checked", "right", "corrected"
    ):
        found[one[column]] += Tally(
            auto_checked=one["checked"], auto_right=one["right"], corrected=one["corrected"]
        )
    items = Item.objects.filter(sample__in=keys, stage__in=COUNTED)
    for key, stage, automatic in items.values_list(column, "stage", "automatic"):
        right = int(stage in COUNTED_RIGHT)
        if automatic:  # counted as wrong already, until the contest is granted
            found[key] += Tally(auto_right=right)
        else:
            found[key] += Tally(sampled=1, sampled_right=right)
    return dict(found)


def lost_points(
    standing: Standing, year: int, *, city: str = "", audit: int | None = None,
    consultancy: str | None = None,
) -> QuerySet[Item]:  # fmt: skip
    """Return the lost points of a year that a person may read, of one place, round or consultancy.

    An empty consultancy stands for the rounds that had none.
    """
    found = access.items_visible_to(standing).filter(sample__year=year, stage__in=LOST)
    if city:
        found = found.filter(sample__city=city)
    if audit is not None:
        found = found.filter(round=audit)
    if consultancy is not None:
        named = Counted.objects.filter(sample__year=year, consultancy=consultancy)
        found = found.filter(round__in=named.values("round"))
    return found.select_related("round", "sample__city")


def open_items(sample: Sample) -> int:
    """Return how many values still wait for a re-check or a decision."""
    return sample.items.filter(stage__in=OPEN).count()


def as_result(sample: Sample) -> Mapping[str, int]:
    """Return what a sample comes to, as it is frozen."""
    tally = summed(row.tally for row in by_round(sample))
    return {
        "auto_checked": tally.auto_checked, "auto_right": tally.auto_right,
        "sampled": tally.sampled, "sampled_right": tally.sampled_right,
        "corrected": tally.corrected,
    }  # fmt: skip


def to_check(standing: Standing) -> int:
    """Return how many drawn values wait for a second person's look."""
    if standing.role not in access.CHECKERS:
        return 0
    found = access.items_visible_to(standing).filter(sample__frozen_on=None, stage=Stage.DRAWN)
    return found.count()


def to_decide(standing: Standing) -> int:
    """Return how many contests wait for the province."""
    if standing.role is not Role.PROVINCE:
        return 0
    found = access.items_visible_to(standing).filter(sample__frozen_on=None)
    return found.filter(stage=Stage.CONTESTED).exclude(checker_id=standing.person_id).count()


def lost_by(standing: Standing) -> int:
    """Return how many values of one's own were found wrong and may still be contested."""
    found = access.items_visible_to(standing).filter(sample__frozen_on=None, stage=Stage.LOST)
    if standing.role is Role.CITY:
        found = found.filter(Q(round__lead=standing.line))
    elif standing.role is not Role.ENTERPRISE:
        return 0
    return found.count()
