"""A bulletin as a paper: letter form with text from figures, its tables as annexes."""

from collections.abc import Iterator, Mapping, Sequence

from cleanprod.foundation.documents import docx, pdf
from cleanprod.foundation.documents.blocks import (
    Annex,
    Block,
    Heading,
    Paper,
    Paragraph,
    Properties,
    Signature,
)
from cleanprod.foundation.web import downloads
from cleanprod.insight.bulletins.models import Bulletin
from cleanprod.insight.bulletins.rules import Choices, Kind, says, title
from cleanprod.insight.statistics import files
from cleanprod.insight.statistics.reports import compile_report
from cleanprod.insight.statistics.rules import Report
from cleanprod.insight.statistics.tabled import Tabled

FORMATS: Mapping[str, str] = {"docx": downloads.DOCX, "pdf": downloads.PDF}
_TABLES = {
    Kind.PLATFORM_USE: (Report.ANNEX1, Report.PLATFORM_USE),
    Kind.PROGRESS: (Report.PROGRESS,),
    Kind.BRIEF: (Report.PLATFORM_USE, Report.PROGRESS),
}


def choices(bulletin: Bulletin) -> Choices:
    """Return what the drafter set."""
    return Choices(
        bulletin.period, bulletin.cutoff, bulletin.name_cities, bulletin.opening,
        bulletin.remarks, bulletin.problems, bulletin.demands,
    )  # fmt: skip


def file_title(bulletin: Bulletin) -> str:
    """Return how files of a bulletin are called."""
    return title(Kind(bulletin.kind), bulletin.period, ()).removeprefix("关于")


def paper(bulletin: Bulletin, issuers: Sequence[str]) -> Paper:
    """Return the paper of one version; number and day stay blank until the office gives them."""
    kind, snapshot = Kind(bulletin.kind), bulletin.snapshot
    annexes = tuple(_annexes(bulletin))
    return Paper(
        title=title(kind, bulletin.period, issuers),
        properties=Properties(
            created=snapshot.as_of, author=issuers[0] if issuers else "",
            subject=f"数据封存 {snapshot.sha256}",
        ),
        letterhead=tuple(issuers),
        doc_number=f"〔{snapshot.as_of.year}〕　　号",
        addressee="各地级以上市工业和信息化、生态环境主管部门：",
        blocks=tuple(_blocks(bulletin)),
        attachments=tuple(annex.title for annex in annexes),
        signature=Signature(tuple(issuers)),
        contact=f"联系人：{bulletin.contact}" if bulletin.contact else "",
        annexes=annexes,
        disclosure=bulletin.disclosure,
        copy_to=bulletin.copy_to,
        draft=True,
    )  # fmt: skip


def _blocks(bulletin: Bulletin) -> Iterator[Block]:
    for line in bulletin.opening.splitlines():
        if line.strip():
            yield Paragraph(line.strip())
    for one in says(Kind(bulletin.kind), bulletin.snapshot.told, choices(bulletin)):
        if one.heading:
            yield Heading(one.level, one.heading)
        for text in one.paragraphs:
            yield Paragraph(text)


def tables(bulletin: Bulletin) -> list[Tabled]:
    """Return the tables that stand as annexes, from the frozen figures."""
    snapshot = bulletin.snapshot
    return [
        compile_report(report, snapshot.moment, snapshot.rows)
        for report in _TABLES[Kind(bulletin.kind)]
    ]


def _annexes(bulletin: Bulletin) -> Iterator[Annex]:
    annexed = tables(bulletin)
    for number, tabled in enumerate(annexed, 1):
        blocks = files.paper(tabled).annexes[0].blocks
        yield Annex(f"附件{number}" if len(annexed) > 1 else "附件", tabled.title, blocks)


def render(shown: Paper, file_format: str) -> bytes:
    """Return the paper as the bytes of one format; the same paper gives the same bytes."""
    return docx.render(shown) if file_format == "docx" else pdf.render(shown)
