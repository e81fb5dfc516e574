"""The records behind figures, all counted in one statement; what changed since; what cities say."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import CharField, Count, Min, Q, QuerySet, Value

from cleanprod.foundation.documents import queries as documents
from cleanprod.foundation.documents.models import Produced
from cleanprod.foundation.organisations.models import Organisation
from cleanprod.foundation.organisations.rules import Line
from cleanprod.foundation.rulebook import queries as rulebook
from cleanprod.foundation.territory import queries as territory
from cleanprod.insight.bulletins.models import Bulletin, Cell, DataCheck, Opinion, Snapshot
from cleanprod.insight.bulletins.rules import (
    CHECKED,
    Changed,
    Moved,
    Verdict,
    compared,
    fingerprint,
    moved,
)
from cleanprod.insight.statistics import queries as statistics
from cleanprod.insight.statistics.queries import FIGURES, AsOf
from cleanprod.insight.statistics.rules import CityCounts
from cleanprod.stages.accuracy import queries as samples
from cleanprod.stages.accuracy.models import Sample
from cleanprod.stages.accuracy.rules import Tally
from cleanprod.stages.audits.models import Fact, Round
from cleanprod.stages.planning.models import Filing
from cleanprod.stages.planning.rules import FilingAct
from cleanprod.stages.programme import actions as programme
from cleanprod.stages.programme.models import Batch
from cleanprod.stages.programme.rules import BatchStage

CELLS = (
    "listed", "registered", "planned", "industry", "ecology", "total", "platform_completed",
    "not_completed",
)  # fmt: skip
_BOTH_LEADS = ("industry_completed", "ecology_completed")  # kept as cells, shown in no table

Behind = dict[tuple[str, str], list[int]]


def behind(moment: AsOf) -> Behind:
    """Return the ids of the records behind every figure of every city.

    One statement reads them all, so that no act between two reads can come between two figures.
    """
    branches = [_branch(figure, FIGURES[figure].rounds(moment)) for figure in CELLS]
    done = FIGURES["platform_completed"].rounds(moment)
    branches += [
        _branch(figure, done & Q(lead=line)) for figure, line in zip(_BOTH_LEADS, Line, strict=True)
    ]
    first, *others = branches
    return {(figure, city): ids for figure, city, ids in first.union(*others, all=True)}


def _branch(figure: str, which: Q) -> QuerySet[Round, tuple[str, str, list[int]]]:
    return (
        Round.objects.filter(which)
        .order_by()
        .values("city_id")
        .annotate(figure=Value(figure, CharField()), ids=ArrayAgg("pk", order_by="pk"))
        .values_list("figure", "city_id", "ids")
    )


def counted(cells: Mapping[tuple[str, str], list[int]], moment: AsOf) -> list[CityCounts]:
    """Return one row a city from the records behind; targets are those in force on the day."""
    goals = {t.city_id: t.number for t in programme.targets(moment.year, as_of=moment.as_of)}

    def size(figure: str, city: str) -> int:
        return len(cells.get((figure, city), ()))

    return [
        CityCounts(
            no=number, city=city.short_name, code=city.code, target=goals.get(city.code),
            **{
                figure: size(figure, city.code)
                for figure in ("listed", "registered", "planned", "industry", "ecology",
                               *_BOTH_LEADS)
            },
        )
        for number, city in enumerate(territory.cities(settings.PROVINCE_CODE), 1)
    ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Lists:
    """What cities did with their lists up to a day."""

    published: Mapping[str, int]
    filed: list[str]
    in_time: list[str]
    rule: int


def lists(moment: AsOf) -> Lists:
    """Return how many lists each city published, who filed, and who published in time."""
    rule = rulebook.value("calendar.lists", on=moment.first)
    month, day = (int(part) for part in str(rule.value).split("-"))
    due = date(moment.year, month, day)
    rows = list(
        Batch.objects.filter(
            year=moment.year, stage=BatchStage.PUBLISHED, published_on__lte=moment.as_of
        )
        .order_by()
        .values_list("city_id")
        .annotate(number=Count("pk"), first=Min("published_on"))
    )
    filed = (
        Filing.objects.filter(year=moment.year, submitted_on__lte=moment.as_of)
        .annotate(
            agreed=Count(
                "answers",
                filter=Q(answers__act=FilingAct.REGISTER, answers__on__lte=moment.as_of),
            )
        )
        .filter(agreed=len(Line))
    )
    return Lists(
        {city: number for city, number, _ in rows},
        sorted(set(filed.values_list("city_id", flat=True))),
        sorted(city for city, _, first in rows if first <= due),
        rule.version,
    )


def accuracy(year: int, *, adopted_on: date) -> dict[str, tuple[int, int]] | None:
    """Return how many reported values of each city were right, of how many checked.

    Only frozen samples of the acceptance year count; None until the province adopted the formula.
    """
    if not samples.adopted(adopted_on):
        return None
    found = Sample.objects.filter(year=year).exclude(frozen_on=None).order_by("city_id")
    tallies = {sample.city_id: Tally(**sample.result) for sample in found}
    return {city: (tally.right, tally.checked) for city, tally in tallies.items()}


def content_of(snapshot: Snapshot, cells: Iterable[tuple[str, str, list[int]]]) -> dict[str, Any]:
    """Return everything that the fingerprint of a snapshot covers."""
    return {
        "year": snapshot.year,
        "as_of": str(snapshot.as_of),
        "figures": snapshot.figures,
        "rules": snapshot.rules,
        "unconfirmed": snapshot.unconfirmed,
        "note": snapshot.note,
        "frozen_at": snapshot.frozen_at.isoformat(),
        "person": snapshot.person_name,
        "office": snapshot.office_name,
        "cells": sorted([figure, city, ids] for figure, city, ids in cells),
    }


def frozen(snapshot: Snapshot) -> Behind:
    """Return the ids of the records behind every cell of a snapshot."""
    rows = Cell.objects.filter(snapshot=snapshot).values_list("figure", "city", "records")
    return {(figure, city): ids for figure, city, ids in rows}


def altered() -> list[int]:
    """Return the snapshots whose content no longer has its fingerprint."""
    found = []
    for snapshot in Snapshot.objects.order_by("pk"):
        cells = [(figure, city, ids) for (figure, city), ids in frozen(snapshot).items()]
        if fingerprint(content_of(snapshot, cells)) != snapshot.sha256:
            found.append(snapshot.pk)
    return found


def changed_since(snapshot: Snapshot) -> list[Changed]:
    """Return the cells that the records of today would fill otherwise."""
    then, now = frozen(snapshot), behind(snapshot.moment)
    shown = set(CELLS)
    return compared(
        {key: ids for key, ids in then.items() if key[0] in shown},
        {key: ids for key, ids in now.items() if key[0] in shown},
    )


def moved_since(snapshot: Snapshot) -> list[Moved]:
    """Return the frozen targets and figures of lists that would be others today."""
    moment, kept = snapshot.moment, snapshot.told
    goals = {t.city_id: t.number for t in programme.targets(moment.year, as_of=moment.as_of)}
    today = lists(moment)
    return [
        *moved("预期目标", {row.code: row.target for row in kept.rows}, goals),
        *moved("公布名单（份）", kept.lists, today.published),
        *moved("按期公布", dict.fromkeys(kept.in_time, 1), dict.fromkeys(today.in_time, 1)),
        *moved("已登记备案", dict.fromkeys(kept.filed, 1), dict.fromkeys(today.filed, 1)),
    ]


@dataclass(frozen=True, slots=True)
class Difference:
    """One record that came into figures or left them since, and what was recorded meanwhile."""

    audit: Round
    came: tuple[str, ...]
    left: tuple[str, ...]
    facts: tuple[Fact, ...]


def differences(snapshot: Snapshot) -> list[Difference]:
    """Return record by record what changed since a snapshot, with the facts recorded after it."""
    came: dict[int, list[str]] = {}
    left: dict[int, list[str]] = {}
    for one in changed_since(snapshot):
        for pk in one.came:
            came.setdefault(pk, []).append(one.figure)
        for pk in one.left:
            left.setdefault(pk, []).append(one.figure)
    touched = sorted({*came, *left})
    facts: dict[int, list[Fact]] = {}
    later = Q(recorded_at__gt=snapshot.frozen_at) | Q(
        withdrawal__recorded_at__gt=snapshot.frozen_at
    )
    for fact in Fact.objects.filter(later, round__in=touched).select_related("withdrawal"):
        facts.setdefault(fact.round_id, []).append(fact)
    rounds = Round.objects.filter(pk__in=touched).select_related("city").order_by("city_id", "pk")
    return [
        Difference(
            audit, tuple(came.get(audit.pk, ())), tuple(left.get(audit.pk, ())),
            tuple(facts.get(audit.pk, ())),
        )
        for audit in rounds
    ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class LineState:
    """How far one department is: figures confirmed, disputed, still open; its last word."""

    good: int
    bad: int
    last: Opinion | None

    @property
    def open(self) -> int:
        """Return how many figures it has not looked at as they are now."""
        return len(CHECKED) - self.good - self.bad


@dataclass(frozen=True, slots=True)
class CityState:
    """How far the check of one city is, department by department."""

    code: str
    name: str
    lines: Mapping[str, LineState]

    @property
    def confirmed(self) -> bool:
        """Tell whether both departments confirmed every figure as it is now."""
        return all(state.good == len(CHECKED) for state in self.lines.values())


def states(check: DataCheck, rows: Iterable[CityCounts]) -> list[CityState]:
    """Return how far each city is: a confirmation counts while the figure is what it was."""
    said: dict[tuple[str, str], list[Opinion]] = {}
    for one in Opinion.objects.filter(check_of=check).select_related("check_of"):
        said.setdefault((one.city_id, one.line), []).append(one)
    return [
        CityState(
            row.code, row.city,
            {line.value: _tally(said.get((row.code, line.value), ()), row) for line in Line},
        )
        for row in rows
    ]  # fmt: skip


def _tally(opinions: Sequence[Opinion], row: CityCounts) -> LineState:
    bad = sum(one.verdict == Verdict.DISPUTED for one in opinions)
    good = sum(
        one.verdict == Verdict.CONFIRMED and one.value == value_of(row, one.figure)
        for one in opinions
    )
    return LineState(good, bad, max(opinions, key=lambda one: (one.said_on, one.pk), default=None))


def open_figures(check: DataCheck, row: CityCounts, line: str) -> int:
    """Return how many figures of its city a department has not looked at as they are now."""
    said = Opinion.objects.filter(check_of=check, city=row.code, line=line)
    return _tally(list(said), row).open


def departments() -> list[Organisation]:
    """Return the departments of both lines of every city, one a city and line."""
    offices = Organisation.objects.authorities().filter(county=None, city__isnull=False)
    first = {(office.city_id, office.line): office for office in offices.order_by("-pk")}
    cities = territory.cities(settings.PROVINCE_CODE)
    pairs = [(city.code, line.value) for city in cities for line in Line]
    return [first[pair] for pair in pairs if pair in first]


def waiting(check: DataCheck) -> list[Organisation]:
    """Return the departments that have not looked at all of their figures as they are now."""
    found = {one.code: one for one in states(check, statistics.counts(check.moment))}
    return [one for one in departments() if found[one.city_id or ""].lines[one.line].open]


def value_of(row: CityCounts, figure: str) -> int:
    """Return one figure of a city."""
    return int(getattr(row, figure))


def open_check(moment: AsOf) -> DataCheck | None:
    """Return the data check of these figures, the newest if there were more."""
    return DataCheck.objects.filter(year=moment.year, as_of=moment.as_of).order_by("-pk").first()


def to_check(city: str, line: str) -> list[DataCheck]:
    """Return the open checks in which a department has not looked at all figures as they are."""
    found = []
    for check in DataCheck.objects.filter(closed_on=None).order_by("due_on", "pk"):
        rows = statistics.counts(check.moment, with_targets=False)
        row = next((row for row in rows if row.code == city), None)
        if row is not None and open_figures(check, row, line):
            found.append(check)
    return found


def unanswered() -> QuerySet[Opinion]:
    """Return the disputes of open checks that the province has not answered."""
    return Opinion.objects.filter(
        check_of__closed_on=None, verdict=Verdict.DISPUTED, answered_on=None
    )


def archive(bulletin: Bulletin) -> list[Produced]:
    """Return the files that were kept of a bulletin, the newest version first."""
    return list(documents.kept(f"bulletin:{bulletin.pk}:v").order_by("-key", "format"))


def drafts() -> QuerySet[Bulletin]:
    """Return bulletins that are not issued yet, the newest first."""
    return Bulletin.objects.filter(number="").select_related("snapshot").order_by("-pk")
