"""The minutes of a review: when, where, who reviewed, what was seen on site, the conclusion."""

from collections.abc import Iterator

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
from cleanprod.stages.scoring.rules import UNCONFIRMED


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
