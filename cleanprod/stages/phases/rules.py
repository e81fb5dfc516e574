"""What an audit plan and a phase may say; pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from cleanprod.kernel.term import Term
from cleanprod.stages.audits.rules import Stage


class Mode(Term):
    """How thorough the audit is."""

    FULL = "full", "完整"
    SIMPLIFIED = "simplified", "简化"


class Duty(Term):
    """What somebody is in the audit team."""

    LEADER = "leader", "组长"
    DEPUTY = "deputy", "副组长"
    MEMBER = "member", "成员"


class State(Term):
    """Where a phase stands on a day."""

    DONE = "done", "已完成"
    RUNNING = "running", "进行中"
    LATE = "late", "已逾期"
    WAITING = "waiting", "未开始"


# The enterprise changes its plan until the round ends, its phases once the audit has started.
PLANNABLE = (
    Stage.REGISTERED, Stage.PLANNED, Stage.STARTED, Stage.SUBMITTED, Stage.IN_ASSESSMENT,
    Stage.ASSESSED, Stage.IN_ACCEPTANCE,
)  # fmt: skip
WORKABLE = (*PLANNABLE[2:], Stage.ACCEPTED)
MOST_PEOPLE = 30
LONGEST_NOTE = 1000


@dataclass(frozen=True, slots=True)
class Member:
    """One person of the audit team."""

    name: str
    post: str
    duty: Duty


@dataclass(frozen=True, slots=True)
class Slot:
    """The planned days of one phase."""

    title: str
    first: date
    last: date


@dataclass(frozen=True, slots=True)
class PlanContent:
    """What an enterprise says in its plan; the focus may be set later."""

    team: tuple[Member, ...]
    schedule: tuple[Slot, ...]
    focus: str = ""
    consultancy: str = ""


def titles(said: str) -> tuple[str, ...]:
    """Return the phases that a provision names, in order."""
    return tuple(part.strip() for part in said.split("、") if part.strip())


def faults_of_team(team: Sequence[Member]) -> list[str]:
    """Tell what is wrong with a team."""
    if not team:
        return ["请填写审核小组成员"]
    faults = []
    leaders = sum(one.duty is Duty.LEADER for one in team)
    if leaders != 1:
        faults.append(f"审核小组应有1名组长，现有{leaders}名")
    names = [one.name for one in team]
    twice = sorted({name for name in names if names.count(name) > 1})
    return faults + [f"“{name}”重复" for name in twice]


def faults_of_schedule(schedule: Sequence[Slot]) -> dict[int, str]:
    """Tell what is wrong with the planned days, by place; phases may overlap but not swap."""
    faults = {}
    for place, slot in enumerate(schedule):
        if slot.last < slot.first:
            faults[place] = "计划完成日期不能早于计划开始日期"
        elif place and slot.first < schedule[place - 1].first:
            faults[place] = f"不能早于“{schedule[place - 1].title}”的开始日期"
    return faults


class Begun(NamedTuple):
    """A phase and the day on which it really began."""

    title: str
    on: date | None


def fault_of_beginning(on: date | None, number: int, phases: Sequence[Begun]) -> str:
    """Tell what is wrong with the day on which a phase began, beside the others in their order."""
    if on is None:
        return ""
    for place, other in enumerate(phases, 1):
        if other.on and place < number and on < other.on:
            return f"实际开始不能早于“{other.title}”的实际开始日期{other.on}"
        if other.on and place > number and on > other.on:
            return f"实际开始不能晚于“{other.title}”的实际开始日期{other.on}"
    return ""


def state_of(
    planned_last: date | None, first: date | None, last: date | None, today: date
) -> State:
    """Tell where a phase stands: it is late from the day after its planned last day."""
    if last is not None:
        return State.DONE
    if planned_last is not None and today > planned_last:
        return State.LATE
    return State.RUNNING if first is not None else State.WAITING
