"""Sittings: scored alone, signed for good, confirmed by the lead, seen by whom they concern."""

from dataclasses import replace
from datetime import date

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse

from cleanprod.foundation.accounts.models import Person
from cleanprod.foundation.organisations import actions as organisations
from cleanprod.foundation.organisations.access import standing_of
from cleanprod.foundation.organisations.rules import Role
from cleanprod.foundation.trail.actions import SYSTEM
from cleanprod.foundation.trail.models import Entry
from cleanprod.kernel.errors import Conflict, NotAllowed, Refused
from cleanprod.stages.audits.models import Round
from cleanprod.stages.experts.models import Expert
from cleanprod.stages.experts.rules import TieKind
from cleanprod.stages.experts.tests import cast as pool
from cleanprod.stages.scoring import access, actions, drafting, opining, papers, queries
from cleanprod.stages.scoring.models import Member, Sitting
from cleanprod.stages.scoring.rules import Purpose, State
from tests import flow, world
from tests.flow import LEAD, confirmed, firms, listed, scored

TWO = ("expert", "second")


@pytest.fixture
def audit(cast):
    """List one firm of 南海, owned by 红星, and make a second expert."""
    person = Person.objects.create_user("second", name="专家乙", needs_code=False)
    organisations.appoint(
        person, cast.offices["expert"], Role.EXPERT, by=SYSTEM, on=date(2020, 1, 1)
    )
    cast.people["second"], cast.standings["second"] = person, standing_of(person)
    listed(cast, firms(1))
    Round.objects.update(county=world.NANHAI, enterprise=cast.offices["red-star"])
    return Round.objects.get()


@pytest.fixture
def held(cast, audit):
    """Open an acceptance with two experts."""
    return flow.sitting(cast, audit, by=LEAD, people=TWO)


def client(cast, name):
    made = Client()
    made.force_login(cast.people[name])
    return made


def test_a_sitting_is_scored_signed_and_confirmed(cast, held):
    for name in TWO:
        scored(cast, held, by=name)
    done = confirmed(cast, held, by=LEAD)
    assert (done.state, done.mean, done.passes) == (State.CONFIRMED, 84, True)
    assert confirmed(cast, held, by=LEAD).pk == done.pk
    acts = Entry.objects.filter(subject=f"sitting:{held.pk}").order_by("pk")
    assert [one.act for one in acts] == [
        "sitting:open", "sitting:sign", "sitting:sign", "sitting:opinion", "sitting:agree",
        "sitting:confirm",
    ]  # fmt: skip


def test_a_sitting_keeps_the_sheet_it_was_opened_under(held):
    body = held.sheet | {"gap": "3"}
    Sitting.objects.filter(pk=held.pk).update(sheet=body)
    assert queries.sheet_of(Sitting.objects.get()).gap == 3


def test_opening_twice_is_once_and_another_one_waits(cast, audit, held):
    assert flow.sitting(cast, audit, by=LEAD, people=TWO).pk == held.pk
    with pytest.raises(Conflict, match="已有评分中的验收会议"):
        flow.sitting(cast, audit, by=LEAD, people=("expert",))
    assert flow.sitting(cast, audit, by=LEAD, purpose=Purpose.ASSESSMENT).pk != held.pk
    actions.cancel(held.pk, reason="误登", by=cast[LEAD])
    assert flow.sitting(cast, audit, by=LEAD, people=("expert",)).pk != held.pk


@pytest.mark.parametrize("name", sorted({*world.ROLES} - {LEAD}))
def test_only_the_lead_department_opens_confirms_and_cancels(cast, audit, held, name):
    for one in TWO:
        scored(cast, held, by=one)
    with pytest.raises(NotAllowed):
        flow.sitting(cast, audit, by=name)
    with pytest.raises(NotAllowed):
        confirmed(cast, held, by=name)
    with pytest.raises(NotAllowed):
        actions.cancel(held.pk, reason="误登", by=cast[name])
    if name != "expert":
        with pytest.raises(NotAllowed):
            actions.save(held.pk, {"score-1.1": "1"}, by=cast[name])


def test_only_experts_without_a_tie_sit(cast, audit):
    with pytest.raises(Refused, match="不全是在库专家"):
        flow.sitting(cast, audit, by=LEAD, people=("consultancy",))
    organisations.appoint(
        cast.people["expert"], cast.offices["red-star"], Role.ENTERPRISE, by=SYSTEM,
        on=date(2020, 1, 1),
    )  # fmt: skip
    with pytest.raises(Refused, match="应当回避"):
        flow.sitting(cast, audit, by=LEAD)


def test_signing_asks_for_every_score(cast, held):
    assert actions.save(held.pk, {"score-1.1": "9", "score-1.2": "4"}, by=cast["expert"]) == [
        "1.1：应在0至5分之间"
    ]
    with pytest.raises(Refused, match=r"1\.1：请评分"):
        actions.sign(held.pk, by=cast["expert"])
    seat = Member.objects.get(sitting=held, person=cast.people["expert"])
    assert (seat.scores, seat.signed_at) == ({"1.2": "4"}, None)


def test_a_signed_score_cannot_change_and_the_attempt_is_on_record(cast, held):
    scored(cast, held)
    before = Member.objects.get(person=cast.people["expert"]).scores
    with pytest.raises(Refused, match="已记录"):
        actions.save(held.pk, {"score-1.1": "1"}, by=cast["expert"])
    assert Member.objects.get(person=cast.people["expert"]).scores == before
    assert Entry.objects.get(act="sitting:late").person_id == cast.people["expert"].pk


def test_the_attempt_stays_on_record_when_it_comes_by_the_page(cast, held):
    scored(cast, held)
    address = reverse("scoring:score", args=[held.pk])
    client(cast, "expert").post(address, {"score-1.1": "1"})
    assert Entry.objects.filter(act="sitting:late").count() == 1


def test_nobody_sees_scores_before_all_are_in(cast, held):
    scored(cast, held, remark_1_1="极少见的意见")
    address = reverse("scoring:sitting", args=[held.pk])
    for name in (LEAD, "second", "expert", "province-ecology"):
        assert "极少见的意见" not in client(cast, name).get(address).content.decode()
    scored(cast, held, by="second")
    actions_seen = {
        name: access.sees_scores(cast[name], held)
        for name in (LEAD, *TWO, "province-ecology", "foshan-industry", "nanhai-industry")
    }
    assert actions_seen == {
        LEAD: True, "expert": True, "second": True, "province-ecology": True,
        "foshan-industry": False, "nanhai-industry": False,
    }  # fmt: skip
    for name in (LEAD, *TWO, "province-ecology"):
        assert "评分汇总" in client(cast, name).get(address).content.decode(), name


def test_a_sitting_is_seen_by_whom_it_concerns(cast, held):
    def seen():
        found = {name for name in world.ROLES if access.visible_to(cast[name]).exists()}
        both = replace(cast["nanhai-industry"], line=None)
        return found | ({"nanhai"} if access.visible_to(both).exists() else set())

    officials = {"province-industry", "province-ecology", "foshan-industry", LEAD, "expert"}
    assert seen() == officials
    for name in TWO:
        scored(cast, held, by=name)
    confirmed(cast, held, by=LEAD)
    assert seen() == officials | {"red-star", "nanhai"}


def test_enterprise_and_partner_read_the_result_but_no_single_score(cast, held):
    for name in TWO:
        scored(cast, held, by=name)
    confirmed(cast, held, by=LEAD, dissent="保留意见甲")
    for name in ("red-star", "foshan-industry"):
        page = client(cast, name)
        text = page.get(reverse("scoring:sitting", args=[held.pk])).content.decode()
        assert "通过验收" in text
        assert "专家乙" not in text
        assert "保留意见甲" not in text
        assert "84.00" in text
        assert page.get(reverse("scoring:summary", args=[held.pk, "pdf"])).status_code == 404
        assert page.get(reverse("scoring:opinion", args=[held.pk, "docx"])).status_code == 200


def test_the_history_of_the_enterprise_tells_only_the_confirmed_result(cast, held):
    scored(cast, held)
    assert not Entry.objects.filter(act__startswith="sitting:").exclude(dossier=None).exists()
    scored(cast, held, by="second")
    confirmed(cast, held, by=LEAD)
    told = Entry.objects.filter(act__startswith="sitting:").exclude(dossier=None)
    assert [one.act for one in told] == ["sitting:confirm"]


def test_confirming_waits_for_all_and_asks_for_an_explanation_of_a_wide_spread(cast, held):
    scored(cast, held)
    with pytest.raises(Refused, match="尚未确认评分：专家乙"):
        confirmed(cast, held, by=LEAD)
    low = {f"score-{n}": "1" for n in ("2.3", "2.1", "3.1")}
    scored(cast, held, by="second", **low)
    with pytest.raises(Refused, match="最大分差为24分"):
        confirmed(cast, held, by=LEAD)
    done = confirmed(cast, held, by=LEAD, spread_reason="对中高费方案看法不同")
    assert (done.spread, done.mean) == (24, 72)


def test_a_veto_fails_the_acceptance_and_is_in_the_draft(cast, held):
    scored(cast, held)
    scored(cast, held, by="second", **{"veto-0.1": "yes", "remark-0.1": "台账造假"})
    members = [queries.answers_of(one) for one in held.members.all()]
    assert "台账造假" in drafting.drafted(queries.sheet_of(held), members)
    done = confirmed(cast, held, by=LEAD)
    assert (done.mean, done.passes) == (None, False)


def test_papers_carry_the_mark_and_the_opinion_tells_no_single_score(cast, held):
    for name in TWO:
        scored(cast, held, by=name)
    done = confirmed(cast, held, by=LEAD, dissent="保留意见甲")
    opinion, summary = papers.opinion(done), papers.summary(done)
    assert "占位（待核实）" in str(opinion)
    assert "占位（待核实）" in summary.title
    assert "过程规范性" in str(opinion)
    assert "专家乙" in str(opinion.annexes)
    assert "保留意见甲" not in str(opinion)
    assert "保留意见甲" in str(summary)
    for paper in (opinion, summary):
        assert papers.render(paper, "docx").startswith(b"PK")
        assert papers.render(paper, "pdf").startswith(b"%PDF")


def test_panel_and_lead_go_through_the_pages(cast, held):
    lead, first, second = client(cast, LEAD), client(cast, "expert"), client(cast, "second")
    agree, confirm, sitting = (
        reverse(f"scoring:{name}", args=[held.pk]) for name in ("agree", "confirm", "sitting")
    )
    scored(cast, held, **{"remark-2.9": "核对减排量"})
    assert first.get(agree).status_code == 302
    scored(cast, held, by="second")
    draft = first.get(agree).content.decode()
    assert "绩效核算科学性（得分率84.2%）：" in draft
    assert "核对减排量" in draft
    assert "组长尚未提出专家组意见" in second.get(agree).content.decode()
    assert first.post(agree, {"opinion": " "}).status_code == 422
    assert first.post(agree, {"opinion": "同意通过。"}).status_code == 302
    old = opining.version(Sitting.objects.get())
    assert lead.post(confirm, {"on": "2022-10-20"}).status_code == 422
    lead.post(reverse("scoring:return", args=[held.pk]), {"reason": "补充依据"})
    assert "补充依据" in first.get(agree).content.decode()
    first.post(agree, {"opinion": "同意通过，补充依据。"})
    assert second.post(agree, {"seen": old}).status_code == 422
    seen = {"seen": opining.version(Sitting.objects.get()), "dissent": "扣分偏多"}
    assert second.post(agree, seen).status_code == 302
    assert "扣分偏多" in lead.get(sitting).content.decode()
    assert lead.post(confirm, {"on": "2022-10-20"}).status_code == 302
    assert lead.post(confirm, {"on": "2022-10-20"}).status_code == 302
    assert Entry.objects.filter(act="sitting:confirm").count() == 1


def test_a_changed_opinion_is_signed_anew_by_everybody(cast, held):
    for name in TWO:
        scored(cast, held, by=name)
    flow.agreed(held)
    assert held.members.filter(agreed_at=None).count() == 0
    opining.put_forward(held.pk, "不同的意见。", by=cast["expert"])
    with pytest.raises(Refused, match="尚未签署专家组意见：专家乙"):
        actions.confirm(held.pk, actions.Conclusion(date(2022, 10, 20)), by=cast[LEAD])
    with pytest.raises(NotAllowed, match="组长"):
        opining.put_forward(held.pk, "甲", by=cast["second"])


def test_a_tie_declared_after_the_meeting_opened_stops_the_scoring(cast, held):
    expert = pool.expert(cast, "专家乙")
    Expert.objects.filter(pk=expert.pk).update(person=cast.people["second"])
    tie = pool.actions.NewTie(TieKind.DECLARED, cast.offices["red-star"].name, "亲属任职")
    pool.actions.declare(expert.pk, tie, by=cast["second"])
    with pytest.raises(NotAllowed, match="应当回避"):
        actions.save(held.pk, {"score-1.1": "1"}, by=cast["second"])
    with pytest.raises(NotAllowed, match="应当回避"):
        actions.sign(held.pk, by=cast["second"])
    assert Entry.objects.filter(act="sitting:tied").count() == 2
    page = client(cast, "second").get(reverse("scoring:score", args=[held.pk]))
    assert "您应当回避" in page.content.decode()


def test_no_statement_changes_what_was_signed(cast, held):
    for name in TWO:
        scored(cast, held, by=name)
    for change in (
        {"scores": {}},
        {"remarks": {"1.1": "甲"}},
        {"signed_at": None},
        {"name": "他人"},
    ):
        with pytest.raises(DatabaseError, match="signed scores"), transaction.atomic():
            Member.objects.filter(sitting=held).update(**change)
    with pytest.raises(DatabaseError, match="signed scores"), transaction.atomic():
        held.members.all()._raw_delete("default")
    confirmed(cast, held, by=LEAD)
    for change in ({"mean": 99}, {"passes": False}, {"opinion": "甲"}):
        with pytest.raises(DatabaseError, match="confirmed conclusion"), transaction.atomic():
            Sitting.objects.filter(pk=held.pk).update(**change)
    with pytest.raises(DatabaseError, match="signatures"), transaction.atomic():
        Member.objects.filter(sitting=held).update(dissent="甲")


def test_the_check_finds_scores_that_were_changed_past_the_guard(cast, held):
    scored(cast, held)
    assert queries.altered() == []
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE scoring_member DISABLE TRIGGER scoring_member_kept")
        Member.objects.filter(signed_at__isnull=False).update(scores={"1.1": "5"})
    assert queries.altered() == [held.pk]


def test_a_member_scores_by_the_page_which_saves_itself(cast, held):
    page, address = client(cast, "expert"), reverse("scoring:score", args=[held.pk])
    text = page.get(address).content.decode()
    assert "占位（待核实）" in text
    kept = page.post(
        address, {"score-1.1": "4", "remark-1.1": "可"}, headers={"HX-Request": "true"}
    )
    assert "已保存" in kept.content.decode()
    assert 'value="4"' in page.get(address).content.decode()
    wrong = page.post(address, {"score-1.1": "77"})
    assert (wrong.status_code, 'value="77"' in wrong.content.decode()) == (422, True)
    assert page.post(address, {"act": "sign"}).status_code == 422
    items = queries.sheet_of(held).items
    full = {f"score-{one.number}": str(one.maximum) for one in items} | {"act": "sign"}
    assert page.post(address, full).status_code == 302
    assert page.get(address).status_code == 302
