"""Shape and wording of what is typed about candidates, key enterprises and proposals."""

from typing import Any

from django import forms

from cleanprod.foundation.attachments.forms import PaperField
from cleanprod.foundation.organisations.models import Organisation
from cleanprod.foundation.organisations.rules import Line
from cleanprod.foundation.territory import queries as territory
from cleanprod.kernel import credit_code
from cleanprod.stages.programme.rules import AuditKind, Category

_TYPED = ("name", "code", "address", "industry", "separate")


class CandidateForm(forms.Form):
    """One candidate; a known enterprise brings its name, code, address and industry along."""

    year = forms.IntegerField(label="名单年度", min_value=2000, max_value=2100)
    line = forms.ChoiceField(label="上报至", choices=Line.choices)
    name = forms.CharField(label="企业名称", max_length=200, help_text="按营业执照填写全称")
    code = forms.CharField(
        label="统一社会信用代码", max_length=40, required=False, help_text="18位；暂无的可不填"
    )
    address = forms.CharField(label="地址", max_length=300, required=False)
    industry = forms.CharField(
        label="行业代码", max_length=8, required=False, help_text="GB/T 4754-2017，如 3360"
    )
    kind = forms.ChoiceField(
        label="审核类型", choices=AuditKind.choices, widget=forms.RadioSelect()
    )
    categories = forms.MultipleChoiceField(
        label="列入原因", choices=Category.choices, required=False,
        widget=forms.CheckboxSelectMultiple(), help_text="强制性的至少选一项；自愿性的不选",
    )  # fmt: skip
    grounds = forms.CharField(
        label="依据说明", max_length=500, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="为什么应列入名单，如超标记录、使用的有毒有害原料、能耗情况",
    )  # fmt: skip
    evidence = PaperField(label="佐证材料", required=False, help_text="可不传")
    remark = forms.CharField(label="备注", max_length=300, required=False)
    separate = forms.BooleanField(
        label="确认是另一家企业（名称或代码与已有企业相近，已核对）", required=False
    )

    def __init__(
        self,
        *args: Any,
        firm: Organisation | None = None,
        line: Line | None = None,
        fixed: bool = False,
        **kwargs: Any,
    ) -> None:
        """Leave out what is known: the firm's own facts, the office's line, the year of an edit."""
        super().__init__(*args, **kwargs)
        gone = {*(_TYPED if firm else ()), *(("line",) if line or fixed else ())}
        gone |= {"year"} if fixed else set()
        for field in gone:
            del self.fields[field]

    def clean_code(self) -> str:
        """Return the code in its kept form."""
        return credit_code.normalise(self.cleaned_data["code"])

    def clean_industry(self) -> str:
        """Return the code of a known trade."""
        text = self.cleaned_data["industry"]
        found = territory.nearest_industry(text) if text else None
        if text and found is None:
            raise forms.ValidationError("未找到该行业代码，请按 GB/T 4754-2017 填写")
        return found.code if found else ""

    def clean(self) -> dict[str, Any]:
        """Ask for the legal categories where the audit is mandatory, and only there."""
        cleaned = super().clean() or {}
        kind, categories = cleaned.get("kind"), set(cleaned.get("categories", ()))
        if kind == AuditKind.MANDATORY and not categories:
            self.add_error("categories", "强制性清洁生产审核应选择列入原因")
        if kind == AuditKind.VOLUNTARY and categories - {Category.OTHER.value}:
            self.add_error("categories", "自愿性清洁生产审核没有法定列入原因")
        if cleaned.get("separate") and not cleaned.get("remark"):
            self.add_error("remark", "确认是另一家企业的，请在备注中说明")
        return cleaned


class KeyListUploadForm(forms.Form):
    """Which list of key enterprises a workbook brings."""

    year = forms.IntegerField(label="年度", min_value=2000, max_value=2100)
    document_number = forms.CharField(
        label="依据文号", max_length=60, help_text="表中另有文号列的，以表中为准"
    )


class SurveyUploadForm(forms.Form):
    """Which candidates a workbook brings; an office of one line is not asked for it."""

    year = forms.IntegerField(label="名单年度", min_value=2000, max_value=2100)
    line = forms.ChoiceField(label="上报至", choices=Line.choices)

    def __init__(self, *args: Any, line: Line | None = None, **kwargs: Any) -> None:
        """Leave out the line where the office has one."""
        super().__init__(*args, **kwargs)
        if line:
            del self.fields["line"]


class TakeForm(forms.Form):
    """Into which list the chosen enterprises go."""

    number = forms.IntegerField(label="纳入批次", min_value=1, max_value=999)
