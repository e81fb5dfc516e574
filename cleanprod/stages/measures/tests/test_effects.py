"""What confirmed sheets add up to: kept exactly, removed when reopened, recomputed by the check."""

from datetime import date
from decimal import Decimal
from importlib import import_module

import pytest
from django.db import connection
from django.urls import reverse
from lxml import html

from cleanprod.foundation.engine import clock
from cleanprod.kernel.errors import NotAllowed, Refused
from cleanprod.stages.audits.models import Round
from cleanprod.stages.measures import actions, bringing, effects
from cleanprod.stages.measures.models import Effect, Measure, Sheet, TagEffect
from cleanprod.stages.measures.rules import Cost, Field, Tag, Typed, ValueSet, tagged
from tests import world
from tests.flow import LEAD, explain_all, firms, listed

OWNER = "red-star"


def numbers(**typed):
    return {Field(key): Decimal(text) for key, text in typed.items()}


MEASURES = [
    Typed("变频改造", Cost.LOW, values={
        ValueSet.EXPECTED: numbers(electricity="2", investment="5", fresh_water="7"),
        ValueSet.VERIFIED: numbers(electricity="1.5", fresh_water="1e3"),
    }),
    Typed("水性漆", Cost.HIGH, tags=(Tag.LOW_VOC, Tag.ENCLOSED), values={
        ValueSet.VERIFIED: numbers(voc="3.25", investment="80.0000000000000000000001"),
    }),
    Typed("连续化", Cost.HIGH, tags=(Tag.CONTINUOUS,), values={
        ValueSet.EXPECTED: numbers(voc="1"),
    }),
]  # fmt: skip


@pytest.fixture
def audit(cast):
    listed(cast, firms(1))
    Round.objects.update(enterprise=cast.offices[OWNER], county=world.NANHAI)
    return Round.objects.get()


@pytest.fixture
def confirmed(cast, audit):
    actions.fill(audit.pk, MEASURES, version=0, by=cast[OWNER])
    explain_all(audit, by=cast[OWNER])
    return actions.confirm(audit.pk, version=1, by=cast[LEAD])


def test_a_confirmed_sheet_is_kept_digit_for_digit_and_gone_when_reopened(cast, audit, confirmed):
    found = {one.which: one for one in Effect.objects.all()}
    assert set(found) == {"expected", "assessed", "verified"}
    told = found["verified"]
    assert told.tce == Decimal("1.229") * Decimal("1.5")
    assert (told.measures, told.low, told.high) == (2, 1, 1)
    assert (told.water, told.voc) == (1000, Decimal("3.25"))
    assert told.investment == Decimal("80.0000000000000000000001")
    assert (found["expected"].measures, found["assessed"].measures) == (2, 0)
    assert told.confirmed_on == clock.today()
    tags = {(one.which, one.tag): (one.measures, one.voc) for one in TagEffect.objects.all()}
    assert tags == {
        ("verified", "low_voc"): (1, Decimal("3.25")),
        ("verified", "enclosed"): (1, Decimal("3.25")),
        ("expected", "continuous"): (1, Decimal(1)),
    }
    assert effects.differing() == []
    actions.confirm(audit.pk, version=1, by=cast[LEAD])  # again: nothing twice
    assert Effect.objects.count() == 3
    actions.reopen(audit.pk, reason="单位有误", by=cast[LEAD])
    assert not Effect.objects.exists()
    assert not TagEffect.objects.exists()
    assert effects.differing() == []


@pytest.mark.parametrize(
    "spoil",
    [
        lambda: Effect.objects.filter(which="verified").update(tce=1),
        lambda: Effect.objects.filter(which="assessed").delete(),
        lambda: TagEffect.objects.filter(tag="low_voc").update(voc=0),
        lambda: Measure.objects.filter(row=1).update(values={}),
        lambda: Sheet.objects.update(totals={}),
        lambda: Sheet.objects.update(state="open"),
    ],
)
def test_the_check_finds_what_was_spoilt(confirmed, spoil):
    spoil()
    assert effects.differing() == [confirmed.round_id]


def test_the_migration_computes_the_sheets_that_were_confirmed_before(confirmed):
    columns = ("round_id", "which", "confirmed_on", *effects.COUNTS, *effects.SUMS)
    before = set(Effect.objects.values_list(*columns))
    tags = set(TagEffect.objects.values_list("round_id", "which", "tag", "measures", "voc"))
    effects.remove([confirmed.round_id])
    module = import_module("cleanprod.stages.measures.migrations.0005_effects")
    with connection.cursor() as cursor:
        cursor.execute(module._EFFECTS)
        cursor.execute(module._TAGS)
    assert set(Effect.objects.values_list(*columns)) == before
    told = TagEffect.objects.values_list("round_id", "which", "tag", "measures", "voc")
    assert set(told) == tags
    told_at = Effect.objects.first().recorded_at.astimezone(clock.CHINA)
    assert told_at.date() == confirmed.confirmed_on
    assert effects.differing() == []


def test_tags_count_only_what_a_value_set_says():
    assert tagged(MEASURES, ValueSet.ASSESSED) == {}
    assert tagged(MEASURES, ValueSet.VERIFIED)[Tag.ENCLOSED] == (1, Decimal("3.25"))


def test_sheets_of_earlier_years_are_brought_in_confirmed_all_or_none(cast):
    listed(cast, firms(3))
    rounds = list(Round.objects.order_by("pk"))
    Round.objects.filter(pk__in=[audit.pk for audit in rounds[:2]]).update(
        stage="accepted", accepted_on=date(2023, 6, 1)
    )
    brought = [
        bringing.Brought(audit.pk, date(2023, 7, 3), tuple(MEASURES)) for audit in rounds[:2]
    ]
    with pytest.raises(NotAllowed):
        bringing.bring_in(brought, by=cast["foshan-industry"])
    late = bringing.Brought(rounds[2].pk, date(2023, 7, 3), tuple(MEASURES))
    early = bringing.Brought(rounds[0].pk, date(2023, 5, 3), tuple(MEASURES))
    with pytest.raises(Refused, match="没有通过验收"):
        bringing.bring_in([*brought, late], by=cast[LEAD])
    assert not Sheet.objects.exists()
    with pytest.raises(Refused, match="早于验收"):
        bringing.bring_in([early], by=cast[LEAD])
    assert bringing.bring_in(brought, by=cast[LEAD]) == 2
    assert bringing.bring_in(brought, by=cast[LEAD]) == 0  # again: they are there
    sheet = Sheet.objects.get(round=rounds[0])
    assert (sheet.state, sheet.confirmed_on) == ("confirmed", date(2023, 7, 3))
    assert [one.code for one in sheet.measures.order_by("row")] == ["WD1", "ZG1", "ZG2"]
    assert effects.differing() == []
    assert actions.reopen(rounds[0].pk, reason="重核", by=cast[LEAD]).state == "open"


def test_an_enterprise_sees_its_three_value_sets_side_by_side(cast, confirmed, client):
    client.force_login(cast.people[OWNER])
    page = client.get(reverse("measures:mine")).content.decode()
    rows = {
        row[0].text_content().strip(): [cell.text_content().strip() for cell in row[1:]]
        for row in html.fromstring(page).xpath("//tbody/tr")
    }
    assert rows["节能量（tce/年）"] == ["2.458", "—", "1.8435"]
    assert rows["VOCs削减（t/年）"] == ["1", "—", "3.25"]
    client.force_login(cast.people["blue-sea"])
    assert "还没有绩效表" in client.get(reverse("measures:mine")).content.decode()
    for name in ("foshan-ecology", "consultancy", "support"):
        client.force_login(cast.people[name])
        assert client.get(reverse("measures:mine")).status_code == 403
