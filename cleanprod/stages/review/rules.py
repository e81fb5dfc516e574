"""Words and rules of results: conclusions of acceptance, and which round a row speaks of."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from cleanprod.kernel.credit_code import differ_by_a_slip
from cleanprod.kernel.errors import Refused
from cleanprod.kernel.names import spelt_alike
from cleanprod.kernel.term import Term
from cleanprod.stages.audits.rules import FACT_OF, OPEN, Act, Stage, checked_fact


class Conclusion(Term):
    """How a round ended before the panel or by consent."""

    PASSED = "passed", "通过"
    FAILED = "failed", "未通过"
    CANCELLED = "cancelled", "取消"
    DEFERRED = "deferred", "暂缓"


ACT_OF: Mapping[Conclusion, Act] = {
    Conclusion.PASSED: Act.ACCEPT,
    Conclusion.FAILED: Act.FAIL,
    Conclusion.CANCELLED: Act.CANCEL,
    Conclusion.DEFERRED: Act.DEFER,
}
STAGES_OF: Mapping[Conclusion, frozenset[Stage]] = {
    Conclusion.PASSED: frozenset({Stage.ACCEPTED, Stage.COMPLETED}),
    Conclusion.FAILED: frozenset({Stage.FAILED}),
    Conclusion.CANCELLED: frozenset({Stage.CANCELLED}),
    Conclusion.DEFERRED: frozenset({Stage.DEFERRED}),
}


class GreenLevel(Term):
    """Level of cleaner production reached, by the indicator system 清洁生产水平."""

    FIRST = "1", "一级"
    SECOND = "2", "二级"
    THIRD = "3", "三级"


@dataclass(frozen=True, slots=True)
class Check:
    """One condition of a step of a round: what it asks, whether it holds, what to do if not.

    `owed` says in a word what the enterprise has to do about it; empty when it is the lead's turn.
    """

    title: str
    passed: bool
    advice: str = ""
    owed: str = ""


def refused(checks: Sequence[Check]) -> str:
    """Return everything that stands in the way as one text; empty when nothing does."""
    return "；".join(f"{one.title}：{one.advice}" for one in checks if not one.passed)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A round as the matching of result rows sees it.

    `names` are comparable: the one it was listed under, and the enterprise's own of today; `spelt`
    are both as they are written.
    """

    id: int
    enterprise: int
    name: str
    names: tuple[str, ...]
    code: str
    city: str
    lead: str
    stage: str
    listed_on: date
    rolled_on: date | None
    ended_on: date | None
    accepted_on: date | None
    completed_on: date | None
    spelt: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Pick:
    """Which round a row speaks of: to be recorded, already recorded, or none, and why."""

    candidate: Candidate | None
    already: bool = False
    why: str = ""


def same_firm(
    code: str, names: Sequence[str], candidates: Sequence[Candidate], written: str = ""
) -> tuple[list[Candidate], str]:
    """Return the rounds of the firm a row names, or none with the reason.

    Code and name are read together; a row whose code and name disagree is not guessed, nor one
    without code whose name as `written` only resembles a listed one.
    """
    both = [c for c in candidates if code and c.code == code and _named(c, names)]
    if both:
        return _of_one(both)
    by_code = [c for c in candidates if code and c.code == code]
    if by_code:
        return [], f"代码与名单中的“{by_code[0].name}”相同但名称不同，请核对"
    by_name = [c for c in candidates if _named(c, names)]
    if by_name and (not code or not by_name[0].code):
        return _of_one(by_name) if _spelt(by_name[0], written) else ([], _resembles(by_name[0]))
    if by_name:
        slip = "，疑为录入错误" if differ_by_a_slip(code, by_name[0].code) else ""
        return [], f"名称与名单相同但代码不同（名单为{by_name[0].code}{slip}），请核对"
    return [], "该企业不在本市本部门牵头的已公布名单中"


def _spelt(candidate: Candidate, written: str) -> bool:
    alike = any(spelt_alike(name, written) for name in candidate.spelt)
    return alike or not written or not candidate.spelt


def _resembles(candidate: Candidate) -> str:
    return f"名称与名单中的“{candidate.name}”只是繁简写法相近，请核对，并填写统一社会信用代码"


def _named(candidate: Candidate, names: Sequence[str]) -> bool:
    return any(name in names for name in candidate.names)


def _of_one(rounds: list[Candidate]) -> tuple[list[Candidate], str]:
    """Return the rounds if they are of one enterprise; of two nobody knows which was meant."""
    if len({one.enterprise for one in rounds}) > 1:
        return [], f"名单中有多家企业名为“{rounds[0].name}”，请填写统一社会信用代码以便区分"
    return rounds, ""


def pick_for_result(conclusion: Conclusion, on: date, rounds: Sequence[Candidate]) -> Pick:
    """Return the round that a result belongs to: the open one, else the one that has it already."""
    still_open = [c for c in rounds if c.stage in OPEN]
    has_it = [c for c in rounds if c.stage in STAGES_OF[conclusion] and c.ended_on == on]
    if has_it:
        return Pick(has_it[-1], already=True)
    if still_open:
        why = _too_early(conclusion, on, still_open[0])
        return Pick(None, why=why) if why else Pick(still_open[0])
    last = rounds[-1]
    return Pick(
        None,
        why=f"该企业本轮已登记为“{Stage(last.stage).label}”，如登记有误，请先撤回原记录",
    )


def _too_early(conclusion: Conclusion, on: date, audit: Candidate) -> str:
    """Return why a result of this day cannot be the round's, as the round itself would refuse."""
    fact = FACT_OF[ACT_OF[conclusion]]
    try:
        # Whether the day is in the future was asked of the row before.
        checked_fact(fact, on, listed_on=audit.listed_on, today=on, rolled_on=audit.rolled_on)
    except Refused as refusal:
        return str(refusal)
    return ""


def pick_for_completion(on: date, rounds: Sequence[Candidate]) -> Pick:
    """Return the round that an old-platform completion belongs to.

    First the latest accepted one that is not completed; else one that has this very day; else
    the latest without acceptance, which becomes a discrepancy.
    """
    same = [c for c in rounds if c.completed_on == on]
    if same:
        return Pick(same[-1], already=True)
    waiting = [c for c in rounds if c.completed_on is None]
    accepted = [c for c in waiting if c.accepted_on is not None and c.accepted_on <= on]
    if accepted:
        return Pick(accepted[-1])
    if waiting:
        return Pick(waiting[-1], why="没有办结日期之前的通过验收记录，将列入差异清单，不计入统计")
    return Pick(None, why="该企业已有另一办结日期的记录，请核对")
