"""Shape and wording of what is typed about the year's paper and its filing."""

from decimal import Decimal
from typing import Any

from django import forms

from cleanprod.foundation.engine import clock
from cleanprod.foundation.web.forms import DayInput
from cleanprod.stages.planning.actions import Text
from cleanprod.stages.planning.models import Plan


class YearForm(forms.Form):
    """For which year a paper is begun."""

    year = forms.IntegerField(label="年度", min_value=2000, max_value=2100)


class PlanForm(forms.Form):
    """The text of the paper."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    title = forms.CharField(label="标题", max_length=200)
    tasks = forms.CharField(
        label="重点任务", max_length=20_000, widget=forms.Textarea(attrs={"rows": 8}),
        help_text="每项任务一行；行首写“小标题。”，印出时自动编号为（一）（二）",
    )  # fmt: skip
    safeguards = forms.CharField(
        label="保障措施", max_length=20_000, widget=forms.Textarea(attrs={"rows": 6})
    )
    funding = forms.CharField(
        label="经费保障", max_length=5_000, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    fee = forms.DecimalField(
        label="评估验收费用预算（元）", required=False, min_value=Decimal(0), max_digits=14,
        decimal_places=2, help_text="报请本级政府纳入预算的金额；未定可不填",
    )  # fmt: skip
    contact = forms.CharField(
        label="联系人和电话", max_length=200, required=False, help_text="印在文末，只写办公电话"
    )

    @classmethod
    def of(cls, plan: Plan) -> dict[str, object]:
        """Return the values of a paper to start the form with."""
        return {name: getattr(plan, name) for name in cls.base_fields}

    def text(self) -> Text:
        """Return what was typed."""
        # Browsers send line ends of their own, which would count as a change.
        cleaned: dict[str, Any] = {
            key: value.replace("\r\n", "\n") if isinstance(value, str) else value
            for key, value in self.cleaned_data.items()
        }
        return Text(
            title=cleaned["title"],
            tasks=cleaned["tasks"],
            safeguards=cleaned["safeguards"],
            funding=cleaned["funding"],
            fee=cleaned["fee"],
            contact=cleaned["contact"],
        )


class PublishPlanForm(forms.Form):
    """The facts of a publication."""

    on = forms.DateField(
        label="公布日期", widget=DayInput(), initial=clock.today,
        help_text="名单各项期限从这一天起算，不能晚于今天",
    )  # fmt: skip
    document_number = forms.CharField(
        label="文号",
        max_length=60,
        help_text="联合行文只标主办部门的文号，如：佛工信函〔2023〕15号",
    )  # fmt: skip


class AnswerForm(forms.Form):
    """What a provincial department answers to a filing."""

    act = forms.ChoiceField(
        label="办理", choices=[("register", "登记备案"), ("return", "退回补正")],
        widget=forms.RadioSelect(),
    )  # fmt: skip
    number = forms.CharField(label="备案号", max_length=60, required=False)
    remark = forms.CharField(
        label="意见", max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="退回补正的，写明需要补正的内容",
    )  # fmt: skip
