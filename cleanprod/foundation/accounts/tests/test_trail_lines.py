"""Who came in, who was refused and what was done to an account stands in the trail."""

from cleanprod.foundation.accounts import actions
from cleanprod.foundation.accounts.tests.conftest import PASSWORD
from cleanprod.foundation.trail.actions import SYSTEM
from cleanprod.foundation.trail.models import Entry


def lines(act):
    return list(Entry.objects.filter(act=f"person:{act}").order_by("pk"))


def test_success_names_person_way_and_address(clerk, sign_in):
    sign_in("lihua", REMOTE_ADDR="10.0.0.5")
    (line,) = lines("sign-in")
    assert (line.person_id, line.person_name) == (clerk.pk, "李华")
    assert line.after == {"how": "密码", "address": "10.0.0.5"}


def test_code_is_named_as_the_way(client, with_codes, sign_in, phone):
    sign_in("zhangming")
    assert lines("sign-in") == []
    client.post("/accounts/codes/", {"code": phone(with_codes[1])})
    assert lines("sign-in")[0].after["how"] == "密码和动态验证码"


def test_every_refusal_is_a_line_with_its_reason(clerk, sign_in):
    for _ in range(5):
        sign_in("lihua", "wrong")
    sign_in("lihua")
    reasons = [line.reason for line in lines("refuse")]
    assert reasons == ["账号或密码不正确"] * 5 + ["已锁定"]
    assert {line.subject for line in lines("refuse")} == {f"person:{clerk.pk}"}


def test_unknown_name_is_not_kept_for_it_may_be_a_password(db, sign_in):
    sign_in(PASSWORD, "x")
    (line,) = lines("refuse")
    assert line.subject == "person:unknown"
    assert not Entry.objects.filter(label__contains=PASSWORD).exists()


def test_wrong_code_is_a_line(client, with_codes, sign_in):
    sign_in("zhangming")
    client.post("/accounts/codes/", {"code": "000000"})
    assert lines("refuse")[-1].reason == "动态验证码不正确"


def test_demo_sign_in_is_named_as_such(client, clerk, demo_home):
    clerk.demo_note = "某企业 · 李华（演示）"
    clerk.save()
    client.post("/accounts/demo/lihua")
    assert lines("sign-in")[0].after["how"] == "演示登录"


def test_acts_on_accounts_are_lines(client, clerk, sign_in):
    sign_in("lihua")
    client.post("/accounts/logout/")
    actions.disable(clerk.pk, reason="离职", by=SYSTEM)
    actions.enable(clerk.pk, by=SYSTEM)
    actions.reset_codes(clerk.pk, reason="手机丢失", by=SYSTEM)
    for act in ("create", "sign-in", "sign-out", "disable", "enable", "codes-reset"):
        assert len(lines(act)) == 1, act
    assert lines("disable")[0].reason == "离职"


def test_no_secret_reaches_the_trail(client, clerk, sign_in):
    new = "Xin-mima-8820"
    sign_in("lihua")
    client.post(
        "/accounts/password/change/",
        {"oldpassword": PASSWORD, "password1": new, "password2": new},
    )
    assert len(lines("password")) == 1
    for entry in Entry.objects.all():
        text = f"{entry.label}{entry.reason}{entry.before}{entry.after}{entry.verb}"
        assert new not in text
        assert PASSWORD not in text


def test_turning_codes_on_and_off_are_lines(
    client, clerk, sign_in, phone, django_capture_on_commit_callbacks
):
    sign_in("lihua")
    client.get("/accounts/codes/activate/")
    with django_capture_on_commit_callbacks(execute=True):
        code = phone(client.session["mfa.totp.secret"])
        client.post("/accounts/codes/activate/", {"code": code})
        client.post("/accounts/recovery/generate/")
        client.post("/accounts/codes/deactivate/")
    assert [len(lines(act)) for act in ("codes-on", "recovery", "codes-off")] == [1, 1, 1]
