"""Numbers and fingerprints of receipts: 2023-000123-K7."""

import hashlib
import json
import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cleanprod.kernel.term import Term

_SHAPE = re.compile(r"^(\d{4})-(\d{6})-([A-Z]\d)$")
_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"  # no I and O, which people read as 1 and 0
_PRIME = 239  # the largest prime below 24 letters by ten digits


class Verdict(Term):
    """What the register says about a receipt that somebody holds."""

    GENUINE = "genuine", "登记在册，内容一致"
    LISTED = "listed", "登记在册"
    DIFFERENT = "different", "登记在册，但文件内容不一致"
    UNKNOWN = "unknown", "未查到该回执"
    MISTYPED = "mistyped", "回执编号有误，请核对后重新输入"


def receipt_number(year: int, serial: int) -> str:
    """Return the number with its check; one wrong or two swapped digits never pass."""
    letter, digit = divmod((year * 1_000_000 + serial) % _PRIME, 10)
    return f"{year}-{serial:06d}-{_LETTERS[letter]}{digit}"


def read_number(text: str) -> str | None:
    """Return the number as it is registered, or None if it was mistyped."""
    plain = "".join(unicodedata.normalize("NFKC", text).split()).upper()
    shape = _SHAPE.match(re.sub("[‐-―−]", "-", plain))
    if shape is None:
        return None
    number = receipt_number(int(shape[1]), int(shape[2]))
    return number if number.endswith(shape[3]) else None


def fingerprint(kind: str, subject: str, facts: Mapping[str, object]) -> str:
    """Return the SHA-256 of the facts in one canonical spelling."""
    text = json.dumps(
        [kind, subject, dict(facts)], ensure_ascii=False, sort_keys=True, separators=(",", ":")
    )
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def judge(registered: str, shown: str | None, files: Collection[str] = ()) -> Verdict:
    """Compare the registered fingerprints, of the whole and of its files, with the shown one."""
    if not shown:
        return Verdict.LISTED
    same = shown.strip().lower() in {registered, *files}
    return Verdict.GENUINE if same else Verdict.DIFFERENT


class Match(Term):
    """What comparing a file with those of a receipt says."""

    SAME = "same", "一致"
    CHANGED = "changed", "内容不一致"
    FOREIGN = "foreign", "不是回执所载的文件"


@dataclass(frozen=True, slots=True)
class Comparison:
    """The outcome for one file: with which file of the receipt it was compared, if any."""

    match: Match
    sha256: str
    size: int
    registered: Mapping[str, Any] | None = None


def compare(
    files: Sequence[Mapping[str, Any]], sha256: str, size: int, chosen: int | None = None
) -> Comparison:
    """Compare a fingerprint with those that a receipt holds.

    Without an equal one the file is held against the chosen place (from 0), else against the only
    one of its size: a changed byte leaves the size as it was.
    """
    same = next((one for one in files if one["sha256"] == sha256), None)
    if same is not None:
        return Comparison(Match.SAME, sha256, size, same)
    if chosen is not None and 0 <= chosen < len(files):
        return Comparison(Match.CHANGED, sha256, size, files[chosen])
    alike = [one for one in files if one["size"] == size]
    if len(alike) == 1:
        return Comparison(Match.CHANGED, sha256, size, alike[0])
    return Comparison(Match.FOREIGN, sha256, size)
