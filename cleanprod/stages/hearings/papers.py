"""The minutes of a review: when, where, who reviewed, what was seen on site, the conclusion."""

from collections.abc import Iterator
from decimal import Decimal

from cleanprod.foundation.documents import docx, pdf
from cleanprod.foundation.documents.blocks import (
    Align,
    Block,
    Column,
    Heading,
    Paper,
    Paragraph,
    Properties,
    Table,
    table_paper,
)
from cleanprod.kernel.errors import Refused
from cleanprod.stages.hearings import queries
from cleanprod.stages.hearings.models import Hearing, Offline
from cleanprod.stages.hearings.rules import State
from cleanprod.stages.scoring.rules import UNCONFIRMED, Sheet


def render(paper: Paper, file_format: str) -> bytes:
    """Return a paper as docx or PDF."""
    return docx.render(paper) if file_format == "docx" else pdf.render(paper)


def minutes(hearing: Hearing) -> Paper:
    """Return the minutes of a concluded review; single scores stand in the summary of scores."""
    if hearing.state != State.CONCLUDED:
        raise Refused("登记结论以后才有会议纪要")
    entry = hearing.entries.filter(rejected="").first() if hearing.offline else None
    kind = hearing.get_step_display()
    return table_paper(
        f"{hearing.round.name}清洁生产审核{kind}会议纪要",
        *_blocks(hearing, entry),
        properties=Properties(hearing.concluded_on or hearing.day, subject=hearing.round.name),
    )


def summary(hearing: Hearing, entry: Offline) -> Paper:
    """Return the summary of scores of a review held on paper, as the entry has them."""
    sheet = queries.sheet_of(hearing)
    mark = f" {UNCONFIRMED}" if sheet is not None and sheet.unconfirmed else ""
    rows = tuple(
        (str(place), one["name"], one["unit"], one["total"] or "—", one["veto"] or "—")
        for place, one in enumerate(entry.voters, 1)
    )
    return table_paper(
        f"{hearing.round.name}{hearing.get_step_display()}评分汇总表（线下评审）{mark}",
        Table(
            columns=(
                Column("序号", 0.6), Column("姓名", 1.2), Column("工作单位", 2.6, Align.LEFT),
                Column("得分", 1), Column("否决项", 2.4, Align.LEFT),
            ),
            rows=rows, unit="分", note="系统外评审，由牵头部门录入、另一人复核。",
        ),
        *(Paragraph(text) for text in _notes(entry, sheet)),
        properties=Properties(entry.held_on, subject=hearing.round.name),
    )  # fmt: skip


def _notes(entry: Offline, sheet: Sheet | None) -> Iterator[str]:
    totals = [Decimal(one["total"]) for one in entry.voters if one["total"]]
    if entry.mean is not None:
        spread = max(totals) - min(totals)
        yield f"平均分：{entry.mean}分（四舍五入至两位小数）。最大分差：{spread}分。"
    yield f"结论：{entry.meaning}。"
    for said in filter(None, (entry.irregular, entry.note)):
        yield f"说明：{said}。"
    if sheet is not None:
        mark = f"，{UNCONFIRMED}" if sheet.unconfirmed else ""
        yield f"评分表：{sheet.name}（{sheet.version}）{mark}。{sheet.source}。"
    checked = f"复核：{entry.verified_by}，{entry.verified_on}" if entry.verified_on else "未复核"
    yield f"录入：{entry.entered_by}；{checked}。专家签名的评分表和签到表见扫描件。"


def _blocks(hearing: Hearing, entry: Offline | None) -> Iterator[Block]:
    held = entry.held_on if entry else hearing.meets_on or hearing.day
    place = entry.place if entry else hearing.place
    form = "线下评审" if hearing.offline else f"{hearing.get_form_display()}评审"
    yield Paragraph(
        f"会议日期：{held.year}年{held.month}月{held.day}日 {hearing.hour}".rstrip()
        + f"；地点：{place}；形式：{form}；申请日期：{hearing.applied_on.isoformat()}。"
    )
    sheet = queries.sheet_of(hearing)
    if sheet is not None and sheet.unconfirmed:
        yield Paragraph(f"评分表：{sheet.name}（{sheet.version}），{UNCONFIRMED}。")
    yield Heading(1, "参加评审的专家")
    yield Table(
        columns=(Column("序号", 0.5), Column("姓名", 1.4), Column("说明", 3.2, Align.LEFT)),
        rows=tuple(
            (str(number), name, note) for number, (name, note) in enumerate(_who(hearing, entry), 1)
        ),
        note="单项评分见评分汇总表。",
    )
    visits = list(hearing.visits.order_by("happened_on", "pk"))
    if visits:
        yield Heading(1, "现场查看")
    for one in visits:
        yield Paragraph(f"{one.happened_on.isoformat()}，参加人员：{one.people}。{one.seen}")
    yield Heading(1, "结论")
    mean = "" if hearing.mean is None else f"平均分{hearing.mean}分，"
    yield Paragraph(f"{mean}{hearing.meaning}。")
    opinion = entry.opinion if entry else hearing.sitting.opinion if hearing.sitting else ""
    for line in filter(None, (text.strip() for text in opinion.splitlines())):
        yield Paragraph(line)
    yield Paragraph(f"登记：{hearing.concluded_by}，{hearing.concluded_on}。")


def _who(hearing: Hearing, entry: Offline | None) -> Iterator[tuple[str, str]]:
    """Yield the experts with what stands beside their names."""
    if entry is not None:
        for voter in entry.voters:
            yield str(voter["name"]), str(voter["unit"])
    elif hearing.sitting is not None:
        for member in hearing.sitting.members.order_by("-leader", "pk"):
            yield member.name, "组长" if member.leader else "成员"
