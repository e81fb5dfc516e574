"""A notice of change as a paper in the letter form, with its annex, and as a workbook."""

from collections.abc import Callable, Iterable, Mapping, Sequence
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
from cleanprod.foundation.web import downloads
from cleanprod.stages.audits.models import AmendmentLine
from cleanprod.stages.audits.rules import Change, Notice
from cleanprod.stages.audits.weighing import Weighed
from cleanprod.stages.programme.models import Batch

FORMATS: Mapping[str, tuple[str, str]] = {
    "docx": ("Word（代拟稿）", downloads.DOCX),
    "pdf": ("PDF（代拟稿）", downloads.PDF),
    "xlsx": ("Excel（附件）", downloads.XLSX),
}
_COLUMNS = ("序号", "企业名称", "统一社会信用代码", "县区", "变更", "理由")
_MEANING = {
    Change.CANCEL: "取消本轮清洁生产审核，未完成的期限终止。",
    Change.DEFER: "暂缓本轮清洁生产审核，未完成的期限终止，以后滚动纳入名单时重新起算。",
    Change.ROLL: "自以前年度名单滚动纳入本名单，各项期限从变更日期起算。",
}


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the annex."""

    change: Change
    name: str
    code: str
    county: str
    reason: str


def drafted(lines: Iterable[Weighed]) -> list[Row]:
    """Return the rows of a notice that is still prepared."""
    return [Row(one.line.change, one.name, one.code, one.county, one.line.reason) for one in lines]


def recorded(lines: Iterable[AmendmentLine]) -> list[Row]:
    """Return the rows of a recorded notice; the lines come with their entries and counties."""
    return [
        Row(
            Change(line.change),
            line.entry.name,
            line.entry.code,
            line.entry.county.name if line.entry.county else "",
            line.reason,
        )
        for line in lines
    ]


def render(batch: Batch, notice: Notice, rows: Sequence[Row], file_format: str) -> bytes:
    """Return the notice as the bytes of one file format."""
    return _WRITERS[file_format](batch, notice, rows)


def name(batch: Batch, notice: Notice, file_format: str) -> str:
    """Return the file name: list, number of the notice, ending."""
    kind = "变更明细表" if file_format == "xlsx" else "变更通知（代拟稿）"
    return f"{batch.title}{kind}_{notice.document_number}.{file_format}"


def paper(batch: Batch, notice: Notice, rows: Sequence[Row]) -> Paper:
    """Return the notice in the letter form, with the table of changes as its annex."""
    issuers = tuple(part.strip() for part in notice.issuers.split("、") if part.strip())
    annex = f"{batch.title}变更明细表"
    return Paper(
        title=f"{' '.join(issuers)}关于变更{batch.title}的通知",
        properties=Properties(
            created=notice.on, author=issuers[0] if issuers else "", subject=batch.title
        ),
        doc_number=notice.document_number,
        letterhead=issuers,
        addressee="各有关单位、有关企业：",
        blocks=tuple(_body(batch, notice, rows)),
        attachments=(annex,),
        signature=Signature(issuers, notice.on),
        annexes=(Annex("附件", annex, (_table(rows),)),),
        draft=True,
    )


def _body(batch: Batch, notice: Notice, rows: Sequence[Row]) -> Iterable[Block]:
    day = _in_figures(batch.published_on) if batch.published_on else ""
    yield Paragraph(f"《{batch.title}》（{batch.document_number}）已于{day}公布。")
    reason = notice.reason.strip().rstrip("。；")
    yield Paragraph(f"{reason}。现将名单变更情况通知如下：")
    for change in Change:
        found = sum(row.change is change for row in rows)
        if found:
            yield Heading(1, f"{change.label}（{found}家）")
            yield Paragraph(_MEANING[change])
    yield Paragraph("变更的企业和理由见附件。其他企业按原名单执行。")


def _in_figures(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def _table(rows: Sequence[Row]) -> Table:
    return Table(
        columns=(
            Column("序号", 0.6),
            Column("企业名称", 2.6, Align.LEFT),
            Column("统一社会信用代码", 2.2),
            Column("县区", 1.0),
            Column("变更", 1.0),
            Column("理由", 2.4, Align.LEFT),
        ),
        rows=tuple(_cells(number, row) for number, row in enumerate(rows, 1)),
    )


def _cells(number: int, row: Row) -> tuple[str, ...]:
    return (str(number), row.name, row.code, row.county, row.change.label, row.reason)


def _sheet(batch: Batch, notice: Notice, rows: Sequence[Row]) -> bytes:
    return downloads.xlsx(
        [
            downloads.Sheet(
                "变更明细表",
                _COLUMNS,
                [(number, *_cells(number, row)[1:]) for number, row in enumerate(rows, 1)],
                lead=(f"{batch.title}变更明细表",),
                notes=(f"{notice.document_number}　{notice.issuers}　{_in_figures(notice.on)}",),
            )
        ]
    )


_WRITERS: Mapping[str, Callable[[Batch, Notice, Sequence[Row]], bytes]] = {
    "docx": lambda batch, notice, rows: docx.render(paper(batch, notice, rows)),
    "pdf": lambda batch, notice, rows: pdf.render(paper(batch, notice, rows)),
    "xlsx": _sheet,
}
