"""Who should be listed this year and why, from what is known of each firm; pure."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from cleanprod.foundation.organisations.rules import Line, Part
from cleanprod.kernel.lifecycle import Lifecycle, Move
from cleanprod.kernel.period import add_months
from cleanprod.kernel.term import Term
from cleanprod.stages.audits.rules import WORKING, Stage
from cleanprod.stages.programme.rules import AuditKind, Category, Vocs, lead_of


class Reason(Term):
    """Why an enterprise is proposed."""

    DUE = "due", "“双有”间隔期届满"
    EXPIRY = "expiry", "验收证书到期"
    ROLL = "roll", "滚动纳入"
    VOCS = "vocs", "VOCs重点监管"
    INDUSTRY = "industry", "重点行业"
    CANDIDATE = "candidate", "县区摸底上报"


class State(Term):
    """Where a candidate stands."""

    DRAFT = "draft", "草拟"
    REPORTED = "reported", "已上报"
    TAKEN = "taken", "已采纳"
    DECLINED = "declined", "未采纳"
    WITHDRAWN = "withdrawn", "已撤回"


class Act(Term):
    """What can be done to a candidate."""

    EDIT = "edit", "修改"
    REPORT = "report", "上报"
    WITHDRAW = "withdraw", "撤回"
    TAKE = "take", "采纳"
    DECLINE = "decline", "不采纳"
    RESTORE = "restore", "恢复上报"


def survey_open(closed: object) -> bool:
    """Hold while the city still takes candidates."""
    return not closed


_COUNTY = frozenset({Part.COUNTY})
_LEAD = frozenset({Part.LEAD})
CANDIDATES: Lifecycle[State, Act, Part] = Lifecycle(
    (
        Move(Act.EDIT, State.DRAFT, State.DRAFT, _COUNTY, when=survey_open),
        Move(Act.EDIT, State.REPORTED, State.REPORTED, _COUNTY, when=survey_open),
        Move(Act.REPORT, State.DRAFT, State.REPORTED, _COUNTY, when=survey_open),
        Move(Act.WITHDRAW, State.DRAFT, State.WITHDRAWN, _COUNTY, when=survey_open),
        Move(Act.WITHDRAW, State.REPORTED, State.WITHDRAWN, _COUNTY, when=survey_open),
        Move(Act.TAKE, State.REPORTED, State.TAKEN, _LEAD),
        Move(Act.DECLINE, State.REPORTED, State.DECLINED, _LEAD, reason=True),
        Move(Act.RESTORE, State.DECLINED, State.REPORTED, _LEAD),
    )
)


@dataclass(frozen=True, slots=True)
class Past:
    """One round of a firm as the proposal looks at it."""

    id: int
    list_year: int
    stage: Stage
    kind: AuditKind
    categories: tuple[str, ...]
    listed_on: date
    accepted_on: date | None = None
    ended_on: date | None = None


@dataclass(frozen=True, slots=True)
class Reported:
    """One candidate that a county reported to the city."""

    id: int
    line: Line
    place: str
    kind: AuditKind
    categories: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Listed:
    """A list of the year that names the firm already."""

    batch: int
    title: str


@dataclass(frozen=True, slots=True)
class Certificate:
    """The latest certificate of a firm 验收证书."""

    number: str
    issued_on: date
    valid_until: date


@dataclass(frozen=True, slots=True)
class Firm:
    """What is known of one enterprise of a city; rounds from the oldest to the newest."""

    id: int
    industry: str
    county: str | None = None
    rounds: Sequence[Past] = ()
    vocs: tuple[Vocs, ...] = ()
    candidates: Sequence[Reported] = ()
    listed: Listed | None = None
    certificate: Certificate | None = None


@dataclass(frozen=True, slots=True)
class Terms:
    """The numbers and tables of the rulebook that a proposal goes by."""

    double_toxic_years: int
    interval_years: int
    sectors: Mapping[str, Sequence[str]]
    kinds: Mapping[str, str]
    leads: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Why:
    """One reason with its particulars in words."""

    reason: Reason
    text: str
    candidate: int = 0


@dataclass(frozen=True, slots=True)
class Proposed:
    """One enterprise with all its reasons, and how it would be listed."""

    firm: Firm
    reasons: tuple[Why, ...]
    kind: AuditKind
    categories: tuple[str, ...]
    lead: Line

    @property
    def under_way(self) -> bool:
        """Tell whether a round of this firm is going on, so that none is proposed."""
        return going_on(self.firm)

    @property
    def open_to_choose(self) -> bool:
        """Tell whether the firm can be put on a list of the year."""
        return not self.under_way and self.firm.listed is None

    @property
    def newest(self) -> Past | None:
        """Return the newest round."""
        return self.firm.rounds[-1] if self.firm.rounds else None


def going_on(firm: Firm) -> bool:
    """Tell whether a round of the firm is going on; a deferred one waits to be rolled in."""
    return any(past.stage in WORKING for past in firm.rounds)


def last_accepted(firm: Firm) -> date | None:
    """Return the day of the latest acceptance, if there was one."""
    return max((past.accepted_on for past in firm.rounds if past.accepted_on), default=None)


def is_double_toxic(firm: Firm) -> bool:
    """Tell whether the newest mandatory round says 双有; voluntary ones say nothing of it."""
    mandatory = [past for past in firm.rounds if past.kind is AuditKind.MANDATORY]
    return bool(mandatory) and Category.DOUBLE_TOXIC.value in mandatory[-1].categories


def next_due(firm: Firm, years: int) -> date | None:
    """Return the day by which a double_toxic firm must be audited again, to the day."""
    accepted = last_accepted(firm)
    if accepted is None or not is_double_toxic(firm):
        return None
    return add_months(accepted, 12 * years)


def expired(firm: Firm, on: date) -> Certificate | None:
    """Return the firm's certificate if it runs out by a day and no later acceptance renewed it."""
    held, accepted = firm.certificate, last_accepted(firm)
    if held is None or held.valid_until > on:
        return None
    return None if accepted is not None and accepted > held.issued_on else held


def covered(accepted: date | None, years: int, year: int) -> bool:
    """Tell whether an acceptance still counts at the end of the year."""
    return accepted is not None and add_months(accepted, 12 * years) > date(year, 12, 31)


def months_left(due: date, today: date) -> int:
    """Return the whole months until a day, or with a minus sign the whole months since it."""
    if due < today:
        return -months_left(today, due)
    whole = (due.year - today.year) * 12 + due.month - today.month
    return whole - (add_months(today, whole) > due)


def sector_of(industry: str, sectors: Mapping[str, Sequence[str]]) -> str:
    """Return the key sector of an industry code, the finest prefix deciding; empty if none."""
    best = max(
        (
            (len(prefix), name)
            for name, prefixes in sectors.items()
            for prefix in prefixes
            if industry.startswith(prefix)
        ),
        default=(0, ""),
    )
    return best[1]


def propose(firm: Firm, year: int, terms: Terms) -> Proposed | None:
    """Return the firm with every reason to list it in a year, or None when there is none."""
    whys = tuple(_whys(firm, year, terms))
    if not whys:
        return None
    kind, categories = _kind(firm, [why.reason for why in whys], terms)
    return Proposed(firm, whys, kind, categories, lead_of(kind, categories, terms.leads))


def _whys(firm: Firm, year: int, terms: Terms) -> Iterable[Why]:
    end = date(year, 12, 31)
    due = next_due(firm, terms.double_toxic_years)
    if due is not None and due <= end:
        accepted = last_accepted(firm)
        yield Why(Reason.DUE, f"{accepted}通过验收，{due}满{terms.double_toxic_years}年")
    newest = firm.rounds[-1] if firm.rounds else None
    held = expired(firm, end)
    if held is not None and newest is not None:
        yield Why(Reason.EXPIRY, f"{held.number}有效期至{held.valid_until}")
    if newest and newest.stage in (Stage.FAILED, Stage.DEFERRED) and newest.list_year < year:
        yield Why(Reason.ROLL, f"{newest.list_year}年度名单，{newest.stage.label}")
    if firm.vocs and not covered(last_accepted(firm), terms.interval_years, year):
        levels = "、".join(level.label for level in firm.vocs)
        yield Why(Reason.VOCS, f"{levels}，{terms.interval_years}年内没有通过验收")
    sector = sector_of(firm.industry, terms.sectors)
    lately = newest and add_months(newest.listed_on, 12 * terms.interval_years) > end
    if sector and not lately:
        yield Why(Reason.INDUSTRY, f"{sector}，{terms.interval_years}年内没有列入名单")
    for candidate in firm.candidates:
        text = f"{candidate.place}（{candidate.line.label}）"
        yield Why(Reason.CANDIDATE, text, candidate.id)


def _kind(
    firm: Firm, reasons: Collection[Reason], terms: Terms
) -> tuple[AuditKind, tuple[str, ...]]:
    """Return how the firm would be listed: mandatory prevails, all categories together."""
    kinds: set[AuditKind] = set()
    categories: set[str] = set()

    def add(kind: AuditKind, named: Iterable[str]) -> None:
        kinds.add(kind)
        categories.update(named if kind is AuditKind.MANDATORY else ())

    if Reason.DUE in reasons:
        add(AuditKind.MANDATORY, [Category.DOUBLE_TOXIC.value])
    if Reason.ROLL in reasons or Reason.EXPIRY in reasons:
        add(firm.rounds[-1].kind, firm.rounds[-1].categories)
    for candidate in firm.candidates:
        add(candidate.kind, candidate.categories)
    for reason in (Reason.VOCS, Reason.INDUSTRY):
        # A place's own reason only stands in where the law names none.
        if reason in reasons and not categories:
            usual = terms.kinds[reason.value]
            if usual == AuditKind.VOLUNTARY.value:
                add(AuditKind.VOLUNTARY, ())
            else:
                add(AuditKind.MANDATORY, [usual])
    if AuditKind.MANDATORY not in kinds:
        return AuditKind.VOLUNTARY, ()
    ordered = tuple(category.value for category in Category if category.value in categories)
    return AuditKind.MANDATORY, ordered or (Category.OTHER.value,)


@dataclass(frozen=True, slots=True)
class Due:
    """One line of the five-year list."""

    firm: Firm
    accepted_on: date
    due_on: date
    months: int
    days: int
    round: int

    @property
    def under_way(self) -> bool:
        """Tell whether the next audit is going on already."""
        return going_on(self.firm)


def due_list(firms: Iterable[Firm], years: int, today: date) -> list[Due]:
    """Return the double_toxic firms with the day of their next audit, the most urgent first."""
    lines = []
    for firm in firms:
        due = next_due(firm, years)
        accepted = last_accepted(firm)
        if due is None or accepted is None:
            continue
        last = next(past.id for past in firm.rounds if past.accepted_on == accepted)
        left = months_left(due, today)
        lines.append(Due(firm, accepted, due, left, (due - today).days, last))
    return sorted(lines, key=lambda line: (line.due_on, line.firm.id))


class Figure(Term):
    """What is counted of the key enterprises."""

    ALL = "all", "全部企业"
    LISTED = "listed", "本年度已列入"
    ACCEPTED = "accepted", "已通过验收"
    NEITHER = "neither", "未列入也未验收"


def figures_of(listed: bool, accepted: bool) -> frozenset[Figure]:
    """Return the figures in which one key enterprise is counted."""
    found = {Figure.ALL}
    if listed:
        found.add(Figure.LISTED)
    if accepted:
        found.add(Figure.ACCEPTED)
    if not (listed or accepted):
        found.add(Figure.NEITHER)
    return frozenset(found)
