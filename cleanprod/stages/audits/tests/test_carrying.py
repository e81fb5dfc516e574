"""Over the turn of the year: who carries what, once, and that nothing falls due by it."""

from datetime import date

import pytest
from django.urls import reverse

from cleanprod.foundation.engine import clock
from cleanprod.foundation.notifications.models import Message
from cleanprod.foundation.obligations.models import Obligation
from cleanprod.kernel.errors import Conflict, Refused
from cleanprod.stages.audits import carrying
from cleanprod.stages.audits.models import Fact, Round
from cleanprod.stages.audits.rules import Milestone, Stage
from tests.flow import LEAD, firms, listed

pytestmark = pytest.mark.django_db
DECEMBER, JANUARY = date(2022, 12, 20), date(2023, 1, 9)


@pytest.fixture
def two(cast):
    with clock.fixed(date(2022, 3, 8)):
        listed(cast, firms(2))
    first, second = Round.objects.order_by("pk")
    Round.objects.filter(pk=first.pk).update(enterprise=cast.offices["red-star"])
    return [first.pk, second.pk]


def carry(cast, rounds, on=DECEMBER, seen=None, name=LEAD):
    with clock.fixed(on):
        return carrying.carry_over(
            2022, rounds, seen=len(rounds) if seen is None else seen, note="设备未到", by=cast[name]
        )


def test_a_carried_round_stands_where_it_stood_and_owes_by_the_same_days(cast, two):
    before = list(Obligation.objects.order_by("pk").values())
    assert carry(cast, two) == 2
    for audit in Round.objects.all():
        assert (audit.stage, audit.carried_on) == (Stage.LISTED, DECEMBER)
    assert list(Obligation.objects.order_by("pk").values()) == before
    told = Message.objects.get(subject="本轮清洁生产审核跨年结转到2023年")
    assert told.person_id == cast.people["red-star"].pk
    assert "原定期限不变" in told.body


def test_twice_is_once_and_each_year_is_carried_by_itself(cast, two):
    carry(cast, two)
    assert carry(cast, two, on=JANUARY) == 0
    assert Fact.objects.filter(kind=Milestone.CARRIED).count() == 2
    with clock.fixed(date(2023, 12, 5)):
        assert carrying.usual_year(clock.today()) == 2023
        assert carrying.carry_over(2023, two, seen=2, by=cast[LEAD]) == 2
    assert set(Fact.objects.filter(kind=Milestone.CARRIED).values_list("sequence", flat=True)) == {
        0, 1,
    }  # fmt: skip


def test_what_changed_since_it_was_read_is_told(cast, two):
    with pytest.raises(Conflict, match="现在应结转2家"):
        carry(cast, two, seen=3)


def test_not_before_december_and_not_by_the_other_department(cast, two):
    with pytest.raises(Refused, match="2022年的跨年结转从2022-12-01起办理"):
        carry(cast, two, on=date(2022, 11, 30))
    with pytest.raises(Conflict):
        carry(cast, two, name="foshan-industry")
    assert Fact.objects.filter(kind=Milestone.CARRIED).count() == 0


def test_the_page_lists_what_is_unfinished_and_carries_all_of_it(cast, two, client):
    client.force_login(cast.people[LEAD])
    address = f"{reverse('audits:carry')}?year=2022"
    with clock.fixed(JANUARY):
        page = client.get(address).content.decode()
        assert "全部结转到2023年" in page
        assert page.count("待结转") >= 2
        assert client.post(address, {"seen": "2", "reason": ""}).status_code == 302
        page = client.get(address).content.decode()
    assert "全部结转到2023年" not in page
    assert Round.objects.filter(carried_on=JANUARY).count() == 2


@pytest.mark.parametrize("year", ["", "x", "0", "99999999999999999999"])
def test_a_year_that_is_none_shows_the_usual_one(cast, client, year):
    client.force_login(cast.people[LEAD])
    with clock.fixed(JANUARY):
        answer = client.get(reverse("audits:carry"), {"year": year})
    assert (
        "到2022年底列入名单" in answer.content.decode() or "2022年底以前" in answer.content.decode()
    )
