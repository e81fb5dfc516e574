"""Where a round stands: the line of steps, whose turn it is, what is owed, what comes next."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from cleanprod.foundation.engine import clock
from cleanprod.foundation.obligations.models import Obligation
from cleanprod.foundation.organisations import queries as organisations
from cleanprod.foundation.organisations.models import Organisation
from cleanprod.foundation.organisations.rules import Standing
from cleanprod.stages.audits.access import visible_to as rounds_of
from cleanprod.stages.audits.models import Round
from cleanprod.stages.audits.rules import OPEN, Milestone, Stage, Template
from cleanprod.stages.disclosures import queries as disclosures
from cleanprod.stages.hearings import queries as hearings
from cleanprod.stages.hearings.rules import LIVE, State, Step, application_of
from cleanprod.stages.remarks import queries as remarks
from cleanprod.stages.remarks.rules import Step as Raised
from cleanprod.stages.review import completing
from cleanprod.stages.submissions import queries as submissions

_STEPS = (
    (Milestone.LISTED, "列入名单"),
    (Milestone.REGISTERED, "企业注册"),
    (Milestone.PLANNED, "审核计划"),
    (Milestone.STARTED, "启动审核"),
    (Milestone.REPORTED, "审核报告"),
    (Milestone.ASSESSED, "通过评估"),
    (Milestone.ACCEPTED, "通过验收"),
    (Milestone.COMPLETED, "办结"),
)
_ENDED = {
    Stage.COMPLETED: "本轮清洁生产审核已办结，请持续清洁生产。",
    Stage.FAILED: "本轮未通过，由牵头部门告知后续安排。",
    Stage.CANCELLED: "本轮清洁生产审核已取消。",
    Stage.EQUIVALENT: "已认定视同完成，本轮不再评估验收。",
}


@dataclass(frozen=True, slots=True)
class Turn:
    """What is to be done in a round now, whether by its enterprise, what comes after, and where."""

    now: str
    by_enterprise: bool
    following: str
    url: str = ""


_EARLY: Mapping[Stage, tuple[str, bool, str, str]] = {
    Stage.LISTED: ("企业注册并公布企业信息", True, "填报审核计划", "audits:register"),
    Stage.REGISTERED: ("填报审核计划", True, "召开启动会，启动审核", "phases:edit-plan"),
    Stage.PLANNED: ("召开启动会，启动审核", True, "按阶段开展审核", "phases:start"),
    Stage.STARTED: (
        "按阶段开展审核，编制审核报告", True, "提交审核报告", "submissions:check",
    ),
    Stage.DEFERRED: ("本轮审核暂缓", False, "滚动纳入以后的名单", ""),
}  # fmt: skip
_HELD: Mapping[State, tuple[str, bool, str]] = {
    State.APPLIED: ("受理{application}，或退回补正", False, "安排{review}会议"),
    State.RETURNED: ("按退回意见补正，再次提交{application}", True, "受理申请"),
    State.ADMITTED: ("安排{review}会议", False, "召开会议"),
    State.SCHEDULED: ("召开{review}会议（{day}）", False, "专家评分，审定结论"),
    State.MEETING: ("专家评分，审定{review}结论", False, "登记结论"),
    State.ENTERED: ("复核线下评审结果", False, "登记结论"),
}


def turn(audit: Round) -> Turn:
    """Tell whose turn it is in a round that goes on, as its reviews, remarks and papers stand."""
    stage = Stage(audit.stage)
    if stage is Stage.STARTED and (back := _returned(audit)):
        return back
    if stage in _EARLY:
        now, own, following, route = _EARLY[stage]
        return Turn(now, own, following, reverse(route, args=[audit.pk]) if route else "")
    return _completing(audit) if stage is Stage.ACCEPTED else _reviewing(audit)


def _returned(audit: Round) -> Turn | None:
    """Tell of a report that came back."""
    last = submissions.last(audit)
    if last is None or last.returned_on is None:
        return None
    reason = last.returned_reason.rstrip("。")
    now = f"审核报告已退回（{reason}），修改后重新提交"
    return Turn(now, True, "审查审核报告", reverse("submissions:check", args=[audit.pk]))


def _reviewing(audit: Round) -> Turn:
    """Tell of the way from the report to the acceptance, by the way this round is reviewed."""
    at = reverse("hearings:round", args=[audit.pk])
    live = audit.hearings.filter(state__in=LIVE).first()
    mode = Template(live.mode if live else hearings.arranged(audit, clock.today()).mode)
    step = Step(live.step) if live else hearings.next_step(audit, mode)
    words = {
        "application": application_of(step), "review": step.label.partition("（")[0],
        "day": live.meets_on if live else "",
    }  # fmt: skip
    if live is not None:
        now, own, following = _HELD[State(live.state)]
        return Turn(now.format(**words), own, following.format(**words), at)
    following = "受理申请，组织{review}".format(**words)
    if step is not Step.ACCEPTANCE:
        return Turn("提交{application}".format(**words), True, following, at)
    left = remarks.unanswered([audit.pk], Raised.ASSESSMENT).get(audit.pk, 0)
    if left:
        answers = reverse("remarks:round", args=[audit.pk])
        return Turn(f"落实评估意见（{left}条），实施方案", True, "提交验收申请", answers)
    return Turn("实施方案，提交验收申请", True, following, at)


def _completing(audit: Round) -> Turn:
    """Tell what 办结 waits for: the enterprise goes first, then the lead department."""
    open_ones = [one for one in completing.checks([audit])[audit.pk] if not one.passed]
    owed = [one.owed for one in open_ones if one.owed]
    if owed:
        return Turn(
            "；".join(owed), True, "核对后确认办结", reverse("materials:checklist", args=[audit.pk])
        )
    if open_ones:
        return Turn("核对修改后的审核报告和绩效数据", False, "确认办结")
    return Turn("确认办结", False, "持续清洁生产")


@dataclass(frozen=True, slots=True)
class Owed:
    """One thing that the enterprise owes: by when, why so, and where it is done."""

    title: str
    due_on: date
    basis: str
    url: str


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """Where a round stands now; `carried_on` is when it was last carried over a year's end."""

    turn: Turn
    holder: str
    office: Organisation | None
    owed: Sequence[Owed]
    ended: str
    carried_on: date | None


def whereabouts(audit: Round) -> Whereabouts:
    """Tell whose turn it is in a round, whom to ask, what is owed by when and why."""
    ended = _ENDED.get(Stage(audit.stage), "")
    now = Turn("", False, "") if ended else turn(audit)
    office = organisations.department(audit.city_id, audit.lead)
    lead = office.name if office else f"{audit.city.name}{audit.get_lead_display()}主管部门"
    return Whereabouts(
        now, audit.enterprise.name if now.by_enterprise else lead, office,
        _owed(audit), ended, audit.carried_on,
    )  # fmt: skip


def _owed(audit: Round) -> list[Owed]:
    """Return what is owed in a round, the nearest day first: its clocks and its publications."""
    found = [
        Owed(
            duty.title, duty.due_on, " · ".join(filter(None, (duty.basis, duty.extension))),
            duty.url,
        )
        for duty in Obligation.objects.open().filter(subject=f"round:{audit.pk}")
    ] + [
        Owed(
            line.kind.label, line.due.due_on, line.due.basis,
            reverse("disclosures:edit", args=[audit.pk, line.kind.value]),
        )
        for line in disclosures.lines(audit)
        if line.owed and line.due
    ]  # fmt: skip
    return sorted(found, key=lambda one: one.due_on)


def duties(audit: Round) -> QuerySet[Obligation]:
    """Return everything that is or was owed in a round, what it has to publish included."""
    subjects = [f"round:{audit.pk}", f"disclosure:{audit.pk}"]
    return Obligation.objects.filter(subject__in=subjects).order_by("due_on", "pk")


def current(standing: Standing) -> Round | None:
    """Return the round of an enterprise that is not over, the newest of them."""
    rounds = rounds_of(standing).filter(stage__in=(*OPEN, Stage.ACCEPTED))
    return rounds.select_related("city", "enterprise").order_by("-list_year", "-pk").first()


def steps(audit: Round) -> list[dict[str, Any]]:
    """Return the steps of the round, one less where one review both assesses and accepts."""
    over = Stage(audit.stage) in (*_ENDED, Stage.DEFERRED)
    joint = hearings.arranged(audit, clock.today()).mode == Template.JOINT
    way = [
        (kind, title)
        for kind, title in _STEPS
        if not (joint and kind is Milestone.ASSESSED and audit.assessed_on is None)
    ]
    days = [getattr(audit, f"{kind.value}_on") for kind, _ in way]
    last = max((place for place, day in enumerate(days) if day), default=0)
    found: list[dict[str, Any]] = []
    for place, ((_, title), day) in enumerate(zip(way, days, strict=True)):
        if day:
            found.append({"title": title, "state": "done", "day": day})
        elif place < last:
            found.append({"title": title, "state": "off", "note": "平台无记录"})
        else:
            now = not over and place == last + 1
            found.append({"title": title, "state": "now" if now else "next"})
    return found
