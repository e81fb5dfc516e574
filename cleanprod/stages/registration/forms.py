"""Shape and wording of what visitors, enterprises and departments type."""

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.core.validators import RegexValidator

from cleanprod.foundation.accounts.forms import RULES_HELP
from cleanprod.foundation.accounts.models import Person
from cleanprod.foundation.territory import queries as territory
from cleanprod.kernel import credit_code

PHONE = RegexValidator(r"^\+?[0-9][0-9 \-]{5,19}$", "请填写电话号码，如 13800000000")
_PASSWORD = {"autocomplete": "new-password"}


class ClaimForm(forms.Form):
    """The two codes of the letter, and the account to be made."""

    firm = forms.CharField(
        label="统一社会信用代码", max_length=200,
        help_text="18位，见注册告知函；没有代码的单位填写名单上的企业全称",
    )  # fmt: skip
    code = forms.CharField(
        label="认领码或邀请码", max_length=40, help_text="16位，如 ABCD-2345-EFGH-6789，横线可不填",
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
    )  # fmt: skip
    name = forms.CharField(
        label="姓名", max_length=64, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    phone = forms.CharField(
        label="手机", max_length=32, validators=[PHONE],
        widget=forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel"}),
    )  # fmt: skip
    email = forms.EmailField(
        label="电子邮箱", help_text="用于接收提醒和自助找回密码",
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )  # fmt: skip
    username = forms.CharField(
        label="登录账号", max_length=64, help_text="以后登录用，可以填手机号",
        validators=[UnicodeUsernameValidator(message="账号只能包含文字、数字和 @ . + - _")],
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none"}),
    )  # fmt: skip
    password1 = forms.CharField(
        label="密码", help_text=RULES_HELP, strip=False,
        widget=forms.PasswordInput(attrs=_PASSWORD, render_value=False),
    )  # fmt: skip
    password2 = forms.CharField(
        label="再次输入密码", strip=False,
        widget=forms.PasswordInput(attrs=_PASSWORD, render_value=False),
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """Hold the password to the rules of all accounts."""
        cleaned = super().clean() or {}
        first, second = cleaned.get("password1"), cleaned.get("password2")
        if first and second and first != second:
            self.add_error("password2", "两次输入的密码不一致")
        if first:
            person = Person(
                username=cleaned.get("username", ""), name=cleaned.get("name", ""),
                email=cleaned.get("email", ""),
            )  # fmt: skip
            try:
                validate_password(first, person)
            except forms.ValidationError as error:
                self.add_error("password1", error)
        return cleaned


def clean_trade(text: str) -> str:
    """Return the code of a known trade, or refuse."""
    found = territory.nearest_industry(text) if text else None
    if text and found is None:
        raise forms.ValidationError("未找到该行业代码，请按 GB/T 4754-2017 填写")
    return found.code if found else ""


def clean_credit_code(text: str) -> str:
    """Return a credit code that can be one, or refuse."""
    code = credit_code.normalise(text)
    if credit_code.inspect(code).kind is not credit_code.Kind.VALID:
        raise forms.ValidationError("统一社会信用代码为18位，请对照营业执照核对")
    return code


class InviteForm(forms.Form):
    """Whom the first contact invites."""

    name = forms.CharField(label="姓名", max_length=64)
    reached = forms.CharField(
        label="手机或电子邮箱", max_length=100, help_text="邀请码由您自己转告，这里只作登记"
    )
