"""What is typed on the sheet keeps itself: it survives leaving the page, and ends with the save."""

from decimal import Decimal

import pytest
from django.urls import reverse

from cleanprod.kernel.errors import NotAllowed, Refused
from cleanprod.stages.audits.models import Round
from cleanprod.stages.measures import actions
from cleanprod.stages.measures.models import Draft
from cleanprod.stages.measures.rules import Cost, Field, Typed, ValueSet
from tests.flow import LEAD, firms, listed

OWNER = "red-star"
ROW = {"r0-name": "变频改造", "r0-cost": "low", "r0-electricity": "很多"}


@pytest.fixture
def audit(cast, client):
    listed(cast, firms(1))
    Round.objects.update(enterprise=cast.offices[OWNER])
    client.force_login(cast.people[OWNER])
    return Round.objects.get()


def test_a_half_filled_sheet_is_there_again_and_goes_with_the_save(cast, client, audit):
    address = reverse("measures:edit", args=[audit.pk]) + "?set=expected"
    keep = reverse("measures:keep", args=[audit.pk, "sheet-expected"])
    kept = client.post(keep, {"version": "0", **ROW})
    assert "草稿已自动保存" in kept.text
    page = client.get(address).text
    assert 'value="变频改造"' in page
    assert 'value="很多"' in page
    assert "草稿已自动保存" in page
    assert 'value="变频改造"' not in client.get(address.replace("expected", "verified")).text
    assert client.post(address, {"version": "0", **ROW}).status_code == 422
    assert Draft.objects.exists()
    values = {ValueSet.EXPECTED: {Field.ELECTRICITY: Decimal(2)}}
    actions.fill(audit.pk, [Typed("变频改造", Cost.LOW, values=values)], version=0, by=cast[OWNER])
    assert not Draft.objects.exists()


def test_a_draft_of_an_older_version_is_not_put_over_the_new_one(cast, client, audit):
    actions.keep_draft(audit.pk, "sheet-expected", "version=0&r0-name=%E6%97%A7", by=cast[OWNER])
    values = {ValueSet.EXPECTED: {Field.ELECTRICITY: Decimal(2)}}
    colleague = cast[OWNER].__class__(
        **{name: getattr(cast[OWNER], name) for name in cast[OWNER].__slots__}
        | {"person_id": cast.people["support"].pk}
    )
    actions.fill(audit.pk, [Typed("新", Cost.LOW, values=values)], version=0, by=colleague)
    page = client.get(reverse("measures:edit", args=[audit.pk]) + "?set=expected").text
    assert 'value="新"' in page
    assert 'value="旧"' not in page


def test_the_years_keep_themselves_too(client, audit):
    keep = reverse("measures:keep", args=[audit.pk, "years"])
    typed = {"version": "0", "r0-sort": "energy", "r0-item": "electricity", "r0-name": "电力",
             "r0-unit": "万kWh", "r0-y0": "三"}  # fmt: skip
    assert client.post(keep, typed).status_code == 200
    assert 'value="三"' in client.get(reverse("measures:years-edit", args=[audit.pk])).text
    assert client.post(keep.replace("years", "other"), typed).status_code == 404


def test_only_who_fills_the_sheet_keeps_drafts(cast, audit):
    with pytest.raises(NotAllowed):
        actions.keep_draft(audit.pk, "years", "version=0", by=cast[LEAD])
    with pytest.raises(Refused, match="过长"):
        actions.keep_draft(audit.pk, "years", "x" * 1_000_001, by=cast[OWNER])
