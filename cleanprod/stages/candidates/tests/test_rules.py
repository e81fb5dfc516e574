"""Who is proposed and why, what is due when, who is covered."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleanprod.foundation.organisations.rules import Line, Part
from cleanprod.kernel.errors import NotAllowed
from cleanprod.kernel.period import add_months
from cleanprod.stages.audits.rules import WORKING, Stage
from cleanprod.stages.candidates import rules
from cleanprod.stages.candidates.rules import (
    CANDIDATES,
    Act,
    Figure,
    Firm,
    Listed,
    Past,
    Reason,
    Reported,
    State,
    Terms,
)
from cleanprod.stages.programme.rules import AuditKind, Category, Vocs

TERMS = Terms(
    double_toxic_years=5,
    interval_years=5,
    sectors={"建材": ["30"], "化工": ["26"], "石化": ["25", "2614"], "制鞋": ["195"]},
    kinds={"vocs": "other", "industry": "voluntary"},
    leads={
        "voluntary": "industry", "high_energy": "industry", "double_excess": "ecology",
        "double_toxic": "ecology", "other": "ecology",
    },
)  # fmt: skip
TOXIC = (Category.DOUBLE_TOXIC.value,)
DAYS = st.dates(date(2015, 1, 1), date(2030, 12, 31))


def past(stage=Stage.ACCEPTED, accepted=None, year=2018, categories=TOXIC, kind="mandatory"):
    return Past(
        7, year, stage, AuditKind(kind), categories, date(year, 3, 8),
        accepted_on=accepted, ended_on=accepted,
    )  # fmt: skip


def firm(*rounds, **known):
    return Firm(1, known.pop("industry", ""), rounds=rounds, **known)


def why(one, year=2023):
    found = rules.propose(one, year, TERMS)
    return [] if found is None else [told.reason for told in found.reasons]


@pytest.mark.parametrize(
    "accepted, due",
    [
        (date(2018, 12, 31), True),  # due on the last day of the list year
        (date(2019, 1, 1), False),
        (date(2017, 6, 1), True),
    ],
)
def test_a_double_toxic_firm_is_due_when_the_interval_ends_within_the_list_year(accepted, due):
    assert why(firm(past(accepted=accepted))) == ([Reason.DUE] if due else [])


@pytest.mark.parametrize(
    "accepted, until, proposed",
    [
        (date(2020, 10, 12), date(2023, 12, 31), True),
        (date(2020, 10, 12), date(2024, 1, 1), False),
        (date(2021, 10, 12), date(2023, 6, 1), False),  # accepted again after it was issued
    ],
)
def test_a_certificate_that_runs_out_in_the_year_is_a_reason(accepted, until, proposed):
    held = rules.Certificate("粤清证0001", date(2020, 11, 1), until)
    one = firm(past(accepted=accepted), certificate=held)
    assert (Reason.EXPIRY in why(one)) is proposed


def test_a_leap_day_falls_due_on_the_last_day_of_february():
    one = firm(past(accepted=date(2016, 2, 29)))
    assert rules.next_due(one, 5) == date(2021, 2, 28)


def test_the_latest_acceptance_counts_and_the_newest_mandatory_round_says_the_category():
    older = past(accepted=date(2017, 5, 1))
    assert why(firm(older, past(accepted=date(2022, 5, 1), year=2022))) == []
    voluntary = past(accepted=date(2018, 5, 1), year=2018, categories=(), kind="voluntary")
    assert why(firm(older, voluntary)) == [Reason.DUE]
    no_longer = past(accepted=date(2018, 5, 1), categories=("high_energy",))
    assert why(firm(older, no_longer)) == []


@pytest.mark.parametrize("stage", [Stage.FAILED, Stage.DEFERRED])
def test_failed_and_deferred_rows_of_earlier_lists_roll_in(stage):
    one = firm(past(stage, year=2022))
    assert why(one) == [Reason.ROLL]
    assert why(one, 2022) == []
    assert why(firm(past(stage, year=2021), past(Stage.CANCELLED, year=2022))) == []


def test_a_key_enterprise_is_proposed_until_an_acceptance_within_the_interval():
    assert why(firm(vocs=(Vocs.PROVINCIAL,))) == [Reason.VOCS]
    kept = past(accepted=date(2021, 5, 1), year=2021, categories=())
    assert why(firm(kept, vocs=(Vocs.MUNICIPAL,))) == []
    old = past(accepted=date(2018, 5, 1), categories=())
    assert why(firm(old, vocs=(Vocs.MUNICIPAL,))) == [Reason.VOCS]


def test_a_key_industry_is_proposed_where_no_list_named_the_firm_lately():
    assert why(firm(industry="3071")) == [Reason.INDUSTRY]
    assert why(firm(industry="4411")) == []
    assert why(firm(past(Stage.CANCELLED, year=2019), industry="3071")) == []
    assert why(firm(past(Stage.CANCELLED, year=2018), industry="3071")) == [Reason.INDUSTRY]


@pytest.mark.parametrize(
    "industry, sector",
    [("2614", "石化"), ("2641", "化工"), ("26", "化工"), ("2", ""), ("", ""), ("1952", "制鞋")],
)
def test_the_finest_prefix_names_the_sector(industry, sector):
    assert rules.sector_of(industry, TERMS.sectors) == sector


def test_one_row_holds_all_reasons_and_the_lead_that_follows():
    one = firm(
        past(accepted=date(2017, 5, 1), year=2016), past(Stage.DEFERRED, year=2022),
        industry="3071", vocs=(Vocs.PROVINCIAL, Vocs.MUNICIPAL),
        candidates=(
            Reported(3, Line.INDUSTRY, "南海区", AuditKind.MANDATORY, ("high_energy",)),
        ),
    )  # fmt: skip
    found = rules.propose(one, 2023, TERMS)
    assert [told.reason for told in found.reasons] == [
        Reason.DUE, Reason.ROLL, Reason.VOCS, Reason.CANDIDATE,
    ]  # fmt: skip
    assert (found.kind, found.categories) == (
        AuditKind.MANDATORY, ("high_energy", "double_toxic"),
    )  # fmt: skip
    assert found.lead is Line.ECOLOGY
    assert "2017-05-01通过验收，2022-05-01满5年" in found.reasons[0].text


@pytest.mark.parametrize(
    "known, kind, categories, lead",
    [
        ({"vocs": (Vocs.PROVINCIAL,)}, "mandatory", ("other",), Line.ECOLOGY),
        ({"industry": "3071"}, "voluntary", (), Line.INDUSTRY),
        ({"industry": "3071", "vocs": (Vocs.MUNICIPAL,)}, "mandatory", ("other",), Line.ECOLOGY),
    ],
)
def test_what_no_law_names_is_listed_as_the_rulebook_says(known, kind, categories, lead):
    found = rules.propose(firm(**known), 2023, TERMS)
    assert (found.kind, found.categories, found.lead) == (kind, categories, lead)


def test_a_mandatory_round_without_a_category_is_listed_with_a_reason_of_the_place():
    found = rules.propose(firm(past(Stage.FAILED, year=2022, categories=())), 2023, TERMS)
    assert (found.kind, found.categories) == (AuditKind.MANDATORY, ("other",))


def test_a_round_that_goes_on_or_a_list_of_the_year_leaves_nothing_to_choose():
    one = firm(vocs=(Vocs.PROVINCIAL,))
    assert rules.propose(one, 2023, TERMS).open_to_choose
    for stage in WORKING:
        going = replace(one, rounds=(past(stage, year=2022),))
        assert rules.propose(going, 2023, TERMS).under_way
    listed = rules.propose(replace(one, listed=Listed(1, "名单")), 2023, TERMS)
    assert not listed.open_to_choose
    assert not listed.under_way


@given(DAYS, DAYS)
def test_months_left_is_the_number_of_whole_months_between_two_days(due, today):
    months = rules.months_left(due, today)
    first, last = sorted((due, today))
    assert add_months(first, abs(months)) <= last < add_months(first, abs(months) + 1)
    assert (months < 0) <= (due < today)


@given(DAYS, st.integers(2015, 2035))
def test_a_firm_is_due_exactly_when_its_acceptance_does_not_cover_the_year(accepted, year):
    due = rules.next_due(firm(past(accepted=accepted)), 5)
    assert (due <= date(year, 12, 31)) is not rules.covered(accepted, 5, year)


def test_the_five_year_list_puts_the_most_urgent_first():
    firms = [
        Firm(pk, "", rounds=[past(accepted=day)])
        for pk, day in ((1, date(2020, 1, 2)), (2, date(2018, 1, 2)), (3, date(2019, 1, 2)))
    ]
    lines = rules.due_list([*firms, Firm(4, "")], 5, date(2023, 9, 28))
    assert [line.firm.id for line in lines] == [2, 3, 1]
    assert [(line.due_on, line.months, line.days) for line in lines[:1]] == [
        (date(2023, 1, 2), -8, -269)
    ]


@given(st.booleans(), st.booleans())
def test_a_key_enterprise_is_neither_exactly_when_it_is_not_listed_and_not_accepted(a, b):
    figures = rules.figures_of(a, b)
    assert Figure.ALL in figures
    assert (Figure.NEITHER in figures) is (not a and not b)
    assert (Figure.LISTED in figures, Figure.ACCEPTED in figures) == (a, b)


def test_a_county_moves_its_candidate_only_while_the_survey_is_open_and_the_city_decides():
    county, lead = {Part.COUNTY}, {Part.LEAD}
    acts = {move.act for move in CANDIDATES.open_to(State.REPORTED, county, False)}
    assert acts == {Act.EDIT, Act.WITHDRAW}
    for state in State:
        assert CANDIDATES.open_to(state, county, True) == ()
        assert CANDIDATES.open_to(state, {Part.PARTNER, Part.PROVINCE}, False) == ()
    assert {move.act for move in CANDIDATES.open_to(State.REPORTED, lead, True)} == {
        Act.TAKE, Act.DECLINE,
    }  # fmt: skip
    with pytest.raises(NotAllowed):
        CANDIDATES.target(State.TAKEN, Act.EDIT, county, False)
