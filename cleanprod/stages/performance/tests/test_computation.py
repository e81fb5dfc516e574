"""Known figures, ranges, sums, and what is asked about."""

import random
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleanprod.kernel.quantity import Unit
from cleanprod.stages.performance.accounting import rows
from cleanprod.stages.performance.accounting.computation import Options, compute
from cleanprod.stages.performance.accounting.factors import Status
from cleanprod.stages.performance.tests.sheets import D, computed, factors, one, read


def test_ten_thousand_kilowatt_hours_are_1_229_tce():
    line = one("电力", "10000", "kWh")
    assert line.calorific.value == D("1.229")
    assert line.calorific.formula == "10000 kWh × 0.1229 kgce/kWh = 1229 kgce = 1.229 tce"
    assert (line.calorific.year, line.calorific.status) == (2020, Status.CONFIRMED)
    assert "GB/T 2589-2020" in line.calorific.source
    assert line.warnings == ()


def test_a_medium_is_told_apart_and_never_added_to_the_energy():
    found = computed(["A", "压缩空气", "10000", "m3"], ["A", "电力", "1", "万kWh"])
    air, power = found.lines
    assert (air.calorific, air.medium.value) == (None, D("0.4"))
    assert "耗能工质" in air.warnings[0]
    assert power.medium is None
    assert (found.total.tce, found.total.tce_media) == (D("1.229"), D("0.4"))


def test_a_loss_lowers_the_total_and_is_no_slip_of_the_unit():
    found = computed(["A", "电力", "30000", "kWh"], ["B", "电力", "-20000", "kWh"])
    assert found.total.tce == D("1.229")
    assert not any("单位存疑" in text for line in found.lines for text in line.warnings)


@pytest.mark.parametrize(
    "carrier, amount, unit, doubted",
    [
        ("COD", "6000", "t", True),
        ("COD", "600", "t", False),
        ("投资额", "3000000", "万元", True),
        ("投资额", "3000000", "元", False),
        ("新水", "6000", "万t", True),
        ("新水", "6000", "t", False),
    ],
)
def test_what_one_measure_can_hardly_come_to_is_asked_about(carrier, amount, unit, doubted):
    line = one(carrier, amount, unit)
    assert any("单位存疑" in text for text in line.warnings) is doubted


@pytest.mark.parametrize(
    "name, co2, status",
    [
        ("2022-广东", "4.403", Status.CONFIRMED),
        ("2023-广东", "4.419", Status.CONFIRMED),
        ("2023-全国", "5.306", Status.CONFIRMED),
        ("2022-南方区域", "3.869", Status.CONFIRMED),
        ("2021-广东", "4.715", Status.UNCONFIRMED),
    ],
)
def test_power_takes_the_grid_factor_of_the_region_and_year(name, co2, status):
    line = one("electricity", "1", "万kWh", name=name)
    assert line.carbon.value == D(co2)
    assert line.carbon.status is status
    assert line.carbon.year == int(name[:4])
    assert "公告202" in line.carbon.source
    assert any("因子未确认" in text for text in line.warnings) is (status is Status.UNCONFIRMED)


@pytest.mark.parametrize(
    "carrier, unit, co2",
    [
        ("无烟煤", "t", "2.5215"),
        ("烟煤", "t", "1.7417"),
        ("褐煤", "t", "1.1729"),
        ("原煤", "t", "1.9003"),
        ("洗精煤", "t", "2.2818"),
        ("焦炭", "t", "2.8604"),
        ("原油", "t", "3.0202"),
        ("燃料油", "t", "3.1705"),
        ("汽油", "t", "2.9251"),
        ("煤油", "t", "3.0334"),
        ("柴油", "t", "3.0959"),
        ("液化石油气", "t", "3.1013"),
        ("炼厂干气", "t", "3.0082"),
        ("液化天然气", "t", "2.7318"),
        ("天然气", "万m3", "21.6219"),
        ("焦炉煤气", "万m3", "8.8638"),
        ("高炉煤气", "万m3", "8.4811"),
        ("热力", "GJ", "0.11"),
    ],
)
def test_the_parameters_of_fuels_give_the_known_factors(carrier, unit, co2):
    assert round(one(carrier, "1", unit).carbon.value, 4) == D(co2)


@pytest.mark.parametrize(
    "carrier, amount, unit, tce",
    [
        ("原煤", "1", "t", "0.7143"),
        ("柴油", "2000", "kg", "2.9142"),
        ("汽油", "1", "t", "1.4714"),
        ("液化石油气", "1", "t", "1.7143"),
        ("炼厂干气", "1", "t", "1.5714"),
        ("热力", "1", "GJ", "0.03412"),
        ("热力", "100", "百万千焦", "3.412"),
        ("蒸汽", "10", "t", "1.286"),
    ],
)
def test_carriers_become_standard_coal(carrier, amount, unit, tce):
    assert one(carrier, amount, unit).calorific.value == D(tce)


def test_the_carbon_of_a_fuel_shows_heat_content_oxidation_and_the_molar_masses():
    formula = one("天然气", "1", "万m3", "1.2143").carbon.formula
    assert formula == "1 万m3 × 389.31 GJ/万m3 × 15.3 tC/TJ × 0.99 × 44 ÷ 12 = 21.62188809 tCO2"


def test_a_published_range_needs_a_stated_value_and_no_number_is_invented():
    line = one("天然气", "10000", "m3")
    assert line.calorific is None
    assert "1.1–1.33 kgce/m3" in line.warnings[0]
    assert line.carbon.value == D("21.62188809")
    both = computed(["A", "天然气", "10000", "m3"], ["B", "电力", "10000", "kWh"])
    assert both.total.tce == D("1.229")
    assert both.missing["tce"] == [2]


def test_the_usual_value_is_taken_only_when_asked_for_and_is_marked():
    line = one("天然气", "10000", "m3", options=Options(usual_values=True))
    assert line.calorific.value == D("12.143")
    assert "按常用值 1.2143 kgce/m3 计算" in line.warnings[0]
    assert one("焦炉煤气", "1", "m3", options=Options(usual_values=True)).calorific is None


@pytest.mark.parametrize(
    "stated, tce", [("1.33", "13.3"), ("1.33 kgce/m3", "13.3"), ("13.3 tce/万m3", "13.3")]
)
def test_a_stated_value_in_the_range_is_used_in_the_unit_it_is_written_in(stated, tce):
    line = one("天然气", "1", "万m3", stated)
    assert line.calorific.value == D(tce)
    assert line.calorific.status is Status.STATED
    assert not [text for text in line.warnings if "采用值" in text]


@pytest.mark.parametrize(
    "carrier, unit, stated, words",
    [
        ("天然气", "m3", "1.4", "超出天然气折标准煤系数的公布区间 1.1–1.33 kgce/m3"),
        ("液化石油气", "t", "0.7143", "与液化石油气折标准煤系数的公布值 1.7143 kgce/kg 不同"),
        ("电力（等价值）", "kWh", "0.4", "超出电力等价折标准煤系数的公布区间 0.305–0.315 kgce/kWh"),
    ],
)
def test_a_stated_value_beside_the_published_one_is_asked_about(carrier, unit, stated, words):
    line = one(carrier, "1", unit, stated)
    assert any(words in text for text in line.warnings)


def test_calorific_and_equal_value_stand_apart_and_never_in_one_total():
    stated = one("电力", "10000", "kWh", "0.31")
    assert (stated.calorific.value, stated.equal.value) == (D("1.229"), D("3.1"))
    assert any("只用于等价值" in text for text in stated.warnings)
    named = one("电力（等价值）", "10000", "kWh", "0.31")
    assert (named.calorific.value, named.equal.value) == (D("1.229"), D("3.1"))
    assert not any("只用于等价值" in text for text in named.warnings)
    calorific = one("electricity_calorific", "10000", "kWh", "0.1229")
    assert (calorific.calorific.value, calorific.equal) == (D("1.229"), None)
    unknown = one("electricity_equal_value", "10000", "kWh")
    assert unknown.equal is None
    assert "没有填写电力等价折标准煤系数" in unknown.warnings[0]
    whole = computed(["A", "电力", "10000", "kWh", "0.31"], ["A", "原煤", "1", "t"])
    assert (whole.total.tce, whole.total.tce_equal_value) == (D("1.9433"), D("3.8143"))
    gap = computed(["A", "电力", "10000", "kWh"], ["A", "原煤", "1", "t"])
    assert (gap.total.tce, gap.total.tce_equal_value) == (D("1.9433"), None)


def test_water_counts_as_energy_only_when_asked_for():
    line = one("新水", "1000", "m3")
    assert (line.calorific, line.carbon) == (None, None)
    assert line.amount.formula == "1000 m3 × 1 t/m3 = 1000 t"
    counted = one("新水", "1000", "m3", options=Options(count_media=True))
    assert counted.calorific.value == D("0.2571")
    assert counted.calorific.formula.startswith("1000 m3 × 1 t/m3 = 1000 t；1000 t × 0.2571")
    assert counted.carbon is None


@pytest.mark.parametrize(
    "carrier, amount, unit, key, expected, base",
    [
        ("COD", "250", "kg", "cod", "0.25", Unit.T),
        ("化学需氧量", "1", "t", "cod", "1", Unit.T),
        ("VOCs", "3", "t", "voc", "3", Unit.T),
        ("危废", "0.5", "万t", "hazardous_waste", "5000", Unit.T),
        ("废气", "2", "万m3", "waste_gas", "20000", Unit.M3),
        ("经济效益", "1.5", "万元", "economic_benefit", "15000", Unit.YUAN),
        ("节约原辅材料", "3", "t", "material", "3", Unit.T),
    ],
)
def test_indicators_are_passed_on_in_their_unit(carrier, amount, unit, key, expected, base):
    whole = computed(["A", carrier, amount, unit])
    quantity = whole.amounts[key][1]
    assert (quantity.amount, quantity.unit) == (D(expected), base)
    assert (whole.total.tce, whole.total.co2_t) == (0, 0)


def test_generated_and_emitted_vocs_are_kept_apart():
    whole = computed(["A", "VOCs", "3", "t", "", "产生量"], ["A", "VOCs", "1", "t", "", "排放量"])
    assert {key: one[1].amount for key, one in whole.amounts.items()} == {
        "voc_generation": 3,
        "voc": 1,
    }


def test_fuel_used_as_material_has_no_energy():
    line = one("天然气", "1", "万m3", "1.2", "原辅料")
    assert line.results == (line.amount,)
    assert "本行不折算，所填系数 1.2 未采用" in line.warnings


def test_what_was_reported_is_listed_and_not_added():
    whole = computed(["A", "节能量", "5", "tce"], ["A", "二氧化碳减排", "9", "t CO2"])
    assert (whole.total.tce, whole.total.co2_t) == (0, 0)
    assert whole.amounts["reported_tce"][1].amount == 5


def test_carriers_without_carbon_factor_say_so_and_stay_out_of_the_total():
    whole = computed(["A", "洗中煤", "1", "t"])
    assert whole.lines[0].carbon is None
    assert "没有洗中煤的二氧化碳因子" in whole.lines[0].warnings[0]
    assert whole.missing["co2_t"] == [2]


def test_a_kilowatt_hour_among_ten_thousands_is_asked_about():
    whole = computed(
        ["A", "电力", "120000", "kWh"], ["B", "电力", "95000", "kWh"], ["C", "电力", "12", "kWh"]
    )
    assert [len(line.warnings) for line in whole.lines] == [0, 0, 1]
    assert "单位存疑" in whole.lines[2].warnings[0]
    assert "若单位应为 万kWh" in whole.lines[2].warnings[0]


def test_too_large_a_unit_is_asked_about_and_ordinary_spreads_are_not():
    whole = computed(
        ["A", "电力", "12", "万kWh"], ["B", "电力", "8", "万kWh"], ["C", "电力", "90000", "万kWh"]
    )
    assert "若单位应为 kWh" in whole.lines[2].warnings[0]
    spread = computed(*(["A", "电力", str(n), "kWh"] for n in (500, 3000, 40000, 800000, 2000000)))
    assert [line.warnings for line in spread.lines] == [()] * 5


def test_of_two_rows_both_are_asked_about_because_either_may_be_the_slip():
    whole = computed(["A", "电力", "10", "kWh"], ["B", "电力", "90000", "kWh"])
    assert all("单位存疑" in line.warnings[0] for line in whole.lines)


def test_one_row_that_saves_more_than_any_firm_uses_is_asked_about():
    assert "超过 100000 tce" in one("电力", "5000000", "万kWh").warnings[0]


def test_the_same_row_twice_is_asked_about():
    whole = computed(["A", "柴油", "3", "t"], ["A", "柴油", "3000", "kg"], ["A", "柴油", "3", "t"])
    assert [any("完全相同" in text for text in line.warnings) for line in whole.lines] == [
        False,
        False,
        True,
    ]


carriers = st.sampled_from(
    [("电力", "kWh", ""), ("电力", "万kWh", "0.31"), ("原煤", "t", ""), ("柴油", "kg", ""),
     ("天然气", "万m3", "1.2143"), ("热力", "GJ", ""), ("汽油", "t", "1.5"), ("新水", "m3", "")]
)  # fmt: skip
amounts = st.decimals(Decimal(0), Decimal("1e7"), allow_nan=False, places=7)
lines = st.lists(st.tuples(st.sampled_from("ABC"), carriers, amounts), min_size=1, max_size=12)


def sheet(lines):
    return [
        [measure, carrier, str(amount), unit, factor]
        for measure, (carrier, unit, factor), amount in lines
    ]


@given(lines)
def test_totals_equal_the_sum_of_the_rows_to_the_last_digit(lines):
    whole = computed(*sheet(lines))
    for name, result in (("tce", "calorific"), ("co2_t", "carbon")):
        values = [getattr(line, result).value for line in whole.lines if getattr(line, result)]
        assert getattr(whole.total, name) == sum(values)
        assert sum(getattr(one, name) for one in whole.measures.values()) == sum(values)
        assert all(value == round(value, 9) for value in values)


@given(lines, st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(lines, shuffler):
    mixed = lines.copy()
    shuffler.shuffle(mixed)
    one, other = computed(*sheet(lines)), computed(*sheet(mixed))
    assert one.total == other.total
    assert one.amounts == other.amounts


@given(amounts, st.sampled_from([("电力", "kWh", "万kWh", 4), ("柴油", "kg", "t", 3),
                                 ("热力", "MJ", "GJ", 3), ("新水", "L", "m3", 3)]))  # fmt: skip
def test_the_unit_does_not_change_the_result(amount, carrier):
    name, small, large, power = carrier
    fine = one(name, str(amount), small)
    coarse = one(name, f"{amount.scaleb(-power):f}", large)
    assert [r.value for r in fine.results] == [r.value for r in coarse.results]


def test_rows_can_be_made_without_a_sheet():
    made = rows.row(
        factors(),
        measure="A",
        carrier="electricity",
        amount=D("10000"),
        unit="kWh",
        factor=D("0.3"),
    )
    (line,) = compute([made], factors()).lines
    assert (line.number, line.equal.value) == (1, 3)
    with pytest.raises(rows.BadRows) as refused:
        rows.row(factors(), measure="", carrier="x", amount="-", unit="")
    assert len(refused.value.problems) == 4


def test_a_preview_with_another_set_changes_only_the_carbon_of_power():
    given_rows = read(["A", "电力", "10000", "kWh"], ["A", "柴油", "1", "t"])
    old, new = (compute(given_rows, factors(name)) for name in ("2022-广东", "2023-广东"))
    assert old.total.tce == new.total.tce
    assert new.total.co2_t - old.total.co2_t == D("0.016")


def test_a_hundred_shuffled_thirds_add_up_exactly():
    lines = [["A", "柴油", f"{n}.{n:03}", "kg"] for n in range(1, 101)]
    random.Random(7).shuffle(lines)
    whole = computed(*lines)
    assert whole.total.co2_t == sum(line.carbon.value for line in whole.lines)
