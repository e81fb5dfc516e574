"""Whose turn it is, what is owed and what comes next, at every step of every way of review."""

from datetime import timedelta

import pytest
from django.urls import reverse

from cleanprod.faces.desk import whereabouts
from cleanprod.foundation.engine import clock
from cleanprod.foundation.organisations import actions as organisations
from cleanprod.foundation.organisations import queries as offices
from cleanprod.foundation.trail.actions import SYSTEM
from cleanprod.stages.audits.models import Round
from cleanprod.stages.hearings import actions, concluding
from cleanprod.stages.hearings.rules import Mode
from cleanprod.stages.hearings.tests import cast as hall
from tests.flow import LEAD
from tests.world import FOSHAN

pytestmark = pytest.mark.django_db


def told(audit):
    """Return what is to be done and whether by the enterprise."""
    turn = whereabouts.turn(Round.objects.get(pk=audit.pk))
    return turn.now, turn.by_enterprise


def test_after_the_report_the_enterprise_applies_and_then_the_lead_acts(cast):
    audit = hall.submitted(cast)
    assert told(audit) == ("提交评估申请", True)
    hearing = hall.applied(cast, sheet=False)
    assert told(audit) == ("受理评估申请，或退回补正", False)
    actions.send_back(hearing.pk, reason="缺监测报告", by=cast[LEAD])
    assert told(audit) == ("按退回意见补正，再次提交评估申请", True)
    actions.apply(audit.pk, by=cast["red-star"])
    actions.admit(hearing.pk, by=cast[LEAD])
    assert told(audit) == ("安排评估会议", False)


def test_one_review_for_both_is_one_step_less(cast):
    hearing = hall.applied(cast, Mode.JOINT)
    audit = Round.objects.get(pk=hearing.round_id)
    assert told(audit) == ("受理评估验收申请，或退回补正", False)
    titles = [one["title"] for one in whereabouts.steps(audit)]
    assert "通过评估" not in titles
    other = Round.objects.get(pk=hearing.round_id)
    other.arrangement.mode = Mode.PAPER_SITE.value
    other.arrangement.save(update_fields=["mode"])
    assert "通过评估" in [one["title"] for one in whereabouts.steps(other)]


def test_from_the_assessment_to_completion_the_turn_goes_back_and_forth(cast):
    hearing = hall.opened(cast)
    audit = Round.objects.get(pk=hearing.round_id)
    assert told(audit) == ("专家评分，审定评估结论", False)
    hall.sat(cast, hearing)
    concluding.conclude(hearing.pk, by=cast[LEAD])
    now, own = told(audit)
    assert own
    assert "提交验收申请" in now or "落实评估意见" in now


def test_the_page_names_duty_day_reason_holder_and_phone(cast, client):
    audit = hall.submitted(cast)
    office = offices.department(FOSHAN, "ecology")
    organisations.set_phone(office.pk, phone="0757-12345678", by=SYSTEM)
    client.force_login(cast.people["red-star"])
    for address in (reverse("desk:home"), f"/rounds/{audit.pk}/"):
        page = client.get(address).content.decode()
        for text in ("现在办到哪一步", "提交评估申请", "轮到本单位", "0757-12345678", "受理申请"):
            assert text in page, (address, text)
    where = whereabouts.whereabouts(Round.objects.get(pk=audit.pk))
    assert {one.title for one in where.owed} == {
        "企业信息公布（基本信息）", "企业信息公布（列入原因相应内容）",
    }  # fmt: skip
    assert all("+ 1个月" in one.basis for one in where.owed)
    with clock.fixed(clock.today() + timedelta(400)):
        assert "逾期" in client.get(f"/rounds/{audit.pk}/").content.decode()
