"""Awkward workbooks as offices really send them, made by program: those to take, those to refuse.

`PASSING` names makers of files that all say the same two rows (`TWO`) in different ways.
`FAILING` names makers of files with what must be said about them: part of a rule, and the cell.
"""

import base64
import io
import struct
import zipfile
import zlib
from collections.abc import Callable
from datetime import date, datetime, time
from decimal import Decimal

import openpyxl
import xlsxwriter

from cleanprod.foundation.intake import parsers
from cleanprod.foundation.intake.rules import Column, Template
from cleanprod.kernel.term import Term


class Sort(Term):
    MANDATORY = "mandatory", "强制"
    VOLUNTARY = "voluntary", "自愿"


class Ground(Term):
    EXCESS = "double_excess", "双超"
    ENERGY = "high_energy", "高耗能"
    TOXIC = "double_toxic", "双有"


TEMPLATE = Template(
    "list",
    "清洁生产审核企业名单",
    (
        Column("no", "序号", parsers.whole_number(smallest=0)),
        Column("name", "企业名称", parsers.text(60), ("单位名称", "公司名称"), required=True),
        Column(
            "code",
            "统一社会信用代码",
            parsers.code(),
            ("信用代码", "社会信用代码", "组织机构代码"),
            required=True,
            example="91440600MA00000000",
        ),
        Column("county", "县区", parsers.text(), ("区县", "所在县区", "县(市、区)")),
        Column("kind", "审核类型", parsers.one_of(Sort, {"强制性": Sort.MANDATORY}), ("类型",)),
        Column("grounds", "列入原因", parsers.several(parsers.one_of(Ground)), ("原因",)),
        Column("vocs", "是否VOCs重点监管", parsers.yes_no(), ("VOCs",)),
        Column("last", "上轮验收日期", parsers.day(), ("上轮审核验收日期",), example="2019-09-01"),
        Column("energy", "年能耗", parsers.decimal(smallest=0), ("综合能耗",)),
        Column("note", "备注", parsers.text(), ("说明",)),
    ),
)
KEYS = [column.key for column in TEMPLATE.columns]
HEAD = [column.title for column in TEMPLATE.columns]
A = [
    1,
    "佛山市甲陶瓷有限公司",
    "91440600MA00000011",
    "南海区",
    "强制",
    "双超、双有",
    "是",
    "2019-09-01",
    1200.5,
    "连续两轮",
]
B = [2, "佛山市乙电子（南海）有限公司", "91440600MA0000002X", "顺德区", "自愿", "", "否", "", 0, ""]
TWO = [
    (1, "佛山市甲陶瓷有限公司", "91440600MA00000011", "南海区", Sort.MANDATORY,
     (Ground.EXCESS, Ground.TOXIC), True, date(2019, 9, 1), Decimal("1200.5"), "连续两轮"),
    (2, "佛山市乙电子（南海）有限公司", "91440600MA0000002X", "顺德区", Sort.VOLUNTARY,
     (), False, None, Decimal(0), ""),
]  # fmt: skip


def xlsx(*sheets, merges=(), formats=None, hidden=(), names=()):
    """Write sheets of rows; `merges` are ranges like A1:C1 of the first sheet."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False,
                                      "strings_to_urls": False}) as book:  # fmt: skip
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        for place, rows in enumerate(sheets):
            sheet = book.add_worksheet(names[place] if names else None)
            if place == 0:
                for area in merges:
                    sheet.merge_range(area, "", day)
            for r, row in enumerate(rows):
                for c, cell in enumerate(row):
                    if isinstance(cell, (date, datetime, time)):
                        sheet.write_datetime(r, c, cell, day)
                    elif isinstance(cell, str) and cell:
                        sheet.write_string(r, c, cell)
                    elif cell not in ("", None):
                        sheet.write(r, c, cell)
            if place in hidden:
                sheet.hide()
    return buffer.getvalue()


def changed(row, **cells):
    """Return a row with some cells written otherwise."""
    return [cells.get(key, cell) for key, cell in zip(KEYS, row, strict=True)]


def headed(**titles):
    """Return the header with some titles written otherwise."""
    return [titles.get(key, title) for key, title in zip(KEYS, HEAD, strict=True)]


def repacked(data, add=None, drop=(), change=None):
    """Return an xlsx with parts added, left out or rewritten."""
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as old,
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for part in old.infolist():
            if part.filename not in drop:
                content = old.read(part)
                new.writestr(part.filename, (change or (lambda _, c: c))(part.filename, content))
        for name, content in (add or {}).items():
            new.writestr(name, content)
    return buffer.getvalue()


def in_sheet(old, new):
    """Return a rewriting of the first sheet's XML."""
    return lambda name, content: (
        content.replace(old, new, 1) if name == "xl/worksheets/sheet1.xml" else content
    )


def _csv(rows, encoding, separator=","):
    quoted = (
        separator.join('"' + str(cell).replace('"', '""') + '"' for cell in row) for row in rows
    )
    return "\r\n".join(quoted).encode(encoding)


def _openpyxl():
    book = openpyxl.Workbook()
    for row in ([*HEAD], A, B):
        book.active.append(row)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _two_row_header():
    top = [
        "序号",
        "企业名称",
        "统一社会信用代码",
        "县区",
        "审核",
        "",
        "是否VOCs重点监管",
        "上轮",
        "年能耗",
        "备注",
    ]
    below = ["", "", "", "", "类型", "列入原因", "", "验收日期", "", ""]
    merges = [f"{c}1:{c}2" for c in "ABCDGIJ"] + ["E1:F1"]
    return xlsx([top, below, A, B], merges=merges)


def _flat_two_row_header():
    top = [
        "序号",
        "企业名称",
        "统一社会信用代码",
        "县区",
        "审核情况",
        "",
        "是否VOCs重点监管",
        "上轮审核",
        "年能耗",
        "备注",
    ]
    below = ["", "", "", "", "审核类型", "列入原因", "", "验收日期", "", ""]
    return _csv([top, below, A, B], "utf-8")


def _many_blank_rows():
    return xlsx([HEAD, A, B, *[[" "] for _ in range(300)]])


def _formatted_to_the_end():
    def formatted(name, content):
        if name != "xl/worksheets/sheet1.xml":
            return content
        rows = "".join(f'<row r="{r}"><c r="XFD{r}" s="1"/></row>' for r in range(50000, 50100))
        return content.replace(b"</sheetData>", rows.encode() + b"</sheetData>")

    return repacked(xlsx([HEAD, A, B]), change=formatted)


def _other_spelling():
    def respelt(name, content):
        if name != "xl/worksheets/sheet1.xml":
            return content
        return content.replace(b'<c r="B2" ', b"<c  r='B2' ")

    return repacked(xlsx([HEAD, A, B]), change=respelt)


# No library that we carry writes the old binary form: these are HEAD, A (its day as a date) and B
# as xlwt 1.3 wrote them, packed by zlib and base85.
_OLD = (
    "c-rk)U1$_n6#nk)-^`lbY}Q0E1sj5<)*rgDHrRk!t+YP5n`Ba>jU<iDnii92W1>bS#%i9bq@^IO2okUl^}(MPf3Q"
    "XSR%nX-c@PBKq*5pqp@LQ)Os40YoxLV06$2_LbCx-CzjN<7=i7Vl+<Rw!yj(Cmc)EB5lcWkhj5!v9<7|p9D+gkrd"
    "dJ~n?rzfMc=Ak%Wzs+f1Go?w3h@~7c#puqDgU>mf#2y`k1a@T?#PrpMR`LwG%Mz?jI_cLvP3aUSj9!ZCwjW*lhX2"
    "Q(aXhhQ1mitJFMQp<z#C9Qg;@wHA<x}3XXeLe6EV697Xt!XYrm-RJLsZD>^@DZhOWmX8ZGS3^bstG98&t#`*XXVW"
    "5X(QG5HMmX=`@(qJFM9j64ioqMV;m3a22YgZuqy@~eF|JY3$#L4#03_s8Z=UsV7`jH1Kz%_=7)V*!rN2!`Yh%c%i"
    "XuNCtp;Wp!6{-8X$AtQ=7pbbA;`B&*UibBs+Chyj+LhdBuwm)@yLNwEPsN$FnVO^a@R~5xD;vw|)*y|Q*oq%MJ-_"
    "9rZG*dlP~lX^z=6XRnLjcww)&vD8b|wP_ED_Rx<A{<t0Dd2dZTf1_qIcKyR6pgLv1zp>^Sgx`I04xibP`diiAjcI"
    "r-Mx+uJK`@~v#Ds0~03+5HDqV#u~y6{jaUzYg5&okIzuxxnjEuXR^9m=3#I&O;I`UP}pfetxz|68yC{*-SCZ>cYI"
    "S$wC;Lun<OMfyg7>f_y0#$TAV5k+}cWt)EwKs7^MCrB61$>=rqfM+6S`vIjXwrN$?kGtC!|1)@Kas4qylSacyh!*"
    "nmJE^-TR?UOe9rM8Unyejfb@}+U*c~tJdQFCr~|Mld{R6en4WM|=tE6G8W(w5yq{`}jAg=(QX`~}PTWbUrq<@B29"
    "S^rsDO(W)VcieM8K1SuAfck?ai@0}`Muyv0S>z++)5uTAuTg+dK%*d`phh7=A&pEzrbZSa%jKsg@#{6hVtWuv3BR"
    "yL%x{`T%r8$P<`>b3`9(Eie))vHp<YwOEslSVbFA;}5OK@4VP-LxnITLkGBbo(j!Sl46==lK;u<lt=^8P!LXDV95"
    "ut2M)9vvpBaSm%ppEc>gyD%No_OMkC!Tns53GiJJoU?AEPM0~x!-k0=^FDslRURli_P@wqL<1y(Lwi4^h{~~%s@c"
    "pVyQ>;$$c+msi*9n*n|zjW7Cx9FTJ{`@&D(M9b=F05t?fLv8nKU!ukINxv4Z_"
)

_WIDE = str.maketrans("0123456789MAX", "０１２３４５６７８９ＭＡＸ")
_TITLE = ["佛山市2023年度清洁生产审核企业名单（第一批）"]

PASSING: dict[str, Callable[[], bytes]] = {
    "plain": lambda: xlsx([HEAD, A, B]),
    "openpyxl": _openpyxl,
    "title rows above": lambda: xlsx(
        [_TITLE, ["填报单位：佛山市生态环境局", "", "", "2023年3月"], [], HEAD, A, B],
        merges=["A1:J1"],
    ),
    "header synonyms": lambda: xlsx(
        [headed(name="单位名称", code="信用代码", county="所在县区", energy="综合能耗"), A, B]
    ),
    "stars, blanks, breaks and units in headers": lambda: xlsx(
        [headed(name="*企 业\n名 称", code="统一社会\n信用代码※", energy="年能耗（吨标准煤）",
                vocs="是否ＶＯＣｓ重点监管", last="8.上轮验收日期："), A, B]
    ),
    "two-row header, merged": _two_row_header,
    "two-row header, flat": _flat_two_row_header,
    "header merged over two rows": lambda: xlsx(
        [HEAD, [], A, B], merges=[f"{c}1:{c}2" for c in "ABCDEFGHIJ"]
    ),
    "row of column numbers": lambda: xlsx([HEAD, list(range(1, 11)), A, B]),
    "blank rows": lambda: xlsx([HEAD, [], A, [], ["", " ", "\u3000"], B, []]),
    "numbered blank rows": lambda: xlsx([HEAD, A, B, [3], [4], [5]]),
    "total row": lambda: xlsx([HEAD, A, B, ["合计", "2家"]]),
    "total with blanks inside": lambda: xlsx([HEAD, A, ["", "小　计", "1"], B, ["", "总 计"]]),
    "footnotes": lambda: xlsx(
        [HEAD, A, B, ["注：1.本表由市局填报。"], ["", "备注：以上企业须在年底前完成"],
         ["填表人：张三", "", "审核人：李四"]]
    ),
    "footnotes that go on below": lambda: xlsx(
        [HEAD, A, B, ["注：1.本表由市局填报。"], ["", "2.企业应于一个月内注册；"],
         ["打印日期：2024-01-05", "第1页 共1页"]]
    ),
    "subtotals, a total of another form": lambda: xlsx(
        [HEAD, A, ["小计", "1家"], B, ["小计（家）", "1"], ["总计（家）", 2]]
    ),
    "captions of parts": lambda: xlsx(
        [HEAD, ["一、强制性审核企业"], A, ["二、自愿性审核企业"], B], merges=["A2:J2", "A4:J4"]
    ),
    "header repeated on the next page": lambda: xlsx([HEAD, A, HEAD, B]),
    "placeholders": lambda: xlsx(
        [HEAD, A, changed(B, grounds="/", last="无", note="NULL")]
    ),
    "more placeholders": lambda: xlsx(
        [HEAD, A, changed(B, grounds="——", last="N/A", note="—")]
    ),
    "full-width digits": lambda: xlsx(
        [HEAD, changed(A, code=A[2].translate(_WIDE), energy="１２００．５",
                       last="２０１９－０９－０１"), B]
    ),
    "non-breaking blanks and line breaks": lambda: xlsx(
        [HEAD, changed(A, name="佛山市甲陶瓷\n有限公司", code="\u00a091440600MA 00000011 "),
         changed(B, name="\u200b佛山市乙电子（南海）\u00a0有限公司", county="顺德区\r\n")]
    ),
    "code in lower case with a quote": lambda: xlsx(
        [HEAD, changed(A, code="'91440600ma00000011"), B]
    ),
    "day as date": lambda: xlsx([HEAD, changed(A, last=date(2019, 9, 1)), B]),
    "day as number": lambda: xlsx([HEAD, changed(A, last=43709), B]),
    "day as eight digits": lambda: xlsx([HEAD, changed(A, last=20190901), B]),
    "day in Chinese": lambda: xlsx([HEAD, changed(A, last="2019年9月1日"), B]),
    "day with points": lambda: xlsx([HEAD, changed(A, last="2019.9.1"), B]),
    "day with a clock": lambda: xlsx([HEAD, changed(A, last="2019-9-1 11:30:00"), B]),
    "numbers as text": lambda: xlsx([HEAD, changed(A, no="1", energy="1,200.50"), B]),
    "several values parted otherwise": lambda: xlsx(
        [HEAD, changed(A, grounds="双超；双有\n双超"), B]
    ),
    "words by value and alias": lambda: xlsx(
        [HEAD, changed(A, kind="强制性", vocs="√"), changed(B, kind="voluntary", vocs="无")]
    ),
    "counter missing": lambda: xlsx([HEAD[1:] + ["序号"], [*A[1:], 1], [*B[1:], 2]]),
    "second sheet": lambda: xlsx([["封面"]], [HEAD, A, B], names=["封面", "名单"]),
    "hidden sheet beside": lambda: xlsx([HEAD, A, B], [HEAD, A], hidden=[1]),
    "empty form on another sheet": lambda: xlsx([HEAD], [HEAD, A, B]),
    "data not at the corner": lambda: xlsx(
        [[], [], ["", "", *HEAD], ["", "", *A], ["", "", *B]]
    ),
    "columns in another order": lambda: xlsx([row[::-1] for row in (HEAD, A, B)]),
    "csv, UTF-8": lambda: _csv([HEAD, A, B], "utf-8"),
    "csv, UTF-8 with mark": lambda: _csv([HEAD, A, B], "utf-8-sig"),
    "csv, long digits kept by a formula": lambda: _csv(
        [HEAD, changed(A, code=f'="{A[2]}"'), B], "gb18030"
    ),
    "csv, GB18030": lambda: _csv([HEAD, A, B], "gb18030"),
    "text parted by tabs, UTF-16": lambda: _csv([HEAD, A, B], "utf-16", "\t"),
    "many rows of blanks": _many_blank_rows,
    "formatted far beyond the table": _formatted_to_the_end,
    "cells spelt otherwise": _other_spelling,
    "old binary workbook": lambda: zlib.decompress(base64.b85decode(_OLD)),
    "real zero": lambda: xlsx([HEAD, A, changed(B, energy=0.0)]),
}  # fmt: skip


def _locked():
    body = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(1000)
    return body + "EncryptedPackage".encode("utf-16-le") + bytes(1000)


def _bomb():
    return repacked(xlsx([HEAD, A]), add={"xl/media/image1.xml": b"<a>" + bytes(60 << 20)})


def _lying():
    data = repacked(xlsx([HEAD, *[A] * 50]))
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        size = archive.getinfo("xl/worksheets/sheet1.xml").file_size
    return data.replace(struct.pack("<I", size), struct.pack("<I", 100))


def _far(cell, value="<v>1</v>", quote='"'):
    text = f"<row r={quote}9{quote}><c r={quote}{cell}{quote}>{value}</c></row></sheetData>"
    return lambda: repacked(xlsx([HEAD, A]), change=in_sheet(b"</sheetData>", text.encode()))


def _wide_without_references():
    row = "<row>" + "<c><v>1</v></c>" * 3000 + "</row>"
    return repacked(
        xlsx([HEAD, A]), change=in_sheet(b"</sheetData>", f"{row}</sheetData>".encode())
    )


def _doctype():
    return repacked(
        xlsx([HEAD, A]),
        change=in_sheet(b"<worksheet", b'<!DOCTYPE a [<!ENTITY b "c">]><worksheet c="1"'),
        add={"xl/worksheets/sheet9.xml": b'<!DOCTYPE a [<!ENTITY b "c">]><a><c>1</c></a>'},
    )


def _repeated_text():
    return xlsx([HEAD, *[changed(A, note="长" * 30_000)] * 6000])


def _cell(**cells):
    return lambda: xlsx([HEAD, changed(A, **cells), B])


FAILING: dict[str, tuple[Callable[[], bytes], str, str]] = {
    "nothing at all": (lambda: b"", "0 字节", ""),
    "plain words": (lambda: b"hello", "无法识别", ""),
    "binary": (lambda: bytes(range(256)) * 4, "无法识别", ""),
    "pdf": (lambda: b"%PDF-1.7 ...", "PDF", ""),
    "picture": (lambda: b"\x89PNG\r\n\x1a\n" + bytes(50), "图片", ""),
    "web page called xls": (lambda: b"<html><table><tr><td>1</td></tr></table>", "网页", ""),
    "cut in the middle": (lambda: xlsx([HEAD, A])[:3000], "损坏", ""),
    "damaged part": (
        lambda: repacked(xlsx([HEAD, A]), change=in_sheet(b"</sheetData>", b"<")), "损坏", ""
    ),
    "archive of something": (
        lambda: repacked(xlsx([[]]), drop=("[Content_Types].xml",)), "压缩包", ""
    ),
    "word document": (
        lambda: repacked(xlsx([[]]), add={"word/document.xml": b"<a/>"}), "Word", ""
    ),
    "binary workbook": (
        lambda: repacked(xlsx([[]]), add={"xl/workbook.bin": b"x"}), "xlsb", ""
    ),
    "password": (_locked, "密码", ""),
    "broken old workbook": (
        lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "Workbook".encode("utf-16-le") * 99,
        "损坏", "",
    ),
    "macros": (
        lambda: repacked(xlsx([HEAD, A]), add={"xl/vbaProject.bin": b"x"}), "宏", ""
    ),
    "old workbook with macros": (
        lambda: zlib.decompress(base64.b85decode(_OLD)) + "_VBA_PROJECT".encode("utf-16-le"),
        "宏", "",
    ),
    "external workbook": (
        lambda: repacked(xlsx([HEAD, A]), add={"xl/externalLinks/externalLink1.xml": b"<a/>"}),
        "外部", "",
    ),
    "external data": (
        lambda: repacked(xlsx([HEAD, A]), add={"xl/connections.xml": b"<a/>"}), "外部", ""
    ),
    "zip bomb": (_bomb, "异常庞大", ""),
    "lying about its size": (_lying, "损坏", ""),
    "cell in the last corner": (_far("XFD1048576"), "很远", ""),
    "cell in the last row": (_far("A1048576"), "很远", ""),
    "far cell in single quotes": (_far("XFD1048576", quote="'"), "很远", ""),
    "far cell in small letters": (_far("xfd1048576"), "很远", ""),
    "far cell with text inside": (_far("ZZ9", "<is><t>x</t></is>"), "很远", ""),
    "wide rows without references": (_wide_without_references, "很远", ""),
    "document type": (_doctype, "损坏", ""),
    "long text repeated": (_repeated_text, "异常庞大", ""),
    "empty workbook": (lambda: xlsx([[]]), "空的", "A1"),
    "empty template": (lambda: xlsx([HEAD]), "没有数据行", "A2"),
    "only blanks and totals below": (lambda: xlsx([HEAD, [], ["合计"]]), "没有数据行", "A2"),
    "another form": (
        lambda: xlsx([["姓名", "电话"], ["张三", "1"]]), "没有找到", "A1"
    ),
    "required column missing": (
        lambda: xlsx([headed(code="电话"), A, B]), "缺少必填列“统一社会信用代码”", "A1"
    ),
    "two columns alike": (
        lambda: xlsx([headed(note="单位名称"), A, B]), "都像“企业名称”", "J1"
    ),
    "two sheets alike": (lambda: xlsx([HEAD, A], [HEAD, B]), "都像", ""),
    "name missing": (_cell(name=""), "企业名称：不能为空", "B2"),
    "name a placeholder": (_cell(name="无"), "企业名称：不能为空", "B2"),
    "name too long": (_cell(name="长" * 61), "不超过60个字", "B2"),
    "code missing": (_cell(code=""), "统一社会信用代码：不能为空", "C2"),
    "code typed as number": (_cell(code=914406001234567890), "数字已丢失", "C2"),
    "code in scientific form": (_cell(code="9.14406E+17"), "数字已丢失", "C2"),
    "code turned into a date": (_cell(code=date(2019, 9, 1)), "改成了日期", "C2"),
    "only a year": (_cell(last=2019), "只有年份", "H2"),
    "only a year, as text": (_cell(last="2019年"), "只有年份", "H2"),
    "only a month": (_cell(last="2019.9"), "只有年月", "H2"),
    "no such day": (_cell(last="2019-02-30"), "没有这一天", "H2"),
    "day first": (_cell(last="1/9/2019"), "能识别的日期", "H2"),
    "a word for a day": (_cell(last="待定"), "能识别的日期", "H2"),
    "a clock for a day": (_cell(last=time(8, 30)), "", "H2"),
    "year out of range": (_cell(last="1899-01-01"), "年份", "H2"),
    "unknown word": (_cell(kind="半强制"), "可填内容", "E2"),
    "one of several unknown": (_cell(grounds="双超、三超"), "“三超”", "F2"),
    "neither yes nor no": (_cell(vocs="可能"), "“是”或“否”", "G2"),
    "number with its unit": (_cell(energy="1200吨"), "应为数字", "I2"),
    "number below the bound": (_cell(energy=-1), "不能小于0", "I2"),
    "truth for a number": (_cell(energy=True), "应为数字", "I2"),
    "counter with a fraction": (_cell(no=1.5), "应为整数", "A2"),
    "csv with a bad cell": (
        lambda: _csv([HEAD, changed(A, last="待定"), B], "gb18030"), "能识别的日期", "H2"
    ),
}  # fmt: skip
