"""Sittings and what their members gave; each sitting keeps the sheet it was held under."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from cleanprod.foundation.attachments.models import File
from cleanprod.stages.audits.models import Round
from cleanprod.stages.scoring.rules import Purpose, SheetState, State


class Sitting(models.Model):
    """One assessment or acceptance of one round by its members."""

    round = models.ForeignKey(Round, models.PROTECT, related_name="sittings")
    purpose = models.CharField("类别", max_length=12, choices=Purpose.choices)
    state = models.CharField(
        "状态", max_length=12, choices=State.choices, default=State.SCORING.value
    )
    held_on = models.DateField("会议日期")
    place = models.CharField("会议地点", max_length=200)
    sheet = models.JSONField("评分表")
    opened_at = models.DateTimeField("登记时间", db_default=Now())
    opened_by = models.CharField("登记人", max_length=100)
    office_name = models.CharField("组织单位", max_length=200, blank=True, default="")
    mean = models.DecimalField("平均分", max_digits=5, decimal_places=2, null=True, blank=True)
    spread = models.DecimalField("最大分差", max_digits=5, decimal_places=2, null=True, blank=True)
    spread_reason = models.CharField("分差说明", max_length=500, blank=True, default="")
    meaning = models.CharField("结论", max_length=200, blank=True, default="")
    passes = models.BooleanField("通过", null=True, blank=True)
    opinion = models.TextField("意见", blank=True, default="")
    opinion_at = models.DateTimeField("意见提出时间", null=True, blank=True)
    returned = models.CharField("退回修改的理由", max_length=500, blank=True, default="")
    confirmed_on = models.DateField("审定日期", null=True, blank=True)
    confirmed_by = models.CharField("审定人", max_length=100, blank=True, default="")
    cancelled_reason = models.CharField("作废理由", max_length=500, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["round", "purpose"],
                condition=models.Q(state=State.SCORING.value),
                name="one_open_sitting_a_purpose",
            )
        ]
        indexes = [models.Index(fields=["-held_on", "id"], name="sitting_days")]

    def __str__(self) -> str:
        return f"{self.round_id} {self.get_purpose_display()} {self.held_on}"


class Member(models.Model):
    """A member of a sitting and the scores given; a trigger keeps them as they were signed.

    `agreed_at` signs the opinion of the panel, with the dissent, if any; when the opinion is
    changed, everybody signs again.
    """

    sitting = models.ForeignKey(Sitting, models.PROTECT, related_name="members")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    name = models.CharField("姓名", max_length=100)
    leader = models.BooleanField("组长", default=False)
    scores = models.JSONField("评分", default=dict)
    vetoes = models.JSONField("否决项", default=list)
    remarks = models.JSONField("意见", default=dict)
    dissent = models.CharField("不同意见", max_length=1000, blank=True, default="")
    saved_at = models.DateTimeField("保存时间", null=True, blank=True)
    signed_at = models.DateTimeField("确认时间", null=True, blank=True)
    agreed_at = models.DateTimeField("意见签署时间", null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["sitting", "person"], name="one_seat_a_person"),
            models.UniqueConstraint(
                fields=["sitting"], condition=models.Q(leader=True), name="one_leader_a_sitting"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sitting_id} {self.name}"


class ScoreSheet(models.Model):
    """A score sheet that the province loaded; the shipped ones lie in the package.

    A sitting keeps the body it was held under, so a newer sheet changes nothing of the past.
    """

    key = models.CharField("代码", max_length=60)
    purpose = models.CharField("类别", max_length=12, choices=Purpose.choices)
    name = models.CharField("名称", max_length=200)
    version = models.CharField("版次", max_length=60)
    effective_from = models.DateField("施行日期")
    unconfirmed = models.BooleanField("待核实")
    body = models.JSONField("内容")
    file = models.ForeignKey(File, models.PROTECT, related_name="+")
    state = models.CharField(
        "状态", max_length=10, choices=SheetState.choices, default=SheetState.DRAFT.value
    )
    loaded_on = models.DateField("导入日期")
    loaded_by = models.CharField("导入人", max_length=100)
    loaded_by_id = models.BigIntegerField()
    loaded_for = models.CharField("导入单位", max_length=200)
    consented_on = models.DateField("启用日期", null=True, blank=True)
    consented_by = models.CharField("复核人", max_length=200, blank=True, default="")
    withdrawn_on = models.DateField("停用日期", null=True, blank=True)
    withdrawn_why = models.CharField("停用理由", max_length=500, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["key"],
                condition=~models.Q(state=SheetState.WITHDRAWN.value),
                name="one_live_score_sheet_a_key",
            )
        ]

    def __str__(self) -> str:
        return f"{self.name}（{self.version}）"
