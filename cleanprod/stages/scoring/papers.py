"""The opinion of a sitting and the summary of its scores, as docx and PDF."""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from cleanprod.foundation.documents import docx, pdf
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
    Total,
    table_paper,
)
from cleanprod.stages.experts.models import Expert
from cleanprod.stages.scoring import drafting, rules
from cleanprod.stages.scoring.models import Member, Sitting
from cleanprod.stages.scoring.queries import answers_of, sheet_of
from cleanprod.stages.scoring.rules import UNCONFIRMED, Purpose

TITLES = {
    Purpose.ASSESSMENT: "清洁生产审核评估技术审查意见",
    Purpose.ACCEPTANCE: "清洁生产审核验收意见",
}


_BY_HAND = "专家已在系统内确认评分和意见；系统内确认不代替本人签名。"


def render(paper: Paper, file_format: str) -> bytes:
    """Return a paper as docx or PDF."""
    return docx.render(paper) if file_format == "docx" else pdf.render(paper)


def opinion(sitting: Sitting) -> Paper:
    """Return the opinion with the sheet the panel signs; it tells no member's scores or dissent."""
    return Paper(
        title=TITLES[Purpose(sitting.purpose)],
        properties=Properties(sitting.confirmed_on or sitting.held_on, subject=sitting.round.name),
        letterhead=(sitting.office_name,),
        addressee=f"{sitting.round.name}：",
        blocks=tuple(_opinion(sitting)),
        attachments=("评审专家签名表",),
        signature=Signature((sitting.office_name,), sitting.confirmed_on),
        annexes=(Annex("附件", "评审专家签名表", (_signatures(sitting),)),),
    )


def _opinion(sitting: Sitting) -> Iterator[Block]:
    sheet, word = sheet_of(sitting), sitting.get_purpose_display()
    answers = [answers_of(one) for one in sitting.members.order_by("pk")]
    day = sitting.held_on
    yield Paragraph(
        f"{day.year}年{day.month}月{day.day}日，{sitting.office_name}在{sitting.place}组织专家对"
        f"贵单位（统一社会信用代码：{sitting.round.code or '无'}）的清洁生产审核进行{word}。"
    )
    if sheet.unconfirmed:
        yield Paragraph(f"评分表：{sheet.name}（{sheet.version}），{UNCONFIRMED}。")
    yield Heading(1, "结论")
    score = "" if sitting.mean is None else f"平均分{sitting.mean}分，"
    yield Paragraph(f"{score}{sitting.meaning}。")
    yield Heading(1, "重点审查情况")
    yield _focus(drafting.blocks(sheet, answers))
    if sheet.vetoes:
        found = [one.text for one in sheet.vetoes if any(one.number in n.vetoes for n in answers)]
        yield Paragraph(f"否决项：{'；'.join(found) if found else '经核查，不存在'}。")
    yield Heading(1, "专家组意见")
    for line in filter(None, (text.strip() for text in sitting.opinion.splitlines())):
        yield Paragraph(line)


def _focus(blocks: Sequence[drafting.Block]) -> Table:
    """Return what the panel gave in each focus of the notice."""
    return Table(
        columns=(
            Column("审查重点", 3, Align.LEFT), Column("满分", 1), Column("平均得分", 1.2),
            Column("得分率（%）", 1.4),
        ),
        rows=tuple((one.title, str(one.maximum), one.shown_mean, one.rate) for one in blocks),
        unit="分",
        note="得分率是平均得分占满分的百分比。",
    )  # fmt: skip


def _signatures(sitting: Sitting) -> Table:
    """Return the panel as the pool knows it, with a place for each signature."""
    members = list(sitting.members.order_by("-leader", "pk"))
    pool = Expert.objects.filter(person__in=[one.person_id for one in members])
    known = {one.person_id: one for one in pool}
    return Table(
        columns=(
            Column("组成", 0.8), Column("姓名", 1.3), Column("工作单位", 2.2, Align.LEFT),
            Column("职称", 1.4), Column("专业领域", 1.6), Column("签名", 1.3),
        ),
        rows=tuple(
            ("组长" if one.leader else "成员", one.name, *_of_pool(known.get(one.person_id)), "")
            for one in members
        ),
        note=_BY_HAND,
    )  # fmt: skip


def _of_pool(expert: Expert | None) -> tuple[str, str, str]:
    return (expert.employer, expert.title, expert.field_words) if expert else ("—", "—", "—")


def summary(sitting: Sitting) -> Paper:
    """Return the table of all scores with totals, findings and dissent."""
    sheet, members = sheet_of(sitting), list(sitting.members.order_by("pk"))
    mark = f" {UNCONFIRMED}" if sheet.unconfirmed else ""
    return table_paper(
        f"{sitting.round.name}{sitting.get_purpose_display()}评分汇总表{mark}",
        _table(sitting, members),
        _focus(drafting.blocks(sheet, [answers_of(one) for one in members])),
        *(Paragraph(text) for text in _notes(sitting, members)),
        properties=Properties(sitting.confirmed_on or sitting.held_on, subject=sitting.round.name),
    )


def _table(sitting: Sitting, members: list[Member]) -> Table:
    sheet = sheet_of(sitting)
    rows = tuple(
        (item.number, item.text, str(item.maximum), *(_plain(one, item.number) for one in members))
        for item in (*sheet.items, *sheet.bonus)
    )
    totals = (rules.total(sheet, answers_of(one)) for one in members)
    told = tuple("否决" if one is None else rules.short(one) for one in totals)
    return Table(
        columns=(
            Column("序号", 0.6),
            Column("项目", 4, Align.LEFT),
            Column("满分", 0.7),
            *(Column(one.name, 1) for one in members),
        ),
        rows=rows,
        total=Total("合计", 3, told),
        unit="分",
        note="专家对扣分项目的意见见专家组意见。",
    )


def _plain(member: Member, number: str) -> str:
    return str(member.scores.get(number, "—"))


def _notes(sitting: Sitting, members: list[Member]) -> Iterator[str]:
    sheet = sheet_of(sitting)
    if sitting.mean is not None:
        yield f"平均分：{sitting.mean}分（四舍五入至两位小数）。"
        yield f"最大分差：{_short(sitting.spread)}分。"
    yield f"结论：{sitting.meaning}。"
    for veto in sheet.vetoes:
        for one in members:
            if veto.number in one.vetoes:
                yield f"否决项{veto.number}（{one.name}）：{veto.text}。{one.remarks[veto.number]}"
    if sitting.spread_reason:
        yield f"分差说明：{sitting.spread_reason}"
    for one in members:
        if one.dissent:
            yield f"不同意见（{one.name}）：{one.dissent}"
    mark = f"，{UNCONFIRMED}" if sheet.unconfirmed else ""
    yield f"评分表：{sheet.name}（{sheet.version}）{mark}。{sheet.source}。"
    yield "专家签名：" + "　　　　".join(f"{one.name}＿＿＿＿" for one in members)


def _short(value: Decimal | None) -> str:
    return "—" if value is None else rules.short(value)
