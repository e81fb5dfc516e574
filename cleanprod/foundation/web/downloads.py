"""Files that leave the product: workbooks, CSV and JSON with honest cells and Chinese names."""

import csv as plain_csv
import json as plain_json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO, StringIO
from mimetypes import guess_type
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.http import HttpResponse, StreamingHttpResponse
from django.utils import timezone
from django.utils.http import content_disposition_header
from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
PDF = "application/pdf"
CSV = "text/csv; charset=utf-8"
JSON = "application/json; charset=utf-8"

# A spreadsheet runs a text that begins so as a formula.
DANGEROUS = ("=", "+", "-", "@", "\t", "\r")
# The same content gives the same bytes, so no workbook carries the time of its making.
MADE = datetime(2000, 1, 1)
DIGITS_KEPT = 15
ROWS_AT_ONCE = 500


def attachment(
    content: bytes | Iterable[bytes], name: str, content_type: str = ""
) -> HttpResponse | StreamingHttpResponse:
    """Offer a file for saving under a name that may be Chinese (RFC 5987)."""
    kind = content_type or guess_type(name)[0] or "application/octet-stream"
    response: HttpResponse | StreamingHttpResponse = (
        HttpResponse(content, content_type=kind)
        if isinstance(content, bytes)
        else StreamingHttpResponse(content, content_type=kind)
    )
    response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    response["Cache-Control"] = "private, no-store"
    return response


def json(data: Any) -> bytes:
    """Return readable JSON; days and decimals are text, as in the API."""
    return plain_json.dumps(data, ensure_ascii=False, indent=2, cls=DjangoJSONEncoder).encode()


def csv(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[bytes]:
    """Yield CSV with a byte-order mark, so that a spreadsheet reads the Chinese right."""
    buffer = StringIO()
    writer = plain_csv.writer(buffer, lineterminator="\r\n")
    writer.writerow([harmless(column) for column in columns])
    yield b"\xef\xbb\xbf"
    for number, row in enumerate(rows, 1):
        writer.writerow([harmless(cell) for cell in row])
        if number % ROWS_AT_ONCE == 0:
            yield drain(buffer)
    yield drain(buffer)


def drain(buffer: StringIO) -> bytes:
    """Return what was written and empty the buffer."""
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text.encode()


def harmless(cell: Any) -> Any:
    """Return the cell as CSV prints it, a text that looks like a formula led by an apostrophe."""
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return f"{wall_clock(cell):%Y-%m-%d %H:%M:%S}"
    if isinstance(cell, str) and cell.startswith(DANGEROUS):
        return f"'{cell}"
    return cell


def wall_clock(value: datetime) -> datetime:
    """Return the local time without a zone; spreadsheets know none."""
    return timezone.make_naive(value) if timezone.is_aware(value) else value


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet: title lines above, groups of columns as (label, span), heads, rows, notes below.

    `widths` are in Chinese characters; where none is given, head and first rows decide.
    `total` makes the last row bold.
    """

    name: str
    columns: Sequence[str]
    rows: Iterable[Sequence[Any]]
    lead: Sequence[str] = ()
    groups: Sequence[tuple[str, int]] = ()
    notes: Sequence[str] = ()
    widths: Sequence[float] = ()
    total: bool = False


def xlsx(sheets: Iterable[Sheet]) -> bytes:
    """Return a workbook, written row by row; the same sheets give the same bytes."""
    out = BytesIO()
    book = Workbook(out, {"constant_memory": True, "strings_to_formulas": False})
    book.set_properties({"created": MADE})
    styles = Styles(book)
    for sheet in sheets:
        write_sheet(book.add_worksheet(sheet.name[:31]), sheet, styles)
    book.close()
    return out.getvalue()


class Styles:
    """The few cell formats of a workbook."""

    def __init__(self, book: Workbook) -> None:
        """Register the formats with the workbook."""
        base = {"font_name": "宋体", "font_size": 11, "valign": "vcenter", "border": 1}
        self.title = book.add_format(
            {"font_name": "黑体", "font_size": 16, "align": "center", "valign": "vcenter"}
        )
        self.note = book.add_format({"font_name": "宋体", "font_size": 10})
        self.head = book.add_format(
            base | {"bold": True, "align": "center", "text_wrap": True, "bg_color": "#E3F0ED"}
        )
        self.plain = self.kinds(book, base)
        self.bold = self.kinds(book, base | {"bold": True})

    @staticmethod
    def kinds(book: Workbook, base: dict[str, Any]) -> dict[str, Format]:
        """Return the formats of body cells by kind of value."""
        return {
            "text": book.add_format(base | {"num_format": "@"}),
            # Excel's own mark "this is text", so the value itself stays as it was written.
            "guarded": book.add_format(base | {"num_format": "@", "quote_prefix": True}),
            "number": book.add_format(base),
            "day": book.add_format(base | {"num_format": "yyyy-mm-dd", "align": "center"}),
            "moment": book.add_format(base | {"num_format": "yyyy-mm-dd hh:mm:ss"}),
        }


def write_sheet(page: Worksheet, sheet: Sheet, styles: Styles) -> None:
    """Write one sheet from top to bottom; rows already written are out of reach."""
    rows = iter(sheet.rows)
    known = [row for _, row in zip(range(200), rows, strict=False)]
    for number, width in enumerate(sheet.widths or fitting(sheet.columns, known)):
        page.set_column(number, number, width * 2 + 2)
    last = len(sheet.columns) - 1
    at = 0
    for line in sheet.lead:
        spread(page, at, 0, last, line, styles.title)
        at += 1
    at = write_heads(page, sheet, styles, at)
    waiting: Sequence[Any] | None = None
    for row in chain_rows(known, rows):
        if waiting is not None:
            write_row(page, at, waiting, styles.plain)
            at += 1
        waiting = row
    if waiting is not None:
        write_row(page, at, waiting, styles.bold if sheet.total else styles.plain)
        at += 1
    for note in sheet.notes:
        page.write_string(at, 0, note, styles.note)
        at += 1


def write_heads(page: Worksheet, sheet: Sheet, styles: Styles, at: int) -> int:
    """Write groups and heads, keep them in sight, and return the row below."""
    if sheet.groups:
        column = 0
        for label, span in sheet.groups:
            spread(page, at, column, column + span - 1, label, styles.head)
            column += span
        at += 1
    for column, label in enumerate(sheet.columns):
        page.write_string(at, column, label, styles.head)
    page.freeze_panes(at + 1, 0)
    page.repeat_rows(0, at)
    page.set_landscape() if len(sheet.columns) > 7 else page.set_portrait()
    page.set_paper(9)  # A4
    page.fit_to_pages(1, 0)
    return at + 1


def chain_rows(
    known: Iterable[Sequence[Any]], rest: Iterable[Sequence[Any]]
) -> Iterator[Sequence[Any]]:
    """Yield the rows looked at for the widths, then the others."""
    yield from known
    yield from rest


def spread(page: Worksheet, at: int, first: int, last: int, text: str, style: Format) -> None:
    """Write a text over several columns."""
    if last > first:
        page.merge_range(at, first, at, last, text, style)
    else:
        page.write_string(at, first, text, style)


def write_row(page: Worksheet, at: int, row: Sequence[Any], styles: dict[str, Format]) -> None:
    """Write one row, each cell as what it is."""
    for column, cell in enumerate(row):
        write_cell(page, at, column, cell, styles)


def write_cell(page: Worksheet, at: int, column: int, cell: Any, styles: dict[str, Format]) -> None:
    """Write numbers as numbers, days as days, and everything else as text."""
    if cell is None or cell == "":
        page.write_blank(at, column, None, styles["number"])
    elif isinstance(cell, bool):
        page.write_string(at, column, "是" if cell else "否", styles["text"])
    elif isinstance(cell, int | float | Decimal) and fits(cell):
        page.write_number(at, column, cell, styles["number"])
    elif isinstance(cell, datetime):
        page.write_datetime(at, column, wall_clock(cell), styles["moment"])
    elif isinstance(cell, date):
        page.write_datetime(at, column, cell, styles["day"])
    else:
        text = str(cell)
        kind = "guarded" if text.startswith(DANGEROUS) else "text"
        page.write_string(at, column, text, styles[kind])


def fits(number: int | float | Decimal) -> bool:
    """Tell whether a spreadsheet keeps every digit of the number."""
    return len(Decimal(str(number)).as_tuple().digits) <= DIGITS_KEPT


def fitting(columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> list[float]:
    """Return widths in Chinese characters, wide enough for head and rows, within reason."""
    widths = []
    for number, label in enumerate(columns):
        texts = [str(row[number]) for row in rows if len(row) > number and row[number] is not None]
        longest = max((breadth(text) for text in texts), default=0)
        widths.append(min(max(longest, min(breadth(label), 10), 3), 30))
    return widths


def breadth(text: str) -> float:
    """Return the width of a text in Chinese characters; Latin ones count half."""
    return sum(1 if ord(character) > 0x2E7F else 0.55 for character in text)
