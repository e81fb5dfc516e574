"""Pages: what is typed stays, right or wrong."""

import pytest
from django.urls import reverse

from cleanprod.foundation.engine import clock
from cleanprod.stages.audits import actions as audits
from cleanprod.stages.audits.models import Round
from cleanprod.stages.audits.rules import Act, Milestone
from cleanprod.stages.phases import actions
from cleanprod.stages.phases.models import Draft, Plan, Progress
from tests.flow import firms, listed


@pytest.fixture
def audit(cast, client):
    listed(cast, firms(1))
    Round.objects.update(enterprise=cast.offices["red-star"])
    audit = Round.objects.get()
    fact = audits.NewFact(audit.pk, Milestone.REGISTERED, clock.today())
    audits.record(Act.REGISTER, [fact], by=cast["red-star"])
    client.force_login(cast.people["red-star"])
    return audit


def typed(**more):
    team = {"r0-name": "陈厂长", "r0-post": "厂长", "r0-duty": "leader"}
    days = {f"p{n}-{end}": f"2023-0{n}-01" for n in range(1, 8) for end in ("first", "last")}
    return {"version": "0", **team, **days, **more}


def test_a_draft_keeps_what_is_wrong_and_goes_with_the_plan(audit, client):
    client.post(reverse("phases:keep", args=[audit.pk]), {"p1-first": "2023-99-99", "focus": "喷"})
    address = reverse("phases:edit-plan", args=[audit.pk])
    assert "喷" in client.get(address).content.decode()
    assert client.post(address, {**typed(), "r0-duty": "member"}).status_code == 422
    wrong = client.post(address, {**typed(), "p3-first": "2023-99-99"})
    assert wrong.status_code == 422
    assert "陈厂长" in wrong.content.decode()
    assert client.post(address, typed()).status_code == 302
    assert client.post(address, typed(reason="x")).status_code == 302  # Back and submit again
    assert Plan.objects.count() == 1
    assert not Draft.objects.exists()
    assert "变更理由</a>：请填写变更理由" in client.post(address, typed(focus="喷涂")).text
    stale = client.post(address, typed(focus="喷涂", reason="补充"))  # somebody filed meanwhile
    shown = stale.content.decode()
    assert stale.status_code == 422
    assert "审核重点</th><td>喷涂</td><td>（空）</td>" in shown
    assert 'name="version" value="1"' in shown


def test_nonsense_in_an_address_is_not_found(audit, client):
    assert client.get(reverse("phases:phase", args=[audit.pk, 99])).status_code == 404


def test_whoever_saves_a_phase_second_sees_both_versions(cast, client, audit):
    client.post(reverse("phases:edit-plan", args=[audit.pk]), typed())
    actions.start(audit.pk, on=clock.today(), by=cast["red-star"])
    address = reverse("phases:phase", args=[audit.pk, 1])
    first = {"first_on": clock.today().isoformat(), "note": "甲写的", "seen": ""}
    assert client.post(address, first).status_code == 302
    second = client.post(address, first | {"note": "乙写的"})
    assert second.status_code == 409
    assert "甲写的" in second.text
    assert "乙写的" in second.text
    assert Progress.objects.get().note == "甲写的"
    mark = Progress.objects.get().mark
    assert f'value="{mark}"' in second.text
    assert client.post(address, first | {"note": "乙写的", "seen": mark}).status_code == 302
    assert Progress.objects.get().note == "乙写的"
