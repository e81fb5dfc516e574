"""Duties with a day: owner, what, due when, and why."""

from django.db import models

from cleanprod.foundation.organisations.models import Organisation


class ObligationQuerySet(models.QuerySet["Obligation"]):
    """Named sets of obligations."""

    def open(self) -> "ObligationQuerySet":
        """Return what is still owed."""
        return self.filter(done_on=None, voided_on=None)


class Obligation(models.Model):
    """One duty of one organisation; `subject` names the record as text, upward keys are barred."""

    key = models.CharField("键", max_length=80, unique=True)
    owner = models.ForeignKey(Organisation, models.PROTECT, related_name="obligations")
    title = models.CharField("事项", max_length=200)
    subject = models.CharField("对象", max_length=60)
    url = models.CharField("网址", max_length=200, blank=True, default="")
    city = models.CharField("地市", max_length=12, blank=True, default="")
    lead = models.CharField("牵头部门", max_length=10, blank=True, default="")
    opened_on = models.DateField("起算日")
    due_on = models.DateField("到期日")
    basis = models.CharField("依据与算法", max_length=300)
    rule = models.BigIntegerField("规则版本", null=True, blank=True)
    first_due_on = models.DateField("延期前到期日", null=True, blank=True)
    extension = models.CharField("延期", max_length=300, blank=True, default="")
    done_on = models.DateField("完成日", null=True, blank=True)
    voided_on = models.DateField("终止日", null=True, blank=True)
    void_reason = models.CharField("终止原因", max_length=200, blank=True, default="")

    objects = ObligationQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["owner", "due_on"],
                condition=models.Q(done_on=None, voided_on=None),
                name="obligation_owed",
            ),
            models.Index(fields=["subject"], name="obligation_subject"),
        ]

    def __str__(self) -> str:
        return f"{self.title} {self.due_on}"
