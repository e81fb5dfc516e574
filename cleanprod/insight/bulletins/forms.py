"""Shape and wording of what is typed about data checks, snapshots and bulletins."""

from typing import Any

from django import forms

from cleanprod.foundation.attachments.forms import PaperField
from cleanprod.foundation.web.forms import DayInput


class MomentForm(forms.Form):
    """A year and the day up to which it is counted."""

    year = forms.IntegerField(label="统计年度", min_value=2000, max_value=2100)
    as_of = forms.DateField(label="统计截至", widget=DayInput())


class FreezeForm(MomentForm):
    """What is frozen, and why."""

    note = forms.CharField(
        label="说明", max_length=300, required=False, help_text="如“2022年第一次通报”"
    )


class CheckForm(MomentForm):
    """Which figures cities look at, and until when."""

    due_on = forms.DateField(label="核对期限", widget=DayInput())
    note = forms.CharField(
        label="说明", max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )


class TextForm(forms.Form):
    """The text of a bulletin; its figures are not among the fields."""

    version = forms.IntegerField(widget=forms.HiddenInput())
    joint = forms.BooleanField(label="两厅联合署名", required=False)
    period = forms.CharField(label="时段", max_length=40, help_text="印在标题中，如“2023年上半年”")
    cutoff = forms.DecimalField(
        label="“占比较高”的界限（%）", min_value=1, max_value=100, max_digits=5, decimal_places=2,
        required=False, help_text="不填的，不写占比较高的地市",
    )  # fmt: skip
    name_cities = forms.BooleanField(label="存在问题中点名地市", required=False)
    opening = forms.CharField(label="开头", widget=forms.Textarea(attrs={"rows": 3}))
    remarks = forms.CharField(
        label="总体情况补充", required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    problems = forms.CharField(
        label="存在问题补充", required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    demands = forms.CharField(label="下一步工作要求", widget=forms.Textarea(attrs={"rows": 6}))
    contact = forms.CharField(label="联系人、电话", max_length=100, required=False)
    disclosure = forms.CharField(label="公开方式", max_length=40)
    copy_to = forms.CharField(label="抄送", max_length=200, required=False)

    def changes(self) -> dict[str, Any]:
        """Return what was typed, with line ends as they are kept."""
        cleaned = {key: value for key, value in self.cleaned_data.items() if key != "version"}
        return {
            key: value.replace("\r\n", "\n") if isinstance(value, str) else value
            for key, value in cleaned.items()
        }


class ScanForm(forms.Form):
    """The scan of what the office issued."""

    scan = PaperField(label="印发件扫描")


class IssueForm(ScanForm):
    """What came back from the office system; the scan may follow."""

    field_order = ("number", "on", "scan")

    number = forms.CharField(label="文号", max_length=60, help_text="如“粤工信节能函〔2023〕×号”")
    on = forms.DateField(label="成文日期", widget=DayInput())
    scan = PaperField(label="印发件扫描", required=False, help_text="暂时没有的，可以以后补传")
