"""Reviews of rounds, how each round is reviewed, results from paper, and site records."""

from django.db import models
from django.db.models.functions import Now

from cleanprod.foundation.attachments.models import File
from cleanprod.stages.audits.models import Round
from cleanprod.stages.experts.models import Panel
from cleanprod.stages.hearings.rules import LIVE, Form, Mode, Outcome, State, Step
from cleanprod.stages.review.rules import GreenLevel
from cleanprod.stages.scoring.models import Sitting


class Arrangement(models.Model):
    """How the lead department decided to review one round; without a row the usual way holds."""

    round = models.OneToOneField(Round, models.PROTECT, related_name="arrangement")
    mode = models.CharField("评审方式", max_length=12, choices=Mode.choices)
    county = models.BooleanField("由县区、镇街、园区组织", default=False)
    decided_on = models.DateField("确定日期")
    decided_by = models.CharField("确定人", max_length=100)

    def __str__(self) -> str:
        return f"{self.round_id} {self.get_mode_display()}"


class Hearing(models.Model):
    """One review of one round, from the application to the conclusion.

    `day` is the meeting's once there is one, before that the day of the application; boards are
    sorted by it.
    """

    round = models.ForeignKey(Round, models.PROTECT, related_name="hearings")
    step = models.CharField("类别", max_length=12, choices=Step.choices)
    mode = models.CharField("评审方式", max_length=12, choices=Mode.choices)
    state = models.CharField(
        "状态", max_length=10, choices=State.choices, default=State.APPLIED.value
    )
    day = models.DateField("日期")
    applied_on = models.DateField("申请日期")
    applied_by = models.CharField("申请人", max_length=100)
    note = models.CharField("申请说明", max_length=500, blank=True, default="")
    level = models.CharField(
        "清洁生产水平", max_length=2, choices=GreenLevel.choices, blank=True, default=""
    )
    check_note = models.CharField("县区初核意见", max_length=500, blank=True, default="")
    checked_on = models.DateField("初核日期", null=True, blank=True)
    checked_by = models.CharField("初核人", max_length=200, blank=True, default="")
    admitted_on = models.DateField("受理日期", null=True, blank=True)
    admitted_by = models.CharField("受理人", max_length=100, blank=True, default="")
    reason = models.CharField("退回或撤销理由", max_length=500, blank=True, default="")
    form = models.CharField("评审形式", max_length=8, choices=Form.choices, default=Form.SITE.value)
    meets_on = models.DateField("会议日期", null=True, blank=True)
    hour = models.CharField("会议时间", max_length=40, blank=True, default="")
    place = models.CharField("会议地点", max_length=200, blank=True, default="")
    panel = models.ForeignKey(Panel, models.PROTECT, null=True, blank=True, related_name="+")
    sitting = models.OneToOneField(Sitting, models.PROTECT, null=True, blank=True, related_name="+")
    offline = models.BooleanField("线下评审", default=False)
    outcome = models.CharField(
        "结论", max_length=8, choices=Outcome.choices, blank=True, default=""
    )
    meaning = models.CharField("结论说明", max_length=200, blank=True, default="")
    mean = models.DecimalField(
        "平均分（分）", max_digits=5, decimal_places=2, null=True, blank=True
    )
    concluded_on = models.DateField("结论日期", null=True, blank=True)
    concluded_by = models.CharField("结论登记人", max_length=100, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["round"],
                condition=models.Q(state__in=[one.value for one in LIVE]),
                name="one_live_hearing_a_round",
            )
        ]
        indexes = [
            models.Index(fields=["-day", "-id"], name="hearing_days"),
            models.Index(fields=["state", "-day"], name="hearing_states"),
        ]

    def __str__(self) -> str:
        return f"{self.round_id} {self.get_step_display()} {self.applied_on}"


class Offline(models.Model):
    """The result of a review held on paper as one person entered it, for a second one to check.

    One that was sent back stays, with the reason; a trigger keeps one that was confirmed.
    """

    hearing = models.ForeignKey(Hearing, models.PROTECT, related_name="entries")
    held_on = models.DateField("会议日期")
    place = models.CharField("会议地点", max_length=200)
    voters = models.JSONField("专家得分")
    mean = models.DecimalField(
        "平均分（分）", max_digits=5, decimal_places=2, null=True, blank=True
    )
    meaning = models.CharField("结论", max_length=200)
    passes = models.BooleanField("通过")
    note = models.CharField("说明", max_length=500, blank=True, default="")
    irregular = models.CharField("与组成要求不符", max_length=500, blank=True, default="")
    opinion = models.TextField("专家组意见")
    concluded_on = models.DateField("结论日期")
    opinion_scan = models.ForeignKey(File, models.PROTECT, related_name="+")
    sheets_scan = models.ForeignKey(File, models.PROTECT, related_name="+")
    signin_scan = models.ForeignKey(File, models.PROTECT, related_name="+")
    entered_at = models.DateTimeField("录入时间", db_default=Now())
    entered_by_id = models.BigIntegerField("录入人账号", null=True)
    entered_by = models.CharField("录入人", max_length=100)
    verified_on = models.DateField("复核日期", null=True, blank=True)
    verified_by = models.CharField("复核人", max_length=100, blank=True, default="")
    rejected = models.CharField("退回理由", max_length=500, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["hearing"],
                condition=models.Q(rejected=""),
                name="one_standing_entry_a_hearing",
            )
        ]

    def __str__(self) -> str:
        return f"{self.hearing_id} {self.held_on}"


class Visit(models.Model):
    """What somebody of the lead department or the county saw on site; never edited."""

    append_only = True

    hearing = models.ForeignKey(Hearing, models.PROTECT, related_name="visits")
    happened_on = models.DateField("查看日期")
    people = models.CharField("参加人员", max_length=300)
    seen = models.CharField("查看情况", max_length=2000)
    recorded_at = models.DateTimeField("登记时间", db_default=Now())
    person_name = models.CharField("登记人", max_length=100)
    office_name = models.CharField("登记单位", max_length=200, blank=True, default="")

    def __str__(self) -> str:
        return f"{self.hearing_id} {self.happened_on}"


class Photo(models.Model):
    """One photo of a site record; never edited."""

    append_only = True

    visit = models.ForeignKey(Visit, models.PROTECT, related_name="photos")
    file = models.ForeignKey(File, models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return f"{self.visit_id} {self.file_id}"
