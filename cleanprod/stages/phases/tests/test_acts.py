"""A plan and its versions, the start, the phases; who may what."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from cleanprod.foundation.documents.models import Receipt
from cleanprod.foundation.engine import clock
from cleanprod.foundation.notifications.models import Message
from cleanprod.foundation.obligations.models import Obligation
from cleanprod.kernel.errors import Conflict, NotAllowed, Refused
from cleanprod.stages.audits import actions as audits
from cleanprod.stages.audits.models import Fact, Round
from cleanprod.stages.audits.rules import Act, Milestone, Stage
from cleanprod.stages.phases import actions, queries
from cleanprod.stages.phases.models import Draft, Plan, Progress, Remark
from cleanprod.stages.phases.rules import (
    Duty,
    Member,
    Mode,
    PlanContent,
    Slot,
    State,
)
from cleanprod.stages.registration import engaging
from cleanprod.stages.registration.rules import Scope
from tests import world
from tests.flow import LEAD, at_once, firms, listed

OWNER = "red-star"


@pytest.fixture
def audit(cast):
    listed(cast, firms(1))
    Round.objects.update(enterprise=cast.offices[OWNER], county=world.NANHAI)
    audit = Round.objects.get()
    fact = audits.NewFact(audit.pk, Milestone.REGISTERED, clock.today())
    audits.record(Act.REGISTER, [fact], by=cast[OWNER])
    audit.refresh_from_db()
    return audit


def content(audit, first=None, focus=""):
    day = first or clock.today()
    slots = tuple(
        Slot(title, day + timedelta(20 * n), day + timedelta(20 * n + 19))
        for n, title in enumerate(queries.phase_titles(audit))
    )
    return PlanContent((Member("陈厂长", "厂长", Duty.LEADER),), slots, focus)


def file_plan(cast, audit, version=0, by=OWNER, reason="", **more):
    said = content(audit, **more)
    return actions.file_plan(audit.pk, said, version=version, reason=reason, by=cast[by])


def begun(cast, audit):
    file_plan(cast, audit)
    actions.start(audit.pk, on=clock.today(), by=cast[OWNER])
    audit.refresh_from_db()


def test_a_plan_moves_the_round_and_brings_a_receipt(cast, audit):
    actions.keep_draft(audit.pk, {"focus": "喷"}, by=cast[OWNER])
    plan = file_plan(cast, audit)
    audit.refresh_from_db()
    assert audit.stage == Stage.PLANNED
    assert Receipt.objects.filter(number=plan.receipt).exists()
    assert not Draft.objects.exists()
    assert file_plan(cast, audit, version=1).pk == plan.pk  # the same twice is once


def test_a_changed_plan_is_a_new_version_with_its_reason(cast, audit):
    file_plan(cast, audit)
    with pytest.raises(Refused, match="变更理由"):
        file_plan(cast, audit, version=1, focus="喷涂")
    with pytest.raises(Conflict, match="第1版"):
        file_plan(cast, audit, version=0, focus="喷涂", reason="补充")
    assert file_plan(cast, audit, version=1, focus="喷涂", reason="补充").version == 2
    assert Plan.objects.count() == 2


@pytest.mark.parametrize(
    "bad",
    [
        lambda plan: replace(plan, team=()),
        lambda plan: replace(plan, schedule=plan.schedule[:3]),
        lambda plan: replace(plan, schedule=(plan.schedule[0],) * 7),
    ],
)
def test_a_bad_plan_is_refused(cast, audit, bad):
    with pytest.raises(Refused):
        actions.file_plan(audit.pk, bad(content(audit)), version=0, by=cast[OWNER])
    assert not Plan.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_at_the_same_moment_file_one_plan(cast):
    listed(cast, firms(1))
    Round.objects.update(enterprise=cast.offices[OWNER])
    audit = Round.objects.get()
    fact = audits.NewFact(audit.pk, Milestone.REGISTERED, clock.today())
    audits.record(Act.REGISTER, [fact], by=cast[OWNER])
    came = at_once(*(lambda n=n: file_plan(cast, audit, focus=f"车间{n}") for n in range(2)))
    assert sorted(type(each).__name__ for each in came) == ["Conflict", "Plan"]


def test_departments_remark_and_the_enterprise_is_told(cast, audit):
    with pytest.raises(Refused, match="还没有填报"):
        actions.remark(audit.pk, version=0, text="补充", by=cast[LEAD])
    file_plan(cast, audit)
    for _ in range(2):
        actions.remark(audit.pk, version=1, text="请补充审核重点", by=cast[LEAD])
    assert Remark.objects.count() == 1
    assert Message.objects.filter(person_id=cast[OWNER].person_id, body__contains="审核重点")
    audit.refresh_from_db()
    assert audit.stage == Stage.PLANNED
    file_plan(cast, audit, version=1, focus="喷涂", reason="按意见补充")
    with pytest.raises(Conflict, match="第2版"):
        actions.remark(audit.pk, version=1, text="再补充", by=cast[LEAD])


def test_the_start_settles_its_duty(cast, audit):
    file_plan(cast, audit)
    assert Obligation.objects.open().filter(key__contains=":start:").exists()
    actions.start(audit.pk, on=clock.today(), by=cast[OWNER])
    audit.refresh_from_db()
    assert audit.stage == Stage.STARTED
    assert not Obligation.objects.open().filter(key__contains=":start:").exists()
    with pytest.raises(Refused):
        actions.start(audit.pk, on=clock.today(), by=cast[OWNER])


def test_a_start_lies_between_registration_and_today(cast, audit):
    file_plan(cast, audit)
    for day in (clock.today() + timedelta(1), audit.registered_on - timedelta(1)):
        with pytest.raises(Refused):
            actions.start(audit.pk, on=day, by=cast[OWNER])


def test_phases_show_what_was_planned_what_happened_and_what_is_late(cast, audit):
    begun(cast, audit)
    today = clock.today()
    actions.fill_phase(
        audit.pk, "审核准备", first_on=today, last_on=today, note="已培训", by=cast[OWNER]
    )
    with clock.fixed(today + timedelta(45)):
        phases = queries.phases_of(audit)
    assert [one.state for one in phases[:3]] == [State.DONE, State.LATE, State.WAITING]
    assert phases[1].late_days == 45 - 39
    assert len(phases) == 7


@pytest.mark.parametrize(
    ("first", "last"), [(None, date(2023, 1, 1)), (date(2023, 2, 1), date(2023, 1, 1)),
                        (date(2099, 1, 1), None)],
)  # fmt: skip
def test_days_of_a_phase_are_in_order_and_not_ahead(cast, audit, first, last):
    begun(cast, audit)
    with pytest.raises(Refused):
        actions.fill_phase(
            audit.pk, "预审核", first_on=first, last_on=last, note="", by=cast[OWNER]
        )
    assert not Progress.objects.exists()


def test_a_later_phase_does_not_begin_before_an_earlier_one(cast, audit):
    begun(cast, audit)
    today = clock.today()
    day = {"last_on": None, "note": "", "by": cast[OWNER]}
    actions.fill_phase(audit.pk, "预审核", first_on=today - timedelta(3), **day)
    for title, on in (("审核", today - timedelta(4)), ("审核准备", today - timedelta(2))):
        with pytest.raises(Refused, match="“预审核”的实际开始日期"):
            actions.fill_phase(audit.pk, title, first_on=on, **day)
    actions.fill_phase(audit.pk, "审核", first_on=today - timedelta(3), **day)


def test_the_lead_simplifies_with_a_reason_and_before_the_work(cast, audit):
    with pytest.raises(Refused, match="理由"):
        actions.choose_mode(audit.pk, Mode.SIMPLIFIED, reason="", by=cast[LEAD])
    actions.choose_mode(audit.pk, Mode.SIMPLIFIED, reason="第二轮审核", by=cast[LEAD])
    assert len(queries.phases_of(audit)) == 4
    begun(cast, audit)
    actions.fill_phase(
        audit.pk, "审核准备", first_on=clock.today(), last_on=None, note="", by=cast[OWNER]
    )
    with pytest.raises(Refused, match="已填报"):
        actions.choose_mode(audit.pk, Mode.FULL, reason="改回", by=cast[LEAD])


@pytest.mark.parametrize("who", ["blue-sea", "foshan-industry", "huizhou-industry", "consultancy"])
def test_others_write_nothing(cast, audit, who):
    by = cast[who]
    file_plan(cast, audit)
    for act in (
        lambda: actions.keep_draft(audit.pk, {}, by=by),
        lambda: actions.file_plan(audit.pk, content(audit), version=1, by=by),
        lambda: actions.remark(audit.pk, version=1, text="意见", by=by),
        lambda: actions.start(audit.pk, on=clock.today(), by=by),
        lambda: actions.choose_mode(audit.pk, Mode.SIMPLIFIED, reason="x", by=by),
    ):
        with pytest.raises(NotAllowed):
            act()


def test_an_engaged_consultancy_plans_and_works_as_far_as_its_scope_goes(cast, audit):
    office = cast["consultancy"]

    def engaged(scope):
        terms = engaging.Terms(office.office_id, scope, clock.today(), clock.today())
        return engaging.engage(audit.pk, terms, by=cast[OWNER])

    with pytest.raises(NotAllowed):
        file_plan(cast, audit, by="consultancy")
    held = engaged(Scope.FILL)
    with pytest.raises(NotAllowed):
        file_plan(cast, audit, by="consultancy")
    engaging.revoke(held.pk, by=cast[OWNER])
    held = engaged(Scope.SUBMIT)
    file_plan(cast, audit, by="consultancy")
    fact = Fact.objects.get(round=audit, kind=Milestone.PLANNED)
    assert fact.person_id == office.person_id
    assert fact.office_name == "红星水泥有限公司（清源咨询有限公司代办）"
    actions.start(audit.pk, on=clock.today(), by=office)
    first = queries.phase_titles(audit)[0]
    day = {"first_on": clock.today(), "last_on": None, "note": ""}
    assert actions.fill_phase(audit.pk, first, by=office, **day).edited_by == office.person_name
    engaging.revoke(held.pk, by=cast[OWNER])
    with pytest.raises(NotAllowed):
        actions.fill_phase(audit.pk, first, by=office, **day | {"note": "太晚了"})
