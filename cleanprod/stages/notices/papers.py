"""The written notice with its receipt of service, alone or all of a list in one file."""

from collections.abc import Iterable, Iterator, Sequence

from cleanprod.foundation.documents import docx, pdf
from cleanprod.foundation.documents.blocks import (
    Align,
    Annex,
    Block,
    Column,
    Paper,
    Paragraph,
    Properties,
    Signature,
    Table,
)
from cleanprod.foundation.web import downloads
from cleanprod.kernel.period import add_months
from cleanprod.stages.audits.queries import clocks
from cleanprod.stages.audits.rules import Clock
from cleanprod.stages.notices.models import Notice, Service
from cleanprod.stages.programme.rules import AuditKind

_BLANK = "　　　　年　　月　　日"
_HEADS = (
    "序号", "文号", "企业名称", "统一社会信用代码", "县区", "通知日期", "送达日期", "送达方式",
    "签收人", "送达回证", "登记单位",
)  # fmt: skip


def paper(notice: Notice, duties: Sequence[Clock]) -> Paper:
    """Return one notice in the letter form, the receipt of service on a page of its own."""
    return Paper(
        title="清洁生产审核书面通知书",
        properties=Properties(created=notice.issued_on, subject=notice.round.name),
        letterhead=(notice.issuer,),
        doc_number=notice.number,
        addressee=f"{notice.round.name}：",
        blocks=tuple(_body(notice, duties)),
        attachments=("送达回证",),
        signature=Signature((notice.issuer,), notice.issued_on),
        contact=f"联系人：{notice.contact}" if notice.contact else "",
        annexes=(Annex("附件", "送达回证", (_receipt(notice),)),),
    )


def _body(notice: Notice, duties: Sequence[Clock]) -> Iterator[Block]:
    audit, batch = notice.round, notice.batch
    basis = duties[0].basis.split("；")[0] if duties else ""
    kind = AuditKind(audit.kind)
    why = f"（列入原因：{audit.entry.reasons}）" if audit.entry.reasons else ""
    yield Paragraph(
        f"依据{basis}等规定，贵单位（统一社会信用代码：{audit.code or '无'}）列入"
        f"《{batch.title}》（{batch.document_number}），应开展{kind.label}清洁生产审核{why}。"
        "现将有关事项通知如下："
    )
    for mark, duty in zip("一二三四五六七八九", duties, strict=False):
        until = add_months(audit.listed_on, duty.months)
        yield Paragraph(f"{mark}、{until.year}年{until.month}月{until.day}日前，{duty.title}。")
    if kind is AuditKind.MANDATORY:
        yield Paragraph(
            "逾期未按规定公布信息、不实施清洁生产审核或者在审核中弄虚作假的，依法处理。"
        )
    yield Paragraph("请在送达回证上签收。对本通知有疑问的，请与本单位联系。")


def _receipt(notice: Notice) -> Table:
    rows = (
        ("送达文书", f"清洁生产审核书面通知书（{notice.number}）"),
        ("受送达人", f"{notice.round.name}\n统一社会信用代码：{notice.round.code or '无'}"),
        ("送达地点", ""),
        ("送达方式", "□直接　□留置　□邮寄　□电子　□委托　□公告"),
        ("收件人\n（签名或盖章）", f"\n\n{_BLANK}"),
        ("代收人及代收理由", f"\n\n{_BLANK}"),
        ("拒收理由和见证人", f"\n\n{_BLANK}"),
        ("送达人（两人签名）", f"\n\n{_BLANK}"),
        ("备注", "\n"),
    )
    return Table(
        columns=(Column("项目", 1), Column("内容", 3, Align.LEFT)),
        rows=rows,
        note="签收后由送达单位扫描，登记送达时上传。",
    )


def render(notice: Notice, file_format: str) -> bytes:
    """Return one notice as docx or PDF."""
    made = paper(notice, clocks(notice.batch.published_on or notice.issued_on))
    return docx.render(made) if file_format == "docx" else pdf.render(made)


def together(notices: Sequence[Notice]) -> bytes:
    """Return the notices of one list in one PDF, each with its own page numbers."""
    batch = notices[0].batch
    duties = clocks(batch.published_on or notices[0].issued_on)
    title = f"{batch.title}书面通知书"
    return pdf.bundle([paper(one, duties) for one in notices], title)


def workbook(notices: Iterable[Notice], services: dict[int, Service], title: str) -> bytes:
    """Return how far service is, notice by notice."""
    rows = []
    for place, one in enumerate(notices, 1):
        done = services.get(one.pk)
        proof = ("已上传" if done.evidence_id else f"无扫描件：{done.reason}") if done else ""
        rows.append(
            (
                place, one.number, one.round.name, one.round.code,
                one.county.name if one.county else "", one.issued_on,
                done.happened_on if done else None, done.get_way_display() if done else "未送达",
                done.receiver if done else "", proof, done.office_name if done else "",
            )
        )  # fmt: skip
    return downloads.xlsx([downloads.Sheet("送达情况", _HEADS, rows, lead=(title,))])
