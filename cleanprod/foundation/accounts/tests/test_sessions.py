from datetime import timedelta

import pytest
from django.test import Client

from cleanprod.foundation.accounts import actions
from cleanprod.foundation.accounts.tests.conftest import PASSWORD
from cleanprod.foundation.engine import clock
from cleanprod.foundation.trail.actions import SYSTEM

PAGE = "/accounts/security/"


def age(browser, **back):
    """Set the clocks of the session back."""
    session = browser.session
    for key, span in back.items():
        session[key] = (clock.now() - span).isoformat()
    session.save()


def test_session_ends_after_half_an_hour_without_a_request(client, clerk, sign_in):
    sign_in("lihua")
    age(client, seen_at=timedelta(minutes=31))
    answer = client.get(PAGE)
    assert answer["Location"] == f"/accounts/login/?next={PAGE}"
    assert "请重新登录" in client.get(answer["Location"]).content.decode()


def test_session_lives_while_it_is_used(client, clerk, sign_in):
    sign_in("lihua")
    age(client, seen_at=timedelta(minutes=29))
    assert client.get(PAGE).status_code == 200
    age(client, signed_in_at=timedelta(hours=11))
    assert client.get(PAGE).status_code == 200


def test_session_ends_after_twelve_hours_whatever_happens(client, clerk, sign_in):
    sign_in("lihua")
    age(client, signed_in_at=timedelta(hours=12, minutes=1))
    assert client.get(PAGE).status_code == 302


def test_page_part_after_the_end_leads_the_whole_page_to_sign_in(client, clerk, sign_in):
    sign_in("lihua")
    age(client, seen_at=timedelta(minutes=31))
    answer = client.get(
        PAGE, HTTP_HX_REQUEST="true", HTTP_HX_CURRENT_URL="http://testserver/audits/?page=2"
    )
    assert answer.status_code == 204
    assert answer["HX-Redirect"] == "/accounts/login/?next=%2Faudits%2F%3Fpage%3D2"


def test_cookie_ends_with_the_browser_and_is_closed_to_scripts(client, clerk, sign_in):
    sign_in("lihua")
    cookie = client.cookies["sessionid"]
    assert cookie["max-age"] == ""
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"


def test_signing_out_everywhere_ends_other_sessions(client, clerk, sign_in):
    other = Client()
    sign_in("lihua")
    sign_in("lihua", browser=other)
    client.post("/accounts/everywhere/")
    assert client.get(PAGE).status_code == 302
    assert other.get(PAGE).status_code == 302


def test_new_password_ends_other_sessions_and_keeps_this_one(client, clerk, sign_in):
    other = Client()
    sign_in("lihua")
    sign_in("lihua", browser=other)
    new = "Xin-mima-8820"
    client.post(
        "/accounts/password/change/",
        {"oldpassword": PASSWORD, "password1": new, "password2": new},
    )
    assert client.get(PAGE).status_code == 200
    assert other.get(PAGE).status_code == 302


@pytest.mark.parametrize("weak", ["short1", "1234567890", "password1234", "lihua@example.com"])
def test_weak_new_password_is_refused(client, clerk, sign_in, weak):
    sign_in("lihua")
    client.post(
        "/accounts/password/change/",
        {"oldpassword": PASSWORD, "password1": weak, "password2": weak},
    )
    clerk.refresh_from_db()
    assert clerk.check_password(PASSWORD)


def test_current_password_cannot_be_guessed_behind_an_open_session(client, clerk, sign_in):
    sign_in("lihua")
    for _ in range(5):
        client.post("/accounts/password/change/", {"oldpassword": "wrong"})
    new = "Xin-mima-8820"
    answer = client.post(
        "/accounts/password/change/",
        {"oldpassword": PASSWORD, "password1": new, "password2": new},
    )
    assert "登录失败次数过多" in answer.content.decode()


def test_disabling_ends_open_sessions(client, clerk, sign_in):
    sign_in("lihua")
    actions.disable(clerk.pk, reason="离职", by=SYSTEM)
    assert client.get(PAGE).status_code == 302
