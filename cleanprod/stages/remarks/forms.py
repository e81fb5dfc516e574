"""Shape and wording of what is typed about remarks."""

from django import forms

from cleanprod.foundation.web.forms import DayInput
from cleanprod.stages.remarks.rules import Kind, Step, Weight

MOST_BYTES = 20 * 1024 * 1024


class RemarkForm(forms.Form):
    """A remark that the lead department types."""

    step = forms.ChoiceField(label="提出阶段", choices=Step.choices)
    kind = forms.ChoiceField(label="类别", choices=Kind.choices)
    weight = forms.ChoiceField(label="要求", choices=Weight.choices)
    text = forms.CharField(label="意见", max_length=1000, widget=forms.Textarea(attrs={"rows": 4}))
    raised_by = forms.CharField(label="提出意见的专家", max_length=100)
    raised_on = forms.DateField(label="提出日期", widget=DayInput())


class ReplyForm(forms.Form):
    """What the enterprise changed, and where."""

    changed = forms.CharField(
        label="修改情况", max_length=1000, widget=forms.Textarea(attrs={"rows": 4}),
        help_text="作了哪些修改；建议未采纳的，说明理由",
    )  # fmt: skip
    place = forms.CharField(
        label="修改位置",
        max_length=200,
        help_text="章节、页码，如“第4章第32页”；没有修改的填“未修改”",
    )
    version = forms.CharField(
        label="材料版本", max_length=100, required=False, help_text="如“审核报告修改稿第2版”"
    )
    file = forms.FileField(label="附件", required=False, help_text="修改页或佐证，不超过20 MB")

    def clean_file(self) -> object:
        """Refuse a file that is too large."""
        upload = self.cleaned_data.get("file")
        if upload is not None and upload.size > MOST_BYTES:
            raise forms.ValidationError("附件不能超过20 MB")
        return upload
