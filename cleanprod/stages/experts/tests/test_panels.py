"""Panels: drawn once, redrawn identically, replaced, invited, opened; by whom and by whom not."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from cleanprod.foundation.engine import clock, schema
from cleanprod.foundation.notifications.models import Message
from cleanprod.foundation.trail.models import Entry
from cleanprod.kernel.errors import NotAllowed, Refused
from cleanprod.stages.experts import actions, appointing, drawing, queries, seats
from cleanprod.stages.experts.appointing import NewPanel
from cleanprod.stages.experts.models import Appointment, Draw, Expert, Overturn, Tie
from cleanprod.stages.experts.rules import Purpose, SeatAct, State, TieKind
from cleanprod.stages.experts.seats import Pay
from cleanprod.stages.experts.tests import cast as make
from cleanprod.stages.registration.models import Engagement
from tests import flow, world
from tests.world import TODAY

LEAD, PARTNER, PROVINCE = make.LEAD, make.PARTNER, make.PROVINCE


def members(panel, *states):
    rows = Appointment.objects.filter(panel=panel)
    return set((rows.filter(state__in=states) if states else rows).values_list("expert", flat=True))


def test_a_draw_keeps_all_that_is_needed_to_redo_it(cast):
    make.pool(cast)
    panel = make.drawn(cast)
    draw = Draw.objects.get(panel=panel)
    assert len(draw.result) == 3
    assert len(draw.seed) == 32
    assert len(draw.pool) == 12
    assert draw.algorithm == drawing.ALGORITHM
    assert set(draw.rules) == {
        "experts.panel", "experts.tie.years", "experts.month.times", "experts.invite",
    }  # fmt: skip
    assert not {"phone", "mail", "identity"} & set(draw.pool[0])
    Expert.objects.update(level="other", trades=[], fields=[])  # today's pool does not count
    assert queries.redraw(draw).identical


def test_the_panel_meets_the_rules(cast):
    make.pool(cast)
    panel = make.drawn(cast, size=5)
    rows = Expert.objects.filter(pk__in=members(panel))
    assert sum(one.level in ("chief", "deputy") for one in rows) >= 3
    assert any("33" in one.trades for one in rows)
    assert any("environment" in one.fields for one in rows)
    assert len({one.employer for one in rows}) == 5


def test_there_is_one_draw_and_no_second_try(cast):
    make.pool(cast)
    panel = make.drawn(cast)
    with pytest.raises(NotAllowed):
        appointing.draw_panel(panel.pk, by=cast[LEAD])
    assert Draw.objects.count() == 1


def test_two_clerks_who_draw_at_once_get_one_draw(transactional_db):
    with clock.fixed(TODAY):
        cast = world.make_cast()
        make.pool(cast)
        panel = make.panel(cast)
        call = clock_at(lambda: appointing.draw_panel(panel.pk, by=cast[LEAD]))
        came = flow.at_once(call, call)
    assert sum(isinstance(one, Draw) for one in came) == 1
    assert sum(isinstance(one, NotAllowed) for one in came) == 1
    assert Appointment.objects.count() == 3


def clock_at(call):
    def fixed():
        with clock.fixed(TODAY):
            return call()

    return fixed


def test_two_panels_drawn_at_once_for_one_day_share_nobody(transactional_db):
    with clock.fixed(TODAY):
        cast = world.make_cast()
        make.pool(cast, 8, trades=["33"], level="chief", fields=["energy"])
        rounds = make.rounds(cast)
        both = [make.panel(cast, [one]) for one in rounds]

        def draw(panel):
            return clock_at(lambda: appointing.draw_panel(panel.pk, by=cast[LEAD]))

        came = flow.at_once(*map(draw, both))
    first, second = (set(one.result) for one in came)
    assert not first & second


def test_draws_and_overturns_cannot_be_changed_by_the_platform(cast):
    tables = schema.append_only_tables()
    assert Draw._meta.db_table in tables
    assert Overturn._meta.db_table in tables


def test_exclusions_are_told_with_their_reasons(cast):
    pool = make.pool(cast)
    rounds = make.rounds(cast)
    by_account, by_employer, by_tie, absent, served = pool[:5]
    Expert.objects.filter(pk=by_employer.pk).update(employer=rounds[0].name)
    Expert.objects.filter(pk=by_account.pk).update(person=cast.people["red-star"])
    type(rounds[1]).objects.filter(pk=rounds[1].pk).update(enterprise=cast.offices["red-star"])
    Tie.objects.create(
        expert=by_tie, kind=TieKind.CONSULTED, name="清源咨询有限公司", declared_on=TODAY,
        until=TODAY - timedelta(100),
    )  # fmt: skip
    Expert.objects.filter(pk=absent.pk).update(away_since=TODAY, away_until=TODAY)
    Tie.objects.create(
        expert=served, kind=TieKind.DECLARED, name=rounds[0].name, reason="亲属任职",
        declared_on=TODAY,
    )  # fmt: skip
    panel = make.panel(cast, rounds, consultancy="清源咨询有限公司")
    assert panel.reviewed.first().consultant == cast.offices["consultancy"]
    draw = appointing.draw_panel(panel.pk, by=cast[LEAD])
    assert set(draw.excluded) == {str(one.pk) for one in pool[:5]}
    assert "亲属任职" in draw.excluded[str(served.pk)][0]
    assert not members(panel) & {one.pk for one in pool[:5]}


def test_an_engaged_consultancy_excludes_its_experts_though_nobody_typed_it(cast):
    friend = make.pool(cast)[0]
    rounds = make.rounds(cast)
    office = cast.offices["consultancy"]
    Tie.objects.create(expert=friend, kind=TieKind.CONSULTED, name=office.name, declared_on=TODAY)
    Engagement.objects.create(
        round=rounds[0], consultancy=office, scope="submit", begins_on=TODAY - timedelta(90),
        ends_on=TODAY - timedelta(30), revoked_on=TODAY - timedelta(60), person_name="企业",
    )  # fmt: skip
    panel = make.panel(cast, rounds)
    assert panel.reviewed.first().consultancy == office.name
    panel.reviewed.update(consultancy="", consultant=None)
    draw = appointing.draw_panel(panel.pk, by=cast[LEAD])
    assert set(draw.excluded) == {str(friend.pk)}
    assert office.name in draw.excluded[str(friend.pk)][0]


def test_the_monthly_cap_and_the_same_day_count_other_panels(cast):
    pool = make.pool(cast, 9)
    rounds = make.rounds(cast, 4)
    first = make.panel(cast, rounds[:1])
    appointing.draw_panel(first.pk, by=cast[LEAD])
    second = make.panel(cast, rounds[1:2])
    draw = appointing.draw_panel(second.pk, by=cast[LEAD])
    busy = members(first)
    assert {int(pk) for pk in draw.excluded} == busy
    assert all(draw.excluded[str(pk)] == ["当日已受聘于另一评审组"] for pk in busy)
    assert not members(second) & busy
    work = queries.workload([one.pk for one in pool], TODAY)
    assert sum(one.month for one in work.values()) == 6


def test_a_decline_needs_a_reason_and_the_next_by_the_same_seed_fills_the_seat(cast):
    make.pool(cast, 20)
    panel = make.drawn(cast, size=3)
    first = Draw.objects.get(panel=panel)
    seat = Appointment.objects.get(panel=panel, expert=first.result[0])
    mine = make.standing_of(seat.expert)
    with pytest.raises(Refused, match="理由"):
        seats.answer(seat.pk, SeatAct.DECLINE, by=mine)
    seats.answer(seat.pk, SeatAct.DECLINE, reason="出差", by=mine)
    assert Message.objects.filter(person_id=cast[LEAD].person_id).get().subject.endswith("请补抽")
    newcomer = make.expert(cast, "王新人", 77, trades=["33"])
    second = appointing.replace(panel.pk, by=cast[LEAD])
    assert second.seed == first.seed
    assert "出差" in second.reason
    assert len(second.result) == 1
    assert second.result[0] != seat.expert_id
    assert newcomer.pk not in {one["id"] for one in second.pool}  # the pool stays frozen
    assert queries.redraw(second).identical
    assert len(members(panel, "drawn")) == 3
    seat.refresh_from_db()
    assert seat.state == "replaced"
    with pytest.raises(Refused, match="没有空缺"):
        appointing.replace(panel.pk, by=cast[LEAD])


def test_who_declares_a_tie_after_the_draw_cannot_sit(cast):
    make.pool(cast)
    panel = make.drawn(cast)
    make.accept_all(cast, panel)
    seat = panel.appointments.select_related("expert").first()
    firm = panel.reviewed.first().round.name
    actions.declare(
        seat.expert_id,
        actions.NewTie(TieKind.DECLARED, firm, "持有股份"),
        by=make.standing_of(seat.expert),
    )
    with pytest.raises(Refused, match="持有股份"):
        appointing.open_meeting(panel.pk, by=cast[LEAD])
    seats.release(seat.pk, reason="申报回避", by=cast[LEAD])
    draw = appointing.replace(panel.pk, by=cast[LEAD])
    assert str(seat.expert_id) in draw.excluded
    make.accept_all(cast, panel)
    assert appointing.open_meeting(panel.pk, by=cast[LEAD]).stage == "opened"


def test_the_meeting_does_not_open_before_its_day_nor_with_open_answers(cast):
    make.pool(cast)
    panel = make.drawn(cast, on=make.AFTER)
    with pytest.raises(Refused, match="不公开"):
        appointing.open_meeting(panel.pk, by=cast[LEAD])
    with clock.fixed(make.AFTER):
        with pytest.raises(Refused, match="没有答复"):
            appointing.open_meeting(panel.pk, by=cast[LEAD])
        make.accept_all(cast, panel)
        appointing.open_meeting(panel.pk, by=cast[LEAD])
        with pytest.raises(NotAllowed):
            appointing.cancel(panel.pk, reason="不开", by=cast[LEAD])


def test_who_left_the_pool_cannot_sit(cast):
    make.pool(cast)
    panel = make.drawn(cast)
    make.accept_all(cast, panel)
    gone = panel.appointments.first().expert_id
    actions.decide(gone, actions.Act.SUSPEND, reason="被投诉", by=cast[PROVINCE])
    with pytest.raises(Refused, match="已不在专家库"):
        appointing.open_meeting(panel.pk, by=cast[LEAD])


def test_an_invitation_needs_a_small_pool_a_reason_and_a_second_person(cast):
    pool = make.pool(cast, 4)
    panel = make.panel(cast)
    with pytest.raises(Refused, match="理由"):
        seats.invite(panel.pk, pool[1].pk, reason=" ", by=cast[LEAD])
    seat = seats.invite(panel.pk, pool[1].pk, reason="本省仅此数人熟悉", by=cast[LEAD])
    assert Message.objects.filter(person_id=pool[1].person_id).count() == 0
    with pytest.raises(NotAllowed, match="以外的人"):
        seats.settle_invitation(seat.pk, SeatAct.APPROVE, by=cast[LEAD])
    other = make.colleague(cast)
    seats.settle_invitation(seat.pk, SeatAct.APPROVE, by=other)
    assert Message.objects.filter(person_id=pool[1].person_id).count() == 1
    draw = appointing.draw_panel(panel.pk, by=cast[LEAD])  # fills what is left
    assert draw.kept == [pool[1].pk]
    assert len(draw.result) == 2
    assert queries.redraw(draw).identical
    with pytest.raises(Refused, match="没有空缺"):
        seats.invite(panel.pk, pool[0].pk, reason="再邀一名", by=cast[LEAD])


def test_a_large_pool_is_drawn_from_and_not_invited(cast):
    pool = make.pool(cast, 12)
    panel = make.panel(cast)
    with pytest.raises(Refused, match="能够随机抽取"):
        seats.invite(panel.pk, pool[1].pk, reason="熟人", by=cast[LEAD])


def test_an_expert_with_a_tie_cannot_be_invited_either(cast):
    pool = make.pool(cast, 4)
    rounds = make.rounds(cast)
    Expert.objects.filter(pk=pool[0].pk).update(employer=rounds[0].name)
    panel = make.panel(cast, rounds)
    with pytest.raises(Refused, match="现工作单位"):
        seats.invite(panel.pk, pool[0].pk, reason="只有他懂", by=cast[LEAD])
    seat = seats.invite(panel.pk, pool[1].pk, reason="人少", by=cast[LEAD])
    with pytest.raises(Refused, match="定向邀请待批准"):
        seats.invite(panel.pk, pool[1].pk, reason="人少", by=cast[LEAD])
    seats.settle_invitation(seat.pk, SeatAct.REFUSE, reason="不同意", by=cast[LEAD])


@pytest.mark.parametrize(
    "who", [PARTNER, "huizhou-industry", PROVINCE, "nanhai-industry", "expert"]
)
def test_only_the_lead_department_acts_on_its_panels(cast, who):
    make.pool(cast)
    panel = make.drawn(cast)
    seat = panel.appointments.first()
    for act in (
        lambda: appointing.replace(panel.pk, by=cast[who]),
        lambda: appointing.open_meeting(panel.pk, by=cast[who]),
        lambda: appointing.cancel(panel.pk, reason="x", by=cast[who]),
        lambda: seats.release(seat.pk, reason="x", by=cast[who]),
        lambda: seats.answer(seat.pk, SeatAct.ACCEPT, reason="x", by=cast[who]),
        lambda: seats.set_fee(seat.pk, Pay("评审", Decimal(1), Decimal(1), "局"), by=cast[who]),
        lambda: make.panel(cast, [panel.reviewed.first().round], by=who),
    ):
        with pytest.raises(Refused):
            act()


def test_a_panel_is_made_only_for_open_rounds_of_ones_own(cast):
    make.pool(cast)
    rounds = make.rounds(cast)
    type(rounds[0]).objects.filter(pk=rounds[0].pk).update(stage="cancelled")
    for keys, told in (
        ((), "请选择"),
        ((rounds[0].pk,), "不在办理中"),
        ((rounds[1].pk, 10**9), "不由本部门牵头"),
    ):
        new = NewPanel(Purpose.JOINT, TODAY, 3, keys, {})
        with pytest.raises(Refused, match=told):
            appointing.form_panel(new, by=cast[LEAD])
    past = NewPanel(Purpose.JOINT, date(2023, 9, 1), 3, (rounds[1].pk,), {})
    with pytest.raises(Refused, match="早于今天"):
        appointing.form_panel(past, by=cast[LEAD])


def test_a_pool_that_cannot_give_a_panel_refuses_and_says_what_is_missing(cast):
    make.pool(cast, 12, trades=["13"])
    panel = make.panel(cast)
    with pytest.raises(Refused, match="没有熟悉行业33的专家"):
        appointing.draw_panel(panel.pk, by=cast[LEAD])
    assert Draw.objects.count() == 0


def test_a_cancelled_panel_frees_its_experts_and_keeps_its_draw(cast):
    make.pool(cast)
    panel = make.drawn(cast)
    with pytest.raises(Refused, match="理由"):
        appointing.cancel(panel.pk, reason="", by=cast[LEAD])
    appointing.cancel(panel.pk, reason="企业停产", by=cast[LEAD])
    assert set(panel.appointments.values_list("state", flat=True)) == {"released"}
    assert Draw.objects.count() == 1
    assert Message.objects.filter(subject__contains="解除").count() == 3
    again = make.panel(cast, [panel.reviewed.first().round])
    draw = appointing.draw_panel(again.pk, by=cast[LEAD])
    assert draw.excluded == {}


def test_a_moved_meeting_is_told_to_the_experts(cast):
    make.pool(cast)
    panel = make.drawn(cast)
    appointing.reschedule(
        panel.pk, meets_on=make.AFTER, place="企业会议室", reason="台风", by=cast[LEAD]
    )
    assert Message.objects.filter(subject__contains="改在2023-11-03").count() == 3


def test_the_trail_of_a_panel_names_nobody(cast):
    make.pool(cast)
    panel = make.opened(cast)
    lines = Entry.objects.filter(subject=f"panel:{panel.pk}")
    assert {one.act for one in lines} == {"panel:form", "panel:draw", "panel:accept", "panel:open"}
    assert all(one.dossier is None for one in lines)
    assert "专家1" not in " ".join(f"{one.after} {one.before} {one.reason}" for one in lines)


def test_fees_are_kept_for_those_who_accepted(cast):
    make.pool(cast)
    panel = make.drawn(cast)
    seat = panel.appointments.first()
    pay = Pay("现场评审", Decimal("1.5"), Decimal("1800.00"), "佛山市生态环境局")
    with pytest.raises(Refused, match="已接受"):
        seats.set_fee(seat.pk, pay, by=cast[LEAD])
    make.accept_all(cast, panel)
    assert seats.set_fee(seat.pk, pay, by=cast[LEAD]).amount == Decimal("1800.00")
    seats.set_fee(seat.pk, Pay("现场评审", Decimal(2), Decimal(2400), "局"), by=cast[LEAD])
    line = Entry.objects.filter(act="panel:fee").order_by("pk").last()
    assert line.before == {"days": "1.5", "amount": "1800.00"}


def test_overturned_reviews_are_counted_once_with_each_member(cast):
    make.pool(cast)
    panel = make.opened(cast)
    round_id = panel.reviewed.first().round_id
    note = {"on": TODAY, "reason": "异议成立", "by": cast[LEAD]}
    assert seats.record_overturned(panel.pk, round_id, **note) == 3
    assert seats.record_overturned(panel.pk, round_id, **note) == 0
    pk = panel.appointments.first().expert_id
    assert queries.workload([pk], TODAY)[pk].overturned == 1
    with pytest.raises(Refused, match="没有评审"):
        seats.record_overturned(panel.pk, 10**9, **note)


def test_screening_a_large_pool_takes_a_constant_number_of_reads(
    cast, django_assert_max_num_queries
):
    make.pool(cast, 300)
    panel = make.panel(cast)
    with django_assert_max_num_queries(16):
        assert len(queries.screening(panel, TODAY).urn) == 300


def test_a_suspended_member_stays_out_of_the_urn_of_a_replacement(cast):
    make.pool(cast, 20)
    panel = make.drawn(cast)
    first = Draw.objects.get()
    later = next(one["id"] for one in first.pool if one["id"] not in first.result)
    actions.decide(later, actions.Act.SUSPEND, reason="核查", by=cast[PROVINCE])
    assert Expert.objects.get(pk=later).state == State.SUSPENDED
    seat = panel.appointments.first()
    seats.release(seat.pk, reason="更换", by=cast[LEAD])
    draw = appointing.replace(panel.pk, by=cast[LEAD])
    assert later not in {one["id"] for one in draw.pool}
