"""Single cells: what each parser takes, what it refuses, and that none ever breaks."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleanprod.foundation.intake import parsers
from cleanprod.foundation.intake.rules import (
    Column,
    Problem,
    Template,
    header_forms,
    is_blank,
    letter,
    place_of,
)
from cleanprod.foundation.intake.tests.workbooks import Ground, Sort
from cleanprod.kernel.finding import Level

ALL = [
    parsers.text(), parsers.long_number(), parsers.code(), parsers.day(),
    parsers.whole_number(0, 100), parsers.decimal(places=2), parsers.one_of(Sort),
    parsers.yes_no(), parsers.several(parsers.one_of(Ground)), parsers.several(parsers.day()),
    parsers.graded(parsers.one_of(Sort), Sort),
]  # fmt: skip
CELLS = st.one_of(
    st.text(), st.floats(allow_nan=False, allow_infinity=False), st.booleans(), st.dates(),
    st.datetimes(), st.times(), st.timedeltas(),
)  # fmt: skip


@pytest.mark.parametrize("parser", ALL)
@given(cell=CELLS)
def test_a_parser_gives_a_value_or_a_problem_with_advice(parser, cell):
    said = ["", ""]
    try:
        parser(cell)
    except Problem as problem:
        said = [problem.rule, problem.advice]
    assert bool(said[0]) == bool(said[1])


@given(day=st.dates(min_value=date(1950, 1, 1), max_value=date(2099, 12, 31)))
def test_every_spelling_of_a_day_is_the_day(day):
    y, m, d = day.year, day.month, day.day
    serial = (day - date(1899, 12, 30)).days
    for cell in (day, datetime(y, m, d, 8), f"{y}年{m}月{d}日", f"{y}-{m}-{d}", f"{y}.{m:02}.{d}",
                 f"{y}/{m}/{d} 0:00", f"{y}{m:02}{d:02}", float(f"{y}{m:02}{d:02}"), serial,
                 f"{y} 年 {m} 月 {d} 日 11:30"):  # fmt: skip
        assert parsers.day()(cell) == day


@pytest.mark.parametrize("cell", [2022, "2022", "2022年度", 2022.9, "2022-9", time(8), True])
def test_less_than_a_day_is_refused(cell):
    with pytest.raises(Problem):
        parsers.day()(cell)


@pytest.mark.parametrize(
    "cell", ["", " ", "\u3000", "无", " / ", "-", "—", "N/A", "null", "\u200b", " " * 30]
)
def test_placeholders_are_blank(cell):
    assert is_blank(cell)


@pytest.mark.parametrize("cell", [0, 0.0, "0", False, "无锡"])
def test_zero_is_no_blank(cell):
    assert not is_blank(cell)


def test_short_numbers_keep_all_digits_and_long_ones_are_refused():
    assert parsers.code()(440101000012345.0) == "440101000012345"
    assert parsers.long_number()(13800000000.0) == "13800000000"
    with pytest.raises(Problem, match="丢失"):
        parsers.code()(914401012345678900.0)


def test_full_width_digits_in_names_become_half_width_and_brackets_stay():
    assert parsers.text()("佛山　市（南海）１号厂Ａ区") == "佛山市（南海）1号厂A区"
    assert parsers.text()("  ABC  Co.\n Ltd ") == "ABC Co. Ltd"


def test_decimals_have_no_binary_noise():
    assert parsers.decimal()(0.1 + 0.2) == Decimal("0.3")


def test_no_is_an_answer_to_yes_or_no():
    assert parsers.yes_no()("无") is False
    assert parsers.yes_no()("/") is None


def test_a_word_is_known_with_a_remark_in_brackets_and_inside_a_longer_text():
    read = parsers.one_of(Sort, inside={"强制": Sort.MANDATORY, "自愿": Sort.VOLUNTARY})
    assert [read("“强制”（双有）"), read("依法强制类")] == [Sort.MANDATORY] * 2
    for unclear in ("强制或自愿", "其他"):
        with pytest.raises(Problem, match="不在可填内容"):
            read(unclear)


def test_a_grade_is_read_where_others_write_only_whether():
    read = parsers.graded(parsers.one_of(Sort), Sort)
    assert [read("自愿、强制"), read("否"), read("无"), read("、")] == [Sort.MANDATORY] + [None] * 3
    with pytest.raises(Problem, match="没有写明级别") as told:
        read("√")
    assert (told.value.level, told.value.value) == (Level.INFORM, None)


@pytest.mark.parametrize(
    ("header", "word"),
    [("统一社会信用代码/组织机构代码", "统一社会信用代码"), ("行业名称及代码（四位）", "行业名称")],
)
def test_the_first_of_two_things_in_a_header_names_the_column(header, word):
    assert word in header_forms(header)


def test_several_values_may_be_numbered():
    read = parsers.several(parsers.one_of(Ground))
    for text in ("1.双超；2.双有", "①双超②双有", "1、双超 2、双有", "双超+双有"):
        assert read(text) == (Ground.EXCESS, Ground.TOXIC)


def test_several_values_come_once_each():
    read = parsers.several(parsers.one_of(Ground))
    assert read("双超、双有,双超；无") == (Ground.EXCESS, Ground.TOXIC)


def test_a_day_in_words_keeps_what_is_no_day_and_says_so():
    read = parsers.day_in_words()
    assert [read(cell) for cell in (43405, "2018年11月1日", date(2018, 11, 1), "")] == [
        *["2018-11-01"] * 3, "",
    ]  # fmt: skip
    with pytest.raises(Problem, match="只有年份") as problem:
        read("2018年")
    assert (problem.value.level, problem.value.value) == (Level.INFORM, "2018年")


@pytest.mark.parametrize(
    "text", ["企业 名称", "＊企业\n名称", "1.企业名称：", "企业名称（盖章）", "(二)企业名称"]
)
def test_headers_are_known_in_many_forms(text):
    assert "企业名称" in header_forms(text)


def test_a_template_with_one_header_for_two_columns_is_a_mistake():
    columns = (Column("a", "甲", parsers.text(), required=True),
               Column("b", "乙", parsers.text(), ("甲 ",)))  # fmt: skip
    with pytest.raises(ValueError, match="names two columns"):
        Template("x", "名单", columns)


@given(place=st.integers(0, 16383))
def test_letters_name_columns(place):
    assert place_of(letter(place)) == place


def test_letters_are_those_of_the_spreadsheet():
    assert [letter(n) for n in (0, 25, 26, 701, 702, 16383)] == ["A", "Z", "AA", "ZZ", "AAA", "XFD"]


def test_a_duration_is_no_number():
    with pytest.raises(Problem, match="数字"):
        parsers.decimal()(timedelta(hours=1))


@pytest.mark.parametrize("cell", [1e26, "1e26", "9" * 20])
def test_numbers_beyond_what_a_spreadsheet_keeps_are_refused(cell):
    with pytest.raises(Problem, match="15位"):
        parsers.decimal(places=2)(cell)


def test_too_many_places_are_refused():
    assert parsers.decimal(places=2)("1.50") == Decimal("1.5")
    with pytest.raises(Problem, match="2位小数"):
        parsers.decimal(places=2)("1.234")
