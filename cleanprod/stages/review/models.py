"""Results of acceptance as a city records them."""

from django.db import models

from cleanprod.stages.audits.models import Fact, Round
from cleanprod.stages.review.rules import Conclusion, GreenLevel


class Result(models.Model):
    """What was concluded on a round, with scores and certificate; stands on one fact."""

    append_only = True

    fact = models.OneToOneField(Fact, models.PROTECT, related_name="result")
    round = models.ForeignKey(Round, models.PROTECT, related_name="results")
    conclusion = models.CharField("结论", max_length=10, choices=Conclusion.choices)
    assessment_score = models.DecimalField(
        "评估得分", max_digits=5, decimal_places=2, null=True, blank=True
    )
    acceptance_score = models.DecimalField(
        "验收得分", max_digits=5, decimal_places=2, null=True, blank=True
    )
    consultancy = models.CharField("咨询机构", max_length=200, blank=True, default="")
    level = models.CharField(
        "清洁生产水平", max_length=2, choices=GreenLevel.choices, blank=True, default=""
    )
    certificate = models.CharField("证书编号", max_length=60, blank=True, default="")
    valid_until = models.DateField("有效期至", null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.round_id} {self.conclusion}"
