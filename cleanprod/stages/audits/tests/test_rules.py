"""The life of a round: what its facts amount to, and which steps its table allows."""

import random
from datetime import date, timedelta
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleanprod.foundation.organisations.rules import Line, Part, Role, Standing
from cleanprod.kernel.errors import NotAllowed, Refused
from cleanprod.stages.audits.access import moves
from cleanprod.stages.audits.models import Round
from cleanprod.stages.audits.rules import (
    FACT_OF,
    LIFECYCLE,
    OPEN,
    REPEATABLE,
    UNDOES,
    Act,
    Clock,
    Milestone,
    Stage,
    Template,
    checked_fact,
    due,
    effective,
    explain,
    stage_of,
)
from cleanprod.stages.programme.rules import AuditKind
from tests.world import FOSHAN

LISTED_ON = date(2022, 3, 8)
TODAY = date(2023, 9, 28)
STEPS = 20_000

# The chart of the trade, written down apart from the table it checks (domain/3, notice 2023 三).
LEAD, OWNER, PROVINCE = Part.LEAD, Part.ENTERPRISE, Part.PROVINCE
WORKING = (
    "listed", "registered", "planned", "started", "submitted", "in_assessment", "assessed",
    "in_acceptance",
)  # fmt: skip
CHART = {
    ("listed", "register", OWNER, "registered"),
    ("registered", "plan", OWNER, "planned"),
    ("planned", "start", OWNER, "started"),
    ("started", "report", OWNER, "submitted"),
    ("submitted", "return", LEAD, "started"),
    ("in_assessment", "return", LEAD, "started"),
    ("assessed", "admit", LEAD, "in_acceptance"),
    *((stage, "accept", LEAD, "accepted") for stage in WORKING),
    *((stage, "fail", LEAD, "failed") for stage in WORKING),
    *((stage, "defer", LEAD, "deferred") for stage in WORKING),
    *((stage, "cancel", LEAD, "cancelled") for stage in (*WORKING, "deferred")),
    *((stage, "equate", LEAD, "equivalent") for stage in WORKING),
    *((stage, "carry", LEAD, stage) for stage in WORKING),
    ("deferred", "roll", LEAD, "listed"),
    ("accepted", "complete", LEAD, "completed"),
    ("accepted", "migrate", PROVINCE, "completed"),
}
# What the three ways of review add; a round for which none was chosen is reviewed apart.
APART = {
    ("submitted", "assess", LEAD, "in_assessment"),
    ("in_assessment", "pass", LEAD, "assessed"),
}
REVIEWS = {
    None: APART,
    Template.SEPARATE: APART,
    Template.PAPER_SITE: APART,
    Template.JOINT: {("submitted", "admit", LEAD, "in_acceptance")},
}


@pytest.mark.parametrize("template", list(REVIEWS))
def test_the_table_of_moves_is_the_chart_of_the_trade(template):
    table = {
        (move.source, move.act, part, move.target)
        for stage in Stage
        for move in LIFECYCLE.open_to(stage, set(Part), template)
        for part in move.who
    }
    assert table == CHART | REVIEWS[template]


@pytest.mark.parametrize("template", list(REVIEWS))
def test_a_long_random_walk_never_leaves_the_chart(template):
    dice = random.Random(20220308)
    chart = CHART | REVIEWS[template]
    stage, ended = Stage.LISTED, 0
    for _ in range(STEPS):
        act, part = dice.choice(list(Act)), dice.choice(list(Part))
        told = {target for source, a, p, target in chart if (source, a, p) == (stage, act, part)}
        try:
            target = LIFECYCLE.target(stage, act, {part}, template)
        except NotAllowed:
            assert not told
        else:
            assert told == {target}
            stage = target
        if not any(move.source is stage for move in LIFECYCLE.moves):
            ended, stage = ended + 1, Stage.LISTED
    assert ended > 100


@given(
    st.sampled_from(list(Line)),
    st.sampled_from(list(AuditKind)),
    st.sampled_from(list(Line)),
    st.sampled_from(list(Stage)),
)
def test_every_kind_of_round_walks_by_the_one_table_and_its_own_lead_alone(lead, kind, line, stage):
    """Mandatory or voluntary, whoever leads: the department that leads moves it, the other none."""
    audit = Round(
        stage=stage.value, kind=kind.value, lead=lead.value, city_id=FOSHAN, enterprise_id=7
    )
    by = Standing(1, "李科长", Role.CITY, 1, line=line, city=FOSHAN)
    acts = {move.act.value for move in moves(by, audit)}
    told = {act for source, act, part, _ in CHART | APART if (source, part) == (stage, LEAD)}
    assert acts == (told if line is lead else set())


def test_a_walk_by_facts_stands_where_the_table_says():
    """What the facts of a walk amount to is the stage that the table led to, at every step."""
    dice = random.Random(8)
    for _ in range(1500):
        days, day, stage = {Milestone.LISTED: LISTED_ON}, LISTED_ON, Stage.LISTED
        template = dice.choice(list(Template))
        while steps := LIFECYCLE.open_to(stage, set(Part), template):
            move = dice.choice(steps)
            day += timedelta(days=dice.randint(1, 40))
            for kind in UNDOES.get(move.act, ()):
                days.pop(kind, None)
            if move.act in FACT_OF:
                days[FACT_OF[move.act]] = day
            stage = move.target
            assert _after_roll(stage_of(days), days) is _after_roll(stage, days)


def _after_roll(stage, days):
    """A round that goes on after a deferral stands where its steps before the deferral left it."""
    if Milestone.ROLLED in days and stage in OPEN and stage is not Stage.DEFERRED:
        return Stage.LISTED
    return stage


def test_every_deferral_or_cancellation_needs_a_reason_and_no_other_act_does():
    needing = {
        move.act for move in LIFECYCLE.moves if LIFECYCLE.needs_reason(move.source, move.act)
    }
    assert needing == {Act.DEFER, Act.CANCEL, Act.RETURN, Act.EQUATE}


def test_every_act_leads_to_a_fact_and_an_ended_round_has_no_way_on():
    assert set(FACT_OF) | set(UNDOES) == set(Act)
    assert not set(FACT_OF) & set(UNDOES)
    for stage in (Stage.COMPLETED, Stage.FAILED, Stage.CANCELLED, Stage.EQUIVALENT):
        assert LIFECYCLE.open_to(stage, set(Part)) == ()
    for stage in OPEN:
        assert LIFECYCLE.open_to(stage, set(Part))


def days(*kinds, **at):
    found = {Milestone.LISTED: LISTED_ON}
    found |= {Milestone(kind): LISTED_ON + timedelta(days=n) for n, kind in enumerate(kinds, 1)}
    return found | {Milestone(kind): day for kind, day in at.items()}


@pytest.mark.parametrize(
    "facts, stage",
    [
        (days(), Stage.LISTED),
        (days("registered"), Stage.REGISTERED),
        (days("registered", "planned"), Stage.PLANNED),
        (days("planned"), Stage.PLANNED),
        (days("registered", "started"), Stage.STARTED),
        (days("started", "reported"), Stage.SUBMITTED),
        (days("reported", "assessing"), Stage.IN_ASSESSMENT),
        (days("reported", "assessing", "assessed"), Stage.ASSESSED),
        (days("reported", "accepting"), Stage.IN_ACCEPTANCE),
        (days("started", "equivalent"), Stage.EQUIVALENT),
        (days("registered", "accepted"), Stage.ACCEPTED),
        (days("accepted"), Stage.ACCEPTED),
        (days("accepted", "completed"), Stage.COMPLETED),
        (days("completed"), Stage.LISTED),
        (days("registered", "completed"), Stage.REGISTERED),
        (days("failed"), Stage.FAILED),
        (days("failed", "completed"), Stage.FAILED),
        (days("cancelled"), Stage.CANCELLED),
        (days("deferred"), Stage.DEFERRED),
        (days("deferred", "cancelled"), Stage.CANCELLED),
        (days("deferred", "rolled"), Stage.LISTED),
        (days("registered", "deferred", "rolled"), Stage.REGISTERED),
        (days(deferred=date(2023, 5, 1), rolled=date(2023, 3, 1)), Stage.DEFERRED),
        (days(deferred=date(2023, 3, 1), rolled=date(2023, 3, 1)), Stage.LISTED),
        (days("rolled"), Stage.LISTED),
        (days("deferred", "rolled", "accepted"), Stage.ACCEPTED),
    ],
)
def test_the_facts_that_hold_tell_where_a_round_stands(facts, stage):
    assert stage_of(facts) is stage


def test_no_set_of_facts_makes_a_completed_round_without_an_acceptance():
    for count in range(len(Milestone) + 1):
        for kinds in combinations(Milestone, count):
            stage = stage_of(dict.fromkeys(kinds, LISTED_ON))
            if stage is Stage.COMPLETED:
                assert {Milestone.ACCEPTED, Milestone.COMPLETED} <= set(kinds)
            if stage is Stage.ACCEPTED:
                assert Milestone.ACCEPTED in kinds


facts = st.lists(
    st.tuples(st.integers(1, 50), st.sampled_from(list(Milestone)), st.dates(LISTED_ON, TODAY)),
    unique_by=lambda fact: fact[0],
    max_size=12,
)


@given(facts, st.sets(st.integers(1, 50)), st.randoms())
def test_what_is_effective_does_not_depend_on_the_order_of_recording(rows, withdrawn, dice):
    told = effective(rows, withdrawn)
    shuffled = list(rows)
    dice.shuffle(shuffled)
    assert effective(shuffled, withdrawn) == told
    assert set(told) == {kind for pk, kind, _ in rows if pk not in withdrawn}
    for kind, day in told.items():
        assert day == max(d for pk, k, d in rows if k is kind and pk not in withdrawn)


@given(facts)
def test_withdrawing_everything_leaves_nothing(rows):
    assert effective(rows, {pk for pk, _, _ in rows}) == {}


def test_only_a_deferral_a_roll_and_a_carry_over_can_happen_again():
    assert {Milestone.DEFERRED, Milestone.ROLLED, Milestone.CARRIED} == REPEATABLE


def clock(months):
    return Clock("start", "启动清洁生产审核", months, "办法第十四条", 1, Milestone.STARTED)


@pytest.mark.parametrize(
    "published, months, on",
    [
        (date(2022, 3, 8), 1, date(2022, 4, 8)),
        (date(2022, 1, 31), 1, date(2022, 2, 28)),
        (date(2024, 1, 31), 1, date(2024, 2, 29)),
        (date(2022, 12, 31), 2, date(2023, 2, 28)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2022, 3, 8), 12, date(2023, 3, 8)),
    ],
)
def test_a_duty_falls_due_calendar_months_after_publication(published, months, on):
    assert due(clock(months), published) == on


def test_the_reckoning_is_told_in_words():
    assert explain(clock(1), LISTED_ON) == "名单公布 2022-03-08 + 1个月（办法第十四条）"
    assert explain(clock(12), LISTED_ON) == "名单公布 2022-03-08 + 1年（办法第十四条）"
    assert explain(clock(18), LISTED_ON) == "名单公布 2022-03-08 + 18个月（办法第十四条）"


def test_a_deferral_comes_after_the_roll_that_ended_the_one_before():
    rolled = date(2023, 3, 6)
    frame = {"listed_on": LISTED_ON, "today": TODAY, "rolled_on": rolled}
    checked_fact(Milestone.DEFERRED, rolled + timedelta(days=1), **frame)
    checked_fact(Milestone.ACCEPTED, rolled, **frame)
    for day in (rolled, date(2022, 7, 1)):
        with pytest.raises(Refused, match="应晚于滚动纳入日期 2023-03-06"):
            checked_fact(Milestone.DEFERRED, day, **frame)


def test_a_fact_happens_between_the_listing_and_today_both_included():
    for day in (LISTED_ON, TODAY):
        checked_fact(Milestone.ACCEPTED, day, listed_on=LISTED_ON, today=TODAY)
    with pytest.raises(Refused, match="早于名单公布日期 2022-03-08"):
        checked_fact(
            Milestone.ACCEPTED, LISTED_ON - timedelta(days=1), listed_on=LISTED_ON, today=TODAY
        )
    with pytest.raises(Refused, match="晚于今天 2023-09-28"):
        checked_fact(Milestone.FAILED, TODAY + timedelta(days=1), listed_on=LISTED_ON, today=TODAY)
