"""Experts, their ties and certificates; panels, their draws, appointments and fees."""

from django.db import models
from django.db.models.functions import Now

from cleanprod.foundation.accounts.models import Person
from cleanprod.foundation.attachments.models import File
from cleanprod.foundation.organisations.models import Organisation
from cleanprod.foundation.organisations.rules import Line
from cleanprod.foundation.territory.models import Region
from cleanprod.stages.audits.models import Round
from cleanprod.stages.experts.personal import masked_identity, masked_mail, masked_phone
from cleanprod.stages.experts.rules import (
    COUNTED,
    Field,
    Level,
    PanelStage,
    Purpose,
    Seat,
    State,
    TieKind,
)


class Expert(models.Model):
    """One expert of the province's pool; phone, mail and identity number are shown masked."""

    person = models.OneToOneField(
        Person, models.PROTECT, null=True, blank=True, related_name="expert"
    )
    name = models.CharField("姓名", max_length=60)
    phone = models.CharField("手机号", max_length=20)
    mail = models.CharField("电子邮箱", max_length=200, blank=True, default="")
    identity = models.CharField("身份证号", max_length=18, blank=True, default="")
    title = models.CharField("专业技术职称", max_length=60)
    level = models.CharField("职称级别", max_length=8, choices=Level.choices)
    employer = models.CharField("工作单位", max_length=200)
    city = models.ForeignKey(
        Region, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="所在地市"
    )
    trades = models.JSONField("熟悉的行业", default=list)
    fields = models.JSONField("专业领域", default=list)
    away_since = models.DateField("不能参加，起", null=True, blank=True)
    away_until = models.DateField("不能参加，止", null=True, blank=True)
    state = models.CharField(
        "状态", max_length=10, choices=State.choices, default=State.APPLIED.value
    )
    reason = models.CharField("退回、暂停或退出的理由", max_length=500, blank=True, default="")
    applied_on = models.DateField("申请日期")
    decided_on = models.DateField("办理日期", null=True, blank=True)
    ticket = models.CharField("查询码的校验值", max_length=64, blank=True, default="")

    class Meta:
        indexes = [
            models.Index(fields=["state", "name", "id"], name="expert_pool"),
            models.Index(fields=["ticket"], condition=~models.Q(ticket=""), name="expert_ticket"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def shown_phone(self) -> str:
        """Return the phone number with its middle hidden."""
        return masked_phone(self.phone)

    @property
    def shown_mail(self) -> str:
        """Return the mail address, mostly hidden."""
        return masked_mail(self.mail)

    @property
    def shown_identity(self) -> str:
        """Return the identity number, mostly hidden."""
        return masked_identity(self.identity)

    @property
    def field_words(self) -> str:
        """Return the fields in words."""
        return "、".join(Field(one).label for one in self.fields)


class Tie(models.Model):
    """Whom an expert worked for, advised, or asks not to review; ended, never deleted."""

    expert = models.ForeignKey(Expert, models.PROTECT, related_name="ties")
    kind = models.CharField("类别", max_length=10, choices=TieKind.choices)
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="+"
    )
    name = models.CharField("单位名称", max_length=200)
    reason = models.CharField("说明", max_length=300, blank=True, default="")
    since = models.DateField("起", null=True, blank=True)
    until = models.DateField("止", null=True, blank=True)
    declared_on = models.DateField("登记日期")

    def __str__(self) -> str:
        return f"{self.expert_id} {self.name}"


class Certificate(models.Model):
    """A certificate of an expert, with its file."""

    expert = models.ForeignKey(Expert, models.PROTECT, related_name="certificates")
    name = models.CharField("证书名称", max_length=100)
    number = models.CharField("证书编号", max_length=60, blank=True, default="")
    file = models.ForeignKey(File, models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return self.name


class Panel(models.Model):
    """A panel that reviews some rounds of one city and lead on one day."""

    city = models.ForeignKey(Region, models.PROTECT, related_name="+", verbose_name="地市")
    lead = models.CharField("牵头部门", max_length=10, choices=Line.choices)
    purpose = models.CharField("用途", max_length=10, choices=Purpose.choices)
    meets_on = models.DateField("会议日期")
    place = models.CharField("会议地点", max_length=200, blank=True, default="")
    size = models.PositiveSmallIntegerField("人数")
    stage = models.CharField(
        "状态", max_length=10, choices=PanelStage.choices, default=PanelStage.PREPARED.value
    )
    reason = models.CharField("取消理由", max_length=500, blank=True, default="")
    person_name = models.CharField("组建人", max_length=100)
    office_name = models.CharField("组建单位", max_length=200)
    made_on = models.DateField("组建日期")
    opened_on = models.DateField("召开日期", null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["city", "lead", "-meets_on", "-id"], name="panel_board")]

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        """Return how people speak of it."""
        return f"清洁生产{self.get_purpose_display()}评审组（{self.meets_on.isoformat()}）"


class Reviewed(models.Model):
    """One round that a panel reviews, and the consultancy that helped the enterprise."""

    panel = models.ForeignKey(Panel, models.PROTECT, related_name="reviewed")
    round = models.ForeignKey(Round, models.PROTECT, related_name="+")
    consultancy = models.CharField("咨询机构", max_length=200, blank=True, default="")
    consultant = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["panel", "round"], name="one_review_a_panel")
        ]

    def __str__(self) -> str:
        return f"{self.panel_id} {self.round_id}"


class Draw(models.Model):
    """The record of one draw: pool, exclusions, rules, seed, result; never edited.

    `kept` are the members that sat already, `result` those that were drawn beside them.
    """

    append_only = True

    panel = models.ForeignKey(Panel, models.PROTECT, related_name="draws")
    number = models.PositiveSmallIntegerField("次序")
    algorithm = models.CharField("算法版本", max_length=8)
    seed = models.CharField("随机种子", max_length=64)
    pool = models.JSONField("冻结的专家库")
    excluded = models.JSONField("回避与排除")
    needs = models.JSONField("要求")
    rules = models.JSONField("规则版本")
    kept = models.JSONField("原有成员", default=list)
    result = models.JSONField("结果")
    reason = models.CharField("补抽理由", max_length=500, blank=True, default="")
    happened_on = models.DateField("抽取日期")
    recorded_at = models.DateTimeField("登记时间", db_default=Now())
    person_id = models.BigIntegerField(null=True, blank=True)
    person_name = models.CharField("抽取人", max_length=100)
    office_name = models.CharField("抽取单位", max_length=200)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["panel", "number"], name="one_draw_a_number")
        ]

    def __str__(self) -> str:
        return f"{self.panel_id} {self.number}"


class Appointment(models.Model):
    """One expert on one panel: how they came to it and what they answered."""

    panel = models.ForeignKey(Panel, models.PROTECT, related_name="appointments")
    expert = models.ForeignKey(Expert, models.PROTECT, related_name="appointments")
    draw = models.ForeignKey(Draw, models.PROTECT, null=True, blank=True, related_name="+")
    state = models.CharField("状态", max_length=10, choices=Seat.choices)
    reason = models.CharField("理由", max_length=500, blank=True, default="")
    inviter_id = models.BigIntegerField(null=True, blank=True)
    inviter = models.CharField("邀请人", max_length=100, blank=True, default="")
    invited_for = models.CharField("邀请理由", max_length=500, blank=True, default="")
    approver = models.CharField("批准人", max_length=100, blank=True, default="")
    appointed_on = models.DateField("聘请日期")
    answered_on = models.DateField("答复日期", null=True, blank=True)
    answered_by = models.CharField("答复登记人", max_length=100, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["panel", "expert"], name="one_seat_an_expert")
        ]
        indexes = [
            models.Index(
                fields=["expert", "panel"],
                condition=models.Q(state__in=[one.value for one in COUNTED]),
                name="appointment_live",
            )
        ]

    def __str__(self) -> str:
        return f"{self.panel_id} {self.expert_id}"


class Fee(models.Model):
    """What one appointment is paid: task, days, amount in yuan, by whom; never a bank account."""

    appointment = models.OneToOneField(Appointment, models.PROTECT, related_name="fee")
    task = models.CharField("工作内容", max_length=200)
    days = models.DecimalField("天数（天）", max_digits=5, decimal_places=1)
    amount = models.DecimalField("金额（元）", max_digits=12, decimal_places=2)
    payer = models.CharField("支付单位", max_length=200)
    person_name = models.CharField("登记人", max_length=100)
    recorded_on = models.DateField("登记日期")

    def __str__(self) -> str:
        return f"{self.appointment_id} {self.amount}"


class Overturn(models.Model):
    """A review of this expert whose conclusion did not stand; `panel` and round name it."""

    append_only = True

    appointment = models.ForeignKey(Appointment, models.PROTECT, related_name="overturns")
    round = models.ForeignKey(Round, models.PROTECT, related_name="+")
    happened_on = models.DateField("改变结论的日期")
    recorded_at = models.DateTimeField("登记时间", db_default=Now())
    reason = models.CharField("理由", max_length=500)
    person_name = models.CharField("登记人", max_length=100)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["appointment", "round"], name="one_overturn_an_appointment"
            )
        ]

    def __str__(self) -> str:
        return f"{self.appointment_id} {self.round_id}"
