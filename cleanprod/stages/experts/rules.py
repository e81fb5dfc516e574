"""Words, moves and pure decisions about experts, their ties and their seats on panels."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import ceil
from typing import Any

from cleanprod.kernel.errors import Refused
from cleanprod.kernel.lifecycle import Lifecycle, Move
from cleanprod.kernel.names import comparable
from cleanprod.kernel.period import add_months
from cleanprod.kernel.term import Term


class Level(Term):
    """How high a professional title 专业技术职称 stands."""

    CHIEF = "chief", "正高级"
    DEPUTY = "deputy", "副高级"
    MIDDLE = "middle", "中级"
    OTHER = "other", "其他"


SENIOR = frozenset({Level.CHIEF, Level.DEPUTY})


class Field(Term):
    """What an expert is at home in 专业领域."""

    CLEANER = "cleaner", "清洁生产"
    ENERGY = "energy", "节能与能源"
    ENVIRONMENT = "environment", "生态环境"
    PROCESS = "process", "工艺技术"
    FINANCE = "finance", "财务经济"


ENERGY_OR_ENVIRONMENT = frozenset({Field.ENERGY, Field.ENVIRONMENT})


class TieKind(Term):
    """Why an expert may not review somebody."""

    EMPLOYED = "employed", "任职"
    CONSULTED = "consulted", "咨询服务"
    DECLARED = "declared", "主动申报回避"


class State(Term):
    """Where an expert stands in the pool."""

    APPLIED = "applied", "待确认"
    RETURNED = "returned", "退回补正"
    POOL = "pool", "在库"
    SUSPENDED = "suspended", "暂停"
    LEFT = "left", "已退出"


class Act(Term):
    """What can be done to the entry of an expert."""

    CONFIRM = "confirm", "确认入库"
    RETURN = "return", "退回补正"
    APPLY = "apply", "再次申请"
    SUSPEND = "suspend", "暂停"
    RESUME = "resume", "恢复"
    LEAVE = "leave", "退出专家库"


class Who(Term):
    """The part a person has in the pool or in a panel."""

    PROVINCE = "province", "省级主管部门"
    LEAD = "lead", "牵头部门"
    EXPERT = "expert", "专家本人"


_PROVINCE = frozenset({Who.PROVINCE})
_LEAD = frozenset({Who.LEAD})
_EXPERT = frozenset({Who.EXPERT})
_EITHER = frozenset({Who.EXPERT, Who.LEAD})

EXPERTS: Lifecycle[State, Act, Who] = Lifecycle(
    (
        Move(Act.CONFIRM, State.APPLIED, State.POOL, _PROVINCE),
        Move(Act.RETURN, State.APPLIED, State.RETURNED, _PROVINCE, reason=True),
        Move(Act.APPLY, State.RETURNED, State.APPLIED, _EXPERT),
        Move(Act.APPLY, State.LEFT, State.APPLIED, _EXPERT),
        Move(Act.SUSPEND, State.POOL, State.SUSPENDED, _PROVINCE, reason=True),
        Move(Act.RESUME, State.SUSPENDED, State.POOL, _PROVINCE),
        Move(Act.LEAVE, State.POOL, State.LEFT, _PROVINCE | _EXPERT, reason=True),
        Move(Act.LEAVE, State.SUSPENDED, State.LEFT, _PROVINCE | _EXPERT, reason=True),
    )
)


# What the expert keeps oneself; title, level, trades and fields are proved to the province.
OWN_FACTS = ("phone", "mail", "employer", "city_id")
ALL_FACTS = (*OWN_FACTS, "name", "identity", "title", "level", "trades", "fields")


class Purpose(Term):
    """What a panel meets for."""

    ASSESSMENT = "assessment", "评估"
    ACCEPTANCE = "acceptance", "验收"
    JOINT = "joint", "评估验收（合并）"


class PanelStage(Term):
    """Where a panel stands."""

    PREPARED = "prepared", "筹备中"
    DRAWN = "drawn", "已抽取"
    OPENED = "opened", "会议已召开"
    CANCELLED = "cancelled", "已取消"


class PanelAct(Term):
    """What the lead department does with a panel."""

    DRAW = "draw", "随机抽取"
    REPLACE = "replace", "补抽"
    INVITE = "invite", "定向邀请"
    RESCHEDULE = "reschedule", "调整会议日期"
    OPEN = "open", "宣布会议召开"
    CANCEL = "cancel", "取消评审组"


def _panel_moves() -> Iterator[Move[PanelStage, PanelAct, Who]]:
    prepared, drawn = PanelStage.PREPARED, PanelStage.DRAWN
    yield Move(PanelAct.DRAW, prepared, drawn, _LEAD)
    yield Move(PanelAct.REPLACE, drawn, drawn, _LEAD)
    for stage in (prepared, drawn):
        yield Move(PanelAct.INVITE, stage, stage, _LEAD, reason=True)
        yield Move(PanelAct.RESCHEDULE, stage, stage, _LEAD, reason=True)
        yield Move(PanelAct.OPEN, stage, PanelStage.OPENED, _LEAD)
        yield Move(PanelAct.CANCEL, stage, PanelStage.CANCELLED, _LEAD, reason=True)


PANELS: Lifecycle[PanelStage, PanelAct, Who] = Lifecycle(_panel_moves())


class Seat(Term):
    """Where the appointment of one expert to one panel stands."""

    PROPOSED = "proposed", "定向邀请待批准"
    REFUSED = "refused", "未批准"
    INVITED = "invited", "已邀请，待答复"
    DRAWN = "drawn", "已抽取，待答复"
    ACCEPTED = "accepted", "已接受"
    DECLINED = "declined", "已谢绝"
    RELEASED = "released", "已解除"
    REPLACED = "replaced", "已补抽"


class SeatAct(Term):
    """What can be done to an appointment."""

    APPROVE = "approve", "批准邀请"
    REFUSE = "refuse", "不予批准"
    ACCEPT = "accept", "接受"
    DECLINE = "decline", "谢绝"
    RELEASE = "release", "解除聘请"
    REPLACE = "replace", "补抽"


ASKED = (Seat.INVITED, Seat.DRAWN)
TAKEN = (*ASKED, Seat.ACCEPTED)  # these hold a seat
COUNTED = (*TAKEN, Seat.PROPOSED)  # these may come to hold one
OPEN_SEATS = (Seat.DECLINED, Seat.RELEASED)  # of these a draw may fill the place


def _seat_moves() -> Iterator[Move[Seat, SeatAct, Who]]:
    yield Move(SeatAct.APPROVE, Seat.PROPOSED, Seat.INVITED, _LEAD)
    yield Move(SeatAct.REFUSE, Seat.PROPOSED, Seat.REFUSED, _LEAD, reason=True)
    for seat in ASKED:
        yield Move(SeatAct.ACCEPT, seat, Seat.ACCEPTED, _EITHER)
    for seat in TAKEN:
        yield Move(SeatAct.DECLINE, seat, Seat.DECLINED, _EITHER, reason=True)
        yield Move(SeatAct.RELEASE, seat, Seat.RELEASED, _LEAD, reason=True)
    for seat in OPEN_SEATS:
        yield Move(SeatAct.REPLACE, seat, Seat.REPLACED, _LEAD)


SEATS: Lifecycle[Seat, SeatAct, Who] = Lifecycle(_seat_moves())


@dataclass(frozen=True, slots=True)
class Bond:
    """One tie of an expert to somebody: an organisation of the platform, a name, or both."""

    kind: TieKind
    name: str
    organisation: int | None = None
    since: date | None = None
    until: date | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Candidate:
    """An expert as the draw sees them; nothing personal beyond the name."""

    id: int
    name: str
    level: Level
    fields: tuple[str, ...] = ()
    trades: tuple[str, ...] = ()
    employer: str = ""
    city: str = ""
    bonds: tuple[Bond, ...] = ()
    away: tuple[date, date] | None = None
    load: int = 0  # appointments in the month of the meeting
    busy: bool = False  # on another panel that day
    offices: frozenset[int] = frozenset()  # for whom the account acts


@dataclass(frozen=True, slots=True)
class Party:
    """Somebody from whom reviewers must be independent: an enterprise or its consultancy."""

    name: str
    organisation: int | None = None
    consultancy: bool = False

    @property
    def word(self) -> str:
        """Return the party as the reasons name it."""
        return f"{'咨询机构' if self.consultancy else '被评审企业'}“{self.name}”"


@dataclass(frozen=True, slots=True)
class Limits:
    """The dated numbers that decide who may sit on a panel."""

    cooling_years: int
    monthly_cap: int


def ties_to(
    candidate: Candidate, parties: Iterable[Party], *, on: date, cooling_years: int
) -> list[str]:
    """Return why a candidate may not review these parties, one reason a tie, in Chinese."""
    found = []
    employer = comparable(candidate.employer)
    for party in parties:
        name = comparable(party.name)
        if employer and employer == name:
            found.append(f"现工作单位即{party.word}")
        if party.organisation in candidate.offices:
            found.append(f"账号现为{party.word}的人员")
        for bond in candidate.bonds:
            same = (bond.organisation and bond.organisation == party.organisation) or (
                name and comparable(bond.name) == name
            )
            if same and binds(bond, on=on, cooling_years=cooling_years):
                found.append(_told(bond, party, cooling_years))
    return found


def binds(bond: Bond, *, on: date, cooling_years: int) -> bool:
    """Tell whether a tie still binds: it goes on, or ended less than so many years before."""
    return bond.until is None or add_months(bond.until, 12 * cooling_years) > on


def _told(bond: Bond, party: Party, years: int) -> str:
    if bond.kind is TieKind.DECLARED:
        return f"本人申报回避{party.word}：{bond.reason}"
    end = f"{bond.until.isoformat()}止，未满{years}年" if bond.until else "至今"
    doing = "任职" if bond.kind is TieKind.EMPLOYED else "提供咨询服务"
    place = f"在{party.word}" if bond.kind is TieKind.EMPLOYED else f"为{party.word}"
    return f"{place}{doing}（{end}）"


def exclusions(
    candidate: Candidate, parties: Iterable[Party], *, on: date, limits: Limits
) -> list[str]:
    """Return every reason why a candidate cannot sit on a panel that meets on a day."""
    found = ties_to(candidate, parties, on=on, cooling_years=limits.cooling_years)
    if candidate.away and candidate.away[0] <= on <= candidate.away[1]:
        found.append(
            f"{candidate.away[0].isoformat()}至{candidate.away[1].isoformat()}本人登记不能参加"
        )
    if candidate.busy:
        found.append("当日已受聘于另一评审组")
    if candidate.load >= limits.monthly_cap:
        found.append(f"当月已受聘{candidate.load}次，达到每月{limits.monthly_cap}次的上限")
    return found


@dataclass(frozen=True, slots=True)
class Composition:
    """The dated numbers that a panel as a whole must meet."""

    size_min: int
    size_max: int
    odd: bool
    trade_expert: bool
    energy_or_environment: bool
    senior_percent: int
    one_per_unit: bool

    @classmethod
    def of(cls, table: Mapping[str, Any]) -> "Composition":
        """Return the numbers of a rulebook table."""
        return cls(**{name: table[name] for name in cls.__dataclass_fields__})


def checked_size(size: int, rule: Composition) -> None:
    """Refuse a size that the rule does not allow."""
    if not rule.size_min <= size <= rule.size_max:
        raise Refused(f"评审组人数应为{rule.size_min}至{rule.size_max}人")
    if rule.odd and size % 2 == 0:
        raise Refused("评审组人数应为单数")


def seniors_needed(size: int, rule: Composition) -> int:
    """Return how many members need a senior title 高级职称, rounded up."""
    return ceil(size * rule.senior_percent / 100)


def checked_meeting(on: date, *, today: date) -> None:
    """Refuse a meeting in the past."""
    if on < today:
        raise Refused(f"会议日期 {on.isoformat()} 早于今天 {today.isoformat()}")


def trade_of(industry: str) -> str:
    """Return the division of GB/T 4754 (two digits) of an industry code, or nothing."""
    digits = "".join(sign for sign in industry if sign.isascii() and sign.isdigit())
    return digits[:2] if len(digits) >= 2 else ""


def may_invite(eligible: int, *, below: int, possible: bool) -> bool:
    """Tell whether the pool is too small to draw from, so that a direct invitation is open."""
    return eligible < below or not possible


def gone_from_seats(
    members: Mapping[int, str], barred: Mapping[int, Sequence[str]], pool: Collection[int]
) -> list[str]:
    """Return in words which members may no longer sit: out of the pool, or tied by now."""
    found = []
    for pk, name in members.items():
        if pk not in pool:
            found.append(f"{name}已不在专家库")
        elif barred.get(pk):
            found.append(f"{name}：{'；'.join(barred[pk])}")
    return found


def checked_trades(trades: Collection[str], size: int) -> None:
    """Refuse more trades than members: nobody can say that each enterprise has its expert."""
    if len(trades) > size:
        raise Refused(
            f"被评审企业分属{len(trades)}个行业，多于评审组人数{size}人，请按行业分组组建"
        )
