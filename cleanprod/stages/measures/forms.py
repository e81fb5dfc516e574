"""Shape and wording of what is chosen for a sheet as a whole."""

from decimal import Decimal
from typing import Any

from django import forms

from cleanprod.stages.measures.rules import ValueSet, plain
from cleanprod.stages.performance.accounting import library

GAS = "tce:natural_gas"


class ChoiceForm(forms.Form):
    """By what a sheet is computed, and where low cost ends."""

    factors = forms.ChoiceField(label="采用因子")
    border = forms.DecimalField(
        label="无/低费与中/高费的界限（元）", min_value=0, max_digits=14, decimal_places=2,
        help_text="由企业按规模确定、评审时核对",
    )  # fmt: skip

    gas = forms.DecimalField(
        label="天然气折标准煤系数（kgce/m3）", required=False, min_value=Decimal("0.1"),
        max_value=Decimal(10), max_digits=8, decimal_places=6,
    )  # fmt: skip

    def __init__(self, *args: Any, sets: list[tuple[str, str]], **kwargs: Any) -> None:
        """Offer the sets of factors."""
        super().__init__(*args, **kwargs)
        field = self.fields["factors"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - tells the type checker
        field.choices = sets
        gas = library.load(sets[0][0]).factor(GAS)
        self.fields["gas"].help_text = (
            f"公布区间 {gas.range_text}，按供气热值填写；"
            f"有节气而留空的，按常用值 {gas.text} 计并须说明"
        )

    @property
    def stated(self) -> dict[str, str]:
        """Return the values that were stated, as a sheet keeps them."""
        gas = self.cleaned_data["gas"]
        return {} if gas is None else {GAS: plain(gas)}


class BorderForm(forms.Form):
    """Where low cost usually ends in the rounds of a department, and on what basis."""

    yuan = forms.DecimalField(
        label="无/低费与中/高费的默认界限（元）", min_value=Decimal("0.01"), max_digits=14,
        decimal_places=2,
    )  # fmt: skip
    basis = forms.CharField(
        label="依据", max_length=500, help_text="如 本市清洁生产审核工作方案、与咨询机构商定的口径"
    )


class UploadForm(forms.Form):
    """A workbook of one value set."""

    which = forms.ChoiceField(label="导入为", choices=ValueSet.choices)
    file = forms.FileField(label="绩效表工作簿", help_text=".xlsx、.xls 或 .csv")


class TermsForm(forms.Form):
    """By what measures are appraised; asked in the address, so that it can be sent on."""

    years = forms.IntegerField(label="年限（年）", min_value=1, max_value=50)
    tax = forms.DecimalField(
        label="所得税率（%）", min_value=0, max_value=99, max_digits=5, decimal_places=2
    )
    rate = forms.DecimalField(
        label="折现率（%）", min_value=0, max_value=99, max_digits=5, decimal_places=2
    )
