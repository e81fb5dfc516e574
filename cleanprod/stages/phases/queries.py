"""Reads of plans and phases."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef, QuerySet

from cleanprod.foundation.engine import clock
from cleanprod.foundation.rulebook import queries as rulebook
from cleanprod.foundation.rulebook.queries import Rule
from cleanprod.stages.audits.models import Round
from cleanprod.stages.phases.models import Course, Plan, Progress
from cleanprod.stages.phases.rules import (
    PLANNABLE,
    WORKABLE,
    Duty,
    Member,
    Mode,
    PlanContent,
    Slot,
    State,
    state_of,
    titles,
)


def mode_of(audit: Round) -> Mode:
    """Return how a round is audited; in full unless the lead department decided otherwise."""
    course = Course.objects.filter(round=audit).first()
    return Mode(course.mode) if course else Mode.FULL


def rule_of(audit: Round, mode: Mode) -> Rule:
    """Return the provision that names the phases, as it stood when the round was listed."""
    return rulebook.value(f"round.phases.{mode.value}", on=audit.listed_on)


def phase_titles(audit: Round) -> tuple[str, ...]:
    """Return the phases of a round in order."""
    return titles(str(rule_of(audit, mode_of(audit)).value))


def newest_plan(audit: Round) -> Plan | None:
    """Return the plan that holds."""
    return Plan.objects.filter(round=audit).order_by("-version").first()


def content_of(plan: Plan) -> PlanContent:
    """Return what a version of a plan says."""
    return PlanContent(
        tuple(Member(one["name"], one["post"], Duty(one["duty"])) for one in plan.team),
        tuple(
            Slot(one["title"], date.fromisoformat(one["first"]), date.fromisoformat(one["last"]))
            for one in plan.schedule
        ),
        plan.focus,
        plan.consultancy,
    )


@dataclass(frozen=True, slots=True)
class Phase:
    """One phase of a round: what was planned, what happened, where it stands today."""

    number: int
    title: str
    planned: Slot | None
    done: Progress | None
    state: State
    late_days: int = 0


def phases_of(audit: Round, plan: Plan | None = None) -> list[Phase]:
    """Return the phases of a round in order, as they stand today."""
    plan = plan or newest_plan(audit)
    slots = {slot.title: slot for slot in content_of(plan).schedule} if plan else {}
    filled = {one.title: one for one in Progress.objects.filter(round=audit)}
    today = clock.today()
    found = []
    for number, title in enumerate(phase_titles(audit), 1):
        slot, done = slots.get(title), filled.get(title)
        state = state_of(
            slot.last if slot else None, done.first_on if done else None,
            done.last_on if done else None, today,
        )  # fmt: skip
        late = (today - slot.last).days if slot and state is State.LATE else 0
        found.append(Phase(number, title, slot, done, state, late))
    return found


def unanswered(rounds: QuerySet[Round]) -> QuerySet[Plan]:
    """Return the plans on which somebody remarked and which have no later version."""
    later = Plan.objects.filter(round=OuterRef("round"), version__gt=OuterRef("version"))
    found = Plan.objects.filter(round__in=rounds.filter(stage__in=PLANNABLE), remarks__isnull=False)
    return found.exclude(Exists(later)).distinct().select_related("round").order_by("pk")


def late_phases(rounds: QuerySet[Round]) -> list[tuple[Round, Phase]]:
    """Return the phases of rounds at work whose planned days are over; for few rounds."""
    return [
        (audit, phase)
        for audit in rounds.filter(stage__in=WORKABLE, plans__isnull=False)
        .distinct()
        .order_by("pk")
        for phase in phases_of(audit)
        if phase.state is State.LATE
    ]
