"""Remarks on a round, and the replies to them with their checks."""

from django.db import models
from django.db.models.functions import Now

from cleanprod.foundation.attachments.models import File
from cleanprod.stages.audits.models import Round
from cleanprod.stages.remarks.rules import Kind, State, Step, Weight
from cleanprod.stages.scoring.models import Member, Sitting


class Remark(models.Model):
    """One remark of an expert as an item; `person_id` is who raised it and may tick it off."""

    round = models.ForeignKey(Round, models.PROTECT, related_name="remarks")
    step = models.CharField("提出阶段", max_length=12, choices=Step.choices)
    number = models.PositiveSmallIntegerField("序号")
    kind = models.CharField("类别", max_length=12, choices=Kind.choices)
    weight = models.CharField("要求", max_length=8, choices=Weight.choices)
    text = models.CharField("意见", max_length=1000)
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.OPEN.value)
    sitting = models.ForeignKey(Sitting, models.PROTECT, null=True, blank=True, related_name="+")
    member = models.ForeignKey(Member, models.PROTECT, null=True, blank=True, related_name="+")
    item = models.CharField("评分表项目", max_length=20, blank=True, default="")
    person_id = models.BigIntegerField("提出人账号", null=True, blank=True)
    person_name = models.CharField("提出人", max_length=100)
    raised_on = models.DateField("提出日期")
    entered_by = models.CharField("登记人", max_length=100)
    settled_on = models.DateField("落实日期", null=True, blank=True)
    settled_by = models.CharField("复核人", max_length=100, blank=True, default="")
    reason = models.CharField("退回或撤销理由", max_length=500, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["round", "step", "number"], name="one_remark_a_number"),
            models.UniqueConstraint(
                fields=["member", "item"],
                condition=models.Q(member__isnull=False),
                name="one_remark_a_member_and_item",
            ),
        ]
        indexes = [
            models.Index(
                fields=["round", "step"],
                condition=models.Q(state__in=[State.OPEN.value, State.REPLIED.value]),
                name="remark_open",
            ),
            models.Index(
                fields=["person_id"],
                condition=models.Q(state=State.REPLIED.value),
                name="remark_to_check",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_step_display()}意见{self.number}"


class Reply(models.Model):
    """What the enterprise changed and where, and what the check found; replies are kept all."""

    remark = models.ForeignKey(Remark, models.PROTECT, related_name="replies")
    changed = models.CharField("修改情况", max_length=1000)
    place = models.CharField("修改位置（章节、页码）", max_length=200)
    version = models.CharField("材料版本", max_length=100, blank=True, default="")
    file = models.ForeignKey(File, models.PROTECT, null=True, blank=True, related_name="+")
    replied_on = models.DateField("回复日期")
    replied_by = models.CharField("回复人", max_length=100)
    recorded_at = models.DateTimeField("登记时间", db_default=Now())
    passed = models.BooleanField("复核通过", null=True, blank=True)
    checked_on = models.DateField("复核日期", null=True, blank=True)
    checked_by = models.CharField("复核人", max_length=100, blank=True, default="")
    reason = models.CharField("退回理由", max_length=500, blank=True, default="")

    def __str__(self) -> str:
        return f"{self.remark_id} {self.replied_on}"
