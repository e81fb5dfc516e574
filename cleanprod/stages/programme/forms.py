"""Shape and wording of what is typed about lists and targets."""

from collections.abc import Sequence

from django import forms

from cleanprod.foundation.territory.models import Region
from cleanprod.foundation.web import asked
from cleanprod.foundation.web.forms import DayInput


class ListUploadForm(forms.Form):
    """Which list a workbook is for."""

    year = forms.IntegerField(label="名单年度", min_value=2000, max_value=2100)
    number = forms.IntegerField(label="批次", min_value=1, max_value=999)
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


class SettleForm(forms.Form):
    """What one department says about enterprises on both lists."""

    act = forms.ChoiceField(
        choices=[
            ("usual", "按默认办法提出"),
            ("industry", "提出由工业和信息化部门牵头"),
            ("ecology", "提出由生态环境部门牵头"),
            ("agree", "同意对方意见"),
        ],
        error_messages={"required": "请选择办理方式", "invalid_choice": "请选择办理方式"},
    )
    enterprise = forms.TypedMultipleChoiceField(required=False, coerce=int)
    reason = forms.CharField(label="理由", max_length=300, required=False)

    def __init__(self, *args: object, **kwargs: object) -> None:
        """Take whatever numbers were ticked; the act tells whether they are overlaps."""
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        ticked = self.data.getlist("enterprise") if hasattr(self.data, "getlist") else []
        field = self.fields["enterprise"]
        field.choices = [(one, one) for one in asked.keys(ticked)]  # type: ignore[attr-defined]

    def enterprises(self) -> list[int]:
        """Return the keys of the ticked enterprises."""
        return list(self.cleaned_data["enterprise"])
