"""`cleanprod performance`: files in, answers and refusals out, no database anywhere."""

import json
from decimal import Decimal

import pytest
import xlsxwriter

from cleanprod.faces.cli.tests.test_main import cleanprod

TABLE = (
    "measure,carrier,amount,unit,factor,kind\n"
    "WD1,electricity,10000,kWh,,无低费\n"
    "ZG1,天然气,2,万m3,1.2143,中高费\n"
    "ZG1,VOCs,300,kg,,\n"
)
CHINESE = "方案,载体,数量,单位\n更换电机,电力,1,万kWh\n"


def compute(folder, content, *words, name="方案.csv"):
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return cleanprod("performance", "compute", str(path), *words)


def answered(folder, content, *words, name="方案.csv"):
    answer = compute(
        folder, content, "--factors", "2022-广东", "--format", "json", *words, name=name
    )
    assert (answer.returncode, answer.stderr) == (0, "")
    return json.loads(answer.stdout, parse_float=Decimal, parse_int=Decimal)


def test_a_table_becomes_rows_and_a_total_without_a_database(tmp_path):
    told = answered(tmp_path, TABLE)
    first, second, third = told["rows"]
    for key in (
        "measure", "carrier", "amount", "unit", "tce", "co2_t", "factor", "source", "year",
        "warnings",
    ):  # fmt: skip
        assert key in first
    assert (first["measure"], first["carrier"], first["tce"]) == (
        "WD1",
        "electricity",
        Decimal("1.229"),
    )
    assert (first["co2_t"], first["year"], first["warnings"]) == (Decimal("4.403"), 2022, [])
    assert "0.4403 kgCO2/kWh" in first["factor"]
    assert "公告2024年第33号" in first["source"]
    assert second["tce"] == Decimal("24.286")
    assert "因子未确认" in second["warnings"][0]
    assert (third["tce"], third["co2_t"]) == (None, None)
    assert told["total"]["tce"] == first["tce"] + second["tce"]
    assert told["total"]["co2_t"] == first["co2_t"] + second["co2_t"]
    assert told["total"]["amounts"]["voc"]["amount"] == Decimal("0.3")
    assert told["factor_set"]["id"] == "2022-广东"
    assert {one["key"] for one in told["factors_used"]} >= {"tce:electricity", "ncv:natural_gas"}
    assert all(result["formula"] for row in told["rows"] for result in row["results"])


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_chinese_headers_are_read_in_the_encodings_of_offices(tmp_path, encoding):
    told = answered(tmp_path, CHINESE.encode(encoding))
    assert [row["tce"] for row in told["rows"]] == [Decimal("1.229")]


def test_a_workbook_is_read_like_a_table_and_other_sheets_are_named(tmp_path):
    path = tmp_path / "方案.xlsx"
    with xlsxwriter.Workbook(path) as book:
        for name in ("方案", "说明"):
            sheet = book.add_worksheet(name)
            for place, line in enumerate(CHINESE.split()):
                sheet.write_row(place, 0, line.split(","))
        book.worksheets()[0].write_number(1, 2, 0.1)
    answer = cleanprod(
        "performance", "compute", str(path), "--factors", "2023-广东", "--format", "json"
    )
    assert answer.returncode == 0
    assert "只读取工作表“方案”" in answer.stderr
    assert json.loads(answer.stdout)["rows"][0]["tce"] == 0.1229


def test_the_table_shows_rows_total_warnings_and_the_set(tmp_path):
    answer = compute(tmp_path, TABLE, "--factors", "2021-广东")
    assert answer.returncode == 0
    for words in ("折标煤 tce（当量）", "合计", "因子未确认", "因子集 2021-广东", "四舍五入"):
        assert words in answer.stdout


def test_the_options_are_named_in_the_answer(tmp_path):
    rows = "measure,carrier,amount,unit\nA,天然气,1,万m3\nA,新水,1000,t\n"
    plain = answered(tmp_path, rows)
    assert plain["total"]["tce"] == 0
    assert plain["total"]["rows_left_out"]["tce"] == [2]
    chosen = answered(tmp_path, rows, "--usual-values", "--count-media")
    assert chosen["total"]["tce"] == Decimal("12.4001")
    assert chosen["options"] == {"count_media": True, "usual_values": True}


def test_programs_read_mistakes_as_json_with_row_column_rule_and_advice(tmp_path):
    content = "measure,carrier,amount,unit\nA,电力,x,kWh\nA,电力,1,斤\n"
    answer = compute(tmp_path, content, "--factors", "2023-广东", "--format", "json")
    told = json.loads(answer.stdout)
    assert (answer.returncode, told["good"]) == (2, False)
    assert [(one["row"], one["column"], one["value"]) for one in told["findings"]] == [
        (2, "amount", "x"),
        (3, "unit", "斤"),
    ]
    assert all(one["rule"] and one["advice"] for one in told["findings"])


def test_every_mistake_is_told_at_once_on_stderr_and_nothing_on_stdout(tmp_path):
    content = "measure,carrier,amount,unit\n,投资额,-5,元\nA,unobtainium,NaN,kWh\nA,电力,,kg\n"
    answer = compute(tmp_path, content, "--factors", "2023-广东")
    assert (answer.returncode, answer.stdout) == (2, "")
    lines = answer.stderr.splitlines()
    assert [line.partition("：")[0] for line in lines] == [
        "第2行 “measure”列",
        "第2行 “amount”列 值“-5”",
        "第3行 “carrier”列 值“unobtainium”",
        "第3行 “amount”列 值“NaN”",
        "第4行 “amount”列",
        "第4行 “unit”列 值“kg”",
    ]
    assert all("；" in line for line in lines)


@pytest.mark.parametrize(
    "content, words",
    [
        (b"", "文件是空的"),
        (b"measure,carrier,amount,unit\n", "没有数据行"),
        ("measure,carrier\nA,电力\n", "表头缺少"),
        (b"%PDF-1.7", "PDF"),
        (b"\xff\xff\xff\xff,\x81\n", "编码无法识别"),
    ],
)
def test_a_file_that_is_no_table_is_refused_in_one_line(tmp_path, content, words):
    answer = compute(tmp_path, content, "--factors", "2023-广东")
    assert (answer.returncode, answer.stdout) == (2, "")
    assert words in answer.stderr
    assert answer.stderr.count("\n") == 1


@pytest.mark.parametrize(
    "words, message",
    [
        ((), "缺少 '--factors'"),
        (("--factors", "1999-火星"), "没有因子集“1999-火星”"),
        (("--factors", "/nonexistent/own.json"), "没有这个文件"),
    ],
)
def test_a_set_that_is_not_there_is_refused(tmp_path, words, message):
    answer = compute(tmp_path, TABLE, *words)
    assert (answer.returncode, answer.stdout) == (2, "")
    assert message in answer.stderr


def test_an_authority_can_bring_its_own_set(tmp_path):
    own = {
        "id": "2024-广东", "name": "示例", "extends": "2023-广东", "year": 2024,
        "valid_from": "2026-12-31", "grid": "grid:广东:2024",
        "factors": [
            {"key": "grid:广东:2024", "name": "示例因子", "value": 0.43, "unit": "kgCO2/kWh",
             "source": "示例", "year": 2024, "region": "广东", "status": "unconfirmed"},
        ],
    }  # fmt: skip
    path = tmp_path / "own.json"
    path.write_text(json.dumps(own), encoding="utf-8")
    answer = compute(tmp_path, TABLE, "--factors", str(path), "--format", "json")
    assert json.loads(answer.stdout)["rows"][0]["co2_t"] == 4.3
    own["factors"][0] |= {"value": "x", "status": "sure"}
    path.write_text(json.dumps(own), encoding="utf-8")
    refused = compute(tmp_path, TABLE, "--factors", str(path))
    assert refused.returncode == 2
    assert len(refused.stderr.splitlines()) == 3
    path.write_text("{", encoding="utf-8")
    assert "不是 UTF-8 编码的 JSON" in compute(tmp_path, TABLE, "--factors", str(path)).stderr


def test_the_sets_and_their_factors_are_listed():
    listed = cleanprod("performance", "factors")
    assert listed.returncode == 0
    assert "2022-广东      2022  广东      0.4403" in listed.stdout
    one = json.loads(cleanprod("performance", "factors", "2023-广东", "--format", "json").stdout)
    assert one["grid_factor"] == 0.4419
    assert len(one["factors"]) > 140
    assert "electricity" in {carrier["carrier"] for carrier in one["carriers"]}
    every = json.loads(cleanprod("performance", "factors", "--format", "json").stdout)
    assert {"2021-广东", "2022-广东", "2023-广东"} <= {one["id"] for one in every}
    shown = cleanprod("performance", "factors", "2023-广东").stdout
    assert "1.2143 kgce/m3（公布区间 1.1–1.33 kgce/m3）" in shown
