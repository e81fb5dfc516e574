"""Who may sign in, and the counters that lock a name or an address after failures."""

from collections.abc import Iterator
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.db import models
from django.db.models.functions import Lower

from cleanprod.kernel.term import Term


class DemoGroup(Term):
    """The headings under which the demo sign-in page offers its people."""

    PROVINCE = "province", "省级"
    CITY = "city", "市级"
    COUNTY = "county", "县级"
    ENTERPRISE = "enterprise", "企业"
    CONSULTANCY = "consultancy", "咨询机构"
    EXPERT = "expert", "专家"
    SYSTEM = "system", "系统"


class PersonManager(BaseUserManager["Person"]):
    """Look people up by the name they sign in with, whatever its case."""

    def get_by_natural_key(self, username: str | None) -> "Person":
        """Return the person with this sign-in name, or raise Person.DoesNotExist."""
        return self.get(username__iexact=username or "")

    def create_user(self, username: str, password: str | None = None, **rest: Any) -> "Person":
        """Make a person; without a password nobody can sign in as them yet."""
        person = self.model(username=self.model.normalize_username(username), **rest)
        person.set_password(password)
        person.save(using=self._db)
        return person


class Person(AbstractBaseUser):
    """One human being (or system account) with a sign-in name; roles are held elsewhere."""

    username = models.CharField(
        "账号",
        max_length=64,
        unique=True,
        validators=[UnicodeUsernameValidator()],
        error_messages={"unique": "该账号已存在"},
    )
    name = models.CharField("姓名", max_length=64)
    email = models.EmailField("电子邮箱", blank=True)
    phone = models.CharField("联系电话", max_length=32, blank=True)
    is_active = models.BooleanField("启用", default=True)
    disabled_reason = models.CharField("停用原因", max_length=200, blank=True)
    needs_code = models.BooleanField(
        "须用动态验证码登录", default=False, help_text="officials and administrators"
    )
    must_change_password = models.BooleanField(
        "首次登录须修改密码", default=False, help_text="the password was made by somebody else"
    )
    session_round = models.PositiveIntegerField(
        "会话轮次", default=0, help_text="raised by one to sign the person out everywhere"
    )
    demo_note = models.CharField(
        "演示说明", max_length=120, blank=True, help_text="button text on the demo sign-in page"
    )
    demo_group = models.CharField("演示分组", max_length=16, blank=True, choices=DemoGroup.choices)
    created_at = models.DateTimeField("创建时间", auto_now_add=True)
    last_seen = models.DateTimeField("最近活动", null=True, blank=True)

    objects: ClassVar[PersonManager] = PersonManager()

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        verbose_name = "人员"
        constraints = [
            models.UniqueConstraint(Lower("username"), name="person_username_any_case"),
        ]
        indexes = [
            models.Index(Lower("email"), name="person_email_any_case"),
            models.Index(
                fields=["demo_group"], name="person_demo", condition=~models.Q(demo_note="")
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.username

    def get_full_name(self) -> str:
        """Return the name that pages and papers show."""
        return self.name or self.username

    def get_short_name(self) -> str:
        """Return the name that the page header shows."""
        return self.name or self.username

    def get_session_auth_hash(self) -> str:
        """Return what a session must carry; a new password or round ends all older sessions."""
        return f"{super().get_session_auth_hash()}.{self.session_round}"

    def get_session_auth_fallback_hash(self) -> Iterator[str]:
        """Return the same for each earlier secret key that is still honoured."""
        for fallback in super().get_session_auth_fallback_hash():
            yield f"{fallback}.{self.session_round}"


class Counter(models.Model):
    """Failures of one kind from one source (a name, an address), and until when it is locked."""

    kind = models.CharField(
        "类别", max_length=16, help_text="name, address, pair, code, spent, reset-from, reset-to"
    )
    source = models.CharField("来源", max_length=128, help_text="lower-case name or IP address")
    failures = models.PositiveIntegerField("次数", default=0)
    since = models.DateTimeField("首次时间")
    locked_until = models.DateTimeField("锁定至", null=True, blank=True)

    class Meta:
        verbose_name = "登录计数"
        constraints = [
            models.UniqueConstraint(fields=["kind", "source"], name="counter_one_per_source"),
        ]

    def __str__(self) -> str:
        return f"{self.kind}:{self.source} {self.failures}"
