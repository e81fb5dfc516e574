"""Which figures the province made public."""

from django.db import models

from cleanprod.insight.statistics.rules import Report


class Disclosure(models.Model):
    """One official table made public 主动公开, as it stood; withdrawn with a reason, never erased.

    The printed cells are kept, so that what the public reads never changes by itself.
    """

    report = models.CharField("统计表", max_length=20, choices=Report.choices)
    year = models.PositiveSmallIntegerField("年度")
    as_of = models.DateField("统计截至")
    title = models.CharField("标题", max_length=200)
    content = models.JSONField("内容")
    disclosed_on = models.DateField("公开日期")
    person_name = models.CharField("公开人", max_length=100)
    office_name = models.CharField("公开单位", max_length=200)
    withdrawn_on = models.DateField("撤回日期", null=True, blank=True)
    withdrawn_by = models.CharField("撤回人", max_length=100, blank=True, default="")
    withdrawn_why = models.CharField("撤回理由", max_length=500, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["report", "year"],
                condition=models.Q(withdrawn_on=None),
                name="one_public_table",
            )
        ]

    def __str__(self) -> str:
        return f"{self.report} {self.year} {self.as_of}"


class OutlineMap(models.Model):
    """An approved outline of the province with its number 审图号; withdrawn, never erased."""

    approval = models.CharField("审图号", max_length=60)
    publisher = models.CharField("地图来源", max_length=200)
    drawing = models.JSONField("图形")
    sha256 = models.CharField("指纹", max_length=64)
    loaded_on = models.DateField("载入日期")
    person_name = models.CharField("载入人", max_length=100)
    withdrawn_on = models.DateField("停用日期", null=True, blank=True)
    withdrawn_why = models.CharField("停用理由", max_length=500, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                models.Value(1), condition=models.Q(withdrawn_on=None), name="one_outline_in_use"
            )
        ]

    def __str__(self) -> str:
        return self.approval
