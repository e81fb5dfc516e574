"""The marked copy and the blank template, read back by another library and by ourselves."""

import io

import openpyxl

from cleanprod.foundation.intake import marked, parsers
from cleanprod.foundation.intake.reading import read
from cleanprod.foundation.intake.rules import Column, Template
from cleanprod.foundation.intake.tests.untidy import delimited
from cleanprod.foundation.intake.tests.workbooks import (
    FAILING,
    HEAD,
    PASSING,
    TEMPLATE,
    TWO,
    A,
    B,
    changed,
    xlsx,
)
from cleanprod.kernel.finding import Finding, Level
from cleanprod.kernel.term import Term

LIMITS = {"max_rows": 1000, "max_bytes": 20 << 20}


def marked_of(data, name=""):
    findings = read(data, TEMPLATE, name=name, **LIMITS).findings
    copy = marked.marked_copy(data, findings, name=name, **LIMITS)
    return openpyxl.load_workbook(io.BytesIO(copy)), findings


def test_bad_cells_are_coloured_and_noted():
    book, _ = marked_of(xlsx([HEAD, changed(A, kind="半强制", name=""), B]))
    sheet = book["Sheet1"]
    assert "不在可填内容之内" in sheet["E2"].comment.text
    assert "强制、自愿" in sheet["E2"].comment.text
    assert sheet["E2"].fill.fgColor.rgb == sheet["B2"].fill.fgColor.rgb == "FFF8CBAD"
    assert sheet["E3"].comment is None
    assert sheet["E2"].value == "半强制"


def test_the_cells_of_a_csv_are_marked_under_its_own_name():
    book, _ = marked_of(delimited([HEAD, changed(A, kind="半强制")]), "名单.csv")
    assert book["名单"]["E2"].comment


def test_the_first_sheet_lists_all_findings_with_links():
    book, findings = marked_of(xlsx([HEAD, changed(A, kind="半强制", last=2019), B]))
    front = book.worksheets[0]
    assert front.title == "问题清单"
    assert front.max_row == len(findings) + 1 == 3
    assert front["C2"].value == "E2"
    assert front["C2"].hyperlink.location == "'Sheet1'!E2"


def test_the_marked_copy_once_repaired_can_be_handed_in():
    for name in ("plain", "title rows above", "two-row header, merged", "csv, GB18030"):
        data = marked.marked_copy(PASSING[name](), [], **LIMITS)
        assert [row.values for row in read(data, TEMPLATE, **LIMITS).rows] == TWO


def test_formulas_in_text_stay_text():
    note = '=HYPERLINK("http://x","y")'
    book, _ = marked_of(xlsx([HEAD, changed(A, note=note, kind="=1+1")]))
    assert book["Sheet1"]["J2"].data_type == "s"
    assert book["问题清单"]["D2"].data_type == "s"


def test_an_unreadable_original_gives_the_list_alone():
    finding = Finding(Level.BLOCK, "文件含有宏", "另存")
    data = marked.marked_copy(FAILING["macros"][0](), [finding], **LIMITS)
    book = openpyxl.load_workbook(io.BytesIO(data))
    assert book.sheetnames == ["问题清单"]
    assert book.active["F2"].value == "文件含有宏"


def test_the_limits_come_from_the_settings():
    assert marked.marked_copy(PASSING["plain"](), [])


def test_the_blank_template_is_our_own_form_without_rows():
    table = read(marked.blank_template(TEMPLATE), TEMPLATE, **LIMITS)
    assert [finding.rule for finding in table.findings] == ["表头下没有数据行"]
    assert list(table.columns) == [column.key for column in TEMPLATE.columns]


def test_the_blank_template_guides_and_keeps_digits():
    book = openpyxl.load_workbook(io.BytesIO(marked.blank_template(TEMPLATE)))
    sheet = book.worksheets[0]
    assert sheet.column_dimensions["C"].number_format == "@"
    assert "例：91440600MA00000000" in sheet["C1"].comment.text
    lists = {str(v.sqref): v.formula1 for v in sheet.data_validations.dataValidation}
    assert lists["E2:E20001"] == '"强制,自愿"'


def test_the_same_template_gives_the_same_bytes():
    assert marked.blank_template(TEMPLATE) == marked.blank_template(TEMPLATE)


def test_long_lists_of_words_lie_on_the_second_sheet():
    words = Term("Words", {f"W{n}": (f"w{n}", f"很长的可选内容第{n}项") for n in range(40)})
    template = Template("x", "名单", (Column("a", "甲", parsers.one_of(words), required=True),))
    book = openpyxl.load_workbook(io.BytesIO(marked.blank_template(template)))
    formula = book.worksheets[0].data_validations.dataValidation[0].formula1
    assert formula == "'填写说明'!$G$1:$G$40"
