"""Render Django's form fields in the look of the product; pages call them through `ui.field`."""

from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.utils.safestring import SafeString


class DayInput(forms.DateInput):
    """A day picked with the browser's own calendar."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        """Write the day as the browser expects it."""
        super().__init__(attrs=attrs, format="%Y-%m-%d")


def look(widget: forms.Widget) -> str:
    """Return the CSS class of a widget."""
    if isinstance(widget, forms.RadioSelect | forms.CheckboxSelectMultiple):
        return "form-check-input"
    if isinstance(widget, forms.CheckboxInput):
        return "form-check-input"
    if isinstance(widget, forms.Select):
        return "form-select"
    return "form-control"


def field_kind(bound: BoundField) -> str:
    """Tell whether the field is a `group` of boxes, one `box`, or a plain `input`."""
    widget = bound.field.widget
    if isinstance(widget, forms.RadioSelect | forms.CheckboxSelectMultiple):
        return "group"
    return "box" if isinstance(widget, forms.CheckboxInput) else "input"


def described_by(bound: BoundField) -> str:
    """Return the ids of the help and the error that belong to the field."""
    ids = []
    if bound.help_text:
        ids.append(f"{bound.auto_id}_help")
    if bound.errors:
        ids.append(f"{bound.auto_id}_error")
    return " ".join(ids)


def control(bound: BoundField) -> SafeString:
    """Render the bare control of a bound field with class, state and description."""
    attrs: dict[str, Any] = {"class": look(bound.field.widget)}
    given = bound.field.widget.attrs.get("class")
    if given:
        attrs["class"] = f"{attrs['class']} {given}"
    if bound.errors:
        attrs["class"] += " is-invalid"
        attrs["aria-invalid"] = "true"
    if described_by(bound):
        attrs["aria-describedby"] = described_by(bound)
    return bound.as_widget(attrs=attrs)
