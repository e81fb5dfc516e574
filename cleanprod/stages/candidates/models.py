"""Key enterprises for VOCs by year, the survey of a year, the candidates of counties."""

from django.db import models

from cleanprod.foundation.attachments.models import File
from cleanprod.foundation.organisations.models import Organisation
from cleanprod.foundation.organisations.rules import Line
from cleanprod.foundation.territory.models import Region
from cleanprod.stages.candidates.rules import State
from cleanprod.stages.programme.rules import AuditKind, Category, Vocs


class KeyEnterprise(models.Model):
    """One enterprise on the list of key enterprises for VOCs of a level and a year."""

    enterprise = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    level = models.CharField("级别", max_length=12, choices=Vocs.choices)
    year = models.PositiveSmallIntegerField("年度")
    name = models.CharField("企业名称", max_length=200)
    code = models.CharField("统一社会信用代码", max_length=40, blank=True, default="")
    city = models.ForeignKey(Region, models.PROTECT, related_name="+", verbose_name="地市")
    county = models.ForeignKey(
        Region, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="县区"
    )
    industry = models.CharField("行业代码", max_length=8, blank=True, default="")
    document_number = models.CharField("依据文号", max_length=60, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["enterprise", "level", "year"], name="one_key_enterprise_a_year"
            )
        ]
        indexes = [
            models.Index(fields=["city", "level", "year"], name="key_enterprise_city"),
            models.Index(fields=["level", "year"], name="key_enterprise_year"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.year}"


class Survey(models.Model):
    """The yearly call of a city department for candidates 摸底; no row means it is open."""

    year = models.PositiveSmallIntegerField("名单年度")
    city = models.ForeignKey(Region, models.PROTECT, related_name="+", verbose_name="地市")
    line = models.CharField("条线", max_length=10, choices=Line.choices)
    closed_on = models.DateField("截止日期", null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["year", "city", "line"], name="one_survey_a_year")
        ]

    def __str__(self) -> str:
        return f"{self.year} {self.city_id} {self.line}"


class Candidate(models.Model):
    """An enterprise that a county, town or zone names for the list of a year.

    `enterprise` is empty while a firm that nobody knew is only drafted; reporting enters it.
    """

    year = models.PositiveSmallIntegerField("名单年度")
    city = models.ForeignKey(Region, models.PROTECT, related_name="+", verbose_name="地市")
    county = models.ForeignKey(Region, models.PROTECT, related_name="+", verbose_name="县区")
    line = models.CharField("条线", max_length=10, choices=Line.choices)
    enterprise = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="+"
    )
    name = models.CharField("企业名称", max_length=200)
    code = models.CharField("统一社会信用代码", max_length=40, blank=True, default="")
    address = models.CharField("地址", max_length=300, blank=True, default="")
    industry = models.CharField("行业代码", max_length=8, blank=True, default="")
    kind = models.CharField("审核类型", max_length=10, choices=AuditKind.choices)
    categories = models.CharField("列入原因", max_length=80, blank=True, default="")
    grounds = models.CharField("依据说明", max_length=500)
    evidence = models.ForeignKey(File, models.PROTECT, null=True, blank=True, related_name="+")
    remark = models.CharField("备注", max_length=300, blank=True, default="")
    separate = models.BooleanField("确认是另一家企业", default=False)
    state = models.CharField(
        "状态", max_length=10, choices=State.choices, default=State.DRAFT.value
    )
    reason = models.CharField("理由", max_length=500, blank=True, default="")
    office_id = models.BigIntegerField("填报单位编号", null=True)
    office_name = models.CharField("填报单位", max_length=200, blank=True, default="")
    reported_on = models.DateField("上报日期", null=True, blank=True)
    decided_on = models.DateField("决定日期", null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["year", "county", "line", "enterprise"],
                condition=models.Q(enterprise__isnull=False)
                & ~models.Q(state=State.WITHDRAWN.value),
                name="one_candidate_a_year",
            ),
            models.CheckConstraint(
                condition=models.Q(enterprise__isnull=False)
                | models.Q(state__in=[State.DRAFT.value, State.WITHDRAWN.value]),
                name="reported_candidate_is_entered",
            ),
        ]
        indexes = [models.Index(fields=["city", "year", "line"], name="candidate_city")]

    def __str__(self) -> str:
        return self.name

    @property
    def reasons(self) -> str:
        """Return why the enterprise should be listed, in words."""
        return "、".join(Category(key).label for key in self.categories.split(",") if key)
