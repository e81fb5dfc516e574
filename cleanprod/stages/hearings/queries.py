"""Reads of reviews that are used more than once: how a round is reviewed, what waits."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from cleanprod.foundation.organisations.rules import Role, Standing
from cleanprod.foundation.rulebook import queries as rulebook
from cleanprod.stages.audits.models import Round
from cleanprod.stages.audits.rules import WORKING, Stage
from cleanprod.stages.experts.models import Panel
from cleanprod.stages.experts.rules import PanelStage, Purpose
from cleanprod.stages.hearings import access, rules
from cleanprod.stages.hearings.gate import Asked
from cleanprod.stages.hearings.models import Arrangement, Hearing, Offline
from cleanprod.stages.hearings.rules import PURPOSES, Mode, State, Step
from cleanprod.stages.scoring import queries as scoring
from cleanprod.stages.scoring import rules as score_sheets
from cleanprod.stages.scoring.rules import Sheet
from cleanprod.stages.scoring.rules import State as Sat

PANEL_PURPOSES = {
    Step.ASSESSMENT: Purpose.ASSESSMENT,
    Step.ACCEPTANCE: Purpose.ACCEPTANCE,
    Step.JOINT: Purpose.JOINT,
}


def arranged(audit: Round, on: date) -> Arrangement:
    """Return how a round is reviewed: as decided for it, else the usual way of its city."""
    kept = Arrangement.objects.filter(round=audit).first()
    if kept is not None:
        return kept
    usual = rulebook.value("review.mode", on=on).value
    mode = Mode(usual["cities"].get(audit.city_id, usual["usual"]))
    return Arrangement(round=audit, mode=mode.value)


def next_step(audit: Round, mode: Mode) -> Step:
    """Return which review comes next for a round."""
    return rules.step_of(mode, Stage(audit.stage), assessed=audit.assessed_on is not None)


def asked(audit: Round, on: date) -> Asked:
    """Return what an application of a round would ask today."""
    return Asked(audit, next_step(audit, Mode(arranged(audit, on).mode)), on)


def panels_for(hearing: Hearing) -> QuerySet[Panel]:
    """Return the panels that review the round and were made for this kind of review."""
    wanted = PANEL_PURPOSES[Step(hearing.step)]
    found = Panel.objects.filter(reviewed__round=hearing.round_id, purpose=wanted.value)
    return found.exclude(stage=PanelStage.CANCELLED).order_by("-meets_on", "-pk")


@dataclass(frozen=True, slots=True)
class Task:
    """How many reviews wait for an office in one way, and the filter that shows them."""

    title: str
    count: int
    query: str


def waiting(standing: Standing, today: date) -> list[Task]:
    """Return what the reviews wait for in this office, in one read."""
    rows = access.visible_to(standing).filter(round__stage__in=WORKING)
    if standing.role is Role.CITY:
        rows = rows.filter(round__lead=standing.line)
    lines = _LINES.get(standing.role, ())
    counted = rows.aggregate(
        **{f"n{place}": Count("pk", filter=test(today)) for place, (_, test, _) in enumerate(lines)}
    )
    return [
        Task(title, counted[f"n{place}"], query)
        for place, (title, _, query) in enumerate(lines)
        if counted[f"n{place}"]
    ]


def _in(state: State) -> Q:
    return Q(state=state.value)


_LINES: dict[Role, tuple[tuple[str, Callable[[date], Q], str], ...]] = {
    Role.CITY: (
        ("评估、验收申请，待受理", lambda today: _in(State.APPLIED), "state=applied"),
        ("已受理，待安排会议", lambda today: _in(State.ADMITTED), "state=admitted"),
        (
            "会议日期已到，待宣布召开",
            lambda today: _in(State.SCHEDULED) & Q(meets_on__lte=today),
            "state=scheduled",
        ),
        (
            "会议结论已审定，待登记",
            lambda today: _in(State.MEETING) & Q(sitting__state=Sat.CONFIRMED),
            "state=meeting",
        ),
        ("线下评审结果，待另一人复核", lambda today: _in(State.ENTERED), "state=entered"),
    ),
    Role.COUNTY: (
        (
            "评估、验收申请，待初核",
            lambda today: _in(State.APPLIED) & Q(checked_on=None),
            "state=applied",
        ),
        (
            "受委托组织的评审，待安排会议",
            lambda today: _in(State.ADMITTED) & Q(round__arrangement__county=True),
            "state=admitted",
        ),
    ),
    Role.ENTERPRISE: (
        ("评估、验收申请退回补正", lambda today: _in(State.RETURNED), "state=returned"),
    ),
}


def sheet_of(hearing: Hearing) -> Sheet | None:
    """Return the score sheet under which a review was held, or would be on its day."""
    if hearing.sitting is not None:
        return scoring.sheet_of(hearing.sitting)
    entry = hearing.entries.filter(rejected="").first()
    day = entry.held_on if entry else hearing.meets_on
    if day is None:
        return None
    return score_sheets.sheet_of(scoring.body_on(PURPOSES[Step(hearing.step)], day))


def irregular_entries(standing: Standing, year: int) -> QuerySet[Offline]:
    """Return the reviews on paper whose panel departed from the rules, as their entries say."""
    rows = Offline.objects.filter(hearing__in=access.visible_to(standing), held_on__year=year)
    rows = rows.exclude(irregular="").filter(rejected="").select_related("hearing__round__city")
    return rows.order_by("-held_on", "-pk")


def may_apply(standing: Standing) -> QuerySet[Round]:
    """Return the rounds of this enterprise that stand where a review is applied for."""
    live = Hearing.objects.filter(round=OuterRef("pk"), state__in=rules.LIVE)
    stages = (Stage.SUBMITTED, Stage.ASSESSED)
    found = Round.objects.filter(enterprise=standing.office_id, stage__in=stages)
    return found.filter(~Exists(live))


def this_week(standing: Standing, today: date) -> QuerySet[Hearing]:
    """Return the meetings of this week, the first one first."""
    first, last = rules.week_of(today)
    rows = access.visible_to(standing).filter(meets_on__range=(first, last))
    kept = rows.exclude(state=State.CANCELLED).select_related("round__city", "round__county")
    return kept.order_by("meets_on", "hour", "pk")
