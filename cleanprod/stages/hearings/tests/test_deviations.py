"""The page on which the province sees the panels that deviate."""

from dataclasses import replace
from decimal import Decimal

from django.urls import reverse

from cleanprod.foundation.engine import clock
from cleanprod.stages.audits.models import Round
from cleanprod.stages.experts import seats
from cleanprod.stages.experts.models import Appointment
from cleanprod.stages.experts.tests import cast as experts
from cleanprod.stages.hearings import actions, concluding
from cleanprod.stages.hearings.rules import Mode, Voter
from cleanprod.stages.hearings.tests import cast as hall
from cleanprod.stages.hearings.tests.cast import LEAD
from cleanprod.stages.scoring.models import Member, Sitting
from tests import flow


def test_the_province_sees_sittings_that_deviate_and_nobody_else(cast, client):
    flow.listed(cast, flow.firms(1))
    sitting = flow.sitting(cast, Round.objects.get(), by=flow.LEAD)
    Member.objects.create(sitting=sitting, person=cast.people["support"], name="乙")
    Sitting.objects.update(state="confirmed", mean=80, spread=0)
    address = reverse("hearings:deviations") + "?year=2022"
    client.force_login(cast.people["province-ecology"])
    shown = client.get(address)
    assert shown.status_code == 200
    assert sitting.round.name in shown.text
    assert "位专家总分完全相同" in shown.text
    assert "没有审定的会议" in client.get(reverse("hearings:deviations") + "?year=2031").text
    client.force_login(cast.people["foshan-ecology"])
    assert client.get(address).status_code == 403


def test_reviews_on_paper_and_invited_experts_stand_beside_them(cast, client):
    hearing = hall.applied(cast, Mode.JOINT)
    actions.admit(hearing.pk, by=cast[LEAD])
    voters = [Voter(name, f"{name}院", Decimal(85)) for name in ("甲", "乙")]
    new = hall.offline(cast, voters=voters, note="一名专家临时请假")
    concluding.enter(hearing.pk, new, by=cast[LEAD])
    concluding.verify(hearing.pk, by=hall.colleague(cast))
    flow.listed(cast, flow.firms(1, first=2), key=replace(flow.KEY, number=2))
    listed = Round.objects.latest("pk")
    pool = experts.pool(cast, 3)
    small = experts.panel(cast, [listed])
    seats.invite(small.pk, pool[0].pk, reason="专家少", by=cast[LEAD])
    Appointment.objects.update(state="invited")
    client.force_login(cast.people["province-ecology"])
    shown = client.get(f"{reverse('hearings:deviations')}?year={clock.today().year}").text
    assert "2位专家总分完全相同" in shown
    assert "评审组人数应为3至9人" in shown
    assert "定向邀请1名" in shown
