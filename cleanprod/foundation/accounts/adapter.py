"""Bend allauth to the house: counters in the database, closed sign-up, the trail, Chinese lines."""

import base64
import hashlib
from typing import Any, ClassVar

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from cleanprod.foundation.accounts import actions, lockout, sessions
from cleanprod.foundation.accounts.models import Person
from cleanprod.foundation.accounts.policy import policy

LOCKED = "登录失败次数过多，请稍后再试或联系管理员"
# What allauth would send a letter about is what belongs into the trail.
OWN_ACTS = {
    "mfa/email/totp_activated": ("codes-on", "启用动态验证码"),
    "mfa/email/totp_deactivated": ("codes-off", "停用动态验证码"),
    "mfa/email/recovery_codes_generated": ("recovery", "生成恢复码"),
}


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """How people sign in and out here."""

    error_messages: ClassVar[dict[str, Any]] = {
        **DefaultAccountAdapter.error_messages,
        "account_inactive": "该账号已停用",
        "enter_current_password": "当前密码不正确",
        "incorrect_code": "验证码不正确",
        "incorrect_password": "密码不正确",
        "invalid_login": "账号或密码不正确",
        "invalid_password_reset": "重置链接无效或已过期",
        "rate_limited": LOCKED,
        "too_many_login_attempts": LOCKED,
        "username_password_mismatch": "账号或密码不正确",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Refuse: accounts are made by administrators."""
        return False

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Count the try before the password is looked at; refuse while locked."""
        name, address = credentials.get("username", ""), self.get_client_ip(request)
        if not lockout.try_sign_in(name, address):
            actions.note_refusal(name, address, why="已锁定")
            raise self.validation_error("too_many_login_attempts")

    def authenticate(self, request: HttpRequest, **credentials: Any) -> Person | None:
        """Return the person whose password is right; give back what the tries cost."""
        person: Person | None = super().authenticate(request, **credentials)
        if person is not None:
            lockout.signed_in(person.username, self.get_client_ip(request))
        return person

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Write the refusal down."""
        name = credentials.get("username", "")
        actions.note_refusal(name, self.get_client_ip(request), why="账号或密码不正确")

    def login(self, request: HttpRequest, user: Person) -> None:
        """Sign in under a new session key and start the session's two clocks."""
        super().login(request, user)
        sessions.start(request)
        how = sessions.way_in(request)
        actions.note_sign_in(user, self.get_client_ip(request), how=how)

    def logout(self, request: HttpRequest) -> None:
        """Sign out and write it down."""
        if isinstance(request.user, Person):
            actions.note_sign_out(request.user, why="退出登录")
        super().logout(request)

    def set_password(self, user: Person, password: str) -> None:
        """Store the password of a checked form; the person chose it, so it may stay."""
        actions.change_password(user, password, by=actions.oneself(user))

    def respond_user_inactive(self, request: HttpRequest, user: Person) -> Any:
        """Write the refusal down and show the page of closed accounts."""
        actions.note_refusal(user.username, self.get_client_ip(request), why="账号已停用")
        return super().respond_user_inactive(request, user)

    def send_notification_mail(
        self, template_prefix: str, user: Person, *_args: Any, **_kwargs: Any
    ) -> None:
        """Write the event down instead of sending a letter."""
        if template_prefix in OWN_ACTS:
            actions.note_own_act(user, *OWN_ACTS[template_prefix])

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        """Return to the page of the own account."""
        return reverse("mfa_index")

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Ask again for sensitive acts unless the sign-in itself is fresh."""
        return not sessions.is_fresh(self.request, policy().confirm)


class MFAAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """How one-time codes are kept and named here."""

    error_messages: ClassVar[dict[str, Any]] = {
        **DefaultMFAAdapter.error_messages,
        "cannot_delete_authenticator": "您的岗位须使用动态验证码登录，不能停用",
        "cannot_generate_recovery_codes": "请先启用动态验证码",
        "incorrect_code": "验证码不正确",
    }

    def get_totp_label(self, user: Person) -> str:
        """Name the entry in the phone by the account, never by the mailbox."""
        return user.username

    def encrypt(self, text: str) -> str:
        """Return the secret as the database keeps it."""
        return _box().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Return the secret as the code generator needs it."""
        return _box().decrypt(encrypted_text.encode()).decode()

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """Refuse for those who must sign in with a code."""
        return not Person.objects.filter(pk=authenticator.user_id, needs_code=True).exists()


def _box() -> MultiFernet:
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet(Fernet(_key(secret)) for secret in keys)


def _key(secret: str | bytes) -> bytes:
    seed = secret.encode() if isinstance(secret, str) else secret
    return base64.urlsafe_b64encode(hashlib.sha256(b"one-time-codes:" + seed).digest())
