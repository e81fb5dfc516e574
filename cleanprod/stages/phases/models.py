"""Plans with their versions and remarks, and phases."""

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models.functions import Now

from cleanprod.stages.audits.models import Round
from cleanprod.stages.phases.rules import LONGEST_NOTE, Mode


class Course(models.Model):
    """How a round is audited: in full, or simplified by decision of the lead department."""

    round = models.OneToOneField(Round, models.PROTECT, related_name="course")
    mode = models.CharField("审核方式", max_length=10, choices=Mode.choices, default=Mode.FULL)
    reason = models.CharField("理由", max_length=500, blank=True, default="")
    decided_on = models.DateField("决定日期")
    decided_by = models.CharField("决定人", max_length=100)

    def __str__(self) -> str:
        return f"{self.round_id} {self.mode}"


class Draft(models.Model):
    """What one person has typed of a plan so far, as typed; gone when the plan is filed."""

    round = models.ForeignKey(Round, models.PROTECT, related_name="+")
    person_id = models.BigIntegerField()
    texts = models.JSONField("内容", default=dict)
    changed_at = models.DateTimeField("保存时间")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["round", "person_id"], name="one_plan_draft")
        ]

    def __str__(self) -> str:
        return f"{self.round_id} {self.person_id}"


class Plan(models.Model):
    """One version of the audit plan of a round; never edited, a change is the next version."""

    append_only = True

    round = models.ForeignKey(Round, models.PROTECT, related_name="plans")
    version = models.PositiveSmallIntegerField("版本")
    team = models.JSONField("审核小组", encoder=DjangoJSONEncoder)
    schedule = models.JSONField("进度安排", encoder=DjangoJSONEncoder)
    focus = models.CharField("审核重点", max_length=500, blank=True, default="")
    consultancy = models.CharField("咨询机构", max_length=200, blank=True, default="")
    reason = models.CharField("变更理由", max_length=500, blank=True, default="")
    receipt = models.CharField("提交回执", max_length=40)
    filed_on = models.DateField("填报日期")
    recorded_at = models.DateTimeField("登记时间", db_default=Now())
    person_id = models.BigIntegerField(null=True, blank=True)
    person_name = models.CharField("填报人", max_length=100)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["round", "version"], name="one_plan_a_version")
        ]

    def __str__(self) -> str:
        return f"{self.round_id} v{self.version}"


class Remark(models.Model):
    """What a department says about a version of a plan 反馈意见; it approves nothing."""

    append_only = True

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="remarks")
    text = models.CharField("反馈意见", max_length=LONGEST_NOTE)
    happened_on = models.DateField("反馈日期")
    recorded_at = models.DateTimeField("登记时间", db_default=Now())
    person_id = models.BigIntegerField(null=True, blank=True)
    person_name = models.CharField("反馈人", max_length=100)
    office_name = models.CharField("反馈单位", max_length=200, blank=True, default="")

    def __str__(self) -> str:
        return f"{self.plan_id} {self.happened_on}"


class Progress(models.Model):
    """What really happened in one phase of a round."""

    round = models.ForeignKey(Round, models.PROTECT, related_name="phases")
    title = models.CharField("阶段", max_length=60)
    first_on = models.DateField("实际开始", null=True, blank=True)
    last_on = models.DateField("实际完成", null=True, blank=True)
    note = models.CharField("进展说明", max_length=LONGEST_NOTE, blank=True, default="")
    edited_by = models.CharField("填报人", max_length=100)
    edited_at = models.DateTimeField("填报时间")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["round", "title"], name="one_progress_a_phase")
        ]

    def __str__(self) -> str:
        return f"{self.round_id} {self.title}"

    @property
    def mark(self) -> str:
        """Tell this state of the record from a later one."""
        return self.edited_at.isoformat()
