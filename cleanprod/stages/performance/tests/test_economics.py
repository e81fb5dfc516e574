"""Payback, present value and rate of return against figures worked out by hand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleanprod.kernel.errors import Refused
from cleanprod.stages.performance.accounting.economics import Plan, appraise, irr, npv, payback
from cleanprod.stages.performance.tests.sheets import D


def flows(*figures):
    return [D(str(figure)) for figure in figures]


def test_an_appraisal_shows_flows_and_formulas():
    found = appraise(Plan(D("100"), D("40"), 10, D("0.25"), D("0.08")))
    # Depreciation 10, tax (40 - 10) x 0.25 = 7.5, net 32.5; annuity of ten years at 8 % 6.710081.
    assert found.flows == (D("-100"), *[D("32.5")] * 10)
    assert found.yearly.value == D("32.5")
    assert found.payback.value == D("3.076923077")
    assert round(found.npv.value, 4) == D("118.0776")
    assert round(found.irr.value, 4) == D("0.3017")
    assert "年净现金流量 40 − 7.5 = 32.5" in found.yearly.formula
    assert "未经主管部门确认" in found.warnings[0]


def test_the_residual_lowers_depreciation_and_comes_back_at_the_end():
    found = appraise(Plan(D("110"), D("30"), 5, D("0.2"), D("0"), residual=D("10")))
    assert found.flows == (D("-110"), *[D("28")] * 4, D("38"))
    assert found.npv.value == 40


@pytest.mark.parametrize(
    "figures, rate",
    [
        ((-100, 110), "0.1"),
        ((-100, 60, 60), "0.130662386"),
        ((-1000, 500, 400, 300, 100), "0.144888443"),
        ((-100, 50), "-0.5"),
        ((-100, 100), "0"),
        ((0, -100, 0, 121), "0.1"),
        ((100, -110), "0.1"),
        ((-1, 1000000), "999999"),
        ((-1, 2, -1), "0"),
    ],
)
def test_known_flows_have_their_known_rate(figures, rate):
    assert irr(flows(*figures)).value == D(rate)


@pytest.mark.parametrize("figures", [(-100, -5, -5), (100, 5), (0, 0), (), (-100,)])
def test_flows_without_a_change_of_sign_have_no_rate_and_it_is_said(figures):
    found = irr(flows(*figures))
    assert found.value is None
    assert "没有正负变化" in found.note


def test_flows_with_several_rates_have_no_single_one():
    found = irr(flows(-1, "2.3", "-1.32"))
    assert found.value is None
    assert found.candidates == (D("0.1"), D("0.2"))
    assert "不唯一" in found.note


def test_flows_that_change_sign_twice_may_have_no_rate_at_all():
    found = irr(flows(-1, 1, -1))
    assert (found.value, found.candidates) == (None, ())
    assert "没有使净现值为零的折现率" in found.note


def test_zeros_inside_the_flows_hide_no_rate():
    assert irr(flows(-100, 0, 0, "133.1")).value == D("0.1")
    assert irr(flows(-1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1024)).value == 1


@given(
    st.decimals(1, 10**6, places=2),
    st.lists(st.decimals(0, 10**5, places=2), min_size=1, max_size=20),
)
def test_at_the_rate_found_the_present_value_is_nothing(investment, returns):
    given_flows = [-investment, *returns]
    found = irr(given_flows)
    if not any(returns):
        assert found.value is None
        return
    # The rate is rounded to nine places, so the value lies between those of its neighbours.
    step = D("1e-9")
    if found.value > D("-0.9"):
        assert npv(given_flows, found.value - step).value >= D("-1e-9")
        assert npv(given_flows, found.value + step).value <= D("1e-9")


def test_a_hundred_years_are_appraised():
    found = appraise(Plan(D("100000"), D("1500"), 100, D("0"), D("0.01")))
    assert abs(npv(found.flows, found.irr.value).value) < D("0.01")


@pytest.mark.parametrize("yearly", ["0", "-3"])
def test_what_brings_nothing_is_never_paid_back(yearly):
    found = payback(D("100"), D(yearly))
    assert found.value is None
    assert "收不回" in found.note


def test_a_measure_without_cost_is_paid_back_at_once_and_has_no_rate():
    found = appraise(Plan(D("0"), D("5"), 3, D("0"), D("0.08")))
    assert found.payback.value == 0
    assert found.irr.value is None


@pytest.mark.parametrize(
    "changes",
    [
        {"investment": D("-1")},
        {"investment": D("NaN")},
        {"years": 0},
        {"years": 101},
        {"tax": D("25")},
        {"rate": D("-1")},
        {"residual": D("200")},
    ],
)
def test_impossible_plans_are_refused(changes):
    good = {"investment": D("100"), "saving": D("40"), "years": 10, "tax": D("0"), "rate": D("0")}
    with pytest.raises(Refused):
        Plan(**good | changes)


def test_a_discount_rate_of_minus_one_is_refused():
    with pytest.raises(Refused):
        npv(flows(-1, 2), D("-1"))
