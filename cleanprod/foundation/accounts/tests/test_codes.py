from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.test import Client

from cleanprod.foundation.accounts import actions
from cleanprod.foundation.accounts.tests.conftest import PASSWORD
from cleanprod.foundation.trail.actions import SYSTEM

SECRET = "mfa.totp.secret"


def is_in(browser):
    return "_auth_user_id" in browser.session


def test_official_without_codes_is_led_to_set_them_up(client, official, sign_in):
    sign_in("zhangming")
    answer = client.get("/desk/")
    assert answer.status_code == 302
    assert answer["Location"] == "/accounts/codes/activate/"
    assert client.get("/accounts/security/")["Location"] == "/accounts/codes/activate/"


def test_official_may_leave_without_setting_codes_up(client, official, sign_in):
    sign_in("zhangming")
    client.post("/accounts/logout/")
    assert not is_in(client)


def test_setting_up_shows_picture_and_secret_and_opens_the_desk(client, official, sign_in, phone):
    sign_in("zhangming")
    page = client.get("/accounts/codes/activate/").content.decode()
    secret = client.session[SECRET]
    assert 'src="data:image/svg+xml;base64,' in page
    assert secret in page.replace(" ", "")
    wrong = client.post("/accounts/codes/activate/", {"code": "000000"})
    assert "验证码不正确" in wrong.content.decode()
    answer = client.post("/accounts/codes/activate/", {"code": phone(secret)})
    assert answer["Location"] == "/accounts/recovery/"
    assert "恢复码" in client.get("/accounts/recovery/").content.decode()
    assert client.get("/accounts/security/").status_code == 200


def test_secret_is_not_kept_in_the_clear(with_codes):
    person, secret = with_codes
    kept = Authenticator.objects.get(user=person, type="totp").data["secret"]
    assert secret not in kept


def test_password_alone_does_not_let_an_official_in(client, with_codes, sign_in):
    answer = sign_in("zhangming")
    assert answer["Location"] == "/accounts/codes/"
    assert not is_in(client)
    assert client.get("/desk/").status_code == 302


def test_code_lets_the_official_in(client, with_codes, sign_in, phone):
    sign_in("zhangming")
    client.post("/accounts/codes/", {"code": phone(with_codes[1])})
    assert is_in(client)


def test_code_passes_only_once(with_codes, sign_in, phone):
    code = phone(with_codes[1])
    for number, entered in ((1, True), (2, False)):
        browser = Client(REMOTE_ADDR=f"10.0.0.{number}")
        sign_in("zhangming", browser=browser)
        browser.post("/accounts/codes/", {"code": code})
        assert is_in(browser) is entered


def test_five_wrong_codes_lock_the_codes(client, with_codes, sign_in, phone):
    sign_in("zhangming")
    for _ in range(5):
        client.post("/accounts/codes/", {"code": "000000"})
    answer = client.post("/accounts/codes/", {"code": phone(with_codes[1])})
    assert "登录失败次数过多" in answer.content.decode()
    assert not is_in(client)


def test_recovery_code_stands_in_for_the_phone_once(with_codes, sign_in):
    person, _secret = with_codes
    code = RecoveryCodes.activate(person).get_unused_codes()[0]
    for number, entered in ((1, True), (2, False)):
        browser = Client(REMOTE_ADDR=f"10.0.0.{number}")
        sign_in("zhangming", browser=browser)
        browser.post("/accounts/codes/", {"code": code})
        assert is_in(browser) is entered


def test_official_cannot_switch_codes_off(client, with_codes, sign_in, phone):
    sign_in("zhangming")
    client.post("/accounts/codes/", {"code": phone(with_codes[1])})
    answer = client.post("/accounts/codes/deactivate/")
    assert "不能停用" in answer.content.decode()
    assert Authenticator.objects.filter(type="totp").exists()


def test_reset_by_an_administrator_ends_the_session_and_asks_anew(
    client, with_codes, sign_in, phone
):
    person, secret = with_codes
    sign_in("zhangming")
    client.post("/accounts/codes/", {"code": phone(secret)})
    actions.reset_codes(person.pk, reason="手机丢失", by=SYSTEM)
    assert client.get("/desk/")["Location"].startswith("/accounts/login/")
    sign_in("zhangming")
    assert client.get("/desk/")["Location"] == "/accounts/codes/activate/"


def test_demo_home_waives_codes_and_says_so(client, official, demo_home):
    official.demo_note = "省工业和信息化厅 · 张明（演示）"
    official.demo_group = "province"
    official.save()
    client.post("/accounts/demo/zhangming")
    page = client.get("/accounts/security/")
    assert page.status_code == 200
    assert "演示环境免用" in page.content.decode()


def test_person_without_the_duty_may_use_codes_and_stop(client, clerk, sign_in, phone):
    sign_in("lihua")
    client.get("/accounts/codes/activate/")
    client.post("/accounts/codes/activate/", {"code": phone(client.session[SECRET])})
    assert Authenticator.objects.filter(user=clerk, type="totp").exists()
    client.post("/accounts/codes/deactivate/")
    assert not Authenticator.objects.filter(user=clerk).exists()


def test_borrowed_password_must_be_changed_first(client, db, sign_in):
    actions.create_person(
        "wangfang",
        "王芳",
        by=SYSTEM,
        needs_code=False,
        password=PASSWORD,
        must_change_password=True,
    )
    sign_in("wangfang")
    assert client.get("/desk/")["Location"] == "/accounts/password/change/"
    client.post(
        "/accounts/password/change/",
        {"oldpassword": PASSWORD, "password1": "Xin-mima-8820", "password2": "Xin-mima-8820"},
    )
    assert client.get("/accounts/security/").status_code == 200
