"""Shape and wording of what is typed about notices, services, urgings and first checks."""

from typing import Any

from django import forms

from cleanprod.foundation.attachments.forms import PaperField
from cleanprod.foundation.web.forms import DayInput
from cleanprod.stages.notices.rules import Channel, Checked, Verdict, Way


class IssueForm(forms.Form):
    """The numbers and the day of a list's notices."""

    head = forms.CharField(
        label="文号字头", max_length=50, help_text="如“佛环清通〔2023〕”，序号依次编排"
    )
    first = forms.IntegerField(
        label="起始序号", min_value=1, max_value=99_999_999, required=False,
        help_text="不填的，接着该字头已有的序号",
    )  # fmt: skip
    on = forms.DateField(label="通知日期", widget=DayInput())
    contact = forms.CharField(
        label="联系人、电话", max_length=100, required=False, help_text="印在书面通知书上"
    )


class ServeForm(forms.Form):
    """How and when notices were served."""

    on = forms.DateField(label="送达日期", widget=DayInput())
    way = forms.ChoiceField(label="送达方式", choices=Way.choices)
    receiver = forms.CharField(
        label="签收人", max_length=60, required=False, help_text="公告送达的可不填"
    )
    evidence = PaperField(label="送达回证扫描件", required=False)
    reason = forms.CharField(
        label="无扫描件的原因", max_length=300, required=False, help_text="没有上传扫描件的填写"
    )

    def clean(self) -> dict[str, Any]:
        """Ask for a receiver unless public, and for a scan or the reason why there is none."""
        cleaned = super().clean() or {}
        if not cleaned.get("receiver") and cleaned.get("way") != Way.PUBLIC:
            self.add_error("receiver", "请填写签收人")
        if not cleaned.get("evidence") and not cleaned.get("reason"):
            self.add_error("reason", "请上传送达回证扫描件；没有扫描件的，请说明原因")
        return cleaned


class UrgeForm(forms.Form):
    """What an office tells firms that are late."""

    channel = forms.ChoiceField(label="催办方式", choices=Channel.choices)
    on = forms.DateField(label="催办日期", widget=DayInput())
    text = forms.CharField(
        label="催办内容", max_length=500, widget=forms.Textarea(attrs={"rows": 4}),
        help_text="同时以平台消息发给企业；未完成事项和期限由系统附上",
    )  # fmt: skip


class CheckForm(forms.Form):
    """What a county found at its first look."""

    subject = forms.ChoiceField(label="初审内容", choices=Checked.choices)
    verdict = forms.ChoiceField(
        label="初审结论", choices=Verdict.choices, widget=forms.RadioSelect()
    )
    on = forms.DateField(label="初审日期", widget=DayInput())
    note = forms.CharField(
        label="初审意见", max_length=1000, widget=forms.Textarea(attrs={"rows": 5}),
        help_text="写明看了什么、缺什么、哪里不一致；牵头部门和企业都能看到",
    )  # fmt: skip


class ExtensionForm(forms.Form):
    """What an enterprise asks for, and why."""

    until = forms.DateField(label="申请延期至", widget=DayInput())
    reason = forms.CharField(
        label="申请理由", max_length=500, widget=forms.Textarea(attrs={"rows": 4})
    )
    evidence = PaperField(label="佐证材料", required=False, help_text="可不传")
