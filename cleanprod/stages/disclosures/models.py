"""Publications of a round: the draft, the versions that were published, and what was decided."""

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models.functions import Now

from cleanprod.foundation.attachments.models import File
from cleanprod.stages.audits.models import Round
from cleanprod.stages.disclosures.rules import Cell, Kind, State, Way


class Publication(models.Model):
    """One kind of publication of one round: where it stands, and the draft of the next version.

    `number` is that of the current version, `revision` counts every change of draft or version,
    so that two people never overwrite each other.
    """

    round = models.ForeignKey(Round, models.PROTECT, related_name="publications")
    kind = models.CharField("类别", max_length=10, choices=Kind.choices)
    state = models.CharField(
        "状态", max_length=10, choices=State.choices, default=State.DRAFT.value
    )
    number = models.PositiveSmallIntegerField("版次", default=0)
    first_on = models.DateField("首次公布日期", null=True, blank=True)
    latest_on = models.DateField("最近公布日期", null=True, blank=True)
    draft = models.JSONField("草稿", default=dict, encoder=DjangoJSONEncoder)
    revision = models.PositiveIntegerField(default=0)
    drafted_by = models.CharField("起草人", max_length=100, blank=True, default="")
    drafted_at = models.DateTimeField("保存时间", null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["round", "kind"], name="one_publication_a_kind")
        ]
        indexes = [
            models.Index(fields=["kind", "state", "id"], name="publication_state"),
            models.Index(
                fields=["-latest_on", "id"],
                condition=models.Q(latest_on__isnull=False),
                name="publication_public",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.round_id} {self.kind}"


class Edition(models.Model):
    """One published version: what, by whom, on which day, why corrected; never edited."""

    append_only = True

    publication = models.ForeignKey(Publication, models.PROTECT, related_name="editions")
    number = models.PositiveSmallIntegerField("版次")
    cells = models.JSONField("内容", default=list, encoder=DjangoJSONEncoder)
    way = models.CharField("公布方式", max_length=8, choices=Way.choices, blank=True, default="")
    place = models.CharField("媒体或网站", max_length=200, blank=True, default="")
    link = models.URLField("网址", max_length=500, blank=True, default="")
    since = models.DateField("公布起始日期", null=True, blank=True)
    proof = models.ForeignKey(File, models.PROTECT, null=True, blank=True, related_name="+")
    reason = models.CharField("更正理由", max_length=500, blank=True, default="")
    happened_on = models.DateField("公布日期")
    recorded_at = models.DateTimeField("登记时间", db_default=Now())
    person_id = models.BigIntegerField(null=True, blank=True)
    person_name = models.CharField("公布人", max_length=100)
    office_name = models.CharField("公布单位", max_length=200, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["publication", "number"], name="one_edition_a_number")
        ]

    def __str__(self) -> str:
        return f"{self.publication_id} 第{self.number}版"

    @property
    def told(self) -> list[Cell]:
        """Return the fields as they were published."""
        return [Cell(**one) for one in self.cells]


class Verdict(models.Model):
    """What the lead department found of one version and its proof; never edited."""

    append_only = True

    edition = models.OneToOneField(Edition, models.PROTECT, related_name="verdict")
    passed = models.BooleanField("核对通过")
    reason = models.CharField("理由", max_length=500, blank=True, default="")
    happened_on = models.DateField("核对日期")
    recorded_at = models.DateTimeField("登记时间", db_default=Now())
    person_id = models.BigIntegerField(null=True, blank=True)
    person_name = models.CharField("核对人", max_length=100)
    office_name = models.CharField("核对单位", max_length=200, blank=True, default="")

    def __str__(self) -> str:
        return f"{self.edition_id} {'通过' if self.passed else '退回'}"
