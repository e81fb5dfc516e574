"""Regions as codes, from the province down to towns and zones, and the industry classification."""

from django.db import models

from cleanprod.kernel.term import Term


class Level(Term):
    """How high a region stands."""

    PROVINCE = "province", "省"
    CITY = "city", "地市"
    COUNTY = "county", "县区"
    TOWN = "town", "镇街"
    ZONE = "zone", "功能区"


class Region(models.Model):
    """One region; `city_code` is the unit right below the province in which it lies."""

    code = models.CharField("代码", max_length=24, primary_key=True)
    name = models.CharField("名称", max_length=40)
    short_name = models.CharField("简称", max_length=40)
    other_names = models.CharField(
        "曾用名和别称", max_length=100, blank=True, default="", help_text="多个以顿号分开"
    )
    level = models.CharField("层级", max_length=10, choices=Level.choices)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name="上级"
    )
    city_code = models.CharField("所在地市", max_length=24, blank=True, default="")
    notice_order = models.PositiveSmallIntegerField("公文排序", null=True, blank=True)
    official = models.BooleanField(
        "有公开代码", default=True, help_text="没有公开代码的功能区使用本系统自定的稳定编号"
    )

    class Meta:
        indexes = [models.Index(fields=["city_code"], name="region_city")]

    def __str__(self) -> str:
        return self.name


class Industry(models.Model):
    """One entry of one edition of GB/T 4754; letters are sections, digits the finer steps."""

    edition = models.PositiveSmallIntegerField("版本")
    code = models.CharField("代码", max_length=8)
    name = models.CharField("名称", max_length=60)
    parent = models.CharField("上级代码", max_length=8, blank=True, default="")
    notice_sector = models.CharField("通知所列行业", max_length=20, blank=True, default="")
    confirmed = models.BooleanField("已核对", default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["edition", "code"], name="one_industry_a_code")
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"
