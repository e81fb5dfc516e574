"""Words and rules of the yearly programme: targets, lists, entries."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from cleanprod.foundation.organisations.rules import Line, Part
from cleanprod.kernel.errors import Refused
from cleanprod.kernel.finding import Finding, Level
from cleanprod.kernel.lifecycle import Lifecycle, Move
from cleanprod.kernel.term import Term


class AuditKind(Term):
    """Whether the law demands the audit."""

    MANDATORY = "mandatory", "强制性"
    VOLUNTARY = "voluntary", "自愿性"


class Category(Term):
    """Why an audit is mandatory: the three legal categories, or a reason of the place."""

    DOUBLE_EXCESS = "double_excess", "双超"
    HIGH_ENERGY = "high_energy", "高耗能"
    DOUBLE_TOXIC = "double_toxic", "双有"
    OTHER = "other", "其他"


class Vocs(Term):
    """Level of a key enterprise for VOCs."""

    PROVINCIAL = "provincial", "省级"
    MUNICIPAL = "municipal", "市级"


class BatchStage(Term):
    """Where a list stands."""

    DRAFT = "draft", "编制中"
    READY = "ready", "待公布"
    PUBLISHED = "published", "已公布"


class BatchAct(Term):
    """What can be done to a list."""

    IMPORT = "import", "导入名单"
    FINISH = "finish", "编制完成"
    REOPEN = "reopen", "退回编制"
    PUBLISH = "publish", "公布"
    PUBLISH_JOINTLY = "publish_jointly", "联合公布"
    AMEND = "amend", "变更名单"


def is_joint(joint: bool | None) -> bool:
    """Tell whether both departments agreed to publish a list in their joint paper."""
    return bool(joint)


_LEAD = frozenset({Part.LEAD})
BATCH_LIFECYCLE: Lifecycle[BatchStage, BatchAct, Part] = Lifecycle(
    (
        Move(BatchAct.IMPORT, BatchStage.DRAFT, BatchStage.DRAFT, _LEAD),
        Move(BatchAct.FINISH, BatchStage.DRAFT, BatchStage.READY, _LEAD),
        Move(BatchAct.REOPEN, BatchStage.READY, BatchStage.DRAFT, _LEAD, reason=True),
        Move(BatchAct.PUBLISH, BatchStage.READY, BatchStage.PUBLISHED, _LEAD),
        Move(
            BatchAct.PUBLISH_JOINTLY,
            BatchStage.READY,
            BatchStage.PUBLISHED,
            frozenset({Part.LEAD, Part.PARTNER}),
            when=is_joint,
        ),
        Move(BatchAct.AMEND, BatchStage.PUBLISHED, BatchStage.PUBLISHED, _LEAD, reason=True),
    )
)


class EntryState(Term):
    """How an entry of a list ended, told by the round."""

    LISTED = "listed", "已列入"
    PASSED = "passed", "通过验收"
    FAILED = "failed", "未通过"
    DEFERRED = "deferred", "暂缓"
    CANCELLED = "cancelled", "取消"
    YIELDED = "yielded", "会商归另一部门"
    EQUIVALENT = "equivalent", "视同完成"


@dataclass(frozen=True, slots=True)
class Claim:
    """What the list of one department says about an enterprise that both departments list."""

    lead: Line
    kind: AuditKind
    categories: tuple[str, ...]


def settled(claims: Sequence[Claim], *, prevails: str, leads: str) -> Claim:
    """Return what the two departments settle on by default 会商: one audit, one lead.

    The kind that prevails carries its lead; where both claim it, `leads` leads. The reasons of
    all claims hold together (rulebook `programme.overlap`; notice 2023, 三(一)).
    """
    kind = AuditKind(prevails)
    strong = [claim for claim in claims if claim.kind is kind] or list(claims)
    lead = next((claim.lead for claim in strong if claim.lead.value == leads), strong[0].lead)
    named = {key for claim in claims for key in claim.categories if key}
    categories = tuple(key.value for key in Category if key.value in named)
    return Claim(lead, strong[0].kind, categories)


ROLLABLE = frozenset({EntryState.FAILED, EntryState.DEFERRED})  # may roll into a later list


@dataclass(frozen=True, slots=True)
class ListRow:
    """What one row of a list says, parsed but not yet judged."""

    number: int
    name: str
    code: str
    city: str
    county: str
    address: str
    industry: str
    kind: AuditKind | None
    categories: tuple[Category, ...]
    lead: Line | None
    vocs: Vocs | None
    last_accepted: str
    note: str


def lead_of(kind: AuditKind, categories: Sequence[str], leads: Mapping[str, str]) -> Line:
    """Return the department that leads by default; `leads` is the rulebook's table.

    Any category that ecology leads prevails, since a firm in several categories falls under all.
    """
    keys = list(categories) if kind is AuditKind.MANDATORY else [AuditKind.VOLUNTARY.value]
    named = {leads.get(key, Line.ECOLOGY.value) for key in keys or [Category.OTHER.value]}
    return Line.ECOLOGY if Line.ECOLOGY.value in named else Line.INDUSTRY


def check_row(row: ListRow, *, lead: Line, cells: Mapping[str, str], sheet: str) -> list[Finding]:
    """Return what is wrong with the meaning of one row, all in one pass."""
    found: list[Finding] = []

    def say(key: str, level: Level, value: str, rule: str, advice: str) -> None:
        found.append(Finding(level, rule, advice, sheet, cells.get(key, ""), value))

    if row.kind is AuditKind.MANDATORY and not row.categories:
        say(
            "categories", Level.BLOCK, "", "强制性清洁生产审核应写明列入原因",
            "填写“双超”“高耗能”“双有”或“其他”，可填多个",
        )  # fmt: skip
    if row.kind is AuditKind.VOLUNTARY and set(row.categories) - {Category.OTHER.value}:
        labels = "、".join(key.label for key in row.categories)
        say(
            "categories", Level.BLOCK, labels, "自愿性清洁生产审核没有法定列入原因",
            "审核类型改为“强制性”，或清空列入原因",
        )  # fmt: skip
    if row.lead and row.lead is not lead:
        say(
            "lead", Level.BLOCK, row.lead.label, "牵头部门应与本名单一致",
            f"本名单由{lead.label}部门牵头，请放入另一部门的名单或改正本格",
        )  # fmt: skip
    return found


def same_firm_twice(rows: Iterable[tuple[int, str, str]]) -> dict[int, int]:
    """Return, for each row that repeats an earlier one, the earlier row's number.

    Rows are (number, code, comparable name); the same code and name make a repetition.
    """
    first: dict[tuple[str, str], int] = {}
    repeated: dict[int, int] = {}
    for number, code, name in rows:
        earlier = first.setdefault((code, name), number)
        if earlier != number:
            repeated[number] = earlier
    return repeated


def checked_targets(numbers: Mapping[str, int], cities: Sequence[str], total: int) -> None:
    """Refuse targets that miss a city, are negative, or do not sum to the stated total."""
    missing = [city for city in cities if city not in numbers]
    if missing:
        raise Refused(f"还有{len(missing)}个地市未填写预期目标：{'、'.join(missing)}")
    if any(number < 0 for number in numbers.values()):
        raise Refused("预期目标不能为负数")
    summed = sum(numbers[city] for city in cities)
    if summed != total:
        raise Refused(f"各地市之和为{summed}家，与填写的合计{total}家不一致，请核对后重新填写")
