"""Reads that pages, papers and acts of the year's paper share."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.db.models import Count, Q, QuerySet
from django.urls import reverse

from cleanprod.foundation.organisations import queries as organisations
from cleanprod.foundation.organisations.models import Organisation
from cleanprod.foundation.organisations.rules import Line, Standing
from cleanprod.foundation.territory import queries as territory
from cleanprod.kernel.errors import Refused
from cleanprod.stages.audits.models import Amendment
from cleanprod.stages.planning import access
from cleanprod.stages.planning.models import Answer, Filing, Plan
from cleanprod.stages.planning.rules import FilingKind, FilingStage, PlanStage
from cleanprod.stages.programme.models import Batch, Entry
from cleanprod.stages.programme.rules import AuditKind, BatchStage, EntryState


def lists(plan: Plan) -> QuerySet[Batch]:
    """Return all lists of the paper's city and year, with the number of their enterprises."""
    stands = ~Q(entries__state=EntryState.YIELDED)
    mandatory = stands & Q(entries__kind=AuditKind.MANDATORY)
    return (
        Batch.objects.filter(city=plan.city_id, year=plan.year)
        .annotate(
            firms=Count("entries", filter=stands), mandatory=Count("entries", filter=mandatory)
        )
        .order_by("-lead", "number")
    )


def joint_lists(plan: Plan) -> list[Batch]:
    """Return the ready lists that both departments put into the paper, in the order of keys."""
    return list(
        Batch.objects.filter(
            city=plan.city_id, year=plan.year, joint=True, stage=BatchStage.READY
        ).order_by("pk")
    )


def published_lists(plan: Plan) -> list[Batch]:
    """Return the lists of the year that are published already."""
    return [batch for batch in lists(plan) if batch.stage == BatchStage.PUBLISHED]


def in_paper(plan: Plan) -> list[Batch]:
    """Return the lists that the paper contains: joint ones, and those of its day or before."""
    found = []
    for batch in lists(plan):
        published = batch.stage == BatchStage.PUBLISHED and (
            plan.published_on is None
            or (batch.published_on is not None and batch.published_on <= plan.published_on)
        )
        if published or (batch.joint and batch.stage == BatchStage.READY):
            found.append(batch)
    return found


def entries(batches: Sequence[Batch]) -> QuerySet[Entry]:
    """Return the enterprises of lists in the order of the paper's annex."""
    return (
        Entry.objects.filter(batch__in=[batch.pk for batch in batches])
        .exclude(state=EntryState.YIELDED)
        .select_related("batch", "county")
        .order_by("-batch__lead", "batch__number", "row", "pk")
    )


def is_in_plan(batch: Batch) -> bool:
    """Tell whether a published list is filed with the year's paper: published by its day."""
    plan = Plan.objects.filter(year=batch.year, city=batch.city_id).first()
    if plan is None or plan.stage != PlanStage.PUBLISHED or plan.published_on is None:
        return False
    return batch.published_on is not None and batch.published_on <= plan.published_on


def issuers(plan: Plan) -> list[str]:
    """Return the names of both departments of the city, industry first as in the notice."""
    return [office.name for office in _offices(plan.city_id)]


def _offices(city: str) -> list[Organisation]:
    found = [organisations.authority(line=line.value, city=city) for line in Line]
    return [office for office in found if office is not None]


def people_of_city(city: str) -> list[tuple[int, str]]:
    """Return (person, mail address) of the people of both departments of a city."""
    told = organisations.people_of([office.pk for office in _offices(city)])
    return sorted({(person, mail) for _, person, mail in told})


def filings_of(subject: str) -> list[Filing]:
    """Return the filings of one thing with their answers, the newest first."""
    return list(
        Filing.objects.filter(subject=subject).prefetch_related("answers").order_by("-sequence")
    )


@dataclass(frozen=True, slots=True)
class Fileable:
    """A published thing that a city files with the province: a paper, a list, an amendment."""

    kind: FilingKind
    pk: int
    title: str
    url: str
    year: int
    city: str
    document_number: str
    published_on: date

    @property
    def subject(self) -> str:
        """Return how filings name it."""
        return f"{self.kind.value}:{self.pk}"


def fileable(kind: FilingKind, pk: int) -> Fileable:
    """Return the thing to be filed; what is not published or not there is refused."""
    found = next(iter(_MAKERS[kind](Q(pk=pk))), None)
    if found is None:
        raise Refused(f"{kind.label}公布后才能报送备案")
    return found


def of_city(city: str) -> list[Filing]:
    """Return the filings of a city, the earlier first."""
    return list(Filing.objects.filter(city=city).order_by("sequence"))


def to_file(city: str, years: Sequence[int], filings: Iterable[Filing]) -> list[Fileable]:
    """Return what a city published in the lists of these years and never filed, by day."""
    filed = {filing.subject for filing in filings}
    found = [
        *_plans(Q(city=city, year__in=years)),
        *_lists(Q(city=city, year__in=years)),
        *_amendments(Q(batch__city=city, batch__year__in=years)),
    ]
    return sorted(
        (one for one in found if one.subject not in filed), key=lambda one: one.published_on
    )


def _plans(which: Q) -> list[Fileable]:
    plans = Plan.objects.filter(which, stage=PlanStage.PUBLISHED).exclude(published_on=None)
    return [
        Fileable(
            FilingKind.PLAN, plan.pk, plan.title, reverse("planning:plan", args=[plan.pk]),
            plan.year, plan.city_id, plan.document_number, plan.published_on,
        )
        for plan in plans if plan.published_on
    ]  # fmt: skip


def _lists(which: Q) -> list[Fileable]:
    """Return published lists but those that are filed with the year's paper."""
    batches = Batch.objects.filter(which, stage=BatchStage.PUBLISHED)
    return [
        Fileable(
            FilingKind.LIST, batch.pk, batch.title, f"/lists/{batch.pk}/", batch.year,
            batch.city_id, batch.document_number, batch.published_on,
        )
        for batch in batches if batch.published_on and not is_in_plan(batch)
    ]  # fmt: skip


def _amendments(which: Q) -> list[Fileable]:
    return [
        Fileable(
            FilingKind.AMENDMENT, one.pk, f"{one.batch.title}{one.title}",
            reverse("audits:amendment", args=[one.batch_id, one.number]), one.batch.year,
            one.batch.city_id, one.document_number, one.happened_on,
        )
        for one in Amendment.objects.filter(which).select_related("batch")
    ]  # fmt: skip


_MAKERS = {
    FilingKind.PLAN: _plans,
    FilingKind.LIST: _lists,
    FilingKind.AMENDMENT: _amendments,
}


def returned(filings: Iterable[Filing]) -> list[Filing]:
    """Return, of a city's filings, those that were returned and not submitted again."""
    newest = {filing.subject: filing for filing in filings}
    return [filing for filing in newest.values() if filing.stage == FilingStage.RETURNED]


def to_answer(standing: Standing) -> QuerySet[Filing]:
    """Return the filings that a provincial department has not answered."""
    waiting = access.filings_visible_to(standing).filter(stage=FilingStage.SUBMITTED)
    return waiting.exclude(answers__line=standing.line or "")


@dataclass(frozen=True, slots=True)
class CityYear:
    """How far one city is with its paper of the year, as the province sees it."""

    code: str
    city: str
    plan: Plan | None
    filing: Filing | None
    answers: Mapping[str, Answer]


def year_board(year: int) -> list[CityYear]:
    """Return the cities in the notice's order with their published paper and its last filing."""
    plans = {
        plan.city_id: plan for plan in Plan.objects.filter(year=year, stage=PlanStage.PUBLISHED)
    }
    filings: dict[str, Filing] = {}
    for filing in (
        Filing.objects.filter(year=year, kind="plan")
        .prefetch_related("answers")
        .order_by("sequence")
    ):
        filings[filing.city_id] = filing
    return [
        CityYear(
            city.code, city.short_name, plans.get(city.code), filings.get(city.code),
            {one.line: one for one in filings[city.code].answers.all()}
            if city.code in filings else {},
        )
        for city in territory.cities(settings.PROVINCE_CODE)
    ]  # fmt: skip
