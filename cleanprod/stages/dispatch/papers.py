"""The letter of a dispatch 调度通知 as a draft paper, with the list as its annex."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

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
)
from cleanprod.stages.audits.rules import Stage
from cleanprod.stages.dispatch.models import Dispatch, Row
from cleanprod.stages.dispatch.queries import Group
from cleanprod.stages.dispatch.rules import owed_words

_COLUMNS = (
    Column("序号", 0.5), Column("报送单位", 1.6, Align.LEFT), Column("企业名称", 2.2, Align.LEFT),
    Column("县区", 0.9), Column("状态", 1.0), Column("未完成事项", 3.0, Align.LEFT),
    Column("逾期（天）", 0.7),
)  # fmt: skip
_NAMED = 8  # recipients written out in the address of the letter


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the annex."""

    recipient: str
    name: str
    county: str
    stage: str
    owed: str
    late: int


def lines_of(rows: Sequence[Row]) -> list[Line]:
    """Return the frozen rows as lines of the annex."""
    return [
        Line(row.recipient.name, row.name, row.county_name, Stage(row.stage).label, row.owed,
             row.late)
        for row in rows
    ]  # fmt: skip


def lines_before(groups: Sequence[Group]) -> list[Line]:
    """Return what a draft would freeze today as lines of the annex."""
    return [
        Line(
            group.name, one.round.name, one.round.county.name if one.round.county else "",
            Stage(one.round.stage).label,
            owed_words(one.duties),
            one.late,
        )
        for group in groups
        for one in group.rows
    ]  # fmt: skip


def paper(dispatch: Dispatch, lines: Sequence[Line], on: date) -> Paper:
    """Return the letter; number and day stay blank, for it is issued in the office's own system."""
    title = f"{dispatch.opener.name}关于开展“{dispatch.title}”的通知"
    names = list(dict.fromkeys(line.recipient for line in lines))
    return Paper(
        title=title,
        properties=Properties(created=dispatch.opened_on or on, subject=dispatch.title),
        letterhead=(dispatch.opener.name,),
        doc_number=f"〔{(dispatch.opened_on or on).year}〕　　号",
        addressee=_addressee(names),
        blocks=tuple(_blocks(dispatch, lines, names, on)),
        attachments=("进度调度企业清单",),
        signature=Signature((dispatch.opener.name,), None),
        contact=f"联系人：{dispatch.contact}" if dispatch.contact else "",
        annexes=(Annex("附件", "进度调度企业清单", (_table(lines),)),),
        draft=True,
    )


def _addressee(names: Sequence[str]) -> str:
    if len(names) <= _NAMED:
        return f"{'，'.join(names)}：" if names else "各有关单位："
    return "各有关单位（见附件）："


def _blocks(
    dispatch: Dispatch, lines: Sequence[Line], names: Sequence[str], on: date
) -> Iterator[Block]:
    day = dispatch.opened_on or on
    late = sum(line.late > 0 for line in lines)
    yield Paragraph(dispatch.reason.rstrip("。") + "。现将有关事项通知如下。")
    yield Heading(1, "调度范围")
    yield Paragraph(
        f"截至{_words(day)}，列入本次调度的企业{len(lines)}家，由{len(names)}个单位报送，"
        f"其中有逾期未完成事项的{late}家（清单见附件）。"
    )
    yield Heading(1, "报送内容")
    asked = "、".join(
        f"{one.label}（{'、'.join(one.options)}）" if one.options else one.label
        for one in dispatch.asked
    )
    yield Paragraph(f"逐家报送{asked}。")
    yield Heading(1, "报送要求")
    yield Paragraph(
        f"请于{_words(dispatch.answer_on)}前在平台“进度调度”中逐家填写并报送，也可以下载报送表"
        "填好后导入。期限之后报送的，标记为逾期报送；未报送的，由平台再次催办。"
    )


def _words(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def _table(lines: Sequence[Line]) -> Table:
    return Table(
        columns=_COLUMNS,
        rows=tuple(
            (
                str(number), line.recipient, line.name, line.county or "—", line.stage,
                line.owed or "—", str(line.late) if line.late else "—",
            )
            for number, line in enumerate(lines, 1)
        ),
        landscape=True,
    )  # fmt: skip


def render(made: Paper, file_format: str) -> bytes:
    """Return a letter as docx or PDF."""
    return docx.render(made) if file_format == "docx" else pdf.render(made)
