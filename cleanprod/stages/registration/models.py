"""One-time codes, ranks of contacts, and what enterprises and visitors ask for."""

from datetime import date

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from cleanprod.foundation.attachments.models import File
from cleanprod.foundation.organisations.models import Membership, Organisation
from cleanprod.foundation.organisations.rules import Line
from cleanprod.foundation.territory.models import Region
from cleanprod.stages.audits.models import Round
from cleanprod.stages.programme.models import Batch, Entry
from cleanprod.stages.registration.rules import Asked, ChangeKind, CodeKind, Rank, Scope


class CodeQuerySet(models.QuerySet["Code"]):
    """Named sets of codes."""

    def unused(self) -> "CodeQuerySet":
        """Return the codes that were neither used nor voided, expired ones included."""
        return self.filter(used_on=None, voided_on=None)


class Code(models.Model):
    """A one-time code of an enterprise; only its digest is kept."""

    enterprise = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    kind = models.CharField("类别", max_length=8, choices=CodeKind.choices)
    digest = models.CharField(max_length=64, unique=True)
    batch = models.ForeignKey(Batch, models.PROTECT, null=True, blank=True, related_name="+")
    invited = models.CharField("受邀人", max_length=64, blank=True, default="")
    reached = models.CharField("受邀人手机或邮箱", max_length=100, blank=True, default="")
    issued_on = models.DateField("发放日期")
    expires_on = models.DateField("有效至")
    used_on = models.DateField("使用日期", null=True, blank=True)
    voided_on = models.DateField("作废日期", null=True, blank=True)
    person_id = models.BigIntegerField(null=True, blank=True)
    person_name = models.CharField("发放人", max_length=100)
    office_name = models.CharField("发放单位", max_length=200, blank=True, default="")

    objects = CodeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["enterprise"],
                condition=models.Q(kind=CodeKind.CLAIM.value, used_on=None, voided_on=None),
                name="one_claim_code",
            )
        ]
        indexes = [models.Index(fields=["enterprise", "kind"], name="code_enterprise")]

    def __str__(self) -> str:
        return f"{self.enterprise_id} {self.kind} {self.expires_on}"


class Contact(models.Model):
    """The rank of a membership among the contacts of an enterprise."""

    membership = models.OneToOneField(Membership, models.PROTECT, related_name="+")
    rank = models.CharField("身份", max_length=8, choices=Rank.choices)

    def __str__(self) -> str:
        return f"{self.membership_id} {self.rank}"


class Request(models.Model):
    """What every request has: its place and department, where it stands, who decided and why."""

    city = models.ForeignKey(Region, models.PROTECT, related_name="+", verbose_name="地市")
    county = models.ForeignKey(
        Region, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="县区"
    )
    lead = models.CharField("办理条线", max_length=10, choices=Line.choices)
    state = models.CharField(
        "状态", max_length=10, choices=Asked.choices, default=Asked.ASKED.value
    )
    asked_on = models.DateField("提出日期")
    decision = models.CharField("办理意见", max_length=500, blank=True, default="")
    decided_on = models.DateField("办理日期", null=True, blank=True)
    decided_by = models.CharField("办理人", max_length=100, blank=True, default="")
    decided_at = models.CharField("办理单位", max_length=200, blank=True, default="")

    class Meta:
        abstract = True


class Reset(Request):
    """Somebody of an enterprise that lost all accounts asks for a new claim code."""

    enterprise = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    receipt = models.CharField("受理编号", max_length=20, unique=True)
    name = models.CharField("申请人", max_length=64)
    phone = models.CharField("手机", max_length=32)
    email = models.EmailField("电子邮箱", blank=True, default="")
    explanation = models.CharField("情况说明", max_length=500)
    paper = models.ForeignKey(File, models.PROTECT, related_name="+", verbose_name="授权书")

    class Meta:
        indexes = [models.Index(fields=["city", "lead", "state"], name="reset_place")]

    def __str__(self) -> str:
        return self.receipt


class Wish(Request):
    """An unlisted enterprise asks to be on the next voluntary list."""

    receipt = models.CharField("受理编号", max_length=20, unique=True)
    name = models.CharField("企业名称", max_length=200)
    code = models.CharField("统一社会信用代码", max_length=40)
    industry = models.CharField("行业代码", max_length=8, blank=True, default="")
    address = models.CharField("地址", max_length=300, blank=True, default="")
    contact = models.CharField("联系人", max_length=64)
    phone = models.CharField("手机", max_length=32)
    email = models.EmailField("电子邮箱", blank=True, default="")
    explanation = models.CharField("申请理由", max_length=500)
    entry = models.ForeignKey(Entry, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["code"],
                condition=models.Q(state=Asked.ASKED.value),
                name="one_wish_waiting",
            )
        ]
        indexes = [models.Index(fields=["city", "state"], name="wish_place")]

    def __str__(self) -> str:
        return f"{self.name} {self.receipt}"


class Change(Request):
    """What changed with an enterprise: name, place, merger, shutdown, deregistration."""

    enterprise = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    kind = models.CharField("变更事项", max_length=14, choices=ChangeKind.choices)
    happened_on = models.DateField("发生日期")
    name = models.CharField("新名称", max_length=200, blank=True, default="")
    place = models.ForeignKey(
        Region, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="迁入县区"
    )
    into = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name="并入企业",
    )  # fmt: skip
    explanation = models.CharField("说明", max_length=500)
    evidence = models.ForeignKey(File, models.PROTECT, related_name="+", verbose_name="证明材料")
    before = models.JSONField("变更前", default=dict, encoder=DjangoJSONEncoder)
    person_name = models.CharField("提出人", max_length=100)
    office_name = models.CharField("提出单位", max_length=200, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["enterprise", "kind"],
                condition=models.Q(state=Asked.ASKED.value),
                name="one_change_waiting",
            )
        ]
        indexes = [
            models.Index(fields=["city", "lead", "state"], name="change_place"),
            models.Index(fields=["enterprise", "id"], name="change_enterprise"),
        ]

    def __str__(self) -> str:
        return f"{self.enterprise_id} {self.kind}"


class EngagementQuerySet(models.QuerySet["Engagement"]):
    """Named sets of engagements."""

    def holding(self, on: date) -> "EngagementQuerySet":
        """Return the engagements that hold on a day."""
        return self.filter(revoked_on=None, begins_on__lte=on, ends_on__gte=on)


class Engagement(models.Model):
    """A consultancy works on one round for an enterprise, within a scope and for some days."""

    round = models.ForeignKey(Round, models.PROTECT, related_name="+", db_index=False)
    consultancy = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    scope = models.CharField("范围", max_length=8, choices=Scope.choices)
    begins_on = models.DateField("起")
    ends_on = models.DateField("止")
    revoked_on = models.DateField("撤销日期", null=True, blank=True)
    reason = models.CharField("撤销理由", max_length=500, blank=True, default="")
    person_name = models.CharField("委托人", max_length=100)

    objects = EngagementQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_on__gte=models.F("begins_on")),
                name="engagement_ends_after_it_begins",
            ),
        ]
        indexes = [
            models.Index(fields=["consultancy", "ends_on"], name="engagement_board"),
            models.Index(fields=["round"], name="engagement_round"),
        ]

    def __str__(self) -> str:
        return f"{self.round_id} {self.consultancy_id} {self.scope}"
