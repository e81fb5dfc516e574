"""Papers that are printed for the seal: declaration, cover, performance sheet, engagement letter.

A print carries a number, the fingerprint of its content and a blank place for the seal; a click
on the platform does not replace the seal.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from cleanprod.foundation.documents import docx, pdf
from cleanprod.foundation.documents import rules as documents
from cleanprod.foundation.documents.blocks import (
    Align,
    Block,
    Column,
    Paragraph,
    Properties,
    Table,
    Total,
    table_paper,
)
from cleanprod.foundation.documents.blocks import Paper as Letter
from cleanprod.stages.audits.models import Round
from cleanprod.stages.materials import access
from cleanprod.stages.materials.models import Print, Version
from cleanprod.stages.materials.rules import Gate, Item, Paper
from cleanprod.stages.measures import queries as measures
from cleanprod.stages.measures.rules import Field, Typed, ValueSet, computed, plain
from cleanprod.stages.performance.accounting.computation import Computation

_DAY = "　　　　年　　月　　日"
_SEAL = f"　\n　\n　\n{_DAY}"  # signs, as blank lines at the ends of a cell are dropped
_BLANK = "　年月日\n"  # what a cell to be filled in by hand holds
_SHOWN = (Field.INVESTMENT, Field.BENEFIT, Field.ELECTRICITY, Field.WATER, Field.VOC)


@dataclass(frozen=True, slots=True)
class Content:
    """What a paper says, without the number and the day of its printing."""

    title: str
    blocks: tuple[Block, ...]

    @property
    def fingerprint(self) -> str:
        """Return the SHA-256 of what the paper says.

        How it is laid out does not count: a release that sets a table otherwise unseals no print.
        """
        said = [text for block in self.blocks for text in _texts(block) if text.strip(_BLANK)]
        return documents.fingerprint("print", self.title, {"said": said})


def _texts(block: Block) -> Iterator[str]:
    match block:
        case Paragraph():
            yield block.text
        case Table():
            for row in block.rows:
                yield from row
            yield from block.total.cells if block.total else ()


def content(audit: Round, item: Item) -> Content:
    """Return what the paper of an item says today; the maker is chosen by the item's paper."""
    if item.paper is None:
        raise ValueError(f"item {item.key} prints no paper")
    title, blocks = _MAKERS[item.paper](audit, item.gate)
    return Content(title, tuple(blocks))


def render(said: Content, made: Print) -> bytes:
    """Return the print as PDF: its number at the top, its fingerprint at the foot."""
    half = len(said.fingerprint) // 2
    foot = Table(
        columns=(Column("编号", 1), Column("内容指纹（SHA-256）", 3)),
        rows=((made.number, f"{said.fingerprint[:half]}\n{said.fingerprint[half:]}"),),
        note="加盖公章后扫描，在平台“审核材料”页上传并选择本编号；内容有变动的，应重新打印、盖章。",
    )
    return pdf.render(
        table_paper(
            said.title,
            *said.blocks,
            foot,
            properties=Properties(created=made.printed_on, subject=made.number),
            label=f"编号 {made.number}",
        )
    )


def changes(version: Version) -> Letter:
    """Return the table of changes of a version 修改说明对照表, as the panel reads it."""
    audit = version.round
    rows = tuple(
        (str(place), one["place"], one["before"] or "（新增）", one["after"], one["answers"])
        for place, one in enumerate(version.changes, 1)
    )
    return table_paper(
        "修改说明对照表",
        Paragraph(
            f"{audit.name}《{version.title}》第{version.number}稿"
            f"（{version.get_draft_display()}，{_words(version.happened_on)}上传）相对前一稿的修改："
        ),
        Table(
            columns=(
                Column("序号", 0.5), Column("位置（页码、章节）", 1.5, Align.LEFT),
                Column("修改前", 3, Align.LEFT), Column("修改后", 3, Align.LEFT),
                Column("修改原因或对应的意见", 2.5, Align.LEFT),
            ),
            rows=rows,
            landscape=True,
        ),
        properties=Properties(created=version.happened_on, subject=audit.name),
    )  # fmt: skip


def write(paper: Letter, file_format: str) -> bytes:
    """Return a paper as docx or PDF."""
    return docx.render(paper) if file_format == "docx" else pdf.render(paper)


def _parties(audit: Round) -> list[str]:
    """Return the consultancies that work on a round today, by name."""
    return [one.consultancy.name for one in access.engagements(audit)]


def _facts(rows: Sequence[tuple[str, str]], title: str = "") -> Table:
    return Table(
        columns=(Column("项目", 1), Column("内容", 3, Align.LEFT)), rows=tuple(rows), title=title
    )


def _who(audit: Round) -> list[tuple[str, str]]:
    return [
        ("企业名称", audit.name),
        ("统一社会信用代码", audit.code or "无"),
        ("所在地", f"{audit.city.name}{audit.county.name if audit.county else ''}"),
        ("审核类型", f"{audit.get_kind_display()}清洁生产审核"),
        ("名单", f"{audit.entry.batch.title}（{audit.entry.batch.document_number}）"),
    ]


def _declaration(audit: Round, _gate: Gate) -> tuple[str, Iterator[Block]]:
    return "清洁生产审核材料真实性承诺书", _promised(audit)


def _promised(audit: Round) -> Iterator[Block]:
    parties = _parties(audit)
    yield Paragraph(
        f"{audit.name}就《{audit.entry.batch.title}》所列{audit.get_kind_display()}"
        "清洁生产审核，郑重承诺："
    )
    yield Paragraph("一、按照规定的程序开展清洁生产审核，审核过程真实，没有弄虚作假。")
    yield Paragraph(
        "二、提交的审核报告、绩效表和其他材料真实、准确、完整，电子文件与盖章原件一致。"
    )
    yield Paragraph("三、接受主管部门的核查；因材料不实产生的责任，由承诺人依法承担。")
    if parties:
        yield Paragraph(f"{'、'.join(parties)}受委托提供咨询服务，对其编制的内容作出同样的承诺。")
    signing = [(f"{audit.name}\n{audit.code}".strip(), "法定代表人：")]
    signing += [(name, "项目负责人：") for name in parties]
    yield Table(
        columns=(
            Column("承诺人", 2, Align.LEFT), Column("盖章处", 2, Align.LEFT),
            Column("签字", 1.5, Align.LEFT),
        ),
        rows=tuple((name, _SEAL, who) for name, who in signing),
    )  # fmt: skip


def _cover(audit: Round, _gate: Gate) -> tuple[str, Iterator[Block]]:
    return "清洁生产审核报告（封面）", _covered(audit)


def _covered(audit: Round) -> Iterator[Block]:
    parties = _parties(audit)
    yield _facts(
        [
            *_who(audit),
            ("编制方式", f"委托{'、'.join(parties)}编制" if parties else "企业自行编制"),
            ("企业（盖章处）", _SEAL),
            *((f"{name}\n（盖章处）", _SEAL) for name in parties),
        ]
    )


def _engagement(audit: Round, _gate: Gate) -> tuple[str, Iterator[Block]]:
    return "清洁生产审核委托书", _engaged(audit)


def _engaged(audit: Round) -> Iterator[Block]:
    for one in access.engagements(audit):
        yield Paragraph(
            f"{audit.name}委托{one.consultancy.name}为本轮清洁生产审核提供咨询服务，"
            f"期限自{_words(one.begins_on)}至{_words(one.ends_on)}，"
            f"在平台上的权限为“{one.get_scope_display()}”。委托方可以随时撤销委托。"
        )
    yield _facts(
        [
            *_who(audit),
            ("委托方（盖章处）", _SEAL),
            *((f"受托方 {name}\n（盖章处）", _SEAL) for name in _parties(audit)),
        ]
    )


def _words(day: object) -> str:
    year, month, number = str(day).split("-")
    return f"{year}年{int(month)}月{int(number)}日"


def value_set(audit: Round, gate: Gate) -> ValueSet:
    """Return which numbers the printed sheet shows: verified ones at the end, else the latest."""
    if gate is Gate.COMPLETION:
        return ValueSet.VERIFIED
    found = measures.typed(measures.sheet_of(audit))
    assessed = any(one.of(ValueSet.ASSESSED) for one in found)
    return ValueSet.ASSESSED if assessed else ValueSet.EXPECTED


def _sheet(audit: Round, gate: Gate) -> tuple[str, Iterator[Block]]:
    which = value_set(audit, gate)
    return f"清洁生产项目绩效表（{which.label}）", _accounted(audit, which)


def _accounted(audit: Round, which: ValueSet) -> Iterator[Block]:
    sheet = measures.sheet_of(audit)
    found = [one for one in measures.typed(sheet) if one.of(which)]
    if sheet is None or not found:
        yield Paragraph(f"{audit.name}还没有填报{which.label}数值。")
        return
    factors = sheet.factor_set
    account = computed(found, which, factors)
    yield Paragraph(
        f"{audit.name}，绩效表第{sheet.version}稿。采用因子：{factors.title}；"
        "节能量和二氧化碳由平台核算。"
    )
    yield _measures(found, which, account)
    # Beside each other, so that a short sheet, its seal and its fingerprint stand on one page.
    yield Table(
        columns=(
            Column("统一社会信用代码", 1.5), Column("企业（盖章处）", 2),
            Column("填表人、联系电话", 1.4), Column("负责人（签字）", 1.4),
        ),
        rows=((audit.code or "无", _SEAL, "　", "　"),),
        landscape=True,
    )  # fmt: skip


def _measures(found: Sequence[Typed], which: ValueSet, account: Computation) -> Table:
    sums: dict[Field, Decimal] = {}
    rows = []
    for one in found:
        values = one.of(which)
        for field in _SHOWN:
            if field in values:
                sums[field] = sums.get(field, Decimal(0)) + values[field]
        own = account.measures.get(one.code)
        rows.append(
            (
                one.code, one.name, one.cost.label,
                *(plain(values[field]) if field in values else "—" for field in _SHOWN),
                plain(own.tce) if own else "—", plain(own.co2_t) if own else "—",
            )
        )  # fmt: skip
    return Table(
        columns=(
            Column("编号", 0.8), Column("方案名称", 3, Align.LEFT), Column("类型", 1),
            *(Column(field.label, 1.2, Align.RIGHT) for field in _SHOWN),
            Column("节能量（tce/年）", 1.2, Align.RIGHT),
            Column("二氧化碳减排（t/年）", 1.2, Align.RIGHT),
        ),
        rows=tuple(rows),
        total=Total(
            "合计", 3,
            (
                *(plain(sums[field]) if field in sums else "—" for field in _SHOWN),
                plain(account.total.tce), plain(account.total.co2_t),
            ),
        ),
        landscape=True,
    )  # fmt: skip


_MAKERS = {
    Paper.DECLARATION: _declaration,
    Paper.COVER: _cover,
    Paper.SHEET: _sheet,
    Paper.ENGAGEMENT: _engagement,
}
