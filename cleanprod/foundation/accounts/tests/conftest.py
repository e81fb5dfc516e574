import time

import pytest
from allauth.mfa.totp.internal import auth
from django.test import Client

from cleanprod.foundation.accounts import actions
from cleanprod.foundation.trail.actions import SYSTEM

PASSWORD = "Qingjie-2023-shenhe"


@pytest.fixture
def clerk(db):
    """A person of an enterprise: a password is enough."""
    return actions.create_person(
        "lihua", "李华", by=SYSTEM, needs_code=False, email="lihua@example.com", password=PASSWORD
    )


@pytest.fixture
def official(db):
    """A person of an office: a one-time code is asked for."""
    return actions.create_person("zhangming", "张明", by=SYSTEM, needs_code=True, password=PASSWORD)


@pytest.fixture
def demo_home(settings):
    settings.DEMO = True


@pytest.fixture
def sign_in(client):
    def try_to(username, password=PASSWORD, *, browser: Client = client, **extra):
        return browser.post("/accounts/login/", {"login": username, "password": password}, **extra)

    return try_to


@pytest.fixture
def phone():
    """A code generator: shows the code of a secret, `late` half minutes from now."""

    def show(secret, late=0):
        return auth.format_hotp_value(auth.hotp_value(secret, int(time.time()) // 30 + late))

    return show


@pytest.fixture
def with_codes(official):
    """The official after setting up one-time codes; returns person and secret."""
    secret = auth.generate_totp_secret()
    auth.TOTP.activate(official, secret)
    return official, secret
