"""What a sheet must hold, its codes, and what it adds up to."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleanprod.stages.measures.rules import (
    BadSheet,
    Cost,
    Field,
    Terms,
    Typed,
    ValueSet,
    appraised,
    checked,
    coded,
    misclassed,
    plain,
    totals,
)
from cleanprod.stages.measures.template import SHEET
from cleanprod.stages.performance.accounting import library

FACTORS = library.load("2022-广东")
SHARE = Decimal("0.05")
EXPECTED, VERIFIED = ValueSet.EXPECTED, ValueSet.VERIFIED


def measure(name="变频改造", cost=Cost.LOW, code="", which=EXPECTED, **numbers):
    values = {which: {Field(key): Decimal(text) for key, text in numbers.items()}}
    return Typed(name, cost, code, values=values)


def total(*measures, which=EXPECTED):
    return totals(measures, which, FACTORS, share=SHARE)


def test_power_becomes_standard_coal_and_carbon_by_the_factors_of_the_set():
    found = total(measure(code="WD1", electricity="1"))
    assert found.tce == Decimal("1.229")  # 10,000 kWh, calorific value
    assert found.co2_t == Decimal("4.403")  # Guangdong 2022: 0.4403 kg/kWh
    assert (found.measures, found.low, found.high) == (1, 1, 0)


def test_nothing_typed_is_nothing_and_zero_is_zero():
    found = total(measure(code="WD1", voc="0"), Typed("培训", Cost.LOW, "WD2"))
    assert found.sums == {Field.VOC: Decimal(0)}
    assert found.measures == 1


def test_what_was_typed_for_coal_and_carbon_is_compared_never_summed():
    near = measure(code="WD1", electricity="1", reported_tce="1.25", reported_co2="4.4")
    assert total(near).differences == ()
    far = measure(code="WD1", electricity="1", reported_tce="12.29")
    (said,) = total(far).differences
    assert "12.29" in said
    assert "1.229" in said
    assert total(far).tce == Decimal("1.229")


@given(st.lists(st.decimals(0, 9999, places=3), min_size=1, max_size=12))
def test_the_sum_is_exact_and_in_any_order(amounts):
    measures = [measure(code=f"WD{n}", cod=str(x)) for n, x in enumerate(amounts, 1)]
    assert total(*measures).sums[Field.COD] == sum(amounts)
    assert total(*reversed(measures)).as_json() == total(*measures).as_json()


def test_codes_run_on_by_class_and_leave_out_what_is_taken():
    measures = [
        measure(), measure(cost=Cost.HIGH), measure(code="WD2"), measure(), measure(cost=Cost.HIGH),
    ]  # fmt: skip
    assert coded(measures) == ["WD1", "ZG1", "WD2", "WD3", "ZG2"]


def test_all_mistakes_are_told_at_once():
    wrong = [
        measure(name=" "), measure(code="A", investment="-1"),
        measure(code="A"),
    ]  # fmt: skip
    with pytest.raises(BadSheet) as refused:
        checked(wrong)
    told = [(one.row, one.column) for one in refused.value.troubles]
    assert told == [(1, "方案名称"), (2, "预期投资额（万元）"), (3, "编号")]


def test_money_that_does_not_go_with_the_class_is_told():
    border = Decimal(100_000)
    rows = [measure(investment="10"), measure(investment="10.01"), measure()]
    assert [one.row for one in misclassed(rows, EXPECTED, border)] == [2]
    high = measure(cost=Cost.HIGH, investment="0")
    assert "无/低费" in misclassed([high], EXPECTED, border)[0].rule


def test_the_template_has_a_column_for_every_number_of_a_measure():
    keys = {column.key for column in SHEET.columns}
    assert {field.value for field in Field} <= keys
    assert [column.key for column in SHEET.columns[:5]] == [
        "no", "name", "content", "investment", "economic_benefit",
    ]  # fmt: skip


def test_numbers_are_printed_without_needless_signs():
    assert [plain(Decimal(text)) for text in ("1.500", "1E+3", "0.000", "12")] == [
        "1.5", "1000", "0", "12",
    ]  # fmt: skip


def test_a_measure_is_appraised_with_its_flows():
    rows = [
        measure(code="ZG1", investment="100", economic_benefit="25"),
        measure(code="WD1", investment="0", economic_benefit="3"),
        measure(code="WD2", investment="5"),
    ]
    terms = Terms(10, Decimal(0), Decimal(8))
    ((one, found),) = appraised(rows, EXPECTED, terms)
    assert one.code == "ZG1"
    assert found.payback.value == 4
    assert list(found.flows) == [-100, *[25] * 10]
    assert round(found.npv.value, 2) == Decimal("67.75")  # 25 × 6.71008 - 100
    loss = measure(code="ZG2", investment="10", economic_benefit="-1")
    ((_, bad),) = appraised([loss], EXPECTED, terms)
    assert bad.payback.value is None
    assert "收不回" in bad.payback.note
