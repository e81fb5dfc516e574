"""The performance sheet of a round and its measures, with numbers in three value sets."""

from typing import Any

from django.db import models
from django.db.models.functions import Now

from cleanprod.foundation.organisations.rules import Line as Department
from cleanprod.foundation.territory.models import Region
from cleanprod.stages.audits.models import Round
from cleanprod.stages.measures.rules import Cost, State, Tag, ValueSet
from cleanprod.stages.measures.workings import Method, Outcome, compute
from cleanprod.stages.performance.accounting import library
from cleanprod.stages.performance.accounting.factors import FactorSet
from cleanprod.stages.performance.models import IndicatorSystem


class Exact(models.DecimalField):  # type: ignore[type-arg]
    """A number of any length, kept digit for digit; the usual column would round it."""

    def db_type(self, connection: Any) -> str:
        """Return the type without a length."""
        return "numeric"

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        """Return the number as it is."""
        return value


class Border(models.Model):
    """Where low cost usually ends for the rounds of one department of a city; the latest counts."""

    city = models.ForeignKey(Region, models.PROTECT, related_name="+", verbose_name="地市")
    line = models.CharField("部门", max_length=10, choices=Department.choices)
    yuan = models.DecimalField("无/低费与中/高费的界限（元）", max_digits=14, decimal_places=2)
    basis = models.CharField("依据", max_length=500)
    set_on = models.DateField("施行日期")
    set_by = models.CharField("设定人", max_length=100)

    class Meta:
        indexes = [models.Index(fields=["city", "line", "-set_on"], name="borders_of_a_city")]

    def __str__(self) -> str:
        return f"{self.city_id} {self.line} {self.yuan}"


class Sheet(models.Model):
    """All measures of one round; `totals` repeats what they add up to, by value set.

    Only `measures.actions` writes `totals`; once confirmed they stand as `Effect` rows, too.
    """

    round = models.OneToOneField(Round, models.PROTECT, related_name="sheet")
    version = models.PositiveIntegerField("稿次", default=1)
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.OPEN.value)
    border = models.DecimalField("无低费与中高费的界限（元）", max_digits=14, decimal_places=2)
    factors = models.CharField("采用因子", max_length=60)
    # Values that the enterprise states for factors published as a range, as text by key.
    stated = models.JSONField("采用值", default=dict)
    totals = models.JSONField("合计", default=dict)
    # Verified values changed after the report was first submitted or the sheet given back, each
    # once, as "code|column": the rate of corrections is read from them.
    corrected = models.JSONField("更正的数值", default=list)
    edited_by = models.CharField("填报人", max_length=100)
    edited_at = models.DateTimeField("填报时间")
    confirmed_on = models.DateField("核定日期", null=True, blank=True)
    confirmed_by = models.CharField("核定人", max_length=100, blank=True, default="")
    confirmer_id = models.BigIntegerField(null=True, blank=True)
    confirmations = models.PositiveSmallIntegerField("核定次数", default=0)

    def __str__(self) -> str:
        return f"{self.round_id} v{self.version}"

    @property
    def factor_set(self) -> FactorSet:
        """Return the set that the sheet is computed with, with the stated values in it."""
        return library.stated(self.factors, tuple(sorted(self.stated.items())))


class Measure(models.Model):
    """One measure 方案; `values` holds numbers as text by value set and column."""

    sheet = models.ForeignKey(Sheet, models.CASCADE, related_name="measures")
    row = models.PositiveSmallIntegerField("序号")
    code = models.CharField("编号", max_length=20)
    name = models.CharField("方案名称", max_length=200)
    cost = models.CharField("方案类型", max_length=8, choices=Cost.choices)
    content = models.CharField("方案内容", max_length=1000, blank=True, default="")
    phase = models.CharField("产生阶段", max_length=60, blank=True, default="")
    tags = models.CharField("标记", max_length=80, blank=True, default="")
    planned_days = models.PositiveIntegerField("计划工期（天）", null=True, blank=True)
    actual_days = models.PositiveIntegerField("实际工期（天）", null=True, blank=True)
    other = models.CharField("其他", max_length=200, blank=True, default="")
    values = models.JSONField("数值", default=dict)
    # Fingerprints by which what was copied between enterprises is found; empty when too short.
    text_mark = models.CharField(max_length=40, blank=True, default="")
    values_mark = models.CharField(max_length=40, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["sheet", "code"], name="one_measure_a_code"),
        ]
        indexes = [
            models.Index(
                fields=["text_mark"], condition=~models.Q(text_mark=""), name="text_twins"
            ),
            models.Index(
                fields=["values_mark"], condition=~models.Q(values_mark=""), name="value_twins"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class YearTable(models.Model):
    """What a round's enterprise made, used and let out in the three years before it."""

    round = models.OneToOneField(Round, models.PROTECT, related_name="year_table")
    version = models.PositiveIntegerField("稿次", default=1)
    lines = models.JSONField("数据", default=list)
    edited_by = models.CharField("填报人", max_length=100)
    edited_at = models.DateTimeField("填报时间")

    def __str__(self) -> str:
        return f"{self.round_id} v{self.version}"


class YearVersion(models.Model):
    """One version of the table as it was kept."""

    append_only = True

    table = models.ForeignKey(YearTable, models.PROTECT, related_name="versions")
    version = models.PositiveIntegerField("稿次")
    lines = models.JSONField("数据")
    edited_by = models.CharField("填报人", max_length=100)
    edited_at = models.DateTimeField("填报时间")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["table", "version"], name="one_year_version")
        ]

    def __str__(self) -> str:
        return f"{self.table_id} v{self.version}"


class Working(models.Model):
    """How one number of a measure was worked out: the method and what was typed into it."""

    sheet = models.ForeignKey(Sheet, models.CASCADE, related_name="workings")
    code = models.CharField("方案编号", max_length=20)
    which = models.CharField("数值", max_length=10, choices=ValueSet.choices)
    method = models.CharField("核算方法", max_length=20, choices=Method.choices)
    texts = models.JSONField("填报内容", default=dict)
    edited_by = models.CharField("填报人", max_length=100)
    edited_at = models.DateTimeField("填报时间")

    def __str__(self) -> str:
        return f"{self.code} {self.method}"

    @property
    def outcome(self) -> Outcome:
        """Return what it comes to."""
        return compute(Method(self.method), self.texts)


class GreenLevel(models.Model):
    """The values that an enterprise gave under an indicator system, and the level they reach."""

    round = models.OneToOneField(Round, models.PROTECT, related_name="green_level")
    system = models.ForeignKey(IndicatorSystem, models.PROTECT, related_name="+")
    version = models.PositiveIntegerField("稿次", default=1)
    texts = models.JSONField("填报值", default=dict)
    result = models.JSONField("评定结果", default=dict)
    level = models.CharField("清洁生产水平", max_length=100)
    complete = models.BooleanField("填报齐全")
    edited_by = models.CharField("填报人", max_length=100)
    edited_at = models.DateTimeField("填报时间")

    def __str__(self) -> str:
        return f"{self.round_id} {self.level}"


class Draft(models.Model):
    """What one person has typed on a page so far, right or wrong; gone when the page is saved."""

    round = models.ForeignKey(Round, models.PROTECT, related_name="+")
    person_id = models.BigIntegerField()
    page = models.CharField("页面", max_length=20)
    body = models.TextField("内容", blank=True)
    changed_at = models.DateTimeField("保存时间")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["round", "person_id", "page"], name="one_sheet_draft_a_page"
            )
        ]

    def __str__(self) -> str:
        return f"{self.round_id} {self.page} {self.person_id}"


class Explanation(models.Model):
    """The reason an enterprise gave for a finding; a changed value asks anew."""

    append_only = True

    sheet = models.ForeignKey(Sheet, models.PROTECT, related_name="explanations")
    which = models.CharField("数值", max_length=10, choices=ValueSet.choices)
    key = models.CharField("检查", max_length=300)
    finding = models.CharField("检查结果", max_length=500)
    reason = models.CharField("说明", max_length=500)
    given_at = models.DateTimeField("时间", db_default=Now())
    given_by = models.CharField("说明人", max_length=100)
    office_name = models.CharField("单位", max_length=200, blank=True, default="")

    class Meta:
        indexes = [models.Index(fields=["sheet", "which", "key"], name="explained")]

    def __str__(self) -> str:
        return f"{self.sheet_id} {self.key}"


def _sum(label: str) -> Exact:
    return Exact(label, max_digits=200, decimal_places=100, default=0)


class Effect(models.Model):
    """What one value set of a confirmed sheet adds up to, exactly: what statistics sum.

    `measures.effects` writes it when a sheet is confirmed and removes it when the sheet is
    reopened; `cleanprod check` recomputes it. Nothing typed counts as nought in a sum.
    """

    round = models.ForeignKey(Round, models.PROTECT, related_name="effects")
    which = models.CharField("数值", max_length=8, choices=ValueSet.choices)
    confirmed_on = models.DateField("核定日期")
    recorded_at = models.DateTimeField("登记时间", db_default=Now())
    measures = models.PositiveIntegerField("方案", default=0)
    low = models.PositiveIntegerField("无/低费方案", default=0)
    high = models.PositiveIntegerField("中/高费方案", default=0)
    investment = _sum("投资额（万元）")
    benefit = _sum("经济效益（万元/年）")
    tce = _sum("节能量（tce/年）")
    co2 = _sum("二氧化碳减排（t/年）")
    water = _sum("节水（t/年）")
    voc = _sum("VOCs削减（t/年）")
    cod = _sum("COD削减（t/年）")
    ammonia = _sum("氨氮削减（t/年）")
    so2 = _sum("SO2削减（t/年）")
    nox = _sum("NOx削减（t/年）")
    solid_waste = _sum("固废削减（t/年）")
    hazardous_waste = _sum("危险废物削减（t/年）")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["round", "which"], name="one_effect_a_value_set")
        ]

    def __str__(self) -> str:
        return f"{self.round_id} {self.which}"


class TagEffect(models.Model):
    """How many measures of a confirmed sheet bear one tag, and the VOCs these cut."""

    round = models.ForeignKey(Round, models.PROTECT, related_name="tag_effects")
    which = models.CharField("数值", max_length=8, choices=ValueSet.choices)
    tag = models.CharField("标记", max_length=12, choices=Tag.choices)
    confirmed_on = models.DateField("核定日期")
    measures = models.PositiveIntegerField("方案", default=0)
    voc = _sum("VOCs削减（t/年）")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["round", "which", "tag"], name="one_effect_a_tag")
        ]

    def __str__(self) -> str:
        return f"{self.round_id} {self.which} {self.tag}"
