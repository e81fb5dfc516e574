"""What changes with an enterprise: told with evidence, confirmed by the lead, carried out once."""

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.urls import reverse

from cleanprod.foundation.notifications.models import Message
from cleanprod.foundation.obligations.models import Obligation
from cleanprod.foundation.organisations.access import standing_of
from cleanprod.foundation.organisations.models import Membership, Organisation
from cleanprod.foundation.territory import queries as territory
from cleanprod.kernel.errors import NotAllowed, Refused
from cleanprod.stages.audits import access as audits_access
from cleanprod.stages.audits import actions as audits
from cleanprod.stages.audits.models import Fact, Round
from cleanprod.stages.audits.rules import Act, Milestone
from cleanprod.stages.registration import access, actions, changes
from cleanprod.stages.registration.models import Change, Code
from cleanprod.stages.registration.rules import Asked, ChangeKind, Decision
from tests.flow import LEAD, firms, listed
from tests.world import FOSHAN, NANHAI, SHUNDE

DAY = date(2023, 9, 1)


@pytest.fixture
def files(settings, tmp_path):
    settings.STORAGES = settings.STORAGES | {
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": tmp_path},
        }
    }


@pytest.fixture
def rounds(cast, files):
    """Two listed firms; 红星水泥 is the first, 蓝海电镀 the second."""
    batch = listed(cast, firms(2)).batch
    found = list(Round.objects.order_by("pk"))
    for audit, owner in zip(found, ("red-star", "blue-sea"), strict=True):
        office = cast.offices[owner]
        office.code = audit.code
        office.save(update_fields=["code"])
        Organisation.objects.filter(pk=audit.enterprise_id).update(code="")
        Obligation.objects.filter(owner=audit.enterprise_id).update(owner=office)
        Round.objects.filter(pk=audit.pk).update(enterprise=office)
        batch.entries.filter(pk=audit.entry_id).update(enterprise=office)
    return list(Round.objects.order_by("pk"))


def paper():
    return SimpleUploadedFile("通知书.pdf", b"%PDF-1.4")


def tell(cast, kind, by="red-star", **more):
    told = changes.Told(kind, DAY, "登记机关已核准", **more)
    return changes.tell(cast["red-star"].office_id, told, evidence=paper(), by=cast[by])


def confirm(cast, change, act=Decision.GRANT, by=LEAD, reason="已核实"):
    return changes.decide(change.pk, act, reason=reason, by=cast[by])


def firm(cast, name="red-star"):
    return Organisation.objects.get(pk=cast.offices[name].pk)


def test_a_rename_takes_effect_when_the_lead_confirms_and_lists_keep_the_old_name(cast, rounds):
    change = tell(cast, ChangeKind.RENAME, name="红星新材料有限公司")
    assert firm(cast).name == "红星水泥有限公司"
    confirm(cast, change)
    assert firm(cast).name == "红星新材料有限公司"
    change.refresh_from_db()
    assert (change.state, change.before) == (Asked.GRANTED, {"name": "红星水泥有限公司"})
    rounds[0].refresh_from_db()
    assert rounds[0].name == firms(1)[0][0]
    assert Message.objects.filter(person_id=cast["red-star"].person_id).exists()
    with pytest.raises(NotAllowed):
        confirm(cast, change)


def test_the_lead_alone_is_told_of_what_an_enterprise_tells(cast, rounds):
    tell(cast, ChangeKind.RENAME, name="红星新材料有限公司")
    told = Message.objects.filter(subject__startswith="企业变更（更名）")
    assert list(told.values_list("person_id", flat=True)) == [cast[LEAD].person_id]


def test_a_move_changes_the_place_of_the_firm_not_of_its_round(cast, rounds):
    change = tell(cast, ChangeKind.MOVE, place=territory.region(SHUNDE))
    confirm(cast, change)
    assert firm(cast).county_id == SHUNDE
    rounds[0].refresh_from_db()
    assert (rounds[0].city_id, rounds[0].county_id) == (FOSHAN, NANHAI)


@pytest.mark.parametrize(
    "kind, stage, fact",
    [
        (ChangeKind.SHUTDOWN, "deferred", Milestone.DEFERRED),
        (ChangeKind.DEREGISTERED, "cancelled", Milestone.CANCELLED),
    ],
)
def test_a_closure_stops_the_round_its_clocks_and_its_codes(cast, rounds, kind, stage, fact):
    Membership.objects.filter(organisation=cast.offices["red-star"]).update(until=DAY)
    actions.issue(rounds[0].entry.batch_id, None, by=cast[LEAD])
    confirm(cast, tell(cast, kind, by=LEAD))
    rounds[0].refresh_from_db()
    assert rounds[0].stage == stage
    recorded = Fact.objects.get(round=rounds[0], kind=fact)
    assert recorded.reason.startswith(kind.label)
    assert recorded.evidence.name == "通知书.pdf"
    owed = Obligation.objects.filter(subject=f"round:{rounds[0].pk}")
    assert owed.exists()
    assert not owed.filter(voided_on=None).exists()
    assert not Code.objects.unused().filter(enterprise=cast.offices["red-star"]).exists()


def test_a_shutdown_of_a_firm_without_an_open_round_is_only_kept(cast, rounds):
    fact = audits.NewFact(rounds[0].pk, Milestone.FAILED, DAY)
    audits.record(Act.FAIL, [fact], by=cast[LEAD])
    confirm(cast, tell(cast, ChangeKind.SHUTDOWN))
    rounds[0].refresh_from_db()
    assert rounds[0].stage == "failed"


def test_after_a_merger_people_rounds_and_duties_are_with_the_firm_that_stays(cast, rounds):
    confirm(cast, tell(cast, ChangeKind.MERGE, into_code=rounds[1].code))
    gone, stays = firm(cast), firm(cast, "blue-sea")
    assert gone.merged_into == stays
    moved = standing_of(cast.people["red-star"])
    assert moved.office_id == stays.pk
    owner = cast["blue-sea"]
    for standing in (moved, owner):
        seen = set(audits_access.visible_to(standing).values_list("pk", flat=True))
        assert seen == {rounds[0].pk, rounds[1].pk}
    assert not Obligation.objects.open().filter(owner=gone).exists()
    fact = audits.NewFact(rounds[0].pk, Milestone.REGISTERED, date(2023, 9, 28))
    assert audits.record(Act.REGISTER, [fact], by=owner) == 1
    with pytest.raises(Refused):
        tell(cast, ChangeKind.RENAME, by=LEAD, name="另一名称")


def test_a_merger_back_into_what_was_merged_is_refused(cast, rounds):
    first = tell(cast, ChangeKind.MERGE, into_code=rounds[1].code)
    told = changes.Told(ChangeKind.MERGE, DAY, "x", into_code=rounds[0].code)
    back = changes.tell(cast["blue-sea"].office_id, told, evidence=paper(), by=cast["blue-sea"])
    confirm(cast, first)
    with pytest.raises(Refused, match="已并入"):
        confirm(cast, back)


def test_nothing_happens_without_the_lead(cast, rounds):
    change = tell(cast, ChangeKind.RENAME, name="红星新材料有限公司")
    others = ("foshan-industry", "huizhou-industry", "province-ecology", "nanhai-industry")
    for by in (*others, "red-star", "blue-sea"):
        with pytest.raises(NotAllowed), transaction.atomic():
            confirm(cast, change, by=by)
    with pytest.raises(Refused, match="理由"), transaction.atomic():
        confirm(cast, change, Decision.DECLINE, reason=" ")
    with pytest.raises(Refused, match="待确认"), transaction.atomic():
        tell(cast, ChangeKind.RENAME, by=LEAD, name="又一名称")
    confirm(cast, change, Decision.WITHDRAW, by="red-star")
    tell(cast, ChangeKind.RENAME, by=LEAD, name="又一名称")
    for by in ("blue-sea", "foshan-industry", "nanhai-industry"):
        with pytest.raises(NotAllowed):
            tell(cast, ChangeKind.SHUTDOWN, by=by)


@pytest.mark.parametrize(
    "kind, more",
    [
        (ChangeKind.RENAME, {"name": "红星水泥有限公司"}),
        (ChangeKind.RENAME, {"name": " "}),
        (ChangeKind.MOVE, {"place": None}),
        (ChangeKind.MERGE, {"into_code": ""}),
        (ChangeKind.MERGE, {"into_code": "91440605MA00000017"}),
    ],
)
def test_what_changes_nothing_is_refused(cast, rounds, kind, more):
    with pytest.raises(Refused):
        tell(cast, kind, **more)


def test_each_reads_the_changes_that_concern_them(cast, rounds):
    change = tell(cast, ChangeKind.SHUTDOWN)
    seen = {name for name in cast.standings if change in access.changes_visible_to(cast[name])}
    assert seen == {
        "province-industry", "province-ecology", "foshan-industry", "foshan-ecology", "red-star",
    }  # fmt: skip  # the county's office is of the other line


def test_the_pages_tell_confirm_and_keep_what_was_typed(client, cast, rounds):
    client.force_login(cast.people["red-star"])
    new = reverse("registration:new-change")
    said = {"kind": "rename", "happened_on": "2023-09-01", "explanation": "核准", "county": ""}
    wrong = client.post(new, said | {"evidence": paper()})
    assert wrong.status_code == 422
    assert "更名应填写新名称" in wrong.content.decode()
    text = SimpleUploadedFile("a.pdf", b"just words")
    bad = client.post(new, said | {"name": "红星新材料有限公司", "evidence": text})
    assert "“a.pdf”不是 PDF、JPG 或 PNG 文件" in bad.content.decode()
    done = client.post(new, said | {"name": "红星新材料有限公司", "evidence": paper()})
    page = reverse("registration:change", args=[Change.objects.get().pk])
    assert done.url == page
    assert "待确认" in client.get(page).content.decode()
    assert "确认变更" not in client.get(page).content.decode()
    client.force_login(cast.people[LEAD])
    assert "确认变更" in client.get(page).content.decode()
    act = reverse("registration:change-act", args=[Change.objects.get().pk, "grant"])
    assert client.post(act).status_code == 302
    assert client.post(act).status_code in (403, 409)
    assert "红星新材料有限公司" in client.get(page).content.decode()
    listing = client.get(reverse("registration:changes"), {"state": "granted", "kind": "rename"})
    assert "红星新材料有限公司" in listing.content.decode()
    assert client.get(new, {"round": rounds[0].pk}).status_code == 200
    for nonsense in ("", "x", "999999"):
        assert client.get(new, {"round": nonsense}).status_code == 404
    paper_page = reverse("registration:change-evidence", args=[Change.objects.get().pk])
    assert b"".join(client.get(paper_page).streaming_content).startswith(b"%PDF")
    client.force_login(cast.people["foshan-industry"])
    assert client.get(page).status_code == 200
    assert client.get(paper_page).status_code == 404
