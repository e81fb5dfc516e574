"""Reads of the pool and of panels: who could sit, why others could not, who works how much."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Q, QuerySet

from cleanprod.foundation.engine import clock
from cleanprod.foundation.organisations.models import Membership
from cleanprod.foundation.organisations.rules import Standing
from cleanprod.foundation.rulebook import queries as rulebook
from cleanprod.foundation.rulebook.models import Provision
from cleanprod.foundation.rulebook.queries import Rule
from cleanprod.kernel.errors import Refused
from cleanprod.stages.experts import drawing, rules
from cleanprod.stages.experts.drawing import Lot, Needs
from cleanprod.stages.experts.models import Appointment, Draw, Expert, Overturn, Panel
from cleanprod.stages.experts.rules import (
    ASKED,
    COUNTED,
    TAKEN,
    Bond,
    Candidate,
    Composition,
    Level,
    Limits,
    PanelStage,
    Party,
    Seat,
    State,
    TieKind,
)

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
    found = []
    for one in panel.reviewed.select_related("round__enterprise").order_by("pk"):
        audit = one.round
        names = dict.fromkeys((audit.name, audit.enterprise.name))
        found += [Party(name, audit.enterprise_id) for name in names]
        if one.consultancy:
            found.append(Party(one.consultancy, one.consultant_id, consultancy=True))
    return found


def trades_of(panel: Panel) -> tuple[str, ...]:
    """Return the divisions of GB/T 4754 of the enterprises, each once."""
    codes = panel.reviewed.order_by("pk").values_list("round__industry", flat=True)
    found = (rules.trade_of(code) for code in codes)
    return tuple(sorted({trade for trade in found if trade}))


def needs_of(panel: Panel, rule: Composition) -> Needs:
    """Return what a panel must be by a rule."""
    return Needs(
        size=panel.size,
        trades=trades_of(panel) if rule.trade_expert else (),
        energy_or_environment=rule.energy_or_environment,
        seniors=rules.seniors_needed(panel.size, rule),
        one_per_unit=rule.one_per_unit,
    )


def candidates(panel: Panel, experts: QuerySet[Expert]) -> list[Candidate]:
    """Return experts as the draw sees them, in four reads whatever the number."""
    rows = list(experts.order_by("pk").prefetch_related("ties"))
    others = Appointment.objects.filter(state__in=COUNTED).exclude(panel=panel.pk)
    others = others.exclude(panel__stage=PanelStage.CANCELLED)
    day = panel.meets_on
    month = others.filter(panel__meets_on__year=day.year, panel__meets_on__month=day.month)
    loads = dict(month.order_by().values_list("expert").annotate(Count("pk")))
    busy = set(others.filter(panel__meets_on=day).values_list("expert", flat=True))
    offices: dict[int, set[int]] = {}
    people = [row.person_id for row in rows if row.person_id]
    for person, office in Membership.objects.filter(person__in=people, until=None).values_list(
        "person_id", "organisation_id"
    ):
        offices.setdefault(person, set()).add(office)
    return [
        _candidate(row, loads.get(row.pk, 0), row.pk in busy, offices.get(row.person_id or 0, ()))
        for row in rows
    ]


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


@dataclass(frozen=True, slots=True)
class Screening:
    """The pool as it stands for one panel: who could be drawn, who not and why."""

    pool: list[dict[str, Any]]
    excluded: dict[int, list[str]]
    needs: Needs
    rules: Rules
    kept: list[int]

    @property
    def urn(self) -> list[Lot]:
        """Return the lots that may be drawn."""
        out = {*self.excluded, *self.kept}
        return [drawing.lot(one) for one in self.pool if one["id"] not in out]

    @property
    def kept_lots(self) -> list[Lot]:
        """Return the lots of the members that sit already."""
        return [drawing.lot(one) for one in self.pool if one["id"] in self.kept]

    @property
    def lacking(self) -> list[str]:
        """Return in words what the pool does not give."""
        return drawing.lacking(self.needs, self.kept_lots, self.urn)

    @property
    def may_invite(self) -> bool:
        """Tell whether the pool is so small that direct invitations are open."""
        return rules.may_invite(
            len(self.urn), below=self.rules.invite_below, possible=not self.lacking
        )

    def rows(self) -> list[tuple[dict[str, Any], list[str]]]:
        """Return those who cannot be drawn, with the reasons against each."""
        return [(one, self.excluded[one["id"]]) for one in self.pool if one["id"] in self.excluded]


def screening(panel: Panel, on: date) -> Screening:
    """Return the pool for a panel by the rules of a day: everyone who is in it, and why not."""
    rule = rules_on(on)
    found = candidates(panel, Expert.objects.filter(state=State.POOL))
    about = parties(panel)
    excluded = {
        one.id: reasons
        for one in found
        if (
            reasons := rules.exclusions(one, about, on=panel.meets_on, limits=rule.limits)
        )
    }  # fmt: skip
    seats = dict(panel.appointments.values_list("expert_id", "state"))
    kept = [pk for pk, state in seats.items() if state in TAKEN]
    for pk, state in seats.items():
        if state not in TAKEN:
            excluded.setdefault(pk, []).append(f"本组{Seat(state).label}")
        else:
            excluded.pop(pk, None)
    pool = [drawing.frozen(one) for one in found]
    known = {one["id"] for one in pool}
    missing = [pk for pk in kept if pk not in known]  # suspended after they were appointed
    pool += [
        drawing.frozen(one) for one in candidates(panel, Expert.objects.filter(pk__in=missing))
    ]
    excluded = {pk: reasons for pk, reasons in excluded.items() if pk in known}
    return Screening(pool, excluded, needs_of(panel, rule.composition), rule, sorted(kept))


def narrowed(now: Screening, first: Draw) -> Screening:
    """Return a screening for a replacement: nobody who was not in the urn of the first draw."""
    urn = {one["id"] for one in first.pool}
    pool = [one for one in now.pool if one["id"] in urn or one["id"] in now.kept]
    excluded = {pk: list(reasons) for pk, reasons in now.excluded.items()}
    for pk, reasons in first.excluded.items():
        if int(pk) not in excluded and int(pk) not in now.kept:
            excluded[int(pk)] = [f"首次抽取时：{reason}" for reason in reasons]
    known = {one["id"] for one in pool}
    excluded = {pk: reasons for pk, reasons in excluded.items() if pk in known}
    return Screening(pool, excluded, now.needs, now.rules, now.kept)


@dataclass(frozen=True, slots=True)
class Redrawn:
    """What drawing again from the record of a draw gives."""

    recorded: list[int]
    result: list[int]

    @property
    def identical(self) -> bool:
        """Tell whether both agree, members and order."""
        return self.recorded == self.result


def redraw(draw: Draw) -> Redrawn:
    """Draw again from what the record holds, and from nothing else."""
    out = {*map(int, draw.excluded), *draw.kept}
    lots = [drawing.lot(one) for one in draw.pool]
    urn = [one for one in lots if one.id not in out]
    kept = [one for one in lots if one.id in draw.kept]
    try:
        result = drawing.choose(draw.seed, urn, Needs.read(draw.needs), kept)
    except Refused:  # a record that was tampered with may allow no panel at all
        result = []
    return Redrawn(list(draw.result), result)


def differing_draws() -> list[int]:
    """Return the draws whose record does not give its result again."""
    rows = Draw.objects.order_by("pk").iterator(chunk_size=20)
    return [draw.pk for draw in rows if not redraw(draw).identical]


def cancelled_draws(panel: Panel) -> int:
    """Return how many panels that had been drawn for the same rounds were cancelled."""
    rounds = panel.reviewed.values("round")
    gone = Panel.objects.filter(stage=PanelStage.CANCELLED, draws__isnull=False)
    return gone.filter(reviewed__round__in=rounds).exclude(pk=panel.pk).distinct().count()


def as_record(draw: Draw) -> dict[str, Any]:
    """Return the whole record of a draw, with which anybody can redo it."""
    again = redraw(draw)
    return {
        "draw": draw.pk,
        "panel": draw.panel_id,
        "number": draw.number,
        "algorithm": draw.algorithm,
        "seed": draw.seed,
        "drawn_on": draw.happened_on,
        "drawn_by": draw.person_name,
        "office": draw.office_name,
        "needs": draw.needs,
        "rules": draw.rules,
        "pool": draw.pool,
        "excluded": draw.excluded,
        "kept": draw.kept,
        "reason": draw.reason,
        "result": draw.result,
        "redrawn": again.result,
        "identical": again.identical,
    }


def rules_used(draw: Draw) -> list[Provision]:
    """Return the provisions that a draw used, as they are kept."""
    return list(Provision.objects.filter(pk__in=draw.rules.values()).order_by("key"))


def barred(panel: Panel, members: Collection[int], on: date) -> dict[int, list[str]]:
    """Return by expert which ties to the reviewed bind a member by now."""
    about, years = parties(panel), rules_on(on).limits.cooling_years
    return {
        one.id: reasons
        for one in candidates(panel, Expert.objects.filter(pk__in=list(members)))
        if (reasons := rules.ties_to(one, about, on=panel.meets_on, cooling_years=years))
    }


@dataclass(frozen=True, slots=True)
class Work:
    """How often an expert was appointed, and how many of these reviews did not stand."""

    month: int
    year: int
    overturned: int


def workload(experts: Sequence[int], on: date) -> dict[int, Work]:
    """Return the appointments of a month and year by expert, in three reads."""
    seats = Appointment.objects.filter(expert__in=list(experts), state__in=TAKEN)
    seats = seats.exclude(panel__stage=PanelStage.CANCELLED).filter(panel__meets_on__year=on.year)
    year = _counted(seats)
    month = _counted(seats.filter(panel__meets_on__month=on.month))
    overturned = dict(
        Overturn.objects.filter(appointment__expert__in=list(experts))
        .order_by()
        .values_list("appointment__expert")
        .annotate(Count("pk"))
    )
    return {
        pk: Work(month.get(pk, 0), year.get(pk, 0), overturned.get(pk, 0)) for pk in experts
    }  # fmt: skip


def _counted(seats: QuerySet[Appointment]) -> dict[int, int]:
    return dict(seats.order_by().values_list("expert").annotate(Count("pk")))


def by_month(expert: Expert, year: int) -> list[int]:
    """Return how often an expert was appointed in each month of a year."""
    months = [0] * 12
    seats = Appointment.objects.filter(expert=expert, state__in=TAKEN)
    seats = seats.exclude(panel__stage=PanelStage.CANCELLED)
    for day in seats.filter(panel__meets_on__year=year).values_list("panel__meets_on", flat=True):
        months[day.month - 1] += 1
    return months


def applications() -> QuerySet[Expert]:
    """Return the applications that the province has not decided."""
    return Expert.objects.filter(state=State.APPLIED)


def to_answer(person_id: int) -> QuerySet[Appointment]:
    """Return the appointments that a person has not answered, the next meeting first."""
    rows = Appointment.objects.filter(expert__person=person_id, state__in=ASKED)
    rows = rows.filter(panel__stage__in=[PanelStage.PREPARED, PanelStage.DRAWN])
    return rows.select_related("panel").order_by("panel__meets_on", "pk")


@dataclass(frozen=True, slots=True)
class PanelTask:
    """What a panel waits for."""

    panel: Panel
    what: str


def waiting_panels(standing: Standing) -> list[PanelTask]:
    """Return the panels of a department that wait for it, the next meeting first."""
    seats = Count("appointments", filter=Q(appointments__state__in=TAKEN))
    proposed = Count("appointments", filter=Q(appointments__state=Seat.PROPOSED))
    accepted = Count("appointments", filter=Q(appointments__state=Seat.ACCEPTED))
    rows = Panel.objects.filter(city=standing.city, lead=standing.line or "")
    rows = rows.filter(stage__in=[PanelStage.PREPARED, PanelStage.DRAWN])
    rows = rows.annotate(seats=seats, proposed=proposed, accepted=accepted)
    today = clock.today()
    found = []
    for panel in rows.order_by("meets_on", "pk"):
        if panel.proposed:
            found.append(PanelTask(panel, "定向邀请待另一人批准"))
        elif panel.seats < panel.size:
            drawn = panel.stage == PanelStage.DRAWN
            found.append(PanelTask(panel, "有空缺，待补抽" if drawn else "待抽取专家"))
        elif panel.meets_on <= today and panel.accepted == panel.size:
            found.append(PanelTask(panel, "专家到齐，会议日期已到，待宣布召开"))
    return found


def likenesses(expert: Expert) -> QuerySet[Expert]:
    """Return other entries with the same phone or identity number, for who confirms."""
    same = Expert.objects.filter(phone=expert.phone)
    if expert.identity:
        same = same | Expert.objects.filter(identity=expert.identity)
    return same.exclude(pk=expert.pk)
