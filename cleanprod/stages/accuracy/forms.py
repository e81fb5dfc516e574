"""Shape and wording of re-checks, contests and decisions."""

from typing import Any

from django import forms

from cleanprod.foundation.attachments.forms import PaperField
from cleanprod.stages.accuracy.rules import Verdict


class CheckForm(forms.Form):
    """What a second person found."""

    verdict = forms.ChoiceField(
        label="复核结果", choices=Verdict.choices, widget=forms.RadioSelect()
    )
    right_value = forms.CharField(
        label="佐证值", max_length=60, required=False, help_text="判为不一致的填写，单位同填报值"
    )
    note = forms.CharField(
        label="复核说明", max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="写明看了什么佐证",
    )  # fmt: skip
    evidence = PaperField(label="佐证材料", required=False)

    def clean(self) -> dict[str, Any]:
        """Ask for value and note where the value was found wrong."""
        cleaned = super().clean() or {}
        if cleaned.get("verdict") == Verdict.WRONG:
            for name in ("right_value", "note"):
                if not cleaned.get(name):
                    self.add_error(name, "判为不一致的必须填写")
        return cleaned


class ReasonForm(forms.Form):
    """Why a lost value is contested."""

    reason = forms.CharField(
        label="异议理由", max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )


class DecideForm(forms.Form):
    """What the province decides on a contest."""

    restore = forms.TypedChoiceField(
        label="处理", choices=[("no", "维持扣分"), ("yes", "撤销扣分")],
        coerce=lambda text: text == "yes", widget=forms.RadioSelect(),
    )  # fmt: skip
    reason = forms.CharField(
        label="处理理由", max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )
