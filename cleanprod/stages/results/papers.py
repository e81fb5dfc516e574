"""The notice of publicity, the announcement with its three annexes, and the certificate."""

from collections.abc import Iterator, Sequence
from urllib.parse import urlencode

from cleanprod.foundation.documents import docx, pdf
from cleanprod.foundation.documents.blocks import (
    Align,
    Annex,
    Block,
    Code,
    Column,
    Paper,
    Paragraph,
    Properties,
    Signature,
    Table,
)
from cleanprod.foundation.engine import clock
from cleanprod.foundation.organisations import queries as organisations
from cleanprod.foundation.organisations.rules import Line as Department
from cleanprod.foundation.web import downloads
from cleanprod.stages.results import queries
from cleanprod.stages.results.models import Batch, Certificate, Line
from cleanprod.stages.results.rules import Counting, Part3, Publicity, counted, written
from cleanprod.stages.review.models import Result

_COLUMNS = (
    Column("序号", 0.5), Column("企业名称", 2.6, Align.LEFT), Column("统一社会信用代码", 1.9),
    Column("县区", 0.9), Column("审核类型", 0.8), Column("牵头部门", 1.1), Column("结论日期", 1.0),
)  # fmt: skip
_HEADS = (
    "序号", "企业名称", "统一社会信用代码", "县区", "审核类型", "牵头部门", "结论", "结论日期",
    "评估得分（分）", "验收得分（分）", "清洁生产水平", "证书编号", "证书有效期至",
)  # fmt: skip


def issuers(batch: Batch) -> tuple[str, ...]:
    """Return who issues the batch: its lead first, for a joint one the other department, too."""
    lines = [Department(batch.lead)]
    if batch.joint:
        lines += [line for line in Department if line.value != batch.lead]
    offices = [organisations.authority(line=one.value, city=batch.city_id) for one in lines]
    return tuple(office.name for office in offices if office is not None)


def render(paper: Paper, file_format: str) -> bytes:
    """Return a paper as docx or PDF."""
    return docx.render(paper) if file_format == "docx" else pdf.render(paper)


def period(batch: Batch) -> Publicity | None:
    """Return the publicity of a batch, if it has begun or been set."""
    if batch.publicity_from is None or batch.publicity_until is None or batch.days is None:
        return None
    return Publicity(
        batch.publicity_from, batch.publicity_until, batch.days, Counting(batch.counting),
        queries.note_of(batch.publicity_from, batch.publicity_until, Counting(batch.counting)),
    )  # fmt: skip


def notice(batch: Batch) -> Paper:
    """Return the paper of the batch as it stands: of its publicity, or of its announcement."""
    annexes = queries.annexes(batch)
    used = [one for one in annexes if one.lines]
    names = issuers(batch)
    announced = batch.announced_on is not None
    about = f"公布{batch.title}的通知" if announced else f"{batch.title}的公示"
    day = batch.announced_on or batch.publicity_from
    return Paper(
        title=f"{' '.join(names)}关于{about}",
        properties=Properties(created=day or clock.today(), subject=batch.title),
        letterhead=names,
        doc_number=batch.document_number,
        addressee="各县（市、区）工业和信息化主管部门，市生态环境局各分局，各有关企业："
        if announced else "",
        blocks=tuple(_body(batch, used)),
        attachments=tuple(one.part.label for one in used),
        signature=Signature(names, day),
        contact=f"联系人：{batch.contact}",
        annexes=tuple(
            Annex(f"附件{place}", one.part.label, (_table(one.part, one.lines),))
            for place, one in enumerate(used, 1)
        ),
        disclosure="主动公开",
        draft=batch.state == "draft",
    )  # fmt: skip


def _body(batch: Batch, annexes: Sequence[queries.Annex]) -> Iterator[Block]:
    lines = [line for one in annexes for line in one.lines]
    summary = counted(lines) or "没有企业"
    if batch.announced_on is not None:
        time = period(batch)
        ran = f"经公示（{time.explained()}），" if time else ""
        yield Paragraph(f"依据清洁生产审核评估验收有关规定，{ran}现公布{batch.title}：{summary}。")
        yield Paragraph(
            "请通过验收的企业持续推行清洁生产；未通过和暂缓的企业按规定滚动纳入下一年度名单。"
        )
        return
    time = period(batch)
    when = f"公示期为{time.explained()}。" if time else ""
    yield Paragraph(f"依据清洁生产审核评估验收有关规定，现将{batch.title}予以公示：{summary}。")
    yield Paragraph(
        f"{when}对公示内容有异议的，请在公示期内以书面形式或通过清洁生产信息公共服务平台提出，"
        "写明事实和依据，并留下真实姓名和联系方式。"
    )


def _table(part: Part3, lines: Sequence[Line]) -> Table:
    columns: tuple[Column, ...] = _COLUMNS
    if part is not Part3.PASSED:
        columns = (*_COLUMNS, Column("结论", 0.7))
    return Table(
        columns=columns,
        rows=tuple(
            (*_cells(place, line), line.get_conclusion_display())[: len(columns)]
            for place, line in enumerate(lines, 1)
        ),
        landscape=True,
    )  # fmt: skip


def _cells(place: int, line: Line) -> tuple[str, ...]:
    audit = line.round
    return (
        str(place), audit.name, audit.code or "—", audit.county.name if audit.county else "—",
        audit.get_kind_display(), audit.get_lead_display(), line.on.isoformat(),
    )  # fmt: skip


def workbook(batch: Batch, *, scores: bool = True) -> bytes:
    """Return the batch as a workbook, one sheet for each annex; scores are for departments."""
    annexes = queries.annexes(batch)
    results = queries.results_of([line for one in annexes for line in one.lines])
    sheets = []
    for one in annexes:
        rows = [_row(place, line, results.get(line.pk)) for place, line in enumerate(one.lines, 1)]
        heads = list(_HEADS)
        if not scores:
            heads, rows = heads[:8] + heads[10:], [row[:8] + row[10:] for row in rows]
        name = {"passed": "通过", "side": "取消或暂缓", "failed": "未通过"}[one.part.value]
        lead = (f"{batch.title}：{one.part.label}",)
        sheets.append(downloads.Sheet(name, heads, rows, lead=lead))
    return downloads.xlsx(sheets)


def _row(place: int, line: Line, result: Result | None) -> tuple[object, ...]:
    audit, certificate = line.round, getattr(line, "certificate", None)
    return (
        place, audit.name, audit.code, audit.county.name if audit.county else "",
        audit.get_kind_display(), audit.get_lead_display(), line.get_conclusion_display(), line.on,
        result.assessment_score if result else None, result.acceptance_score if result else None,
        result.get_level_display() if result and result.level else "",
        certificate.number if certificate else "",
        certificate.valid_until if certificate else None,
    )  # fmt: skip


def certificate(found: Certificate, *, address: str) -> Paper:
    """Return the certificate of one firm, with the number under which anybody verifies it.

    `address` is that of the public page where receipts are verified.
    """
    line, audit = found.line, found.line.round
    return Paper(
        title="清洁生产审核验收证书",
        properties=Properties(created=found.issued_on, subject=audit.name),
        letterhead=(found.issuer,),
        doc_number=found.number,
        blocks=(
            Paragraph(
                f"{audit.name}（统一社会信用代码：{audit.code or '无'}）于{written(line.on)}"
                f"通过清洁生产审核验收（{line.batch.document_number}），特发此证。"
            ),
            Paragraph(f"有效期至{written(found.valid_until)}。"),
            Code(
                f"{address}?{urlencode({'number': found.receipt.number})}",
                f"扫码或在平台“回执查验”输入编号 {found.receipt.number}",
            ),
            Paragraph("企业名称变更的，应当申请换证；有效期满前应当开展下一轮清洁生产审核。"),
        ),
        signature=Signature((found.issuer,), found.issued_on),
    )
