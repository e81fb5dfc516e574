"""Reviews from the application to the fact of the round, on screen and on paper."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, transaction
from django.urls import reverse

from cleanprod.foundation.engine import clock
from cleanprod.foundation.rulebook.models import Provision
from cleanprod.foundation.trail.models import Entry
from cleanprod.kernel.errors import NotAllowed, Refused
from cleanprod.stages.audits.models import Fact, Round
from cleanprod.stages.audits.rules import Milestone, Stage
from cleanprod.stages.experts import seats
from cleanprod.stages.experts.models import Appointment
from cleanprod.stages.experts.rules import PanelStage, SeatAct, TieKind
from cleanprod.stages.hearings import access, actions, concluding, gate, papers, queries
from cleanprod.stages.hearings.rules import Form, Mode, Outcome, State, Step, Voter
from cleanprod.stages.hearings.tests import cast as hall
from cleanprod.stages.hearings.tests.cast import LEAD
from cleanprod.stages.materials.rules import Gate
from cleanprod.stages.materials.tests import cast as materials
from cleanprod.stages.measures import actions as measures
from cleanprod.stages.measures.rules import Cost, Field, Typed, ValueSet
from cleanprod.stages.performance.forms import TrialForm
from cleanprod.stages.performance.indicators.loading import load
from cleanprod.stages.performance.tests.test_indicator_pages import best
from cleanprod.stages.remarks import actions as remarks
from cleanprod.stages.remarks.models import Remark
from cleanprod.stages.remarks.rules import Kind, Weight
from cleanprod.stages.remarks.rules import Step as Raised
from cleanprod.stages.review import actions as review
from cleanprod.stages.review.models import Result
from cleanprod.stages.scoring.models import Sitting
from tests import flow


def answer_all(cast, round_id):
    for one in Remark.objects.filter(round=round_id, state="open"):
        remarks.reply(one.pk, remarks.NewReply("已补充", "第3章第12页"), by=cast["red-star"])
        remarks.close(one.pk, by=cast[LEAD])


def _wrong(audit):
    """Return the titles and reasons of the conditions that do not hold."""
    shown = gate.checks(queries.asked(audit, clock.today()))
    return {one.title: one.advice for one in shown if not one.passed}


def test_the_gate_refuses_what_its_page_shows(cast):
    audit = hall.submitted(cast, sheet=False)
    wrong = _wrong(audit)
    assert list(wrong) == ["审核材料齐全", "绩效表已填报且前后一致"]
    assert "还缺6项" in wrong["审核材料齐全"]
    with pytest.raises(Refused, match="请先填报绩效表"):
        actions.apply(audit.pk, by=cast["red-star"])


def test_a_sheet_that_a_check_stands_against_does_not_pass_the_gate(cast):
    audit = hall.submitted(cast)
    values = {ValueSet.EXPECTED: {Field.ELECTRICITY: Decimal(2), Field.TCE: Decimal(900)}}
    one = Typed("变频", Cost.LOW, values=values)
    measures.fill(audit.pk, [one], version=1, by=cast["red-star"])
    assert list(_wrong(audit)) == ["绩效表已填报且前后一致"]
    with pytest.raises(Refused, match="绩效表"):
        actions.apply(audit.pk, by=cast["red-star"])


def test_a_trade_with_an_indicator_system_asks_for_the_level(cast):
    audit = hall.submitted(cast)
    kept, _ = flow.indicator_systems(cast)
    Round.objects.update(industry=kept.trades.split("、")[0])
    audit.refresh_from_db()
    with pytest.raises(Refused, match="填报全部指标"):
        actions.apply(audit.pk, by=cast["red-star"])
    body = load(kept.body)
    texts = {key: best(body).get(name, "") for key, name in TrialForm(None, body).names.items()}
    measures.keep_level(audit.pk, kept.pk, texts, version=0, by=cast["red-star"])
    assert actions.apply(audit.pk, by=cast["red-star"]).level == "1"


def test_only_the_enterprise_applies_and_twice_is_once(cast):
    hearing = hall.applied(cast)
    assert actions.apply(hearing.round_id, by=cast["red-star"]).pk == hearing.pk
    with pytest.raises(NotAllowed):
        actions.apply(hearing.round_id, by=cast[LEAD])


def test_a_returned_report_is_handed_in_again_before_the_next_application(cast):
    hearing = hall.applied(cast)
    with pytest.raises(Refused, match="理由"):
        actions.send_back(hearing.pk, reason=" ", by=cast[LEAD])
    actions.send_back(hearing.pk, reason="缺少水平衡", report=True, by=cast[LEAD])
    hearing.round.refresh_from_db()
    assert hearing.round.stage == Stage.STARTED
    with pytest.raises(Refused, match="已启动"):
        actions.apply(hearing.round_id, by=cast["red-star"])
    hall.report(cast, hearing.round)
    again = actions.apply(hearing.round_id, by=cast["red-star"])
    assert (again.pk, again.state) == (hearing.pk, State.APPLIED)


def test_the_county_checks_and_schedules_only_where_the_lead_lets_it(cast):
    hearing = hall.applied(cast)
    county = replace(cast["nanhai-industry"], line=None, county=hearing.round.county_id)
    actions.check(hearing.pk, note="材料齐全", by=county)
    actions.admit(hearing.pk, by=cast[LEAD])
    meeting = actions.Meeting(clock.today(), "", "区政府", Form.ONLINE)
    with pytest.raises(NotAllowed):
        actions.schedule(hearing.pk, meeting, by=county)
    actions.arrange(hearing.round_id, Mode.SEPARATE, county=True, by=cast[LEAD])
    assert actions.schedule(hearing.pk, meeting, by=county).state == State.SCHEDULED


def test_the_mode_of_a_live_review_does_not_change(cast):
    hearing = hall.applied(cast)
    with pytest.raises(Refused, match="办理中"):
        actions.arrange(hearing.round_id, Mode.JOINT, county=False, by=cast[LEAD])
    with pytest.raises(NotAllowed):
        actions.arrange(hearing.round_id, Mode.JOINT, county=False, by=cast["foshan-industry"])


def test_the_panel_of_the_round_sits_when_the_meeting_opens(cast):
    hearing = hall.scheduled(cast)
    assert hearing.sitting is None
    made = _open(cast, hearing)
    accepted = Appointment.objects.filter(panel=made.panel, state="accepted")
    people = set(accepted.values_list("expert__person", flat=True))
    assert set(made.sitting.members.values_list("person_id", flat=True)) == people
    made.panel.refresh_from_db()
    assert made.panel.stage == PanelStage.OPENED
    assert _open(cast, made).sitting_id == made.sitting_id
    assert Sitting.objects.count() == 1


def _open(cast, hearing):
    first = Appointment.objects.filter(panel=hearing.panel, state="accepted").order_by("pk")[0]
    return actions.open_meeting(hearing.pk, leader=first.expert_id, by=cast[LEAD])


def test_who_takes_leave_is_replaced_before_the_meeting_opens(cast):
    hearing = hall.scheduled(cast)
    first = Appointment.objects.filter(panel=hearing.panel, state="accepted").order_by("pk")[0]
    seats.answer(first.pk, SeatAct.DECLINE, reason="请假", by=cast[LEAD])
    with pytest.raises(Refused, match="补抽"):
        _open(cast, hearing)
    hall.appointing.replace(hearing.panel_id, by=cast[LEAD])
    hall.experts.accept_all(cast, hearing.panel)
    members = _open(cast, hearing).sitting.members
    assert members.count() == 3
    assert not members.filter(person=first.expert.person_id).exists()


def test_separate_reviews_pass_once_and_remarks_stand_in_the_way(cast):
    first = hall.concluded(cast)
    again = concluding.conclude(first.pk, by=cast[LEAD])
    assert (again.outcome, again.round.stage) == (Outcome.PASSED, Stage.ASSESSED)
    assert Fact.objects.filter(kind=Milestone.ASSESSED).count() == 1
    with pytest.raises(Refused, match="评估意见"):
        actions.apply(first.round_id, by=cast["red-star"])
    answer_all(cast, first.round_id)
    with pytest.raises(Refused, match="评估技术审查意见"):
        actions.apply(first.round_id, by=cast["red-star"])
    hall.ready(cast, first.round)
    second = actions.apply(first.round_id, by=cast["red-star"])
    assert second.step == Step.ACCEPTANCE
    done = hall.concluded(cast, second)
    done.round.refresh_from_db()
    assert done.round.stage == Stage.ACCEPTED
    kept = Result.objects.get()
    assert (kept.assessment_score, kept.acceptance_score) == (first.mean, done.mean)
    with pytest.raises(Refused, match="验收意见"):
        review.complete([done.round_id], by=cast[LEAD])
    answer_all(cast, done.round_id)
    rule = Provision.objects.get(key="completion.checklist")
    rule.value = {"accepted_from": clock.today().isoformat()}
    rule.save()
    with pytest.raises(Refused, match="还缺：修订后的清洁生产审核报告"):
        review.complete([done.round_id], by=cast[LEAD])
    materials.bring(cast, done.round, (Gate.COMPLETION,))
    with pytest.raises(Refused, match="绩效数据已核定"):
        review.complete([done.round_id], by=cast[LEAD])
    flow.explain_all(done.round, by=cast["red-star"])
    measures.confirm(done.round_id, version=done.round.sheet.version, by=cast[LEAD])
    assert review.complete([done.round_id], by=cast[LEAD]) == 1


def test_minutes_name_the_panel_and_the_conclusion_and_no_single_score(cast):
    hearing = hall.opened(cast)
    with pytest.raises(Refused, match="登记结论以后"):
        papers.minutes(hearing)
    hall.sat(cast, hearing)
    done = concluding.conclude(hearing.pk, by=cast[LEAD])
    paper = papers.minutes(done)
    said = str(paper.annexes)
    names = list(done.sitting.members.values_list("name", flat=True))
    assert names
    assert [name for name in names if name not in said] == []
    assert f"平均分{done.mean}分" in said
    assert papers.render(paper, "pdf").startswith(b"%PDF")
    assert papers.render(paper, "docx").startswith(b"PK")


def test_an_assessment_under_the_mark_is_done_again(cast):
    done = hall.concluded(cast, less=Decimal(5))
    done.round.refresh_from_db()
    assert (done.outcome, done.round.stage) == (Outcome.REDO, Stage.STARTED)


def test_a_veto_fails_a_joint_review(cast):
    hearing = hall.applied(cast, Mode.JOINT)
    assert hearing.step == Step.JOINT
    done = hall.concluded(cast, hearing, veto="弄虚作假")
    done.round.refresh_from_db()
    assert (done.outcome, done.mean, done.round.stage) == (Outcome.FAILED, None, Stage.FAILED)


def test_a_cancelled_review_can_be_applied_for_again(cast):
    hearing = hall.opened(cast)
    actions.cancel(hearing.pk, reason="停产", by=cast[LEAD])
    hearing.sitting.refresh_from_db()
    assert hearing.sitting.state == "cancelled"
    again = actions.apply(hearing.round_id, by=cast["red-star"])
    assert again.pk != hearing.pk
    assert actions.admit(again.pk, by=cast[LEAD]).round.stage == Stage.IN_ASSESSMENT


def test_paper_needs_a_second_person_and_then_the_same_facts_follow(cast):
    hearing = hall.applied(cast, Mode.JOINT)
    actions.admit(hearing.pk, by=cast[LEAD])
    entry = concluding.enter(hearing.pk, hall.offline(cast), by=cast[LEAD])
    assert (entry.mean, entry.meaning) == (Decimal("85.17"), "通过验收")
    with pytest.raises(NotAllowed, match="以外的人"):
        concluding.verify(hearing.pk, by=cast[LEAD])
    with pytest.raises(NotAllowed):
        concluding.verify(hearing.pk, by=cast["foshan-industry"])
    done = concluding.verify(hearing.pk, by=hall.colleague(cast))
    assert concluding.verify(hearing.pk, by=hall.colleague(cast)).pk == done.pk
    done.round.refresh_from_db()
    assert (done.round.stage, done.offline) == (Stage.ACCEPTED, True)
    fact = Fact.objects.get(kind=Milestone.ACCEPTED)
    assert fact.details == {"route": "线下评审"}
    assert fact.evidence_id == entry.opinion_scan_id


def test_an_entry_that_was_sent_back_stays_and_is_made_anew(cast):
    hearing = hall.applied(cast, Mode.JOINT)
    actions.admit(hearing.pk, by=cast[LEAD])
    concluding.enter(hearing.pk, hall.offline(cast), by=cast[LEAD])
    concluding.dispute(hearing.pk, reason="得分与扫描件不符", by=hall.colleague(cast))
    concluding.enter(hearing.pk, hall.offline(cast), by=cast[LEAD])
    assert hearing.entries.count() == 2


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"passes": False}, "不一致"),
        ({"voters": [Voter("张三", "红星水泥有限公司", Decimal(80))]}, "回避"),
        ({"voters": [Voter("张三", "院", Decimal(80))] * 2}, "两次"),
        ({"voters": [Voter("张三", "院", None, "造假")], "note": "x"}, "否决项"),
        ({"opinion": " "}, "意见"),
    ],
)
def test_what_was_entered_from_paper_is_checked(cast, changes, said):
    hearing = hall.applied(cast, Mode.JOINT)
    actions.admit(hearing.pk, by=cast[LEAD])
    with pytest.raises(Refused, match=said):
        concluding.enter(hearing.pk, hall.offline(cast, **changes), by=cast[LEAD])
    late = hall.offline(cast, held_on=clock.today() + timedelta(1))
    with pytest.raises(Refused, match="日期"):
        concluding.enter(hearing.pk, late, by=cast[LEAD])


def test_on_paper_the_ties_of_the_pool_count_too(cast):
    hearing = hall.applied(cast, Mode.JOINT)
    actions.admit(hearing.pk, by=cast[LEAD])
    known = hall.experts.expert(cast, "张三", employer="第一研究院")
    tie = hall.experts.actions.NewTie(TieKind.CONSULTED, hearing.round.name, "任顾问")
    hall.experts.actions.declare(known.pk, tie, by=cast["province-ecology"])
    with pytest.raises(Refused, match="张三应当回避"):
        concluding.enter(hearing.pk, hall.offline(cast), by=cast[LEAD])


def test_a_panel_on_paper_that_departs_from_the_rules_needs_an_explanation(cast):
    hearing = hall.applied(cast, Mode.JOINT)
    actions.admit(hearing.pk, by=cast[LEAD])
    two = [Voter(name, f"{name}院", Decimal(80)) for name in ("甲", "乙")]
    with pytest.raises(Refused, match="3至9人"):
        concluding.enter(hearing.pk, hall.offline(cast, voters=two), by=cast[LEAD])
    made = concluding.enter(
        hearing.pk, hall.offline(cast, voters=two, note="一人请假"), by=cast[LEAD]
    )
    assert "3至9人" in made.irregular


def test_a_review_on_paper_has_its_summary_of_scores_too(cast, client):
    hearing = hall.applied(cast, Mode.JOINT)
    actions.admit(hearing.pk, by=cast[LEAD])
    made = concluding.enter(hearing.pk, hall.offline(cast), by=cast[LEAD])
    hearing.refresh_from_db()
    paper = papers.summary(hearing, made)
    assert "占位（待核实）" in paper.title
    assert "最大分差：9.5分" in str(paper)
    assert "未复核" in str(paper)
    for name, status in ((LEAD, 200), ("province-ecology", 200), ("foshan-industry", 404)):
        client.force_login(cast.people[name])
        address = reverse("hearings:summary", args=[hearing.pk, "docx"])
        assert client.get(address).status_code == status


def test_no_statement_changes_a_confirmed_entry_from_paper(cast):
    hearing = hall.applied(cast, Mode.JOINT)
    actions.admit(hearing.pk, by=cast[LEAD])
    made = concluding.enter(hearing.pk, hall.offline(cast), by=cast[LEAD])
    concluding.verify(hearing.pk, by=hall.colleague(cast))
    with pytest.raises(DatabaseError, match="confirmed entry"), transaction.atomic():
        type(made).objects.filter(pk=made.pk).update(mean=99)


def test_photos_are_told_by_their_content(cast):
    hearing = hall.applied(cast)
    actions.admit(hearing.pk, by=cast[LEAD])
    new = concluding.NewVisit(clock.today(), "张三、李四", "治理设施运行正常")
    with pytest.raises(Refused, match="不是照片"):
        concluding.record_visit(
            hearing.pk, new, [SimpleUploadedFile("a.jpg", b"<html>")], by=cast[LEAD]
        )
    photo = SimpleUploadedFile("a.jpg", b"\xff\xd8\xff\xe0 photo")
    made = concluding.record_visit(hearing.pk, new, [photo], by=cast[LEAD])
    assert made.photos.count() == 1
    with pytest.raises(Refused, match="最多"):
        concluding.record_visit(hearing.pk, new, [BytesIO(b"x")] * 10, by=cast[LEAD])
    with pytest.raises(NotAllowed):
        concluding.record_visit(hearing.pk, new, [], by=cast["foshan-industry"])


def test_reviews_are_seen_by_whom_they_concern(cast):
    hearing = hall.applied(cast)
    seen = {name for name, one in cast.standings.items() if access.visible_to(one).exists()}
    assert {LEAD, "foshan-industry", "province-ecology", "red-star"} <= seen
    assert seen.isdisjoint({"huizhou-industry", "shunde-industry", "blue-sea", "expert", "admin"})
    assert not access.reads_scores(cast["foshan-industry"], hearing)


def test_an_expert_opens_the_reviews_of_the_own_panel_alone(cast):
    hearing = hall.scheduled(cast)
    sitting_people = Appointment.objects.filter(panel=hearing.panel, state="accepted")
    for expert in hall.experts.Expert.objects.all():
        mine = sitting_people.filter(expert=expert).exists()
        assert access.visible_to(hall.experts.standing_of(expert)).exists() is mine


def test_no_line_of_the_trail_names_an_expert_before_the_meeting(cast):
    hearing = hall.scheduled(cast)
    names = set(hall.experts.Expert.objects.values_list("name", flat=True))
    lines = Entry.objects.filter(dossier=cast.offices["red-star"].pk)
    text = " ".join(f"{one.verb} {one.after} {one.reason}" for one in lines)
    assert hearing.panel_id
    assert not any(name in text for name in names)


def test_typed_remarks_from_paper_block_completion_until_ticked(cast):
    hearing = hall.applied(cast, Mode.JOINT)
    actions.admit(hearing.pk, by=cast[LEAD])
    concluding.enter(hearing.pk, hall.offline(cast), by=cast[LEAD])
    concluding.verify(hearing.pk, by=hall.colleague(cast))
    new = remarks.NewRemark(
        Raised.ACCEPTANCE, Kind.REPORT, Weight.MUST, "补充附件", "张三", clock.today()
    )
    remarks.add(hearing.round_id, new, by=cast[LEAD])
    with pytest.raises(Refused, match="1条验收意见"):
        review.complete([hearing.round_id], by=cast[LEAD])
