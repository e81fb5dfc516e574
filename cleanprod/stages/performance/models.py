"""The indicator systems that the province loaded, each version as it came."""

from django.db import models

from cleanprod.foundation.attachments.models import File
from cleanprod.stages.performance.rules import SystemStage


class IndicatorSystem(models.Model):
    """One version of an indicator system; its body is the format of `indicators.dumping`."""

    code = models.CharField("代码", max_length=60)
    version = models.PositiveIntegerField("版次")
    name = models.CharField("名称", max_length=200)
    trades = models.TextField("行业代码", blank=True, default="")
    effective_from = models.DateField("施行日期", null=True, blank=True)
    stage = models.CharField(
        "状态", max_length=12, choices=SystemStage.choices, default=SystemStage.DRAFT.value
    )
    confirmed = models.BooleanField("已核实")
    body = models.JSONField("内容")
    file = models.ForeignKey(File, models.PROTECT, related_name="+", verbose_name="来源文件")
    loaded_on = models.DateField("导入日期")
    loaded_by = models.CharField("导入人", max_length=100)
    loaded_for = models.CharField("导入单位", max_length=200, blank=True, default="")
    put_on = models.DateField("启用日期", null=True, blank=True)
    withdrawn_on = models.DateField("停用日期", null=True, blank=True)
    withdrawn_why = models.CharField("停用理由", max_length=500, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["code", "version"], name="one_system_a_version"),
            models.UniqueConstraint(
                fields=["code"],
                condition=models.Q(stage=SystemStage.IN_FORCE.value),
                name="one_system_in_force_a_code",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}（第{self.version}版）"
