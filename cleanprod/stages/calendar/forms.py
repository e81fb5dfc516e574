"""Shape and wording of what is typed about the calendar."""

from django import forms

from cleanprod.foundation.engine import clock
from cleanprod.foundation.web.forms import DayInput


class ConfirmForm(forms.Form):
    """When and how a duty was done."""

    on = forms.DateField(label="完成日期", widget=DayInput(), initial=clock.today)
    note = forms.CharField(
        label="完成情况", max_length=500, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="如：9月12日举办审核培训1场，政府主管人员、专家、企业和咨询机构共96人参加",
    )  # fmt: skip
