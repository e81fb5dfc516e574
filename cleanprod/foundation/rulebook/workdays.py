"""Working days by the kept calendar, each reckoning told in words; and how it is edited."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db import transaction

from cleanprod.foundation.organisations.rules import Standing
from cleanprod.foundation.rulebook import access, shipped_days
from cleanprod.foundation.rulebook.models import SpecialDay
from cleanprod.foundation.rulebook.rules import Status
from cleanprod.foundation.trail import actions as trail
from cleanprod.kernel.errors import Refused
from cleanprod.kernel.period import Calendar, add_workdays, weekdays

_SATURDAY = 5
_MOST = 366  # working days that may be counted at once


@dataclass(frozen=True, slots=True)
class Reckoned:
    """A day that working days lead to, in words, and the years whose calendar is not known."""

    day: date
    words: str
    uncovered: tuple[int, ...]


def calendar(first: date, last: date) -> Calendar:
    """Return the working days from a day to another, both included, by the kept calendar."""
    rows = SpecialDay.objects.filter(day__range=(first, last))
    marked = dict(rows.values_list("day", "working"))
    return weekdays(
        holidays=[day for day, working in marked.items() if not working],
        workdays=[day for day, working in marked.items() if working],
    )


def uncovered(first: date, last: date) -> tuple[int, ...]:
    """Return the years between two days for which no calendar is kept."""
    years = range(first.year, last.year + 1)
    known = set(SpecialDay.objects.filter(day__year__in=years).values_list("day__year", flat=True))
    return tuple(year for year in years if year not in known)


def reckon(start: date, count: int) -> Reckoned:
    """Return the count-th working day after a day, which itself is not counted, in words."""
    if not 0 < count <= _MOST:
        raise Refused(f"工作日天数应在1至{_MOST}之间")
    reach = start + timedelta(days=2 * count + 60)
    end = add_workdays(start, count, calendar(start, reach))
    missing = uncovered(start, end)
    words = f"{start.isoformat()} 之后第{count}个工作日{_departures(start, end)}"
    if missing:
        years = "、".join(str(year) for year in missing)
        words += f"；{years}年的放假安排尚未录入，暂按周一至周五计算，请核对"
    return Reckoned(end, words, missing)


def including(first: date, count: int) -> Reckoned:
    """Return the last of so many working days of which the first may be the day itself."""
    found = reckon(first - timedelta(days=1), count)
    words = f"{first.isoformat()} 起{count}个工作日{_departures(first, found.day)}"
    tail = found.words.partition("；")[2]
    return Reckoned(found.day, f"{words}；{tail}" if tail else words, found.uncovered)


def _departures(first: date, last: date) -> str:
    """Say which weekdays in between were free and which weekend days were worked."""
    rows = SpecialDay.objects.filter(day__range=(first, last))
    off = [one.day for one in rows if not one.working and one.day.weekday() < _SATURDAY]
    on = [one.day for one in rows if one.working and one.day.weekday() >= _SATURDAY]
    parts = []
    if off:
        parts.append(f"扣除放假{_days(off)}")
    if on:
        parts.append(f"计入调休上班{_days(on)}")
    return f"（{'，'.join(parts)}）" if parts else ""


def _days(days: list[date]) -> str:
    return "、".join(f"{day.month}月{day.day}日" for day in days)


@transaction.atomic
def keep(day: date, *, working: bool, note: str, source: str, by: Standing) -> SpecialDay:
    """Say that a day is free or worked; the same said twice changes nothing."""
    access.check_may_amend(by)
    if not note.strip() or not source.strip():
        raise Refused("请填写说明和来源（如国务院办公厅通知文号）")
    if working == (day.weekday() < _SATURDAY):
        raise Refused(f"{day}是{'工作日' if working else '周末'}，不需要登记")
    known = SpecialDay.objects.select_for_update().filter(day=day).first()
    said = (working, note.strip(), source.strip())
    if known and (known.working, known.note, known.source) == said:
        return known
    kept, _ = SpecialDay.objects.update_or_create(
        day=day,
        defaults={
            "working": working, "note": said[1], "source": said[2],
            "status": Status.CONFIRMED.value,
        },
    )  # fmt: skip
    _tell(kept, "day:keep", "登记工作日历", str(known) if known else "", "", by)
    return kept


@transaction.atomic
def drop(day: date, *, reason: str, by: Standing) -> bool:
    """Take a day out of the calendar with the reason; tell whether it was there."""
    access.check_may_amend(by)
    known = SpecialDay.objects.select_for_update().filter(day=day).first()
    if known is None:
        return False
    if not reason.strip():
        raise Refused("请填写理由")
    _tell(known, "day:drop", "删除工作日历", str(known), reason.strip(), by)
    known.delete()
    return True


@transaction.atomic
def load_new(*, by: Standing) -> int:
    """Take the years over that the library has come to know; return how many days."""
    access.check_may_amend(by)
    added = shipped_days.load()
    if added:
        trail.record(
            trail.Line(
                act="day:load", verb="导入放假安排", subject="days", label="工作日历",
                after={"days": added, "source": shipped_days.SOURCE},
            ),
            by=by,
        )  # fmt: skip
    return added


def _tell(kept: SpecialDay, act: str, verb: str, before: str, reason: str, by: Standing) -> None:
    trail.record(
        trail.Line(
            act=act, verb=verb, subject=f"day:{kept.day.isoformat()}", label=str(kept),
            before={"said": before}, after={"said": str(kept) if act != "day:drop" else ""},
            reason=reason,
        ),
        by=by,
    )  # fmt: skip
