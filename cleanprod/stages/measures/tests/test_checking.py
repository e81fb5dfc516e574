"""Findings of a sheet: explained by the enterprise, in the way of the lead until then."""

from dataclasses import replace
from decimal import Decimal

import pytest
from django.urls import reverse

from cleanprod.foundation.engine import clock
from cleanprod.kernel.errors import NotAllowed, Refused
from cleanprod.stages.audits.models import Round
from cleanprod.stages.measures import actions, checking, queries
from cleanprod.stages.measures.models import Explanation, Measure, Sheet
from cleanprod.stages.measures.rules import Cost, Field, State, Typed, ValueSet
from tests.flow import LEAD, firms, listed

OWNER = "red-star"
VERIFIED = ValueSet.VERIFIED
NUMBERS = {"investment": "50", "economic_benefit": "20", "electricity": "10"}


@pytest.fixture
def rounds(cast):
    listed(cast, firms(2))
    mine, other = Round.objects.order_by("pk")
    for audit, owner in ((mine, OWNER), (other, "blue-sea")):
        Round.objects.filter(pk=audit.pk).update(enterprise=cast.offices[owner], industry="3360")
        audit.refresh_from_db()
    return mine, other


def measure(name="变频改造", content="", **typed):
    numbers = {Field(key): Decimal(text) for key, text in (NUMBERS | typed).items()}
    return Typed(name, Cost.HIGH, content=content, values={VERIFIED: numbers})


def fill(cast, audit, *measures, version=0, by=OWNER):
    return actions.fill(audit.pk, list(measures), version=version, by=cast[by])


def keys(sheet):
    told = checking.told(sheet, VERIFIED)
    return {one.found.check: one.found.key for one in told if one.stands_in_the_way}


def confirm(cast, audit, sheet):
    return actions.confirm(audit.pk, version=sheet.version, by=cast[LEAD])


def test_the_lead_confirms_when_everything_asked_is_explained(cast, rounds):
    sheet = fill(cast, rounds[0], measure(fresh_water="-3", economic_benefit="1"))
    asked = keys(sheet)
    assert set(asked) == {"negative", "payback"}
    with pytest.raises(Refused, match="2项检查结果"):
        confirm(cast, rounds[0], sheet)
    with pytest.raises(NotAllowed):
        actions.explain(rounds[0].pk, VERIFIED, {}, by=cast[LEAD])
    reasons = dict.fromkeys(asked.values(), "工艺需要") | {"nonsense": "x"}
    assert actions.explain(rounds[0].pk, VERIFIED, reasons, by=cast[OWNER]) == 2
    assert actions.explain(rounds[0].pk, VERIFIED, reasons, by=cast[OWNER]) == 0
    assert confirm(cast, rounds[0], sheet).state == State.CONFIRMED


def test_a_changed_value_asks_anew_and_the_old_reason_stays_on_record(cast, rounds):
    sheet = fill(cast, rounds[0], measure(fresh_water="-3"))
    key = keys(sheet)["negative"]
    actions.explain(rounds[0].pk, VERIFIED, {key: "增加清洗"}, by=cast[OWNER])
    assert keys(sheet) == {}
    sheet = fill(cast, rounds[0], measure(fresh_water="-4"), version=1)
    assert set(keys(sheet)) == {"negative"}
    assert Explanation.objects.get().key == key


def test_what_two_enterprises_typed_alike_is_asked_about_on_both_sides(cast, rounds):
    text = "对空压机站进行变频改造并增设集中控制系统，降低空载能耗"
    own = {"investment": "52.6", "economic_benefit": "20.35", "electricity": "10.8"}
    first = fill(cast, rounds[0], measure(content=text, **own))
    assert "copied" not in keys(first)
    second = fill(cast, rounds[1], measure("空压机", content=text + " ", **own), by="blue-sea")
    found = [one.found for one in checking.told(second, VERIFIED) if one.found.check == "copied"]
    assert {one.column for one in found} == {"方案内容", "全部数值"}
    assert rounds[0].name in found[0].rule
    assert "copied" in keys(first)


def test_short_texts_and_few_numbers_are_nobodys_own(cast, rounds):
    marker = checking.marker(clock.today())
    assert marker.text("培训") == ""
    copied = (f"对{n}台空压机站进行变频改造并增设集中控制系统，降低空载能耗" for n in (2, 3))
    assert len({marker.text(text) for text in copied}) == 1
    assert marker.values({"verified": {"cod": "1", "voc": "0"}}) == ""
    assert marker.values({"verified": {"cod": "0.06", "voc": "0.07", "so2": "0.1"}}) == ""
    same = ({"verified": {"cod": one, "voc": "20.61", "so2": "3.7"}} for one in ("1.25", "1.250"))
    (mark,) = {marker.values(values) for values in same}
    assert mark


def test_a_value_far_from_its_trade_is_asked_about(cast, rounds):
    peer = fill(cast, rounds[1], measure(electricity="9"), by="blue-sea")
    kept = Measure.objects.get(sheet=peer)
    Measure.objects.bulk_create(
        Measure(
            sheet=peer, row=n, code=f"P{n}", name="方案", cost="low",
            values={"verified": {"electricity": str(5 + n / 4)}},
        )
        for n in range(2, 30)
    )  # fmt: skip
    assert kept.pk
    assert "outlier" not in keys(fill(cast, rounds[0], measure(electricity="12")))
    sheet = fill(cast, rounds[0], measure(electricity="12000"), version=1)
    assert "outlier" in keys(sheet)
    Round.objects.filter(pk=rounds[0].pk).update(industry="1711")
    assert "outlier" not in keys(Sheet.objects.get(pk=sheet.pk))


def test_the_page_shows_findings_and_keeps_reasons(cast, rounds, client):
    sheet = fill(cast, rounds[0], measure(fresh_water="-3"))
    address = reverse("measures:sheet", args=[rounds[0].pk]) + "?set=verified"
    client.force_login(cast.people[OWNER])
    page = client.get(address).content.decode()
    assert "有1项须改正或说明" in page
    key = keys(sheet)["negative"]
    explain = reverse("measures:explain", args=[rounds[0].pk]) + "?set=verified"
    assert client.post(explain, {"key": [key], "reason": ["增加清洗"]}).status_code == 302
    page = client.get(address).content.decode()
    assert "没有须处理的问题" in page
    client.force_login(cast.people[LEAD])
    assert "增加清洗" in client.get(address).content.decode()
    assert client.post(explain, {"key": [key], "reason": ["x"]}).status_code in (403, 404)


def test_the_checks_of_a_sheet_take_few_reads(cast, rounds, django_assert_max_num_queries):
    many = [replace(measure(name=f"方案{n}"), code=f"ZG{n}") for n in range(1, 21)]
    sheet = fill(cast, rounds[0], *many)
    assert sheet.round.name  # read before
    with django_assert_max_num_queries(12):
        checking.told(sheet, VERIFIED, measures=queries.typed(sheet))
