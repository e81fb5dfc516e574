"""Two versions of one form beside each other, for whom somebody else was faster."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Both:
    """Where two versions differ: what it is, what one typed, what somebody else has kept."""

    label: str
    mine: str
    theirs: str


def differing(mine: Mapping[str, str], theirs: Mapping[str, str]) -> Sequence[Both]:
    """Return what differs between two versions, named by their labels, in their order.

    Line ends and blanks around a text make no difference.
    """
    return [
        Both(label, mine.get(label, ""), theirs.get(label, ""))
        for label in {**mine, **theirs}
        if _plain(mine.get(label, "")) != _plain(theirs.get(label, ""))
    ]


def _plain(text: str) -> str:
    return text.replace("\r", "").strip()
