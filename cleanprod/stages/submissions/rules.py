"""What is handed in, what the check before it says, and how two sets of versions differ."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from cleanprod.kernel.errors import Conflict, Refused
from cleanprod.kernel.term import Term
from cleanprod.stages.materials.rules import Gate


class Purpose(Term):
    """What a submission is for."""

    REPORT = "report", "审核报告"


class Level(Term):
    """How much a finding of the check weighs."""

    BLOCK = "block", "须先改正"
    CONFIRM = "confirm", "须说明"
    INFORM = "inform", "提示"


class Party(Term):
    """Who declares that the materials are true."""

    ENTERPRISE = "enterprise", "企业"
    CONSULTANCY = "consultancy", "咨询机构"


class State(Term):
    """What became of a submission."""

    WAITING = "waiting", "待受理"
    RETURNED = "returned", "已退回"
    TAKEN = "taken", "已受理"
    UNDONE = "undone", "提交已撤回"


GATES: Mapping[Purpose, tuple[Gate, ...]] = {Purpose.REPORT: (Gate.PLAN, Gate.ASSESSMENT)}
WORDS: Mapping[Party, str] = {
    Party.ENTERPRISE: (
        "本单位声明：本次提交的审核报告、绩效表和其他材料真实、准确、完整，"
        "电子文件与盖章原件一致，愿意接受核查并依法承担责任。"
    ),
    Party.CONSULTANCY: (
        "本机构声明：受委托编制的内容真实、准确、完整，审核过程没有弄虚作假，"
        "愿意接受核查并依法承担责任。"
    ),
}
NOT_A_SEAL = "声明是在系统内的确认，不代替盖章。"
LONGEST_REASON = 300


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that the check found: how much it weighs, where, what, and what to do."""

    level: Level
    key: str
    place: str
    text: str
    advice: str
    url: str = ""


_ORDER = tuple(Level)


def sorted_findings(found: Iterable[Finding]) -> list[Finding]:
    """Return findings with what blocks first; among equals as they were found."""
    return sorted(found, key=lambda one: _ORDER.index(one.level))


def blocks(found: Iterable[Finding]) -> bool:
    """Tell whether anything stands in the way of submitting."""
    return any(one.level is Level.BLOCK for one in found)


def checked_reasons(found: Iterable[Finding], reasons: Mapping[str, str]) -> dict[str, str]:
    """Return the reason of every finding that needs one; refuse blocking ones and gaps."""
    found = list(found)
    if blocks(found):
        first = next(one for one in found if one.level is Level.BLOCK)
        raise Refused(f"提交前检查未通过：{first.place}：{first.text}。{first.advice}")
    given = {}
    for one in found:
        if one.level is not Level.CONFIRM:
            continue
        reason = reasons.get(one.key, "").strip()
        if not reason:
            raise MissingReason(one.key, f"{one.place}：{one.text}，请填写说明")
        given[one.key] = reason[:LONGEST_REASON]
    return given


class MissingReason(Refused):
    """A finding needs a word of explanation; `key` says which."""

    def __init__(self, key: str, said: str) -> None:
        """Keep which finding it is."""
        self.key = key
        super().__init__(said)


@dataclass(frozen=True, slots=True)
class Piece:
    """One version as it is handed in."""

    version: int
    item: str
    title: str
    number: int
    draft: str
    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class Set:
    """All that is handed in together: versions in the order of the checklist, and the sheet."""

    pieces: tuple[Piece, ...]
    sheet: int
    sheet_sha256: str

    @property
    def fingerprint(self) -> str:
        """Return the SHA-256 over the fingerprints of everything in the set."""
        said = [[one.item, one.number, one.sha256] for one in self.pieces]
        text = json.dumps([said, self.sheet, self.sheet_sha256], separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()

    @property
    def mark(self) -> str:
        """Return the set as a word for a form: versions by key, then the sheet's version."""
        return ".".join(str(one.version) for one in self.pieces) + f"~{self.sheet}"


@dataclass(frozen=True, slots=True)
class Difference:
    """Where what a person saw and what is there now differ."""

    title: str
    seen: str
    now: str


def differences(seen: Sequence[Piece], seen_sheet: int, now: Set) -> list[Difference]:
    """Return what changed between the versions a person saw and those of now."""
    before = {one.item: one for one in seen}
    after = {one.item: one for one in now.pieces}
    found = [
        Difference(
            (after.get(key) or before[key]).title, _said(before.get(key)), _said(after.get(key))
        )
        for key in {**before, **after}
        if before.get(key) != after.get(key)
    ]
    if seen_sheet != now.sheet:
        found.append(Difference("绩效表", _draft(seen_sheet), _draft(now.sheet)))
    return found


def _said(one: Piece | None) -> str:
    return f"第{one.number}稿（{one.sha256[:12]}…）" if one else "没有"


def _draft(number: int) -> str:
    return f"第{number}稿" if number else "没有"


class Moved(Conflict):
    """What is there is no longer what the person saw; `differences` tells both sides."""

    def __init__(self, found: Sequence[Difference]) -> None:
        """Keep both sides."""
        self.differences = tuple(found)
        names = "、".join(one.title for one in found) or "材料"
        super().__init__(f"您打开页面以后，{names}有了变动，没有提交。请看过现在的材料再提交")


def readable(fingerprint: str) -> str:
    """Return a fingerprint in two lines, as a paper has room for it."""
    half = len(fingerprint) // 2
    return f"{fingerprint[:half]}\n{fingerprint[half:]}"
