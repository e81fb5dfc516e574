"""The access matrix: every named route, asked by everybody of the cast."""

from contextlib import contextmanager

import pytest
from allauth.mfa.recovery_codes.internal import auth as recovery_codes
from allauth.mfa.totp.internal import auth as totp
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.test import Client, override_settings
from django.urls import reverse

from cleanprod.foundation.accounts.models import Person
from cleanprod.foundation.engine import clock
from tests.house.url_map import routes
from tests.routes import PEOPLE, ROUTES
from tests.things import make_things
from tests.world import TODAY, make_cast

LET_IN = {200, 302, 422}
REFUSED = {403, 404, 409}


def test_every_route_has_a_row_and_every_row_a_route():
    assert {route.name for route in routes()} == set(ROUTES)


@contextmanager
def population(folder):
    """Make the cast and the things once, in a transaction that is rolled back at the end."""
    storages = {
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": folder},
        },
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    whole = transaction.atomic()
    whole._from_testcase = True  # as Django marks its own, so that durable blocks may stand inside
    # However long the machine takes, nobody who signed in at the beginning is signed out.
    policy = {**settings.SIGN_IN_POLICY, "idle_minutes": 600}
    with override_settings(STORAGES=storages, SIGN_IN_POLICY=policy), clock.fixed(TODAY), whole:
        cast = make_cast()
        things = make_things(cast)
        yield cast, things, signed_in(cast)
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def populated(django_db_setup, django_db_blocker, tmp_path_factory):
    """Yield the cast and the things of this module; each test takes back what it did."""
    with django_db_blocker.unblock(), population(tmp_path_factory.mktemp("files")) as found:
        yield found


@pytest.fixture
def cast(db, populated):
    """Yield the cast; what a test changes in memory is put back, too."""
    people = populated[0].people.values()
    passwords = [person.password for person in people]
    yield populated[0]
    for person, password in zip(people, passwords, strict=True):
        person.password = password


@pytest.fixture
def world(db, populated):
    """Return the things that rows name, by name, each with its key."""
    return populated[1]


@pytest.fixture
def sessions(db, populated):
    """Return the cookie with which each of the cast is signed in, by name."""
    return populated[2]


def signed_in(cast):
    """Sign everybody in, and return their cookies; to do so takes longer than most pages."""
    cookies = {}
    for name, person in cast.people.items():
        client = Client()
        client.force_login(person)
        cookies[name] = client.cookies[settings.SESSION_COOKIE_NAME].value
    return cookies


def client_of(name, sessions):
    """Return a client of this member of the cast, or of a visitor where there is no name."""
    client = Client()
    if name:
        client.cookies[settings.SESSION_COOKIE_NAME] = sessions[name]
    return client


def give_codes(cast):
    """Give everybody a password and one-time codes; pages of the account differ without."""
    Person.objects.update(password=make_password("vermilion-otter-71"))
    for person in cast.people.values():
        person.refresh_from_db()
        totp.TOTP.activate(person, totp.generate_totp_secret())
        recovery_codes.RecoveryCodes.activate(person)


def ask(name, row, world, client):
    """Return True if the client is let in; what the request did is taken back."""
    with transaction.atomic():
        address = reverse(name, args=[world.get(value, value) for value in row.args])
        data = {key: world.get(value, value) for key, value in row.data.items()}
        answer = client.post(address, data) if row.post else client.get(address)
        if answer.streaming:
            b"".join(answer.streaming_content)  # which closes the file
        transaction.set_rollback(True)
    led_to_sign_in = answer.status_code == 302 and answer.url.startswith(
        f"{reverse('account_login')}?next="
    )
    assert answer.status_code in LET_IN | REFUSED, f"{name}: {answer.status_code}"
    return answer.status_code in LET_IN and not led_to_sign_in


@pytest.mark.parametrize("name", ROUTES)
def test_only_those_named_get_in(name, world, cast, sessions):
    row = ROUTES[name]
    if name.startswith(("account_", "mfa_")):
        give_codes(cast)
        sessions = signed_in(cast)  # a new password ends the others
    let_in = {
        role
        for role, person in PEOPLE.items()
        if ask(name, row, world, client_of(person, sessions))
    }
    assert let_in == row.allowed
