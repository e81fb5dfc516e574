"""Receipts: what a workbook brought, row by row, kept for ever."""

from django.db import models

from cleanprod.foundation.attachments.models import File
from cleanprod.foundation.intake.rules import Outcome, State, finding_of
from cleanprod.kernel.finding import Finding


class Receipt(models.Model):
    """What became of one workbook; office and person are copied as they were that day."""

    kind = models.CharField("类别", max_length=20, help_text="如 list、results、completions")
    file = models.ForeignKey(File, models.PROTECT, related_name="+", verbose_name="文件")
    title = models.CharField("标题", max_length=300)
    organisation_id = models.BigIntegerField("单位编号", null=True)
    office_name = models.CharField("单位", max_length=200, blank=True, default="")
    person_id = models.BigIntegerField("导入人编号", null=True)
    person_name = models.CharField("导入人", max_length=100, blank=True, default="")
    recorded_at = models.DateTimeField("时间")
    state = models.CharField("结果", max_length=10, choices=State.choices)
    rows_read = models.PositiveIntegerField("读取行数", default=0)
    created = models.PositiveIntegerField("新增", default=0)
    matched = models.PositiveIntegerField("一致", default=0)
    changed = models.PositiveIntegerField("变更", default=0)
    refused = models.PositiveIntegerField("未导入", default=0)
    to_decide = models.PositiveIntegerField("待决定", default=0)
    mapping = models.JSONField("列对应", default=dict, help_text="模板列到工作表的列")
    findings = models.JSONField("检查结果", default=list)
    city = models.CharField("地市", max_length=12, blank=True, default="")
    subject = models.CharField("对象", max_length=60, blank=True, default="")

    class Meta:
        indexes = [
            models.Index(fields=["organisation_id", "-id"], name="receipt_office"),
            models.Index(fields=["subject"], name="receipt_subject"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def outcome(self) -> State:
        """Return what became of the workbook, in words."""
        return State(self.state)

    def all_findings(self) -> list[Finding]:
        """Return every finding of the reading and of the checks after it."""
        return [finding_of(kept) for kept in self.findings]


class ReceiptRow(models.Model):
    """What became of one row of the workbook."""

    receipt = models.ForeignKey(Receipt, models.CASCADE, related_name="rows", db_index=False)
    number = models.PositiveIntegerField("行号")
    outcome = models.CharField("结果", max_length=10, choices=Outcome.choices)
    label = models.CharField("名称", max_length=200, blank=True, default="")
    subject = models.CharField("对象", max_length=60, blank=True, default="")
    note = models.TextField("说明", blank=True, default="")

    class Meta:
        indexes = [models.Index(fields=["receipt", "number"], name="receipt_row_number")]

    def __str__(self) -> str:
        return f"{self.number} {self.label}"


class LearnedHeader(models.Model):
    """A header that no template knows, as an office once said what it means."""

    organisation_id = models.BigIntegerField("单位编号")
    kind = models.CharField("类别", max_length=20)
    header = models.CharField("表头", max_length=200, help_text="查找时用的形式")
    column = models.CharField("模板列", max_length=40)
    person_id = models.BigIntegerField("指定人编号", null=True)
    recorded_at = models.DateTimeField("时间")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation_id", "kind", "header"], name="one_meaning_a_header"
            )
        ]

    def __str__(self) -> str:
        return f"{self.header} {self.column}"
