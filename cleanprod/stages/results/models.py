"""Batches of results, their lines, objections of the public, and certificates."""

from django.db import models
from django.db.models.functions import Now

from cleanprod.foundation.attachments.models import File
from cleanprod.foundation.documents.models import Receipt
from cleanprod.foundation.organisations.rules import Line as Department
from cleanprod.foundation.territory.models import Region
from cleanprod.stages.audits.models import Fact, Round
from cleanprod.stages.results.rules import Counting, State, Verdict
from cleanprod.stages.review.rules import Conclusion


class Batch(models.Model):
    """One batch of results of a city department, from the draft to the announcement."""

    city = models.ForeignKey(Region, models.PROTECT, related_name="+", verbose_name="地市")
    lead = models.CharField("牵头部门", max_length=10, choices=Department.choices)
    year = models.PositiveSmallIntegerField("年度")
    number = models.PositiveSmallIntegerField("批次")
    title = models.CharField("标题", max_length=200)
    joint = models.BooleanField("两部门联合公布", default=False)
    contact = models.CharField("受理异议的联系人、电话", max_length=200)
    state = models.CharField(
        "状态", max_length=10, choices=State.choices, default=State.DRAFT.value
    )
    publicity_from = models.DateField("公示首日", null=True, blank=True)
    publicity_until = models.DateField("公示末日", null=True, blank=True)
    days = models.PositiveSmallIntegerField("公示天数", null=True, blank=True)
    counting = models.CharField(
        "天数算法", max_length=10, choices=Counting.choices, blank=True, default=""
    )
    cosigned_on = models.DateField("会签日期", null=True, blank=True)
    cosigned_by = models.CharField("会签人", max_length=200, blank=True, default="")
    document_number = models.CharField("文号", max_length=60, blank=True, default="")
    announced_on = models.DateField("公布日期", null=True, blank=True)
    scan = models.ForeignKey(File, models.PROTECT, null=True, blank=True, related_name="+")
    reported_on = models.DateField("报送省日期", null=True, blank=True)
    stopped_on = models.DateField("终止日期", null=True, blank=True)
    stopped_reason = models.CharField("终止理由", max_length=500, blank=True, default="")
    created_at = models.DateTimeField("拟定时间", db_default=Now())
    office_name = models.CharField("拟定单位", max_length=200)
    person_name = models.CharField("拟定人", max_length=100)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["city", "lead", "year", "number"], name="results_batch_number"
            )
        ]
        indexes = [
            models.Index(fields=["-announced_on", "-id"], name="results_announced"),
            models.Index(fields=["city", "-id"], name="results_city"),
        ]

    def __str__(self) -> str:
        return self.title


class Line(models.Model):
    """One firm of a batch with its result; struck lines stay, with the reason beside them."""

    batch = models.ForeignKey(Batch, models.PROTECT, related_name="lines")
    round = models.ForeignKey(Round, models.PROTECT, related_name="+")
    fact = models.ForeignKey(Fact, models.PROTECT, related_name="+")
    conclusion = models.CharField("结论", max_length=10, choices=Conclusion.choices)
    on = models.DateField("结论日期")
    live = models.BooleanField("在本批内", default=True)
    struck_reason = models.CharField("移出理由", max_length=500, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["fact"], condition=models.Q(live=True), name="a_result_in_one_live_batch"
            )
        ]
        indexes = [models.Index(fields=["batch", "id"], name="results_lines")]

    def __str__(self) -> str:
        return f"{self.batch_id} {self.round_id}"


class Objection(models.Model):
    """What somebody objected to during a publicity; whoever has number and code reads the answer.

    Name and contact of the objector are read by the lead department alone.
    """

    batch = models.ForeignKey(Batch, models.PROTECT, related_name="objections")
    line = models.ForeignKey(Line, models.PROTECT, null=True, blank=True, related_name="objections")
    year = models.PositiveSmallIntegerField("年度")
    serial = models.PositiveIntegerField("流水号")
    number = models.CharField("受理编号", max_length=20, unique=True)
    code_hash = models.CharField(max_length=64)
    name = models.CharField("异议人", max_length=100)
    contact = models.CharField("联系方式", max_length=200)
    text = models.TextField("异议内容")
    received_on = models.DateField("提出日期")
    verdict = models.CharField(
        "处理结果", max_length=10, choices=Verdict.choices, blank=True, default=""
    )
    answer = models.TextField("答复", blank=True, default="")
    answered_on = models.DateField("答复日期", null=True, blank=True)
    answered_by = models.CharField("答复人", max_length=100, blank=True, default="")
    office_name = models.CharField("答复单位", max_length=200, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["year", "serial"], name="results_objection_serial")
        ]
        indexes = [models.Index(fields=["batch", "id"], name="results_objections")]

    def __str__(self) -> str:
        return self.number


class Certificate(models.Model):
    """A certificate of a passed round, entered in the public register of receipts."""

    append_only = True

    line = models.OneToOneField(Line, models.PROTECT, related_name="certificate")
    number = models.CharField("证书编号", max_length=60, unique=True)
    issued_on = models.DateField("发证日期")
    valid_until = models.DateField("有效期至")
    receipt = models.OneToOneField(Receipt, models.PROTECT, related_name="+")
    issuer = models.CharField("发证机关", max_length=400)
    person_name = models.CharField("办理人", max_length=100)

    def __str__(self) -> str:
        return self.number
