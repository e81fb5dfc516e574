"""The check before submitting 提交前检查: one function for the page and for the act.

`PROVIDERS` is the whole table. A provider takes a round and yields findings; another one is
added by another line. Whoever submits is stopped by nothing else than what stands here.
"""

from collections.abc import Callable, Iterable, Iterator

from django.urls import reverse

from cleanprod.foundation.engine import clock
from cleanprod.foundation.obligations.models import Obligation
from cleanprod.stages.audits.models import Round
from cleanprod.stages.audits.rules import Stage
from cleanprod.stages.materials import access as material_access
from cleanprod.stages.materials import papers
from cleanprod.stages.materials import queries as materials
from cleanprod.stages.measures import checking
from cleanprod.stages.measures import queries as measures
from cleanprod.stages.measures.rules import (
    Cost,
    Field,
    Typed,
    ValueSet,
    misclassed,
    totals,
)
from cleanprod.stages.measures.rules import State as SheetState
from cleanprod.stages.phases import queries as phases
from cleanprod.stages.submissions import queries
from cleanprod.stages.submissions.rules import (
    GATES,
    Finding,
    Level,
    Party,
    Purpose,
    sorted_findings,
)

Provider = Callable[[Round], Iterable[Finding]]
_NAMED = 3  # findings of the data check that are told by name
DECLARING = "declare"  # how the keys of missing declarations begin
_BEFORE = (Stage.LISTED, Stage.REGISTERED, Stage.PLANNED)


def findings(audit: Round) -> list[Finding]:
    """Return everything that all providers find, what blocks first."""
    return sorted_findings(one for provider in PROVIDERS for one in provider(audit))


def plan_filed(audit: Round) -> Iterator[Finding]:
    """Ask for a filed plan."""
    if audit.planned_on is None:
        yield Finding(
            Level.BLOCK, "plan", "审核计划", "还没有填报审核计划", "请先填报审核计划",
            f"/rounds/{audit.pk}/",
        )  # fmt: skip


def started(audit: Round) -> Iterator[Finding]:
    """Ask for a round that is going on and whose report is not handed in yet."""
    stage = Stage(audit.stage)
    if stage in _BEFORE:
        yield Finding(
            Level.BLOCK, "started", "启动审核", f"本轮审核现为“{stage.label}”，还没有启动",
            "请先登记启动审核", f"/rounds/{audit.pk}/",
        )  # fmt: skip
    elif stage is not Stage.STARTED:
        yield Finding(
            Level.BLOCK, "started", "本轮审核", f"现为“{stage.label}”，不能提交审核报告",
            "已提交的，等待牵头部门受理或退回", f"/rounds/{audit.pk}/",
        )  # fmt: skip


def in_time(audit: Round) -> Iterator[Finding]:
    """Tell of a report that is late; being late forbids nothing."""
    duties = Obligation.objects.open().filter(subject=f"round:{audit.pk}")
    late = duties.filter(key__contains=":finish:", due_on__lt=clock.today()).first()
    if late:
        days = (clock.today() - late.due_on).days
        yield Finding(
            Level.INFORM, "late", "期限", f"应于{late.due_on}前提交，已逾期{days}天",
            "仍可提交；有特殊情况的，在本轮审核页申请延期", f"/rounds/{audit.pk}/",
        )  # fmt: skip


def materials_present(audit: Round) -> Iterator[Finding]:
    """Ask for every required material of the stage."""
    for one in materials.missing(audit, GATES[Purpose.REPORT]):
        yield Finding(
            Level.BLOCK, f"missing-{one.key}", one.title, "没有上传", one.advice,
            _item(audit, one.key),
        )  # fmt: skip


def seals_fresh(audit: Round) -> Iterator[Finding]:
    """Ask that what was sealed says what the platform says now."""
    gates = GATES[Purpose.REPORT]
    newest = materials.latest(audit, gates)
    for one in materials.items(audit, gates):
        version = newest.get(one.key)
        if one.paper is None or version is None:
            continue
        if version.printed is None:
            yield Finding(
                Level.CONFIRM, f"print-{one.key}", one.title, "没有注明打印编号，无法核对盖章内容",
                "请说明盖章件的来源，或在平台打印、盖章后重新上传", _item(audit, one.key),
            )  # fmt: skip
        elif version.printed.fingerprint != papers.content(audit, one).fingerprint:
            yield Finding(
                Level.BLOCK, f"print-{one.key}", one.title,
                f"打印（编号{version.printed.number}）以后内容有变动", "请重新打印、盖章、上传",
                _item(audit, one.key),
            )  # fmt: skip


def _item(audit: Round, key: str) -> str:
    return reverse("materials:item", args=[audit.pk, key])


def sheet_filled(audit: Round) -> Iterator[Finding]:
    """Ask for a performance sheet with measures whose money and totals make sense."""
    sheet = measures.sheet_of(audit)
    found = measures.typed(sheet)
    address = reverse("measures:sheet", args=[audit.pk])
    if sheet is None or not any(one.of(ValueSet.EXPECTED) for one in found):
        yield Finding(
            Level.BLOCK, "sheet", "绩效表", "没有填报方案和预期数值", "请填报绩效表", address
        )
        return
    for trouble in misclassed(found, ValueSet.EXPECTED, sheet.border):
        name = found[trouble.row - 1].code
        yield Finding(
            Level.CONFIRM, f"class-{name}", f"绩效表 {name}", trouble.rule, trouble.advice, address
        )
    for name in _unpaid(found):
        yield Finding(
            Level.CONFIRM, f"money-{name}", f"绩效表 {name}", "中/高费方案没有填写预期投资额",
            "请补填，或说明原因", address,
        )  # fmt: skip
    share = measures.share(clock.today())
    summed = totals(found, ValueSet.EXPECTED, sheet.factor_set, share=share)
    for number, text in enumerate(summed.differences):
        yield Finding(
            Level.CONFIRM, f"total-{number}", "绩效表合计", text, "请核对单位和数值，或说明原因",
            address,
        )  # fmt: skip


def sheet_consistent(audit: Round) -> Iterator[Finding]:
    """Tell what the data check of the sheet found, which stands in the way of a review later."""
    sheet = measures.sheet_of(audit)
    if sheet is None or sheet.state == SheetState.CONFIRMED:
        return
    found = checking.hindrances(sheet, ValueSet.EXPECTED)
    if found:
        named = "；".join(found[:_NAMED]) + ("等" if len(found) > _NAMED else "")
        yield Finding(
            Level.INFORM, "sheet-data", "绩效表数据检查", f"{len(found)}项没有改正或说明：{named}",
            "不影响提交；申请评估、验收以前应改正或说明",
            reverse("measures:sheet", args=[audit.pk]),
        )  # fmt: skip


def phases_told(audit: Round) -> Iterator[Finding]:
    """Tell of phases of which nobody said when they began; the report speaks of them all."""
    if Stage(audit.stage) is not Stage.STARTED:
        return
    silent = [one.title for one in phases.phases_of(audit) if not one.done or not one.done.first_on]
    if silent:
        yield Finding(
            Level.INFORM, "phases", "审核阶段", f"没有填报实际日期：{'、'.join(silent)}",
            "不影响提交；请补填，牵头部门和专家看得到", reverse("phases:course", args=[audit.pk]),
        )  # fmt: skip


def _unpaid(found: Iterable[Typed]) -> list[str]:
    """Return the codes of measures of medium or high cost without an expected investment."""
    return [
        one.code
        for one in found
        if one.cost is Cost.HIGH
        and one.of(ValueSet.EXPECTED)
        and Field.INVESTMENT not in one.of(ValueSet.EXPECTED)
    ]


def answered_return(audit: Round) -> Iterator[Finding]:
    """Ask why a returned report is handed in again as it was."""
    last = queries.last(audit)
    if last and last.returned_on and last.content == queries.current(audit).fingerprint:
        yield Finding(
            Level.CONFIRM, "unchanged", "退回意见",
            f"退回理由：{last.returned_reason}；材料没有变动",
            "请按意见修改，上传新的一稿；确不需要修改的，说明理由",
        )  # fmt: skip


def declarations(audit: Round) -> Iterator[Finding]:
    """Ask for the declaration of the enterprise, and of each consultancy that works on the round.

    A declaration speaks of the versions it was given for; other versions need another one.
    """
    given = set(
        queries.declared(audit, queries.current(audit).fingerprint).values_list(
            "party", "office_id"
        )
    )
    if not any(party == Party.ENTERPRISE for party, _ in given):
        yield _undeclared("enterprise", "企业")
    for one in material_access.engagements(audit):
        if (Party.CONSULTANCY.value, one.consultancy_id) not in given:
            yield _undeclared(str(one.consultancy_id), one.consultancy.name)


def _undeclared(key: str, who: str) -> Finding:
    return Finding(
        Level.BLOCK, f"{DECLARING}-{key}", "声明", f"{who}还没有对现在的材料作出声明",
        f"其他问题改正后，由{who}在本页声明；材料有变动的，应重新声明",
    )  # fmt: skip


PROVIDERS: tuple[Provider, ...] = (
    plan_filed,
    started,
    in_time,
    materials_present,
    seals_fresh,
    sheet_filled,
    sheet_consistent,
    phases_told,
    answered_return,
    declarations,
)
