import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.urls import NoReverseMatch, reverse

from cleanprod.foundation.accounts import actions, lockout
from cleanprod.foundation.accounts.models import Counter
from cleanprod.foundation.accounts.tests.conftest import PASSWORD
from cleanprod.foundation.engine import clock
from cleanprod.foundation.trail.actions import SYSTEM

WRONG = "账号或密码不正确"
LOCKED = "登录失败次数过多"


def is_in(browser):
    return "_auth_user_id" in browser.session


def test_right_password_opens_the_desk(client, clerk, sign_in, settings):
    answer = sign_in("lihua")
    assert answer.status_code == 302
    assert is_in(client)


def test_name_is_read_in_any_case(client, clerk, sign_in):
    sign_in(" LiHua ")
    assert is_in(client)


def test_wrong_password_is_refused_in_chinese(client, clerk, sign_in):
    assert WRONG in sign_in("lihua", "wrong").content.decode()
    assert not is_in(client)


def test_five_failures_lock_the_name_even_for_the_right_password(client, clerk, sign_in):
    for number in range(5):
        assert WRONG in sign_in("lihua", "wrong", REMOTE_ADDR=f"10.0.0.{number}").content.decode()
    answer = sign_in("lihua", REMOTE_ADDR="10.0.0.99")
    assert LOCKED in answer.content.decode()
    assert not is_in(client)


def test_five_failures_lock_the_address_for_every_name(client, clerk, sign_in):
    for number in range(5):
        sign_in(f"nobody{number}", "wrong", REMOTE_ADDR="10.0.0.7")
    assert LOCKED in sign_in("lihua", REMOTE_ADDR="10.0.0.7").content.decode()
    assert not is_in(client)
    sign_in("lihua", REMOTE_ADDR="10.0.0.8")
    assert is_in(client)


def test_lock_ends_after_a_quarter_of_an_hour(client, clerk, sign_in):
    for _ in range(5):
        sign_in("lihua", "wrong")
    row = Counter.objects.get(kind="name")
    assert timedelta(minutes=14) < row.locked_until - clock.now() <= timedelta(minutes=15)
    Counter.objects.update(locked_until=clock.now() - timedelta(seconds=1))
    sign_in("lihua")
    assert is_in(client)


def test_lock_is_a_row_and_so_survives_a_restart(clerk, sign_in):
    for _ in range(5):
        sign_in("lihua", "wrong")
    other_process = Client()
    assert LOCKED in sign_in("lihua", browser=other_process).content.decode()


def test_success_forgets_the_failures_of_the_name(client, clerk, sign_in):
    for _ in range(2):
        for _ in range(4):
            sign_in("lihua", "wrong")
        sign_in("lihua")
        assert is_in(client)
        client.logout()


def test_own_success_does_not_wash_away_guesses_at_others(clerk, sign_in):
    for number in range(4):
        sign_in(f"nobody{number}", "wrong")
    sign_in("lihua")
    sign_in("nobody9", "wrong", browser=Client())
    assert LOCKED in sign_in("lihua", browser=Client()).content.decode()


def test_unknown_name_gets_the_same_answer_and_the_same_lock(clerk, sign_in):
    known = [sign_in("lihua", "wrong", REMOTE_ADDR="10.0.1.1") for _ in range(6)]
    unknown = [sign_in("nobody", "wrong", REMOTE_ADDR="10.0.1.2") for _ in range(6)]
    for one, other in zip(known, unknown, strict=True):
        assert one.status_code == other.status_code
        for text in (WRONG, LOCKED):
            assert (text in one.content.decode()) == (text in other.content.decode())


def test_unknown_name_takes_as_long_as_a_known_one(clerk, sign_in):
    def lasts(name, address):
        begun = time.perf_counter()
        sign_in(name, "wrong", REMOTE_ADDR=address)
        return time.perf_counter() - begun

    known = min(lasts("lihua", f"10.1.0.{n}") for n in range(3))
    unknown = min(lasts("nobody", f"10.2.0.{n}") for n in range(3))
    assert 0.4 < known / unknown < 2.5


def test_parallel_guesses_cannot_pass_the_limit(db):
    # The threads commit on connections of their own, so they also clean up after themselves.
    def guess(_number):
        try:
            return lockout.try_sign_in("at-once", "192.0.2.77")
        finally:
            connection.close()

    def clean(_number):
        try:
            Counter.objects.filter(source__contains="at-once").delete()
            Counter.objects.filter(source="192.0.2.77").delete()
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        try:
            assert sum(pool.map(guess, range(16))) == 5
        finally:
            list(pool.map(clean, [0]))


def test_disabled_account_stays_out_and_is_told_why(client, clerk, sign_in):
    actions.disable(clerk.pk, reason="离职", by=SYSTEM)
    answer = sign_in("lihua")
    assert answer["Location"] == "/accounts/inactive/"
    assert "账号已停用" in client.get(answer["Location"]).content.decode()
    assert not is_in(client)


def test_session_key_changes_at_sign_in(client, clerk, sign_in):
    client.get("/accounts/login/")
    session = client.session
    session["planted"] = "yes"
    session.save()
    before = session.session_key
    client.cookies["sessionid"] = before
    sign_in("lihua")
    assert client.session.session_key != before


@pytest.mark.parametrize(
    "target",
    ["https://evil.example/", "//evil.example/", "javascript:alert(1)", "/\\\\evil.example"],
)
def test_next_never_leads_off_the_site(client, clerk, target):
    answer = client.post(
        "/accounts/login/", {"login": "lihua", "password": PASSWORD, "next": target}
    )
    assert answer.status_code == 302
    assert "evil" not in answer["Location"]
    assert "javascript" not in answer["Location"]


def test_next_on_the_site_is_followed(client, clerk):
    answer = client.post(
        "/accounts/login/", {"login": "lihua", "password": PASSWORD, "next": "/audits/?page=2"}
    )
    assert answer["Location"] == "/audits/?page=2"


@pytest.mark.parametrize(
    "path",
    [
        "/accounts/login/",
        "/accounts/logout/",
        "/accounts/demo/lihua",
        "/accounts/everywhere/",
        "/accounts/password/change/",
        "/accounts/password/reset/",
        "/accounts/codes/activate/",
        "/accounts/recovery/generate/",
    ],
)
def test_post_without_token_is_refused(clerk, path):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(clerk)
    assert browser.post(path).status_code == 403


def test_sign_up_does_not_exist(client, db):
    with pytest.raises(NoReverseMatch):
        reverse("account_signup")
    assert client.get("/accounts/signup/").status_code == 404
    assert client.post("/accounts/signup/", {"username": "x"}).status_code == 404


def test_sign_out_needs_a_post(client, clerk):
    client.force_login(clerk)
    client.get("/accounts/logout/")
    assert is_in(client)
    client.post("/accounts/logout/")
    assert not is_in(client)
