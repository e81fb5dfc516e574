"""For whom a person acts, and who may look an organisation up."""

from datetime import date

import pytest
from django.http import Http404

from cleanprod.foundation.accounts.models import Person
from cleanprod.foundation.organisations import access, actions
from cleanprod.foundation.organisations.access import standing_of
from cleanprod.foundation.organisations.models import Membership, Organisation
from cleanprod.foundation.organisations.rules import Kind, Line, Role
from cleanprod.foundation.trail.actions import SYSTEM
from cleanprod.foundation.trail.models import Entry
from cleanprod.kernel.errors import NotAllowed
from tests.world import FOSHAN, HUIZHOU, NANHAI

SEEN = {
    "province-ecology": {
        "province-industry", "province-ecology", "foshan-industry", "foshan-ecology",
        "huizhou-industry", "nanhai-industry", "shunde-industry", "red-star", "blue-sea",
        "consultancy", "expert", "support", "admin",
    },
    "foshan-industry": {
        "foshan-industry", "foshan-ecology", "nanhai-industry", "shunde-industry", "red-star",
    },
    "huizhou-industry": {"huizhou-industry", "blue-sea"},
    "nanhai-industry": {"nanhai-industry", "red-star"},
    "shunde-industry": {"shunde-industry"},
    "red-star": {"red-star"},
    "consultancy": {"consultancy"},
    "expert": {"expert"},
    "support": {"support"},
    "auditor": {"admin"},
}  # fmt: skip


@pytest.mark.parametrize("name", SEEN)
def test_everybody_looks_up_their_own_and_what_lies_in_their_territory(cast, name):
    seen = set(access.visible_to(cast[name]).values_list("pk", flat=True))
    assert seen == {cast.offices[other].pk for other in SEEN[name]}


def test_who_acts_for_nobody_looks_nothing_up(cast):
    assert not access.visible_to(None).exists()
    with pytest.raises(Http404):
        access.get_or_404(None, cast.offices["red-star"].pk)


def test_administrators_see_all_but_records_that_were_merged(cast):
    Organisation.objects.filter(pk=cast.offices["blue-sea"].pk).update(
        merged_into=cast.offices["red-star"]
    )
    seen = set(access.visible_to(cast["admin"]).values_list("pk", flat=True))
    assert seen == {
        office.pk for name, office in cast.offices.items() if name not in ("blue-sea", "auditor")
    }


def test_a_standing_tells_line_and_place_of_the_office(cast):
    city = cast["foshan-ecology"]
    assert (city.role, city.line, city.city, city.county) == (Role.CITY, Line.ECOLOGY, FOSHAN, "")
    county = cast["nanhai-industry"]
    assert (county.role, county.city, county.county) == (Role.COUNTY, FOSHAN, NANHAI)
    firm = cast["red-star"]
    assert (firm.role, firm.office_id, firm.line) == (
        Role.ENTERPRISE,
        cast.offices["red-star"].pk,
        None,
    )


def test_of_two_memberships_the_chosen_one_counts_else_the_first(cast):
    person = cast.people["red-star"]
    second = actions.appoint(person, cast.offices["blue-sea"], Role.ENTERPRISE, by=SYSTEM)
    assert standing_of(person).office_id == cast.offices["red-star"].pk
    assert standing_of(person, second.pk).office_id == cast.offices["blue-sea"].pk


def test_a_membership_of_somebody_else_or_one_that_ended_cannot_be_chosen(cast):
    person = cast.people["red-star"]
    strangers = Membership.objects.get(person=cast.people["foshan-ecology"])
    assert standing_of(person, strangers.pk).office_id == cast.offices["red-star"].pk
    own = Membership.objects.get(person=person)
    actions.dismiss(own.pk, by=SYSTEM, reason="离职", on=date(2023, 9, 1))
    assert standing_of(person, own.pk) is None


def test_somebody_without_any_role_stands_for_nobody(cast):
    assert standing_of(Person.objects.create_user("nobody", name="无职")) is None


def test_appointing_twice_makes_one_membership_and_one_line(cast):
    person = Person.objects.create_user("new", name="新人")
    first = actions.appoint(person, cast.offices["consultancy"], Role.CONSULTANCY, by=SYSTEM)
    again = actions.appoint(person, cast.offices["consultancy"], Role.CONSULTANCY, by=SYSTEM)
    assert first == again
    lines = Entry.objects.filter(act="membership:appoint", subject=f"person:{person.pk}")
    assert lines.count() == 1


def test_dismissing_twice_keeps_the_first_day_and_writes_one_line(cast):
    member = Membership.objects.get(person=cast.people["red-star"])
    actions.dismiss(member.pk, by=SYSTEM, reason="离职", on=date(2023, 9, 1))
    actions.dismiss(member.pk, by=SYSTEM, reason="又一次", on=date(2023, 9, 20))
    member.refresh_from_db()
    assert member.until == date(2023, 9, 1)
    assert Entry.objects.filter(act="membership:dismiss").count() == 1


@pytest.mark.parametrize("kind", list(Kind))
def test_an_organisation_gives_only_the_roles_of_its_kind(db, kind):
    office = actions.enter(actions.NewOrganisation(kind, "某单位"), by=SYSTEM)
    person = Person.objects.create_user("someone", name="某人")
    for role in Role:
        if role in actions.ROLES_OF_KIND[kind]:
            assert actions.appoint(person, office, role, by=SYSTEM).role == role
        else:
            with pytest.raises(NotAllowed):
                actions.appoint(person, office, role, by=SYSTEM)


def test_every_role_belongs_to_one_kind_of_organisation():
    given = [role for roles in actions.ROLES_OF_KIND.values() for role in roles]
    assert sorted(given) == sorted(Role)


def test_a_thousand_firms_are_entered_in_few_statements(db, django_assert_max_num_queries):
    rows = [actions.NewOrganisation(Kind.ENTERPRISE, f"第{n}厂", city=HUIZHOU) for n in range(1000)]
    with django_assert_max_num_queries(6):
        ids = actions.enter_many(rows, by=SYSTEM)
    assert ids == sorted(ids)
    assert Organisation.objects.enterprises().count() == 1000
    assert Entry.objects.filter(act="organisation:enter").count() == 1000
