"""The checklist of materials 审核材料, versions of an item, and what a table of changes says."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from cleanprod.foundation.attachments.rules import OLD_OFFICE, ZIP
from cleanprod.kernel.errors import Refused
from cleanprod.kernel.term import Term
from cleanprod.stages.audits.rules import Stage
from cleanprod.stages.phases.rules import Mode
from cleanprod.stages.programme.rules import AuditKind


class Gate(Term):
    """The step of a round that materials are needed for 环节."""

    PLAN = "plan", "审核计划"
    ASSESSMENT = "assessment", "提交审核报告、评估"
    ACCEPTANCE = "acceptance", "验收"
    COMPLETION = "completion", "办结"


class Draft(Term):
    """What a version is."""

    REVIEW = "review", "送审稿"
    REVISED = "revised", "修改稿"
    FINAL = "final", "定稿"


class When(Term):
    """On what an item depends."""

    ALWAYS = "always", "所有企业"
    ENGAGED = "engaged", "委托咨询机构的"
    SELF = "self", "自行开展审核的"
    ASSESSED = "assessed", "单独评估的"


class Paper(Term):
    """What prints for the seal 盖章 and comes back as a scan."""

    DECLARATION = "declaration", "承诺书"
    COVER = "cover", "审核报告封面"
    SHEET = "sheet", "清洁生产项目绩效表"
    ENGAGEMENT = "engagement", "清洁生产审核委托书"


class Format(Term):
    """A kind of file, told by its content."""

    PDF = "pdf", "PDF"
    WORD = "word", "Word"
    EXCEL = "excel", "Excel"
    IMAGE = "image", "图片（JPG、PNG）"
    ZIP = "zip", "ZIP"


class Status(Term):
    """How an item of the checklist stands."""

    MISSING = "missing", "未上传"
    THERE = "there", "已上传"
    SUBMITTED = "submitted", "已提交"
    OPTIONAL = "optional", "未上传（非必备）"


_OPEN_OFFICE = "application/vnd.openxmlformats-officedocument"
_FORMATS: Mapping[str, Format] = {
    "application/pdf": Format.PDF,
    "application/msword": Format.WORD,
    f"{_OPEN_OFFICE}.wordprocessingml.document": Format.WORD,
    "application/vnd.ms-excel": Format.EXCEL,
    f"{_OPEN_OFFICE}.spreadsheetml.sheet": Format.EXCEL,
    "image/png": Format.IMAGE,
    "image/jpeg": Format.IMAGE,
    ZIP: Format.ZIP,
}
# When an item may get another version: what is before its panel does not change under it.
OPEN_AT: Mapping[Gate, frozenset[Stage]] = {
    Gate.PLAN: frozenset({Stage.REGISTERED, Stage.PLANNED, Stage.STARTED}),
    Gate.ASSESSMENT: frozenset({Stage.REGISTERED, Stage.PLANNED, Stage.STARTED, Stage.ASSESSED}),
    Gate.ACCEPTANCE: frozenset(
        {Stage.STARTED, Stage.SUBMITTED, Stage.IN_ASSESSMENT, Stage.ASSESSED}
    ),
    Gate.COMPLETION: frozenset({Stage.ACCEPTED}),
}
LARGEST = 200 * 1024 * 1024
"""Bytes of one file; the issue of this platform asks for so much."""


@dataclass(frozen=True, slots=True)
class Item:
    """One line of the checklist, as the rulebook says it."""

    key: str
    title: str
    gate: Gate
    required: bool
    kinds: frozenset[AuditKind]
    when: When
    formats: frozenset[Format]
    sealed: bool
    confidential: bool
    paper: Paper | None
    advice: str
    optional_in: frozenset[Mode] = frozenset()

    @property
    def formats_text(self) -> str:
        """Return the kinds of files in words."""
        return "、".join(one.label for one in Format if one in self.formats)


def items_of(gate: Gate, value: Mapping[str, Any]) -> tuple[Item, ...]:
    """Return the items of a provision."""
    return tuple(
        Item(
            key=str(one["key"]),
            title=str(one["title"]),
            gate=gate,
            required=bool(one["required"]),
            kinds=frozenset(map(AuditKind, one["kinds"])),
            when=When(one["when"]),
            formats=frozenset(map(Format, one["files"])),
            sealed=bool(one["sealed"]),
            confidential=bool(one["confidential"]),
            paper=Paper(one["paper"]) if one["paper"] else None,
            advice=str(one["advice"]),
            optional_in=frozenset(map(Mode, one.get("optional_in", ()))),
        )
        for one in value["items"]
    )


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What decides which items a round needs."""

    kind: AuditKind
    engaged: bool
    assessed: bool
    mode: Mode = Mode.FULL


def asked_for(items: Iterable[Item], of: Circumstances) -> tuple[Item, ...]:
    """Return the items that a round needs, each required as its mode of audit asks."""
    holds = {
        When.ALWAYS: True,
        When.ENGAGED: of.engaged,
        When.SELF: not of.engaged,
        When.ASSESSED: of.assessed,
    }
    return tuple(
        replace(one, required=one.required and of.mode not in one.optional_in)
        for one in items
        if of.kind in one.kinds and holds[one.when]
    )


def format_of(content_type: str) -> Format | None:
    """Return the kind of a stored file, or None for one that no item takes."""
    return _FORMATS.get(content_type)


def checked_file(item: Item, content_type: str, size: int) -> None:
    """Refuse a file that is empty, too large or of a kind that the item does not take."""
    if size == 0:
        raise Refused("文件是空的，请重新选择")
    if size > LARGEST:
        raise Refused(f"文件不能超过{LARGEST // 1024 // 1024} MB")
    found = format_of(content_type)
    if found in item.formats:
        return
    old = "（旧版Office文件请按.doc或.xls命名）" if content_type == OLD_OFFICE else ""
    kind = f"是{found.label}" if found else "的类型无法识别"
    raise Refused(f"文件内容{kind}{old}，“{item.title}”只接收{item.formats_text}")


@dataclass(frozen=True, slots=True)
class Changed:
    """One row of the table of changes 修改说明对照表."""

    place: str
    before: str
    after: str
    answers: str

    @property
    def is_blank(self) -> bool:
        """Tell whether nothing was typed."""
        return not (self.place or self.before or self.after or self.answers)

    def shortened(self) -> "Changed":
        """Return the row with each cell no longer than may be kept."""
        return Changed(**{key: text[:LONGEST_CELL] for key, text in self.as_json().items()})

    def as_json(self) -> dict[str, str]:
        """Return the row as it is kept."""
        return {
            "place": self.place, "before": self.before, "after": self.after,
            "answers": self.answers,
        }  # fmt: skip


COLUMNS: Sequence[tuple[str, str, bool]] = (
    ("place", "位置（页码、章节）", True),
    ("before", "修改前", False),
    ("after", "修改后", True),
    ("answers", "修改原因或对应的意见", True),
)
LONGEST_CELL = 500
MOST_ROWS = 300


class BadTable(Refused):
    """A table of changes cannot be kept; `cells` names each (row from 0, column) with its fault."""

    def __init__(self, said: str, cells: Mapping[tuple[int, str], str]) -> None:
        """Keep what is wrong and where."""
        self.cells = dict(cells)
        super().__init__(said)


def checked_changes(rows: Sequence[Changed], *, later: bool) -> tuple[Changed, ...]:
    """Return the rows that say something; a later version needs at least one, each complete.

    A sealed paper that comes again is not one: what it says is printed by the platform.
    """
    kept = [(place, one) for place, one in enumerate(rows) if not one.is_blank]
    if later and not kept:
        raise BadTable(
            "从第二稿起应填写修改说明对照表：改了哪里、为什么改",
            {(0, "place"): "填写第一处修改"},
        )
    if len(kept) > MOST_ROWS:
        raise Refused(f"修改说明对照表最多{MOST_ROWS}行，请合并填写")
    wrong: dict[tuple[int, str], str] = {}
    for place, one in kept:
        for name, text in one.as_json().items():
            needed = next(must for key, _, must in COLUMNS if key == name)
            if needed and not text:
                wrong[place, name] = "请填写"
            elif len(text) > LONGEST_CELL:
                wrong[place, name] = f"不能超过{LONGEST_CELL}字"
    if wrong:
        lines = sorted({place + 1 for place, _ in wrong})
        said = "、".join(f"第{line}行" for line in lines)
        raise BadTable(f"修改说明对照表{said}没有填写完整或过长", wrong)
    return tuple(one for _, one in kept)


def checked_draft(item: Item, draft: Draft, *, later: bool) -> None:
    """Refuse a first version that calls itself revised."""
    if not later and draft is Draft.REVISED and item.gate is not Gate.COMPLETION:
        raise Refused("第一稿不能是修改稿，请选择送审稿或定稿")


def is_open(gate: Gate, stage: Stage) -> bool:
    """Tell whether the items of a gate may get versions now."""
    return stage in OPEN_AT[gate]


def why_closed(gate: Gate, stage: Stage) -> str:
    """Say why the items of a gate take no version now."""
    if stage is Stage.LISTED:
        return "企业注册以后才能上传审核材料"
    if gate is Gate.COMPLETION:
        return "通过验收以后才能上传办结材料"
    return f"本轮审核现为“{stage.label}”，{gate.label}环节的材料不能再上传或撤回"


def print_number(year: int, round_id: int, item: str, serial: int) -> str:
    """Return the number that a print for the seal carries."""
    return f"{year}-{round_id:06d}-{_LETTERS.get(item, 'M')}{serial:02d}"


_LETTERS = {
    "engagement_letter": "W", "cover": "F", "declaration": "C", "sheet": "J", "final_sheet": "H",
}  # fmt: skip


def progress(items: Collection[Item], there: Collection[str]) -> tuple[int, int]:
    """Return how many required items are there, and how many there should be."""
    needed = [one.key for one in items if one.required]
    return sum(key in there for key in needed), len(needed)
