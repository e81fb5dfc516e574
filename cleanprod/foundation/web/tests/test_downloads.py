import csv
import io
import json
from datetime import UTC, date, datetime
from decimal import Decimal

import openpyxl
import pytest
import python_calamine

from cleanprod.foundation.web import downloads
from cleanprod.foundation.web.downloads import Sheet


def book(*sheets):
    return openpyxl.load_workbook(io.BytesIO(downloads.xlsx(sheets)))


def annex():
    return Sheet(
        "附件1",
        ["序号", "地市", "合计", "公布日期", "占比"],
        [[1, "广州", 185, date(2023, 3, 8), Decimal("94.92")], [None, "合计", 1945, None, None]],
        lead=["附件1", "2022年通过清洁生产审核验收企业情况（家）"],
        groups=[("", 2), ("通过验收", 3)],
        notes=["注：统计截至2023年2月22日"],
        total=True,
    )


def test_the_same_sheets_give_the_same_bytes():
    assert downloads.xlsx([annex()]) == downloads.xlsx([annex()])


def test_numbers_days_and_texts_keep_their_kind():
    page = book(annex())["附件1"]
    cells = list(page.iter_rows(values_only=True))
    assert cells[4] == (1, "广州", 185, datetime(2023, 3, 8), 94.92)
    assert page["D5"].number_format == "yyyy-mm-dd"
    assert cells[5] == (None, "合计", 1945, None, None)
    assert cells[6][0].startswith("注")
    assert {str(area) for area in page.merged_cells.ranges} == {"A1:E1", "A2:E2", "A3:B3", "C3:E3"}


def test_another_reader_sees_the_same_rows():
    sheet = python_calamine.CalamineWorkbook.from_filelike(
        io.BytesIO(downloads.xlsx([annex()]))
    ).get_sheet_by_name("附件1")
    assert sheet.to_python()[4][:3] == [1.0, "广州", 185.0]


@pytest.mark.parametrize("text", ["=cmd|' /C calc'!A0", "+1", "-1", "@SUM(A1)", "\t=1"])
def test_no_text_becomes_a_formula(text):
    cell = book(Sheet("表", ["名"], [[text]])).active["A2"]
    assert cell.data_type != "f"
    assert cell.quotePrefix
    line = b"".join(downloads.csv(["名"], [[text]])).decode("utf-8-sig").splitlines()[1]
    assert next(csv.reader([line]))[0] == f"'{text}"


def test_negative_numbers_are_no_formulas():
    assert b"-5" in b"".join(downloads.csv(["差"], [[-5]]))
    assert b"'-5" not in b"".join(downloads.csv(["差"], [[-5]]))


def test_long_codes_lose_no_digit():
    code = 914406000000000001
    assert book(Sheet("表", ["代码"], [[code]])).active["A2"].value == str(code)


def test_csv_opens_with_chinese_in_a_spreadsheet():
    text = b"".join(downloads.csv(["地市", "日"], [["佛山,市", datetime(2023, 3, 8, tzinfo=UTC)]]))
    assert text.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(text.decode("utf-8-sig"))))
    assert rows == [["地市", "日"], ["佛山,市", "2023-03-08 08:00:00"]]


def test_csv_is_written_piece_by_piece():
    pieces = list(downloads.csv(["数"], ([n] for n in range(1200))))
    assert len(pieces) > 3
    assert b"".join(pieces).count(b"\r\n") == 1201


def test_json_keeps_chinese_days_and_decimals_readable():
    data = downloads.json({"地市": "佛山", "day": date(2023, 3, 8), "rate": Decimal("94.92")})
    assert json.loads(data) == {"地市": "佛山", "day": "2023-03-08", "rate": "94.92"}
    assert "佛山" in data.decode()


def test_a_chinese_name_survives_the_header():
    answer = downloads.attachment(b"x", "附件1（2022年）.xlsx")
    assert answer["Content-Type"] == downloads.XLSX
    assert "filename*=utf-8''%E9%99%84%E4%BB%B61" in answer["Content-Disposition"]
    assert answer["Content-Disposition"].startswith("attachment")


def test_a_stream_is_sent_as_a_stream():
    answer = downloads.attachment(downloads.csv(["a"], [[1]]), "表.csv", downloads.CSV)
    assert answer.streaming
    assert b"".join(answer) == b"\xef\xbb\xbfa\r\n1\r\n"
