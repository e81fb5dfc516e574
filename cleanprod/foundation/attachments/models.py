"""Stored files: content once, each name kept; and uploads on their way."""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now

from cleanprod.foundation.attachments.rules import Scan

__all__ = ["File", "Scan", "Upload"]


class File(models.Model):
    """One upload: name, size in bytes, SHA-256, where the content lies, who stored it."""

    sha256 = models.CharField("指纹", max_length=64, db_index=True)
    size = models.PositiveBigIntegerField("大小（字节）")
    name = models.CharField("文件名", max_length=200)
    content_type = models.CharField("类型", max_length=100)
    path = models.CharField(max_length=120)
    scan = models.CharField("扫描", max_length=8, choices=Scan.choices, default=Scan.NONE.value)
    scanned_at = models.DateTimeField("扫描时间", null=True)
    stored_at = models.DateTimeField("上传时间", db_default=Now())
    person_id = models.BigIntegerField(null=True)
    person_name = models.CharField("上传人", max_length=100)
    office_id = models.BigIntegerField(null=True)

    class Meta:
        """Find what waits for the scanner."""

        indexes = [
            models.Index("id", name="file_unscanned", condition=models.Q(scan=Scan.NONE.value)),
        ]

    def __str__(self) -> str:
        return self.name


class Upload(models.Model):
    """A file that arrives in pieces: how much of it is here, and whose it is."""

    token = models.UUIDField(unique=True, default=uuid.uuid4)
    name = models.CharField("文件名", max_length=200)
    declared_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField("大小（字节）")
    received = models.PositiveBigIntegerField("已收到（字节）", default=0)
    pieces = ArrayField(models.PositiveIntegerField(), default=list)
    sha256 = models.CharField("指纹", max_length=64)
    scan = models.CharField("扫描", max_length=8, choices=Scan.choices, default=Scan.NONE.value)
    finished_at = models.DateTimeField(null=True)
    file = models.ForeignKey(File, models.PROTECT, null=True, related_name="+")
    opened_at = models.DateTimeField("开始时间", db_index=True)
    person_id = models.BigIntegerField()
    office_id = models.BigIntegerField(null=True)

    def __str__(self) -> str:
        return self.name

    def path(self, offset: int) -> str:
        """Return where the piece that begins at an offset lies."""
        return f"uploads/{self.token.hex}/{offset:012d}"

    @property
    def paths(self) -> list[str]:
        """Return where the pieces lie, in order."""
        places, offset = [], 0
        for size in self.pieces:
            places.append(self.path(offset))
            offset += size
        return places
