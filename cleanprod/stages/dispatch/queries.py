"""Reads of dispatches: whom a selection finds, who answered, what is still overdue."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import (
    CharField,
    Count,
    Exists,
    OuterRef,
    Q,
    QuerySet,
    Value,
)
from django.db.models.functions import Cast, Concat

from cleanprod.foundation.engine import clock
from cleanprod.foundation.obligations.models import Obligation
from cleanprod.foundation.organisations.models import Organisation
from cleanprod.foundation.organisations.rules import Kind, Line, Role, Standing
from cleanprod.foundation.rulebook import queries as rulebook
from cleanprod.foundation.territory import queries as territory
from cleanprod.stages.audits import access as audits
from cleanprod.stages.audits.models import Round
from cleanprod.stages.audits.queries import clocks
from cleanprod.stages.audits.rules import WORKING
from cleanprod.stages.dispatch import access
from cleanprod.stages.dispatch.models import Dispatch, Recipient, Row
from cleanprod.stages.dispatch.rules import (
    Addressed,
    DispatchStage,
    Field,
    Rate,
    Selection,
    days_late,
    fields_in,
)
from cleanprod.stages.notices.queries import owed_by_rounds

_LATE = Q(answer__late=True, answer__answered_on__isnull=False)
_MISSING = Count("rows", filter=Q(rows__answer=None) | Q(rows__answer__answered_on=None))

Key = tuple[str, str, str, int | None]  # city, county, lead, enterprise


@dataclass(frozen=True, slots=True)
class Listed:
    """One round that a selection finds, with what it owes; `late` is the longest delay in days."""

    round: Round
    duties: tuple[dict[str, Any], ...]
    late: int


@dataclass(slots=True)
class Group:
    """The rows of one recipient before the opening; `offices` answer for it, perhaps nobody."""

    key: Key
    name: str
    offices: list[int]
    rows: list[Listed] = field(default_factory=list)

    @property
    def overdue(self) -> int:
        """Return how many rows are overdue."""
        return sum(one.late > 0 for one in self.rows)

    @property
    def latest(self) -> int:
        """Return the longest delay in days."""
        return max((one.late for one in self.rows), default=0)


@dataclass(frozen=True, slots=True)
class Tally:
    """How a place or a recipient answered, and what is overdue then and now."""

    name: str
    rate: Rate
    overdue_then: int
    overdue_now: int
    recipients: int = 1
    finished: int = 0
    pk: int | None = None


def offered(on: date) -> tuple[Field, ...]:
    """Return the fields that may be asked on a day."""
    return fields_in(rulebook.value("dispatch.fields", on=on).value)


def duty_titles(on: date) -> list[tuple[str, str]]:
    """Return the duties that may be overdue, as (key, title)."""
    return [(one.what, one.title) for one in clocks(on)]


def scope(by: Standing) -> QuerySet[Round]:
    """Return the rounds about which an office may dispatch: its province, or what it leads."""
    found = audits.visible_to(by).filter(stage__in=WORKING)
    return found.filter(lead=by.line) if by.role is Role.CITY else found


def overdue_rounds(duties: Collection[str], on: date, cities: Collection[str]) -> set[int]:
    """Return the rounds that are overdue with one of the duties on a day, in some cities."""
    rows = (
        Obligation.objects.open()
        .filter(city__in=cities, due_on__lt=on, key__startswith="round:")
        .values_list("key", flat=True)
    )
    parts = (key.split(":") for key in rows)
    return {int(part[1]) for part in parts if part[2] in duties}


def listed(by: Standing, selection: Selection, on: date) -> list[Listed]:
    """Return the rounds that a selection finds today with what they owe, in a constant of reads."""
    cities = [by.city] if by.city else [one.code for one in territory.cities(by.province)]
    narrowed = Q()
    if selection.lead:
        narrowed &= Q(lead=selection.lead)
    if selection.year:
        narrowed &= Q(list_year=selection.year)
    wanted = Q(stage__in=selection.stages)
    if selection.duties:
        wanted |= Q(pk__in=overdue_rounds(selection.duties, on, cities))
    found = scope(by).filter((narrowed & wanted) | Q(pk__in=selection.picked))
    rounds = list(found.select_related("city", "county").order_by("city", "county", "name", "pk"))
    owed = owed_by_rounds([one.pk for one in rounds])
    made = [Listed(one, *_duties(owed[one.pk], on)) for one in rounds]
    places = {one.code: place for place, one in enumerate(territory.cities(by.province))}
    made.sort(key=lambda one: places.get(one.round.city_id, len(places)))
    return made


def _duties(owed: Sequence[Obligation], on: date) -> tuple[tuple[dict[str, Any], ...], int]:
    """Return what is overdue, else what falls due next, and the longest delay."""
    said: list[dict[str, Any]] = [
        {"title": one.title, "due_on": one.due_on.isoformat(), "late": days_late(one.due_on, on)}
        for one in owed
    ]
    late = [one for one in said if one["late"]]
    kept = tuple(late or said[:1])
    return kept, max((one["late"] for one in kept), default=0)


def grouped(rows: Iterable[Listed], addressed: Addressed) -> tuple[list[Group], list[Listed]]:
    """Return the rows by recipient, and those that have none: without a county where it matters."""
    groups: dict[Key, Group] = {}
    without = []
    for one in rows:
        key = _key(one.round, addressed)
        if key is None:
            without.append(one)
            continue
        if key not in groups:
            groups[key] = Group(key, "", [])
        groups[key].rows.append(one)
    _name(groups, addressed)
    return list(groups.values()), without


def _key(audit: Round, addressed: Addressed) -> Key | None:
    if addressed is Addressed.CITY:
        return audit.city_id, "", audit.lead, None
    if addressed is Addressed.ENTERPRISE:
        return audit.city_id, audit.county_id or "", audit.lead, audit.enterprise_id
    return (audit.city_id, audit.county_id, audit.lead, None) if audit.county_id else None


def _name(groups: Mapping[Key, Group], addressed: Addressed) -> None:
    if addressed is Addressed.ENTERPRISE:
        for (*_, enterprise), group in groups.items():
            group.name, group.offices = group.rows[0].round.name, [enterprise or 0]
        return
    offices = offices_at(groups)
    for (city, county, lead, _), group in groups.items():
        found = offices.get((city, county, lead)) or offices.get((city, county, "")) or []
        place = territory.region(county or city)
        group.name = found[0].name if found else f"{place.name if place else ''}{Line(lead).label}"
        group.offices = [one.pk for one in found]


def offices_at(keys: Iterable[Key]) -> dict[tuple[str, str, str], list[Organisation]]:
    """Return the departments of cities or counties by city, county and line, in one read."""
    places = {(city, county) for city, county, *_ in keys}
    found: dict[tuple[str, str, str], list[Organisation]] = {}
    rows = Organisation.objects.filter(
        kind=Kind.AUTHORITY, city__in={city for city, _ in places}
    ).order_by("pk")
    for one in rows:
        if (one.city_id or "", one.county_id or "") in places:
            found.setdefault((one.city_id or "", one.county_id or "", one.line), []).append(one)
    return found


def answering(recipients: Sequence[Recipient]) -> dict[int, int]:
    """Return for each recipient the organisation that answers for it, where there is one."""
    keys = {
        one.pk: (one.city_id, one.county_id or "", one.lead, one.enterprise_id)
        for one in recipients
    }
    offices = offices_at(keys.values()) if any(key[3] is None for key in keys.values()) else {}
    found = {}
    for pk, (city, county, lead, enterprise) in keys.items():
        if enterprise is not None:
            found[pk] = enterprise
            continue
        at = offices.get((city, county, lead)) or offices.get((city, county, ""))
        if at:
            found[pk] = at[0].pk
    return found


def still_overdue(on: date) -> Exists:
    """Return the condition that a row's round owes something that is overdue on a day."""
    return Exists(
        Obligation.objects.open().filter(
            subject=Concat(Value("round:"), Cast(OuterRef("round_id"), CharField())),
            due_on__lt=on,
        )
    )


def tallies(recipients: QuerySet[Recipient], on: date) -> list[Tally]:
    """Return how each recipient answered, in the order of the list; one read whatever the rows.

    Overdue now are rows that were overdue at the opening and still are.
    """
    rows = (
        Row.objects.filter(recipient__in=recipients)
        .annotate(still=still_overdue(on))
        .values("recipient_id", "recipient__name")
        .annotate(
            asked=Count("pk"),
            answered=Count("answer__answered_on"),
            late_answers=Count(
                "pk", filter=Q(answer__late=True, answer__answered_on__isnull=False)
            ),
            then=Count("pk", filter=Q(late__gt=0)),
            now=Count("pk", filter=Q(late__gt=0, still=True)),
        )
        .order_by("recipient_id")
    )
    return [_tally(one) for one in rows]


def _tally(one: Mapping[str, Any]) -> Tally:
    return Tally(
        one["recipient__name"], Rate(one["answered"], one["asked"], one["late_answers"]),
        one["then"], one["now"], finished=int(one["answered"] >= one["asked"]),
        pk=one["recipient_id"],
    )  # fmt: skip


def together(name: str, found: Iterable[Tally]) -> Tally:
    """Return several tallies as one."""
    rate, then, now, recipients, finished = Rate(0, 0), 0, 0, 0, 0
    for one in found:
        rate, then, now = rate + one.rate, then + one.overdue_then, now + one.overdue_now
        recipients, finished = recipients + one.recipients, finished + one.finished
    return Tally(name, rate, then, now, recipients, finished)


def by_city(dispatch: Dispatch, found: Sequence[Tally]) -> list[Tally]:
    """Return a province's dispatch city by city, all cities in the order of notices."""
    city_of = dict(dispatch.recipients.values_list("pk", "city"))
    return [
        together(city.short_name, [one for one in found if city_of.get(one.pk or 0) == city.code])
        for city in territory.cities(dispatch.province)
    ]


def rates(standing: Standing, dispatches: Sequence[Dispatch]) -> dict[int, Rate]:
    """Return for each dispatch the rate of what this person may read of it."""
    rows = (
        Row.objects.filter(
            dispatch__in=[one.pk for one in dispatches],
            recipient__in=access.recipients_visible_to(standing),
        )
        .values("dispatch")
        .annotate(
            asked=Count("pk"), answered=Count("answer__answered_on"),
            late_answers=Count("pk", filter=_LATE),
        )
        .order_by("dispatch")
    )  # fmt: skip
    return {
        one["dispatch"]: Rate(one["answered"], one["asked"], one["late_answers"]) for one in rows
    }


def unanswered(dispatch: Dispatch) -> list[tuple[Recipient, int]]:
    """Return the recipients that have not answered all of their rows, with how many they lack."""
    found = dispatch.recipients.annotate(missing=_MISSING).filter(missing__gt=0).order_by("pk")
    return [(one, vars(one)["missing"]) for one in found]


def to_answer(standing: Standing) -> QuerySet[Recipient]:
    """Return this person's own recipients in open dispatches with something left to answer."""
    return (
        access.own_recipients(standing)
        .filter(dispatch__stage=DispatchStage.OPEN)
        .annotate(missing=_MISSING)
        .filter(missing__gt=0)
        .select_related("dispatch__opener")
        .order_by("dispatch__answer_on", "pk")
    )


def to_follow(standing: Standing) -> QuerySet[Dispatch]:
    """Return this office's open dispatches whose answer day is past."""
    return Dispatch.objects.filter(
        opener=standing.office_id, stage=DispatchStage.OPEN, answer_on__lt=clock.today()
    ).order_by("answer_on", "pk")


def drafts(standing: Standing) -> QuerySet[Dispatch]:
    """Return this office's dispatches in preparation."""
    return Dispatch.objects.filter(opener=standing.office_id, stage=DispatchStage.DRAFT).order_by(
        "-pk"
    )


def rows_of(recipients: QuerySet[Recipient]) -> QuerySet[Row]:
    """Return the rows of recipients with their answers, in the order of the list."""
    return (
        Row.objects.filter(recipient__in=recipients)
        .select_related("recipient", "answer")
        .order_by("place")
    )
