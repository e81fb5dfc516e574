"""Shape and wording of what is typed about lists and targets."""

from collections.abc import Sequence

from django import forms

from cleanprod.foundation.territory.models import Region
from cleanprod.foundation.web.forms import DayInput


class ListUploadForm(forms.Form):
    """Which list a workbook is for."""

    year = forms.IntegerField(label="名单年度", min_value=2000, max_value=2100)
    number = forms.IntegerField(label="批次", min_value=1, max_value=999, initial=1)
    title = forms.CharField(
        label="名单名称",
        max_length=200,
        required=False,
        help_text="不填则按地市、年度和批次自动命名",
    )


class TargetsForm(forms.Form):
    """One number for each city, the stated total, the paper."""

    document_number = forms.CharField(label="文号", max_length=60)
    on = forms.DateField(label="确定日期", widget=DayInput())
    total = forms.IntegerField(
        label="合计（家）", min_value=0, help_text="与文件所列合计核对，不一致不能保存"
    )

    def __init__(self, *args: object, cities: Sequence[Region], **kwargs: object) -> None:
        """Add one field for each city, in the notice's order."""
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.cities = cities
        for city in cities:
            self.fields[f"city_{city.code}"] = forms.IntegerField(
                label=city.short_name, min_value=0, max_value=100_000
            )

    def numbers(self) -> dict[str, int]:
        """Return the numbers by city code."""
        return {city.code: self.cleaned_data[f"city_{city.code}"] for city in self.cities}
