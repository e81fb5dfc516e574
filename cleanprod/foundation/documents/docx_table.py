"""Tables of the docx: ruled ones with repeated merged heads, the borderless one of signatures."""

from collections.abc import Callable
from typing import Any

from docx.document import Document
from docx.enum.table import WD_ROW_HEIGHT_RULE, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Pt
from docx.text.paragraph import Paragraph

from cleanprod.foundation.documents import flow, wordml
from cleanprod.foundation.documents.standard import GB_T_9704_2012, POINT

M = GB_T_9704_2012
_SIZE = 12.0  # pt, 小四
_HEI = "黑体"
_ALIGN = {
    "left": WD_ALIGN_PARAGRAPH.LEFT,
    "center": WD_ALIGN_PARAGRAPH.CENTER,
    "right": WD_ALIGN_PARAGRAPH.RIGHT,
}
_DAY_WIDTH = 15.5  # characters: the day and four more on each side


def grid(document: Document, item: flow.Grid, width: float) -> None:
    """Add a ruled table as wide as the type area; `width` in mm."""
    total = int(bool(item.total))
    table = _table(document, item.head_rows + len(item.rows) + total, _widths(item, width))
    table.style = "Table Grid"
    cells = _Cells(table)
    for place in item.head:
        cell = cells.merge(place.row, place.column, place.rows, place.columns)
        _write(cell, place.text, "center", font=_HEI)
    for row in table.rows[: item.head_rows]:
        row._tr.get_or_add_trPr().append(wordml.element("tblHeader"))
    for index, texts in enumerate(item.rows, start=item.head_rows):
        for column, text in enumerate(texts):
            _write(cells.at(index, column), text, item.aligns[column])
    if item.total:
        last = item.head_rows + len(item.rows)
        _write(cells.merge(last, 0, 1, item.total_span), item.total[0], "center")
        for column, text in enumerate(item.total[1:], start=item.total_span):
            _write(cells.at(last, column), text, item.aligns[column])
    for index, row in enumerate(table.rows):
        row.height_rule = WD_ROW_HEIGHT_RULE.AT_LEAST
        row.height = Pt(item.row_height if index >= item.head_rows else 24.0)
        row._tr.get_or_add_trPr().insert(0, wordml.element("cantSplit"))


def signature(
    document: Document, item: flow.Signed, write: Callable[[Paragraph, str], None]
) -> None:
    """Add the issuers two in a row and the day centred below the last one."""
    right = _DAY_WIDTH * M.character
    left = M.type_width / POINT - right
    table = _table(document, len(item.rows) + 1, [left, right])
    for index, names in enumerate((*item.rows, ("", item.day))):
        row = table.rows[index]
        row._tr.get_or_add_trPr().append(wordml.element("cantSplit"))
        for cell, text in zip(row.cells, names, strict=True):
            cell.paragraphs[0].style = "署名"
            cell.paragraphs[0].paragraph_format.keep_with_next = item.keep or index < len(item.rows)
            write(cell.paragraphs[0], text)


def _widths(item: flow.Grid, width: float) -> list[float]:
    return [weight * width / POINT for weight in item.weights]


class _Cells:
    """The cells by row and column; python-docx counts them anew at every look."""

    def __init__(self, table: Any) -> None:
        self.table = table
        self.rows = [row.cells for row in table.rows]

    def at(self, row: int, column: int) -> Any:
        return self.rows[row][column]

    def merge(self, row: int, column: int, rows: int, columns: int) -> Any:
        first = self.at(row, column)
        if rows == columns == 1:
            return first
        return first.merge(self.at(row + rows - 1, column + columns - 1))


def _table(document: Document, rows: int, widths: list[float]) -> Any:
    table = document.add_table(rows, len(widths))
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    table.autofit = False
    properties = table._tbl.tblPr
    whole = properties.find(qn("w:tblW"))
    whole.set(qn("w:type"), "dxa")
    whole.set(qn("w:w"), str(round(sum(widths) * 20)))
    margins = wordml.element("tblCellMar")
    for side in ("left", "right"):
        margins.append(wordml.element(side, w=60, type="dxa"))
    wordml.put(properties, margins, ("w:tblLook", "w:tblCaption", "w:tblDescription"))
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Pt(width)
    for row in table.rows:
        for cell, width in zip(row.cells, widths, strict=True):
            cell.width = Pt(width)
    return table


def _write(cell: Any, text: str, align: str, *, font: str = "") -> None:
    cell._tc.get_or_add_tcPr().append(wordml.element("vAlign", val="center"))
    paragraph = cell.paragraphs[0]
    for extra in cell.paragraphs[1:]:
        extra._p.getparent().remove(extra._p)
    paragraph.paragraph_format.alignment = _ALIGN[align]
    paragraph.paragraph_format.line_spacing = Pt(_SIZE * 4 / 3)
    run = paragraph.add_run(text)
    run.font.size = Pt(_SIZE)
    properties = run._r.get_or_add_rPr()
    if font:
        wordml.fonts(properties, font)
    else:
        properties.get_or_add_rFonts().set(qn("w:hint"), "eastAsia")
