"""Shape and wording of what is typed about results."""

from decimal import Decimal

from django import forms

from cleanprod.foundation.attachments.forms import PaperField
from cleanprod.foundation.web.forms import DayInput
from cleanprod.stages.review.rules import Conclusion, GreenLevel


class ResultForm(forms.Form):
    """One result of acceptance with its paper."""

    conclusion = forms.ChoiceField(
        label="结论", choices=Conclusion.choices, widget=forms.RadioSelect()
    )
    on = forms.DateField(
        label="日期", widget=DayInput(), help_text="验收日期；取消或暂缓的填同意的日期"
    )
    document_number = forms.CharField(
        label="文号", max_length=60, required=False, help_text="没有文号的，上传佐证材料"
    )
    evidence = PaperField(label="佐证材料", required=False, help_text="验收意见、结果公布文件等")
    reason = forms.CharField(
        label="理由", max_length=500, required=False, help_text="取消、暂缓必须填写",
        widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip
    acceptance_score = forms.DecimalField(
        label="验收得分（分）", required=False, min_value=Decimal(0), max_value=Decimal(200),
        decimal_places=2,
    )  # fmt: skip
    consultancy = forms.CharField(label="咨询机构", max_length=200, required=False)
    level = forms.ChoiceField(
        label="清洁生产水平", required=False, choices=[("", "未评定"), *GreenLevel.choices()]
    )

    def clean(self) -> dict[str, object]:
        """Ask for a paper, and for a reason where the rules want one."""
        cleaned = super().clean() or {}
        if not cleaned.get("document_number") and not cleaned.get("evidence"):
            self.add_error("document_number", "请填写文号，或上传佐证材料")
        if cleaned.get("conclusion") in (Conclusion.CANCELLED, Conclusion.DEFERRED) and not (
            cleaned.get("reason")
        ):
            self.add_error("reason", "取消、暂缓应填写理由")
        return cleaned


class ResultsUploadForm(forms.Form):
    """A workbook of results."""

    year = forms.IntegerField(label="验收年度", min_value=2000, max_value=2100)
    document_number = forms.CharField(
        label="统一文号", max_length=60, required=False, help_text="表中没有文号列时使用"
    )
