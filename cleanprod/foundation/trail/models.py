"""The trail and its seals: appended, never changed; no foreign keys, names as of that day."""

from django.db import models
from django.db.models.functions import Now


class Entry(models.Model):
    """One act on one record: who, for which office, what, when, before and after.

    A trigger sets epoch, recorded_at, txid and row_hash, so that COPY is covered and nobody can
    supply them. UPDATE and DELETE are refused by trigger and by missing grants, TRUNCATE by
    missing grants alone. `verb` and `label` are the Chinese words as of that day, so that a reader
    needs no later version of the program to understand a line.
    """

    append_only = True

    epoch = models.IntegerField(db_default=0)
    recorded_at = models.DateTimeField("时间", db_default=Now())
    txid = models.BigIntegerField(db_default=0)
    person_id = models.BigIntegerField(null=True)
    person_name = models.CharField("操作人", max_length=100)
    office_id = models.BigIntegerField(null=True)
    office_name = models.CharField("单位", max_length=200, blank=True, default="")
    via = models.CharField("途径", max_length=20, blank=True, default="")
    act = models.CharField("操作", max_length=60)
    verb = models.CharField("操作名称", max_length=100)
    subject = models.CharField("对象", max_length=60)
    label = models.TextField("对象名称")
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    reason = models.TextField("理由、文号", blank=True, default="")
    dossier = models.BigIntegerField(null=True, help_text="历史中显示本行的企业")
    city = models.CharField("地市", max_length=24, blank=True, default="")
    row_hash = models.BinaryField(db_default=b"")

    class Meta:
        indexes = [
            models.Index(fields=["dossier", "id"], name="trail_dossier"),
            models.Index(fields=["subject", "id"], name="trail_subject"),
            models.Index(fields=["epoch", "txid"], name="trail_txid"),
        ]

    def __str__(self) -> str:
        return f"{self.act} {self.subject}"

    @property
    def short_hash(self) -> str:
        """Return the first twelve digits of the row's hash, for the eye."""
        return bytes(self.row_hash).hex()[:12]


class Epoch(models.Model):
    """A restore: from here on transaction ids count anew. Before the first one the epoch is 0."""

    append_only = True

    started_at = models.DateTimeField(db_default=Now())
    note = models.CharField(max_length=200, blank=True, default="")

    def __str__(self) -> str:
        return f"{self.pk}"


class Seal(models.Model):
    """One link of the chain: all entries of an epoch with from_txid <= txid < upto_txid."""

    append_only = True

    sealed_at = models.DateTimeField(db_default=Now())
    epoch = models.IntegerField()
    from_txid = models.BigIntegerField()
    upto_txid = models.BigIntegerField()
    entries = models.BigIntegerField()
    digest = models.BinaryField()
    previous = models.BinaryField()
    seal_hash = models.BinaryField(unique=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["epoch", "from_txid"], name="one_seal_a_range")
        ]

    def __str__(self) -> str:
        return bytes(self.seal_hash).hex()[:12]
