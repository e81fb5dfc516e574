"""What a round owes and has published, what is known beforehand, and the desks' board."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import CharField, Exists, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Cast, Concat

from cleanprod.foundation.engine import clock
from cleanprod.foundation.obligations.models import Obligation
from cleanprod.foundation.organisations.rules import Role, Standing
from cleanprod.foundation.rulebook import queries as rulebook
from cleanprod.foundation.territory import queries as territory
from cleanprod.kernel.period import add_months
from cleanprod.stages.audits import queries as audits
from cleanprod.stages.audits.models import Round
from cleanprod.stages.audits.rules import Stage, applied, due, explain
from cleanprod.stages.disclosures import access
from cleanprod.stages.disclosures.models import Edition, Publication
from cleanprod.stages.disclosures.rules import (
    OUT,
    STAGES,
    Kind,
    State,
    kinds_of,
    why_closed,
)
from cleanprod.stages.materials import access as materials
from cleanprod.stages.measures import queries as measures
from cleanprod.stages.measures.rules import Field, ValueSet
from cleanprod.stages.programme.rules import AuditKind
from cleanprod.stages.registration import queries as registration


@dataclass(frozen=True, slots=True)
class Due:
    """From when and until when something is to be published, with the reason in words."""

    opened_on: date
    due_on: date
    basis: str
    rule: int | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One kind of publication of one round."""

    kind: Kind
    publication: Publication | None
    due: Due | None
    closed: str

    @property
    def state(self) -> State | None:
        """Return where it stands."""
        return State(self.publication.state) if self.publication else None

    @property
    def out(self) -> bool:
        """Tell whether something of it was published."""
        return self.state in OUT

    @property
    def owed(self) -> bool:
        """Tell whether the enterprise has to act: nothing is out yet, or it came back."""
        return not self.closed and (not self.out or self.state is State.RETURNED)

    @property
    def overdue(self) -> bool:
        """Tell whether the day has passed."""
        return self.owed and self.due is not None and self.due.due_on < clock.today()

    @property
    def said(self) -> str:
        """Return in words where it stands, for people and workbooks."""
        if self.out and self.state:
            return self.state.label
        if self.closed:
            return self.closed
        return "逾期未公布" if self.overdue else "未公布"


def lines_of(rounds: Sequence[Round]) -> dict[int, list[Line]]:
    """Return what each of these rounds publishes, in three reads however many rounds."""
    keys = [audit.pk for audit in rounds]
    kept = {
        (one.round_id, one.kind): one
        for one in Publication.objects.filter(round__in=keys).select_related("round")
    }
    month = registration_dues(keys)
    found: dict[int, list[Line]] = {}
    for audit in rounds:
        found[audit.pk] = [
            Line(
                kind, kept.get((audit.pk, kind.value)), _due(audit, kind, month.get(audit.pk)),
                why_closed(kind, Stage(audit.stage)),
            )
            for kind in kinds_of(AuditKind(audit.kind))
        ]  # fmt: skip
    return found


def lines(audit: Round) -> list[Line]:
    """Return what one round publishes."""
    return lines_of([audit])[audit.pk]


def registration_dues(rounds: Collection[int]) -> dict[int, Due]:
    """Return the month of registration as it stands in the obligations, extensions included.

    Of several lists that named an enterprise the latest counts.
    """
    subjects = [f"round:{pk}" for pk in rounds]
    rows = Obligation.objects.filter(subject__in=subjects, key__contains=":register:")
    found: dict[int, Due] = {}
    for one in rows.order_by("due_on", "pk"):
        basis = f"{one.basis}；{one.extension}" if one.extension else one.basis
        key = int(one.subject.removeprefix("round:"))
        found[key] = Due(one.opened_on, one.due_on, basis[:300], one.rule)
    return found


def _due(audit: Round, kind: Kind, month: Due | None) -> Due | None:
    if kind is Kind.RESULTS:
        return _due_of_results(audit)
    if month is not None:
        return month
    start = audit.rolled_on or audit.listed_on
    first = next(one for one in audits.clocks(start) if one.what == "register")
    mandatory = audit.kind == AuditKind.MANDATORY
    basis = applied(explain(first, start), mandatory=mandatory)
    return Due(start, due(first, start), basis, first.rule)


def _due_of_results(audit: Round) -> Due | None:
    if audit.accepted_on is None:
        return None
    rule = rulebook.value("disclosure.results.months", on=audit.accepted_on)
    day = add_months(audit.accepted_on, int(rule.value))
    said = f"通过验收 {audit.accepted_on} + {rule.value}个月（{rule.basis}）"
    return Due(audit.accepted_on, day, said[:300], rule.version)


def since(on: date) -> date:
    """Return from which day on lists and acceptances count; earlier ones are not chased."""
    return date.fromisoformat(rulebook.value("disclosure.since", on=on).value)


def yearly_link() -> str:
    """Return the address where the yearly environmental information is disclosed."""
    return str(rulebook.value("disclosure.yearly.link", on=clock.today()).value)


def owing(kind: Kind, on: date) -> Q:
    """Return the condition that a round has to publish this kind by what the rulebook counts."""
    day = "accepted_on" if kind is Kind.RESULTS else "listed_on"
    stages = [one.value for one in STAGES[kind]]
    found = Q(stage__in=stages, **{f"{day}__gte": since(on)})
    return found if kind is Kind.BASIC else found & Q(kind=AuditKind.MANDATORY)


def published(kind: Kind, *states: State) -> Exists:
    """Return the condition that a round has published this kind, or that it stands so."""
    wanted = [one.value for one in states or OUT]
    return Exists(Publication.objects.filter(round=OuterRef("pk"), kind=kind, state__in=wanted))


def missing(kind: Kind, on: date) -> Q:
    """Return the condition that a round still has to publish this kind."""
    return owing(kind, on) & ~Q(published(kind))


def overdue(kind: Kind, on: date) -> Q:
    """Return the condition that the day has passed and nothing was published."""
    if kind is Kind.RESULTS:
        months = int(rulebook.value("disclosure.results.months", on=on).value)
        return missing(kind, on) & Q(accepted_on__lte=_last_start(on, months))
    late = Obligation.objects.filter(
        subject=Concat(Value("round:"), Cast(OuterRef("pk"), CharField())),
        key__contains=":register:", due_on__lt=on,
    )  # fmt: skip
    return missing(kind, on) & Q(Exists(late))


def _last_start(on: date, months: int) -> date:
    """Return the last day from which so many months are over on a day."""
    day = add_months(on, -months)
    while add_months(day, months) >= on:
        day = date.fromordinal(day.toordinal() - 1)
    return day


def proofs_to_check(standing: Standing) -> QuerySet[Publication]:
    """Return the category publications whose proof waits for this department."""
    found = Publication.objects.filter(kind=Kind.CATEGORY, state=State.WAITING)
    if standing.role is not Role.CITY:
        return found.none()
    return found.filter(round__city=standing.city, round__lead=standing.line)


def owed_by(standing: Standing, most: int = 10) -> list[tuple[Round, Line]]:
    """Return what the enterprise of this person has to publish, the nearest day first."""
    on = clock.today()
    own = access.rounds(standing)
    wanted = Q(pk__in=_returned())
    for kind in Kind:
        wanted |= missing(kind, on)
    rounds = list(own.filter(wanted).order_by("-list_year", "-pk")[:most])
    told = lines_of(rounds)
    found = [(audit, line) for audit in rounds for line in told[audit.pk] if line.owed]
    return sorted(found, key=lambda pair: (pair[1].due.due_on if pair[1].due else on, pair[0].pk))


def _returned() -> QuerySet[Any]:
    return Publication.objects.filter(state=State.RETURNED).values("round")


def current(publication: Publication) -> Edition | None:
    """Return the version that stands."""
    rows = publication.editions.select_related("verdict", "proof")
    return rows.filter(number=publication.number).first()


def known(audit: Round, kind: Kind) -> dict[str, str]:
    """Return what the platform knows of the fields beforehand; the rest is blank."""
    if kind is Kind.BASIC:
        return _known_basics(audit)
    return _known_results(audit) if kind is Kind.RESULTS else {}


def fixed(audit: Round, kind: Kind) -> dict[str, str]:
    """Return the fields that nobody types."""
    if kind is Kind.BASIC:
        return {
            "name": audit.enterprise.name, "code": audit.enterprise.code or audit.code,
            "kind": audit.get_kind_display(), "reasons": audit.entry.reasons,
        }  # fmt: skip
    if kind is Kind.RESULTS and audit.accepted_on:
        return {"accepted_on": audit.accepted_on.isoformat()}
    return {}


def _known_basics(audit: Round) -> dict[str, str]:
    firm = audit.enterprise
    industry = territory.nearest_industry(audit.industry) if audit.industry else None
    people = registration.contacts(firm.merged_into_id or firm.pk)
    consultants = [one.consultancy.name for one in materials.engagements(audit)]
    return {
        "address": firm.address or audit.entry.address,
        "trade": f"{audit.industry} {industry.name}" if industry else audit.industry,
        "contact": people[0].membership.person.name if people else "",
        "phone": firm.phone,
        "consultancy": "、".join(consultants),
    }


_WASTES = (
    Field.COD, Field.AMMONIA, Field.SO2, Field.NOX, Field.VOC, Field.SMOKE, Field.DUST,
    Field.SOLID_WASTE, Field.HAZARDOUS, Field.HEAVY_METAL,
)  # fmt: skip


def _known_results(audit: Round) -> dict[str, str]:
    """Return what the sheet of the round adds up to: verified numbers first; 万元 told in 元."""
    sheet = measures.sheet_of(audit)
    if sheet is None:
        return {}
    sets = (ValueSet.VERIFIED, ValueSet.ASSESSED, ValueSet.EXPECTED)
    told: Mapping[str, str] = next(
        (
            sheet.totals[one.value]
            for one in sets
            if sheet.totals.get(one.value, {}).get("measures", "0") != "0"
        ),
        {},
    )
    names = sheet.measures.order_by("row", "pk").values_list("name", flat=True)
    cuts = [
        f"{one.label.removesuffix('（t/年）')} {_plain(told[one.value])} t/年"
        for one in _WASTES
        if told.get(one.value, "0") not in ("", "0")
    ]
    return {
        "low": told.get("low", ""), "high": told.get("high", ""), "measures": "；".join(names),
        "investment": _yuan(told.get(Field.INVESTMENT.value)),
        "benefit": _yuan(told.get(Field.BENEFIT.value)),
        "tce": _plain(told.get("tce")), "water": _plain(told.get(Field.WATER.value)),
        "discharges": "；".join(cuts),
    }  # fmt: skip


def _plain(text: str | None) -> str:
    return f"{Decimal(text).normalize():f}" if text else ""


def _yuan(text: str | None) -> str:
    return _plain(str(Decimal(text) * 10000)) if text else ""


def board(standing: Standing) -> QuerySet[Round]:
    """Return the rounds of this desk that publish something: those listed since we count."""
    return access.rounds(standing).select_related("city", "county")
