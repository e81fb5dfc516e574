"""Targets, lists (batches) and their entries."""

from django.db import models

from cleanprod.foundation.organisations.models import Organisation
from cleanprod.foundation.organisations.rules import Line
from cleanprod.foundation.territory.models import Region
from cleanprod.stages.programme.rules import AuditKind, BatchStage, Category, EntryState, Vocs


class Target(models.Model):
    """The number of audits expected of a city in a year, both leads together, by version."""

    year = models.PositiveSmallIntegerField("年度")
    city = models.ForeignKey(Region, models.PROTECT, related_name="+", verbose_name="地市")
    number = models.PositiveIntegerField("预期目标（家）")
    version = models.PositiveSmallIntegerField("版次")
    fixed_on = models.DateField("确定日期")
    document_number = models.CharField("文号", max_length=60)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["year", "city", "version"], name="one_target_a_version")
        ]

    def __str__(self) -> str:
        return f"{self.year} {self.city_id} {self.number}"


class Batch(models.Model):
    """One list of one city: year, batch number, lead, issuing bodies, publication."""

    year = models.PositiveSmallIntegerField("名单年度")
    city = models.ForeignKey(Region, models.PROTECT, related_name="+", verbose_name="地市")
    lead = models.CharField("牵头部门", max_length=10, choices=Line.choices)
    number = models.PositiveSmallIntegerField("批次")
    title = models.CharField("名称", max_length=200)
    stage = models.CharField(
        "状态", max_length=10, choices=BatchStage.choices, default=BatchStage.DRAFT.value
    )
    document_number = models.CharField("文号", max_length=60, blank=True, default="")
    issuers = models.CharField(
        "发布机关", max_length=200, blank=True, default="", help_text="联合发布的用顿号分开"
    )
    published_on = models.DateField("公布日期", null=True, blank=True)
    joint = models.BooleanField(
        "联合公布", default=False, help_text="两部门已同意放入联合文件一并公布"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["year", "city", "lead", "number"], name="one_batch_a_number"
            ),
            models.CheckConstraint(
                condition=~models.Q(stage=BatchStage.PUBLISHED.value)
                | models.Q(published_on__isnull=False),
                name="published_batch_has_a_day",
            ),
        ]
        indexes = [models.Index(fields=["city", "year"], name="batch_city")]

    def __str__(self) -> str:
        return self.title


class Entry(models.Model):
    """One enterprise on one list, as it was listed that day."""

    batch = models.ForeignKey(Batch, models.PROTECT, related_name="entries")
    row = models.PositiveIntegerField("序号")
    enterprise = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    name = models.CharField("企业名称", max_length=200)
    code = models.CharField("统一社会信用代码", max_length=40, blank=True, default="")
    city = models.ForeignKey(Region, models.PROTECT, related_name="+", verbose_name="地市")
    county = models.ForeignKey(
        Region, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="县区"
    )
    address = models.CharField("地址", max_length=300, blank=True, default="")
    industry = models.CharField("行业代码", max_length=8, blank=True, default="")
    kind = models.CharField("审核类型", max_length=10, choices=AuditKind.choices)
    categories = models.CharField(
        "列入原因", max_length=80, blank=True, default="", help_text="多个原因以逗号分开"
    )
    vocs = models.CharField(
        "VOCs重点监管", max_length=12, choices=Vocs.choices, blank=True, default=""
    )
    last_accepted = models.CharField("上轮验收日期", max_length=40, blank=True, default="")
    note = models.CharField("备注", max_length=300, blank=True, default="")
    state = models.CharField(
        "结果", max_length=10, choices=EntryState.choices, default=EntryState.LISTED.value
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["batch", "enterprise"], name="one_entry_a_batch"),
        ]
        indexes = [models.Index(fields=["enterprise"], name="entry_enterprise")]

    def __str__(self) -> str:
        return self.name

    @property
    def reasons(self) -> str:
        """Return why the enterprise was listed, in words."""
        return "、".join(Category(key).label for key in self.categories.split(",") if key)


class Settlement(models.Model):
    """What both departments of a city agreed about an enterprise on both of their lists 会商."""

    year = models.PositiveSmallIntegerField("名单年度")
    city = models.ForeignKey(Region, models.PROTECT, related_name="+", verbose_name="地市")
    enterprise = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    lead = models.CharField("牵头部门", max_length=10, choices=Line.choices)
    kind = models.CharField("审核类型", max_length=10, choices=AuditKind.choices)
    categories = models.CharField("列入原因", max_length=80, blank=True, default="")
    reason = models.CharField("理由", max_length=300)
    proposed_line = models.CharField("提出部门", max_length=10, choices=Line.choices)
    proposed_by = models.CharField("提出人", max_length=100)
    proposed_on = models.DateField("提出日期")
    agreed_by = models.CharField("同意人", max_length=100, blank=True, default="")
    agreed_on = models.DateField("商定日期", null=True, blank=True)
    before = models.JSONField("商定前的记载", default=dict, help_text="名单条目到类型和原因")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["year", "city", "enterprise"], name="one_settlement"),
        ]

    def __str__(self) -> str:
        return f"{self.year} {self.enterprise_id} {self.lead}"
