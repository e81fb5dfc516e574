"""Administrators make organisations and accounts; nobody else does."""

import re

import pytest
from django.urls import reverse

from cleanprod.foundation.accounts.models import Person
from cleanprod.foundation.organisations import actions
from cleanprod.foundation.organisations.access import standing_of
from cleanprod.foundation.organisations.models import Membership, Organisation
from cleanprod.foundation.organisations.queries import department, people_of
from cleanprod.foundation.organisations.rules import Kind, Line, Role
from cleanprod.foundation.trail.actions import SYSTEM
from cleanprod.kernel.errors import Refused
from tests.world import FOSHAN, GUANGDONG


def test_the_departments_of_a_province_are_entered_once(db):
    first = actions.enter_authorities(GUANGDONG, by=SYSTEM)
    assert first == Organisation.objects.authorities().count()
    cities = Organisation.objects.authorities().filter(county=None).exclude(city=None)
    assert cities.count() == 42
    assert actions.enter_authorities(GUANGDONG, by=SYSTEM) == 0


def test_an_administrator_opens_an_account_with_a_password_shown_once(cast, client):
    client.force_login(cast.people["admin"])
    office = Organisation.objects.get(city=FOSHAN, county=None, line=Line.ECOLOGY)
    page = reverse("organisations:office", args=[office.pk])
    answer = client.post(page, {"username": "zhang", "name": "张三", "email": ""})
    assert answer.status_code == 200
    password = re.search(r"<code>([\w-]{16})</code>", answer.content.decode()).group(1)
    person = Person.objects.get(username="zhang")
    assert person.check_password(password)
    assert person.must_change_password
    assert person.needs_code
    assert standing_of(person).role is Role.CITY
    assert password not in client.get(page).content.decode()


def test_a_name_that_is_taken_is_answered_on_the_form(cast, client):
    client.force_login(cast.people["admin"])
    page = reverse("organisations:office", args=[cast.offices["consultancy"].pk])
    answer = client.post(page, {"username": "red-star", "name": "李四"})
    assert answer.status_code == 422
    assert Membership.objects.filter(organisation=cast.offices["consultancy"]).count() == 1


def test_a_dismissed_person_stands_for_nobody(cast, client):
    client.force_login(cast.people["admin"])
    member = Membership.objects.get(person=cast.people["foshan-ecology"])
    page = reverse("organisations:dismiss", args=[member.pk])
    assert client.post(page, {}).status_code == 422
    client.post(page, {"reason": "调离"})
    assert standing_of(cast.people["foshan-ecology"]) is None


@pytest.mark.parametrize("name", ["province-industry", "foshan-ecology", "red-star", "auditor"])
def test_nobody_else_opens_these_pages(cast, client, name):
    client.force_login(cast.people[name])
    office = cast.offices["consultancy"].pk
    for route, args in (("offices", []), ("enter", []), ("office", [office])):
        assert client.get(reverse(f"organisations:{route}", args=args)).status_code == 403
    assert client.post(reverse("organisations:authorities")).status_code == 403


def test_a_consultancy_is_entered_once(cast, client):
    client.force_login(cast.people["admin"])
    page = reverse("organisations:enter")
    said = {"kind": "consultancy", "name": "绿源咨询有限公司", "code": "91440605MA00000017"}
    assert client.post(page, said).status_code == 302
    again = client.post(page, said | {"name": "绿源咨询公司", "code": "91440605ma00000017"})
    assert "该机构已登记：绿源咨询有限公司" in again.content.decode()
    same = {"kind": "consultancy", "name": "清源咨询有限公司", "code": ""}
    assert client.post(page, same).status_code == 422
    assert client.post(page, same | {"kind": "support"}).status_code == 302


def test_who_took_over_is_one_step_away_whatever_was_merged_before(cast):
    firms = [
        actions.enter(actions.NewOrganisation(Kind.ENTERPRISE, f"第{n}家公司"), by=SYSTEM)
        for n in range(3)
    ]
    actions.merge(firms[0].pk, into=firms[1].pk, reason="合并", by=SYSTEM)
    actions.merge(firms[1].pk, into=firms[2].pk, reason="合并", by=SYSTEM)
    for one in firms[:2]:
        one.refresh_from_db()
        assert one.merged_into == firms[2]
    for gone, into in ((firms[2], firms[0]), (firms[2], firms[2]), (firms[0], firms[2])):
        with pytest.raises(Refused):
            actions.merge(gone.pk, into=into.pk, reason="合并", by=SYSTEM)
    with pytest.raises(Refused):
        actions.merge(firms[2].pk, into=cast.offices["consultancy"].pk, reason="x", by=SYSTEM)


def test_messages_to_a_merged_firm_reach_the_people_of_the_firm_that_stays(cast):
    gone, stays = cast.offices["red-star"].pk, cast.offices["blue-sea"].pk
    theirs = cast["blue-sea"].person_id
    assert {who for _, who, _ in people_of([gone])} == {cast["red-star"].person_id}
    actions.merge(gone, into=stays, reason="合并", by=SYSTEM)
    both = {cast["red-star"].person_id, theirs}
    for asked in ([gone], Organisation.objects.filter(pk=gone).values("pk")):
        assert {(office, who) for office, who, _ in people_of(asked)} == {(gone, w) for w in both}
    assert {who for _, who, _ in people_of([stays])} == both
    assert people_of([cast.offices["admin"].pk, gone])[0][0] == min(cast.offices["admin"].pk, gone)


def test_a_department_enters_its_office_phone(cast, client):
    client.force_login(cast.people["foshan-ecology"])
    address = reverse("organisations:own-phone")
    assert client.post(address, {"phone": "请打这个"}).status_code == 422
    assert client.post(address, {"phone": "0757-83380000"}).status_code == 302
    assert department(FOSHAN, Line.ECOLOGY).phone == "0757-83380000"
    assert department(FOSHAN, Line.INDUSTRY).phone == ""
