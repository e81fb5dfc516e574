"""What enterprises publish, by which table of moves, and who may read what; no Django."""

import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from cleanprod.foundation.organisations.rules import Part
from cleanprod.kernel.errors import Refused
from cleanprod.kernel.lifecycle import Lifecycle, Move
from cleanprod.kernel.term import Term
from cleanprod.stages.audits.rules import Stage
from cleanprod.stages.programme.rules import AuditKind, Category


class Kind(Term):
    """The three publications, kept apart."""

    BASIC = "basic", "企业信息公布（基本信息）"
    CATEGORY = "category", "企业信息公布（列入原因相应内容）"
    RESULTS = "results", "审核结果公布"


class State(Term):
    """Where one publication stands; without a record it is not begun."""

    DRAFT = "draft", "草稿"
    PUBLISHED = "published", "已公布"
    WAITING = "waiting", "待核对"
    RETURNED = "returned", "已退回"
    ACCEPTED = "accepted", "核对通过"


class Act(Term):
    """What can be done about a publication."""

    PUBLISH = "publish", "公布"
    HAND_IN = "hand_in", "公布并提交证明"
    CORRECT = "correct", "更正"
    MEND = "mend", "修改后重新提交"
    PASS = "pass", "核对通过"
    RETURN = "return", "退回"


_OWNER = frozenset({Part.ENTERPRISE})
_LEAD = frozenset({Part.LEAD})


def is_proven(kind: Kind | None) -> bool:
    """Tell whether a department looks at the proof of this kind."""
    return kind is Kind.CATEGORY


def is_plain(kind: Kind | None) -> bool:
    """Tell whether a kind is published here and nowhere else."""
    return kind is not Kind.CATEGORY


LIFECYCLE: Lifecycle[State, Act, Part] = Lifecycle(
    (
        Move(Act.PUBLISH, State.DRAFT, State.PUBLISHED, _OWNER, when=is_plain),
        Move(Act.CORRECT, State.PUBLISHED, State.PUBLISHED, _OWNER, reason=True, when=is_plain),
        Move(Act.HAND_IN, State.DRAFT, State.WAITING, _OWNER, when=is_proven),
        Move(Act.CORRECT, State.WAITING, State.WAITING, _OWNER, reason=True, when=is_proven),
        Move(Act.MEND, State.RETURNED, State.WAITING, _OWNER, reason=True, when=is_proven),
        Move(Act.CORRECT, State.ACCEPTED, State.WAITING, _OWNER, reason=True, when=is_proven),
        Move(Act.PASS, State.WAITING, State.ACCEPTED, _LEAD, when=is_proven),
        Move(Act.RETURN, State.WAITING, State.RETURNED, _LEAD, reason=True, when=is_proven),
    )
)
OUT = frozenset({State.PUBLISHED, State.WAITING, State.RETURNED, State.ACCEPTED})
_MAKING = frozenset({Act.PUBLISH, Act.HAND_IN, Act.CORRECT, Act.MEND})


def next_making(state: State, kind: Kind) -> Act:
    """Return the act by which the enterprise brings the next version."""
    for move in LIFECYCLE.open_to(state, _OWNER, kind):
        if move.act in _MAKING:
            return move.act
    raise Refused(f"当前为“{state.label}”，不能公布")


_GOING = frozenset(Stage) - {
    Stage.LISTED, Stage.FAILED, Stage.DEFERRED, Stage.CANCELLED, Stage.EQUIVALENT,
}  # fmt: skip
STAGES: Mapping[Kind, frozenset[Stage]] = {
    Kind.BASIC: _GOING,
    Kind.CATEGORY: _GOING,
    Kind.RESULTS: frozenset({Stage.ACCEPTED, Stage.COMPLETED}),
}


def kinds_of(audit_kind: AuditKind) -> tuple[Kind, ...]:
    """Return what an enterprise publishes; voluntary ones the basic information alone."""
    return tuple(Kind) if audit_kind is AuditKind.MANDATORY else (Kind.BASIC,)


def why_closed(kind: Kind, stage: Stage) -> str:
    """Say why nothing can be published now, or nothing if it can."""
    if stage in STAGES[kind]:
        return ""
    if stage is Stage.LISTED:
        return "请先完成企业注册"
    if kind is Kind.RESULTS and stage in _GOING:
        return "通过验收后公布审核结果"
    return f"本轮清洁生产审核为“{stage.label}”，不需要公布"


@dataclass(frozen=True, slots=True)
class Field:
    """One thing to publish. `fixed` is known to the platform; `number` takes figures alone."""

    key: str
    label: str
    unit: str = ""
    rows: int = 1
    required: bool = True
    fixed: bool = False
    number: bool = False
    help: str = ""

    @property
    def title(self) -> str:
        """Return the label with its unit."""
        return f"{self.label}（{self.unit}）" if self.unit else self.label


BASIC: Sequence[Field] = (
    Field("name", "企业名称", fixed=True),
    Field("code", "统一社会信用代码", fixed=True, required=False),
    Field("legal", "法定代表人"),
    Field("address", "企业所在地址"),
    Field("trade", "所属行业"),
    Field("contact", "清洁生产审核联系人"),
    Field("phone", "联系电话", help="公众可见，请填单位电话"),
    Field("kind", "审核类型", fixed=True),
    Field("reasons", "列入原因", fixed=True, required=False),
    Field("consultancy", "咨询机构", required=False, help="自行开展的不填"),
)
_NONE = "没有的写“无”"
CATEGORIES: Mapping[Category, Sequence[Field]] = {
    Category.DOUBLE_EXCESS: (
        Field("pollutants", "排放污染物名称", rows=2),
        Field("way", "排放方式", rows=2),
        Field("amounts", "排放浓度和总量", rows=3, help="逐项写明单位，如 mg/L、t/年"),
        Field("excess", "超标、超总量情况", rows=3),
    ),
    Category.HIGH_ENERGY: (
        Field("energy", "主要能源品种及消耗量", rows=3, help="逐项写明单位，如 t、万kWh、tce"),
        Field("per_value", "单位产值能耗", "tce/万元", number=True),
        Field("per_product", "单位产品能耗", rows=2, help="写明产品和单位，如 kgce/t"),
        Field("over_quota", "超过单位产品能耗限额标准情况", rows=3),
    ),
    Category.DOUBLE_TOXIC: (
        Field("materials", "使用有毒有害原料的名称、数量和用途", rows=3, help=_NONE),
        Field("discharged", "排放有毒有害物质的名称、浓度和数量", rows=3, help=_NONE),
        Field("waste", "危险废物的产生和处置情况", rows=3, help=_NONE),
        Field("risks", "环境风险防控措施", rows=3),
    ),
    Category.OTHER: (Field("other", "与列入原因有关的情况", rows=3),),
}
RESULTS: Sequence[Field] = (
    Field("accepted_on", "通过验收日期", fixed=True),
    Field("low", "实施无/低费方案", "个", number=True),
    Field("high", "实施中/高费方案", "个", number=True),
    Field("measures", "主要方案", rows=4),
    Field("investment", "总投资", "元", number=True),
    Field("benefit", "经济效益", "元/年", number=True, required=False),
    Field("tce", "节能量", "tce/年", number=True),
    Field("water", "节水", "t/年", number=True),
    Field("discharges", "污染物削减", rows=4, help="逐项写明单位，如 COD 0.8 t/年"),
    Field("level", "清洁生产水平和目标完成情况", rows=3, required=False),
)


def fields_of(kind: Kind, categories: Iterable[str]) -> list[Field]:
    """Return what is to be published; of several categories the fields of all of them."""
    if kind is Kind.BASIC:
        return list(BASIC)
    if kind is Kind.RESULTS:
        return list(RESULTS)
    named = {key for key in categories if key in set(Category)} or {Category.OTHER.value}
    return [field for one in Category if one.value in named for field in CATEGORIES[one]]


class Way(Term):
    """Where category fields are published beside the platform."""

    MEDIA = "media", "当地主要媒体"
    WEBSITE = "website", "企业网站"
    OTHER = "other", "其他便于公众知晓的方式"


@dataclass(frozen=True, slots=True)
class Cell:
    """What is published of one field; a trade secret carries its reason and may carry the value."""

    key: str
    title: str
    value: str = ""
    secret: bool = False
    why: str = ""

    def as_json(self) -> dict[str, Any]:
        """Return it as it is kept."""
        return asdict(self)


SECRET = "涉及商业秘密，不公开"  # noqa: S105 - words of a page
CLOSED = "涉及商业秘密，由牵头部门掌握"


def for_public(cells: Iterable[Cell]) -> list[Cell]:
    """Return what everybody reads: of a secret neither the value nor the reason."""
    return [replace(one, value=SECRET, why="") if one.secret else one for one in cells]


def for_partner(cells: Iterable[Cell]) -> list[Cell]:
    """Return what the other department of the city reads: secrets stay closed."""
    return [replace(one, value=CLOSED, why="") if one.secret else one for one in cells]


# A mobile number in its usual spellings; the number of an identity card by its day of birth.
_MOBILE = re.compile(r"(?<!\d)(?:\+?86[ -]?)?1[3-9]\d(?:[ -]?\d{4}){2}(?!\d)")
_IDENTITY = re.compile(
    r"(?<!\d)[1-9]\d{5}(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx](?!\d)"
)


def personal(text: str) -> str:
    """Say what in a text belongs to a person and not before the public; empty for nothing."""
    plain = unicodedata.normalize("NFKC", text)
    if _MOBILE.search(plain):
        return "内容向公众公开，不能填写手机号码，请改填单位电话或删去"
    return "内容向公众公开，不能填写身份证号，请删去" if _IDENTITY.search(plain) else ""


def problems(fields: Collection[Field], cells: Mapping[str, Cell], *, kind: Kind) -> dict[str, str]:
    """Return what is wrong, by field."""
    wrong: dict[str, str] = {}
    for field in fields:
        cell = cells.get(field.key, Cell(field.key, field.title))
        said = _problem(field, cell, may_withhold=kind is Kind.RESULTS)
        if said:
            wrong[field.key] = said
    return wrong


def _problem(field: Field, cell: Cell, *, may_withhold: bool) -> str:
    if cell.secret and (field.fixed or not may_withhold):
        return "该项应当公布，不能作为商业秘密"
    if cell.secret and not cell.why.strip():
        return "作为商业秘密不公开的，请写明理由"
    if not (cell.secret or field.fixed) and (said := personal(cell.value)):
        return said
    if not cell.value.strip():
        return "请填写" if field.required and not cell.secret and not field.fixed else ""
    return "请填写数字，不带单位" if field.number and not is_number(cell.value) else ""


def is_number(text: str) -> bool:
    """Tell whether a text is a plain number that is not negative."""
    try:
        number = Decimal(text.strip().replace(",", "").replace("，", ""))
    except InvalidOperation:
        return False
    return number.is_finite() and number >= 0


def proof_problems(
    *, way: str, where: str, since: date | None, link: str, has_file: bool, today: date
) -> dict[str, str]:
    """Return what the proof of a publication elsewhere lacks, by field."""
    wrong: dict[str, str] = {}
    if way not in set(Way):
        wrong["way"] = "请选择公布方式"
    if not where.strip():
        wrong["where"] = "请写明媒体、网站或地点的名称"
    if since is None:
        wrong["since"] = "请填写公布起始日期"
    elif since > today:
        wrong["since"] = f"公布起始日期不能晚于今天 {today.isoformat()}"
    if link and not link.lower().startswith(("http://", "https://")):
        wrong["link"] = "网址应以 http:// 或 https:// 开头"
    elif not link and not has_file:
        wrong["link"] = "请填写公布的网址，或上传截图、扫描件"
    return wrong
