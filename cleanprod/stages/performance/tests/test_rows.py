"""What people write, taken or refused with every mistake named."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleanprod.kernel.quantity import Unit
from cleanprod.stages.performance.accounting import rows
from cleanprod.stages.performance.accounting.computation import compute
from cleanprod.stages.performance.accounting.factors import Kind
from cleanprod.stages.performance.tests.sheets import D, factors, read


def problems(*lines, head=("measure", "carrier", "amount", "unit")):
    with pytest.raises(rows.BadRows) as refused:
        read(*lines, head=list(head))
    return refused.value.problems


@pytest.mark.parametrize(
    "written, expected",
    [
        ("10000", "10000"),
        ("１２，０００．５", "12000.5"),
        ("1,234,567.8", "1234567.8"),
        (" 12 ", "12"),
        (0.1, "0.1"),
        (12.0, "12"),
        (7, "7"),
        ("1.5e3", "1500"),
        ("0", "0"),
        ("-0", "0"),
        (".5", "0.5"),
    ],
)
def test_numbers_are_taken_as_they_are_written(written, expected):
    (row,) = read(["A", "电力", written, "kWh"])
    assert row.given.amount == D(expected)


@pytest.mark.parametrize(
    "written, rule",
    [
        ("", "没有填写"),
        (None, "没有填写"),
        ("  ", "没有填写"),
        ("NaN", "不是数"),
        (float("nan"), "不是数"),
        ("Infinity", "不是数"),
        (float("inf"), "不是数"),
        ("约一万", "不是数"),
        ("1,23", "不是数"),
        ("1.234,5", "不是数"),
        ("1_000", "不是数"),
        ("٣", "不是数"),
        (True, "不是数"),
        (date(2023, 1, 1), "不是数"),
        ("1e15", "数值过大"),
        ("1e999", "数值过大"),
        ("0e999", "数值过大"),
        ("1e-31", "小数位数过多"),
    ],
)
def test_what_is_no_amount_is_refused(written, rule):
    (problem,) = problems(["A", "电力", written, "kWh"])
    assert (problem.row, problem.column, problem.rule) == (2, "amount", rule)
    assert problem.advice


def test_every_mistake_is_named_in_one_pass_with_place_value_rule_and_advice():
    found = problems(
        ["", "投资额", "-1", "kg"],
        ["A", "天燃气", "1", "万方"],
        ["A", "COD", "x", "吨吨"],
        ["合计", "电力", "5", "kWh"],
        head=("方案", "载体", "数量", "单位"),
    )
    assert [(one.row, one.column, one.value) for one in found] == [
        (2, "方案", ""),
        (2, "数量", "-1"),
        (2, "单位", "kg"),
        (3, "载体", "天燃气"),
        (4, "数量", "x"),
        (4, "单位", "吨吨"),
        (5, "方案", "合计"),
    ]
    assert "投资额不能用质量单位" in found[2].rule
    assert "是否指 天然气" in found[3].advice
    assert found[2].text == (
        "第2行 “单位”列 值“kg”：单位的量纲不对，投资额不能用质量单位；改用 元、万元"
    )


def test_a_measure_may_cost_energy_which_is_taken_off_and_asked_about():
    (row,) = read(["A", "电力", "-5", "kWh"])
    assert row.given.amount == D("-5")
    assert row.warnings == ("负数 -5 按增加的用量或排放从合计中扣减，请确认",)


@pytest.mark.parametrize(
    "factor, rule",
    [
        ("abc", "不是数"),
        ("0", "必须大于 0"),
        ("-1", "必须大于 0"),
        ("NaN", "不是数"),
        ("1.2 斤/m3", "系数的单位无法识别"),
        ("0.44 kgCO2/kWh", "系数的单位量纲不对"),
    ],
)
def test_a_stated_factor_that_cannot_be_used_is_refused(factor, rule):
    (problem,) = problems(
        ["A", "天然气", "1", "m3", factor], head=("measure", "carrier", "amount", "unit", "factor")
    )
    assert (problem.column, problem.rule) == ("factor", rule)


@pytest.mark.parametrize(
    "carrier, key",
    [
        ("电", "electricity"),
        ("节电", "electricity"),
        ("Electricity", "electricity"),
        ("电力(当量值)", "electricity"),
        ("天然气", "natural_gas"),
        ("LPG", "lpg"),
        ("蒸汽", "steam_low_pressure"),
        ("节水", "fresh_water"),
        ("NH3-N", "ammonia"),
        ("so2_reduction", "so2"),
    ],
)
def test_carriers_answer_to_their_usual_names(carrier, key):
    assert factors().carrier(carrier).key == key


@pytest.mark.parametrize(
    "text, near",
    [
        ("节煤", "原煤"),
        ("coal_saving", "原煤"),
        ("节油", "柴油"),
        ("天燃气", "天然气"),
        ("NH3", "氨氮"),
    ],
)
def test_a_name_that_is_not_known_leads_to_those_that_are(text, near):
    assert near in factors().similar(text)


@pytest.mark.parametrize(
    "unit, expected", [("万千瓦时", Unit.WAN_KWH), ("度/年", Unit.KWH), ("kWh/a", Unit.KWH)]
)
def test_yearly_units_are_read_without_the_year(unit, expected):
    (row,) = read(["A", "电力", "1", unit])
    assert row.given.unit is expected


@pytest.mark.parametrize(
    "carrier, kind, counts_as, warned",
    [
        ("天然气", "", Kind.ENERGY, False),
        ("天然气", "能源", Kind.ENERGY, False),
        ("天然气", "material", Kind.MATERIAL, False),
        ("天然气", "中/高费", Kind.ENERGY, False),
        ("COD", "削减量", Kind.POLLUTANT, False),
        ("COD", "随便", Kind.POLLUTANT, True),
    ],
)
def test_the_kind_says_what_a_row_counts_as(carrier, kind, counts_as, warned):
    unit = "m3" if carrier == "天然气" else "t"
    (row,) = read(["A", carrier, "1", unit, "", kind])
    assert row.counts_as is counts_as
    assert bool(row.warnings) is warned


def test_a_kind_that_contradicts_the_carrier_is_refused():
    head = ("measure", "carrier", "amount", "unit", "kind")
    (problem,) = problems(["A", "电力", "1", "kWh", "水"], head=head)
    assert problem.rule == "与电力不符"


@pytest.mark.parametrize(
    "sheet, rule",
    [
        ([], "没有内容"),
        ([["", None], []], "没有内容"),
        ([["measure", "carrier", "amount", "unit"]], "没有数据行"),
        (
            [["measure", "amount"], ["A", "1"]],
            "表头缺少 carrier（载体或指标）、unit（单位）",
        ),
        (
            [["measure", "carrier", "amount", "unit", "单位"], ["A", "电", "1", "kWh", "kWh"]],
            "同一列出现两次",
        ),
    ],
)
def test_a_sheet_that_cannot_be_read_says_why(sheet, rule):
    with pytest.raises(rows.BadRows) as refused:
        rows.read(sheet, factors())
    assert refused.value.problems[0].rule == rule


cells = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=12), st.dates(),
    st.sampled_from(["电力", "天然气", "COD", "kWh", "万m3", "t", "1.2 kgce/m3", "-0", "1e-9"]),
)  # fmt: skip


@given(st.lists(st.lists(cells, max_size=8), min_size=1, max_size=6))
def test_whatever_stands_in_the_cells_is_computed_or_refused_in_words(lines):
    found, taken = [], []
    try:
        taken = read(*lines)
    except rows.BadRows as refused:
        found = refused.problems
    assert bool(found) is not bool(taken)
    assert all(problem.rule and problem.advice for problem in found)
    assert compute(taken, factors()).total.tce >= 0


@given(st.lists(st.lists(cells, max_size=8), max_size=6))
def test_a_sheet_of_anything_is_refused_in_words(lines):
    with pytest.raises(rows.BadRows) as refused:
        rows.read(lines, factors())
    assert str(refused.value)


def test_coal_and_carbon_dioxide_are_written_in_tons_as_the_printed_sheet_does():
    lines = [["measure", "carrier", "amount", "unit"], ["a", "折标煤", "5", "t"],
             ["a", "CO2", "2", "万t"]]  # fmt: skip
    coal, gas = rows.read(lines, factors())
    assert (coal.given.unit, gas.given.to(Unit.TCO2).amount) == (Unit.TCE, D("20000"))


def test_titles_above_the_header_blank_rows_and_other_columns_do_no_harm():
    sheet = [
        ["某企业清洁生产方案"],
        [],
        ["序号", "项目名称", "能源品种", "节约量", "计量单位", "备注"],
        ["1", "更换电机", "电力", 1200.0, "kWh", "好"],
        ["", "", "", "", "", ""],
        ["2", "余热回收", "天然气", "3", "万m³"],
    ]
    read_rows = rows.read(sheet, factors())
    assert [(row.number, row.measure, row.carrier.key) for row in read_rows] == [
        (4, "更换电机", "electricity"),
        (6, "余热回收", "natural_gas"),
    ]
