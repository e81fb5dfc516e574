"""Shape and wording of what is typed about experts, panels, seats and fees."""

import re
from decimal import Decimal
from typing import Any

from django import forms
from django.conf import settings

from cleanprod.foundation.attachments.forms import PaperField
from cleanprod.foundation.engine import clock
from cleanprod.foundation.territory import queries as territory
from cleanprod.foundation.web.forms import DayInput
from cleanprod.kernel.errors import Refused
from cleanprod.stages.experts.actions import Application, NewTie
from cleanprod.stages.experts.models import Expert
from cleanprod.stages.experts.personal import Job, read_jobs
from cleanprod.stages.experts.rules import Field, Level, Purpose, TieKind
from cleanprod.stages.experts.seats import Pay

_LARGEST = 10 * 1024 * 1024
_MOBILE = re.compile(r"1\d{10}", re.ASCII)
_IDENTITY = re.compile(r"\d{17}[\dX]", re.ASCII)
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"


def cities() -> list[tuple[str, str]]:
    """Return the cities of the province to choose from."""
    return [(one.code, one.name) for one in territory.cities(settings.PROVINCE_CODE)]


def trades() -> list[tuple[str, str]]:
    """Return the divisions of GB/T 4754 to choose from."""
    return [
        (one.code, f"{one.code} {one.name}")
        for one in territory.industries()
        if len(one.code) == 2 and one.code.isdigit()
    ]


class ApplicationForm(forms.Form):
    """What somebody says of themselves who wants to join the pool."""

    name = forms.CharField(label="姓名", max_length=60)
    phone = forms.CharField(
        label="手机号", max_length=20, help_text="只用于评审联系，页面上隐去中间四位",
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel"}),
    )  # fmt: skip
    mail = forms.EmailField(label="电子邮箱", max_length=200, required=False)
    identity = forms.CharField(
        label="身份证号", max_length=18, required=False, help_text="用于核对身份，可在确认时补充"
    )
    title = forms.CharField(
        label="专业技术职称", max_length=60, help_text="按证书填写，如：高级工程师"
    )
    level = forms.ChoiceField(label="职称级别", choices=[("", "请选择"), *Level.choices()])
    employer = forms.CharField(
        label="工作单位", max_length=200, help_text="填写全称，用于核对应否回避；已退休的填原单位"
    )
    city_id = forms.ChoiceField(label="所在地市", required=False)
    fields_known = forms.MultipleChoiceField(
        label="专业领域", choices=Field.choices, widget=forms.CheckboxSelectMultiple()
    )
    trades = forms.MultipleChoiceField(
        label="熟悉的行业", widget=forms.SelectMultiple(attrs={"size": 8}),
        help_text="GB/T 4754-2017 大类；可多选，电脑上按住 Ctrl 键点选", required=False,
    )  # fmt: skip
    jobs = forms.CharField(
        label="现在或曾经服务的咨询机构", required=False, max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="每行一家：机构名称 起始年月 终止年月，如“某某咨询有限公司 2019-03 2021-06”；"
        "仍在服务的不写终止年月；没有的不填",
    )  # fmt: skip
    certificate = forms.CharField(
        label="证书名称", max_length=100, required=False, help_text="如：清洁生产审核师培训合格证书"
    )
    certificate_number = forms.CharField(label="证书编号", max_length=60, required=False)
    paper = PaperField(label="证书文件", required=False, most=_LARGEST)
    agreed = forms.BooleanField(
        label="本人同意将以上信息用于清洁生产审核评估验收专家的遴选、抽取和联系，并保证内容真实"
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Offer the cities and trades of the database."""
        super().__init__(*args, **kwargs)
        for name, offered in (("city_id", [("", "省外或其他")] + cities()), ("trades", trades())):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)  # noqa: S101 - tells the type checker
            field.choices = offered

    @classmethod
    def of(cls, expert: Expert) -> dict[str, object]:
        """Return the values of an earlier application to start the form with."""
        names = ("name", "phone", "mail", "identity", "title", "level", "employer", "trades")
        found: dict[str, object] = {name: getattr(expert, name) for name in names}
        return found | {"city_id": expert.city_id or "", "fields_known": expert.fields}

    def clean_phone(self) -> str:
        """Return the number as plain digits."""
        digits = re.sub(r"[\s-]", "", self.cleaned_data["phone"])
        if not _MOBILE.fullmatch(digits):
            raise forms.ValidationError("请填写11位手机号")
        return digits

    def clean_identity(self) -> str:
        """Return the number, its check sign proved."""
        number = str(self.cleaned_data["identity"]).strip().upper()
        if number and not _IDENTITY.fullmatch(number):
            raise forms.ValidationError("身份证号应为18位")
        if number:
            total = sum(int(sign) * weight for sign, weight in zip(number, _WEIGHTS, strict=False))
            if _CHECKS[total % 11] != number[-1]:
                raise forms.ValidationError("身份证号校验位不符，请核对")
        return number

    def clean_jobs(self) -> tuple[Job, ...]:
        """Return the consultancies line by line."""
        try:
            return tuple(read_jobs(self.cleaned_data["jobs"]))
        except Refused as refusal:
            raise forms.ValidationError(str(refusal)) from refusal

    def application(self) -> Application:
        """Return what was typed."""
        said = self.cleaned_data
        plain = (
            "name", "phone", "mail", "identity", "title", "level", "employer", "trades", "jobs",
            "certificate", "certificate_number",
        )  # fmt: skip
        return Application(
            **{name: said[name] for name in plain}, city_id=said["city_id"] or None,
            fields=said["fields_known"],
        )  # fmt: skip


_OF_APPLICANTS = ("jobs", "certificate", "certificate_number", "paper", "agreed")
_OF_THE_PROVINCE = ("name", "identity", "title", "level", "fields_known", "trades")


class ProfileForm(ApplicationForm):
    """The facts of an expert in the pool; some are the province's to change."""

    def __init__(self, *args: Any, own: bool, **kwargs: Any) -> None:
        """Leave out what an application alone asks, and what the expert may not change."""
        super().__init__(*args, **kwargs)
        for name in (*_OF_APPLICANTS, *(_OF_THE_PROVINCE if own else ())):
            del self.fields[name]

    def changes(self) -> dict[str, Any]:
        """Return what was typed by the names of the record."""
        said = {**self.cleaned_data, "city_id": self.cleaned_data["city_id"] or None}
        if "fields_known" in said:
            said["fields"] = said.pop("fields_known")
        return said


class CodeForm(forms.Form):
    """The code that a visitor got for an application."""

    code = forms.CharField(label="查询码", max_length=60, help_text="提交申请时显示的查询码")


class TieForm(forms.Form):
    """A tie that an expert declares."""

    kind = forms.ChoiceField(label="类别", choices=TieKind.choices, widget=forms.RadioSelect())
    name = forms.CharField(label="企业或机构名称", max_length=200, help_text="填写全称")
    since = forms.DateField(label="起", widget=DayInput(), required=False)
    until = forms.DateField(
        label="止", widget=DayInput(), required=False, help_text="仍在持续的不填"
    )
    reason = forms.CharField(
        label="说明", max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 2}),
        help_text="主动申报回避的应写明理由，如：亲属任职、持有股份",
    )  # fmt: skip

    def tie(self) -> NewTie:
        """Return what was typed."""
        said = self.cleaned_data
        return NewTie(
            TieKind(said["kind"]), said["name"].strip(), said["reason"].strip(), said["since"],
            said["until"],
        )  # fmt: skip


class EndForm(forms.Form):
    """When a tie ended."""

    until = forms.DateField(label="终止日期", widget=DayInput(), initial=clock.today)


class AbsenceForm(forms.Form):
    """When an expert cannot take part."""

    since = forms.DateField(label="起", widget=DayInput(), required=False)
    until = forms.DateField(
        label="止", widget=DayInput(), required=False, help_text="都不填表示随时可以参加"
    )


class CertificateForm(forms.Form):
    """One more certificate."""

    name = forms.CharField(label="证书名称", max_length=100)
    number = forms.CharField(label="证书编号", max_length=60, required=False)
    paper = PaperField(label="证书文件", most=_LARGEST)


class PanelForm(forms.Form):
    """What a department says of a panel; the rounds are ticked in the table below."""

    purpose = forms.ChoiceField(label="用途", choices=Purpose.choices)
    meets_on = forms.DateField(label="会议日期", widget=DayInput())
    place = forms.CharField(label="会议地点", max_length=200, required=False)
    size = forms.IntegerField(label="评审组人数（人）", min_value=1, max_value=99)


class RescheduleForm(forms.Form):
    """Another day or place for the meeting."""

    meets_on = forms.DateField(label="会议日期", widget=DayInput())
    place = forms.CharField(label="会议地点", max_length=200, required=False)
    reason = forms.CharField(label="理由", max_length=500)


class FeeForm(forms.Form):
    """What one appointment is paid; no bank account is asked for or kept."""

    task = forms.CharField(label="工作内容", max_length=200, initial="现场评审")
    days = forms.DecimalField(
        label="天数（天）", min_value=Decimal("0.5"), max_value=Decimal(99), decimal_places=1
    )
    amount = forms.DecimalField(
        label="金额（元）", min_value=Decimal(0), max_digits=12, decimal_places=2
    )
    payer = forms.CharField(label="支付单位", max_length=200)

    def pay(self) -> Pay:
        """Return what was typed."""
        return Pay(**self.cleaned_data)
