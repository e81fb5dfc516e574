"""Shape and wording of what is typed about sittings."""

from django import forms

from cleanprod.foundation.web.forms import DayInput


class OpinionForm(forms.Form):
    """The opinion that the leader puts before the panel."""

    opinion = forms.CharField(
        label="专家组意见", max_length=10000, widget=forms.Textarea(attrs={"rows": 14}),
        help_text="已按各专家对扣分项目的意见分重点拟出，可以修改；提出即视为组长签署",
    )  # fmt: skip


class DissentForm(forms.Form):
    """What a member says on signing the opinion."""

    dissent = forms.CharField(
        label="不同意见", max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="没有的不填；填写的随评分汇总表保留",
    )  # fmt: skip


class ConfirmForm(forms.Form):
    """What the lead department confirms."""

    on = forms.DateField(label="审定日期", widget=DayInput())
    spread_reason = forms.CharField(
        label="分差说明", max_length=500, required=False,
        help_text="专家最大分差超过评分表规定时填写",
    )  # fmt: skip
