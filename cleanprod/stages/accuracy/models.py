"""Drawn samples of a city and year, the values in them, and what the automatic checks counted."""

from django.db import models
from django.db.models.functions import Now

from cleanprod.foundation.attachments.models import File
from cleanprod.foundation.territory.models import Region
from cleanprod.stages.accuracy.rules import Stage
from cleanprod.stages.audits.models import Round


class Sample(models.Model):
    """The draw of one city and year; the frame is kept whole, so that anybody can redo it."""

    city = models.ForeignKey(Region, models.PROTECT, related_name="+", verbose_name="地市")
    year = models.PositiveSmallIntegerField("验收年度")
    seed = models.CharField("种子", max_length=64)
    frame = models.JSONField("抽样框")
    frame_size = models.PositiveIntegerField("抽样框项数")
    size = models.PositiveIntegerField("抽取项数")
    provision = models.PositiveIntegerField("采用规则")
    drawn_on = models.DateField("抽取日期")
    drawn_at = models.DateTimeField("抽取时间", db_default=Now())
    drawn_by = models.CharField("抽取人", max_length=100)
    office_name = models.CharField("抽取单位", max_length=200)
    frozen_on = models.DateField("封存日期", null=True, blank=True)
    frozen_by = models.CharField("封存人", max_length=100, blank=True, default="")
    result = models.JSONField("封存结果", default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["city", "year"], name="one_sample_a_city_and_year")
        ]

    def __str__(self) -> str:
        return f"{self.city_id} {self.year}"


class Counted(models.Model):
    """What the automatic checks counted on one round when the sample was drawn."""

    append_only = True

    sample = models.ForeignKey(Sample, models.PROTECT, related_name="counted")
    round = models.ForeignKey(Round, models.PROTECT, related_name="+")
    consultancy = models.CharField("咨询机构", max_length=200, blank=True, default="")
    checked = models.PositiveIntegerField("检查项数")
    right = models.PositiveIntegerField("正确项数")
    corrected = models.PositiveIntegerField("办结前更正项数")
    lost = models.JSONField("有误项", default=list)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["sample", "round"], name="a_round_counted_once")
        ]

    def __str__(self) -> str:
        return f"{self.sample_id} {self.round_id}"


class Item(models.Model):
    """One value: what was reported, what was found, contest and decision.

    Drawn values wait for a second person; those that the automatic checks lost stand here, too,
    so that each lost point can be opened, contested and decided.
    """

    sample = models.ForeignKey(Sample, models.PROTECT, related_name="items")
    round = models.ForeignKey(Round, models.PROTECT, related_name="+")
    place = models.PositiveIntegerField("抽取次序")
    automatic = models.BooleanField("自动检查", default=False)
    code = models.CharField("方案编号", max_length=20)
    measure = models.CharField("方案名称", max_length=200)
    column = models.CharField("项目", max_length=60)
    label = models.CharField("项目名称", max_length=60)
    value = models.CharField("填报值", max_length=60)
    stage = models.CharField(
        "状态", max_length=10, choices=Stage.choices, default=Stage.DRAWN.value
    )
    right_value = models.CharField("佐证值", max_length=60, blank=True, default="")
    note = models.CharField("复核说明", max_length=500, blank=True, default="")
    evidence = models.ForeignKey(File, models.PROTECT, null=True, blank=True, related_name="+")
    checked_on = models.DateField("复核日期", null=True, blank=True)
    checked_by = models.CharField("复核人", max_length=100, blank=True, default="")
    checker_id = models.BigIntegerField(null=True, blank=True)
    contest = models.CharField("异议理由", max_length=500, blank=True, default="")
    contested_on = models.DateField("异议日期", null=True, blank=True)
    contested_by = models.CharField("异议人", max_length=200, blank=True, default="")
    decision = models.CharField("处理理由", max_length=500, blank=True, default="")
    decided_on = models.DateField("处理日期", null=True, blank=True)
    decided_by = models.CharField("处理人", max_length=200, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["sample", "round", "code", "column", "automatic"],
                name="a_value_drawn_once",
            )
        ]
        indexes = [models.Index(fields=["sample", "place"], name="accuracy_items")]

    def __str__(self) -> str:
        return f"{self.round_id} {self.code} {self.column}"

    @property
    def source(self) -> str:
        """Return what looked at the value."""
        return "自动检查" if self.automatic else "抽样复核"
