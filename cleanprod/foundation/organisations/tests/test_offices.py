"""Administrators make organisations and accounts; nobody else does."""

import re

import pytest
from django.urls import reverse

from cleanprod.foundation.accounts.models import Person
from cleanprod.foundation.organisations import actions
from cleanprod.foundation.organisations.access import standing_of
from cleanprod.foundation.organisations.models import Membership, Organisation
from cleanprod.foundation.organisations.rules import Line, Role
from cleanprod.foundation.trail.actions import SYSTEM
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
