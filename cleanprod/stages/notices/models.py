"""Written notices, how they were served, what was urged and first checked."""

from django.db import models
from django.db.models.functions import Now

from cleanprod.foundation.attachments.models import File
from cleanprod.foundation.obligations.models import Obligation
from cleanprod.foundation.organisations.rules import Line
from cleanprod.foundation.territory.models import Region
from cleanprod.stages.audits.models import Round
from cleanprod.stages.notices.rules import Asked, Channel, Checked, Verdict, Way
from cleanprod.stages.programme.models import Batch


class Notice(models.Model):
    """The written notice of one list to one enterprise; never edited.

    City, county and lead repeat the round's, so that a county's desk reads one index.
    """

    append_only = True

    round = models.ForeignKey(Round, models.PROTECT, related_name="notices")
    batch = models.ForeignKey(Batch, models.PROTECT, related_name="+")
    city = models.ForeignKey(Region, models.PROTECT, related_name="+", verbose_name="地市")
    county = models.ForeignKey(
        Region, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="县区"
    )
    lead = models.CharField("牵头部门", max_length=10, choices=Line.choices)
    head = models.CharField("文号字头", max_length=50)
    serial = models.PositiveIntegerField("序号")
    number = models.CharField("文号", max_length=60)
    issued_on = models.DateField("通知日期")
    issuer = models.CharField("出具单位", max_length=200)
    contact = models.CharField("联系人、电话", max_length=100, blank=True, default="")
    recorded_at = models.DateTimeField("登记时间", db_default=Now())
    person_id = models.BigIntegerField(null=True, blank=True)
    person_name = models.CharField("登记人", max_length=100)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["round", "batch"], name="one_notice_a_list"),
            models.UniqueConstraint(
                fields=["city", "lead", "head", "serial"], name="one_notice_a_number"
            ),
        ]
        indexes = [
            models.Index(fields=["city", "county", "lead", "batch"], name="notice_desk"),
        ]

    def __str__(self) -> str:
        return self.number


class Service(models.Model):
    """That a notice reached the enterprise; a mistaken entry is withdrawn with its reason."""

    notice = models.ForeignKey(Notice, models.PROTECT, related_name="services")
    happened_on = models.DateField("送达日期")
    way = models.CharField("送达方式", max_length=12, choices=Way.choices)
    receiver = models.CharField("签收人", max_length=60, blank=True, default="")
    evidence = models.ForeignKey(File, models.PROTECT, null=True, blank=True, related_name="+")
    reason = models.CharField("无扫描件的原因", max_length=300, blank=True, default="")
    recorded_at = models.DateTimeField("登记时间", db_default=Now())
    person_id = models.BigIntegerField(null=True, blank=True)
    person_name = models.CharField("登记人", max_length=100)
    office_name = models.CharField("登记单位", max_length=200, blank=True, default="")
    withdrawn_at = models.DateTimeField("撤回时间", null=True, blank=True)
    withdrawn_by = models.CharField("撤回人", max_length=100, blank=True, default="")
    withdrawn_reason = models.CharField("撤回理由", max_length=500, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["notice"],
                condition=models.Q(withdrawn_at=None),
                name="one_effective_service",
            )
        ]

    def __str__(self) -> str:
        return f"{self.notice_id} {self.happened_on}"


class Urging(models.Model):
    """That an office urged an enterprise to do what it owes; never edited."""

    append_only = True

    round = models.ForeignKey(Round, models.PROTECT, related_name="urgings")
    happened_on = models.DateField("催办日期")
    channel = models.CharField("催办方式", max_length=10, choices=Channel.choices)
    owed = models.CharField("未完成事项", max_length=500, blank=True, default="")
    text = models.CharField("催办内容", max_length=500)
    recorded_at = models.DateTimeField("登记时间", db_default=Now())
    person_id = models.BigIntegerField(null=True, blank=True)
    person_name = models.CharField("催办人", max_length=100)
    office_name = models.CharField("催办单位", max_length=200, blank=True, default="")

    def __str__(self) -> str:
        return f"{self.round_id} {self.happened_on}"


class FirstCheck(models.Model):
    """What a county found when it looked at a round's papers first; it moves no stage."""

    append_only = True

    round = models.ForeignKey(Round, models.PROTECT, related_name="first_checks")
    happened_on = models.DateField("初审日期")
    subject = models.CharField("初审内容", max_length=10, choices=Checked.choices)
    verdict = models.CharField("初审结论", max_length=8, choices=Verdict.choices)
    note = models.CharField("初审意见", max_length=1000)
    recorded_at = models.DateTimeField("登记时间", db_default=Now())
    person_id = models.BigIntegerField(null=True, blank=True)
    person_name = models.CharField("初审人", max_length=100)
    office_name = models.CharField("初审单位", max_length=200, blank=True, default="")

    def __str__(self) -> str:
        return f"{self.round_id} {self.subject} {self.verdict}"


class Extension(models.Model):
    """An enterprise asks for more time for one thing it owes; its lead department decides."""

    round = models.ForeignKey(Round, models.PROTECT, related_name="extensions")
    obligation = models.ForeignKey(Obligation, models.PROTECT, related_name="+")
    title = models.CharField("事项", max_length=200)
    due_on = models.DateField("申请时的到期日")
    until = models.DateField("申请延期至")
    reason = models.CharField("申请理由", max_length=500)
    evidence = models.ForeignKey(File, models.PROTECT, null=True, blank=True, related_name="+")
    state = models.CharField(
        "状态", max_length=10, choices=Asked.choices, default=Asked.ASKED.value
    )
    asked_on = models.DateField("申请日期")
    asked_by = models.CharField("申请人", max_length=100)
    granted_until = models.DateField("批准延期至", null=True, blank=True)
    decided_on = models.DateField("决定日期", null=True, blank=True)
    decided_by = models.CharField("决定人", max_length=100, blank=True, default="")
    office_name = models.CharField("决定单位", max_length=200, blank=True, default="")
    decision = models.CharField("决定理由", max_length=500, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["obligation"],
                condition=models.Q(state=Asked.ASKED.value),
                name="one_open_extension",
            )
        ]

    def __str__(self) -> str:
        return f"{self.title} {self.until}"
