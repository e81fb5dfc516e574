"""Organisations of all kinds, and who acts for them."""

from django.conf import settings
from django.db import models

from cleanprod.foundation.organisations.rules import CodeState, Kind, Line, Role
from cleanprod.foundation.territory.models import Region


class OrganisationQuerySet(models.QuerySet["Organisation"]):
    """Named sets of organisations."""

    def enterprises(self) -> "OrganisationQuerySet":
        """Return enterprises that were not merged into another record."""
        return self.filter(kind=Kind.ENTERPRISE, merged_into=None)

    def authorities(self) -> "OrganisationQuerySet":
        """Return the departments of both lines."""
        return self.filter(kind=Kind.AUTHORITY)


class Organisation(models.Model):
    """Whom a person can act for: a department, an enterprise, a consultancy."""

    kind = models.CharField("类别", max_length=12, choices=Kind.choices)
    name = models.CharField("名称", max_length=200)
    comparable = models.CharField(
        "比对名称", max_length=200, help_text="名称统一全半角、括号和空白后的形式，用于比对"
    )
    code = models.CharField("统一社会信用代码", max_length=40, blank=True, default="")
    code_state = models.CharField(
        "代码状态", max_length=10, choices=CodeState.choices, default=CodeState.NONE.value
    )
    line = models.CharField("条线", max_length=10, choices=Line.choices, blank=True, default="")
    province = models.CharField("省", max_length=12, blank=True, default="")
    city = models.ForeignKey(
        Region, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="地市"
    )
    county = models.ForeignKey(
        Region, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="县区"
    )
    industry = models.CharField("行业代码", max_length=8, blank=True, default="")
    address = models.CharField("地址", max_length=300, blank=True, default="")
    phone = models.CharField("办公电话", max_length=40, blank=True, default="")
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="merged"
    )

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["code"], name="organisation_code"),
            models.Index(fields=["comparable"], name="organisation_name"),
            models.Index(fields=["kind", "city", "line"], name="organisation_place"),
        ]

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """One person acting for one organisation in one role."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="memberships")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="memberships")
    role = models.CharField("角色", max_length=12, choices=Role.choices)
    since = models.DateField("起")
    until = models.DateField("止", null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "organisation", "role"],
                condition=models.Q(until=None),
                name="one_live_membership",
            )
        ]

    def __str__(self) -> str:
        return f"{self.person_id} @ {self.organisation_id}"
