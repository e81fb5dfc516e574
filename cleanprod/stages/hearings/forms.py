"""Shape and wording of what is typed about reviews."""

from typing import Any

from django import forms

from cleanprod.foundation.attachments.forms import PaperField
from cleanprod.foundation.web.forms import DayInput
from cleanprod.stages.hearings.rules import Form, Mode


class ModeForm(forms.Form):
    """How a round is reviewed."""

    mode = forms.ChoiceField(label="评审方式", choices=Mode.choices)
    county = forms.BooleanField(
        label="由县区、镇街、园区组织", required=False, help_text="县区可以退回补正、安排会议"
    )


class ApplyForm(forms.Form):
    """What an enterprise says when it applies."""

    note = forms.CharField(
        label="申请说明", max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )


class ScheduleForm(forms.Form):
    """When, where and how a panel meets."""

    on = forms.DateField(label="会议日期", widget=DayInput())
    hour = forms.CharField(label="会议时间", max_length=40, required=False, help_text="如 9:30")
    form = forms.ChoiceField(label="评审形式", choices=Form.choices)
    place = forms.CharField(label="会议地点或线上会议方式", max_length=200)
    panel = forms.TypedChoiceField(
        label="评审组", required=False, coerce=int, empty_value=None,
        help_text="先在“评审组”中组建并抽取专家；会议召开前企业和咨询机构看不到专家名单",
    )  # fmt: skip

    def __init__(self, *args: Any, panels: list[tuple[int, str]], **kwargs: Any) -> None:
        """Offer the panels that review the round."""
        super().__init__(*args, **kwargs)
        field: Any = self.fields["panel"]
        field.choices = [("", "尚未组建")] + [(str(pk), title) for pk, title in panels]


class LeaderForm(forms.Form):
    """Who leads the panel."""

    leader = forms.TypedChoiceField(label="组长", coerce=int)

    def __init__(self, *args: Any, people: list[tuple[int, str]], **kwargs: Any) -> None:
        """Offer those who accepted."""
        super().__init__(*args, **kwargs)
        field: Any = self.fields["leader"]
        field.choices = [(str(pk), name) for pk, name in people]


class OfflineForm(forms.Form):
    """The result of a review held on paper; the experts' rows stand beside it."""

    held_on = forms.DateField(label="会议日期", widget=DayInput())
    place = forms.CharField(label="会议地点", max_length=200)
    passes = forms.TypedChoiceField(
        label="结论", choices=[("yes", "通过"), ("no", "未通过")], coerce=lambda text: text == "yes"
    )
    concluded_on = forms.DateField(label="结论日期", widget=DayInput())
    opinion = forms.CharField(
        label="专家组意见", max_length=10000, widget=forms.Textarea(attrs={"rows": 6})
    )
    note = forms.CharField(
        label="说明", max_length=500, required=False, help_text="结论与评分表的分档不一致时填写"
    )
    opinion_scan = PaperField(label="意见扫描件（签名）")
    sheets_scan = PaperField(label="评分表扫描件", help_text="全部专家的评分表")
    signin_scan = PaperField(label="签到表扫描件")


class VisitForm(forms.Form):
    """What was seen on site; photos come beside it."""

    on = forms.DateField(label="查看日期", widget=DayInput())
    people = forms.CharField(label="参加人员", max_length=300)
    seen = forms.CharField(
        label="查看情况", max_length=2000, widget=forms.Textarea(attrs={"rows": 5}),
        help_text="方案实施、生产和治理设施运行等",
    )  # fmt: skip
