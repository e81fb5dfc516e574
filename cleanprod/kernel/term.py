"""Words of the trade as types: a value for the machine, a label for the reader."""

from enum import StrEnum
from typing import Self


class Term(StrEnum):
    """A closed vocabulary whose members carry their Chinese label."""

    label: str

    def __new__(cls, value: str, label: str = "") -> Self:
        """Make a member of a value and its label, which no member may lack."""
        # The default lets type checkers read Term(value), which the enum answers by itself.
        if not label:
            raise TypeError(f"{cls.__name__} {value} has no label")
        member = str.__new__(cls, value)
        member._value_ = value
        member.label = label
        return member

    @classmethod
    def choices(cls) -> list[tuple[str, str]]:
        """Return (value, label) pairs; pass it uncalled to a model field."""
        return [(member.value, member.label) for member in cls]

    @classmethod
    def from_label(cls, text: str) -> Self | None:
        """Return the member with this label or value, or None."""
        for member in cls:
            if text in (member.label, member.value):
                return member
        return None
