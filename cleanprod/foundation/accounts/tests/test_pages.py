"""Every reachable page of sign-in is ours: none falls back to allauth's own."""

import pytest
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.template.loader import get_template
from django.urls import URLResolver

from cleanprod.foundation.accounts import urls

MARK = "account-page"

# Route name -> who opens it; the rest of the map only sends on or takes a POST.
VISITOR = {
    "account_login": "login/",
    "account_inactive": "inactive/",
    "account_reset_password": "password/reset/",
    "account_reset_password_done": "password/reset/done/",
    "account_reset_password_from_key": "password/reset/key/1-a-b/",
    "account_reset_password_from_key_done": "password/reset/key/done/",
}
PERSON = {
    "account_logout": "logout/",
    "account_reauthenticate": "confirm/",
    "account_change_password": "password/change/",
    "account_set_password": "password/none/",
    "mfa_index": "security/",
    "mfa_activate_totp": "codes/activate/",
}
WITH_CODES = {
    "mfa_reauthenticate": "codes/confirm/",
    "mfa_deactivate_totp": "codes/deactivate/",
    "mfa_view_recovery_codes": "recovery/",
    "mfa_generate_recovery_codes": "recovery/generate/",
}
HALFWAY = {"mfa_authenticate": "codes/"}
NO_PAGE = {"demo", "demo_pick", "everywhere", "mfa_download_recovery_codes"}


def names(patterns=urls.urlpatterns):
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from names(pattern.url_patterns)
        else:
            yield pattern.name


def test_every_route_is_looked_at_here():
    assert set(names()) == {*VISITOR, *PERSON, *WITH_CODES, *HALFWAY} | NO_PAGE


@pytest.mark.parametrize("path", VISITOR.values(), ids=VISITOR)
def test_page_of_a_visitor_is_ours(client, db, path):
    page = client.get(f"/accounts/{path}")
    assert page.status_code == 200
    assert MARK in page.content.decode()


@pytest.mark.parametrize("path", PERSON.values(), ids=PERSON)
def test_page_of_a_person_is_ours(client, clerk, sign_in, path):
    sign_in("lihua")
    page = client.get(f"/accounts/{path}")
    assert page.status_code == 200
    assert MARK in page.content.decode()


@pytest.mark.parametrize("path", WITH_CODES.values(), ids=WITH_CODES)
def test_page_of_an_official_is_ours(client, with_codes, sign_in, phone, path):
    person, secret = with_codes
    RecoveryCodes.activate(person)
    sign_in("zhangming")
    assert MARK in client.get("/accounts/codes/").content.decode()
    client.post("/accounts/codes/", {"code": phone(secret)})
    page = client.get(f"/accounts/{path}")
    assert page.status_code == 200
    assert MARK in page.content.decode()


def test_recovery_codes_come_as_a_file(client, with_codes, sign_in, phone):
    person, secret = with_codes
    code = RecoveryCodes.activate(person).get_unused_codes()[0]
    sign_in("zhangming")
    client.post("/accounts/codes/", {"code": phone(secret)})
    text = client.get("/accounts/recovery/download/").content.decode()
    assert code in text
    assert "恢复码" in text


@pytest.mark.parametrize("path", [*PERSON.values(), *WITH_CODES.values()])
def test_pages_of_the_own_account_are_closed_to_visitors(client, db, path):
    if path == "logout/":
        return
    assert client.get(f"/accounts/{path}")["Location"].startswith("/accounts/login/")


@pytest.mark.parametrize(
    "name",
    [
        "account/login.html",
        "account/messages/logged_in.txt",
        "account/messages/logged_out.txt",
        "account/messages/password_changed.txt",
        "mfa/messages/totp_activated.txt",
        "mfa/messages/totp_deactivated.txt",
        "mfa/messages/recovery_codes_generated.txt",
        "mfa/recovery_codes/download.txt",
    ],
)
def test_texts_are_ours(name):
    assert "cleanprod" in str(get_template(name).template.filename)


def test_no_page_carries_inline_style_or_script(client, with_codes, sign_in, phone):
    person, secret = with_codes
    RecoveryCodes.activate(person)
    pages = [client.get("/accounts/login/")]
    sign_in("zhangming")
    pages.append(client.get("/accounts/codes/"))
    client.post("/accounts/codes/", {"code": phone(secret)})
    pages += [client.get(f"/accounts/{path}") for path in ("security/", "recovery/")]
    for page in pages:
        text = page.content.decode()
        assert " style=" not in text
        assert "<script>" not in text
        assert "'unsafe-inline'" not in page["Content-Security-Policy"]
