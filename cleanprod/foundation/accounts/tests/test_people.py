import os
from importlib import import_module

import pytest

from cleanprod.foundation.accounts import actions
from cleanprod.foundation.accounts.actions import NewPerson
from cleanprod.foundation.accounts.models import Person
from cleanprod.foundation.accounts.tests.conftest import PASSWORD
from cleanprod.foundation.trail.actions import SYSTEM
from cleanprod.kernel.errors import Conflict, Refused

pytestmark = pytest.mark.django_db


def test_person_without_a_password_cannot_sign_in_with_one(sign_in, client):
    person = actions.create_person("lihua", "李华", by=SYSTEM, needs_code=False)
    assert not person.has_usable_password()
    sign_in("lihua", "")
    assert "_auth_user_id" not in client.session


def test_many_people_cost_few_queries(django_assert_max_num_queries):
    rows = [NewPerson(f"p{n}", f"人{n}") for n in range(300)]
    with django_assert_max_num_queries(10):
        people = actions.create_people(rows, by=SYSTEM)
    assert [person.username for person in people] == [row.username for row in rows]
    assert all(person.pk for person in people)


def test_taken_name_is_refused_in_any_case(clerk):
    with pytest.raises(Conflict, match="账号已存在：lihua"):
        actions.create_person("LIHUA", "别人", by=SYSTEM, needs_code=False)


def test_name_given_twice_is_refused_and_nothing_is_made():
    with pytest.raises(Conflict, match="zhao"):
        actions.create_people([NewPerson("zhao", "赵"), NewPerson("Zhao", "赵")], by=SYSTEM)
    assert not Person.objects.exists()


def test_odd_name_is_refused():
    with pytest.raises(Refused, match="只能包含"):
        actions.create_person("a b;", "甲", by=SYSTEM, needs_code=False)


def test_weak_password_is_refused():
    with pytest.raises(Refused, match="密码"):
        actions.create_person("zhao", "赵", by=SYSTEM, needs_code=False, password="123456")


def test_password_is_kept_as_argon2_at_full_cost(clerk, settings):
    product = import_module(os.environ["DJANGO_SETTINGS_MODULE"])  # tests hash at the least cost
    settings.PASSWORD_HASHERS = product.PASSWORD_HASHERS
    clerk.set_password(PASSWORD)
    assert clerk.password.startswith("argon2$argon2id$v=19$m=102400,t=2,p=8$")
    assert clerk.check_password(PASSWORD)


def test_disabled_twice_is_a_conflict(clerk):
    actions.disable(clerk.pk, reason="离职", by=SYSTEM)
    with pytest.raises(Conflict):
        actions.disable(clerk.pk, reason="离职", by=SYSTEM)
    actions.enable(clerk.pk, by=SYSTEM)
    clerk.refresh_from_db()
    assert clerk.is_active
    assert clerk.disabled_reason == ""


def test_codes_are_required_of_a_whole_list(clerk, official):
    actions.require_codes([clerk.pk, official.pk], by=SYSTEM)
    assert Person.objects.filter(needs_code=True).count() == 2


def test_database_holds_one_spelling_of_a_name(clerk):
    from django.db import IntegrityError, transaction

    with pytest.raises(IntegrityError), transaction.atomic():
        Person.objects.create(username="LiHua", name="别人")


def test_nobody_has_a_password_from_the_start():
    assert not Person.objects.exists()
