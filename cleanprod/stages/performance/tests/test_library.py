"""The sets of factors: shipped ones hold together, written ones are checked."""

from datetime import date
from decimal import Decimal

import pytest

from cleanprod.stages.performance.accounting import library
from cleanprod.stages.performance.accounting.computation import compute
from cleanprod.stages.performance.accounting.factors import Status
from cleanprod.stages.performance.accounting.rows import row
from cleanprod.stages.performance.accounting.tables import BadFactors

OWN = {
    "id": "2024-广东",
    "name": "广东2024年电力因子（示例）",
    "extends": "2023-广东",
    "year": 2024,
    "valid_from": "2026-12-31",
    "grid": "grid:广东:2024",
    "factors": [
        {
            "key": "grid:广东:2024", "name": "广东2024年电力平均二氧化碳排放因子",
            "value": Decimal("0.4300"), "unit": "kgCO2/kWh", "basis": "平均", "source": "示例公告",
            "year": 2024, "region": "广东", "status": "unconfirmed",
        }
    ],
}  # fmt: skip


def changed(**factor):
    return OWN | {"factors": [OWN["factors"][0] | factor]}


def test_every_shipped_set_loads_and_names_the_source_of_each_factor():
    sets = library.every()
    assert len(sets) == len(set(library.names())) > 40
    for one in sets:
        assert all(factor.source and factor.name for factor in one.factors.values())
        assert one.factor("grid").year == one.year


def test_the_shipped_grid_factors_are_those_of_the_notices():
    known = {"2022-全国": "0.5366", "2022-南方区域": "0.3869", "2022-广东": "0.4403",
             "2023-全国": "0.5306", "2023-南方区域": "0.4042", "2023-广东": "0.4419"}  # fmt: skip
    for name, value in known.items():
        grid = library.load(name).factor("grid")
        assert (grid.value, grid.status) == (Decimal(value), Status.CONFIRMED)
    assert library.load("2021-广东").factor("grid").status is Status.UNCONFIRMED


def test_each_day_has_at_most_one_newest_set_of_a_region():
    for day, expected in (
        (date(2024, 4, 11), []),
        (date(2024, 6, 1), ["2021-广东"]),
        (date(2025, 6, 1), ["2022-广东"]),
        (date(2026, 1, 1), ["2023-广东"]),
    ):
        in_force = [one for one in library.every() if one.region == "广东" and one.in_force(day)]
        assert [one.name for one in in_force] == expected


@pytest.mark.parametrize("name", ["2023-广东", "广东-2023", "2023-guangdong", "２０２３-广东"])
def test_a_set_answers_to_its_usual_names(name):
    assert library.load(name).name == "2023-广东"


def test_an_unknown_set_is_refused_with_those_of_the_year():
    with pytest.raises(library.UnknownSet, match="2023-广东、2023-南方区域"):
        library.load("2023")


def test_an_authority_can_write_a_set_that_builds_on_a_shipped_one():
    own = library.from_document(OWN, "own.json")
    made = row(own, measure="A", carrier="电", amount="10000", unit="kWh")
    (line,) = compute([made], own).lines
    assert line.carbon.value == Decimal("4.3")
    assert line.warnings == ("因子未确认：广东2024年电力平均二氧化碳排放因子",)
    assert own.factor("tce:electricity") == library.load("2023-广东").factor("tce:electricity")


@pytest.mark.parametrize(
    "document, words",
    [
        ([], "应为一个 JSON 对象"),
        ({}, "缺少 extends"),
        (OWN | {"factors": "x"}, "factors 应为因子的列表"),
        (OWN | {"valid_from": "2026年"}, "日期“2026年”应如"),
        (OWN | {"valid_to": "2020-01-01"}, "valid_from 晚于 valid_to"),
        (OWN | {"year": "24"}, "year“24”应为四位年份"),
        (OWN | {"grid": "grid:火星:2024"}, "缺少因子 grid:火星:2024"),
        (changed(value="-1"), "应大于 0"),
        (changed(value="NaN"), "不是数"),
        (changed(value=""), "没有数值"),
        (changed(low="0.5", high="0.4"), "区间下限 0.5 大于上限 0.4"),
        (changed(low="0.5", high="0.6"), "不在区间"),
        (changed(low="0.5"), "要么都填"),
        (changed(unit="kg/火"), "无法识别"),
        (changed(unit="kgce/kWh"), "量纲不对"),
        (changed(status="maybe"), "应为 confirmed 或 unconfirmed"),
        (changed(source=""), "缺少 source"),
        (changed(year="二四"), "应为四位年份"),
        (changed(vlaue="1"), "不认识的栏目 vlaue"),
    ],
)
def test_a_set_that_cannot_be_used_says_what_is_wrong(document, words):
    with pytest.raises(BadFactors) as refused:
        library.from_document(document, "own.json")
    assert words in str(refused.value)


def test_all_mistakes_of_a_set_are_named_at_once():
    with pytest.raises(BadFactors) as refused:
        library.from_document(changed(value="x", year="y", status="z"), "own.json")
    assert len(refused.value.problems) == 4
