"""Reads of batches that count or join: which results wait for one, and what stands in the way."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Case, Count, Max, Q, QuerySet, Value, When

from cleanprod.foundation.engine import clock
from cleanprod.foundation.organisations import queries as organisations
from cleanprod.foundation.organisations.rules import Role, Standing
from cleanprod.foundation.rulebook import queries as rulebook
from cleanprod.foundation.rulebook import workdays
from cleanprod.stages.audits.models import Fact
from cleanprod.stages.audits.rules import FACT_OF, Milestone
from cleanprod.stages.results import access
from cleanprod.stages.results.models import Batch, Line, Objection
from cleanprod.stages.results.rules import (
    ANNEX_OF,
    Counting,
    Hindrances,
    Part3,
    Publicity,
    State,
    calendar_publicity,
    remaining,
)
from cleanprod.stages.review.models import Result
from cleanprod.stages.review.rules import ACT_OF, Conclusion

CONCLUSION_OF: Mapping[str, Conclusion] = {
    FACT_OF[act].value: conclusion for conclusion, act in ACT_OF.items()
}


@dataclass(frozen=True, slots=True)
class Annex:
    """One annex of a batch with its lines."""

    part: Part3
    lines: Sequence[Line]


def waiting(batch: Batch) -> QuerySet[Fact]:
    """Return the results that may enter a batch: in force, of its leads, in no live batch yet."""
    facts = Fact.objects.filter(
        kind__in=list(CONCLUSION_OF), withdrawal=None, round__city=batch.city_id,
        happened_on__year=batch.year,
    ).exclude(pk__in=Line.objects.filter(live=True).values("fact"))  # fmt: skip
    if not batch.joint:
        facts = facts.filter(round__lead=batch.lead)
    return facts.exclude(_overtaken()).select_related("round__county")


def _overtaken() -> Q:
    """A deferral that a later roll ended is no result to announce any more."""
    return Q(kind=Milestone.DEFERRED, round__deferred_on=None) | Q(
        ~Q(round__stage="deferred"), kind=Milestone.DEFERRED
    )


def to_withdraw(line: Line) -> list[Fact]:
    """Return what falls when the result of a firm is overturned, in the order of withdrawing.

    A completion stands on the acceptance, so that it goes first.
    """
    completions = Fact.objects.filter(
        round=line.round_id, kind=Milestone.COMPLETED, withdrawal=None
    )  # fmt: skip
    return [*completions, line.fact]


def annexes(batch: Batch) -> list[Annex]:
    """Return the three annexes of a batch in order; an empty one stays, to say that it is."""
    lines = list(
        batch.lines.filter(live=True)
        .select_related("round__county", "fact", "certificate")
        .order_by("round__county", "on", "pk")
    )
    return [
        Annex(part, [one for one in lines if ANNEX_OF[Conclusion(one.conclusion)] is part])
        for part in Part3
    ]


def results_of(lines: Sequence[Line]) -> dict[int, Result]:
    """Return scores and level by line, where the review recorded them."""
    facts = {line.fact_id: line.pk for line in lines}
    return {facts[one.fact_id]: one for one in Result.objects.filter(fact__in=facts)}


def publicity(first: date, days: int, counting: Counting) -> Publicity:
    """Return the publicity of so many days from a first day, counted as the batch says."""
    if counting is Counting.CALENDAR:
        return calendar_publicity(first, days)
    last = workdays.including(first, days).day
    return Publicity(first, last, days, counting, note_of(first, last, counting))


def note_of(first: date, last: date, counting: Counting) -> str:
    """Say which years' calendar is not known, where working days were counted."""
    missing = workdays.uncovered(first, last) if counting is Counting.WORKING else ()
    years = "、".join(str(year) for year in missing)
    return f"；{years}年放假安排尚未录入，按周一至周五计算" if years else ""


def usual_publicity(on: date) -> tuple[int, Counting]:
    """Return the days a publicity lasts at least, and how they are counted, by the rulebook."""
    rule = rulebook.value("results.publicity", on=on).value
    return int(rule["days"]), Counting(rule["counting"])


def years_valid(on: date) -> int:
    """Return how many years a certificate is valid, by the rulebook."""
    return int(rulebook.value("results.certificate.years", on=on).value)


def hindrances(batch: Batch) -> list[str]:
    """Return what stands in the way of announcing a batch today."""
    return Hindrances(
        last=batch.publicity_until,
        today=clock.today(),
        unanswered=batch.objections.filter(verdict="").count(),
        standing=batch.lines.filter(live=True).count(),
        joint=batch.joint,
        cosigned=batch.cosigned_on is not None,
    ).named()


def next_number(city: str, lead: str, year: int) -> int:
    """Return the number of the next batch of a department and year."""
    known = Batch.objects.filter(city=city, lead=lead, year=year)
    return int((known.aggregate(last=Max("number"))["last"] or 0) + 1)


def with_counts(batches: QuerySet[Batch]) -> QuerySet[Batch]:
    """Add to each batch how many firms it names and how many objections wait."""
    return batches.annotate(
        firms=Count("lines", filter=Q(lines__live=True), distinct=True),
        open_objections=Count("objections", filter=Q(objections__verdict=""), distinct=True),
    )


def to_answer(standing: Standing) -> QuerySet[Objection]:
    """Return the objections that this department has not answered."""
    return access.objections_visible_to(standing).filter(verdict="")


def waiting_batches(standing: Standing) -> QuerySet[Batch]:
    """Return the batches that wait for this city department, each with its `next_step` in words.

    The other department's joint ones to co-sign; its own whose publicity is over, to announce, and
    the announced ones that the province does not have yet.
    """
    if standing.role is not Role.CITY:
        return Batch.objects.none()
    own, shown = Q(lead=standing.line), Q(state=State.PUBLICITY)
    step = Case(
        When(~own & shown & Q(joint=True, cosigned_on=None), then=Value("会签")),
        When(own & shown & Q(publicity_until__lt=clock.today()), then=Value("公示期满，待公布")),
        When(own & Q(state=State.ANNOUNCED), then=Value("报送省两部门")),
    )
    found = Batch.objects.filter(city=standing.city).annotate(next_step=step)
    return found.exclude(next_step=None).order_by("pk")


def in_publicity() -> list[tuple[Batch, int]]:
    """Return what everybody may object to now, with the days that are left, the nearest first."""
    running = access.public().filter(state=State.PUBLICITY).select_related("city")
    return [(one, days_left(one)) for one in running.order_by("publicity_until", "pk")]


def days_left(batch: Batch) -> int:
    """Return on how many days, today among them, a batch still stands in publicity."""
    return remaining(batch.publicity_until, clock.today()) if batch.publicity_until else 0


def people_of(batch: Batch) -> list[tuple[int, str]]:
    """Return (person, mail address) of the people of the department that leads a batch."""
    office = organisations.authority(line=batch.lead, city=batch.city_id)
    told = organisations.people_of([office.pk] if office else [])
    return sorted({(person, mail) for _, person, mail in told})
