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


def messy_book(*firms: tuple[str, str, str], county: str = "南海区") -> bytes:
    """Return such a list as offices keep it: two-row header, merged cells, sums, wide digits."""
    wide = str.maketrans("0123456789()", "０１２３４５６７８９（）")
    out = BytesIO()
    book = Workbook(out)
    sheet = book.add_worksheet("2023年名单")
    sheet.merge_range("A1:F1", "佛山市清洁生产审核企业名单")
    sheet.write("A2", "填报单位：佛山市生态环境局")
    for place, title in enumerate(("序号", "企业\n名称", "统一社会信用\n代码", "镇街")):
        sheet.merge_range(2, place, 3, place, title)
    sheet.merge_range("E3:F3", "清洁生产审核")
    sheet.write_row("E4", ("审核类型", "列入原因"))
    for n, (name, text, reasons) in enumerate(firms):
        sheet.write_row(4 + n, 0, (n + 1, f"{name}\xa0", text.translate(wide)))
        sheet.write_row(4 + n, 4, ("强制性审核" if reasons else "自愿", reasons or "/"))
    last = 3 + len(firms)
    sheet.merge_range(4, 3, last, 3, county)
    sheet.write_row(last + 1, 0, ("合计", f"{len(firms)}家"))
    sheet.write(last + 2, 0, "注：以上企业由各县区上报")
    book.add_worksheet("填表说明").write("A1", "请如实填写")
    book.close()
    return out.getvalue()


def results_book(*results: tuple[str, str, str, str]) -> bytes:
    """Return results of (name, code, day, conclusion)."""
    return workbook(
        RESULT_HEAD,
        *((n, *result, "演示〔2022〕9号", "按规定") for n, result in enumerate(results, 1)),
    )
