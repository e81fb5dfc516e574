"""More of the corpus: untidy headers, cells, sheets and files, made by program like the rest.

The makers keep to what `workbooks` says: good files say the same two rows, bad ones are answered
by one rule at one cell.
"""

import io
from collections.abc import Callable
from datetime import date, datetime

import xlsxwriter

from cleanprod.foundation.intake.tests.workbooks import (
    HEAD,
    A,
    B,
    changed,
    headed,
    repacked,
    xlsx,
)


def written(fill, **options):
    """Return a workbook whose first sheet a function fills."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True, **options}) as book:
        fill(book, book.add_worksheet("名单"))
    return buffer.getvalue()


def delimited(rows, encoding="utf-8", separator=",", end="\r\n"):
    """Return text with quotes only where they are needed, as spreadsheets save it."""

    def cell(value):
        text = str(value)
        needed = any(sign in text for sign in (separator, '"', "\n"))
        return '"' + text.replace('"', '""') + '"' if needed else text

    return end.join(separator.join(map(cell, row)) for row in rows).encode(encoding)


def _rows(sheet, rows):
    for number, row in enumerate(rows):
        sheet.write_row(number, 0, row)


def _formulas(book, sheet):
    _rows(sheet, [HEAD, A, B])
    sheet.write_formula("I2", "=1000+200.5", None, 1200.5)
    sheet.write_formula("D3", '="顺德"&"区"', None, "顺德区")


def _dressed(book, sheet):
    bold = book.add_format({"bold": True})
    _rows(sheet, [HEAD, A, B])
    sheet.write_rich_string("B2", "佛山市", bold, "甲陶瓷", "有限公司")
    sheet.write_comment("C2", "请核对")
    sheet.freeze_panes(1, 2)
    sheet.autofilter("A1:J3")
    sheet.protect("secret")


def _hidden_parts(book, sheet):
    _rows(sheet, [HEAD, A, B])
    sheet.set_column("D:E", None, None, {"hidden": True})
    sheet.set_row(2, None, None, {"hidden": True})


def _first_day_1904(book, sheet):
    _rows(sheet, [HEAD, changed(A, last=""), B])
    sheet.write_datetime("H2", datetime(2019, 9, 1), book.add_format({"num_format": "yyyy/m/d"}))


def _errors_for_blanks(book, sheet):
    _rows(sheet, [HEAD, A, B])
    sheet.write_formula("H3", "=NA()", None, "#N/A")


def _chinese_days(book, sheet):
    _rows(sheet, [HEAD, changed(A, last=""), B])
    shape = book.add_format({"num_format": '[DBNum1]yyyy"年"m"月"d"日"'})
    sheet.write_datetime("H2", datetime(2019, 9, 1), shape)


def _very_hidden(book, sheet):
    _rows(sheet, [HEAD, A, B])
    other = book.add_worksheet("旧表")
    _rows(other, [HEAD, A])
    other.very_hidden()


def _spread(*rows):
    """Put an empty column before each cell, as copied web tables have it."""
    return [[cell for value in row for cell in ("", value)] for row in rows]


GOOD: dict[str, Callable[[], bytes]] = {
    "header in the fifteenth row": lambda: xlsx(*[[*[["说明文字"]] * 14, HEAD, A, B]]),
    "numbered headers": lambda: xlsx(
        [[f"{n}.{title}" for n, title in enumerate(HEAD, 1)], A, B]
    ),
    "remarks in brackets in headers": lambda: xlsx(
        [headed(name="企业名称（与营业执照一致）", code="统一社会信用代码【18位】",
                last="上轮验收日期（没有的不填）"), A, B]
    ),
    "headers in full width with colons": lambda: xlsx(
        [headed(name="企业名称：", vocs="是否ＶＯＣＳ重点监管：", county="县（市、区）"), A, B]
    ),
    "a column nobody asked for": lambda: xlsx([[*HEAD, "法人代表"], [*A, "张三"], [*B, "李四"]]),
    "an empty column between all": lambda: xlsx(_spread(HEAD, A, B)),
    "a number of the annex above": lambda: xlsx([["附件1"], [], headed(note="备 注"), A, B]),
    "title merged over three rows": lambda: xlsx(
        [["清洁生产审核企业名单"], [], [], HEAD, A, B], merges=["A1:J3"]
    ),
    "group titles above some headers": lambda: xlsx(
        [["基本信息", "", "", "", "审核情况", "", "", "", "", ""], HEAD, A, B],
        merges=["A1:D1", "E1:J1"],
    ),
    "county merged over blank rows": lambda: xlsx(
        [HEAD, A, [], B], merges=["D2:D3"]
    ),
    "formulas with their values": lambda: written(_formulas),
    "rich text, comment, filter, protection": lambda: written(_dressed),
    "hidden columns and rows": lambda: written(_hidden_parts),
    "days counted from 1904": lambda: written(_first_day_1904, date_1904=True),
    "an error for a blank": lambda: written(_errors_for_blanks),
    "days in Chinese signs": lambda: written(_chinese_days),
    "a very hidden sheet beside": lambda: written(_very_hidden),
    "texts inside their cells": lambda: written(
        lambda _, sheet: _rows(sheet, [HEAD, A, B]), constant_memory=True
    ),
    "day as digits in text": lambda: xlsx([HEAD, changed(A, last="20190901"), B]),
    "day as serial number in text": lambda: xlsx([HEAD, changed(A, last="43709"), B]),
    "day with slashes and blanks": lambda: xlsx([HEAD, changed(A, last=" 2019 / 9 / 1 "), B]),
    "day in Chinese with a clock": lambda: xlsx(
        [HEAD, changed(A, last="2019年9月1日 11:30"), B]
    ),
    "truths for yes and no": lambda: xlsx([HEAD, changed(A, vocs=True), changed(B, vocs=False)]),
    "signs for yes and no": lambda: xlsx([HEAD, changed(A, vocs="✔"), changed(B, vocs="×")]),
    "counter as whole number with point": lambda: xlsx([HEAD, changed(A, no="1.0"), B]),
    "number in scientific form": lambda: xlsx([HEAD, changed(A, energy="1.2005E3"), B]),
    "several values by lines": lambda: xlsx([HEAD, changed(A, grounds="双超\n双有"), B]),
    "several values by a slash": lambda: xlsx([HEAD, changed(A, grounds="双超/双有"), B]),
    "blanks inside a code": lambda: xlsx(
        [HEAD, changed(A, code="9144 0600 MA00 0000 11"), B]
    ),
    "count of firms below": lambda: xlsx([HEAD, A, B, ["合计：2家"]]),
    "sums above the rows": lambda: xlsx([HEAD, ["合计", "2家"], A, B]),
    "subtotals between": lambda: xlsx([HEAD, A, ["", "南海区小计"], B, ["", "顺德区小计"]]),
    "csv, quotes only where needed": lambda: delimited([HEAD, A, B]),
    "csv, semicolons": lambda: delimited([HEAD, A, B], separator=";"),
    "csv, GB18030 with line breaks": lambda: delimited(
        [HEAD, changed(A, note="连续\n两轮"), B], "gb18030", end="\n"
    ),
    "csv, blank lines and a title": lambda: delimited(
        [["佛山市名单"], [], HEAD, A, [], B, [], []], "utf-8-sig"
    ),
}  # fmt: skip


def _only_hidden():
    return repacked(
        xlsx([HEAD, A, B]),
        change=lambda name, content: (
            content.replace(b'<sheet name="Sheet1"', b'<sheet state="hidden" name="Sheet1"')
            if name == "xl/workbook.xml"
            else content
        ),
    )


def _cell(**cells):
    return lambda: xlsx([HEAD, changed(A, **cells), B])


BAD: dict[str, tuple[Callable[[], bytes], str, str]] = {
    "only hidden sheets": (_only_hidden, "没有可见的工作表", ""),
    "presentation": (
        lambda: repacked(xlsx([[]]), drop=("xl/workbook.xml",), add={"ppt/a.xml": b"<a/>"}),
        "压缩包", "",
    ),
    "packed by gzip": (lambda: b"\x1f\x8b\x08" + bytes(60), "gzip", ""),
    "packed by rar": (lambda: b"Rar!\x1a\x07\x01\x00" + bytes(60), "RAR", ""),
    "header below the fifteenth row": (
        lambda: xlsx([*[["说明文字"]] * 20, HEAD, A, B]), "没有找到", "A1"
    ),
    "rows without any header": (lambda: xlsx([A, B]), "没有找到", "A1"),
    "csv without header": (lambda: delimited([A, B]), "没有找到", "A1"),
    "csv of blank lines": (lambda: b"\r\n,,\r\n\r\n", "空的", "A1"),
    "name column missing": (
        lambda: xlsx([headed(name="负责人"), A, B]), "缺少必填列“企业名称”", "A1"
    ),
    "headers twice": (
        lambda: xlsx([[*HEAD, "信用代码"], [*A, A[2]], [*B, B[2]]]), "都像“统一社会信用代码”", "K1"
    ),
    "month thirteen": (_cell(last="2019-13-01"), "没有这一天", "H2"),
    "digits that are no day": (_cell(last=20190931), "没有这一天", "H2"),
    "day far in the future": (_cell(last="2999-01-01"), "年份", "H2"),
    "number of days too small": (_cell(last=3), "年份", "H2"),
    "truth for a day": (_cell(last=True), "应为日期", "H2"),
    "a day for a number": (_cell(energy=date(2019, 9, 1)), "应为数字", "I2"),
    "more digits than are kept": (_cell(energy="12345678901234567"), "超过15位", "I2"),
    "a word for the counter": (_cell(no="第一"), "应为数字", "A2"),
    "counter below nothing": (_cell(no=-1), "不能小于0", "A2"),
    "note too long": (_cell(note="长" * 201), "不超过200个字", "J2"),
    "county too long": (_cell(county="长" * 201), "不超过200个字", "D2"),
    "a number for yes or no": (_cell(vocs=2), "“是”或“否”", "G2"),
    "a number for a word": (_cell(kind=3), "可填内容", "E2"),
    "several with a number": (_cell(grounds=12), "可填内容", "F2"),
    "digits lost in a text": (_cell(note=1234567890123456789), "数字已丢失", "J2"),
    "bad cell below a title and blank rows": (
        lambda: xlsx([["标题"], [], HEAD, [], A, changed(B, last="待定")]), "能识别的日期", "H6"
    ),
    "bad cell in the second row of two-row headers": (
        lambda: xlsx(
            [[*HEAD[:4], "审核", "", *HEAD[6:]], ["", "", "", "", "类型", "列入原因"],
             A, changed(B, energy="许多")],
            merges=["E1:F1"],
        ), "应为数字", "I4",
    ),
    "code missing in the last row": (
        lambda: xlsx([HEAD, A, changed(B, code="/")]), "统一社会信用代码：不能为空", "C3"
    ),
}  # fmt: skip
