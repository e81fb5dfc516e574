"""Reads that pages, papers and acts of the year's paper share."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.db.models import Count, Q, QuerySet

from cleanprod.foundation.organisations import queries as organisations
from cleanprod.foundation.organisations.models import Organisation
from cleanprod.foundation.organisations.rules import Line, Standing
from cleanprod.foundation.territory import queries as territory
from cleanprod.stages.planning import access
from cleanprod.stages.planning.models import Answer, Filing, Plan
from cleanprod.stages.planning.rules import FilingStage, PlanStage
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


def to_file(city: str, years: Sequence[int]) -> list[Batch]:
    """Return the published lists of these years that belong to no paper and were not filed."""
    batches = Batch.objects.filter(
        city=city, year__in=years, stage=BatchStage.PUBLISHED, published_on__isnull=False
    ).order_by("published_on", "pk")
    filed = set(Filing.objects.filter(city=city, kind="list").values_list("subject", flat=True))
    return [batch for batch in batches if f"list:{batch.pk}" not in filed and not is_in_plan(batch)]


def unfiled(city: str, years: Sequence[int]) -> int:
    """Return how many published papers and later lists of a city were never filed."""
    subjects = Filing.objects.filter(city=city, kind="plan").values_list("subject", flat=True)
    filed = set(subjects)
    plans = Plan.objects.filter(city=city, year__in=years, stage=PlanStage.PUBLISHED)
    return sum(f"plan:{plan.pk}" not in filed for plan in plans) + len(to_file(city, years))


def returned(city: str) -> list[Filing]:
    """Return the filings of a city that were returned and not submitted again."""
    newest: dict[str, Filing] = {}
    for filing in Filing.objects.filter(city=city).order_by("sequence"):
        newest[filing.subject] = filing
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
