"""What an office confirmed as done in the year's calendar."""

from django.db import models

from cleanprod.foundation.organisations.models import Organisation


class Confirmation(models.Model):
    """One office's word that a duty of a year is done; withdrawn with a reason, never erased."""

    duty = models.CharField("事项", max_length=20)
    year = models.PositiveSmallIntegerField("年度")
    office = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    on = models.DateField("完成日期")
    note = models.CharField("完成情况", max_length=500)
    person_name = models.CharField("登记人", max_length=100)
    recorded_on = models.DateField("登记日期")
    withdrawn_on = models.DateField("撤回日期", null=True, blank=True)
    withdrawn_by = models.CharField("撤回人", max_length=100, blank=True, default="")
    withdrawn_why = models.CharField("撤回理由", max_length=500, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["duty", "year", "office"],
                condition=models.Q(withdrawn_on=None),
                name="one_confirmation_a_duty",
            )
        ]

    def __str__(self) -> str:
        return f"{self.duty} {self.year}"
