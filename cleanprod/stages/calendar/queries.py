"""The calendar as pages show it: days, states, and how far the cities are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.db.models import Count, Min, Q

from cleanprod.foundation.engine import clock
from cleanprod.foundation.organisations.rules import Line, Role, Standing
from cleanprod.foundation.rulebook import queries as rulebook
from cleanprod.foundation.territory import queries as territory
from cleanprod.stages.calendar import rules
from cleanprod.stages.calendar.models import Confirmation
from cleanprod.stages.calendar.rules import Duty, Known, State
from cleanprod.stages.planning.models import Filing
from cleanprod.stages.programme import actions as programme
from cleanprod.stages.programme.models import Batch
from cleanprod.stages.programme.rules import BatchStage, EntryState


@dataclass(frozen=True, slots=True)
class Item:
    """One duty of one office in a year."""

    duty: Duty
    title: str
    basis: str
    confirmed_rule: bool
    due: date
    done: date | None
    state: State
    days: int
    told: Confirmation | None

    @property
    def said(self) -> str:
        """Return in words how far the day is."""
        if self.state is State.OVERDUE:
            return f"已逾期{self.days}天"
        if self.state in (State.SOON, State.AHEAD):
            return f"还有{-self.days}天"
        return f"{self.done.isoformat()}完成" if self.done else ""


def items(standing: Standing, year: int) -> list[Item]:
    """Return the duties of one's office in a year, in the order of their days."""
    today = clock.today()
    mine = [duty for duty in rules.DUTIES if standing.role in duty.roles]
    soon = int(rulebook.value("calendar.soon", on=today).value)
    told = {
        one.duty: one
        for one in Confirmation.objects.filter(
            office=standing.office_id, year=year, withdrawn_on=None
        )
    }
    found = [_item(duty, year, standing, told.get(duty.key), today, soon) for duty in mine]
    return sorted(found, key=lambda item: item.due)


def _item(
    duty: Duty, year: int, standing: Standing, told: Confirmation | None, today: date, soon: int
) -> Item:
    # A calendar of a year is ruled by what held when the year began, or holds now if that is later.
    rule = rulebook.value(duty.rule, on=min(today, date(year, 12, 31)))
    due = rules.due_on(duty, rule.value, year)
    done = told.on if told else _done(duty.known, year, standing)
    state = rules.state_of(due, done, today=today, soon=soon)
    return Item(
        duty, rule.title, rule.basis, rule.confirmed, due, done, state, (today - due).days, told
    )


def _done(known: Known, year: int, standing: Standing) -> date | None:
    """Return the day that the records give, None when nothing tells it."""
    if known is Known.TARGETS:
        fixed = programme.targets(year)
        return min((target.fixed_on for target in fixed), default=None)
    if known is Known.LISTS:
        return first_lists(year, city=standing.city).get((standing.city, standing.line or ""))
    if known is Known.FILED:
        return first_filings(year).get(standing.city)
    return None


def first_lists(year: int, city: str = "") -> dict[tuple[str, str], date]:
    """Return the day of the first published list by (city, lead)."""
    lists = Batch.objects.filter(year=year, stage=BatchStage.PUBLISHED)
    lists = lists.filter(city=city) if city else lists
    rows = lists.values_list("city_id", "lead").annotate(first=Min("published_on"))
    return {(code, lead): first for code, lead, first in rows}


def first_filings(year: int) -> dict[str, date]:
    """Return the day on which each city first filed its paper of the year."""
    rows = Filing.objects.filter(year=year, kind="plan").values_list("city_id")
    return dict(rows.annotate(first=Min("submitted_on")))


def waiting(standing: Standing) -> list[Item]:
    """Return what one's office must do next, the overdue first."""
    found = items(standing, clock.today().year)
    if clock.today().month == 1:
        found = [*items(standing, clock.today().year - 1), *found]
    return [found[place] for place in rules.urgent([(one.due, one.state) for one in found])]


@dataclass(frozen=True, slots=True)
class CityLine:
    """How far one city is in a year: the first list of each department and the filing."""

    code: str
    city: str
    firms: int
    industry: date | None
    ecology: date | None
    filed: date | None
    registered: bool
    lists_due: date
    filing_due: date

    def late(self, on: date | None, due: date, today: date) -> int:
        """Return by how many days something is or was late; 0 when it was in time."""
        return max(((on or today) - due).days, 0)

    @property
    def whole(self) -> bool:
        """Tell whether both departments published and the paper is filed."""
        return None not in (self.industry, self.ecology, self.filed)


def board(year: int) -> list[CityLine]:
    """Return every city of the province in the notice's order."""
    today = clock.today()
    on = min(today, date(year, 12, 31))
    lists_due, filing_due = (
        rules.due_on(rules.BY_KEY[key], rulebook.value(f"calendar.{key}", on=on).value, year)
        for key in ("lists", "filing")
    )
    lists, filed = first_lists(year), first_filings(year)
    firms = _firms(year)
    registered = set(
        Filing.objects.filter(year=year, kind="plan", stage="registered").values_list(
            "city_id", flat=True
        )
    )
    return [
        CityLine(
            city.code, city.short_name, firms.get(city.code, 0),
            lists.get((city.code, Line.INDUSTRY.value)), lists.get((city.code, Line.ECOLOGY.value)),
            filed.get(city.code), city.code in registered, lists_due, filing_due,
        )
        for city in territory.cities(settings.PROVINCE_CODE)
    ]  # fmt: skip


def _firms(year: int) -> Mapping[str, int]:
    stands = ~Q(entries__state=EntryState.YIELDED)
    published = Batch.objects.filter(year=year, stage=BatchStage.PUBLISHED)
    return dict(published.values_list("city_id").annotate(firms=Count("entries", filter=stands)))


def behind(rows: Sequence[CityLine], today: date) -> list[CityLine]:
    """Return the cities that lack something whose day has passed, or did it late."""
    return [
        row
        for row in rows
        if row.late(row.industry, row.lists_due, today)
        or row.late(row.ecology, row.lists_due, today)
        or row.late(row.filed, row.filing_due, today)
    ]


ROLES = (Role.PROVINCE, Role.CITY, Role.COUNTY)
