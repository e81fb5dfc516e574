"""The year's paper of a city, the departments' consents, its filings and their answers."""

from django.db import models

from cleanprod.foundation.organisations.rules import Line
from cleanprod.foundation.territory.models import Region
from cleanprod.stages.planning.rules import FilingAct, FilingKind, FilingStage, PlanStage


class Plan(models.Model):
    """The yearly programme of a city: key tasks, safeguards, lists, money for reviews."""

    year = models.PositiveSmallIntegerField("年度")
    city = models.ForeignKey(Region, models.PROTECT, related_name="+", verbose_name="地市")
    title = models.CharField("标题", max_length=200)
    stage = models.CharField(
        "状态", max_length=10, choices=PlanStage.choices, default=PlanStage.DRAFT.value
    )
    version = models.PositiveIntegerField("稿次", default=1, help_text="每次修改加一")
    tasks = models.TextField("重点任务")
    safeguards = models.TextField("保障措施")
    funding = models.TextField("经费保障", blank=True, default="")
    fee = models.DecimalField(
        "评估验收费用预算（元）", max_digits=14, decimal_places=2, null=True, blank=True
    )
    contact = models.CharField("联系人和电话", max_length=200, blank=True, default="")
    edited_by = models.CharField("最近修改人", max_length=100, blank=True, default="")
    edited_office = models.CharField("最近修改单位", max_length=200, blank=True, default="")
    edited_on = models.DateField("最近修改日期", null=True, blank=True)
    document_number = models.CharField("文号", max_length=60, blank=True, default="")
    published_on = models.DateField("公布日期", null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["year", "city"], name="one_plan_a_year")]

    def __str__(self) -> str:
        return self.title


class Consent(models.Model):
    """One department's agreement to one version of the text; later versions need a new one."""

    append_only = True

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="consents")
    line = models.CharField("部门", max_length=10, choices=Line.choices)
    version = models.PositiveIntegerField("稿次")
    on = models.DateField("日期")
    person_name = models.CharField("会签人", max_length=100)
    office_name = models.CharField("单位", max_length=200)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["plan", "line", "version"], name="one_consent_a_text")
        ]

    def __str__(self) -> str:
        return f"{self.plan_id} {self.line} {self.version}"


class Filing(models.Model):
    """One submission to both provincial departments; what was returned is submitted anew."""

    kind = models.CharField("类别", max_length=10, choices=FilingKind.choices)
    subject = models.CharField("对象", max_length=60)
    sequence = models.PositiveSmallIntegerField("报送次数")
    year = models.PositiveSmallIntegerField("年度")
    city = models.ForeignKey(Region, models.PROTECT, related_name="+", verbose_name="地市")
    title = models.CharField("标题", max_length=300)
    url = models.CharField("网址", max_length=200)
    document_number = models.CharField("文号", max_length=60)
    published_on = models.DateField("公布日期")
    stage = models.CharField(
        "状态", max_length=10, choices=FilingStage.choices, default=FilingStage.SUBMITTED.value
    )
    submitted_on = models.DateField("报送日期")
    note = models.CharField("报送说明", max_length=500, blank=True, default="")
    person_name = models.CharField("报送人", max_length=100)
    office_name = models.CharField("报送单位", max_length=200)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["subject", "sequence"], name="one_filing_a_time")
        ]
        indexes = [models.Index(fields=["city", "year"], name="filing_city")]

    def __str__(self) -> str:
        return self.title


class Answer(models.Model):
    """What one provincial department answered to a filing."""

    append_only = True

    filing = models.ForeignKey(Filing, models.PROTECT, related_name="answers")
    line = models.CharField("部门", max_length=10, choices=Line.choices)
    act = models.CharField("办理", max_length=10, choices=FilingAct.choices)
    on = models.DateField("日期")
    number = models.CharField("备案号", max_length=60, blank=True, default="")
    remark = models.CharField("意见", max_length=500, blank=True, default="")
    person_name = models.CharField("办理人", max_length=100)
    office_name = models.CharField("单位", max_length=200)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["filing", "line"], name="one_answer_a_department")
        ]

    def __str__(self) -> str:
        return f"{self.filing_id} {self.line} {self.act}"
