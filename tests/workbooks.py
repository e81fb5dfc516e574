"""Plain workbooks for tests, written by the library that exports use."""

from collections.abc import Sequence
from io import BytesIO
from typing import Any

from xlsxwriter import Workbook

from cleanprod.kernel.credit_code import check_character


def workbook(*rows: Sequence[Any]) -> bytes:
    """Return a one-sheet workbook with these rows."""
    out = BytesIO()
    book = Workbook(out, {"default_date_format": "yyyy-mm-dd"})
    sheet = book.add_worksheet("名单")
    for number, row in enumerate(rows):
        sheet.write_row(number, 0, row)
    book.close()
    return out.getvalue()


def code(number: int, place: str = "440699") -> str:
    """Return the n-th valid credit code of an unissued block."""
    first = f"91{place}MA{number:07d}"
    return first + check_character(first)


LIST_HEAD = ("序号", "企业名称", "统一社会信用代码", "县区", "审核类型", "列入原因")
RESULT_HEAD = ("序号", "企业名称", "统一社会信用代码", "验收日期", "结论", "文号", "备注")


def list_book(*firms: tuple[str, str, str], county: str = "南海区") -> bytes:
    """Return a list of (name, code, reasons) firms; reasons make the audit mandatory."""
    return workbook(
        ("佛山市2022年度清洁生产审核企业名单",),
        LIST_HEAD,
        *(
            (n, name, text, county, "强制性" if reasons else "自愿性", reasons)
            for n, (name, text, reasons) in enumerate(firms, 1)
        ),
    )


def results_book(*results: tuple[str, str, str, str]) -> bytes:
    """Return results of (name, code, day, conclusion)."""
    return workbook(
        RESULT_HEAD,
        *((n, *result, "演示〔2022〕9号", "按规定") for n, result in enumerate(results, 1)),
    )
