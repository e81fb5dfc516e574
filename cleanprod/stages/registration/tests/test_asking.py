"""What visitors ask for: a new claim code, a place on a list; answered by those in charge."""

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.urls import reverse

from cleanprod.foundation.attachments.models import File
from cleanprod.foundation.documents.models import Receipt
from cleanprod.foundation.notifications.models import Message
from cleanprod.foundation.organisations.access import standing_of
from cleanprod.foundation.organisations.rules import Line
from cleanprod.foundation.territory import queries as territory
from cleanprod.kernel.errors import NotAllowed, Refused
from cleanprod.stages.audits.models import Round
from cleanprod.stages.programme.judging import BatchKey
from cleanprod.stages.programme.models import Entry
from cleanprod.stages.registration import access, actions, asking, queries
from cleanprod.stages.registration.models import Code, Reset, Wish
from cleanprod.stages.registration.rules import Asked, Decision, Rank
from tests.flow import LEAD, at_once, firms, listed, take_list
from tests.workbooks import code
from tests.world import FOSHAN, NANHAI

PASSWORD = "vermilion-otter-71"
INDUSTRY = "foshan-industry"
ASKER = asking.Asker("王五", "13700000000", "wang@example.com")


@pytest.fixture
def files(settings, tmp_path):
    settings.STORAGES = settings.STORAGES | {
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": tmp_path},
        }
    }


def paper(content=b"%PDF-1.4"):
    return SimpleUploadedFile("授权书.pdf", content)


def account(name="zhang.san"):
    return actions.NewAccount(name, "张三", "13800000000", "zhang@example.com", PASSWORD)


@pytest.fixture
def claimed(cast, files):
    """The first firm of a list, claimed by 张三; return the person."""
    batch = listed(cast, firms(2)).batch
    issued = actions.issue(batch.pk, None, by=cast[LEAD])
    return actions.claim(firms(1)[0][1], issued[0].code, account())


def ask(asker=ASKER, number=None):
    return asking.ask_reset(
        number or firms(1)[0][1], "", asker, explanation="联系人离职", paper=paper()
    )


def test_a_granted_reset_ends_older_contacts_and_a_new_claim_takes_over(cast, claimed):
    reset = ask()
    assert ask().pk == reset.pk  # asked twice is asked once
    told = Message.objects.get(
        person_id=cast[LEAD].person_id, subject__startswith="企业账号重置申请"
    )
    assert told.url == reverse("registration:reset", args=[reset.pk])
    warned = Message.objects.get(person_id=claimed.pk)  # while it can still be prevented
    assert warned.subject.startswith("有人申请重置")
    issued = asking.decide_reset(reset.pk, Decision.GRANT, reason="授权书属实", by=cast[LEAD])
    assert standing_of(claimed) is None
    assert "不再是" in Message.objects.filter(person_id=claimed.pk).latest("pk").subject
    successor = actions.claim(firms(1)[0][1], issued.code, account("li.si"))
    assert queries.rank_of(successor.pk, issued.enterprise) is Rank.FIRST
    audit = Round.objects.get(name=firms(1)[0][0])
    assert audit.facts.filter(kind="registered").count() == 1
    with pytest.raises(Refused):
        asking.issue_after_reset(reset.pk, by=cast[LEAD])


def test_a_code_that_went_astray_is_issued_again(cast, claimed):
    reset = ask()
    first = asking.decide_reset(reset.pk, Decision.GRANT, reason="属实", by=cast[LEAD])
    again = asking.issue_after_reset(reset.pk, by=cast[LEAD])
    with pytest.raises(Refused):
        actions.claim(firms(1)[0][1], first.code, account("li.si"))
    assert actions.claim(firms(1)[0][1], again.code, account("li.si")).pk


def test_only_lead_and_county_decide_a_reset_and_always_with_a_reason(cast, claimed):
    reset = ask()
    for by in (INDUSTRY, "huizhou-industry", "province-ecology", "nanhai-industry", "blue-sea"):
        with pytest.raises(NotAllowed), transaction.atomic():
            asking.decide_reset(reset.pk, Decision.GRANT, reason="属实", by=cast[by])
    for act in (Decision.GRANT, Decision.DECLINE):
        with pytest.raises(Refused, match="理由"), transaction.atomic():
            asking.decide_reset(reset.pk, act, reason=" ", by=cast[LEAD])
    assert asking.decide_reset(reset.pk, Decision.DECLINE, reason="印章不符", by=cast[LEAD]) is None
    assert standing_of(claimed) is not None
    seen = {name for name in cast.standings if reset in access.resets_visible_to(cast[name])}
    assert seen == {"province-industry", "province-ecology", LEAD}


def test_a_reset_of_a_firm_on_no_list_is_refused(cast, claimed):
    with pytest.raises(Refused, match="名单上没有"):
        ask(number=code(77))
    assert Reset.objects.count() == 0


def wanted(number=40, **changes):
    facts = {
        "name": f"佛山第{number}家具有限公司", "code": code(number),
        "place": territory.region(NANHAI), "industry": "2110", "address": "桂城街道1号",
        "explanation": "希望降低能耗",
    } | changes  # fmt: skip
    return asking.Wanted(**facts)


def draft(cast):
    key = BatchKey(2023, FOSHAN, Line.INDUSTRY, 5)
    return take_list(cast, firms(1, first=60), key=key, by=INDUSTRY).batch


def test_an_accepted_wish_is_taken_into_a_list_as_voluntary(cast):
    wish = asking.ask_wish(wanted(), ASKER)
    assert asking.ask_wish(wanted(), ASKER).pk == wish.pk
    asking.decide_wish(wish.pk, Decision.GRANT, reason="", by=cast[INDUSTRY])
    batch = draft(cast)
    taken = asking.take_wish(wish.pk, batch.pk, by=cast[INDUSTRY])
    entry = Entry.objects.get(batch=batch, code=code(40))
    assert (taken.state, taken.entry, entry.kind) == (Asked.TAKEN, entry, "voluntary")
    assert entry.enterprise.county_id == NANHAI
    with pytest.raises(NotAllowed):
        asking.take_wish(wish.pk, batch.pk, by=cast[INDUSTRY])


def test_a_firm_that_is_like_a_known_one_is_asked_about(cast):
    listed(cast, [("佛山第40家具有限公司", code(41), "双有")])
    wish = asking.ask_wish(wanted(), ASKER)
    asking.decide_wish(wish.pk, Decision.GRANT, reason="", by=cast[INDUSTRY])
    batch = draft(cast)
    with pytest.raises(Refused, match="名称与已有企业相同"), transaction.atomic():
        asking.take_wish(wish.pk, batch.pk, by=cast[INDUSTRY])
    assert asking.take_wish(wish.pk, batch.pk, separate=True, by=cast[INDUSTRY]).entry


def test_a_listed_firm_and_a_second_asker_are_refused(cast):
    listed(cast, [("佛山第40家具有限公司", code(40), "双有")])
    with pytest.raises(Refused, match="已列入名单"):
        asking.ask_wish(wanted(), ASKER)
    asking.ask_wish(wanted(41), ASKER)
    with pytest.raises(Refused, match="正在办理"):
        asking.ask_wish(wanted(41), asking.Asker("赵六", "1"))


@pytest.mark.django_db(transaction=True)
def test_two_who_ask_for_one_firm_at_once_make_one_wish(cast):
    came = at_once(
        *(lambda n=n: asking.ask_wish(wanted(), asking.Asker(f"人{n}", "1")) for n in range(2))
    )
    assert sorted(type(one).__name__ for one in came) == ["Refused", "Wish"]
    assert Wish.objects.count() == 1


def test_only_the_industry_department_of_the_city_decides_a_wish(cast):
    wish = asking.ask_wish(wanted(), ASKER)
    for by in (LEAD, "huizhou-industry", "province-industry", "nanhai-industry", "red-star"):
        with pytest.raises(NotAllowed), transaction.atomic():
            asking.decide_wish(wish.pk, Decision.GRANT, reason="", by=cast[by])
    with pytest.raises(Refused, match="理由"), transaction.atomic():
        asking.decide_wish(wish.pk, Decision.DECLINE, reason="", by=cast[INDUSTRY])
    asking.decide_wish(wish.pk, Decision.DECLINE, reason="已列入搬迁计划", by=cast[INDUSTRY])
    seen = {name for name in cast.standings if wish in access.wishes_visible_to(cast[name])}
    assert seen == {
        "province-industry", "province-ecology", INDUSTRY, LEAD, "nanhai-industry",
    }  # fmt: skip


def test_the_public_receipt_names_nobody(cast, claimed):
    ask()
    asking.ask_wish(wanted(), ASKER)
    told = str(list(Receipt.objects.values("subject", "facts")))
    for secret in ("王五", "13700000000", "佛山第", "wang@"):
        assert secret not in told


SAID = {
    "firm": "佛山第40家具有限公司", "code": code(40), "county": NANHAI, "industry": "2110",
    "name": "王五", "phone": "13700000000", "explanation": "希望降低能耗",
}  # fmt: skip


def test_a_visitor_asks_and_reads_the_answer_by_receipt_and_code(client, cast):
    url = reverse("registration:wish")
    assert client.post(url, SAID | {"code": "91440600", "industry": "zz"}).status_code == 422
    page = client.post(url, SAID)
    wish = Wish.objects.get()
    assert wish.receipt in page.content.decode()
    client.force_login(cast.people[INDUSTRY])
    act = reverse("registration:wish-act", args=[wish.pk, "decline"])
    client.post(act, {"reason": "已列入搬迁计划"})
    assert client.post(act, {"reason": "x"}).status_code in (403, 409)
    assert "未同意" in client.get(reverse("registration:wishes")).content.decode()
    client.logout()
    answer = reverse("registration:answer")
    told = client.post(answer, {"receipt": wish.receipt, "code": code(40)}).content.decode()
    assert "已列入搬迁计划" in told
    assert "13700000000" not in told
    for number in (code(41), "x"):
        miss = client.post(answer, {"receipt": wish.receipt, "code": number})
        assert miss.status_code == 422
        assert "已列入搬迁计划" not in miss.content.decode()


def test_one_address_asks_so_often_and_no_more(client, cast):
    url = reverse("registration:wish")
    for number in range(40, 46):
        page = client.post(url, SAID | {"code": code(number)}).content.decode()
    assert "尝试次数过多" in page
    assert Wish.objects.count() == 5


def test_the_desk_grants_a_reset_and_shows_the_code_once(client, cast, claimed):
    url = reverse("registration:lost")
    said = {
        "code": firms(1)[0][1], "firm": firms(1)[0][0], "name": "王五", "phone": "13700000000",
        "explanation": "联系人离职",
    }  # fmt: skip
    kept = File.objects.count()
    assert client.post(url, said).status_code == 422  # no letter
    assert client.post(url, said | {"paper": paper(b"plain words")}).status_code == 422
    assert (Reset.objects.count(), File.objects.count()) == (0, kept)
    assert "受理编号" in client.post(url, said | {"paper": paper()}).content.decode()
    reset = Reset.objects.get()
    client.force_login(cast.people[LEAD])
    page = reverse("registration:reset", args=[reset.pk])
    act = reverse("registration:reset-act", args=[reset.pk, "grant"])
    assert "张三" in client.get(page).content.decode()
    shown = client.post(act, {"reason": "授权书属实"}).content.decode()
    assert "认领码只显示这一次" in shown
    assert "认领码只显示这一次" not in client.get(page).content.decode()
    assert client.post(act, {"reason": "再次"}).status_code in (403, 409)
    again = reverse("registration:reset-act", args=[reset.pk, "issue"])
    assert "认领码只显示这一次" in client.post(again).content.decode()
    letter = client.get(reverse("registration:reset-paper", args=[reset.pk]))
    assert b"".join(letter.streaming_content).startswith(b"%PDF")
    assert Code.objects.unused().filter(enterprise=reset.enterprise).count() == 1


def test_the_desk_takes_a_wish_into_a_list(client, cast):
    batch = draft(cast)
    wish = asking.ask_wish(wanted(), ASKER)
    client.force_login(cast.people[INDUSTRY])
    page = reverse("registration:wish-page", args=[wish.pk])
    assert client.post(page, {"batch": batch.pk}).status_code == 404  # not accepted yet
    client.post(reverse("registration:wish-act", args=[wish.pk, "grant"]))
    assert batch.title in client.get(page).content.decode()
    assert client.post(page, {"batch": "0"}).status_code == 422
    assert client.post(page, {"batch": batch.pk}).status_code == 302
    assert "已纳入名单" in client.get(page).content.decode()
    assert Wish.objects.get().asked_on == date(2023, 9, 28)
