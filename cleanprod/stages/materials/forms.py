"""Shape and wording of what is typed about a version: its kind, its file, its table of changes."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms

from cleanprod.stages.materials.models import Print
from cleanprod.stages.materials.rules import COLUMNS, MOST_ROWS, Changed, Draft, Item

_CELL = re.compile(r"^r(\d{1,4})-(place|before|after|answers)$")
_OFFERED = 5
_SPARE = 2
_ENDINGS = {
    "pdf": ".pdf", "word": ".doc,.docx", "excel": ".xls,.xlsx", "image": ".jpg,.jpeg,.png",
    "zip": ".zip",
}  # fmt: skip


class UploadForm(forms.Form):
    """A file with its kind, and the number of the print that carries the seal."""

    draft = forms.ChoiceField(label="稿别", choices=Draft.choices)
    printed = forms.ChoiceField(
        label="打印编号", required=False, help_text="印在打印件左上角；用来核对盖章后内容有没有变动"
    )
    file = forms.FileField(label="文件", required=False)  # comes by `attachments.uploads`

    def __init__(self, *args: Any, item: Item, prints: Sequence[Print], **more: Any) -> None:
        """Offer the prints of the item; an item that is not printed here asks for none."""
        super().__init__(*args, **more)
        offered = self.fields["printed"]
        assert isinstance(offered, forms.ChoiceField)  # noqa: S101 - tells the type checker
        if item.paper is None:
            del self.fields["printed"]
        else:
            blank = "不是在平台打印的" if prints else "还没有在平台打印"
            offered.choices = [
                *((str(one.pk), f"{one.number}（{one.printed_on}打印）") for one in prints),
                ("", blank),
            ]
        self.endings = ",".join(_ENDINGS[one.value] for one in sorted(item.formats))
        self.hint = f"{item.formats_text}，不超过200 MB；连接中断后可以接着传"

    @property
    def words(self) -> list[forms.BoundField]:
        """Return the fields beside the file."""
        return [bound for bound in self if bound.name != "file"]


@dataclass(frozen=True, slots=True)
class TableRow:
    """One row of the table of changes as the page shows it."""

    place: int
    texts: Mapping[str, str]
    errors: Mapping[str, str]


def read_changes(data: Mapping[str, Any]) -> list[Changed]:
    """Return the rows that were typed, by their places; what is beyond the most is left out."""
    cells: dict[int, dict[str, str]] = {}
    for name in data:
        found = _CELL.match(name)
        if found and len(cells) <= MOST_ROWS:
            text = " ".join(str(data[name]).split())
            cells.setdefault(int(found[1]), {})[found[2]] = text
    return [
        Changed(**{key: cells[place].get(key, "") for key, _, _ in COLUMNS})
        for place in sorted(cells)
    ]


def shown(rows: Sequence[Changed], wrong: Mapping[tuple[int, str], str]) -> list[TableRow]:
    """Return the rows for the page, with some blank ones to go on."""
    number = max(_OFFERED, len(rows) + _SPARE)
    blank = Changed("", "", "", "")
    return [
        TableRow(
            place,
            (rows[place] if place < len(rows) else blank).as_json(),
            {key: text for (line, key), text in wrong.items() if line == place},
        )
        for place in range(number)
    ]
