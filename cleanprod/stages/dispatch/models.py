"""Dispatches, who is asked, the frozen rows, their answers, and the reminders."""

from datetime import date

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models.functions import Now

from cleanprod.foundation.organisations.models import Organisation
from cleanprod.foundation.organisations.rules import Line
from cleanprod.foundation.territory.models import Region
from cleanprod.stages.audits.models import Round
from cleanprod.stages.audits.rules import Stage
from cleanprod.stages.dispatch.rules import (
    Addressed,
    DispatchStage,
    Field,
    fields_of,
    is_late,
    owed_words,
)


class Dispatch(models.Model):
    """One collection of progress: the office that asks, what, about which rounds, until when.

    `city` is the opening city department's, empty for the province.
    """

    opener = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    province = models.CharField("省", max_length=12)
    city = models.ForeignKey(
        Region, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="地市"
    )
    addressed = models.CharField("报送单位", max_length=10, choices=Addressed.choices)
    title = models.CharField("标题", max_length=120)
    reason = models.CharField("事由", max_length=1000)
    contact = models.CharField("联系人、电话", max_length=100, blank=True, default="")
    fields = models.JSONField("报送内容", default=list)
    selection = models.JSONField("调度范围", default=dict)
    answer_on = models.DateField("报送期限")
    stage = models.CharField(
        "状态", max_length=10, choices=DispatchStage.choices, default=DispatchStage.DRAFT.value
    )
    version = models.PositiveIntegerField("稿次", default=1)
    drafted_on = models.DateField("起草日期")
    opened_on = models.DateField("下发日期", null=True, blank=True)
    closed_on = models.DateField("结束日期", null=True, blank=True)
    ended_because = models.CharField("取消理由", max_length=500, blank=True, default="")
    person_name = models.CharField("经办人", max_length=100)

    class Meta:
        indexes = [
            models.Index(fields=["opener", "-id"], name="dispatch_own"),
            models.Index(fields=["province", "city", "stage"], name="dispatch_place"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def asked(self) -> tuple[Field, ...]:
        """Return the fields that are asked."""
        return fields_of(self.fields)


class Recipient(models.Model):
    """One office or enterprise that answers for its rows; named as it was at the opening."""

    dispatch = models.ForeignKey(Dispatch, models.PROTECT, related_name="recipients")
    city = models.ForeignKey(Region, models.PROTECT, related_name="+", verbose_name="地市")
    county = models.ForeignKey(
        Region, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="县区"
    )
    lead = models.CharField("牵头部门", max_length=10, choices=Line.choices)
    enterprise = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="+"
    )
    name = models.CharField("报送单位", max_length=200)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["dispatch", "city", "county", "lead", "enterprise"],
                nulls_distinct=False,
                name="one_recipient_a_dispatch",
            )
        ]
        indexes = [
            models.Index(fields=["city", "lead"], name="recipient_city"),
            models.Index(fields=["county", "lead"], name="recipient_county"),
        ]

    def __str__(self) -> str:
        return self.name


class Row(models.Model):
    """One round in the list, as it stood at the opening; never edited.

    `duties` keeps what was owed then: title, due day and days late.
    """

    append_only = True

    dispatch = models.ForeignKey(Dispatch, models.PROTECT, related_name="rows")
    recipient = models.ForeignKey(Recipient, models.PROTECT, related_name="rows")
    round = models.ForeignKey(Round, models.PROTECT, related_name="dispatch_rows")
    place = models.PositiveIntegerField("序号")
    name = models.CharField("企业名称", max_length=200)
    code = models.CharField("统一社会信用代码", max_length=40, blank=True, default="")
    county_name = models.CharField("县区", max_length=40, blank=True, default="")
    stage = models.CharField("下发时状态", max_length=16, choices=Stage.choices)
    duties = models.JSONField("下发时未完成事项", default=list, encoder=DjangoJSONEncoder)
    late = models.PositiveIntegerField("下发时逾期（天）", default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["dispatch", "round"], name="one_row_a_round"),
        ]
        indexes = [models.Index(fields=["recipient", "place"], name="row_of_recipient")]

    def __str__(self) -> str:
        return f"{self.dispatch_id} {self.name}"

    @property
    def owed(self) -> str:
        """Return what was owed at the opening in words."""
        return owed_words(self.duties)


class Answer(models.Model):
    """What was said about one row: a draft until it is handed in."""

    row = models.OneToOneField(Row, models.PROTECT, related_name="answer")
    values = models.JSONField("报送内容", default=dict)
    version = models.PositiveIntegerField("稿次", default=1)
    edited_by = models.CharField("填写人", max_length=100)
    edited_at = models.DateTimeField("填写时间")
    answered_on = models.DateField("报送日期", null=True, blank=True)
    answered_by = models.CharField("报送人", max_length=100, blank=True, default="")
    office_name = models.CharField("报送单位", max_length=200, blank=True, default="")
    late = models.BooleanField("逾期报送", default=False)
    returned_on = models.DateField("退回日期", null=True, blank=True)
    returned_because = models.CharField("退回理由", max_length=500, blank=True, default="")

    def __str__(self) -> str:
        return f"{self.row_id} {self.answered_on or '草稿'}"

    def hand_in(self, on: date, answer_on: date, *, person: str, office: str) -> None:
        """Note that the answer is given on a day; the caller saves it."""
        self.answered_on, self.late = on, is_late(on, answer_on)
        self.answered_by, self.office_name = person, office


class Reminder(models.Model):
    """That those who had not answered were asked again; never edited."""

    append_only = True

    dispatch = models.ForeignKey(Dispatch, models.PROTECT, related_name="reminders")
    serial = models.PositiveSmallIntegerField("次序")
    happened_on = models.DateField("催办日期")
    text = models.CharField("催办内容", max_length=500)
    recipients = models.JSONField("催办单位", default=list)
    missing = models.PositiveIntegerField("未报送（家）")
    recorded_at = models.DateTimeField("登记时间", db_default=Now())
    person_id = models.BigIntegerField(null=True, blank=True)
    person_name = models.CharField("催办人", max_length=100)
    office_name = models.CharField("催办单位", max_length=200, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["dispatch", "serial"], name="one_reminder_a_serial")
        ]

    def __str__(self) -> str:
        return f"{self.dispatch_id} {self.happened_on}"
