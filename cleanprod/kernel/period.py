"""Days, months and working days as the rules of the trade count them."""

from calendar import monthrange
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date, timedelta

from cleanprod.kernel.errors import Refused

Calendar = Callable[[date], bool]

_LONGEST_HOLIDAY = 60
_SATURDAY = 5


def add_months(day: date, months: int) -> date:
    """Return the same day so many calendar months later; a missing day becomes the month's last."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


@dataclass(frozen=True, slots=True)
class Period:
    """The days from start to end, both included; without an end it stays open."""

    start: date
    end: date | None = None

    def __post_init__(self) -> None:
        if self.end is not None and self.end < self.start:
            raise Refused(f"结束日期{self.end}早于开始日期{self.start}")

    def __contains__(self, day: date) -> bool:
        return self.start <= day and (self.end is None or day <= self.end)

    def overlaps(self, other: "Period") -> bool:
        """Tell whether the two periods share a day."""
        return self.start in other or other.start in self

    @property
    def days(self) -> int | None:
        """Return how many days the period has, or None while it is open."""
        return None if self.end is None else (self.end - self.start).days + 1


def year_of(year: int) -> Period:
    """Return the calendar year as a period."""
    return Period(date(year, 1, 1), date(year, 12, 31))


def weekdays(holidays: Collection[date] = (), workdays: Collection[date] = ()) -> Calendar:
    """Make a calendar: Monday to Friday, less the holidays, plus the weekends that are worked."""
    off, on = frozenset(holidays), frozenset(workdays)

    def is_workday(day: date) -> bool:
        return day in on or (day.weekday() < _SATURDAY and day not in off)

    return is_workday


def add_workdays(day: date, count: int, is_workday: Calendar) -> date:
    """Return the count-th working day after a day (before it when negative).

    The day itself is not counted; a count of 0 returns it unchanged.
    """
    step = timedelta(days=1 if count >= 0 else -1)
    idle = 0
    left = abs(count)
    while left:
        day += step
        if is_workday(day):
            left, idle = left - 1, 0
        else:
            idle += 1
        if idle > _LONGEST_HOLIDAY:
            raise Refused(f"工作日历在{day}前后没有工作日，请检查工作日历")
    return day


def workdays_between(start: date, end: date, is_workday: Calendar) -> int:
    """Count the working days after start up to and including end; negative if end is earlier."""
    if end < start:
        return -workdays_between(end - timedelta(days=1), start - timedelta(days=1), is_workday)
    span = (end - start).days
    return sum(is_workday(start + timedelta(days=n)) for n in range(1, span + 1))
