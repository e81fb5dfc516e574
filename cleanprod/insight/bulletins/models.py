"""Data checks with what cities say, snapshots with the records behind each cell, bulletins."""

from django.contrib.postgres.fields import ArrayField
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models.functions import Now

from cleanprod.foundation.attachments.models import File
from cleanprod.foundation.organisations.rules import Line
from cleanprod.foundation.territory.models import Region
from cleanprod.insight.bulletins.rules import Figures, Kind, State, Verdict, named
from cleanprod.insight.statistics.queries import AsOf
from cleanprod.insight.statistics.rules import CityCounts


class DataCheck(models.Model):
    """The province asks both leads of every city to look at their figures by a day 数据核对."""

    year = models.PositiveSmallIntegerField("年度")
    as_of = models.DateField("统计截至")
    due_on = models.DateField("核对期限")
    note = models.CharField("说明", max_length=500, blank=True, default="")
    opened_at = models.DateTimeField("发起时间", db_default=Now())
    opened_by = models.CharField("发起人", max_length=100)
    office_name = models.CharField("发起单位", max_length=200, blank=True, default="")
    closed_on = models.DateField("结束日期", null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["year", "as_of"],
                condition=models.Q(closed_on=None),
                name="one_open_check_a_day",
            )
        ]

    def __str__(self) -> str:
        return f"{self.year}年数据（截至{self.as_of}）"

    @property
    def moment(self) -> AsOf:
        """Return what is counted, and up to when."""
        return AsOf(self.year, self.as_of)


class Opinion(models.Model):
    """What one department says of one figure of its city, and what the province answered."""

    check_of = models.ForeignKey(DataCheck, models.PROTECT, related_name="opinions")
    city = models.ForeignKey(Region, models.PROTECT, related_name="+", verbose_name="地市")
    line = models.CharField("部门", max_length=10, choices=Line.choices)
    figure = models.CharField("数据项", max_length=24)
    value = models.PositiveIntegerField("核对时的数")
    verdict = models.CharField("意见", max_length=10, choices=Verdict.choices)
    reason = models.CharField("理由", max_length=500, blank=True, default="")
    said_on = models.DateField("核对日期")
    said_by = models.CharField("核对人", max_length=100)
    answer = models.CharField("答复", max_length=500, blank=True, default="")
    answered_on = models.DateField("答复日期", null=True, blank=True)
    answered_by = models.CharField("答复人", max_length=100, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["check_of", "city", "line", "figure"], name="one_opinion_a_figure"
            )
        ]

    def __str__(self) -> str:
        return f"{self.city_id} {self.line} {self.figure} {self.verdict}"

    @property
    def late(self) -> bool:
        """Tell whether it came after the day that the province had set."""
        return self.said_on > self.check_of.due_on


class Snapshot(models.Model):
    """Figures frozen at a moment 数据封存, with the rules used; never changed."""

    append_only = True

    year = models.PositiveSmallIntegerField("年度")
    as_of = models.DateField("统计截至")
    figures = models.JSONField("数据", encoder=DjangoJSONEncoder)
    rules = models.JSONField("所用规则", encoder=DjangoJSONEncoder)
    unconfirmed = models.JSONField("未确认的地市", default=list)
    check_of = models.ForeignKey(
        DataCheck, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="数据核对"
    )
    note = models.CharField("说明", max_length=300, blank=True, default="")
    sha256 = models.CharField("指纹", max_length=64)
    frozen_at = models.DateTimeField("封存时间")
    person_id = models.BigIntegerField(null=True, blank=True)
    person_name = models.CharField("封存人", max_length=100)
    office_name = models.CharField("封存单位", max_length=200, blank=True, default="")

    def __str__(self) -> str:
        return f"{self.year} {self.as_of} {self.sha256[:8]}"

    @property
    def moment(self) -> AsOf:
        """Return what was counted, and up to when."""
        return AsOf(self.year, self.as_of)

    @property
    def rows(self) -> list[CityCounts]:
        """Return the frozen figures city by city, in the notice's order."""
        return [CityCounts(**row) for row in self.figures["rows"]]

    @property
    def told(self) -> Figures:
        """Return the frozen figures as the words of a bulletin need them."""
        return Figures(
            self.year, self.as_of, self.rows, self.figures["lists"], self.figures["filed"],
            self.figures["in_time"], self.figures.get("accuracy"),
        )  # fmt: skip


class Cell(models.Model):
    """The ids of the records behind one figure of one city in a snapshot; never changed."""

    append_only = True

    snapshot = models.ForeignKey(Snapshot, models.PROTECT, related_name="cells")
    figure = models.CharField("数据项", max_length=24)
    city = models.CharField("地市", max_length=12)
    records = ArrayField(models.BigIntegerField(), verbose_name="记录")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["snapshot", "figure", "city"], name="one_cell")
        ]

    def __str__(self) -> str:
        return f"{self.snapshot_id} {self.figure} {self.city}"


class Bulletin(models.Model):
    """A paper that writes itself from a snapshot; its text is edited, its figures are not."""

    snapshot = models.ForeignKey(Snapshot, models.PROTECT, related_name="bulletins")
    kind = models.CharField("文种", max_length=16, choices=Kind.choices)
    state = models.CharField(
        "状态", max_length=10, choices=State.choices, default=State.DRAFT.value
    )
    version = models.PositiveIntegerField("稿次", default=1)
    joint = models.BooleanField("两厅联合署名", default=True)
    period = models.CharField("时段", max_length=40)
    cutoff = models.DecimalField(
        "“占比较高”的界限（%）", max_digits=5, decimal_places=2, null=True, blank=True
    )
    name_cities = models.BooleanField("存在问题中点名地市", default=False)
    opening = models.TextField("开头")
    remarks = models.TextField("补充说明", blank=True, default="")
    problems = models.TextField("存在问题（补充）", blank=True, default="")
    demands = models.TextField("下一步工作要求")
    contact = models.CharField("联系人、电话", max_length=100, blank=True, default="")
    disclosure = models.CharField("公开方式", max_length=40)
    copy_to = models.CharField("抄送", max_length=200, blank=True, default="")
    edited_by = models.CharField("修改人", max_length=100)
    edited_at = models.DateTimeField("修改时间")
    number = models.CharField("文号", max_length=60, blank=True, default="")
    issued_on = models.DateField("成文日期", null=True, blank=True)
    scan = models.ForeignKey(
        File, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="印发件扫描"
    )
    issued_by = models.CharField("登记人", max_length=100, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["number"],
                condition=~models.Q(number=""),
                name="one_bulletin_a_number",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.period} v{self.version}"

    @property
    def name(self) -> str:
        """Return how the paper is called on the page."""
        return named(Kind(self.kind), self.period)
