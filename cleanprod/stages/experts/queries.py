"""Reads of the pool and of panels: who could sit, why others could not, who works how much."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from cleanprod.foundation.engine import clock
from cleanprod.foundation.organisations.rules import Standing
from cleanprod.foundation.rulebook.models import Provision
from cleanprod.kernel.errors import Refused
from cleanprod.stages.experts import drawing, rules, ties
from cleanprod.stages.experts.drawing import Lot, Needs
from cleanprod.stages.experts.models import (
    Appointment,
    Draw,
    Expert,
    Overturn,
    Panel,
    Reviewed,
)
from cleanprod.stages.experts.rules import (
    ASKED,
    TAKEN,
    Composition,
    PanelStage,
    Seat,
    State,
)


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


@dataclass(frozen=True, slots=True)
class Screening:
    """The pool as it stands for one panel: who could be drawn, who not and why."""

    pool: list[dict[str, Any]]
    excluded: dict[int, list[str]]
    needs: Needs
    rules: ties.Rules
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
    rule = ties.rules_on(on)
    found = ties.candidates(panel, Expert.objects.filter(state=State.POOL))
    about = ties.parties(panel)
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
        drawing.frozen(one) for one in ties.candidates(panel, Expert.objects.filter(pk__in=missing))
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


@dataclass(frozen=True, slots=True)
class Composed:
    """A panel and how it came about otherwise than by one draw."""

    panel: Panel
    whys: list[str]


def composed_otherwise(year: int) -> list[Composed]:
    """Return the panels of a year with directly invited experts, or drawn after a cancelled draw.

    A second draw for the same rounds, and an invitation past the draw, are allowed but looked at.
    """
    live = Panel.objects.filter(meets_on__year=year).exclude(stage=PanelStage.CANCELLED)
    invited = Count(
        "appointments", filter=Q(appointments__draw=None, appointments__state__in=TAKEN)
    )
    again = Reviewed.objects.filter(
        panel=OuterRef("pk"),
        round__in=Reviewed.objects.filter(
            panel__stage=PanelStage.CANCELLED, panel__draws__isnull=False
        ).values("round"),
    )  # fmt: skip
    rows = live.annotate(invited=invited, again=Exists(again)).filter(
        Q(invited__gt=0) | Q(again=True)
    )
    found = []
    for one in rows.select_related("city").order_by("-meets_on", "-pk"):
        whys = [f"定向邀请{one.invited}名"] if one.invited else []
        whys += ["同一企业此前的评审组抽取后又取消"] if one.again else []
        found.append(Composed(one, whys))
    return found


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


def overturned(panel: Panel) -> dict[int, str]:
    """Return by round why a conclusion of a panel did not stand."""
    rows = Overturn.objects.filter(appointment__panel=panel).order_by("pk")
    return dict(rows.values_list("round", "reason"))


def overturns_of(expert: Expert) -> QuerySet[Overturn]:
    """Return the reviews of an expert whose conclusion did not stand, the newest first."""
    rows = Overturn.objects.filter(appointment__expert=expert)
    return rows.select_related("round", "appointment__panel").order_by("-happened_on", "-pk")


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
