"""Values come by id or name, in any usual encoding, and every mistake is said at once."""

from contextlib import suppress
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleanprod.stages.performance import shipped_systems, value_sheets
from cleanprod.stages.performance.indicators.loading import load
from cleanprod.stages.performance.indicators.scoring import Mark, score
from cleanprod.stages.performance.indicators.values import (
    COLUMNS,
    BadValues,
    from_csv,
    from_rows,
    from_texts,
)
from cleanprod.stages.performance.tests.indicator_systems import (
    group,
    numeric,
    plain,
    rich,
    system,
)

READ = load(plain())
GOOD = "编号,填报值\nwater,8\nreuse,60%\nph,不适用\ncare,Ⅰ级\n"
EXPECTED = {
    "water": Decimal(8),
    "reuse": Decimal(60),
    "ph": Mark.NOT_APPLICABLE,
    "care": "I",
}


def wrong(text, read=READ):
    with pytest.raises(BadValues) as caught:
        from_csv(read, text.encode())
    return caught.value.findings


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_a_csv_is_read_in_the_usual_encodings(encoding):
    assert from_csv(READ, GOOD.encode(encoding)) == EXPECTED


@pytest.mark.parametrize(
    "text",
    [
        GOOD.replace(",", "\t"),
        GOOD.replace(",", ";"),
        GOOD.replace("编号,填报值", "id,value"),
        "name,value\n指标water,8\n指标 reuse,60\n指标ph,N/A\n要求care,1\n",
        "填报表\n\n名称,编号,单位,填报值\n,water,L/m²,8\n指标reuse,,,６０\n,ph,,na\n要求care,care,,i\n",
        GOOD.replace("编号", "序号"),
        GOOD + ",,\n说明：以上为2023年数据,\n",
    ],
)
def test_heads_and_separators_may_vary(text):
    assert from_csv(READ, text.encode()) == EXPECTED


def test_a_blank_is_missing():
    assert from_csv(READ, "编号,填报值\nwater,\nreuse,  \n".encode()) == {}


def test_every_mistake_is_said_with_its_cell():
    text = (
        "编号,名称,填报值\nwater,,a lot\nnobody,,3\nreuse,指标ph,5\ncare,,好\n,,4\n"
        "ph,,7\nph,,7.5\nwater,,1e99\n"
    )
    found = [(one.cell, one.rule) for one in wrong(text)]
    assert found == [
        ("C2", "“指标water”应填数字"),
        ("A3", "体系中没有指标“nobody”"),
        ("A4", "编号与名称不是同一个指标"),
        ("C5", "“要求care”应填达到的等级"),
        ("C6", "这一行有值，没有编号和名称"),
        ("A8", "“指标ph”已在第7行填写"),
        ("A9", "“指标water”已在第2行填写"),
    ]


def test_what_is_used_or_emitted_cannot_be_less_than_nothing():
    found = [(one.cell, one.rule) for one in wrong("编号,填报值\nwater,-8\nreuse,-3\n")]
    assert found == [("B2", "“指标water”不能为负数"), ("B3", "“指标reuse”不能为负数")]
    cold = numeric("cold", 1, -20, -10, unit="℃")
    assert from_csv(load(system([group("A", 1, cold)])), b"id,value\ncold,-15\n") == {
        "cold": Decimal(-15)
    }


def test_a_share_above_the_whole_is_asked_about():
    shares = load(system([group("A", 1, numeric("a", 1, 82, 80, unit="%", direction="higher"))]))
    told = [score(shares, {"a": Decimal(value)}).warnings for value in (250, 100)]
    assert told == [("“指标a”的单位是 %，填的是 250，超过100 %，请核对",), ()]


@pytest.mark.parametrize("text", ["", "a,b\n1,2\n", "编号\nwater\n", "\0\1\2", "\0"])
def test_a_file_without_a_head_is_refused(text):
    assert wrong(text)


def test_bytes_that_are_no_text_are_refused():
    with pytest.raises(BadValues):
        from_csv(READ, b"\xff\xff\xff\xff")


def test_two_items_of_one_name_ask_for_the_id():
    twins = load(
        system(
            [group("A", 1, numeric("a", 0.5, 1, name="水耗"), numeric("b", 0.5, 1, name="水耗"))]
        )
    )
    assert wrong("名称,值\n水耗,1\n", twins)[0].rule == "名为“水耗”的指标不止一个"
    assert from_csv(twins, "编号,名称,值\nb,水耗,1\n".encode()) == {"b": Decimal(1)}


@pytest.mark.parametrize(
    "written, value",
    [("达不到", Mark.UNMET), ("否", Mark.UNMET), ("二级", "II"), ("3", "III"), ("ⅲ", "III")],
)
def test_grades_are_read_as_people_write_them(written, value):
    assert from_texts(READ, {"care": written})[0] == {"care": value}


def test_yes_is_enough_where_all_grades_ask_the_same():
    plating = shipped_systems.system("electroplating-2015")
    values, problems = from_texts(plating, {"19": "符合", "1": "符合"})
    assert values == {"19": "I"}
    assert list(problems) == ["1"]


def test_inputs_and_computed_items_are_told_apart():
    read = load(rich())
    values, problems = from_texts(
        read,
        {"power": "不适用", "energy": "5", "multi": "-1", "steam": "1", "co2": "约 9 吨"},
    )
    assert values == {"steam": Decimal(1), "co2": "约 9 吨"}
    assert problems["power"].rule == "原始数据“用电量”不能填“不适用”"
    assert problems["energy"].advice == "请改填原始数据：用电量、双面板产量、多层板产量"
    assert problems["multi"].rule == "产量“双面板产量”不能为负数".replace("双面", "多层")
    assert from_texts(read, {"energy": "不适用"})[0] == {"energy": Mark.NOT_APPLICABLE}


@pytest.mark.parametrize("read", [READ, load(rich())])
@pytest.mark.parametrize("blank", [value_sheets.blank_csv, value_sheets.blank_workbook])
def test_a_blank_sheet_is_read_back_as_nothing_filled_in(read, blank):
    assert value_sheets.read(read, blank(read), "blank.xlsx") == {}


def test_a_filled_workbook_is_read():
    rows = [COLUMNS, ("water", "", 8.5), ("ph", "", "不适用"), ("care", "", "II")]
    book = value_sheets.downloads.xlsx([value_sheets.downloads.Sheet("填报值", COLUMNS, rows[1:])])
    assert value_sheets.read(READ, book, "v.xlsx") == {
        "water": Decimal("8.5"),
        "ph": Mark.NOT_APPLICABLE,
        "care": "II",
    }


def test_a_broken_workbook_is_refused_in_words():
    with pytest.raises(BadValues):
        value_sheets.read(READ, b"PK nothing", "v.xlsx")


@given(st.lists(st.lists(st.text(max_size=8), max_size=5), max_size=6))
def test_no_junk_in_the_cells_breaks_the_reading(rows):
    with suppress(BadValues):
        from_rows(READ, [["编号", "名称", "填报值"], *rows])


def test_a_computed_value_below_nothing_is_asked_about():
    inputs = {"power": Decimal(-10), "double": Decimal(1), "multi": Decimal(1)}
    assert any("为负数" in said for said in score(load(rich()), inputs).warnings)
