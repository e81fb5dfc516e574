"""Shape and wording of what is typed about rounds."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Max

from cleanprod.foundation.attachments.forms import PaperField
from cleanprod.foundation.engine import clock
from cleanprod.foundation.web.forms import DayInput
from cleanprod.kernel.errors import Refused
from cleanprod.stages.audits.models import Amendment
from cleanprod.stages.audits.rules import Ground, checked_notice_day
from cleanprod.stages.programme.models import Batch


class PublishForm(forms.Form):
    """The facts of a publication."""

    on = forms.DateField(
        label="公布日期", widget=DayInput(), help_text="各项期限从这一天起算，不能晚于今天"
    )
    document_number = forms.CharField(
        label="文号", max_length=60, help_text="如：佛工信函〔2023〕15号"
    )
    issuers = forms.CharField(
        label="发布机关", max_length=200, help_text="联合发布的用顿号“、”分开"
    )

    def clean_issuers(self) -> list[str]:
        """Return the issuing bodies as a list."""
        names = [part.strip() for part in self.cleaned_data["issuers"].split("、")]
        return [name for name in names if name]


class NoticeForm(forms.Form):
    """What a notice of change says of itself."""

    document_number = forms.CharField(
        label="文号", max_length=60, help_text="变更通知自己的文号，如：佛环函〔2023〕86号"
    )
    on = forms.DateField(
        label="变更日期", widget=DayInput(),
        help_text="不早于名单公布日期，不晚于今天；滚动纳入的期限从这一天起算",
    )  # fmt: skip
    issuers = forms.CharField(
        label="发布机关", max_length=200, help_text="联合发布的用顿号“、”分开"
    )
    reason = forms.CharField(
        label="变更事由", max_length=500, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="写入通知正文，如：部分企业已关停、搬迁，经核实",
    )  # fmt: skip

    def __init__(self, *args: Any, batch: Batch, **more: Any) -> None:
        """Take the list, whose publication bounds the day."""
        super().__init__(*args, **more)
        self.batch = batch

    def clean_on(self) -> date:
        """Refuse a day before the publication or after today."""
        day: date = self.cleaned_data["on"]
        try:
            checked_notice_day(
                day,
                published_on=self.batch.published_on or day,
                previous_on=Amendment.objects.filter(batch=self.batch).aggregate(
                    last=Max("happened_on")
                )["last"],
                today=clock.today(),
            )
        except Refused as refusal:
            raise ValidationError(str(refusal)) from refusal
        return day

    def clean_document_number(self) -> str:
        """Refuse the number of the list itself and one of an earlier notice."""
        number = str(self.cleaned_data["document_number"])
        if number == self.batch.document_number:
            raise ValidationError("这是名单公布的文号，变更通知应另编文号")
        done = Amendment.objects.filter(batch=self.batch, document_number=number).first()
        if done:
            raise ValidationError(f"该文号已用于本名单{done.title}（{done.happened_on}）")
        return number


class EquateForm(forms.Form):
    """On what ground a round counts as done without a review, with the paper that shows it."""

    on = forms.DateField(label="认定日期", widget=DayInput(), help_text="不能晚于今天")
    ground = forms.ChoiceField(label="依据", choices=Ground.choices)
    document_number = forms.CharField(
        label="文号或证书编号", max_length=60, help_text="试点通过评估的通知文号，或认证证书编号"
    )
    reason = forms.CharField(
        label="理由", max_length=500, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="写明企业在试点范围内，或认证满足审核要求",
    )  # fmt: skip
    evidence = PaperField(label="证明材料")


class RegisterForm(forms.Form):
    """The enterprise confirms that the record pre-created for it is right."""

    confirmed = forms.BooleanField(
        label="本单位名称、统一社会信用代码和地址与登记一致",
        error_messages={"required": "请核对后勾选；如不一致，请联系牵头部门更正"},
    )


class WithdrawForm(forms.Form):
    """Why a fact is withdrawn."""

    reason = forms.CharField(
        label="撤回理由", max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )


def default_issuer(office: str) -> dict[str, object]:
    """Return the initial values of the publication form."""
    return {"on": clock.today(), "issuers": office}


class RenameForm(forms.Form):
    """The new name of an enterprise and the paper it stands on."""

    name = forms.CharField(label="新名称", max_length=200, help_text="按变更后的营业执照填写全称")
    reason = forms.CharField(
        label="更名依据", max_length=300, help_text="如：2023年9月1日准予变更登记通知书"
    )
