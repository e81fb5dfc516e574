"""What is owed is opened once, settled once, voided once."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction
from django.db.transaction import TransactionManagementError

from cleanprod.foundation.obligations import actions, queries
from cleanprod.foundation.obligations.actions import Duty
from cleanprod.foundation.obligations.models import Obligation
from cleanprod.foundation.organisations import actions as organisations
from cleanprod.foundation.organisations.rules import Kind
from cleanprod.foundation.trail.actions import SYSTEM

OPENED, DUE, DONE = date(2022, 3, 8), date(2022, 4, 8), date(2022, 4, 1)


@pytest.fixture
def owner(db):
    row = organisations.NewOrganisation(Kind.ENTERPRISE, "红星水泥有限公司")
    return organisations.enter(row, by=SYSTEM)


@pytest.fixture
def duty(owner):
    """Return a function that makes the n-th duty of one round."""

    def make(number, subject="round:1", due_on=DUE):
        return Duty(
            key=f"{subject}:duty:{number}", owner=owner.pk, title=f"第{number}件事",
            subject=subject, url="/rounds/1/", city="440600", lead="ecology", opened_on=OPENED,
            due_on=due_on, basis="名单公布 2022-03-08 + 1个月", rule=3,
        )  # fmt: skip

    return make


def test_a_duty_keeps_day_basis_and_the_version_of_the_rule(owner, duty):
    assert actions.open_many([duty(1)]) == 1
    kept = Obligation.objects.get()
    assert (kept.owner, kept.opened_on, kept.due_on, kept.rule) == (owner, OPENED, DUE, 3)
    assert kept.basis == "名单公布 2022-03-08 + 1个月"
    assert (kept.done_on, kept.voided_on, kept.void_reason) == (None, None, "")


def test_one_key_is_owed_once_and_a_repetition_brings_nothing(duty):
    actions.open_many([duty(1)])
    with pytest.raises(IntegrityError), transaction.atomic():
        actions.open_many([duty(2), duty(1)])
    assert Obligation.objects.count() == 1


def test_many_duties_are_one_statement(duty, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert actions.open_many(duty(n) for n in range(500)) == 500
    assert Obligation.objects.count() == 500


@pytest.mark.django_db(transaction=True)
def test_duties_are_opened_inside_the_transaction_of_their_cause_only(duty):
    with pytest.raises(TransactionManagementError):
        actions.open_many([duty(1)])


def test_settling_twice_keeps_the_first_day(duty):
    actions.open_many([duty(1), duty(2)])
    assert actions.settle([duty(1).key], on=DONE) == 1
    assert actions.settle([duty(1).key], on=date(2023, 1, 1)) == 0
    assert Obligation.objects.get(key=duty(1).key).done_on == DONE
    assert Obligation.objects.get(key=duty(2).key).done_on is None


def test_an_unknown_key_settles_nothing(duty):
    actions.open_many([duty(1)])
    assert actions.settle(["round:9:duty:1"], on=DONE) == 0
    assert actions.settle([], on=DONE) == 0


def test_settling_a_record_settles_all_it_owes_and_nothing_of_another(duty):
    actions.open_many([duty(1), duty(2), duty(1, subject="round:12")])
    assert actions.settle_subjects(["round:1"], on=DONE) == 2
    assert actions.settle_subjects(["round:1"], on=DONE) == 0
    assert Obligation.objects.open().get().subject == "round:12"


def test_voiding_twice_keeps_the_first_day_and_reason(duty):
    actions.open_many([duty(1)])
    assert actions.void_subjects(["round:1"], on=DONE, reason="取消") == 1
    assert actions.void_subjects(["round:1"], on=date(2023, 1, 1), reason="再取消") == 0
    kept = Obligation.objects.get()
    assert (kept.voided_on, kept.void_reason, kept.done_on) == (DONE, "取消", None)


def test_what_is_done_is_not_voided_and_what_is_void_is_not_done(duty):
    actions.open_many([duty(1), duty(2)])
    actions.settle([duty(1).key], on=DONE)
    assert actions.void_subjects(["round:1"], on=DONE, reason="取消") == 1
    assert actions.settle_subjects(["round:1"], on=DONE) == 0
    first, second = Obligation.objects.order_by("key")
    assert (first.done_on, first.voided_on) == (DONE, None)
    assert (second.done_on, second.voided_on) == (None, DONE)


def test_what_a_withdrawn_cause_had_closed_that_day_is_owed_again(duty):
    actions.open_many([duty(1), duty(2), duty(3)])
    actions.settle([duty(1).key], on=date(2022, 3, 20))
    actions.settle([duty(2).key], on=DONE)
    actions.void_subjects(["round:1"], on=DONE, reason="取消")
    assert actions.owe_again("round:1", on=DONE, keep=[duty(2).key]) == 0
    assert actions.owe_again("round:1", on=DONE, void_reason="暂缓", keep=[duty(2).key]) == 0
    assert actions.owe_again("round:1", on=DONE, void_reason="取消", keep=[duty(2).key]) == 1
    assert [one.key for one in Obligation.objects.open()] == [duty(3).key]
    assert actions.owe_again("round:1", on=DONE) == 1
    assert actions.owe_again("round:1", on=DONE) == 0


def test_the_nearest_day_comes_first_and_only_open_duties_of_the_owner_count(owner, duty):
    late = duty(1, due_on=date(2023, 3, 8))
    actions.open_many([late, duty(2), duty(3)])
    actions.settle([duty(3).key], on=DONE)
    assert [one.key for one in queries.owed_by(owner.pk)] == [duty(2).key, late.key]
    assert not queries.owed_by(owner.pk + 1).exists()


def test_a_duty_is_overdue_from_the_day_after(duty):
    actions.open_many([duty(1)])
    assert not queries.overdue(DUE).exists()
    assert queries.overdue(date(2022, 4, 9)).count() == 1


def test_what_is_still_owed_goes_to_whoever_takes_over(owner, duty):
    row = organisations.NewOrganisation(Kind.ENTERPRISE, "蓝海电镀有限公司")
    other = organisations.enter(row, by=SYSTEM)
    actions.open_many([duty(1), duty(2)])
    actions.settle(["round:1:duty:1"], on=DONE)
    assert actions.hand_over(owner.pk, to=other.pk) == 1
    assert Obligation.objects.get(owner=other).key == "round:1:duty:2"
