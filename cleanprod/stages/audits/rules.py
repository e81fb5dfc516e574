"""The life of one round of cleaner-production audit, from listing to platform completion."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from cleanprod.foundation.organisations.rules import Part
from cleanprod.kernel.errors import Refused
from cleanprod.kernel.lifecycle import Lifecycle, Move
from cleanprod.kernel.period import add_months
from cleanprod.kernel.term import Term


class Stage(Term):
    """Where a round stands; coarse on purpose, panels have their own table."""

    LISTED = "listed", "已列入名单"
    REGISTERED = "registered", "已注册"
    PLANNED = "planned", "已填报审核计划"
    STARTED = "started", "已启动"
    SUBMITTED = "submitted", "已提交审核报告"
    IN_ASSESSMENT = "in_assessment", "评估中"
    ASSESSED = "assessed", "已通过评估"
    IN_ACCEPTANCE = "in_acceptance", "验收中"
    ACCEPTED = "accepted", "通过验收"
    COMPLETED = "completed", "已办结"
    FAILED = "failed", "未通过"
    DEFERRED = "deferred", "暂缓"
    CANCELLED = "cancelled", "取消"
    EQUIVALENT = "equivalent", "视同完成"


class Template(Term):
    """How a round is reviewed: the three roads from the report to the acceptance."""

    SEPARATE = "separate", "评估、验收分别进行"
    JOINT = "joint", "评估验收（合并）"
    PAPER_SITE = "paper_site", "书面评审+现场验收"


class Milestone(Term):
    """A fact of a round: it happened on a day and was recorded by somebody."""

    LISTED = "listed", "列入名单"
    REGISTERED = "registered", "企业注册"
    PLANNED = "planned", "填报审核计划"
    STARTED = "started", "启动审核"
    REPORTED = "reported", "提交审核报告"
    ASSESSING = "assessing", "受理评估"
    ASSESSED = "assessed", "通过评估"
    ACCEPTING = "accepting", "受理验收"
    ACCEPTED = "accepted", "通过验收"
    FAILED = "failed", "未通过"
    DEFERRED = "deferred", "暂缓"
    ROLLED = "rolled", "滚动纳入"
    CARRIED = "carried", "跨年结转"
    CANCELLED = "cancelled", "取消"
    EQUIVALENT = "equivalent", "视同完成"
    COMPLETED = "completed", "办结"


class Ground(Term):
    """Why a round counts as done without a review 视同."""

    PILOT = "pilot", "整体审核试点（视同开展一次）"
    CERTIFIED = "certified", "评价认证（视同开展一轮）"


class Act(Term):
    """What can be done to a round."""

    REGISTER = "register", "注册"
    PLAN = "plan", "填报审核计划"
    START = "start", "启动审核"
    REPORT = "report", "提交审核报告"
    RETURN = "return", "退回修改"
    ASSESS = "assess", "受理评估"
    PASS = "pass", "登记通过评估"
    ADMIT = "admit", "受理验收"
    ACCEPT = "accept", "登记通过验收"
    FAIL = "fail", "登记未通过"
    DEFER = "defer", "暂缓"
    CANCEL = "cancel", "取消"
    ROLL = "roll", "滚动纳入"
    CARRY = "carry", "跨年结转"
    EQUATE = "equate", "认定视同完成"
    COMPLETE = "complete", "办结"
    MIGRATE = "migrate", "导入历史办结数据"


REPEATABLE = frozenset({Milestone.DEFERRED, Milestone.ROLLED, Milestone.CARRIED})
WORKING = (
    Stage.LISTED,
    Stage.REGISTERED,
    Stage.PLANNED,
    Stage.STARTED,
    Stage.SUBMITTED,
    Stage.IN_ASSESSMENT,
    Stage.ASSESSED,
    Stage.IN_ACCEPTANCE,
)
OPEN = (*WORKING, Stage.DEFERRED)  # an enterprise has at most one round in these stages

_LEAD = frozenset({Part.LEAD})
_OWNER = frozenset({Part.ENTERPRISE})
_PROVINCE = frozenset({Part.PROVINCE})


def is_joint(template: Template | None) -> bool:
    """Tell whether one review both assesses and accepts."""
    return template is Template.JOINT


def is_apart(template: Template | None) -> bool:
    """Tell whether an assessment goes before the acceptance, as it does unless joint is chosen."""
    return template is not Template.JOINT


def _moves() -> Iterable[Move[Stage, Act, Part]]:
    """Yield the moves of all rounds: mandatory or voluntary, full or simplified, of either lead.

    Only the template of the review makes a difference to which move is open. What else differs
    is who the lead is (`Part`), what is owed, and what the gates ask.
    """
    yield Move(Act.REGISTER, Stage.LISTED, Stage.REGISTERED, _OWNER)
    yield Move(Act.PLAN, Stage.REGISTERED, Stage.PLANNED, _OWNER)
    yield Move(Act.START, Stage.PLANNED, Stage.STARTED, _OWNER)
    yield Move(Act.REPORT, Stage.STARTED, Stage.SUBMITTED, _OWNER)
    yield Move(Act.ASSESS, Stage.SUBMITTED, Stage.IN_ASSESSMENT, _LEAD, when=is_apart)
    yield Move(Act.PASS, Stage.IN_ASSESSMENT, Stage.ASSESSED, _LEAD, when=is_apart)
    yield Move(Act.ADMIT, Stage.SUBMITTED, Stage.IN_ACCEPTANCE, _LEAD, when=is_joint)
    # Whoever passed an assessment goes on to acceptance, whatever is chosen for the rest.
    yield Move(Act.ADMIT, Stage.ASSESSED, Stage.IN_ACCEPTANCE, _LEAD)
    for stage in (Stage.SUBMITTED, Stage.IN_ASSESSMENT):
        yield Move(Act.RETURN, stage, Stage.STARTED, _LEAD, reason=True)
    for stage in WORKING:
        yield Move(Act.ACCEPT, stage, Stage.ACCEPTED, _LEAD)
    for stage in WORKING:
        yield Move(Act.FAIL, stage, Stage.FAILED, _LEAD)
    for stage in WORKING:
        yield Move(Act.DEFER, stage, Stage.DEFERRED, _LEAD, reason=True)
    for stage in (*WORKING, Stage.DEFERRED):
        yield Move(Act.CANCEL, stage, Stage.CANCELLED, _LEAD, reason=True)
    for stage in WORKING:  # the year ends, the round does not
        yield Move(Act.CARRY, stage, stage, _LEAD)
    yield Move(Act.ROLL, Stage.DEFERRED, Stage.LISTED, _LEAD)
    for stage in WORKING:
        yield Move(Act.EQUATE, stage, Stage.EQUIVALENT, _LEAD, reason=True)
    yield Move(Act.COMPLETE, Stage.ACCEPTED, Stage.COMPLETED, _LEAD)
    yield Move(Act.MIGRATE, Stage.ACCEPTED, Stage.COMPLETED, _PROVINCE)


LIFECYCLE: Lifecycle[Stage, Act, Part] = Lifecycle(_moves())

FACT_OF: Mapping[Act, Milestone] = {
    Act.REGISTER: Milestone.REGISTERED,
    Act.PLAN: Milestone.PLANNED,
    Act.START: Milestone.STARTED,
    Act.REPORT: Milestone.REPORTED,
    Act.ASSESS: Milestone.ASSESSING,
    Act.PASS: Milestone.ASSESSED,
    Act.ADMIT: Milestone.ACCEPTING,
    Act.ACCEPT: Milestone.ACCEPTED,
    Act.FAIL: Milestone.FAILED,
    Act.DEFER: Milestone.DEFERRED,
    Act.CANCEL: Milestone.CANCELLED,
    Act.ROLL: Milestone.ROLLED,
    Act.CARRY: Milestone.CARRIED,
    Act.EQUATE: Milestone.EQUIVALENT,
    Act.COMPLETE: Milestone.COMPLETED,
    Act.MIGRATE: Milestone.COMPLETED,
}
# An act that undoes earlier steps withdraws their facts; they stay on record.
UNDOES: Mapping[Act, tuple[Milestone, ...]] = {
    Act.RETURN: (Milestone.ASSESSING, Milestone.REPORTED),
}


class Source(Term):
    """By which road a fact came into the system."""

    DESK = "desk", "页面登记"
    IMPORT = "import", "批量导入"
    MIGRATED = "migrated", "历史数据迁移"


class Change(Term):
    """What a numbered notice does to a row of a published list 名单变更."""

    CANCEL = "cancel", "取消"
    DEFER = "defer", "暂缓"
    ROLL = "roll", "滚动纳入"


CHANGES: Mapping[Change, Act] = {Change.CANCEL: Act.CANCEL, Change.DEFER: Act.DEFER}


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """One line of a notice: an entry of the list, or for a roll an entry of an earlier list."""

    entry: int
    change: Change
    reason: str


@dataclass(frozen=True, slots=True)
class Notice:
    """What a notice of change says of itself."""

    document_number: str
    on: date
    issuers: str
    reason: str


def checked_notice(
    notice: Notice,
    lines: Sequence[ChangeLine],
    *,
    list_number: str,
    published_on: date,
    previous_on: date | None,
    today: date,
) -> None:
    """Refuse a notice that lacks something, has a wrong day, or names a firm twice."""
    typed = {
        "文号": notice.document_number,
        "发布机关": notice.issuers,
        "变更事由": notice.reason,
    }
    missing = [label for label, text in typed.items() if not text.strip()]
    if missing:
        raise Refused(f"变更通知应填写{'、'.join(missing)}")
    if notice.document_number.strip() == list_number:
        raise Refused(f"文号“{list_number}”是名单公布的文号，变更通知应另编文号")
    checked_notice_day(notice.on, published_on=published_on, previous_on=previous_on, today=today)
    if not lines:
        raise Refused("变更通知没有企业，请先选择要变更的企业")
    unexplained = sum(not line.reason.strip() for line in lines)
    if unexplained:
        raise Refused(f"有{unexplained}家企业没有填写变更理由，每家都应写明理由")
    if len({line.entry for line in lines}) != len(lines):
        raise Refused("同一企业在变更通知中出现两次")


def checked_notice_day(
    on: date, *, published_on: date, previous_on: date | None, today: date
) -> None:
    """Refuse a notice of before the publication, of the future, or older than the last one."""
    if on > today:
        raise Refused(f"变更日期 {on.isoformat()} 晚于今天 {today.isoformat()}")
    if on < published_on:
        raise Refused(f"变更日期 {on.isoformat()} 早于名单公布日期 {published_on.isoformat()}")
    if previous_on and on < previous_on:
        raise Refused(
            f"变更日期 {on.isoformat()} 早于上一次变更的日期 {previous_on.isoformat()}，"
            "变更通知按日期先后编次"
        )


def changes_open(stage: Stage) -> tuple[Change, ...]:
    """Return what a notice may do to a row whose round stands here; the table of moves decides."""
    acts = {move.act for move in LIFECYCLE.open_to(stage, _LEAD)}
    return tuple(change for change, act in CHANGES.items() if act in acts)


def stage_of(days: Mapping[Milestone, date]) -> Stage:
    """Return the stage that the effective milestones of a round amount to.

    A completion without an acceptance does not make a round completed: it is a discrepancy.
    """
    for fact, stage in _ENDED:
        if fact in days:
            return stage
    if Milestone.ACCEPTED in days:
        return Stage.COMPLETED if Milestone.COMPLETED in days else Stage.ACCEPTED
    deferred, rolled = days.get(Milestone.DEFERRED), days.get(Milestone.ROLLED)
    if deferred and not (rolled and rolled >= deferred):
        return Stage.DEFERRED
    for fact, stage in _GOING:
        if fact in days:
            return stage
    return Stage.LISTED


_ENDED = (
    (Milestone.CANCELLED, Stage.CANCELLED),
    (Milestone.FAILED, Stage.FAILED),
    (Milestone.EQUIVALENT, Stage.EQUIVALENT),
)
_GOING = (
    (Milestone.ACCEPTING, Stage.IN_ACCEPTANCE),
    (Milestone.ASSESSED, Stage.ASSESSED),
    (Milestone.ASSESSING, Stage.IN_ASSESSMENT),
    (Milestone.REPORTED, Stage.SUBMITTED),
    (Milestone.STARTED, Stage.STARTED),
    (Milestone.PLANNED, Stage.PLANNED),
    (Milestone.REGISTERED, Stage.REGISTERED),
)


@dataclass(frozen=True, slots=True)
class Clock:
    """One duty of a listed enterprise: which, how many calendar months after publication, why."""

    what: str
    title: str
    months: int
    basis: str
    rule: int
    fact: Milestone


def due(clock: Clock, published_on: date) -> date:
    """Return the day a duty falls due: calendar months after publication, last-day rule."""
    return add_months(published_on, clock.months)


def explain(clock: Clock, published_on: date, start: str = "名单公布") -> str:
    """Return in words how the day was reckoned, and from what."""
    length = f"{clock.months // 12}年" if clock.months % 12 == 0 else f"{clock.months}个月"
    return f"{start} {published_on.isoformat()} + {length}（{clock.basis}）"


def applied(basis: str, *, mandatory: bool) -> str:
    """Return the basis of a term as it applies to a round; the law binds mandatory ones."""
    return basis if mandatory else f"{basis}；自愿性审核参照执行"


def checked_fact(
    fact: Milestone, on: date, *, listed_on: date, today: date, rolled_on: date | None = None
) -> None:
    """Refuse a fact of the future, one older than the listing, and a deferral that a roll ended.

    A deferral on the day of the roll or before it would not count: the roll ends all until then.
    """
    if on > today:
        raise Refused(f"{fact.label}日期 {on.isoformat()} 晚于今天 {today.isoformat()}")
    if on < listed_on:
        raise Refused(f"{fact.label}日期 {on.isoformat()} 早于名单公布日期 {listed_on.isoformat()}")
    if fact is Milestone.DEFERRED and rolled_on and on <= rolled_on:
        raise Refused(f"暂缓日期 {on.isoformat()} 应晚于滚动纳入日期 {rolled_on.isoformat()}")


def effective(
    rows: Iterable[tuple[int, Milestone, date]], withdrawn: Collection[int]
) -> dict[Milestone, date]:
    """Return the day of each fact that holds; of a repeatable fact the latest."""
    days: dict[Milestone, date] = {}
    for pk, fact, day in rows:
        if pk not in withdrawn:
            days[fact] = max(day, days.get(fact, day))
    return days
