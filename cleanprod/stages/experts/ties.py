"""Who is independent of whom: the rules in force, the parties of a review, the ties to them."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, QuerySet

from cleanprod.foundation.accounts.models import Person
from cleanprod.foundation.organisations.models import Membership, Organisation
from cleanprod.foundation.rulebook import queries as rulebook
from cleanprod.foundation.rulebook.queries import Rule
from cleanprod.kernel.names import comparable
from cleanprod.stages.audits.models import Round
from cleanprod.stages.experts import rules
from cleanprod.stages.experts.models import Appointment, Expert, Panel, Reviewed
from cleanprod.stages.experts.rules import (
    COUNTED,
    Bond,
    Candidate,
    Composition,
    Level,
    Limits,
    PanelStage,
    Party,
    TieKind,
)
from cleanprod.stages.registration.models import Engagement

_KEYS = ("experts.panel", "experts.tie.years", "experts.month.times", "experts.invite")


@dataclass(frozen=True, slots=True)
class Rules:
    """The dated rules of panels as they hold on one day."""

    composition: Composition
    limits: Limits
    invite_below: int
    versions: dict[str, int]
    unconfirmed: tuple[Rule, ...]


def rules_on(day: date) -> Rules:
    """Return the rules in force on a day; those that nobody confirmed are told."""
    found = {key: rulebook.value(key, on=day) for key in _KEYS}
    return Rules(
        composition=Composition.of(found["experts.panel"].value),
        limits=Limits(
            int(found["experts.tie.years"].value), int(found["experts.month.times"].value)
        ),
        invite_below=int(found["experts.invite"].value["eligible_below"]),
        versions={key: rule.version for key, rule in found.items()},
        unconfirmed=tuple(rule for rule in found.values() if not rule.confirmed),
    )


def parties(panel: Panel) -> list[Party]:
    """Return the enterprises of a panel and their consultancies, each by all its names."""
    reviewed = list(panel.reviewed.select_related("round__enterprise").order_by("pk"))
    return _parties([one.round for one in reviewed], reviewed)


def _parties(rounds: Sequence[Round], reviewed: Iterable[Reviewed]) -> list[Party]:
    """Return the enterprises, the consultancies named by departments, and those engaged here.

    An engagement counts even after its end: who worked on a round stays away from its review.
    """
    found = [
        Party(name, audit.enterprise_id)
        for audit in rounds
        for name in dict.fromkeys((audit.name, audit.enterprise.name))
    ]
    found += [
        Party(one.consultancy, one.consultant_id, consultancy=True)
        for one in reviewed
        if one.consultancy
    ]
    named = {(one.organisation, one.name) for one in found}
    found += [
        Party(office.name, office.pk, consultancy=True)
        for offices in engaged([audit.pk for audit in rounds]).values()
        for office in offices
        if (office.pk, office.name) not in named
    ]
    return found


def engaged(rounds: Sequence[int]) -> dict[int, list[Organisation]]:
    """Return by round the consultancies that the enterprise engaged on the platform, each once."""
    found: dict[int, dict[int, Organisation]] = {}
    rows = Engagement.objects.filter(round__in=list(rounds)).select_related("consultancy")
    for one in rows.order_by("-ends_on", "-pk"):
        found.setdefault(one.round_id, {}).setdefault(one.consultancy_id, one.consultancy)
    return {pk: list(offices.values()) for pk, offices in found.items()}


def ties_of(people: Sequence[Person], audit: Round, on: date) -> dict[int, list[str]]:
    """Return by account why people may not review a round on a day; without a tie nothing."""
    about = _parties([audit], Reviewed.objects.filter(round=audit).order_by("pk"))
    keys = [one.pk for one in people]
    offices = _offices(keys)
    rows = Expert.objects.filter(person__in=keys).prefetch_related("ties")
    known = {
        key: _candidate(row, 0, False, offices.get(key, ()))
        for row in rows
        if (key := row.person_id)
    }
    years = rules_on(on).limits.cooling_years
    found = {}
    for one in people:
        bare = Candidate(one.pk, one.name, Level.OTHER, offices=frozenset(offices.get(one.pk, ())))
        ties = rules.ties_to(known.get(one.pk, bare), about, on=on, cooling_years=years)
        if ties:
            found[one.pk] = list(dict.fromkeys(ties))
    return found


def candidates(panel: Panel, experts: QuerySet[Expert]) -> list[Candidate]:
    """Return experts as the draw sees them, in four reads whatever the number."""
    rows = list(experts.order_by("pk").prefetch_related("ties"))
    others = Appointment.objects.filter(state__in=COUNTED).exclude(panel=panel.pk)
    others = others.exclude(panel__stage=PanelStage.CANCELLED)
    day = panel.meets_on
    month = others.filter(panel__meets_on__year=day.year, panel__meets_on__month=day.month)
    loads = dict(month.order_by().values_list("expert").annotate(Count("pk")))
    busy = set(others.filter(panel__meets_on=day).values_list("expert", flat=True))
    offices = _offices([row.person_id for row in rows if row.person_id])
    return [
        _candidate(row, loads.get(row.pk, 0), row.pk in busy, offices.get(row.person_id or 0, ()))
        for row in rows
    ]


def ties_of_named(
    named: Sequence[tuple[str, str]], audit: Round, on: date
) -> dict[str, list[str]]:  # fmt: skip
    """Return by name why people on paper, told by name and unit, may not review a round."""
    about = _parties([audit], Reviewed.objects.filter(round=audit).order_by("pk"))
    years = rules_on(on).limits.cooling_years
    rows = Expert.objects.filter(name__in=[name for name, _ in named]).prefetch_related("ties")
    known = {(comparable(row.name), comparable(row.employer)): row for row in rows}
    found = {}
    for name, unit in named:
        row = known.get((comparable(name), comparable(unit)))
        offices = _offices([row.person_id]) if row and row.person_id else {}
        bare = Candidate(0, name, Level.OTHER, employer=unit)
        one = _candidate(row, 0, False, offices.get(row.person_id or 0, ())) if row else bare
        if told := rules.ties_to(one, about, on=on, cooling_years=years):
            found[name] = list(dict.fromkeys(told))
    return found


def _offices(people: Sequence[int]) -> dict[int, set[int]]:
    """Return by account for whom people act now."""
    found: dict[int, set[int]] = {}
    live = Membership.objects.filter(person__in=people, until=None)
    for person, office in live.values_list("person_id", "organisation_id"):
        found.setdefault(person, set()).add(office)
    return found


def _candidate(row: Expert, load: int, busy: bool, offices: Iterable[int]) -> Candidate:
    away = (row.away_since, row.away_until) if row.away_since and row.away_until else None
    bonds = tuple(
        Bond(
            TieKind(tie.kind), tie.name, tie.organisation_id, tie.since, tie.until, tie.reason
        )
        for tie in row.ties.all()
    )  # fmt: skip
    return Candidate(
        id=row.pk, name=row.name, level=Level(row.level), fields=tuple(row.fields),
        trades=tuple(row.trades), employer=row.employer, city=row.city_id or "", bonds=bonds,
        away=away, load=load, busy=busy, offices=frozenset(offices),
    )  # fmt: skip


def barred(panel: Panel, members: Collection[int], on: date) -> dict[int, list[str]]:
    """Return by expert which ties to the reviewed bind a member by now."""
    about, years = parties(panel), rules_on(on).limits.cooling_years
    return {
        one.id: reasons
        for one in candidates(panel, Expert.objects.filter(pk__in=list(members)))
        if (reasons := rules.ties_to(one, about, on=panel.meets_on, cooling_years=years))
    }
