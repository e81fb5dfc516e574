"""Where a round stands: the line of steps, whose turn it is, what is owed, what comes next."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from cleanprod.foundation.obligations.models import Obligation
from cleanprod.foundation.organisations import queries as organisations
from cleanprod.foundation.organisations.models import Organisation
from cleanprod.stages.audits.models import Round
from cleanprod.stages.audits.rules import Milestone, Stage

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
# What is to be done now, whether by the enterprise, and what comes after.
_TURNS = {
    Stage.LISTED: ("企业注册并公布企业信息", True, "填报审核计划"),
    Stage.REGISTERED: ("填报审核计划", True, "召开启动会，启动审核"),
    Stage.PLANNED: ("召开启动会，启动审核", True, "按阶段开展审核"),
    Stage.STARTED: ("按阶段开展审核，编制审核报告", True, "提交审核报告"),
    Stage.SUBMITTED: ("审查审核报告，受理评估", False, "专家评估"),
    Stage.IN_ASSESSMENT: ("组织评估", False, "实施方案，申请验收"),
    Stage.ASSESSED: ("落实评估意见，实施方案，申请验收", True, "受理验收"),
    Stage.IN_ACCEPTANCE: ("组织验收", False, "公示和公布验收结果"),
    Stage.ACCEPTED: ("核对修改后的审核报告和绩效数据", False, "确认办结"),
    Stage.DEFERRED: ("本轮审核暂缓", False, "滚动纳入以后的名单"),
}
_ENDED = {
    Stage.COMPLETED: "本轮清洁生产审核已办结，请持续清洁生产。",
    Stage.FAILED: "本轮未通过，由牵头部门告知后续安排。",
    Stage.CANCELLED: "本轮清洁生产审核已取消。",
    Stage.EQUIVALENT: "已认定视同完成，本轮不再评估验收。",
}


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """Where a round stands now."""

    now: str
    following: str
    holder: str
    by_enterprise: bool
    office: Organisation | None
    owed: Sequence[Obligation]
    ended: str


def whereabouts(audit: Round) -> Whereabouts:
    """Tell whose turn it is in a round, whom to ask, what is owed by when and why."""
    stage = Stage(audit.stage)
    now, by_enterprise, following = _TURNS.get(stage, ("", False, ""))
    office = organisations.department(audit.city_id, audit.lead)
    lead = office.name if office else f"{audit.city.name}{audit.get_lead_display()}主管部门"
    return Whereabouts(
        now, following, audit.enterprise.name if by_enterprise else lead, by_enterprise, office,
        list(Obligation.objects.open().filter(subject=f"round:{audit.pk}").order_by("due_on")),
        _ENDED.get(stage, ""),
    )  # fmt: skip


def turn(audit: Round) -> str:
    """Return what is to be done in a round now."""
    return _TURNS[Stage(audit.stage)][0]


def steps(audit: Round) -> list[dict[str, Any]]:
    """Return the stages of the round for the step bar; the first open one is where it stands."""
    over = Stage(audit.stage) in (*_ENDED, Stage.DEFERRED)
    days = [getattr(audit, f"{kind.value}_on") for kind, _ in _STEPS]
    last = max((place for place, day in enumerate(days) if day), default=0)
    found: list[dict[str, Any]] = []
    for place, ((_, title), day) in enumerate(zip(_STEPS, days, strict=True)):
        if day:
            found.append({"title": title, "state": "done", "day": day})
        elif place < last:
            found.append({"title": title, "state": "off", "note": "平台无记录"})
        else:
            now = not over and place == last + 1
            found.append({"title": title, "state": "now" if now else "next"})
    return found
