"""The data check: both leads confirm or dispute, disputes are answered, the rest is marked."""

from datetime import date, timedelta

import pytest

from cleanprod.foundation.engine import clock
from cleanprod.foundation.notifications.models import Message
from cleanprod.foundation.obligations.models import Obligation
from cleanprod.foundation.trail.models import Entry as TrailEntry
from cleanprod.insight.bulletins import access, checking, queries
from cleanprod.insight.bulletins.checking import View
from cleanprod.insight.bulletins.models import DataCheck, Opinion
from cleanprod.insight.bulletins.rules import CHECKED, Verdict
from cleanprod.insight.statistics import queries as statistics
from cleanprod.insight.statistics.queries import AsOf
from cleanprod.kernel.errors import NotAllowed, Refused
from cleanprod.stages.audits import actions as audits
from cleanprod.stages.audits.models import Fact
from cleanprod.stages.audits.rules import Milestone
from tests import world
from tests.flow import at_once
from tests.frozen import accepted, freeze

NOW = AsOf(2022, world.TODAY)
GOOD = {figure: View(Verdict.CONFIRMED) for figure in CHECKED}
PROVINCE = "province-industry"


@pytest.fixture
def check(cast):
    accepted(cast)
    return checking.open_check(NOW, due_on=date(2023, 10, 10), by=cast[PROVINCE])


def state_of(check, city=world.FOSHAN):
    return next(one for one in queries.states(check, statistics.counts(NOW)) if one.code == city)


def test_a_city_is_confirmed_when_both_departments_confirmed_everything(cast, check):
    assert checking.say(check.pk, GOOD, by=cast["foshan-industry"]) == len(CHECKED)
    assert not state_of(check).confirmed
    assert checking.say(check.pk, GOOD, by=cast["foshan-ecology"]) == len(CHECKED)
    assert checking.say(check.pk, GOOD, by=cast["foshan-ecology"]) == 0
    assert state_of(check).confirmed
    snapshot = freeze(cast, NOW)
    assert world.FOSHAN not in snapshot.unconfirmed
    assert len(snapshot.unconfirmed) == 20
    assert snapshot.check_of == check


def test_a_confirmation_ends_when_the_figure_changes(cast, check):
    for line in ("industry", "ecology"):
        checking.say(check.pk, GOOD, by=cast[f"foshan-{line}"])
    fact = Fact.objects.filter(kind=Milestone.ACCEPTED).last()
    audits.withdraw(fact.pk, reason="登记有误", by=cast["foshan-ecology"])
    state = state_of(check).lines["ecology"]
    assert (state.good, state.bad, state.open) == (len(CHECKED) - 1, 0, 1)
    assert queries.to_check(world.FOSHAN, "ecology") == [check]
    assert world.FOSHAN in freeze(cast, NOW).unconfirmed


def test_a_dispute_needs_a_reason_and_gets_an_answer(cast, check):
    view = {"ecology": View(Verdict.DISPUTED, " ")}
    with pytest.raises(Refused, match="理由"):
        checking.say(check.pk, GOOD | view, by=cast["foshan-ecology"])
    assert not Opinion.objects.exists()
    view = {"ecology": View(Verdict.DISPUTED, "少计1家")}
    checking.say(check.pk, view, by=cast["foshan-ecology"])
    asked = queries.unanswered().get()
    for name in ("foshan-industry", "foshan-ecology", "support"):
        with pytest.raises(NotAllowed):
            checking.answer(asked.pk, text="已核", by=cast[name])
    checking.answer(asked.pk, text="已按验收意见补录", by=cast[PROVINCE])
    checking.answer(asked.pk, text="已按验收意见补录", by=cast[PROVINCE])
    assert "数据异议已答复：通过验收（生态环境牵头）" in told("foshan-ecology", cast)
    assert not queries.unanswered().exists()
    assert TrailEntry.objects.filter(act="check:answer").count() == 1
    checking.say(check.pk, {"ecology": View(Verdict.CONFIRMED)}, by=cast["foshan-ecology"])
    assert Opinion.objects.get().answer == ""


def test_nobody_else_speaks_for_a_city(cast, check):
    speakers = {"foshan-industry", "foshan-ecology", "huizhou-industry"}
    for name in sorted({*world.ROLES} - speakers):
        with pytest.raises(NotAllowed):
            checking.say(check.pk, GOOD, by=cast[name])
        if name not in ("province-industry", "province-ecology"):
            assert not access.checks_visible_to(cast[name]).exists()
    checking.say(check.pk, GOOD, by=cast["huizhou-industry"])
    assert {one.city_id for one in Opinion.objects.all()} == {world.HUIZHOU}


def owed(check):
    return Obligation.objects.open().filter(subject=f"check:{check.pk}")


def told(name, cast):
    return set(
        Message.objects.filter(person_id=cast.people[name].pk).values_list("subject", flat=True)
    )  # fmt: skip


def test_departments_hear_of_a_check_and_owe_it_until_they_have_looked(cast, check):
    asked = "请核对2022年数据（截至2023-09-28）"
    assert asked in told("foshan-ecology", cast)
    assert asked not in told("support", cast)
    offices = {cast[name].office_id for name in ("foshan-industry", "huizhou-industry")}
    assert offices <= set(owed(check).values_list("owner_id", flat=True))
    assert set(owed(check).values_list("due_on", flat=True)) == {date(2023, 10, 10)}
    checking.say(check.pk, {"ecology": View(Verdict.CONFIRMED)}, by=cast["foshan-industry"])
    assert owed(check).filter(owner=cast["foshan-industry"].office_id).exists()
    checking.say(check.pk, GOOD, by=cast["foshan-industry"])
    assert not owed(check).filter(owner=cast["foshan-industry"].office_id).exists()
    checking.close_check(check.pk, by=cast[PROVINCE])
    assert not owed(check).exists()


def test_only_who_has_not_looked_is_asked_again_once_a_day(cast, check):
    checking.say(check.pk, GOOD, by=cast["foshan-industry"])
    waiting = len(queries.departments()) - 1
    for _ in range(2):
        assert checking.urge(check.pk, by=cast[PROVINCE]) == waiting
    again = "请尽快核对2022年数据（截至2023-09-28）"
    assert again in told("foshan-ecology", cast)
    assert again not in told("foshan-industry", cast)
    assert TrailEntry.objects.filter(act="check:urge").count() == 1
    with pytest.raises(NotAllowed):
        checking.urge(check.pk, by=cast["foshan-ecology"])
    checking.close_check(check.pk, by=cast[PROVINCE])
    with pytest.raises(Refused, match="结束"):
        checking.urge(check.pk, by=cast[PROVINCE])


def test_what_comes_after_the_day_is_late_and_the_day_itself_is_not(cast, check):
    with clock.fixed(check.due_on):
        checking.say(check.pk, GOOD, by=cast["foshan-industry"])
    with clock.fixed(check.due_on + timedelta(1)):
        checking.say(check.pk, GOOD, by=cast["foshan-ecology"])
    lines = state_of(check).lines
    assert not lines["industry"].last.late
    assert lines["ecology"].last.late


def test_a_closed_check_takes_no_more_opinions(cast, check):
    for _ in range(2):
        checking.close_check(check.pk, by=cast[PROVINCE])
    with pytest.raises(Refused, match="结束"):
        checking.say(check.pk, GOOD, by=cast["foshan-ecology"])
    with pytest.raises(NotAllowed):
        checking.close_check(check.pk, by=cast["foshan-ecology"])


def test_an_unknown_figure_or_a_past_deadline_is_refused(cast, check):
    with pytest.raises(Refused, match="没有这一数据项"):
        checking.say(check.pk, {"rank": View(Verdict.CONFIRMED)}, by=cast["foshan-ecology"])
    with pytest.raises(Refused, match="早于今天"):
        checking.open_check(AsOf(2023, date(2023, 6, 30)), due_on=date(2023, 9, 1),
                           by=cast[PROVINCE])  # fmt: skip


@pytest.mark.django_db(transaction=True)
def test_two_clicks_open_one_check(cast):
    came = at_once(
        *(
            lambda: checking.open_check(NOW, due_on=date(2023, 10, 10), by=cast[PROVINCE]).pk
            for _ in range(2)
        )
    )
    assert came[0] == came[1]
    assert DataCheck.objects.count() == 1
