"""The archive of produced papers and the register of receipts that anyone may verify."""

from django.db import models


class Produced(models.Model):
    """The first production of a paper in one format; this very file is served ever after."""

    key = models.CharField("编号", max_length=200, help_text="文种加草稿版本")
    format = models.CharField("格式", max_length=8)
    kind = models.CharField("文种", max_length=60)
    title = models.CharField("标题", max_length=300)
    sha256 = models.CharField("SHA-256", max_length=64)
    file = models.ForeignKey(
        "attachments.File", on_delete=models.PROTECT, related_name="+", verbose_name="文件"
    )
    produced_at = models.DateTimeField("生成时间")
    # Copied: the archive says who it was on that day.
    person_id = models.BigIntegerField("生成人编号", null=True)
    person_name = models.CharField("生成人", max_length=100, blank=True)
    office_name = models.CharField("单位", max_length=200, blank=True)

    class Meta:
        verbose_name = "已生成文件"
        ordering = ("-produced_at", "-pk")
        constraints = (
            models.UniqueConstraint(
                fields=("key", "format"), name="documents_produced_once_per_format"
            ),
        )

    def __str__(self) -> str:
        return f"{self.title}（{self.format}）"


class Receipt(models.Model):
    """One entry of the public register: what was received or decided, and its fingerprint."""

    number = models.CharField("回执编号", max_length=20, unique=True)
    year = models.PositiveSmallIntegerField("年份")
    serial = models.PositiveIntegerField("顺序号")
    kind = models.CharField("类别", max_length=60)
    subject = models.CharField("事项", max_length=300)
    facts = models.JSONField("要点", default=dict)
    sha256 = models.CharField("SHA-256", max_length=64)
    issued_at = models.DateTimeField("出具时间")

    class Meta:
        verbose_name = "回执"
        ordering = ("-year", "-serial")
        constraints = (
            models.UniqueConstraint(fields=("year", "serial"), name="documents_receipt_in_a_row"),
        )

    def __str__(self) -> str:
        return self.number
