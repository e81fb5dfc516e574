"""The law's numbers as dated rows."""

from django.db import models

from cleanprod.foundation.rulebook.rules import Status, Unit


class Provision(models.Model):
    """What one rule says from one day to another, both included, and on what basis.

    Values are never edited: an amendment closes the row and adds the next version, so that a
    decision that noted the row's id can always be read again.
    """

    key = models.CharField("规定", max_length=60)
    version = models.PositiveIntegerField("版次")
    effective_from = models.DateField("施行日期")
    effective_to = models.DateField("截止日期", null=True, blank=True)
    value = models.JSONField("值")
    unit = models.CharField("单位", max_length=12, choices=Unit.choices)
    title = models.CharField("名称", max_length=100)
    basis = models.TextField("依据")
    source = models.TextField("来源", blank=True, default="")
    status = models.CharField("核实状态", max_length=12, choices=Status.choices)

    class Meta:
        ordering = ["key", "effective_from"]
        constraints = [
            models.UniqueConstraint(fields=["key", "effective_from"], name="one_provision_a_day"),
            models.UniqueConstraint(fields=["key", "version"], name="one_provision_a_version"),
            models.CheckConstraint(
                condition=models.Q(effective_to=None)
                | models.Q(effective_to__gte=models.F("effective_from")),
                name="provision_ends_after_it_starts",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title}（{self.effective_from}起）"


class SpecialDay(models.Model):
    """A day that the State Council's calendar makes free, or makes a weekend day worked.

    A year without any such day is not covered yet: its working days are Monday to Friday and
    whoever counts them says so.
    """

    day = models.DateField("日期", unique=True)
    working = models.BooleanField("上班")
    note = models.CharField("说明", max_length=100)
    source = models.CharField("来源", max_length=200)
    status = models.CharField("核实状态", max_length=12, choices=Status.choices)

    class Meta:
        ordering = ["day"]

    def __str__(self) -> str:
        return f"{self.day} {'上班' if self.working else '放假'}"
