"""What waits for a department of a city or the province, and for a county desk."""

from collections.abc import Iterator
from datetime import date

from django.db.models import Q
from django.urls import reverse

from cleanprod.faces.desk import board
from cleanprod.faces.desk.todo import shared
from cleanprod.faces.desk.todo.line import Waiting
from cleanprod.foundation.engine import clock
from cleanprod.foundation.organisations.rules import Standing
from cleanprod.insight.bulletins import queries as bulletins
from cleanprod.insight.statistics import queries as statistics
from cleanprod.stages.audits import access as audits
from cleanprod.stages.audits.models import AmendmentDraft
from cleanprod.stages.audits.rules import WORKING, Stage
from cleanprod.stages.calendar import queries as calendar
from cleanprod.stages.candidates.rules import State as Survey
from cleanprod.stages.disclosures import queries as disclosures
from cleanprod.stages.experts import queries as experts
from cleanprod.stages.performance import access as performance
from cleanprod.stages.performance.rules import SystemStage
from cleanprod.stages.planning import access as planning
from cleanprod.stages.planning import queries as filings
from cleanprod.stages.planning.rules import PlanAct
from cleanprod.stages.programme import access as programme
from cleanprod.stages.programme import actions as programme_actions
from cleanprod.stages.programme import settlements
from cleanprod.stages.programme.rules import BatchStage
from cleanprod.stages.results import queries as results
from cleanprod.stages.scoring import queries as scoring


def city(standing: Standing) -> Iterator[Waiting]:
    """Tell a city department what its year and the rounds it leads wait for."""
    yield from _checks(standing)
    yield from shared.of_dispatches(standing)
    for sitting in scoring.to_confirm(standing).select_related("round")[:2]:
        yield Waiting(
            f"审定{sitting.get_purpose_display()}结论：{sitting.round.name}",
            reverse("scoring:confirm", args=[sitting.pk]), "专家组意见已全部签署", kind="wait",
        )  # fmt: skip
    yield from shared.of_reviews(standing)
    yield from _results(standing)
    yield from shared.of_accuracy(standing)
    yield from shared.of_submissions(standing)
    yield Waiting(
        "企业信息公布的证明，待核对",
        f"{reverse('disclosures:board')}?state=waiting&lead={standing.line}",
        "核对通过，或退回修改", kind="wait", found=disclosures.proofs_to_check(standing),
    )  # fmt: skip
    paper = [*_lists(standing), *_papers(standing)]
    yield from paper
    yield from shared.of_calendar(standing, paper)
    for said in experts.waiting_panels(standing)[:2]:
        yield Waiting(
            f"{said.panel.title}：{said.what}", reverse("experts:panel", args=[said.panel.pk]),
            kind="wait",
        )  # fmt: skip
    today = clock.today()
    yield Waiting(
        f"{today.year}年度名单两部门重复，待会商", reverse("programme:overlaps"),
        "商定由哪个部门牵头后才能完成编制", kind="wait",
        found=settlements.pending(standing.city, today.year),
    )  # fmt: skip
    yield from shared.of_requests(standing)
    yield from shared.of_candidates(
        standing, Survey.REPORTED, "县区上报的候选企业，待采纳或说明理由"
    )
    drafts = AmendmentDraft.objects.filter(person_id=standing.person_id)
    for draft in drafts.select_related("batch")[:2]:
        yield Waiting(
            f"登记变更通知：{draft.batch.title}",
            reverse("audits:amend-preview", args=[draft.batch_id]),
        )
    rounds = audits.visible_to(standing).filter(lead=standing.line)
    for title, address, stages, kind in (
        ("已通过验收、未完成“平台”流程", reverse("review:completions"), [Stage.ACCEPTED], "wait"),
        ("已列入名单、尚未注册", shared.board_of(standing, "listed"), [Stage.LISTED], "neutral"),
        ("已注册、尚未填报审核计划", shared.board_of(standing, "registered"), [Stage.REGISTERED],
         "neutral"),
        ("正在开展本轮清洁生产审核", shared.board_of(standing, board.GOING), WORKING, "neutral"),
    ):  # fmt: skip
        yield Waiting(
            title, address, f"截至{today.isoformat()}", kind=kind,
            found=rounds.filter(stage__in=[*stages]),
        )  # fmt: skip
    yield from shared.of_notices(standing)


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
    made = filings.of_city(standing.city)
    for filing in filings.returned(made):
        yield Waiting(
            f"备案退回补正：{filing.title}", reverse("planning:filing", args=[filing.pk]),
            kind="bad",
        )  # fmt: skip
    unfiled = len(filings.to_file(standing.city, [year, year + 1], made))
    if unfiled:
        yield Waiting("已公布、未报送备案", reverse("planning:plans"), count=unfiled, kind="wait")


def _checks(standing: Standing) -> Iterator[Waiting]:
    """Tell a city department of figures that the province asks it to look at."""
    for check in bulletins.to_check(standing.city, standing.line or "")[:1]:
        yield Waiting(
            f"核对{check.year}年数据（截至{check.as_of}）",
            reverse("bulletins:check", args=[check.pk]), f"{check.due_on.isoformat()}前",
            kind="bad" if check.due_on < clock.today() else "wait", due=check.due_on,
        )  # fmt: skip


def _results(standing: Standing) -> Iterator[Waiting]:
    """Tell a city department what its batches of results wait for."""
    yield Waiting(
        "公示异议，待答复", f"{reverse('results:objections')}?state=open", kind="bad",
        found=results.to_answer(standing),
    )  # fmt: skip
    first = {vars(batch)["next_step"]: batch for batch in results.waiting_batches(standing)[::-1]}
    for step, batch in first.items():
        yield Waiting(
            f"{step}：{batch.title}", reverse("results:batch", args=[batch.pk]), kind="wait"
        )


def province(standing: Standing) -> Iterator[Waiting]:
    """Tell a provincial department what the year and the cities wait for."""
    today = clock.today()
    yield from shared.of_dispatches(standing)
    targets = [] if programme_actions.targets(today.year) else [_targets(today)]
    yield from targets
    yield from shared.of_calendar(standing, targets)
    lacking = len(calendar.lacking(calendar.board(today.year), today))
    if lacking:
        address = f"{reverse('calendar:board')}?year={today.year}&only=lacking"
        yield Waiting(
            "逾期未公布名单或未报送备案的地市", address, count=lacking, kind="bad"
        )  # fmt: skip
    yield Waiting(
        "各市报送的备案，待本部门办理", reverse("planning:filings"), "登记备案或退回补正",
        kind="wait", found=filings.to_answer(standing),
    )  # fmt: skip
    yield Waiting(
        "专家入库申请，待确认", f"{reverse('experts:pool')}?state=applied",
        "核对身份、职称和证书", kind="wait", found=experts.applications(),
    )  # fmt: skip
    yield from shared.of_accuracy(standing)
    disputed = list(bulletins.unanswered().values_list("check_of", flat=True))
    if disputed:
        yield Waiting(
            "数据核对中的异议，待答复", reverse("bulletins:check", args=[disputed[0]]),
            count=len(disputed), kind="bad",
        )  # fmt: skip
    yield Waiting(
        "已导入、尚未启用的评价指标体系",
        f"{reverse('performance:systems')}?stage={SystemStage.DRAFT}", "核对后启用或停用",
        kind="wait", found=performance.visible_to(standing).filter(stage=SystemStage.DRAFT),
    )  # fmt: skip
    yield Waiting(
        "办结记录没有相应的通过验收记录", reverse("statistics:discrepancies"),
        "核清之前不计入统计", kind="bad", found=statistics.discrepancies(),
    )  # fmt: skip
    yield Waiting(
        f"{today.year}年已通过验收、未完成“平台”流程",
        reverse("statistics:report", args=["platform-use"]), "按地市查看“平台”使用情况",
        kind="wait",
        found=statistics.behind("not_completed", statistics.AsOf(today.year, today)),
    )  # fmt: skip


def _targets(today: date) -> Waiting:
    by = calendar.due_day("targets", today.year)
    return Waiting(
        f"确定{today.year}年各地预期目标", reverse("programme:targets"), f"{by.isoformat()}前",
        kind="bad" if today > by else "wait", due=by, duty="targets",
    )  # fmt: skip


def county(standing: Standing) -> Iterator[Waiting]:
    """Tell a county desk what its firms and its city wait for."""
    yield from shared.of_submissions(standing)
    yield from shared.of_reviews(standing)
    yield from shared.of_dispatches(standing)
    yield from shared.of_calendar(standing)
    yield from shared.of_notices(standing)
    yield from shared.of_requests(standing)
    yield from shared.of_candidates(standing, Survey.DRAFT, "候选企业已草拟，尚未上报")
    yield Waiting(
        "辖区内正在开展的清洁生产审核", shared.board_of(standing, board.GOING),
        found=audits.visible_to(standing).filter(stage__in=WORKING),
    )  # fmt: skip
