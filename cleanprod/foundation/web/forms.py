"""Render Django's form fields in the look of the product; pages call them through `ui.field`."""

from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.http import HttpRequest, QueryDict
from django.utils.safestring import SafeString


class DayInput(forms.DateInput):
    """A day picked with the browser's own calendar."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        """Write the day as the browser expects it."""
        super().__init__(attrs=attrs, format="%Y-%m-%d")


def posted(request: HttpRequest) -> QueryDict | None:
    """Return what was typed, or None for a first look; an empty POST is typed, too."""
    return request.POST if request.method == "POST" else None


def look(widget: forms.Widget) -> str:
    """Return the CSS class of a widget; a group of boxes has none, as it would dress the group."""
    if isinstance(widget, forms.RadioSelect | forms.CheckboxSelectMultiple):
        return ""
    if isinstance(widget, forms.CheckboxInput):
        return "form-check-input"
    return "form-select" if isinstance(widget, forms.Select) else "form-control"


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
    widget = bound.field.widget
    wrong = bool(bound.errors)
    dress = look(widget)
    classes = [dress, widget.attrs.get("class", ""), "is-invalid" if wrong and dress else ""]
    attrs = {
        "class": " ".join(filter(None, classes)),
        "aria-describedby": described_by(bound),
        "aria-invalid": "true" if wrong else "",
    }
    return bound.as_widget(attrs={name: value for name, value in attrs.items() if value})
