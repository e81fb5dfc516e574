"""What reading tells beside the rows: places, marks, skipped rows, merged cells, limits."""

import io
from datetime import date

import pytest

from cleanprod.foundation.intake.reading import read
from cleanprod.foundation.intake.rules import Skip, Unreadable
from cleanprod.foundation.intake.tests.workbooks import (
    HEAD,
    PASSING,
    TEMPLATE,
    TWO,
    A,
    B,
    Sort,
    changed,
    headed,
    repacked,
    xlsx,
)
from cleanprod.kernel.finding import Level


def in_workbook(old, new):
    return lambda name, body: body.replace(old, new) if name == "xl/workbook.xml" else body


def table_of(data, **more):
    return read(data, TEMPLATE, **{"max_rows": 1000, "max_bytes": 1 << 20, **more})


def test_every_problem_is_found_in_one_pass():
    bad = changed(A, name="", code=914406001234567890, kind="半强制", last=2019, energy="许多")
    table = table_of(xlsx([HEAD, B, bad, bad]))
    assert [f.cell for f in table.findings] == [
        "B3", "C3", "E3", "H3", "I3", "B4", "C4", "E4", "H4", "I4",
    ]  # fmt: skip
    assert all(f.sheet == "Sheet1" and f.rule and f.advice for f in table.findings)
    assert [row.blocked for row in table.rows] == [False, True, True]
    assert table.rows_read == 3


def test_a_finding_shows_what_the_person_wrote():
    table = table_of(xlsx([HEAD, changed(A, kind="半强制")]))
    assert table.findings[0].value == "半强制"
    assert table.why(2) == "E2 审核类型：不在可填内容之内"


def test_a_blocked_row_keeps_its_good_cells_and_blanks_the_bad_one():
    row = table_of(xlsx([HEAD, changed(A, last="待定", name="")])).rows[0]
    assert row.values[1] == ""
    assert row.values[7] is None
    assert row.values[4] is Sort.MANDATORY


def test_blank_optional_cells_are_no_finding():
    table = table_of(xlsx([HEAD, changed(A, county="", kind="", grounds="", vocs="", last="",
                                         energy="", note="", no="")]))  # fmt: skip
    assert table.findings == []
    assert table.rows[0].values[3:] == ("", None, (), None, None, None, "")


def test_columns_that_the_sheet_lacks_are_blank():
    table = table_of(xlsx([["企业名称", "统一社会信用代码"], A[1:3]]))
    assert table.findings == []
    assert table.rows[0].values == (None, *TWO[0][1:3], "", None, (), None, None, None, "")


def test_rows_keep_the_numbers_of_the_sheet():
    table = table_of(PASSING["title rows above"]())
    assert table.header_row == 4
    assert [row.number for row in table.rows] == [5, 6]
    assert table.columns["code"] == "C"


def test_a_county_merged_down_the_rows_is_filled_inside_its_range_only():
    rows = [HEAD, A, changed(B, county=""), changed(A, county=""), changed(B, county="")]
    table = table_of(xlsx(rows, merges=["D2:D4"]))
    assert [row.values[3] for row in table.rows] == ["南海区", "南海区", "南海区", ""]


def test_a_merged_range_longer_than_a_block_is_filled_to_its_end():
    rows = [HEAD, A, *[changed(B, county="")] * 2500]
    table = table_of(xlsx(rows, merges=["D2:D2400"]), max_rows=5000)
    counties = [row.values[3] for row in table.rows]
    assert counties[:2399] == ["南海区"] * 2399
    assert set(counties[2399:]) == {""}


def test_blank_rows_inside_a_merged_range_stay_blank():
    table = table_of(xlsx([HEAD, A, [], changed(B, county="")], merges=["D2:D4"]))
    assert [row.number for row in table.rows] == [2, 4]
    assert table.skipped == {Skip.BLANK: 1}


def test_the_same_as_above_is_read_as_what_stands_above():
    firms = [
        changed(A, county="南海区" if not n % 1500 else "同上", name="〃") for n in range(2100)
    ]
    rows = table_of(xlsx([HEAD, *firms]), max_rows=3000).rows
    assert {row.values[3] for row in rows} == {"南海区"}
    assert {row.values[1] for row in rows} == {"〃"}  # a name has to be written


def test_a_remark_that_goes_on_is_no_firm_and_told():
    table = table_of(xlsx([HEAD, A, ["注：1.甲"], ["", "2.乙有限公司须注册"], ["", "丙有限公司"]]))
    assert [row.values[1] for row in table.rows] == [A[1], "丙有限公司"]
    assert [f.cell for f in table.findings if "续行" in f.rule] == ["A4"]


def test_skipped_rows_are_counted_by_sort():
    rows = [HEAD, A, [], HEAD, B, ["合计", "2家"], ["注：略"], ["三、其他"]]
    table = table_of(xlsx(rows, merges=["A8:J8"]))
    assert table.skipped == {
        Skip.BLANK: 1, Skip.HEADER: 1, Skip.TOTAL: 1, Skip.NOTE: 1, Skip.CAPTION: 1,
    }  # fmt: skip


def test_a_subtotal_is_not_compared_with_the_whole_sheet():
    assert not table_of(xlsx([HEAD, A, ["小计", "1家"], B, ["小计", "1家"]])).findings


def test_a_total_that_disagrees_with_the_rows_is_told():
    table = table_of(xlsx([HEAD, A, B, ["合计", "3家"]]))
    assert [(f.level, f.cell, f.rule) for f in table.findings] == [
        (Level.INFORM, "A4", "合计行写3家，实际读到2行")
    ]


def test_a_firm_whose_name_resembles_a_total_is_a_row():
    table = table_of(xlsx([HEAD, changed(A, name="广东合计电子有限公司"),
                           changed(B, name="注册商标印刷厂")]))  # fmt: skip
    assert table.rows_read == 2


def test_an_unknown_header_is_told_and_kept():
    table = table_of(xlsx([[*HEAD, "电话"], [*A, "1"]]))
    assert table.unknown == {"K": "电话"}
    assert [f.level for f in table.findings] == [Level.INFORM]


def test_a_column_can_be_mapped_by_hand():
    table = table_of(xlsx([headed(code="号码"), A]), columns={"code": "C"})
    assert table.findings == []
    assert table.rows[0].values == TWO[0]


def test_a_sheet_can_be_named():
    data = xlsx([HEAD, A], [HEAD, B], names=["甲表", "乙表"])
    assert table_of(data, sheet="乙表").rows[0].values == TWO[1]
    with pytest.raises(Unreadable, match="没有名为“丙表”"):
        table_of(data, sheet="丙表")


def test_a_nearly_right_sheet_beside_the_right_one_is_told():
    table = table_of(xlsx([HEAD, A], [["企业名称", "县区"], ["甲", "乙"]]))
    assert [(f.level, f.sheet) for f in table.findings] == [(Level.INFORM, "Sheet2")]


def test_too_many_rows_and_too_many_bytes_are_refused():
    data = xlsx([HEAD, *[A] * 11])
    with pytest.raises(Unreadable, match="超过10行"):
        table_of(data, max_rows=10)
    with pytest.raises(Unreadable, match="超过上限"):
        table_of(data, max_bytes=1000)


def test_an_xlsm_is_refused_by_its_name():
    with pytest.raises(Unreadable, match="宏"):
        table_of(xlsx([HEAD, A]), name="名单.XLSM")


def test_a_file_is_read_from_its_path(tmp_path):
    path = tmp_path / "名单.csv"
    path.write_bytes(PASSING["csv, GB18030"]())
    table = table_of(path)
    assert table.sheet == "名单"
    assert [row.values for row in table.rows] == TWO


def test_a_million_blank_rows_cost_nothing():
    book = io.BytesIO(xlsx([HEAD, A, *[[]] * 1000, B]))
    assert table_of(book.getvalue()).skipped == {Skip.BLANK: 1000}


def test_days_are_days_without_clocks():
    table = table_of(PASSING["day as date"]())
    assert type(table.rows[0].values[7]) is date


def test_findings_of_the_caller_point_at_cells():
    table = table_of(xlsx([HEAD, A]))
    found = table.found(2, "code", Level.DECIDE, "规则", "建议", "值")
    assert (found.sheet, found.cell, found.level) == ("Sheet1", "C2", Level.DECIDE)


def test_a_hidden_sheet_that_would_do_is_told_and_not_read():
    hide = in_workbook(b'<sheet name="Sheet2"', b'<sheet state="hidden" name="Sheet2"')
    table = table_of(repacked(xlsx([HEAD, A], [HEAD, B]), change=hide))
    assert [(one.sheet, one.level) for one in table.findings] == [("Sheet2", Level.INFORM)]
    assert "已隐藏" in table.findings[0].rule
    assert (table.rows_read, table.sheets) == (1, ("Sheet1",))
