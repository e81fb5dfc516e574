"""What waits for each role: seven lines at once, the rest folded, each opening the right page."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Q
from django.urls import reverse

from cleanprod.faces.desk import board, whereabouts
from cleanprod.foundation.engine import clock
from cleanprod.foundation.obligations import queries as obligations
from cleanprod.foundation.obligations.rules import how_long
from cleanprod.foundation.organisations.rules import Role, Standing
from cleanprod.foundation.trail.models import Entry
from cleanprod.insight.bulletins import queries as bulletins
from cleanprod.insight.statistics import queries as statistics
from cleanprod.stages.accuracy import queries as accuracy
from cleanprod.stages.audits import access as audits
from cleanprod.stages.audits.models import AmendmentDraft
from cleanprod.stages.audits.rules import WORKING, Stage
from cleanprod.stages.calendar import queries as calendar
from cleanprod.stages.calendar.rules import State
from cleanprod.stages.candidates import access as candidates
from cleanprod.stages.candidates.rules import State as Survey
from cleanprod.stages.disclosures import queries as disclosures
from cleanprod.stages.disclosures.rules import State as Published
from cleanprod.stages.dispatch import queries as dispatch
from cleanprod.stages.experts import queries as experts
from cleanprod.stages.hearings import queries as hearings
from cleanprod.stages.notices import access as chasing
from cleanprod.stages.notices import queries as notices
from cleanprod.stages.notices.rules import Asked as Extension
from cleanprod.stages.performance import access as performance
from cleanprod.stages.performance.rules import SystemStage
from cleanprod.stages.phases import queries as phases
from cleanprod.stages.planning import access as planning
from cleanprod.stages.planning import queries as planning_queries
from cleanprod.stages.planning.rules import PlanAct
from cleanprod.stages.programme import access as programme
from cleanprod.stages.programme import actions as programme_actions
from cleanprod.stages.programme import settlements
from cleanprod.stages.programme.rules import BatchStage
from cleanprod.stages.registration import access as registration
from cleanprod.stages.registration import queries as registration_queries
from cleanprod.stages.registration.rules import Asked
from cleanprod.stages.remarks import queries as remarks
from cleanprod.stages.results import queries as results
from cleanprod.stages.scoring import queries as scoring
from cleanprod.stages.submissions import queries as submissions

MOST = 7
_FOLDED = 50  # duties of one firm or consultancy that are listed at all


@dataclass(frozen=True, slots=True)
class Waiting:
    """One line of the to-do list; `duty` names the calendar's duty that it stands for."""

    title: str
    url: str
    hint: str = ""
    count: int | None = None
    kind: str = "neutral"
    due: date | None = None
    duty: str = ""


_URGENCY = {"bad": 0, "wait": 1}


def waiting(standing: Standing) -> list[Waiting]:
    """Return all that waits for this person: overdue first, then by day, then what only informs.

    Lines of one urgency without a day keep the order of the trade, after those with one.
    """
    maker = _MAKERS.get(standing.role)
    found = list(maker(standing)) if maker else []
    return sorted(found, key=lambda one: (_URGENCY.get(one.kind, 2), one.due or date.max))


def _accuracy(standing: Standing) -> Iterator[Waiting]:
    """Tell of drawn values: to re-check, to decide, found wrong and open to a contest."""
    lines = (
        ("抽中的数值，待复核", accuracy.to_check(standing), "wait"),
        ("对复核的异议，待处理", accuracy.to_decide(standing), "bad"),
        ("核定数值复核有误，可提出异议", accuracy.lost_by(standing), "wait"),
    )
    mine = standing.role is Role.ENTERPRISE
    address = reverse("accuracy:mine" if mine else "accuracy:board")
    for title, number, kind in lines:
        if number:
            yield Waiting(title, address, "", number, kind)


def _reviews(standing: Standing) -> Iterator[Waiting]:
    """Tell an office or an enterprise what its reviews and remarks wait for."""
    for task in hearings.waiting(standing, clock.today()):
        mine = "&mine=1" if standing.role is Role.CITY else ""
        address = f"{reverse('hearings:board')}?{task.query}{mine}"
        yield Waiting(task.title, address, count=task.count, kind="wait")
    if standing.role is Role.ENTERPRISE:
        for audit in hearings.may_apply(standing)[:1]:
            yield Waiting(
                f"可以申请评估、验收：{audit.name}", reverse("hearings:round", args=[audit.pk])
            )
        open_remarks = remarks.to_answer(standing).count()
        if open_remarks:
            address = f"{reverse('remarks:board')}?state=open"
            yield Waiting("专家意见，待落实", address, "", open_remarks, "wait")
    elif standing.role is Role.CITY:
        replied = remarks.to_tick(standing).count()
        if replied:
            address = f"{reverse('remarks:board')}?state=replied"
            yield Waiting("企业已回复的专家意见，待复核", address, "", replied, "wait")


def _enterprise(standing: Standing) -> Iterator[Waiting]:
    yield from _reviews(standing)
    today = clock.today()
    yield from _accuracy(standing)
    yield from (back := list(_returned(standing)))
    yield from _to_publish(standing)
    owed = obligations.owed_by(standing.office_id or 0)
    for duty in owed.exclude(subject__startswith="disclosure:")[:_FOLDED]:
        yield Waiting(
            f"{duty.title}（{duty.due_on.isoformat()}前）",
            duty.url,
            f"{how_long(duty.due_on, today)} · {duty.basis}",
            kind="bad" if duty.due_on < today else "wait",
            due=duty.due_on,
        )
    rounds = audits.visible_to(standing)
    for plan in phases.unanswered(rounds)[:2]:
        yield Waiting(
            f"审核计划有反馈意见：{plan.round.name}", reverse("phases:plan", args=[plan.round_id]),
            "以新版本答复", kind="wait",
        )  # fmt: skip
    for audit, phase in phases.late_phases(rounds)[:2]:
        yield Waiting(
            f"审核阶段逾期：{phase.title}", reverse("phases:phase", args=[audit.pk, phase.number]),
            f"已逾期{phase.late_days}天", kind="bad",
        )  # fmt: skip
    for audit in rounds.filter(stage__in=_ENTERPRISE_STEPS).order_by("-list_year", "pk")[:2]:
        turn = whereabouts.turn(audit)
        if turn.url not in {one.url for one in back}:  # said already
            yield Waiting(turn.now, turn.url, f"{audit.list_year}年名单本轮审核")


_ENTERPRISE_STEPS = (Stage.LISTED, Stage.REGISTERED, Stage.PLANNED, Stage.STARTED)


def _to_publish(standing: Standing, most: int = 3) -> Iterator[Waiting]:
    """Tell an enterprise what it has to publish, and what came back."""
    for audit, line in disclosures.owed_by(standing)[:most]:
        back = line.state is Published.RETURNED
        until = f"（{line.due.due_on.isoformat()}前）" if line.due else ""
        hint = f"{how_long(line.due.due_on, clock.today())} · {line.due.basis}" if line.due else ""
        yield Waiting(
            f"{line.kind.label}{'的证明被退回，待修改' if back else until}",
            reverse("disclosures:edit", args=[audit.pk, line.kind.value]),
            hint,
            kind="bad" if back or line.overdue else "wait",
            due=line.due.due_on if line.due else None,
        )  # fmt: skip


def _proofs(standing: Standing) -> Iterator[Waiting]:
    """Tell the lead department of proofs of publication that wait for it."""
    number = disclosures.proofs_to_check(standing).count()
    if number:
        yield Waiting(
            "企业信息公布的证明，待核对", f"{reverse('disclosures:board')}?state=waiting"
            f"&lead={standing.line}", "核对通过，或退回修改", number, "wait",
        )  # fmt: skip


def _returned(standing: Standing) -> Iterator[Waiting]:
    """Tell those who handed a report in that it came back."""
    for one in submissions.waiting(standing).select_related("round")[:2]:
        yield Waiting(
            f"审核报告被退回，待修改后重新提交：{one.round.name}",
            reverse("submissions:check", args=[one.round_id]), one.returned_reason, kind="bad",
        )  # fmt: skip


def _submitted(standing: Standing) -> Iterator[Waiting]:
    """Tell a department of reports that were handed in and wait for it."""
    number = submissions.waiting(standing).count()
    if number:
        own = "&own=1" if standing.role is Role.CITY else ""
        yield Waiting(
            "审核报告已提交，待受理", f"{reverse('submissions:desk')}?state=waiting{own}",
            "受理评估、验收，或退回修改", number, "wait",
        )  # fmt: skip


def _consultancy(standing: Standing) -> Iterator[Waiting]:
    """Tell a consultancy what is owed next in the rounds for which it is engaged."""
    today = clock.today()
    yield from _returned(standing)
    rounds = dict(registration_queries.engaged_rounds(standing).values_list("pk", "name"))
    for duty in registration_queries.duties_of(list(rounds)).order_by("due_on", "pk")[:_FOLDED]:
        pk = int(duty.subject.partition(":")[2])
        yield Waiting(
            f"{rounds[pk]}：{duty.title}（{duty.due_on.isoformat()}前）",
            reverse("registration:engaged", args=[pk]),
            how_long(duty.due_on, today),
            kind="bad" if duty.due_on < today else "wait",
            due=duty.due_on,
        )


def _lists(standing: Standing) -> Iterator[Waiting]:
    """Tell a department to make the list of its year, and what lists in preparation wait for."""
    year = clock.today().year
    lists = programme.visible_to(standing).filter(
        Q(year=year) | ~Q(stage=BatchStage.PUBLISHED), lead=standing.line
    )
    own = list(lists)
    if not own:
        by = calendar.due_day("lists", year)
        yield Waiting(
            f"编制{year}年度企业名单", reverse("candidates:proposal"),
            f"{by.isoformat()}前公布 · 从建议名单纳入，或导入工作簿", kind="wait", due=by,
            duty="lists",
        )  # fmt: skip
    for batch in [one for one in own if one.stage != BatchStage.PUBLISHED][:2]:
        verb = "公布" if batch.stage == BatchStage.READY else "完成编制"
        yield Waiting(f"{verb}：{batch.title}", reverse("desk:list", args=[batch.pk]))


def _papers(standing: Standing) -> Iterator[Waiting]:
    """Tell a city what its papers and filings wait for."""
    year = clock.today().year
    plan = planning.visible_to(standing).filter(year=year).first()
    if plan is None:
        by = calendar.due_day("filing", year)
        yield Waiting(
            f"起草{year}年度计划", reverse("planning:plans"), f"{by.isoformat()}前报送备案",
            kind="wait", due=by, duty="filing",
        )  # fmt: skip
    else:
        acts = planning.moves(standing, plan)
        address = reverse("planning:plan", args=[plan.pk])
        if PlanAct.PUBLISH in acts:
            yield Waiting(f"公布：{plan.title}", address, "两部门已会签", kind="wait")
        elif PlanAct.AGREE in acts:
            yield Waiting(f"会签：{plan.title}", address, f"第{plan.version}稿", kind="wait")
    for filing in planning_queries.returned(standing.city):
        yield Waiting(
            f"备案退回补正：{filing.title}", reverse("planning:filing", args=[filing.pk]),
            kind="bad",
        )  # fmt: skip
    unfiled = len(planning_queries.to_file(standing.city, [year, year + 1]))
    if unfiled:
        yield Waiting("已公布、未报送备案", reverse("planning:plans"), count=unfiled, kind="wait")


def _calendar(standing: Standing, said: Sequence[Waiting] = (), most: int = 2) -> Iterator[Waiting]:
    """Tell an office what the calendar asks of it next and nobody said yet: overdue, coming."""
    told = {line.duty for line in said}
    found = [item for item in calendar.waiting(standing) if item.duty.key not in told]
    overdue = [item for item in found if item.state is State.OVERDUE]
    coming = [item for item in found if item.state is not State.OVERDUE]
    for item in (*overdue[:most], *coming[:most]):
        yield Waiting(
            item.title, f"{reverse('calendar:year')}?year={item.year}",
            f"{item.due.isoformat()}前 · {item.said}", item.left or None,
            kind="bad" if item.state is State.OVERDUE else "wait", due=item.due,
        )  # fmt: skip


def _city(standing: Standing) -> Iterator[Waiting]:
    yield from _checks(standing)
    yield from _dispatches(standing)
    for sitting in scoring.to_confirm(standing).select_related("round")[:2]:
        yield Waiting(
            f"审定{sitting.get_purpose_display()}结论：{sitting.round.name}",
            reverse("scoring:confirm", args=[sitting.pk]), "专家组意见已全部签署", kind="wait",
        )  # fmt: skip
    yield from _reviews(standing)
    yield from _results(standing)
    yield from _accuracy(standing)
    yield from _submitted(standing)
    yield from _proofs(standing)
    paper = [*_lists(standing), *_papers(standing)]
    yield from paper
    yield from _calendar(standing, paper)
    yield from _panels(standing)
    rounds = audits.visible_to(standing).filter(lead=standing.line)
    today = clock.today()
    counted = rounds.aggregate(
        to_complete=Count("pk", filter=Q(stage=Stage.ACCEPTED)),
        unregistered=Count("pk", filter=Q(stage=Stage.LISTED)),
        unplanned=Count("pk", filter=Q(stage=Stage.REGISTERED)),
        open=Count("pk", filter=Q(stage__in=[*WORKING])),
    )
    shared = settlements.pending(standing.city, today.year)
    if shared:
        yield Waiting(
            f"{today.year}年度名单两部门重复，待会商", reverse("programme:overlaps"),
            "商定由哪个部门牵头后才能完成编制", shared, "wait",
        )  # fmt: skip
    yield from _asked(standing)
    yield from _candidates(standing, Survey.REPORTED, "县区上报的候选企业，待采纳或说明理由")
    for draft in AmendmentDraft.objects.filter(person_id=standing.person_id).select_related(
        "batch"
    )[:2]:
        yield Waiting(
            f"登记变更通知：{draft.batch.title}",
            reverse("audits:amend-preview", args=[draft.batch_id]),
        )
    lines = (
        ("to_complete", "已通过验收、未完成“平台”流程", reverse("review:completions"), "wait"),
        ("unregistered", "已列入名单、尚未注册", _board(standing, "listed"), "neutral"),
        ("unplanned", "已注册、尚未填报审核计划", _board(standing, "registered"), "neutral"),
        ("open", "正在开展本轮清洁生产审核", _board(standing, board.GOING), "neutral"),
    )
    for key, title, address, kind in lines:
        if counted[key]:
            yield Waiting(title, address, f"截至{today.isoformat()}", counted[key], kind)
    yield from _notices(standing)


def _dispatches(standing: Standing) -> Iterator[Waiting]:
    """Tell of dispatches to answer, and of own ones whose day is past."""
    today = clock.today()
    for one in dispatch.to_answer(standing)[:5]:
        asked = one.dispatch
        late = (today - asked.answer_on).days
        yield Waiting(
            f"报送进度调度：{asked.title}", reverse("dispatch:answers", args=[one.pk]),
            f"{asked.answer_on.isoformat()}前 · {asked.opener.name}", vars(one)["missing"],
            "bad" if late > 0 else "wait", asked.answer_on,
        )  # fmt: skip
    for own in dispatch.to_follow(standing)[:3]:
        yield Waiting(
            f"已过报送期限，待催办或结束：{own.title}",
            reverse("dispatch:dispatch", args=[own.pk]), f"{own.answer_on.isoformat()}到期",
            kind="wait", due=own.answer_on,
        )  # fmt: skip
    drafted = dispatch.drafts(standing).count()
    if drafted:
        address = f"{reverse('dispatch:home')}?own=yes&stage=draft"
        yield Waiting("起草中的进度调度，待下发", address, count=drafted)


def _results(standing: Standing) -> Iterator[Waiting]:
    """Tell a city department what its batches of results wait for."""
    objections = results.to_answer(standing).count()
    if objections:
        address = f"{reverse('results:objections')}?state=open"
        yield Waiting("公示异议，待答复", address, "", objections, "bad")
    for verb, found in (
        ("会签", results.to_cosign(standing)),
        ("公示期满，待公布", results.to_announce(standing)),
        ("报送省两部门", results.to_report(standing)),
    ):
        for batch in found.order_by("pk")[:1]:
            address = reverse("results:batch", args=[batch.pk])
            yield Waiting(f"{verb}：{batch.title}", address, kind="wait")


def _panels(standing: Standing) -> Iterator[Waiting]:
    """Tell a city department what its panels wait for."""
    for said in experts.waiting_panels(standing)[:2]:
        yield Waiting(
            f"{said.panel.title}：{said.what}", reverse("experts:panel", args=[said.panel.pk]),
            kind="wait",
        )  # fmt: skip


def _expert(standing: Standing) -> Iterator[Waiting]:
    asked = experts.to_answer(standing.person_id)
    for seat in asked[:_FOLDED]:
        yield Waiting(
            f"答复评审邀请：{seat.panel.title}", reverse("experts:mine"), seat.panel.office_name,
            kind="wait",
        )  # fmt: skip
    for sitting in scoring.to_score(standing).select_related("round").order_by("held_on", "pk"):
        yield Waiting(
            f"{sitting.get_purpose_display()}评分：{sitting.round.name}",
            reverse("scoring:score", args=[sitting.pk]), sitting.held_on.isoformat(), kind="wait",
        )  # fmt: skip
    for sitting in scoring.to_agree(standing).select_related("round").order_by("held_on", "pk"):
        yield Waiting(
            f"{'签署' if sitting.opinion_at else '提出'}专家组意见：{sitting.round.name}",
            reverse("scoring:agree", args=[sitting.pk]), sitting.held_on.isoformat(), kind="wait",
        )  # fmt: skip
    checks = remarks.to_check(standing).count()
    if checks:
        address = f"{reverse('remarks:board')}?state=replied"
        yield Waiting("企业已回复您的意见，待复核", address, "", checks, "wait")


def _candidates(standing: Standing, state: Survey, title: str) -> Iterator[Waiting]:
    """Tell of candidates of this list year and later that wait in a state."""
    found = candidates.visible_to(standing).filter(state=state, year__gte=clock.today().year)
    if standing.line:
        found = found.filter(line=standing.line)
    years = found.order_by("year").values_list("year").annotate(number=Count("pk"))
    for year, number in years:
        address = f"{reverse('candidates:survey')}?year={year}&state={state.value}"
        yield Waiting(f"{year}年度{title}", address, count=number, kind="wait")


def _checks(standing: Standing) -> Iterator[Waiting]:
    """Tell a city department of figures that the province asks it to look at."""
    for check in bulletins.to_check(standing.city, standing.line or "")[:1]:
        yield Waiting(
            f"核对{check.year}年数据（截至{check.as_of}）",
            reverse("bulletins:check", args=[check.pk]), f"{check.due_on.isoformat()}前",
            kind="bad" if check.due_on < clock.today() else "wait", due=check.due_on,
        )  # fmt: skip


def _notices(standing: Standing) -> Iterator[Waiting]:
    """Tell a desk of written notices to serve, and of firms that are late."""
    number = notices.to_serve(standing).count()
    if number:
        yield Waiting("书面通知书，待送达", reverse("notices:desk"), "", number, "wait")
    if standing.role is Role.CITY:
        asked = chasing.extensions_visible_to(standing).filter(
            state=Extension.ASKED, round__lead=standing.line
        )
        if asked.exists():
            address = f"{reverse('notices:extensions')}?state=asked"
            yield Waiting("企业的延期申请，待决定", address, "", asked.count(), "wait")
    late = notices.owed(standing, clock.today(), 0).count()
    if late:
        address = f"{reverse('notices:owed')}?state=overdue"
        yield Waiting("企业逾期未完成的事项，待催办", address, "", late, "bad")


def _asked(standing: Standing) -> Iterator[Waiting]:
    """Tell a department of what enterprises asked and it decides."""
    own = {"state": Asked.ASKED} | ({"lead": standing.line} if standing.line else {})
    lines = [
        (registration.resets_visible_to(standing).filter(**own).count(), "resets",
         "企业账号重置申请，待核实授权书"),
    ]  # fmt: skip
    if standing.role is Role.CITY:
        changes = registration.changes_visible_to(standing).filter(**own).count()
        wishes = registration.wishes_visible_to(standing).filter(**own).count()
        lines += [
            (changes, "changes", "企业变更，待确认"),
            (wishes, "wishes", "企业申请自愿开展审核，待答复"),
        ]
    for number, page, title in lines:
        if number:
            address = f"{reverse(f'registration:{page}')}?state={Asked.ASKED.value}"
            yield Waiting(title, address, count=number, kind="wait")


def _board(standing: Standing, stage: str) -> str:
    """Return the board with the rounds that a line counts: of a city department its own."""
    own = f"lead={standing.line}&" if standing.role is Role.CITY else ""
    return f"{reverse('desk:rounds')}?{own}stage={stage}"


def _targets(today: date) -> Waiting:
    by = calendar.due_day("targets", today.year)
    return Waiting(
        f"确定{today.year}年各地预期目标", reverse("programme:targets"), f"{by.isoformat()}前",
        kind="bad" if today > by else "wait", due=by, duty="targets",
    )  # fmt: skip


def _province(standing: Standing) -> Iterator[Waiting]:
    today = clock.today()
    yield from _dispatches(standing)
    targets = [] if programme_actions.targets(today.year) else [_targets(today)]
    yield from targets
    yield from _calendar(standing, targets)
    lacking = len(calendar.lacking(calendar.board(today.year), today))
    if lacking:
        address = f"{reverse('calendar:board')}?year={today.year}&only=lacking"
        yield Waiting(
            "逾期未公布名单或未报送备案的地市", address, "", lacking, "bad",
        )  # fmt: skip
    to_answer = planning_queries.to_answer(standing).count()
    if to_answer:
        yield Waiting(
            "各市报送的备案，待本部门办理", reverse("planning:filings"), "登记备案或退回补正",
            to_answer, "wait",
        )  # fmt: skip
    applications = experts.applications().count()
    if applications:
        yield Waiting(
            "专家入库申请，待确认", f"{reverse('experts:pool')}?state=applied",
            "核对身份、职称和证书", applications, "wait",
        )  # fmt: skip
    yield from _accuracy(standing)
    disputes = bulletins.unanswered()
    if disputes.exists():
        yield Waiting(
            "数据核对中的异议，待答复",
            reverse("bulletins:check", args=[disputes.values_list("check_of", flat=True)[0]]),
            "", disputes.count(), "bad",
        )  # fmt: skip
    drafts = performance.visible_to(standing).filter(stage=SystemStage.DRAFT).count()
    if drafts:
        address = f"{reverse('performance:systems')}?stage={SystemStage.DRAFT}"
        yield Waiting("已导入、尚未启用的评价指标体系", address, "核对后启用或停用", drafts, "wait")
    gaps = statistics.discrepancies().count()
    if gaps:
        yield Waiting(
            "办结记录没有相应的通过验收记录", reverse("statistics:discrepancies"),
            "核清之前不计入统计", gaps, "bad",
        )  # fmt: skip
    moment = statistics.AsOf(today.year, today)
    behind = statistics.behind("not_completed", moment).count()
    if behind:
        yield Waiting(
            f"{today.year}年已通过验收、未完成“平台”流程",
            reverse("statistics:report", args=["platform-use"]),
            "按地市查看“平台”使用情况",
            behind,
            "wait",
        )


def _county(standing: Standing) -> Iterator[Waiting]:
    yield from _submitted(standing)
    yield from _reviews(standing)
    yield from _dispatches(standing)
    yield from _calendar(standing)
    yield from _notices(standing)
    yield from _asked(standing)
    yield from _candidates(standing, Survey.DRAFT, "候选企业已草拟，尚未上报")
    rounds = audits.visible_to(standing)
    open_rounds = rounds.filter(stage__in=WORKING).count()
    if open_rounds:
        yield Waiting(
            "辖区内正在开展的清洁生产审核", _board(standing, board.GOING), count=open_rounds
        )


_MAKERS = {
    Role.ENTERPRISE: _enterprise,
    Role.CITY: _city,
    Role.PROVINCE: _province,
    Role.COUNTY: _county,
    Role.CONSULTANCY: _consultancy,
    Role.EXPERT: _expert,
    Role.SUPPORT: _accuracy,
}


@dataclass(frozen=True, slots=True)
class Told:
    """One line of a history in a layman's words."""

    moment: datetime
    who: str
    office: str
    what: str
    before: str
    after: str
    reason: str


_WORDS = {
    "on": "日期",
    "document_number": "文号",
    "name": "名称",
    "code": "统一社会信用代码",
    "year": "年度",
    "completed_on": "办结日期",
    "start": "计划启动",
    "finish": "计划完成",
    "team": "审核小组",
    "focus": "审核重点",
    "old_platform_number": "旧平台编号",
    "notice": "依据",
    "way": "方式",
    "receiver": "签收人",
    "subject": "内容",
    "verdict": "结论",
    "rank": "身份",
    "receipt": "受理编号",
    "title": "调度",
    "answer": "报送内容",
    "expires_on": "有效至",
    "first_on": "实际开始",
    "last_on": "实际完成",
    "note": "进展",
    "mode": "审核方式",
    "phone": "办公电话",
}


def told(lines: Sequence[Entry]) -> list[Told]:
    """Return trail lines as a layman reads them: who did what, before and after."""
    return [
        Told(
            line.recorded_at, line.person_name, line.office_name, line.verb,
            _said(line.before, line.after), _said(line.after, line.before), line.reason,
        )
        for line in lines
    ]  # fmt: skip


def _said(facts: dict[str, Any] | None, other: dict[str, Any] | None) -> str:
    """Return the facts in words, leaving out what did not change and what only machines read."""
    parts = []
    for key, value in (facts or {}).items():
        if value in ("", None) or (other or {}).get(key) == value:
            continue
        if key == "stage" and value in set(Stage):
            parts.append(Stage(value).label)
        elif key in _WORDS:
            parts.append(f"{_WORDS[key]} {value}")
    return "，".join(parts)
