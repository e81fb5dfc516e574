"""The data check: both leads confirm or dispute, disputes are answered, the rest is marked."""

from datetime import date

import pytest

from cleanprod.foundation.trail.models import Entry as TrailEntry
from cleanprod.insight.bulletins import access, actions, queries
from cleanprod.insight.bulletins.actions import View
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
    return actions.open_check(NOW, due_on=date(2023, 10, 10), by=cast[PROVINCE])


def state_of(check, city=world.FOSHAN):
    return next(one for one in queries.states(check, statistics.counts(NOW)) if one.code == city)


def test_a_city_is_confirmed_when_both_departments_confirmed_everything(cast, check):
    assert actions.say(check.pk, GOOD, by=cast["foshan-industry"]) == len(CHECKED)
    assert not state_of(check).confirmed
    assert actions.say(check.pk, GOOD, by=cast["foshan-ecology"]) == len(CHECKED)
    assert actions.say(check.pk, GOOD, by=cast["foshan-ecology"]) == 0
    assert state_of(check).confirmed
    snapshot = freeze(cast, NOW)
    assert world.FOSHAN not in snapshot.unconfirmed
    assert len(snapshot.unconfirmed) == 20
    assert snapshot.check_of == check


def test_a_confirmation_ends_when_the_figure_changes(cast, check):
    for line in ("industry", "ecology"):
        actions.say(check.pk, GOOD, by=cast[f"foshan-{line}"])
    fact = Fact.objects.filter(kind=Milestone.ACCEPTED).last()
    audits.withdraw(fact.pk, reason="登记有误", by=cast["foshan-ecology"])
    good, bad, unsaid = state_of(check).lines["ecology"]
    assert (good, bad, unsaid) == (len(CHECKED) - 1, 0, 1)
    assert world.FOSHAN in freeze(cast, NOW).unconfirmed


def test_a_dispute_needs_a_reason_and_gets_an_answer(cast, check):
    view = {"ecology": View(Verdict.DISPUTED, " ")}
    with pytest.raises(Refused, match="理由"):
        actions.say(check.pk, GOOD | view, by=cast["foshan-ecology"])
    assert not Opinion.objects.exists()
    view = {"ecology": View(Verdict.DISPUTED, "少计1家")}
    actions.say(check.pk, view, by=cast["foshan-ecology"])
    asked = queries.unanswered().get()
    for name in ("foshan-industry", "foshan-ecology", "support"):
        with pytest.raises(NotAllowed):
            actions.answer(asked.pk, text="已核", by=cast[name])
    actions.answer(asked.pk, text="已按验收意见补录", by=cast[PROVINCE])
    actions.answer(asked.pk, text="已按验收意见补录", by=cast[PROVINCE])
    assert not queries.unanswered().exists()
    assert TrailEntry.objects.filter(act="check:answer").count() == 1
    actions.say(check.pk, {"ecology": View(Verdict.CONFIRMED)}, by=cast["foshan-ecology"])
    assert Opinion.objects.get().answer == ""


def test_nobody_else_speaks_for_a_city(cast, check):
    speakers = {"foshan-industry", "foshan-ecology", "huizhou-industry"}
    for name in sorted({*world.ROLES} - speakers):
        with pytest.raises(NotAllowed):
            actions.say(check.pk, GOOD, by=cast[name])
        if name not in ("province-industry", "province-ecology"):
            assert not access.checks_visible_to(cast[name]).exists()
    actions.say(check.pk, GOOD, by=cast["huizhou-industry"])
    assert {one.city_id for one in Opinion.objects.all()} == {world.HUIZHOU}


def test_a_closed_check_takes_no_more_opinions(cast, check):
    for _ in range(2):
        actions.close_check(check.pk, by=cast[PROVINCE])
    with pytest.raises(Refused, match="结束"):
        actions.say(check.pk, GOOD, by=cast["foshan-ecology"])
    with pytest.raises(NotAllowed):
        actions.close_check(check.pk, by=cast["foshan-ecology"])


def test_an_unknown_figure_or_a_past_deadline_is_refused(cast, check):
    with pytest.raises(Refused, match="没有这一数据项"):
        actions.say(check.pk, {"rank": View(Verdict.CONFIRMED)}, by=cast["foshan-ecology"])
    with pytest.raises(Refused, match="早于今天"):
        actions.open_check(AsOf(2023, date(2023, 6, 30)), due_on=date(2023, 9, 1),
                           by=cast[PROVINCE])  # fmt: skip


@pytest.mark.django_db(transaction=True)
def test_two_clicks_open_one_check(cast):
    came = at_once(
        *(
            lambda: actions.open_check(NOW, due_on=date(2023, 10, 10), by=cast[PROVINCE]).pk
            for _ in range(2)
        )
    )
    assert came[0] == came[1]
    assert DataCheck.objects.count() == 1
