"""The year's paper as docx and PDF in the letter form, and its list as a workbook."""

from collections.abc import Iterator, Sequence
from datetime import date

from cleanprod.foundation.documents.blocks import (
    Align,
    Annex,
    Block,
    Column,
    Heading,
    Paper,
    Paragraph,
    Properties,
    Signature,
    Table,
)
from cleanprod.kernel.period import add_months
from cleanprod.stages.audits.queries import clocks
from cleanprod.stages.planning.models import Plan
from cleanprod.stages.programme import papers as programme
from cleanprod.stages.programme.models import Batch, Entry
from cleanprod.stages.programme.rules import AuditKind

_COLUMNS = (
    Column("序号", 0.5), Column("企业名称", 2.6, Align.LEFT), Column("统一社会信用代码", 2.0),
    Column("县区", 0.9), Column("审核类型", 0.8), Column("列入原因", 1.1), Column("牵头部门", 1.1),
)  # fmt: skip


def paper(
    plan: Plan, batches: Sequence[Batch], entries: Sequence[Entry], issuers: Sequence[str], on: date
) -> Paper:
    """Return the paper; before publication a draft with number and day left blank.

    `on` is the day that the demands are reckoned by: the publication, else today.
    """
    annex = f"{plan.city.name}{plan.year}年度清洁生产审核企业名单"
    return Paper(
        title=f"{' '.join(issuers)}关于印发《{plan.title}》的通知",
        properties=Properties(created=plan.published_on or on, subject=plan.title),
        letterhead=tuple(issuers),
        doc_number=plan.document_number or f"〔{plan.year}〕　　号",
        addressee="各县（市、区）工业和信息化主管部门，市生态环境局各分局，各有关企业：",
        blocks=tuple(_blocks(plan, batches, entries, on)),
        attachments=(annex,),
        signature=Signature(tuple(issuers), plan.published_on),
        contact=f"联系人：{plan.contact}" if plan.contact else "",
        annexes=(Annex("附件", annex, (_table(entries),)),),
        disclosure="主动公开" if plan.published_on else "",
        draft=plan.published_on is None,
    )


def _blocks(
    plan: Plan, batches: Sequence[Batch], entries: Sequence[Entry], on: date
) -> Iterator[Block]:
    duties = clocks(on)
    basis = duties[0].basis.split("；")[0] if duties else ""
    yield Paragraph(
        f"为做好{plan.year}年清洁生产推行工作，依据{basis}等规定，现将有关事项通知如下。"
    )
    yield Heading(1, "重点任务")
    yield from _points(plan.tasks)
    yield Heading(1, "保障措施")
    yield from _points(plan.safeguards)
    yield Heading(1, "企业名单和有关要求")
    mandatory = sum(entry.kind == AuditKind.MANDATORY for entry in entries)
    industry = sum(entry.batch.lead == "industry" for entry in entries)
    yield Paragraph(
        f"{plan.year}年度清洁生产审核企业共{len(entries)}家，其中强制性{mandatory}家、"
        f"自愿性{len(entries) - mandatory}家；工业和信息化部门牵头{industry}家，"
        f"生态环境部门牵头{len(entries) - industry}家（名单见附件）。"
    )
    for duty in duties:
        until = f"（{_words(add_months(plan.published_on, duty.months))}前）" if (
            plan.published_on
        ) else ""  # fmt: skip
        length = f"{duty.months // 12}年" if duty.months % 12 == 0 else f"{duty.months}个月"
        yield Paragraph(f"自名单公布之日起{length}内{until}，{duty.title}。")
    if plan.funding or plan.fee is not None:
        yield Heading(1, "经费保障")
        if plan.funding:
            yield from _points(plan.funding)
        if plan.fee is not None:
            yield Paragraph(f"{plan.year}年度评估验收费用预算{plan.fee:,.2f}元。")


def _words(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def _points(text: str) -> Iterator[Block]:
    """Return each line as a paragraph; one like 标题。正文 begins with a heading."""
    for line in text.splitlines():
        line = line.strip()
        head, stop, body = line.partition("。")
        if line and stop and body and len(head) <= 30:
            yield Heading(2, f"{head}。", body)
        elif line:
            yield Paragraph(line)


def _table(entries: Sequence[Entry]) -> Table:
    return Table(
        columns=_COLUMNS,
        rows=tuple(
            (
                str(number), entry.name, entry.code or "—",
                entry.county.name if entry.county else "—", entry.get_kind_display(),
                entry.reasons or "—", entry.batch.get_lead_display(),
            )
            for number, entry in enumerate(entries, 1)
        ),
        landscape=True,
    )  # fmt: skip


def workbook(plan: Plan, entries: Sequence[Entry]) -> bytes:
    """Return the list as a workbook that an office can import again."""
    title = f"{plan.city.name}{plan.year}年度清洁生产审核企业名单"
    return programme.workbook(title, entries)
