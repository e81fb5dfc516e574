"""Shape and wording of what is typed about dispatches and in answer to them."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms

from cleanprod.foundation.organisations.rules import Line, Role, Standing
from cleanprod.foundation.web.asked import YEARS
from cleanprod.foundation.web.forms import DayInput
from cleanprod.stages.audits.rules import WORKING
from cleanprod.stages.dispatch.rules import Addressed, Field, Kind

_BY_CITY = [(one.value, one.label) for one in (Addressed.COUNTY, Addressed.ENTERPRISE)]


class DraftForm(forms.Form):
    """What an office asks, about whom, by when."""

    title = forms.CharField(label="标题", max_length=120)
    reason = forms.CharField(
        label="事由", max_length=1000, widget=forms.Textarea(attrs={"rows": 3})
    )
    addressed = forms.ChoiceField(
        label="报送单位", choices=_BY_CITY, initial=Addressed.COUNTY, widget=forms.RadioSelect()
    )
    duties = forms.MultipleChoiceField(
        label="逾期事项", required=False, widget=forms.CheckboxSelectMultiple(),
        help_text="有所选事项逾期未完成的企业列入清单",
    )  # fmt: skip
    stages = forms.MultipleChoiceField(
        label="所处阶段", required=False, widget=forms.CheckboxSelectMultiple(),
        choices=[(one.value, one.label) for one in WORKING],
        help_text="处于所选阶段的企业也列入清单，不论是否逾期",
    )  # fmt: skip
    lead = forms.ChoiceField(
        label="牵头部门", required=False, choices=[("", "两部门"), *Line.choices()]
    )
    year = forms.IntegerField(
        label="名单年度", required=False, min_value=YEARS.start, max_value=YEARS[-1],
        help_text="不填的，不限年度",
    )  # fmt: skip
    fields_asked = forms.MultipleChoiceField(
        label="报送内容", widget=forms.CheckboxSelectMultiple()
    )
    answer_on = forms.DateField(label="报送期限", widget=DayInput())
    contact = forms.CharField(
        label="联系人、电话", max_length=100, required=False, help_text="印在调度通知上"
    )

    def __init__(
        self, *args: Any, by: Standing, duties: Sequence[tuple[str, str]],
        offered: Sequence[Field], **kwargs: Any,
    ) -> None:  # fmt: skip
        """Offer the duties and fields of the rulebook, and what this office may choose."""
        super().__init__(*args, **kwargs)
        _offer(self.fields["duties"], duties)
        _offer(self.fields["fields_asked"], [(one.key, one.label) for one in offered])
        if by.role is Role.PROVINCE:
            del self.fields["addressed"]
        else:
            del self.fields["lead"]


def _offer(field: forms.Field, choices: Sequence[tuple[str, str]]) -> None:
    assert isinstance(field, forms.ChoiceField)  # noqa: S101 - tells the type checker
    field.choices = list(choices)


class RemindForm(forms.Form):
    """What is said when those who have not answered are asked again."""

    text = forms.CharField(label="催办内容", max_length=500)


class UploadForm(forms.Form):
    """A workbook of answers."""

    file = forms.FileField(
        label="报送表", help_text=".xlsx、.xls 或 .csv；导入后仍是草稿，请再报送"
    )


class AnswerForm(forms.Form):
    """The fields that one dispatch asks; what is required is asked when handing in."""

    def __init__(self, *args: Any, asked: Sequence[Field], **kwargs: Any) -> None:
        """Make a form field of each field asked."""
        super().__init__(*args, **kwargs)
        for one in asked:
            self.fields[one.key] = _input(one)


def _input(one: Field) -> forms.Field:
    said: Mapping[str, Any] = {
        "label": one.label, "required": False,
        "help_text": "报送前应填写" if one.required else "",
    }  # fmt: skip
    if one.kind is Kind.DAY:
        return forms.DateField(widget=DayInput(), **said)
    if one.kind is Kind.CHOICE:
        choices = [("", "请选择"), *((option, option) for option in one.options)]
        return forms.ChoiceField(choices=choices, **said)
    return forms.CharField(max_length=one.longest, widget=forms.Textarea(attrs={"rows": 3}), **said)
