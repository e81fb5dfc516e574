"""allauth's forms in our words, with one-time codes and reset links under the counters."""

from typing import Any

from allauth.account import forms as account
from allauth.account.adapter import get_adapter
from allauth.mfa.base import forms as codes
from allauth.mfa.totp import forms as totp
from django import forms
from django.http import HttpRequest

from cleanprod.foundation.accounts import actions, jobs, lockout
from cleanprod.foundation.accounts.adapter import LOCKED
from cleanprod.foundation.accounts.models import Person

RULES_HELP = "至少 10 位，不能全为数字，不能是常见密码，也不能与账号、姓名或邮箱相近"


def _dress(form: forms.Form, labels: dict[str, str]) -> None:
    """Give the fields our labels; placeholders and allauth's own help go."""
    for name, label in labels.items():
        field = form.fields[name]
        field.label, field.help_text = label, ""
        field.widget.attrs.pop("placeholder", None)


def _dress_new_password(form: forms.Form) -> None:
    _dress(form, {"password1": "新密码", "password2": "再次输入新密码"})
    form.fields["password1"].help_text = RULES_HELP


def _dress_code(form: forms.Form, label: str, help_text: str) -> None:
    _dress(form, {"code": label})
    form.fields["code"].help_text = help_text
    form.fields["code"].widget.attrs |= {"autofocus": True, "maxlength": 16, "class": "code-entry"}


class SignInForm(account.LoginForm):  # type: ignore[misc]
    """Account and password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Dress the fields."""
        super().__init__(*args, **kwargs)
        _dress(self, {"login": "账号", "password": "密码"})
        self.fields["login"].widget.attrs |= {"autocapitalize": "none", "spellcheck": "false"}


class ConfirmForm(account.ReauthenticateForm):  # type: ignore[misc]
    """The password once more, before a sensitive act."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Dress the fields."""
        super().__init__(*args, **kwargs)
        _dress(self, {"password": "密码"})


class ChangePasswordForm(account.ChangePasswordForm):  # type: ignore[misc]
    """The own password, old and new."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Dress the fields."""
        super().__init__(*args, **kwargs)
        _dress(self, {"oldpassword": "当前密码"})
        _dress_new_password(self)

    def clean_oldpassword(self) -> str:
        """Check the current password under the same counters as a sign-in."""
        password: str = self.cleaned_data.get("oldpassword", "")
        if not get_adapter().reauthenticate(self.user, password):
            raise get_adapter().validation_error("enter_current_password")
        return password


class NewPasswordForm(account.ResetPasswordKeyForm):  # type: ignore[misc]
    """A new password behind a reset link."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Dress the fields."""
        super().__init__(*args, **kwargs)
        _dress_new_password(self)


class ResetRequestForm(account.ResetPasswordForm):  # type: ignore[misc]
    """The mailbox a reset link is asked for; known or not, the answer is the same."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Dress the fields."""
        super().__init__(*args, **kwargs)
        _dress(self, {"email": "账号登记的电子邮箱"})

    def clean_email(self) -> str:
        """Look nobody up: the worker does, after the answer is given."""
        email: str = self.cleaned_data["email"]
        return email

    def save(self, request: HttpRequest, **_kwargs: Any) -> str:
        """Ask the worker for the letter unless address or mailbox asked too often."""
        email: str = self.cleaned_data["email"]
        address = get_adapter().get_client_ip(request)
        if lockout.try_reset(email, address):
            jobs.send_reset.defer(email=email, site=request.build_absolute_uri("/"))
        else:
            actions.note_refusal("", address, why="重置密码请求过多")
        return email


class _CountedCode:
    """Count tries of codes per person, and let each code pass once."""

    user: Person
    cleaned_data: dict[str, Any]

    def clean_code(self) -> str:
        """Return the code if it is right, unused and not one try too many."""
        address = get_adapter().get_client_ip(get_adapter().request)
        if not lockout.try_code(self.user.pk):
            actions.note_refusal(self.user.username, address, why="动态验证码已锁定")
            raise forms.ValidationError(LOCKED)
        try:
            code: str = super().clean_code()  # type: ignore[misc]
            if not lockout.spend_code(self.user.pk, code):
                raise forms.ValidationError("该验证码已使用，请等待下一个")
        except forms.ValidationError:
            actions.note_refusal(self.user.username, address, why="动态验证码不正确")
            raise
        lockout.code_right(self.user.pk)
        return code


class CodeForm(_CountedCode, codes.AuthenticateForm):  # type: ignore[misc]
    """The one-time code, or a recovery code, at sign-in."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Dress the fields."""
        super().__init__(*args, **kwargs)
        _dress_code(self, "动态验证码", "手机不在身边时，可输入一个恢复码")


class ConfirmCodeForm(_CountedCode, codes.ReauthenticateForm):  # type: ignore[misc]
    """The one-time code once more, before a sensitive act."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Dress the fields."""
        super().__init__(*args, **kwargs)
        _dress_code(self, "动态验证码", "手机不在身边时，可输入一个恢复码")


class ActivateForm(_CountedCode, totp.ActivateTOTPForm):  # type: ignore[misc]
    """The first code from a newly set up phone."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Dress the fields."""
        super().__init__(*args, **kwargs)
        _dress_code(self, "手机上显示的 6 位验证码", "")
