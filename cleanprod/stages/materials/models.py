"""Versions of the items of a round's checklist, and prints that went out for the seal."""

from django.db import models
from django.db.models.functions import Now

from cleanprod.foundation.attachments.models import File
from cleanprod.stages.audits.models import Round
from cleanprod.stages.materials.rules import Draft


class Print(models.Model):
    """A paper that was printed for the seal: the same content keeps its number; never edited."""

    append_only = True

    round = models.ForeignKey(Round, models.PROTECT, related_name="prints")
    item = models.CharField("材料", max_length=40)
    serial = models.PositiveSmallIntegerField("次序")
    number = models.CharField("编号", max_length=40, unique=True)
    fingerprint = models.CharField("内容指纹", max_length=64)
    printed_on = models.DateField("打印日期")
    recorded_at = models.DateTimeField("登记时间", db_default=Now())
    person_name = models.CharField("打印人", max_length=100)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["round", "item", "fingerprint"], name="one_print_a_content"
            ),
            models.UniqueConstraint(fields=["round", "item", "serial"], name="one_print_a_serial"),
        ]

    def __str__(self) -> str:
        return self.number


class VersionQuerySet(models.QuerySet["Version"]):
    """Named sets of versions."""

    def standing(self) -> "VersionQuerySet":
        """Return those that nobody took back."""
        return self.filter(withdrawn_at=None)


class Version(models.Model):
    """One version of one item; old ones stay. Title and kind stand as they were that day."""

    round = models.ForeignKey(Round, models.PROTECT, related_name="versions")
    item = models.CharField("材料", max_length=40)
    title = models.CharField("名称", max_length=100)
    number = models.PositiveSmallIntegerField("稿次")
    draft = models.CharField("稿别", max_length=8, choices=Draft.choices)
    confidential = models.BooleanField("不对同市另一部门公开", default=False)
    file = models.ForeignKey(File, models.PROTECT, related_name="+")
    printed = models.ForeignKey(Print, models.PROTECT, null=True, blank=True, related_name="scans")
    changes = models.JSONField("修改说明对照表", default=list)
    happened_on = models.DateField("上传日期")
    recorded_at = models.DateTimeField("登记时间", db_default=Now())
    person_id = models.BigIntegerField(null=True, blank=True)
    person_name = models.CharField("上传人", max_length=100)
    office_name = models.CharField("上传单位", max_length=200, blank=True, default="")
    submitted_on = models.DateField("首次提交日期", null=True, blank=True)
    withdrawn_at = models.DateTimeField("撤回时间", null=True, blank=True)
    withdrawn_by = models.CharField("撤回人", max_length=100, blank=True, default="")
    withdrawn_reason = models.CharField("撤回理由", max_length=500, blank=True, default="")

    objects = VersionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["round", "item", "number"], name="one_version_a_number"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} 第{self.number}稿"


class KeptTable(models.Model):
    """The table of changes that one person is filling; gone when its version is uploaded."""

    round = models.ForeignKey(Round, models.PROTECT, related_name="+")
    item = models.CharField("材料", max_length=40)
    person_id = models.BigIntegerField()
    rows = models.JSONField("修改说明对照表", default=list)
    changed_at = models.DateTimeField("保存时间")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["round", "item", "person_id"], name="one_kept_table_a_person"
            )
        ]

    def __str__(self) -> str:
        return f"{self.round_id} {self.item} {self.person_id}"
