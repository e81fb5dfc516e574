"""What an office adds to its periodic report by hand."""

from django.db import models

from cleanprod.foundation.organisations.models import Organisation
from cleanprod.insight.yearly.rules import Scope, Span


class Remark(models.Model):
    """The part of a report that no record tells: problems and what comes next."""

    office = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField("年度")
    span = models.CharField("期间", max_length=8, choices=Span.choices)
    scope = models.CharField("范围", max_length=8, choices=Scope.choices)
    text = models.TextField("存在问题和下一步打算", blank=True, default="")
    version = models.PositiveIntegerField("稿次", default=1)
    edited_by = models.CharField("修改人", max_length=100)
    edited_on = models.DateField("修改日期")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["office", "year", "span", "scope"], name="one_remark_a_report"
            )
        ]

    def __str__(self) -> str:
        return f"{self.year} {self.span} {self.office_id}"
