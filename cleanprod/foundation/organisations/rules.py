"""Words and rules about whom one acts for, and how a firm in a workbook is told from another."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from cleanprod.kernel.credit_code import Kind as CodeKind
from cleanprod.kernel.credit_code import Verdict, differ_by_a_slip
from cleanprod.kernel.names import spelt_alike
from cleanprod.kernel.term import Term


class Line(Term):
    """The two departments, each of which may lead a round 牵头部门."""

    INDUSTRY = "industry", "工业和信息化"
    ECOLOGY = "ecology", "生态环境"


class Kind(Term):
    """What sort of organisation a person acts for."""

    AUTHORITY = "authority", "主管部门"
    ENTERPRISE = "enterprise", "企业"
    CONSULTANCY = "consultancy", "咨询机构"
    SUPPORT = "support", "技术支撑单位"
    POOL = "pool", "专家库"
    OPERATOR = "operator", "平台运维"


class Role(Term):
    """What a membership lets a person be."""

    PROVINCE = "province", "省级主管部门"
    CITY = "city", "市级主管部门"
    COUNTY = "county", "县区、镇街、园区"
    ENTERPRISE = "enterprise", "企业"
    CONSULTANCY = "consultancy", "咨询机构"
    EXPERT = "expert", "专家"
    SUPPORT = "support", "技术支撑单位"
    ADMIN = "admin", "系统管理员"
    AUDITOR = "auditor", "安全审计员"


class Part(Term):
    """The part a person has in one record; tables of moves speak of parts."""

    PROVINCE = "province", "省级主管部门"
    LEAD = "lead", "牵头部门"
    PARTNER = "partner", "同市另一部门"
    COUNTY = "county", "县区、镇街、园区"
    ENTERPRISE = "enterprise", "企业"


class CodeState(Term):
    """How far the credit code of an organisation can be relied on."""

    VALID = "valid", "校验通过"
    CONFIRMED = "confirmed", "经人工确认"
    LEGACY = "legacy", "旧式号码"
    NONE = "none", "无代码"


@dataclass(frozen=True, slots=True)
class Standing:
    """Who acts, and for whom: one person in one membership."""

    person_id: int
    person_name: str
    role: Role
    office_id: int | None = None
    office_name: str = ""
    line: Line | None = None
    province: str = ""
    city: str = ""
    county: str = ""
    via: str = "网页"

    def leads(self, *, city: str, lead: str) -> bool:
        """Tell whether this is the city department that leads the record."""
        return self.role is Role.CITY and self.city == city and self.line == lead


def parts_in(
    standing: Standing, *, city: str, lead: str, county: str = "", enterprise: int | None = None
) -> frozenset[Part]:
    """Return the parts this person has in a record of a city, a lead and an enterprise."""
    if standing.role is Role.PROVINCE:
        return frozenset({Part.PROVINCE})
    if standing.role is Role.CITY and standing.city == city:
        return frozenset({Part.LEAD if standing.line == lead else Part.PARTNER})
    if standing.role is Role.COUNTY and county and standing.county == county:
        return frozenset({Part.COUNTY}) if standing.line in (None, lead) else frozenset()
    if standing.role is Role.ENTERPRISE and enterprise and standing.office_id == enterprise:
        return frozenset({Part.ENTERPRISE})
    return frozenset()


class Match(Term):
    """What comparing a row of a workbook with the known enterprises says."""

    SAME = "same", "同一企业"
    NEW = "new", "新企业"
    UNSURE = "unsure", "待决定"


@dataclass(frozen=True, slots=True)
class Known:
    """A known enterprise as matching sees it."""

    id: int
    name: str
    comparable: str
    code: str
    code_state: str
    city: str


@dataclass(frozen=True, slots=True)
class Judgement:
    """The outcome of matching one row; `why` is Chinese and empty when nothing is to say.

    `repaired` is a valid code that the row may mean; it is offered, never applied unasked.
    """

    match: Match
    enterprise: Known | None = None
    why: str = ""
    repaired: str = ""


def judge(
    verdict: Verdict,
    names: Sequence[str],
    city: str,
    by_code: Mapping[str, Sequence[Known]],
    by_name: Mapping[str, Sequence[Known]],
    *,
    written: str = "",
) -> Judgement:
    """Tell whether a row names a known enterprise, a new one, or asks for a decision.

    `names` are the comparable forms of the name and of former names in brackets, `written` the
    name as it stands in the row: without a code a mere likeness of characters is asked about.
    One code can sit on two firms and one firm can appear under several names, so code and
    name are read together and any disagreement is asked about (domain/7 7.9).
    """
    with_code = by_code.get(verdict.code, ()) if verdict.code else ()
    same = [known for known in with_code if known.comparable in names]
    if len(same) == 1:
        return Judgement(Match.SAME, same[0])
    if len(same) > 1:
        return Judgement(Match.UNSURE, same[0], "存在多个代码、名称均相同的企业，请指定其中一个")
    if with_code:
        return Judgement(
            Match.UNSURE,
            with_code[0],
            f"代码与已有企业“{with_code[0].name}”相同但名称不同，请确认是更名还是另一企业",
        )
    here = [known for name in names for known in by_name.get(name, ()) if known.city == city]
    if verdict.kind in (CodeKind.WRONG_CHECK, CodeKind.OTHER):
        meant = by_code.get(verdict.suggestion, ()) if verdict.suggestion else ()
        return _doubtful(verdict, here, meant)
    return _by_name(verdict, here, written)


def _doubtful(verdict: Verdict, here: Sequence[Known], meant: Sequence[Known]) -> Judgement:
    """Ask about a code that cannot be right, naming the known firm that it may be.

    That is the firm of the place with the row's name, else the firm with the code that the
    suggestion repairs it to.
    """
    hint = f"，疑为{verdict.suggestion}" if verdict.suggestion else ""
    known = next((one for one in meant if one in here), None) or next(iter((*here, *meant)), None)
    same = ""
    if known and known in here:
        same = f"；名称与已有企业相同（代码：{known.code or '无代码'}{_slip(verdict, known)}）"
    elif known:
        same = f"，即已有企业“{known.name}”的代码"
    why = f"{verdict.problem}{hint}{same}；确属登记机关所发的，请写明理由"
    return Judgement(Match.UNSURE, known, why, verdict.suggestion)


def _slip(verdict: Verdict, known: Known) -> str:
    return "，疑为录入错误" if differ_by_a_slip(verdict.code, known.code) else ""


def _by_name(verdict: Verdict, here: Sequence[Known], written: str) -> Judgement:
    if not here:
        return Judgement(Match.NEW)
    if verdict.code or len(here) > 1:
        return Judgement(
            Match.UNSURE,
            here[0],
            f"名称与已有企业相同但代码不同（已有：{here[0].code or '无代码'}"
            f"{_slip(verdict, here[0])}），请确认是否同一企业",
        )
    if written and not spelt_alike(here[0].name, written):
        return Judgement(
            Match.UNSURE,
            here[0],
            f"名称与已有企业“{here[0].name}”只是繁简写法相近，又没有代码可以核对，请确认是否同一企业",
        )
    return Judgement(Match.SAME, here[0])


def code_state(verdict: Verdict) -> CodeState:
    """Return how a code is kept once it was accepted."""
    if verdict.kind is CodeKind.VALID:
        return CodeState.VALID
    if verdict.kind in (CodeKind.WRONG_CHECK, CodeKind.OTHER):
        return CodeState.CONFIRMED
    return CodeState.NONE if verdict.kind is CodeKind.NONE else CodeState.LEGACY


def grouped(known: Iterable[Known], key: str) -> dict[str, list[Known]]:
    """Group known enterprises by one of their attributes."""
    groups: dict[str, list[Known]] = {}
    for one in known:
        groups.setdefault(getattr(one, key), []).append(one)
    return groups


def has_role(standing: Standing | None, roles: Collection[Role]) -> bool:
    """Tell whether somebody acts in one of these roles."""
    return standing is not None and standing.role in roles
