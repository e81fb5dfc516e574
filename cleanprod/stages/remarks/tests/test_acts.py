"""Remarks: who answers, who ticks off, what stays on record."""

import pytest
from django.urls import reverse

from cleanprod.foundation.engine import clock
from cleanprod.kernel.errors import NotAllowed, Refused
from cleanprod.kernel.lifecycle import Lifecycle
from cleanprod.stages.audits.models import Round
from cleanprod.stages.remarks import access, actions, papers, queries, rules
from cleanprod.stages.remarks.models import Remark
from cleanprod.stages.remarks.rules import Kind, State, Step, Weight
from tests import flow

LEAD = "foshan-industry"


@pytest.fixture
def audit(cast):
    key = flow.KEY.__class__(2022, "440600", cast[LEAD].line, 1)
    flow.listed(cast, flow.firms(1), key, by=LEAD)
    Round.objects.update(enterprise=cast.offices["red-star"])
    return Round.objects.get()


@pytest.fixture
def remark(cast, audit):
    held = flow.sitting(cast, audit)
    first = flow.scoring_queries.sheet_of(held).items[0].number
    flow.scored(cast, held, **{f"remark_{first}": "补充水平衡"})
    with pytest.raises(Refused, match="审定后"):
        actions.take_from(held.pk, by=cast[LEAD])
    flow.confirmed(cast, held)
    assert actions.take_from(held.pk, by=cast[LEAD]) >= 1
    assert actions.take_from(held.pk, by=cast[LEAD]) == 0
    return Remark.objects.get(text="补充水平衡")


def reply(cast, remark, changed="已补充", by="red-star"):
    return actions.reply(remark.pk, actions.NewReply(changed, "第3章"), by=cast[by])


def test_who_raised_a_remark_ticks_it_off(cast, remark):
    assert (remark.weight, remark.person_id) == (Weight.MUST, cast.people["expert"].pk)
    reply(cast, remark)
    assert list(queries.to_check(cast["expert"])) == [remark]
    assert actions.close(remark.pk, by=cast["expert"]).state == State.CLOSED
    assert actions.close(remark.pk, by=cast["expert"]).replies.get().passed
    assert queries.unsettled([remark.round_id], Step.ACCEPTANCE) == {}


def test_a_reply_that_does_not_do_goes_back_with_the_reason_and_stays(cast, remark):
    reply(cast, remark)
    with pytest.raises(Refused, match="理由"):
        actions.reopen(remark.pk, reason=" ", by=cast[LEAD])
    actions.reopen(remark.pk, reason="缺少数据来源", by=cast["expert"])
    assert queries.unsettled([remark.round_id], Step.ACCEPTANCE) == {remark.round_id: 1}
    reply(cast, remark, "补充来源")
    assert remark.replies.count() == 2


def test_the_same_reply_twice_is_once(cast, remark):
    reply(cast, remark)
    reply(cast, remark)
    assert remark.replies.count() == 1


@pytest.mark.parametrize("name", ["foshan-ecology", "huizhou-industry", "blue-sea", LEAD])
def test_only_the_enterprise_replies(cast, remark, name):
    with pytest.raises(NotAllowed):
        reply(cast, remark, by=name)


@pytest.mark.parametrize("name", ["red-star", "foshan-ecology", "province-industry"])
def test_only_raiser_and_lead_tick_off(cast, remark, name):
    reply(cast, remark)
    with pytest.raises(NotAllowed):
        actions.close(remark.pk, by=cast[name])


def test_advice_needs_an_answer_and_what_must_be_done_a_tick():
    assert rules.settled(Weight.ADVICE, State.REPLIED)
    assert not rules.settled(Weight.MUST, State.REPLIED)
    assert not rules.settled(Weight.ADVICE, State.OPEN)
    assert rules.settled(Weight.MUST, State.CLOSED)
    assert isinstance(rules.LIFECYCLE, Lifecycle)


def test_the_other_department_does_not_read_remarks(cast, remark):
    seen = {name for name, one in cast.standings.items() if access.visible_to(one).exists()}
    assert seen == {
        LEAD, "red-star", "nanhai-industry", "expert", "province-industry", "province-ecology"
    }  # fmt: skip


def test_the_enterprise_does_not_read_who_said_what(cast, remark, client):
    client.force_login(cast.people["red-star"])
    page = client.get(reverse("remarks:round", args=[remark.round_id])).text
    assert remark.person_name not in page
    assert remark.text in page


def test_the_pages_take_a_reply_and_show_what_is_missing(cast, remark, client):
    client.force_login(cast.people["red-star"])
    address = reverse("remarks:remark", args=[remark.pk])
    wrong = client.post(address, {"changed": "已补充"})
    assert wrong.status_code == 422
    assert "已补充" in wrong.text
    assert client.post(address, {"changed": "已补充", "place": "第3章"}).status_code == 302
    client.force_login(cast.people[LEAD])
    check = reverse("remarks:check", args=[remark.pk])
    assert client.post(check, {"act": "close"}).status_code == 302
    remark.refresh_from_db()
    assert remark.state == State.CLOSED


def test_the_table_says_what_was_changed_and_where(cast, remark):
    reply(cast, remark)
    made = papers.table(remark.round, Step.ACCEPTANCE, [remark])
    for render in papers.RENDER.values():
        assert len(render(made)) > 1000


def test_the_lead_types_remarks_and_drops_them_with_a_reason(cast, audit):
    new = actions.NewRemark(
        Step.ASSESSMENT, Kind.REPORT, Weight.MUST, "补充", "张三", clock.today()
    )
    made = actions.add(audit.pk, new, by=cast[LEAD])
    with pytest.raises(NotAllowed):
        actions.add(audit.pk, new, by=cast["foshan-ecology"])
    assert actions.drop(made.pk, reason="重复", by=cast[LEAD]).state == State.DROPPED
    assert queries.unsettled([audit.pk], Step.ASSESSMENT) == {}


def test_the_reason_for_a_full_mark_is_no_remark():
    items = [("1", "报告规范性", True), ("2", "方案", False), ("F1", "否决项", False)]
    said = rules.said_by(1, {"1": "缺少附件", "2": "完整", "F1": "造假"}, ["F1"], items=items)
    assert [(one.item, one.kind) for one in said] == [("1", Kind.REPORT), ("F1", Kind.OTHER)]
