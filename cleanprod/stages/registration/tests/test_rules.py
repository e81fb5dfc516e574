"""The tables of moves of what is asked for, and how an enterprise stands to its code."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleanprod.foundation.organisations.rules import Line, Part, Role, Standing
from cleanprod.kernel.errors import NotAllowed
from cleanprod.stages.registration.rules import (
    CHANGES,
    RESETS,
    STOPS,
    WISHES,
    Asked,
    ChangeKind,
    CodeState,
    Decision,
    code_state,
    digest,
    may_issue,
)

TABLES = (RESETS, WISHES, CHANGES)
TODAY = date(2023, 9, 28)


@given(
    st.sampled_from(TABLES),
    st.lists(st.tuples(st.sampled_from(list(Decision)), st.sampled_from(list(Part))), max_size=30),
)
def test_a_walk_never_leaves_the_chart_and_what_was_decided_stays_decided(table, walk):
    stage, decided = Asked.ASKED, False
    for act, part in walk:
        before = stage
        try:
            stage = table.target(stage, act, {part})
        except NotAllowed:
            assert stage is before
            continue
        if decided:
            assert (before, stage) == (Asked.GRANTED, Asked.TAKEN)
        decided = True
        assert stage in {move.target for move in table.moves}


@pytest.mark.parametrize("table", TABLES)
def test_to_decline_needs_a_reason_everywhere(table):
    assert table.needs_reason(Asked.ASKED, Decision.DECLINE)


def test_a_reset_is_always_explained():
    assert RESETS.needs_reason(Asked.ASKED, Decision.GRANT)


def test_only_closures_stop_a_round():
    assert set(STOPS) == {ChangeKind.SHUTDOWN, ChangeKind.DEREGISTERED}


@pytest.mark.parametrize(
    "claimed, days, state",
    [
        (False, None, CodeState.NONE),
        (False, 0, CodeState.LIVE),
        (False, -1, CodeState.EXPIRED),
        (True, 10, CodeState.CLAIMED),
        (True, None, CodeState.CLAIMED),
    ],
)
def test_a_code_holds_until_its_last_day(claimed, days, state):
    expires = None if days is None else TODAY + timedelta(days)
    assert code_state(claimed=claimed, expires_on=expires, today=TODAY) is state


@pytest.mark.parametrize(
    "role, line, city, issues",
    [
        (Role.CITY, Line.ECOLOGY, "440600", True),
        (Role.CITY, Line.INDUSTRY, "440600", False),
        (Role.CITY, Line.ECOLOGY, "441300", False),
        (Role.COUNTY, Line.ECOLOGY, "440600", True),
        (Role.COUNTY, None, "440600", True),
        (Role.COUNTY, Line.INDUSTRY, "440600", False),
        (Role.COUNTY, Line.ECOLOGY, "441300", False),
        (Role.PROVINCE, Line.ECOLOGY, "", False),
        (Role.ENTERPRISE, None, "440600", False),
    ],
)
def test_codes_are_issued_by_the_lead_and_its_counties(role, line, city, issues):
    who = Standing(1, "张三", role, line=line, city=city)
    assert may_issue(who, city="440600", lead="ecology") is issues


def test_two_codes_have_two_digests():
    assert digest("2345678923456789") != digest("2345678923456788")
    assert len(digest("2345678923456789")) == 64
