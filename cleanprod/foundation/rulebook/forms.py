"""Shape and wording of a day of the calendar."""

from django import forms

from cleanprod.foundation.web.forms import DayInput


class DayForm(forms.Form):
    """One day that is free or worked."""

    day = forms.DateField(label="日期", widget=DayInput())
    working = forms.TypedChoiceField(
        label="安排", choices=[("no", "放假"), ("yes", "上班")],
        coerce=lambda text: text == "yes",
    )  # fmt: skip
    note = forms.CharField(label="说明", max_length=100, help_text="如“国庆节”“国庆节调休上班”")
    source = forms.CharField(
        label="来源", max_length=200, help_text="如国务院办公厅通知的文号和日期"
    )
