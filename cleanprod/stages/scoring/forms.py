"""Shape and wording of what is typed about sittings."""

from typing import Any

from django import forms

from cleanprod.foundation.web.forms import DayInput
from cleanprod.stages.scoring import queries
from cleanprod.stages.scoring.rules import Purpose


def _experts() -> list[tuple[str, str]]:
    return [(str(one.pk), one.name) for one in queries.experts()]


class OpenForm(forms.Form):
    """When and where a sitting is held, and who sits."""

    purpose = forms.ChoiceField(label="类别", choices=Purpose.choices)
    held_on = forms.DateField(
        label="会议日期", widget=DayInput(), help_text="按该日适用的评分表评分"
    )
    place = forms.CharField(label="会议地点", max_length=200)
    people = forms.MultipleChoiceField(
        label="评审专家", choices=_experts, widget=forms.CheckboxSelectMultiple()
    )
    leader = forms.ChoiceField(label="组长", choices=_experts)

    def clean(self) -> dict[str, Any]:
        """Ask that the leader is one of the members."""
        cleaned = super().clean() or {}
        people, leader = cleaned.get("people"), cleaned.get("leader")
        if people and leader and leader not in people:
            self.add_error("leader", "组长应是所选专家之一")
        return cleaned


class ConfirmForm(forms.Form):
    """What the lead department confirms."""

    on = forms.DateField(label="审定日期", widget=DayInput())
    opinion = forms.CharField(
        label="意见", max_length=10000, widget=forms.Textarea(attrs={"rows": 10}),
        help_text="已按各专家对扣分项目的意见拟出，可以修改；企业审定后可以看到",
    )  # fmt: skip
    spread_reason = forms.CharField(
        label="分差说明", max_length=500, required=False,
        help_text="专家最大分差超过评分表规定时填写",
    )  # fmt: skip
