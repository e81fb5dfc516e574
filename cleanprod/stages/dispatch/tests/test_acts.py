"""Drafting, freezing, answering, reminding, returning, ending a dispatch."""

from datetime import date, timedelta
from fractions import Fraction

import pytest

from cleanprod.foundation.engine import clock
from cleanprod.foundation.notifications.models import Message
from cleanprod.foundation.obligations.models import Obligation
from cleanprod.foundation.organisations.models import Organisation
from cleanprod.foundation.trail.models import Entry
from cleanprod.kernel.errors import Conflict, NotAllowed, Refused
from cleanprod.stages.audits.actions import NewFact, record
from cleanprod.stages.audits.models import Round
from cleanprod.stages.audits.rules import Act, Milestone
from cleanprod.stages.dispatch import access, actions, answering, queries
from cleanprod.stages.dispatch.models import Answer, Dispatch, Recipient, Reminder, Row
from cleanprod.stages.dispatch.rules import Addressed, DispatchStage, Selection
from cleanprod.stages.dispatch.tests.cast import (
    ANSWER_ON,
    LEAD,
    draft,
    fill,
    handed_in,
    opened,
    overdue_rounds,
    recipient,
)
from tests.flow import at_once
from tests.world import FOSHAN, NANHAI, SHUNDE

pytestmark = pytest.mark.django_db
TODAY = date(2023, 9, 28)


@pytest.fixture
def rounds(cast):
    return overdue_rounds(cast)


def test_the_list_is_frozen_as_it_stands_at_the_opening(cast, rounds):
    dispatch = opened(cast)
    assert (dispatch.stage, dispatch.opened_on) == (DispatchStage.OPEN, TODAY)
    assert {one.county_id for one in dispatch.recipients.all()} == {NANHAI, SHUNDE}
    row = Row.objects.get(round=rounds[0])
    assert row.recipient.name == "南海区经济促进局"
    assert [one["title"][:4] for one in row.duties] == ["注册平台", "启动清洁", "完成本轮"]
    assert row.late == (TODAY - date(2022, 4, 8)).days == row.duties[0]["late"]
    fact = NewFact(rounds[0].pk, Milestone.REGISTERED, TODAY)
    record(Act.REGISTER, [fact], by=cast["red-star"])
    row.refresh_from_db()
    assert row.stage == "listed"
    assert len(row.duties) == 3


def test_opening_twice_changes_nothing(cast, rounds):
    dispatch = opened(cast)
    messages = Message.objects.count()
    actions.open_dispatch(dispatch.pk, by=cast[LEAD])
    assert (Row.objects.count(), Recipient.objects.count()) == (4, 2)
    assert Message.objects.count() == messages


def test_recipients_owe_an_answer_and_are_told(cast, rounds):
    dispatch = opened(cast)
    told = Message.objects.filter(subject__contains=dispatch.title)
    people = {cast.people[name].pk for name in ("nanhai-industry", "shunde-industry")}
    assert {one.person_id for one in told} == people
    owed = Obligation.objects.open().filter(subject=f"dispatch:{dispatch.pk}")
    assert {one.owner for one in owed} == {
        cast.offices["nanhai-industry"], cast.offices["shunde-industry"],
    }  # fmt: skip
    assert {one.due_on for one in owed} == {ANSWER_ON}


def test_a_province_asks_the_lead_departments_of_its_cities(cast, rounds):
    dispatch = opened(cast, "province-industry", addressed=Addressed.ENTERPRISE)
    assert dispatch.addressed == Addressed.CITY
    one = dispatch.recipients.get()
    assert (one.city_id, one.lead, one.name) == (FOSHAN, "industry", "佛山市工业和信息化局")
    assert one.rows.count() == 4
    assert access.answers_for(cast[LEAD], dispatch, one)
    assert not access.answers_for(cast["foshan-ecology"], dispatch, one)
    tallies = queries.tallies(dispatch.recipients.all(), TODAY)
    cities = queries.by_city(dispatch, tallies)
    assert len(cities) == 21
    shares = {city.name: city.rate.share for city in cities}
    assert shares["佛山"] == 0
    assert shares["汕尾"] is None


def test_a_city_may_ask_the_firms_themselves(cast, rounds):
    dispatch = opened(cast, addressed=Addressed.ENTERPRISE)
    assert dispatch.recipients.count() == 4
    own = dispatch.recipients.get(enterprise=cast.offices["red-star"])
    fill(cast, own.rows.get(), "red-star")
    assert answering.hand_in(own.pk, by=cast["red-star"]).done == 1
    assert Obligation.objects.get(key=f"dispatch:{own.pk}").done_on == TODAY


def test_firms_without_a_county_are_left_out_and_named(cast, rounds):
    Round.objects.filter(pk=rounds[0].pk).update(county=None)
    groups, without = queries.grouped(
        queries.listed(cast[LEAD], Selection(("register",)), TODAY), Addressed.COUNTY
    )
    assert [one.round.pk for one in without] == [rounds[0].pk]
    assert sum(len(one.rows) for one in groups) == 3


def test_stages_years_and_ticks_choose_rounds(cast, rounds):
    by = cast[LEAD]

    def found(**said):
        return {one.round.pk for one in queries.listed(by, Selection(**said), TODAY)}

    everything = {one.pk for one in rounds}
    assert found(stages=("listed",)) == everything
    assert found(stages=("listed",), year=2021) == set()
    assert found(stages=("listed",), year=2021, picked=(rounds[0].pk,)) == {rounds[0].pk}
    assert found(duties=("finish",)) == everything
    with clock.fixed(date(2022, 4, 20)):
        assert {one.round.pk for one in queries.listed(by, Selection(("finish",)), clock.today())} \
            == set()  # fmt: skip


def test_another_departments_rounds_cannot_be_ticked(cast, rounds):
    made = draft(cast)
    assert actions.pick(made.pk, [rounds[0].pk], by=cast[LEAD]) == 1
    assert actions.pick(made.pk, [rounds[0].pk], by=cast[LEAD]) == 0
    Round.objects.filter(pk=rounds[1].pk).update(lead="ecology")
    with pytest.raises(NotAllowed):
        actions.pick(made.pk, [rounds[1].pk], by=cast[LEAD])


@pytest.mark.parametrize(
    "who", ["foshan-ecology", "huizhou-industry", "nanhai-industry", "province-industry"]
)
def test_nobody_else_acts_on_a_dispatch(cast, rounds, who):
    dispatch = opened(cast)
    for call in (
        lambda: actions.close(dispatch.pk, by=cast[who]),
        lambda: actions.cancel(dispatch.pk, reason="x", by=cast[who]),
        lambda: actions.remind(dispatch.pk, text="x", by=cast[who]),
    ):
        with pytest.raises(NotAllowed):
            call()


@pytest.mark.parametrize("who", ["nanhai-industry", "red-star"])
def test_only_provinces_and_cities_open(cast, who):
    with pytest.raises(NotAllowed):
        draft(cast, who)


def test_a_draft_keeps_the_work_of_two_people_apart(cast, rounds):
    made = draft(cast)
    said = actions.Draft("改", "乙", ANSWER_ON, made.asked, Selection(("start",)), Addressed.COUNTY)
    actions.edit(made.pk, said, version=1, by=cast[LEAD])
    with pytest.raises(Conflict, match="刷新"):
        actions.edit(made.pk, said, version=1, by=cast[LEAD])


def test_a_dispatch_about_nobody_is_not_opened(cast):
    with pytest.raises(Refused, match="没有企业"):
        opened(cast)


def test_rows_are_drafts_until_they_are_handed_in(cast, rounds):
    dispatch = opened(cast)
    asked = recipient(dispatch)
    first, second = asked.rows.order_by("place")
    with pytest.raises(Refused, match="没有填写"):  # nor is nothing a draft
        answering.save(first.pk, {}, version=0, by=cast["nanhai-industry"])
    assert answering.take(asked.pk, {second.pk: {}}, by=cast["nanhai-industry"]) == 0
    fill(cast, first)
    fill(cast, second, next="")
    assert queries.tallies(dispatch.recipients.all(), TODAY)[0].rate.answered == 0
    done = answering.hand_in(asked.pk, by=cast["nanhai-industry"])
    assert (done.done, done.incomplete) == (1, (second.name,))
    with pytest.raises(Refused, match="没有填完"):
        answering.hand_in(asked.pk, by=cast["nanhai-industry"])
    with pytest.raises(Refused, match="已于"):
        fill(cast, first, version=1, next="再改")
    fill(cast, second, version=1)
    answering.hand_in(asked.pk, by=cast["nanhai-industry"])
    assert queries.tallies(dispatch.recipients.all(), TODAY)[0].rate.share == 1
    assert Obligation.objects.get(key=f"dispatch:{asked.pk}").done_on == TODAY


def test_two_people_filling_one_row_are_told(cast, rounds):
    row = recipient(opened(cast)).rows.first()
    fill(cast, row)
    assert fill(cast, row).version == 1  # the same words again
    with pytest.raises(Conflict, match="再次保存"):
        fill(cast, row, next="另外的话")
    assert fill(cast, row, version=1, next="另外的话").version == 2


@pytest.mark.parametrize(
    "who", ["shunde-industry", "foshan-industry", "foshan-ecology", "huizhou-industry", "red-star"]
)
def test_a_county_answers_only_for_itself(cast, rounds, who):
    asked = recipient(opened(cast))
    with pytest.raises(NotAllowed):
        fill(cast, asked.rows.first(), who)
    with pytest.raises(NotAllowed):
        answering.hand_in(asked.pk, by=cast[who])


def test_a_county_sees_only_its_rows(cast, rounds):
    dispatch = opened(cast)
    for who, county in (("nanhai-industry", NANHAI), ("shunde-industry", SHUNDE)):
        own = access.recipients_visible_to(cast[who])
        assert [one.county_id for one in own] == [county]
        assert queries.rates(cast[who], [dispatch])[dispatch.pk].asked == 2
    for who, number in (
        ("foshan-industry", 2), ("foshan-ecology", 2), ("province-ecology", 2),
        ("huizhou-industry", 0), ("red-star", 0), ("consultancy", 0), ("expert", 0),
    ):  # fmt: skip
        assert access.recipients_visible_to(cast[who]).count() == number, who


def test_a_draft_is_seen_by_its_office_alone(cast, rounds):
    draft(cast)
    seen = {name for name in cast.standings if access.visible_to(cast[name]).exists()}
    assert seen == {LEAD}


def test_the_other_department_reads_and_does_not_write(cast, rounds):
    dispatch = opened(cast)
    partner = cast["foshan-ecology"]
    assert access.visible_to(partner).filter(pk=dispatch.pk).exists()
    assert not access.moves(partner, dispatch, recipient(dispatch))


def test_late_answers_are_marked(cast, rounds):
    dispatch = opened(cast)
    with clock.fixed(ANSWER_ON + timedelta(1)):
        handed_in(cast, dispatch)
    rate = queries.tallies(Recipient.objects.filter(county=NANHAI), TODAY)[0].rate
    assert (rate.answered, rate.late) == (2, 2)
    with clock.fixed(ANSWER_ON):
        handed_in(cast, dispatch, "shunde-industry", SHUNDE)
    assert queries.rates(cast[LEAD], [dispatch])[dispatch.pk].late == 2


def test_only_those_who_have_not_answered_are_asked_again(cast, rounds):
    dispatch = opened(cast)
    handed_in(cast, dispatch)
    made = actions.remind(dispatch.pk, text="请尽快报送。", by=cast[LEAD])
    assert made.recipients == [recipient(dispatch, SHUNDE).pk]
    assert (made.serial, made.missing) == (1, 2)
    told = Message.objects.filter(subject__startswith="再次催办")
    assert [one.person_id for one in told] == [cast.people["shunde-industry"].pk]
    again = actions.remind(dispatch.pk, text="请尽快报送。", by=cast[LEAD])
    assert again == made
    actions.remind(dispatch.pk, text="第二次。", by=cast[LEAD])
    assert [one.serial for one in Reminder.objects.order_by("serial")] == [1, 2]
    handed_in(cast, dispatch, "shunde-industry", SHUNDE)
    with pytest.raises(Refused, match="都已报送"):
        actions.remind(dispatch.pk, text="x", by=cast[LEAD])


def test_the_rate_is_exact_and_what_is_still_overdue_stands_beside(cast, rounds):
    dispatch = opened(cast)
    Obligation.objects.filter(subject=f"round:{rounds[0].pk}").update(done_on=TODAY)
    asked = recipient(dispatch)
    fill(cast, asked.rows.order_by("place").first())
    answering.hand_in(asked.pk, by=cast["nanhai-industry"])
    total = queries.together("合计", queries.tallies(dispatch.recipients.all(), TODAY))
    assert total.rate.share == Fraction(1, 4)
    assert (total.overdue_then, total.overdue_now) == (4, 3)
    assert (total.recipients, total.finished) == (2, 0)


def test_an_answer_given_back_is_owed_again(cast, rounds):
    dispatch = opened(cast)
    asked = handed_in(cast, dispatch)
    handed_in(cast, dispatch, "shunde-industry", SHUNDE)
    row = asked.rows.first()
    with pytest.raises(Refused, match="理由"):
        actions.give_back(row.pk, reason=" ", by=cast[LEAD])
    answer = actions.give_back(row.pk, reason="缺预计日期", by=cast[LEAD])
    assert answer.answered_on is None
    owed = Obligation.objects.open().filter(subject=f"dispatch:{dispatch.pk}")
    assert [one.key for one in owed] == [f"dispatch:{asked.pk}"]
    with pytest.raises(Refused, match="还没有报送"):
        actions.give_back(row.pk, reason="再退", by=cast[LEAD])
    fill(cast, row, version=answer.version, remark="补充")
    answering.hand_in(asked.pk, by=cast["nanhai-industry"])
    assert not Obligation.objects.open().filter(subject=f"dispatch:{dispatch.pk}").exists()


def test_closing_ends_answers_and_what_is_owed(cast, rounds):
    dispatch = opened(cast)
    row = recipient(dispatch).rows.first()
    actions.close(dispatch.pk, by=cast[LEAD])
    actions.close(dispatch.pk, by=cast[LEAD])
    assert not Obligation.objects.open().filter(subject=f"dispatch:{dispatch.pk}").exists()
    with pytest.raises(NotAllowed, match="已结束"):
        fill(cast, row)
    with pytest.raises(NotAllowed, match="已结束"):
        actions.cancel(dispatch.pk, reason="x", by=cast[LEAD])


def test_cancelling_needs_a_reason_and_tells_recipients(cast, rounds):
    dispatch = opened(cast)
    with pytest.raises(Refused, match="理由"):
        actions.cancel(dispatch.pk, reason="", by=cast[LEAD])
    actions.cancel(dispatch.pk, reason="与省调度重复", by=cast[LEAD])
    assert Message.objects.filter(subject__startswith="调度已取消").count() == 2
    assert Dispatch.objects.get().ended_because == "与省调度重复"


def test_a_cancelled_draft_tells_nobody(cast, rounds):
    actions.cancel(draft(cast).pk, reason="重来", by=cast[LEAD])
    assert not Message.objects.filter(subject__contains="调度").exists()


def test_everything_is_in_the_trail_and_in_the_history_of_the_firm(cast, rounds):
    dispatch = opened(cast)
    handed_in(cast, dispatch)
    actions.remind(dispatch.pk, text="请报送", by=cast[LEAD])
    actions.close(dispatch.pk, by=cast[LEAD])
    acts = list(
        Entry.objects.filter(subject=f"dispatch:{dispatch.pk}").values_list("act", flat=True)
    )
    for act in ("draft", "open", "list", "answer", "hand-in", "remind", "close"):
        assert f"dispatch:{act}" in acts
    own = Entry.objects.filter(dossier=cast.offices["red-star"].pk, act="dispatch:answer").get()
    assert "正在审核" in own.after["answer"]


def test_a_merged_firm_is_answered_for_by_the_one_that_stays(cast, rounds):
    dispatch = opened(cast, addressed=Addressed.ENTERPRISE)
    own = dispatch.recipients.get(enterprise=cast.offices["red-star"])
    Organisation.objects.filter(pk=cast.offices["red-star"].pk).update(
        merged_into=cast.offices["blue-sea"]
    )
    assert list(queries.to_answer(cast["blue-sea"])) == [own]
    assert fill(cast, own.rows.get(), "blue-sea").pk


def test_an_open_dispatch_waits_for_recipients_and_an_overdue_one_for_its_opener(cast, rounds):
    dispatch = opened(cast)
    assert [one.missing for one in queries.to_answer(cast["nanhai-industry"])] == [2]
    assert not queries.to_answer(cast["huizhou-industry"]).exists()
    assert not queries.to_follow(cast[LEAD]).exists()
    with clock.fixed(ANSWER_ON + timedelta(1)):
        assert list(queries.to_follow(cast[LEAD])) == [dispatch]


@pytest.mark.django_db(transaction=True)
def test_two_clicks_at_once_open_one_list(cast):
    overdue_rounds(cast)
    made = draft(cast)
    at_once(*[lambda: actions.open_dispatch(made.pk, by=cast[LEAD])] * 3)
    assert (Row.objects.count(), Recipient.objects.count()) == (4, 2)


@pytest.mark.django_db(transaction=True)
def test_handing_in_twice_at_once_counts_once(cast):
    overdue_rounds(cast)
    asked = recipient(opened(cast))
    for row in asked.rows.all():
        fill(cast, row)
    came = at_once(*[lambda: answering.hand_in(asked.pk, by=cast["nanhai-industry"])] * 2)
    assert sum(getattr(one, "done", 0) for one in came) == 2
    assert Answer.objects.filter(answered_on=TODAY).count() == 2
