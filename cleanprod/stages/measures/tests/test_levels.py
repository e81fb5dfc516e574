"""The level of a round under the indicator system of its trade."""

from decimal import Decimal

import pytest
from django.urls import reverse

from cleanprod.foundation.engine import clock
from cleanprod.foundation.organisations.rules import Line
from cleanprod.kernel.errors import Conflict, NotAllowed, Refused
from cleanprod.stages.audits.models import Round
from cleanprod.stages.measures import actions, checking, queries
from cleanprod.stages.measures.models import Border, GreenLevel
from cleanprod.stages.measures.rules import Cost, Typed, ValueSet
from cleanprod.stages.performance.indicators.loading import load
from tests import flow
from tests.flow import LEAD, firms, listed

OWNER = "red-star"


@pytest.fixture
def audit(cast):
    listed(cast, firms(1))
    Round.objects.update(enterprise=cast.offices[OWNER], industry="3360")
    return Round.objects.get()


@pytest.fixture
def system(cast, audit):
    kept, _ = flow.indicator_systems(cast)
    Round.objects.update(industry=kept.trades.split("、")[0])
    audit.refresh_from_db()
    return kept


def keep(cast, audit, system, texts, version=0, by=OWNER):
    return actions.keep_level(audit.pk, system.pk, texts, version=version, by=cast[by])


def numbers(system):
    """Return texts for the first number that the system asks for."""
    body = load(system.body)
    item = next(item for _, item in body.items() if item.kind.value == "quantitative")
    return {item.id: "1"}


def test_the_level_is_kept_with_the_values_and_the_same_twice_is_once(cast, audit, system):
    texts = numbers(system)
    kept = keep(cast, audit, system, texts)
    assert kept.level
    assert (kept.version, kept.complete, kept.texts) == (1, False, texts)
    assert keep(cast, audit, system, texts, version=1).version == 1
    with pytest.raises(Conflict):
        keep(cast, audit, system, {}, version=0)
    with pytest.raises(NotAllowed):
        keep(cast, audit, system, {}, version=1, by=LEAD)
    with pytest.raises(Refused):
        keep(cast, audit, system, dict.fromkeys(texts, "很多"), version=1)


def test_a_system_that_is_not_in_force_is_refused(cast, audit, system):
    system.stage = "withdrawn"
    system.save()
    with pytest.raises(Refused, match="没有启用"):
        keep(cast, audit, system, {})


def test_the_checks_ask_for_the_level_until_it_is_complete(cast, audit, system):
    one = Typed("节能", Cost.LOW, values={ValueSet.VERIFIED: {}})
    sheet = actions.fill(audit.pk, [one], version=0, by=cast[OWNER])
    told = [one.found.check for one in checking.told(sheet, ValueSet.VERIFIED)]
    assert "level" in told
    keep(cast, audit, system, numbers(system))
    GreenLevel.objects.update(complete=True)
    told = [one.found.check for one in checking.told(sheet, ValueSet.VERIFIED)]
    assert "level" not in told


def test_the_most_exact_system_of_the_trade_is_taken(cast, audit, system):
    assert checking.system_of(audit).pk == system.pk
    audit.industry = "0111"
    assert checking.system_of(audit) is None


def test_the_page_keeps_typed_values_and_shows_the_level_to_the_lead(cast, audit, system, client):
    client.force_login(cast.people[OWNER])
    address = reverse("measures:level", args=[audit.pk])
    page = client.get(address).content.decode()
    assert "保存并评定" in page
    assert client.post(address, {"version": "0", "v0": "很多"}).status_code in (302, 422)
    wrong = client.post(address, {"version": "9"})
    assert wrong.status_code == 422
    client.post(address, {"version": str(queries_version(audit))})
    client.force_login(cast.people[LEAD])
    page = client.get(address).content.decode()
    assert "评定结果" in page
    assert "保存并评定" not in page


def queries_version(audit):
    found = GreenLevel.objects.filter(round=audit).first()
    return found.version if found else 0


def test_a_department_sets_the_border_of_its_own_new_sheets(cast, audit, client):
    client.force_login(cast.people[LEAD])
    typed = {"yuan": "50000", "basis": "本市工作方案"}
    assert client.post(reverse("measures:border"), typed).status_code == 302
    assert client.post(reverse("measures:border"), typed).status_code == 302
    assert Border.objects.count() == 1
    assert "50000" in client.get(reverse("measures:border")).content.decode()
    usual = queries.border(clock.today())
    city, lead = audit.city_id, audit.lead
    assert queries.border(clock.today(), city, lead) == 50_000
    partner = next(line.value for line in Line if line != lead)
    assert queries.border(clock.today(), city, partner) == usual
    sheet = actions.fill(audit.pk, [Typed("培训", Cost.LOW)], version=0, by=cast[OWNER])
    assert sheet.border == 50_000
    with pytest.raises(NotAllowed):
        actions.set_border(Decimal(1), "依据", by=cast[OWNER])
    wrong = client.post(reverse("measures:border"), {"yuan": "-1", "basis": ""})
    assert wrong.status_code == 422
