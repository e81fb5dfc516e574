"""The duties of the year: whose they are, how their days are reckoned, how they stand."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from cleanprod.foundation.organisations.rules import Role
from cleanprod.kernel.period import add_months
from cleanprod.kernel.term import Term


class Known(Term):
    """How it is known that a duty was done."""

    TARGETS = "targets", "预期目标已确定"
    LISTS = "lists", "名单已公布并录入平台"
    FILED = "filed", "已报送备案"
    BACKLOG = "backlog", "上年度通过验收的企业都已完成“平台”流程"
    SURVEYED = "surveyed", "已上报候选企业"
    REGISTERED = "registered", "名单企业都已注册"
    STARTED = "started", "名单企业都已启动审核"
    CONFIRMED = "confirmed", "由办理单位登记完成"


# What the records may leave open is confirmed by hand as well: no candidates, the rest excused.
BY_HAND = frozenset({Known.CONFIRMED, Known.BACKLOG, Known.SURVEYED})


class State(Term):
    """How a duty stands on a day."""

    DONE = "done", "已完成"
    LATE = "late", "逾期完成"
    OVERDUE = "overdue", "已逾期"
    SOON = "soon", "即将到期"
    AHEAD = "ahead", "未到期"


@dataclass(frozen=True, slots=True)
class Duty:
    """One duty of the year; day, title and basis are the rulebook's under `calendar.<key>`.

    `route` names the page where it is done, `query` what it is asked, with the year and the
    department for {year} and {line}; `after` says that it falls into the next year.
    """

    key: str
    roles: frozenset[Role]
    known: Known
    route: str = ""
    query: str = ""
    after: bool = False

    @property
    def rule(self) -> str:
        """Return the key of the provision."""
        return f"calendar.{self.key}"


_PROVINCE, _CITY = frozenset({Role.PROVINCE}), frozenset({Role.CITY})
_COUNTY = frozenset({Role.COUNTY})
_OWN = "lead={line}&year={year}"
# P5 of the programme, in the order of the year (notice 2023, 二 and 三).
DUTIES = (
    Duty("backlog", _CITY, Known.BACKLOG, "review:completions"),
    Duty("survey", _COUNTY, Known.SURVEYED, "candidates:survey", "year={year}"),
    Duty("data_check", _CITY, Known.CONFIRMED, "bulletins:checks"),
    Duty("targets", _PROVINCE, Known.TARGETS, "programme:targets"),
    Duty("lists", _CITY, Known.LISTS, "programme:import"),
    Duty("filing", _CITY, Known.FILED, "planning:plans"),
    Duty("disclosure", _CITY, Known.CONFIRMED),
    Duty(
        "register",
        _CITY | _COUNTY,
        Known.REGISTERED,
        "desk:rounds",
        "lead={line}&stage=listed&year={year}",
    ),
    Duty(
        "start",
        _CITY | _COUNTY,
        Known.STARTED,
        "desk:rounds",
        "lead={line}&overdue=start&year={year}",
    ),
    Duty("training", _CITY, Known.CONFIRMED),
    Duty("dispatch", _CITY | _COUNTY, Known.CONFIRMED, "dispatch:home"),
    Duty("half_year", _CITY, Known.CONFIRMED, "yearly:report", "span=half&year={year}"),
    Duty("bulletin", _PROVINCE, Known.CONFIRMED, "bulletins:home"),
    Duty("assessment", _CITY, Known.CONFIRMED, "hearings:board"),
    Duty("look_back", _CITY, Known.CONFIRMED),
    Duty("amendments", _CITY, Known.CONFIRMED, "desk:lists"),
    Duty("budget", _CITY, Known.CONFIRMED, "planning:plans"),
    Duty("acceptance", _CITY, Known.CONFIRMED, "review:results"),
    Duty("carry_over", _CITY, Known.CONFIRMED, "audits:carry"),
    Duty("annual", _CITY, Known.CONFIRMED, "yearly:report", "span=annual&year={year}", after=True),
)
BY_KEY = {duty.key: duty for duty in DUTIES}


def due_on(duty: Duty, value: str | int, year: int, published: date) -> date:
    """Return the day a duty of a programme year falls due.

    The rulebook gives `MM-DD`, or the months after the publication of the list.
    """
    if isinstance(value, int):
        return add_months(published, value)
    month, day = (int(part) for part in value.split("-"))
    return date(year + duty.after, month, day)


def still_asked(due: date, year: int, today: date) -> bool:
    """Tell whether a duty of an earlier year is still asked for: one of its end, in January.

    What a year left undone earlier comes again with the new year's own duties.
    """
    return year == today.year or (today.month == 1 and due >= date(year, 10, 1))


def state_of(due: date, done: date | None, *, today: date, soon: int) -> State:
    """Return how a duty stands: done in time or late, overdue, due within `soon` days, ahead."""
    if done is not None:
        return State.DONE if done <= due else State.LATE
    if today > due:
        return State.OVERDUE
    return State.SOON if today >= due - timedelta(days=soon) else State.AHEAD


def urgent(states: Sequence[tuple[date, State]]) -> list[int]:
    """Return the places of what must be done, the overdue first, then by day."""
    waiting = [
        (state is not State.OVERDUE, due, place)
        for place, (due, state) in enumerate(states)
        if state in (State.OVERDUE, State.SOON)
    ]
    return [place for _, _, place in sorted(waiting)]
