"""Stored files: content once, each name kept."""

from django.db import models
from django.db.models.functions import Now

from cleanprod.kernel.term import Term


class Scan(Term):
    """Whether a scanner has looked at a file."""

    NONE = "none", "未扫描"
    CLEAN = "clean", "已扫描"
    BAD = "bad", "有风险"


class File(models.Model):
    """One upload: name, size in bytes, SHA-256, where the content lies, who stored it."""

    sha256 = models.CharField("指纹", max_length=64, db_index=True)
    size = models.PositiveBigIntegerField("大小（字节）")
    name = models.CharField("文件名", max_length=200)
    content_type = models.CharField("类型", max_length=100)
    path = models.CharField(max_length=120)
    scan = models.CharField("扫描", max_length=8, choices=Scan.choices, default=Scan.NONE.value)
    stored_at = models.DateTimeField("上传时间", db_default=Now())
    person_id = models.BigIntegerField(null=True)
    person_name = models.CharField("上传人", max_length=100)
    office_id = models.BigIntegerField(null=True)

    def __str__(self) -> str:
        return self.name
