"""The form on which the values of a system are tried."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.forms.boundfield import BoundField

from cleanprod.stages.performance.indicators.printing import value_said
from cleanprod.stages.performance.indicators.scoring import Mark, Value
from cleanprod.stages.performance.indicators.system import Input, Item, Kind, System
from cleanprod.stages.performance.indicators.values import from_texts

LONGEST = 200


class TrialForm(forms.Form):
    """One field for each input and each item that is not computed; nothing must be filled in.

    After `is_valid` the values stand in `values`.
    """

    def __init__(self, data: Mapping[str, Any] | None, system: System) -> None:
        """Make the fields of a system, each under a name that no id can spoil."""
        super().__init__(data)
        asked = [one.id for one in system.inputs] + [item.id for _, item in system.items()]
        self.system = system
        self.names = {key: f"v{number}" for number, key in enumerate(asked)}
        self.values: dict[str, Value] = {}
        for one in system.inputs:
            self.fields[self.names[one.id]] = _input(one)
        for _, item in system.items():
            self.fields[self.names[item.id]] = _item(system, item)

    def clean(self) -> dict[str, Any]:
        """Read what was typed as the sheets of values are read."""
        texts = {key: str(self.cleaned_data.get(name) or "") for key, name in self.names.items()}
        self.values, problems = from_texts(self.system, texts)
        for key, problem in problems.items():
            self.add_error(self.names[key], f"{problem.rule}；{problem.advice}")
        return self.cleaned_data

    def typed(self, values: Mapping[str, Value]) -> dict[str, str]:
        """Return values as they would have been typed into this form."""
        return {self.names[key]: value_said(value) for key, value in values.items()}

    def sections(self) -> list[tuple[str, list[BoundField]]]:
        """Return the fields under the headings of the system."""
        found = [("原始数据", [self[self.names[one.id]] for one in self.system.inputs])]
        found += [
            (group.name, [self[self.names[item.id]] for item in group.items])
            for group in self.system.groups
        ]
        return [(title, fields) for title, fields in found if fields]


def _label(name: str, unit: str) -> str:
    return f"{name}（{unit}）" if unit else name


def _input(one: Input) -> forms.Field:
    return forms.CharField(
        label=_label(one.name, one.unit), required=False, max_length=LONGEST, help_text=one.note
    )


def _item(system: System, item: Item) -> forms.Field:
    label = _label(item.name, item.unit)
    label = f"{label}（限定性）" if item.limiting else label
    help_text = _demands(system, item)
    gone = Mark.NOT_APPLICABLE.value
    if item.formula is not None:
        return forms.ChoiceField(
            label=label, required=False, choices=[("", "按公式计算"), (gone, gone)],
            help_text=f"{help_text}；公式：{item.formula.text}",
        )  # fmt: skip
    if item.kind is Kind.QUALITATIVE:
        unmet = Mark.UNMET.value
        grades = [
            (grade, f"达到{grade}级")
            for place, grade in enumerate(system.grades)
            if item.same_as(place) == place
        ]
        choices = [("", "未填"), *grades, (unmet, unmet), (gone, gone)]
        return forms.ChoiceField(label=label, required=False, choices=choices, help_text=help_text)
    return forms.CharField(
        label=label, required=False, max_length=LONGEST,
        help_text=help_text or "仅报告，不参与评分",
    )  # fmt: skip


def _demands(system: System, item: Item) -> str:
    """Return what each grade asks for, grades that ask the same said once."""
    if item.kind is Kind.REPORT:
        return ""
    return "；".join(
        f"{grade}级：{item.demand(place)}"
        for place, grade in enumerate(system.grades)
        if item.same_as(place) == place
    )
