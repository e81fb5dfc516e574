"""Codes are issued, a person claims the record of a firm, and the round shows it as registered."""

import re
from datetime import date, timedelta

import pytest
from django.urls import reverse

from cleanprod.foundation.accounts.models import Counter, Person
from cleanprod.foundation.engine import clock
from cleanprod.foundation.obligations.models import Obligation
from cleanprod.foundation.organisations.models import Membership
from cleanprod.foundation.organisations.rules import Line
from cleanprod.foundation.trail.models import Entry as TrailEntry
from cleanprod.kernel.errors import NotAllowed, Refused
from cleanprod.stages.audits.models import Fact, Round
from cleanprod.stages.audits.rules import Milestone
from cleanprod.stages.programme.models import Entry
from cleanprod.stages.registration import actions, queries
from cleanprod.stages.registration.models import Code
from cleanprod.stages.registration.rules import Rank
from tests.flow import KEY, LEAD, BatchKey, at_once, firms, listed, take_list
from tests.world import FOSHAN

PASSWORD = "vermilion-otter-71"
URL = "registration:claim"


def account(username="zhang.san", name="张三"):
    return actions.NewAccount(username, name, "13800000000", "zhang@example.com", PASSWORD)


def typed(firm, code, **changes):
    return {
        "firm": firm, "code": code, "name": "张三", "phone": "13800000000",
        "email": "zhang@example.com", "username": "zhang.san", "password1": PASSWORD,
        "password2": PASSWORD,
    } | changes  # fmt: skip


@pytest.fixture
def batch(cast):
    return listed(cast, firms(3)).batch


@pytest.fixture
def issued(batch, cast):
    """The codes of the three firms in the order of the list."""
    return actions.issue(batch.pk, None, by=cast[LEAD])


def test_a_claim_registers_the_round_once_and_settles_the_duty(cast, batch, issued):
    person = actions.claim(firms(1)[0][1], issued[0].code, account())
    audit = Round.objects.get(name=firms(1)[0][0])
    assert (audit.stage, audit.registered_on) == ("registered", clock.today())
    assert Fact.objects.get(round=audit, kind=Milestone.REGISTERED).person_id == person.pk
    assert Obligation.objects.get(key__contains=f":{audit.pk}:register:").done_on == clock.today()
    assert queries.rank_of(person.pk, audit.enterprise_id) is Rank.FIRST
    with pytest.raises(Refused, match="代码或认领码不正确"):
        actions.claim(firms(1)[0][1], issued[0].code, account("li.si"))
    assert not Person.objects.filter(username="li.si").exists()
    lines = TrailEntry.objects.filter(act="registration:claim", dossier=audit.enterprise_id)
    assert lines.count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_who_claim_at_the_same_second_one_gets_in(cast):
    batch = listed(cast, firms(1)).batch
    (issued,) = actions.issue(batch.pk, None, by=cast[LEAD])
    number = firms(1)[0][1]
    came = at_once(
        *(lambda n=n: actions.claim(number, issued.code, account(f"person{n}")) for n in range(2))
    )
    assert sorted(type(one).__name__ for one in came) == ["Person", "Refused"]
    assert Fact.objects.filter(kind=Milestone.REGISTERED).count() == 1
    assert Membership.objects.filter(organisation=issued.enterprise, until=None).count() == 1


def test_wrong_used_expired_void_and_unknown_are_refused_in_the_same_words(cast, batch, issued):
    number, other = firms(2)[0][1], firms(2)[1][1]
    actions.claim(number, issued[0].code, account())
    again = actions.issue(batch.pk, [Entry.objects.get(code=other).pk], by=cast[LEAD])
    tries = [
        (number, issued[0].code),  # used
        (other, issued[1].code),  # voided by the newer one
        (other, issued[2].code),  # of another firm
        (other, "2345-6789-ABCD-EFGH"),
        (other, "not a code"),
        ("91440600XXXXXXXXXX", again[0].code),
        ("", again[0].code),
    ]
    said = set()
    for firm, code in tries:
        with pytest.raises(Refused) as told:
            actions.claim(firm, code, account("li.si"))
        said.add(str(told.value))
    with clock.fixed(again[0].expires_on + timedelta(1)), pytest.raises(Refused) as told:
        actions.claim(other, again[0].code, account("li.si"))
    assert said == {str(told.value)}
    with clock.fixed(again[0].expires_on):
        actions.claim(
            other.lower(), f" {again[0].code.replace('-', '').lower()} ", account("li.si")
        )


def test_a_firm_without_credit_code_claims_by_its_name(cast):
    batch = listed(cast, [("佛山无码电镀有限公司", "", "双有")]).batch
    (issued,) = actions.issue(batch.pk, None, by=cast[LEAD])
    with pytest.raises(Refused):
        actions.claim("佛山别的电镀有限公司", issued.code, account())
    assert actions.claim("佛山无码电镀有限公司", issued.code, account()).pk


def test_codes_are_kept_hashed_and_said_nowhere_else(cast, batch, issued):
    bare = [one.code.replace("-", "") for one in issued]
    kept = "".join(str(row) for row in Code.objects.values()) + "".join(
        str(row) for row in TrailEntry.objects.values("label", "after", "reason")
    )
    assert not any(code in kept or one.code in kept for code, one in zip(bare, issued, strict=True))
    assert TrailEntry.objects.filter(act="registration:issue").count() == 3


def test_those_who_claimed_and_other_offices_get_no_codes(cast, batch, issued):
    actions.claim(firms(1)[0][1], issued[0].code, account())
    assert len(actions.issue(batch.pk, None, by=cast[LEAD])) == 0  # the others hold codes
    everybody = [entry.pk for entry in batch.entries.all()]
    assert len(actions.issue(batch.pk, everybody, by=cast[LEAD])) == 2
    for office in ("foshan-industry", "huizhou-industry", "province-ecology", "nanhai-industry"):
        with pytest.raises(NotAllowed):
            actions.issue(batch.pk, None, by=cast[office])
    draft = take_list(cast, firms(1, first=7), key=key(2)).batch
    with pytest.raises(Refused, match="公布后"):
        actions.issue(draft.pk, None, by=cast[LEAD])


def key(number=1, year=2022, line=KEY.lead):
    return BatchKey(year, FOSHAN, line, number)


def test_an_expired_code_is_issued_anew_by_the_same_button(cast, batch, issued):
    with clock.fixed(issued[0].expires_on + timedelta(1)):
        assert len(actions.issue(batch.pk, None, by=cast[LEAD])) == 3


def test_issuing_takes_the_same_number_of_statements_for_more_firms(
    cast, django_assert_max_num_queries
):
    batch = listed(cast, firms(40)).batch
    with django_assert_max_num_queries(16):
        assert len(actions.issue(batch.pk, None, by=cast[LEAD])) == 40


def test_the_page_makes_the_account_and_signs_in(client, cast, batch, issued):
    number, code = firms(1)[0][1], issued[0].code
    wrong = client.post(reverse(URL), typed(number, code, password2="another-otter-72", phone="x"))
    assert wrong.status_code == 422
    assert "两次输入的密码不一致" in wrong.content.decode()
    assert "zhang.san" in wrong.content.decode()  # what was typed is kept
    taken = client.post(reverse(URL), typed(number, code, username="RED-STAR"))
    assert "该账号已存在" in taken.content.decode()
    done = client.post(reverse(URL), typed(number, code), follow=True)
    assert done.redirect_chain[-1][0] == reverse("desk:home")
    audit = Round.objects.get(name=firms(1)[0][0])
    assert "已注册" in client.get(f"/rounds/{audit.pk}/").content.decode()
    client.logout()
    again = client.post(reverse(URL), typed(number, code, username="li.si"))
    assert again.status_code == 422
    assert "代码或认领码不正确" in again.content.decode()


def test_guesses_lock_the_address_and_a_right_claim_does_not(client, cast, batch, issued):
    number = firms(1)[0][1]
    for _ in range(5):
        page = client.post(reverse(URL), typed(number, "2345-6789-ABCD-EFGH"))
        assert "代码或认领码不正确" in page.content.decode()
    page = client.post(reverse(URL), typed(number, issued[0].code))
    assert "尝试次数过多" in page.content.decode()
    assert Round.objects.get(name=firms(1)[0][0]).registered_on is None
    Counter.objects.all().delete()
    client.post(reverse(URL), typed(number, issued[0].code))
    assert not Counter.objects.filter(failures__gt=0).exists()


def test_an_office_downloads_the_letters_and_sees_who_claimed(client, cast, batch):
    client.force_login(cast.people[LEAD])
    page = reverse("registration:codes", args=[batch.pk])
    assert "未发放" in client.get(page).content.decode()
    issue = reverse("registration:issue", args=[batch.pk])
    letters = client.post(issue, {"who": "missing", "format": "pdf"})
    assert letters.content.startswith(b"%PDF")
    assert "no-store" in letters["Cache-Control"]
    assert client.post(issue, {"who": "missing", "format": "pdf"}).status_code == 302
    chosen = Entry.objects.get(code=firms(1)[0][1])
    book = client.post(issue, {"who": "chosen", "entry": chosen.pk, "format": "xlsx"})
    assert book["Content-Disposition"].endswith(".xlsx")
    assert client.post(issue, {"who": "chosen"}).status_code == 302
    assert re.search("已发放", client.get(page).content.decode())
    assert "没有这样的企业" in client.get(page, {"state": "claimed"}).content.decode()
    assert Code.objects.unused().count() == 3
    assert Code.objects.count() == 4


def test_a_county_issues_for_its_own_firms_only(cast):
    county = cast["nanhai-industry"]
    rows = firms(2)
    batch = listed(cast, rows, key=key(line=Line.INDUSTRY), by="foshan-industry").batch
    assert len(actions.issue(batch.pk, None, by=cast["shunde-industry"])) == 0
    assert len(actions.issue(batch.pk, None, by=county)) == 2


def test_a_second_round_needs_no_second_claim(cast, batch, issued):
    person = actions.claim(firms(1)[0][1], issued[0].code, account())
    Round.objects.update(accepted_on=date(2022, 12, 1), stage="accepted")
    again = listed(cast, firms(1), key=key(year=2023), on=date(2023, 3, 8)).batch
    assert actions.issue(again.pk, None, by=cast[LEAD]) == []
    assert queries.rank_of(person.pk, issued[0].enterprise) is Rank.FIRST
