"""Read the fields of one JSON object, noting everything that is wrong and going on."""

import re
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar

from cleanprod.kernel.finding import Finding, Level
from cleanprod.kernel.term import Term
from cleanprod.stages.performance.indicators.numbers import number_of

T = TypeVar("T", bound=Term)

LONGEST_TEXT = 2000
_ID = re.compile(r"[\w.\-]{1,60}")


class Notes:
    """The findings of one reading, in the order in which they were met."""

    def __init__(self) -> None:
        """Begin with nothing found."""
        self.findings: list[Finding] = []

    def wrong(self, place: str, value: Any, rule: str, advice: str) -> None:
        """Note something that must be mended."""
        self.findings.append(Finding(Level.BLOCK, rule, advice, cell=place, value=shown(value)))


def shown(value: Any) -> str:
    """Return a value as it stands in a finding, cut when it is long."""
    text = "" if value is None else str(value)
    return text if len(text) <= 100 else f"{text[:100]}…"


class Fields:
    """One object: `place` is where it stands, `title` what a reader calls it."""

    def __init__(self, data: Any, place: str, title: str, notes: Notes) -> None:
        """Take an object; anything else is noted and read as an empty one."""
        self.place, self.title, self.notes = place, title, notes
        self.known: set[str] = set()
        self.data: Mapping[str, Any] = data if isinstance(data, Mapping) else {}
        self.sound = isinstance(data, Mapping)
        if not self.sound:
            notes.wrong(place, data, f"{title}应为一组字段（JSON 对象）", "请按格式说明填写")

    def at(self, key: str) -> str:
        """Return the place of a field."""
        return f"{self.place}.{key}" if self.place else key

    def wrong(self, key: str, rule: str, advice: str) -> None:
        """Note what is wrong with a field."""
        self.notes.wrong(self.at(key), self.data.get(key), f"{self.title}{rule}", advice)

    def get(self, key: str) -> Any:
        """Return a field as it is; None when it is left out."""
        self.known.add(key)
        return self.data.get(key)

    def text(self, key: str, label: str, *, must: bool = False, longest: int = LONGEST_TEXT) -> str:
        """Return a text without blanks around it."""
        value = self.get(key)
        if isinstance(value, int | Decimal) and not isinstance(value, bool):
            value = str(value)
        if value is None or (isinstance(value, str) and not value.strip()):
            if must and self.sound:
                self.wrong(key, f"缺少{label}", f"请填写{label}")
            return ""
        if not isinstance(value, str) or len(value) > longest:
            self.wrong(key, f"的{label}应为文字", f"请填写不超过{longest}字的文字")
            return ""
        return value.strip()

    def id(self, key: str, label: str) -> str:
        """Return a short sign that names a thing in this system."""
        value = self.text(key, label, must=True)
        if value and not _ID.fullmatch(value):
            self.wrong(
                key, f"的{label}不合规则", "只能用文字、数字、点、横线和下划线，不超过60个字"
            )
        return value

    def number(self, key: str, label: str, *, must: bool = False) -> Decimal | None:
        """Return a number."""
        value = self.get(key)
        if value is None or value == "":
            if must and self.sound:
                self.wrong(key, f"缺少{label}", f"请填写{label}")
            return None
        number = number_of(value)
        if number is None:
            self.wrong(key, f"的{label}应为数字", "请填写数字，如 0.15")
        return number

    def weight(self, key: str, label: str, *, must: bool = False) -> Decimal | None:
        """Return a number from 0 to 1."""
        number = self.number(key, label, must=must)
        if number is not None and not 0 <= number <= 1:
            self.wrong(key, f"的{label}应在0到1之间", "请按小数填写，如15%写作0.15")
            return None
        return number

    def flag(self, key: str, label: str, *, usual: bool) -> bool:
        """Return yes or no."""
        value = self.get(key)
        if value is None or value == "":
            return usual
        if isinstance(value, bool):
            return value
        if value in ("是", "否"):
            return bool(value == "是")
        self.wrong(key, f"的{label}应为 true 或 false", "请改为 true（是）或 false（否）")
        return usual

    def term(self, key: str, label: str, terms: type[T], *, must: bool = False) -> T | None:
        """Return a member of a closed vocabulary."""
        value = self.text(key, label, must=must)
        if not value:
            return None
        found = terms.from_label(value)
        if found is None:
            allowed = "、".join(f"{one.value}（{one.label}）" for one in terms)
            self.wrong(key, f"的{label}“{value[:30]}”不认识", f"可填：{allowed}")
        return found

    def day(self, key: str, label: str) -> date | None:
        """Return a day written as 2015-10-28."""
        value = self.text(key, label)
        if not value:
            return None
        try:
            return date.fromisoformat(value)
        except ValueError:
            self.wrong(key, f"的{label}不是日期", "请按 2015-10-28 的形式填写")
            return None

    def items(self, key: str, label: str, *, must: bool = False) -> list[Any]:
        """Return a list."""
        value = self.get(key)
        if value is None:
            value = []
        if not isinstance(value, list):
            self.wrong(key, f"的{label}应为列表", "请用方括号列出")
            return []
        if must and not value and self.sound:
            self.wrong(key, f"没有{label}", f"请至少填写一项{label}")
        return value

    def no_others(self) -> None:
        """Note every field that nobody asked for, which is mostly one misspelt."""
        for key in self.data:
            if key not in self.known:
                self.wrong(key, f"有不认识的字段“{key[:40]}”", f"可用的字段：{_listed(self.known)}")


def _listed(keys: Iterable[str]) -> str:
    return "、".join(sorted(keys))
