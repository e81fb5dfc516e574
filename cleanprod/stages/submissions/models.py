"""Submissions with what was handed in, and the declarations that stand behind them."""

from django.db import models
from django.db.models.functions import Now

from cleanprod.foundation.documents.models import Receipt
from cleanprod.stages.audits.models import Round
from cleanprod.stages.audits.rules import Stage
from cleanprod.stages.materials.models import Version
from cleanprod.stages.submissions.rules import Party, Purpose, State


class Declaration(models.Model):
    """One person's confirmation that a set of materials is true; another set needs another."""

    append_only = True

    round = models.ForeignKey(Round, models.PROTECT, related_name="declarations")
    purpose = models.CharField("类别", max_length=12, choices=Purpose.choices)
    party = models.CharField("声明方", max_length=12, choices=Party.choices)
    content = models.CharField("材料指纹", max_length=64)
    text = models.CharField("声明", max_length=300)
    office_id = models.BigIntegerField()
    office_name = models.CharField("单位", max_length=200)
    person_id = models.BigIntegerField()
    person_name = models.CharField("声明人", max_length=100)
    happened_on = models.DateField("声明日期")
    recorded_at = models.DateTimeField("登记时间", db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["round", "purpose", "office_id", "content"], name="one_declaration_a_set"
            )
        ]

    def __str__(self) -> str:
        return f"{self.round_id} {self.office_name}"


class Submission(models.Model):
    """One handing-in of a round's materials with its receipt; a return stays beside it."""

    round = models.ForeignKey(Round, models.PROTECT, related_name="submissions")
    purpose = models.CharField("类别", max_length=12, choices=Purpose.choices)
    number = models.PositiveSmallIntegerField("次数")
    receipt = models.OneToOneField(Receipt, models.PROTECT, related_name="+")
    content = models.CharField("材料指纹", max_length=64)
    sheet = models.PositiveIntegerField("绩效表稿次")
    reasons = models.JSONField("说明", default=list)
    happened_on = models.DateField("提交日期")
    recorded_at = models.DateTimeField("登记时间", db_default=Now())
    person_id = models.BigIntegerField(null=True, blank=True)
    person_name = models.CharField("提交人", max_length=100)
    office_name = models.CharField("提交单位", max_length=200, blank=True, default="")
    returned_on = models.DateField("退回日期", null=True, blank=True)
    returned_by = models.CharField("退回人", max_length=100, blank=True, default="")
    returned_office = models.CharField("退回单位", max_length=200, blank=True, default="")
    returned_reason = models.CharField("退回理由", max_length=500, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["round", "purpose", "number"], name="one_submission_a_number"
            )
        ]
        indexes = [models.Index(fields=["-happened_on", "-id"], name="submission_days")]

    def __str__(self) -> str:
        return f"{self.round_id} {self.get_purpose_display()} {self.number}"

    @property
    def state(self) -> State:
        """Return what became of it."""
        if self.returned_on is not None:
            return State.RETURNED
        if self.round.reported_on is None:
            return State.UNDONE
        return State.WAITING if self.round.stage == Stage.SUBMITTED else State.TAKEN


class Piece(models.Model):
    """One version that was handed in with a submission."""

    append_only = True

    submission = models.ForeignKey(Submission, models.PROTECT, related_name="pieces")
    version = models.ForeignKey(Version, models.PROTECT, related_name="+")
    place = models.PositiveSmallIntegerField("次序")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["submission", "version"], name="one_piece_a_version")
        ]

    def __str__(self) -> str:
        return f"{self.submission_id} {self.version_id}"
