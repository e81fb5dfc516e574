"""Rounds, their milestones and withdrawals, later listings, and notices that change a list."""

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models.functions import Now

from cleanprod.foundation.attachments.models import File
from cleanprod.foundation.organisations.models import Organisation
from cleanprod.foundation.organisations.rules import Line
from cleanprod.foundation.territory.models import Region
from cleanprod.stages.audits.rules import OPEN, Change, Milestone, Source, Stage
from cleanprod.stages.programme.models import Batch, Entry
from cleanprod.stages.programme.rules import AuditKind


class Round(models.Model):
    """One enterprise's audit; place, lead and names stand as they were listed.

    The `_on` columns repeat the effective milestones. Only `audits.milestones` writes them;
    `cleanprod check` recomputes them.
    """

    enterprise = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    entry = models.OneToOneField(Entry, models.PROTECT, related_name="+")
    list_year = models.PositiveSmallIntegerField("名单年度")
    name = models.CharField("企业名称", max_length=200)
    code = models.CharField("统一社会信用代码", max_length=40, blank=True, default="")
    city = models.ForeignKey(Region, models.PROTECT, related_name="+", verbose_name="地市")
    county = models.ForeignKey(
        Region, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="县区"
    )
    industry = models.CharField("行业代码", max_length=8, blank=True, default="")
    lead = models.CharField("牵头部门", max_length=10, choices=Line.choices)
    kind = models.CharField("审核类型", max_length=10, choices=AuditKind.choices)
    categories = models.CharField("列入原因", max_length=80, blank=True, default="")
    stage = models.CharField(
        "状态", max_length=16, choices=Stage.choices, default=Stage.LISTED.value
    )
    listed_on = models.DateField("列入名单")
    registered_on = models.DateField("企业注册", null=True, blank=True)
    planned_on = models.DateField("填报审核计划", null=True, blank=True)
    started_on = models.DateField("启动审核", null=True, blank=True)
    reported_on = models.DateField("提交审核报告", null=True, blank=True)
    assessing_on = models.DateField("受理评估", null=True, blank=True)
    assessed_on = models.DateField("通过评估", null=True, blank=True)
    accepting_on = models.DateField("受理验收", null=True, blank=True)
    accepted_on = models.DateField("通过验收", null=True, blank=True)
    failed_on = models.DateField("未通过", null=True, blank=True)
    deferred_on = models.DateField("暂缓", null=True, blank=True)
    rolled_on = models.DateField("滚动纳入", null=True, blank=True)
    carried_on = models.DateField("跨年结转", null=True, blank=True)
    cancelled_on = models.DateField("取消", null=True, blank=True)
    equivalent_on = models.DateField("视同完成", null=True, blank=True)
    completed_on = models.DateField("办结", null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["enterprise"],
                condition=models.Q(stage__in=[stage.value for stage in OPEN]),
                name="one_open_round",
            )
        ]
        indexes = [
            models.Index(
                fields=["accepted_on", "city", "lead"],
                include=["completed_on"],
                condition=models.Q(accepted_on__isnull=False),
                name="round_accepted",
            ),
            models.Index(
                fields=["list_year", "city", "lead"],
                include=["registered_on", "planned_on", "listed_on"],
                name="round_listed",
            ),
            models.Index(
                fields=["city", "id"],
                condition=models.Q(completed_on__isnull=False)
                & (models.Q(accepted_on=None) | models.Q(completed_on__lt=models.F("accepted_on"))),
                name="round_doubtful",
            ),
            models.Index(
                fields=["accepted_on", "id"],
                include=["city", "lead"],
                condition=models.Q(accepted_on__isnull=False, completed_on=None),
                name="round_waiting",
            ),
            models.Index(
                fields=["city", "accepted_on", "id"],
                condition=models.Q(accepted_on__isnull=False, completed_on=None),
                name="round_waiting_city",
            ),
            models.Index(fields=["city", "list_year", "id"], name="round_board"),
            models.Index(fields=["-list_year", "id"], name="round_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.list_year}"


class Fact(models.Model):
    """One milestone of a round; never edited. `sequence` counts withdrawn forerunners,
    so that the database allows one effective milestone of a kind."""

    append_only = True

    round = models.ForeignKey(Round, models.PROTECT, related_name="facts")
    kind = models.CharField("事实", max_length=12, choices=Milestone.choices)
    sequence = models.PositiveSmallIntegerField(default=0)
    happened_on = models.DateField("发生日期")
    recorded_at = models.DateTimeField("登记时间", db_default=Now())
    person_id = models.BigIntegerField(null=True, blank=True)
    person_name = models.CharField("登记人", max_length=100)
    office_name = models.CharField("登记单位", max_length=200, blank=True, default="")
    source = models.CharField(
        "来源", max_length=10, choices=Source.choices, default=Source.DESK.value
    )
    document_number = models.CharField("文号", max_length=60, blank=True, default="")
    reason = models.CharField("理由", max_length=500, blank=True, default="")
    details = models.JSONField("内容", default=dict, encoder=DjangoJSONEncoder)
    evidence = models.ForeignKey(File, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["round", "kind", "sequence"], name="one_effective_milestone"
            )
        ]

    def __str__(self) -> str:
        return f"{self.round_id} {self.kind} {self.happened_on}"


class Withdrawal(models.Model):
    """The withdrawal of one milestone, with its reason; never edited."""

    append_only = True

    fact = models.OneToOneField(Fact, models.PROTECT, related_name="withdrawal")
    happened_on = models.DateField("撤回日期")
    recorded_at = models.DateTimeField("登记时间", db_default=Now())
    person_id = models.BigIntegerField(null=True, blank=True)
    person_name = models.CharField("登记人", max_length=100)
    office_name = models.CharField("登记单位", max_length=200, blank=True, default="")
    reason = models.CharField("理由", max_length=500)

    def __str__(self) -> str:
        return f"{self.fact_id} {self.happened_on}"


class Relisting(models.Model):
    """A later list named an enterprise whose round was still open: the round goes on."""

    round = models.ForeignKey(Round, models.PROTECT, related_name="relistings")
    entry = models.OneToOneField(Entry, models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return f"{self.round_id} {self.entry_id}"


class Amendment(models.Model):
    """One numbered notice 名单变更通知 that changes a published list; never edited."""

    append_only = True

    batch = models.ForeignKey(Batch, models.PROTECT, related_name="+")
    number = models.PositiveSmallIntegerField("次序")
    document_number = models.CharField("文号", max_length=60)
    happened_on = models.DateField("变更日期")
    issuers = models.CharField("发布机关", max_length=200)
    reason = models.CharField("变更事由", max_length=500)
    cancelled = models.PositiveIntegerField("取消（家）", default=0)
    deferred = models.PositiveIntegerField("暂缓（家）", default=0)
    rolled = models.PositiveIntegerField("滚动纳入（家）", default=0)
    recorded_at = models.DateTimeField("登记时间", db_default=Now())
    person_id = models.BigIntegerField(null=True, blank=True)
    person_name = models.CharField("登记人", max_length=100)
    office_name = models.CharField("登记单位", max_length=200, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["batch", "number"], name="one_amendment_a_number"),
            models.UniqueConstraint(
                fields=["batch", "document_number"], name="one_amendment_a_paper"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.batch_id} {self.document_number}"

    @property
    def title(self) -> str:
        """Return how people speak of it."""
        return f"第{self.number}次变更"

    @property
    def counts(self) -> list[tuple[str, int]]:
        """Return how many rows it changed, by kind of change."""
        numbers = (self.cancelled, self.deferred, self.rolled)
        return [(kind.label, n) for kind, n in zip(Change, numbers, strict=True)]


class AmendmentLine(models.Model):
    """What a notice did to one row of the list; `earlier` is the row that rolled in."""

    append_only = True

    amendment = models.ForeignKey(Amendment, models.PROTECT, related_name="lines")
    entry = models.ForeignKey(Entry, models.PROTECT, related_name="+")
    earlier = models.ForeignKey(Entry, models.PROTECT, null=True, blank=True, related_name="+")
    round = models.ForeignKey(Round, models.PROTECT, related_name="+")
    change = models.CharField("变更", max_length=8, choices=Change.choices)
    reason = models.CharField("理由", max_length=500)
    before = models.CharField("变更前", max_length=16, choices=Stage.choices)
    after = models.CharField("变更后", max_length=16, choices=Stage.choices)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["amendment", "entry"], name="one_line_an_entry")
        ]

    def __str__(self) -> str:
        return f"{self.entry_id} {self.change}"


class AmendmentDraft(models.Model):
    """The notice that one person prepares for one list; gone when it is recorded."""

    batch = models.ForeignKey(Batch, models.PROTECT, related_name="+")
    person_id = models.BigIntegerField()
    notice = models.JSONField("通知", default=dict, encoder=DjangoJSONEncoder)
    lines = models.JSONField("企业", default=dict)
    changed_at = models.DateTimeField("修改时间", auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["batch", "person_id"], name="one_amendment_draft")
        ]

    def __str__(self) -> str:
        return f"{self.batch_id} {self.person_id}"
