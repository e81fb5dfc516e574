"""Words and moves of reviews: modes, application, meeting, paper route, conclusion."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

from cleanprod.kernel.errors import Refused
from cleanprod.kernel.lifecycle import Lifecycle, Move
from cleanprod.kernel.names import comparable
from cleanprod.kernel.term import Term
from cleanprod.stages.audits.rules import Stage, Template
from cleanprod.stages.scoring.rules import FULL_MARK, Purpose, Sheet

_CENT, _ZERO = Decimal("0.01"), Decimal(0)
Mode = Template  # how a round is reviewed


class Step(Term):
    """Which review it is."""

    ASSESSMENT = "assessment", "评估"
    ACCEPTANCE = "acceptance", "验收"
    JOINT = "joint", "评估验收（合并）"


PURPOSES: Mapping[Step, Purpose] = {
    Step.ASSESSMENT: Purpose.ASSESSMENT,
    Step.ACCEPTANCE: Purpose.ACCEPTANCE,
    Step.JOINT: Purpose.ACCEPTANCE,
}


class Form(Term):
    """How the panel meets."""

    SITE = "site", "现场"
    ONLINE = "online", "视频"
    PAPER = "paper", "书面"


class State(Term):
    """Where a review stands."""

    APPLIED = "applied", "已申请，待受理"
    RETURNED = "returned", "退回补正"
    ADMITTED = "admitted", "已受理，待安排"
    SCHEDULED = "scheduled", "已安排会议"
    MEETING = "meeting", "评审中"
    ENTERED = "entered", "线下结果待复核"
    CONCLUDED = "concluded", "已有结论"
    CANCELLED = "cancelled", "已撤销"


LIVE = (
    State.APPLIED,
    State.RETURNED,
    State.ADMITTED,
    State.SCHEDULED,
    State.MEETING,
    State.ENTERED,
)


class Act(Term):
    """What can be done to a review."""

    APPLY = "apply", "再次申请"
    CHECK = "check", "初核"
    ADMIT = "admit", "受理"
    RETURN = "return", "退回补正"
    SCHEDULE = "schedule", "安排会议"
    OPEN = "open", "宣布会议召开"
    ENTER = "enter", "录入线下评审结果"
    VERIFY = "verify", "复核确认"
    DISPUTE = "dispute", "退回录入"
    CONCLUDE = "conclude", "登记结论"
    CANCEL = "cancel", "撤销"


class Who(Term):
    """The part a person has in a review; the host is a county that the lead lets organise."""

    ENTERPRISE = "enterprise", "企业"
    COUNTY = "county", "县区、镇街、园区"
    HOST = "host", "受委托组织的县区"
    LEAD = "lead", "牵头部门"


_LEAD = frozenset({Who.LEAD})
_HOSTS = frozenset({Who.LEAD, Who.HOST})
_FIRM = frozenset({Who.ENTERPRISE})

LIFECYCLE: Lifecycle[State, Act, Who] = Lifecycle(
    (
        Move(Act.APPLY, State.RETURNED, State.APPLIED, _FIRM),
        Move(Act.CHECK, State.APPLIED, State.APPLIED, frozenset({Who.COUNTY})),
        Move(Act.ADMIT, State.APPLIED, State.ADMITTED, _LEAD),
        Move(Act.RETURN, State.APPLIED, State.RETURNED, _HOSTS, reason=True),
        Move(Act.SCHEDULE, State.ADMITTED, State.SCHEDULED, _HOSTS),
        Move(Act.SCHEDULE, State.SCHEDULED, State.SCHEDULED, _HOSTS),
        Move(Act.OPEN, State.SCHEDULED, State.MEETING, _LEAD),
        Move(Act.OPEN, State.MEETING, State.MEETING, _LEAD),
        Move(Act.ENTER, State.ADMITTED, State.ENTERED, _LEAD),
        Move(Act.ENTER, State.SCHEDULED, State.ENTERED, _LEAD),
        Move(Act.VERIFY, State.ENTERED, State.CONCLUDED, _LEAD),
        Move(Act.DISPUTE, State.ENTERED, State.ADMITTED, _LEAD, reason=True),
        Move(Act.CONCLUDE, State.MEETING, State.CONCLUDED, _LEAD),
        Move(Act.CANCEL, State.APPLIED, State.CANCELLED, _LEAD | _FIRM, reason=True),
        Move(Act.CANCEL, State.RETURNED, State.CANCELLED, _LEAD | _FIRM, reason=True),
        Move(Act.CANCEL, State.ADMITTED, State.CANCELLED, _LEAD, reason=True),
        Move(Act.CANCEL, State.SCHEDULED, State.CANCELLED, _LEAD, reason=True),
        Move(Act.CANCEL, State.MEETING, State.CANCELLED, _LEAD, reason=True),
    )
)


class Outcome(Term):
    """What a review came to, and so which fact of the round it records."""

    PASSED = "passed", "通过"
    REDO = "redo", "重新审核"
    FAILED = "failed", "未通过"


def step_of(mode: Mode, stage: Stage, *, assessed: bool) -> Step:
    """Return which review comes next for a round that stands here."""
    if stage is Stage.ASSESSED or (stage is Stage.IN_ACCEPTANCE and assessed):
        return Step.ACCEPTANCE
    return Step.JOINT if mode is Mode.JOINT else Step.ASSESSMENT


def stages_for(step: Step) -> frozenset[Stage]:
    """Return where a round may stand when a review is applied for.

    The second one of each is where an admitted review that was cancelled has left it.
    """
    if step is Step.ASSESSMENT:
        return frozenset({Stage.SUBMITTED, Stage.IN_ASSESSMENT})
    first = Stage.SUBMITTED if step is Step.JOINT else Stage.ASSESSED
    return frozenset({first, Stage.IN_ACCEPTANCE})


def usual_form(mode: Mode, step: Step) -> Form:
    """Return how the panel meets unless the department says otherwise."""
    paper = mode is Mode.PAPER_SITE and step is Step.ASSESSMENT
    return Form.PAPER if paper else Form.SITE


def application_of(step: Step) -> str:
    """Return what the application is called."""
    return {Step.ASSESSMENT: "评估申请", Step.ACCEPTANCE: "验收申请"}.get(step, "评估验收申请")


def outcome_of(step: Step, passes: bool) -> Outcome:
    """Return what passing or not means: a failed assessment is done again, the rest fails."""
    if passes:
        return Outcome.PASSED
    return Outcome.REDO if step is Step.ASSESSMENT else Outcome.FAILED


@dataclass(frozen=True, slots=True)
class Voter:
    """One expert of a review held on paper: what the score sheet says."""

    name: str
    unit: str
    total: Decimal | None
    veto: str = ""

    def as_json(self) -> dict[str, str]:
        """Return it as it is kept."""
        total = "" if self.total is None else str(self.total)
        return {"name": self.name, "unit": self.unit, "total": total, "veto": self.veto}


def voter_of(place: int, name: str, unit: str, total: str, veto: str) -> Voter | None:
    """Return what a row of the form says, None for an empty one, or refuse what cannot be."""
    name, unit, total, veto = (text.strip() for text in (name, unit, total, veto))
    if not (name or unit or total or veto):
        return None
    if not name or not unit:
        raise Refused(f"第{place}行：请填写专家姓名和工作单位")
    if veto:
        return Voter(name, unit, None, veto[:200])
    try:
        value = Decimal(total)
    except InvalidOperation:
        raise Refused(f"第{place}行：得分请填写数字，存在否决项的填写否决项") from None
    if not value.is_finite() or not _ZERO <= value <= FULL_MARK or value != round(value, 1):
        raise Refused(f"第{place}行：得分应在0至{FULL_MARK}之间，最多一位小数")
    return Voter(name, unit, value)


@dataclass(frozen=True, slots=True)
class Reckoned:
    """What the score sheets of a review held on paper come to."""

    mean: Decimal | None
    meaning: str
    passes: bool


def reckon(sheet: Sheet, voters: Sequence[Voter]) -> Reckoned:
    """Return the outcome by the exact mean and the bands of the sheet; a veto stops it."""
    if not voters:
        raise Refused("请填写每位专家的得分")
    totals = [one.total for one in voters if one.total is not None]
    if len(totals) < len(voters):
        return Reckoned(None, "存在否决项，不予通过", False)
    exact = sum(totals, _ZERO) / len(totals)
    band = sheet.band(exact)
    return Reckoned(exact.quantize(_CENT, ROUND_HALF_UP), band.meaning, band.passes)


def checked_voters(voters: Sequence[Voter]) -> None:
    """Refuse an expert named twice."""
    names = [(comparable(one.name), comparable(one.unit)) for one in voters]
    if len(set(names)) != len(names):
        raise Refused("同一专家填写了两次")


def week_of(today: date) -> tuple[date, date]:
    """Return Monday and Sunday of the week of a day."""
    first = today - timedelta(days=today.weekday())
    return first, first + timedelta(days=6)
