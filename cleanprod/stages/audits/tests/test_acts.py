"""Milestones are recorded once, withdrawn with a reason, and never edited."""

from datetime import date, timedelta

import pytest

from cleanprod.foundation.documents import queries as documents
from cleanprod.foundation.obligations.models import Obligation
from cleanprod.foundation.trail.models import Entry as TrailEntry
from cleanprod.kernel.errors import NotAllowed, Refused
from cleanprod.stages.audits import actions, queries
from cleanprod.stages.audits.actions import NewFact
from cleanprod.stages.audits.models import Fact, Round, Withdrawal
from cleanprod.stages.audits.rules import FACT_OF, Act, Milestone, Stage
from cleanprod.stages.programme.models import Entry
from cleanprod.stages.programme.rules import EntryState
from tests.flow import LEAD, at_once, firms, listed
from tests.world import TODAY

ACCEPTED_ON = date(2022, 10, 12)


@pytest.fixture
def audit(cast):
    """The round of red-star, one of three that foshan-ecology leads."""
    listed(cast, firms(3))
    found = Round.objects.order_by("pk").first()
    Round.objects.filter(pk=found.pk).update(enterprise=cast.offices["red-star"])
    found.refresh_from_db()
    return found


def accept(audit, cast, *, by=LEAD, on=ACCEPTED_ON):
    fact = NewFact(audit.pk, Milestone.ACCEPTED, on, document_number="佛环函〔2022〕9号")
    return actions.record(Act.ACCEPT, [fact], by=cast[by])


def stands(audit, stage):
    audit.refresh_from_db()
    assert audit.stage == stage
    assert queries.differing() == []


def test_an_acceptance_moves_the_round_settles_its_duties_and_tells_its_entry(cast, audit):
    assert accept(audit, cast) == 1
    stands(audit, Stage.ACCEPTED)
    assert audit.accepted_on == ACCEPTED_ON
    duties = Obligation.objects.filter(subject=f"round:{audit.pk}")
    assert set(duties.values_list("done_on", flat=True)) == {ACCEPTED_ON}
    assert Entry.objects.get(pk=audit.entry_id).state == EntryState.PASSED
    assert Obligation.objects.open().count() == 6
    line = TrailEntry.objects.get(act="round:accept")
    assert (line.before, line.after["stage"]) == ({"stage": "listed"}, "accepted")


def test_the_same_act_again_is_not_allowed(cast, audit):
    accept(audit, cast)
    with pytest.raises(NotAllowed, match="通过验收"):
        accept(audit, cast)
    assert Fact.objects.filter(kind=Milestone.ACCEPTED).count() == 1


@pytest.mark.django_db(transaction=True)
def test_eight_acceptances_at_once_make_one_fact(cast, audit):
    told = at_once(*[lambda: accept(audit, cast)] * 8)
    assert sum(isinstance(one, NotAllowed) for one in told) == 7
    assert 1 in told
    assert Fact.objects.filter(kind=Milestone.ACCEPTED).count() == 1
    assert TrailEntry.objects.filter(act="round:accept").count() == 1


def test_of_many_rounds_all_move_or_none(cast, audit):
    accept(audit, cast)
    facts = [NewFact(one.pk, Milestone.ACCEPTED, ACCEPTED_ON) for one in Round.objects.all()]
    with pytest.raises(NotAllowed, match=audit.name):
        actions.record(Act.ACCEPT, facts, by=cast[LEAD])
    assert Round.objects.filter(stage=Stage.ACCEPTED).count() == 1


def test_a_thousand_rounds_are_moved_in_few_statements(cast, django_assert_max_num_queries):
    listed(cast, firms(1000))
    facts = [
        NewFact(pk, Milestone.ACCEPTED, ACCEPTED_ON)
        for pk in Round.objects.values_list("pk", flat=True)
    ]
    with django_assert_max_num_queries(20):
        assert actions.record(Act.ACCEPT, facts, by=cast[LEAD]) == 1000
    assert queries.differing() == []


def test_nobody_but_the_lead_records_an_acceptance(cast, audit):
    for name in set(cast.standings) - {LEAD}:
        with pytest.raises(NotAllowed):
            accept(audit, cast, by=name)
    stands(audit, Stage.LISTED)


@pytest.mark.parametrize("act", [Act.DEFER, Act.CANCEL])
def test_a_deferral_or_cancellation_without_a_reason_is_refused(cast, audit, act):
    kind = {Act.DEFER: Milestone.DEFERRED, Act.CANCEL: Milestone.CANCELLED}[act]
    with pytest.raises(Refused, match="应填写理由"):
        actions.record(act, [NewFact(audit.pk, kind, ACCEPTED_ON)], by=cast[LEAD])
    actions.record(act, [NewFact(audit.pk, kind, ACCEPTED_ON, reason="停产")], by=cast[LEAD])
    assert not Obligation.objects.open().filter(subject=f"round:{audit.pk}").exists()
    assert set(
        Obligation.objects.filter(subject=f"round:{audit.pk}").values_list("void_reason", flat=True)
    ) == {kind.label}


def test_registering_settles_its_own_duty_and_a_plan_gets_a_receipt(cast, audit):
    today = [NewFact(audit.pk, Milestone.REGISTERED, TODAY)]
    with pytest.raises(NotAllowed):
        actions.record(Act.REGISTER, today, by=cast["blue-sea"])
    actions.record(Act.REGISTER, today, by=cast["red-star"])
    stands(audit, Stage.REGISTERED)
    assert Obligation.objects.filter(done_on=TODAY).get().key.split(":")[2] == "register"
    receipt = actions.file_plan(audit.pk, {"team": "生产部"}, by=cast["red-star"])
    stands(audit, Stage.PLANNED)
    assert documents.verify_receipt(receipt.number)
    fact = Fact.objects.get(kind=Milestone.PLANNED)
    assert fact.details == {"team": "生产部", "receipt": receipt.number}
    with pytest.raises(NotAllowed):
        actions.file_plan(audit.pk, {"team": "生产部"}, by=cast["red-star"])


def withdraw(cast, kind, *, by=LEAD, reason="登记错误"):
    fact = Fact.objects.filter(kind=kind, withdrawal=None).order_by("pk").first()
    return actions.withdraw(fact.pk, reason=reason, by=cast[by])


def walk(audit, cast, *acts):
    """Take steps of a round in order, each by whoever may, one day after the other."""
    for number, act in enumerate(acts):
        owner = act in (Act.REGISTER, Act.PLAN, Act.START, Act.REPORT)
        fact = NewFact(audit.pk, FACT_OF[act], date(2022, 4, 1) + timedelta(days=number))
        actions.record(act, [fact], by=cast["red-star"] if owner else cast[LEAD])


def test_separate_reviews_go_from_the_report_over_the_assessment_to_the_acceptance(cast, audit):
    walk(audit, cast, Act.REGISTER, Act.PLAN, Act.START, Act.REPORT, Act.ASSESS, Act.PASS)
    stands(audit, Stage.ASSESSED)
    walk(audit, cast, Act.ADMIT, Act.ACCEPT)
    stands(audit, Stage.ACCEPTED)


def test_a_report_sent_back_is_owed_again_and_can_be_submitted_again(cast, audit):
    walk(audit, cast, Act.REGISTER, Act.PLAN, Act.START, Act.REPORT, Act.ASSESS)
    finish = Obligation.objects.get(key=f"round:{audit.pk}:finish:{audit.entry_id}")
    assert finish.done_on == date(2022, 4, 4)
    with pytest.raises(Refused, match="退回理由"):
        actions.send_back(audit.pk, reason=" ", by=cast[LEAD])
    with pytest.raises(NotAllowed):
        actions.send_back(audit.pk, reason="物料平衡不全", by=cast["red-star"])
    actions.send_back(audit.pk, reason="物料平衡不全", by=cast[LEAD])
    stands(audit, Stage.STARTED)
    finish.refresh_from_db()
    assert finish.done_on is None
    assert Withdrawal.objects.filter(reason="物料平衡不全").count() == 2
    with pytest.raises(NotAllowed):
        actions.send_back(audit.pk, reason="再退一次", by=cast[LEAD])
    walk(audit, cast, Act.REPORT)
    stands(audit, Stage.SUBMITTED)
    assert Fact.objects.filter(round=audit, kind=Milestone.REPORTED).count() == 2


def test_what_stands_for_an_audit_ends_the_round_and_what_it_owes(cast, audit):
    fact = NewFact(audit.pk, Milestone.EQUIVALENT, ACCEPTED_ON, reason="整体审核通过")
    actions.record(Act.EQUATE, [fact], by=cast[LEAD])
    stands(audit, Stage.EQUIVALENT)
    assert audit.accepted_on is None
    assert Entry.objects.get(pk=audit.entry_id).state == EntryState.EQUIVALENT
    assert not Obligation.objects.open().filter(subject=f"round:{audit.pk}").exists()


def test_a_withdrawal_keeps_the_fact_and_gives_back_the_stage(cast, audit):
    accept(audit, cast)
    withdraw(cast, Milestone.ACCEPTED)
    stands(audit, Stage.LISTED)
    assert audit.accepted_on is None
    assert Fact.objects.filter(kind=Milestone.ACCEPTED).count() == 1
    assert Entry.objects.get(pk=audit.entry_id).state == EntryState.LISTED
    assert TrailEntry.objects.get(act="round:withdraw").reason == "登记错误"
    accept(audit, cast, on=ACCEPTED_ON + timedelta(days=1))
    stands(audit, Stage.ACCEPTED)
    sequences = Fact.objects.filter(kind=Milestone.ACCEPTED).order_by("pk")
    assert list(sequences.values_list("sequence", flat=True)) == [0, 1]


def test_a_withdrawn_result_is_owed_again(cast, audit):
    before = set(Obligation.objects.open().values_list("key", flat=True))
    accept(audit, cast)
    withdraw(cast, Milestone.ACCEPTED)
    assert set(Obligation.objects.open().values_list("key", flat=True)) == before
    reason = [NewFact(audit.pk, Milestone.CANCELLED, ACCEPTED_ON, reason="误登")]
    actions.record(Act.CANCEL, reason, by=cast[LEAD])
    withdraw(cast, Milestone.CANCELLED)
    assert set(Obligation.objects.open().values_list("key", flat=True)) == before


def test_what_was_registered_stays_settled_when_the_result_is_withdrawn(cast, audit):
    actions.record(
        Act.REGISTER, [NewFact(audit.pk, Milestone.REGISTERED, TODAY)], by=cast["red-star"]
    )
    before = set(Obligation.objects.open().values_list("key", flat=True))
    accept(audit, cast)
    withdraw(cast, Milestone.ACCEPTED)
    assert set(Obligation.objects.open().values_list("key", flat=True)) == before


def test_a_cancellation_withdrawn_from_a_deferred_round_leaves_it_deferred(cast, audit):
    for act, kind, day in (
        (Act.DEFER, Milestone.DEFERRED, date(2022, 6, 2)),
        (Act.CANCEL, Milestone.CANCELLED, date(2022, 7, 2)),
    ):
        actions.record(act, [NewFact(audit.pk, kind, day, reason="停产")], by=cast[LEAD])
    withdraw(cast, Milestone.CANCELLED)
    stands(audit, Stage.DEFERRED)
    assert Entry.objects.get(pk=audit.entry_id).state == EntryState.DEFERRED
    assert not Obligation.objects.open().filter(subject=f"round:{audit.pk}").exists()


def test_a_withdrawal_is_made_once(cast, audit):
    accept(audit, cast)
    fact = Fact.objects.get(kind=Milestone.ACCEPTED)
    actions.withdraw(fact.pk, reason="登记错误", by=cast[LEAD])
    with pytest.raises(Refused):
        actions.withdraw(fact.pk, reason="又一次", by=cast[LEAD])
    assert Withdrawal.objects.get().reason == "登记错误"
    assert TrailEntry.objects.filter(act="round:withdraw").count() == 1


def test_a_withdrawal_needs_a_reason_and_the_listing_cannot_be_withdrawn(cast, audit):
    accept(audit, cast)
    with pytest.raises(Refused, match="理由"):
        withdraw(cast, Milestone.ACCEPTED, reason=" ")
    with pytest.raises(Refused, match="列入名单"):
        withdraw(cast, Milestone.LISTED)
    stands(audit, Stage.ACCEPTED)


def test_an_acceptance_on_which_a_completion_stands_is_not_withdrawn(cast, audit):
    accept(audit, cast)
    today = [NewFact(audit.pk, Milestone.COMPLETED, TODAY)]
    actions.record(Act.COMPLETE, today, by=cast[LEAD])
    with pytest.raises(Refused, match="请先撤回“办结”"):
        withdraw(cast, Milestone.ACCEPTED)
    withdraw(cast, Milestone.COMPLETED)
    withdraw(cast, Milestone.ACCEPTED)
    stands(audit, Stage.LISTED)


def test_a_migrated_completion_is_withdrawn_by_the_province_alone(cast, audit):
    accept(audit, cast)
    moved = [NewFact(audit.pk, Milestone.COMPLETED, date(2022, 12, 1))]
    actions.migrate_completions(moved, by=cast["province-ecology"])
    stands(audit, Stage.COMPLETED)
    with pytest.raises(NotAllowed):
        withdraw(cast, Milestone.COMPLETED)
    withdraw(cast, Milestone.COMPLETED, by="province-industry")
    stands(audit, Stage.ACCEPTED)


def test_nobody_but_the_lead_withdraws_or_renames(cast, audit):
    accept(audit, cast)
    for name in set(cast.standings) - {LEAD}:
        with pytest.raises(NotAllowed):
            withdraw(cast, Milestone.ACCEPTED, by=name)
        with pytest.raises(NotAllowed):
            actions.rename_enterprise(audit.enterprise_id, name="他名", reason="x", by=cast[name])
    stands(audit, Stage.ACCEPTED)


def test_a_difference_between_columns_and_facts_is_found_and_mended(cast, audit):
    accept(audit, cast)
    Round.objects.filter(pk=audit.pk).update(accepted_on=None, stage=Stage.LISTED)
    assert queries.differing() == [audit.pk]
    assert actions.recompute([one.pk for one in Round.objects.all()]) == 1
    stands(audit, Stage.ACCEPTED)
    assert actions.recompute([audit.pk]) == 0
