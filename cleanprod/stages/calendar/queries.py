"""The calendar as pages show it: days, states, and how far the cities are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.db.models import Count, Exists, Max, Min, OuterRef, Q

from cleanprod.foundation.engine import clock
from cleanprod.foundation.organisations.rules import Line, Role, Standing
from cleanprod.foundation.rulebook import queries as rulebook
from cleanprod.foundation.rulebook.queries import Rule
from cleanprod.foundation.territory import queries as territory
from cleanprod.stages.audits import access as audits
from cleanprod.stages.audits.models import Round
from cleanprod.stages.audits.rules import Stage
from cleanprod.stages.calendar import rules
from cleanprod.stages.calendar.models import Confirmation
from cleanprod.stages.calendar.rules import Duty, Known, State
from cleanprod.stages.candidates import access as candidates
from cleanprod.stages.candidates.rules import State as Candidacy
from cleanprod.stages.planning.models import Filing
from cleanprod.stages.programme import actions as programme
from cleanprod.stages.programme.models import Batch, Entry
from cleanprod.stages.programme.rules import BatchStage, EntryState


@dataclass(frozen=True, slots=True)
class Item:
    """One duty of one office in a year; `left` counts the firms that still lack it."""

    duty: Duty
    year: int
    title: str
    basis: str
    confirmed_rule: bool
    due: date
    done: date | None
    left: int
    state: State
    days: int
    told: Confirmation | None

    @property
    def said(self) -> str:
        """Return in words how far the day is."""
        if self.state is State.OVERDUE:
            return f"已逾期{self.days}天"
        if self.state in (State.SOON, State.AHEAD):
            return f"还有{-self.days}天" if self.days else "今天到期"
        return f"{self.done.isoformat()}完成" if self.done else ""

    @property
    def by_hand(self) -> bool:
        """Tell whether one's office may note that it is done."""
        return self.duty.known in rules.BY_HAND and self.done is None


def items(standing: Standing, year: int) -> list[Item]:
    """Return the duties of one's office in a year, in the order of their days."""
    today = clock.today()
    mine = [duty for duty in rules.DUTIES if standing.role in duty.roles]
    if not mine:
        return []
    told = {
        one.duty: one
        for one in Confirmation.objects.filter(
            office=standing.office_id, year=year, withdrawn_on=None
        )
    }
    ruled = _ruled([*mine, _LISTS], year)
    lists = first_lists(year, city=standing.city) if standing.city else {}
    own = [day for (_, lead), day in lists.items() if standing.line in (None, lead)]
    # The months of a list count from its publication, until then from its last day.
    published = min(own, default=rules.due_on(_LISTS, ruled[_LISTS.rule].value, year, date.min))
    due = {duty.key: rules.due_on(duty, ruled[duty.rule].value, year, published) for duty in mine}
    known = _known(year, standing, lists, due)
    found = []
    for duty in mine:
        rule, by = ruled[duty.rule], due[duty.key]
        done, left = known.get(duty.known, (None, 0))
        confirmed = told.get(duty.key)
        done = confirmed.on if confirmed else done
        state = rules.state_of(by, done, today=today, soon=int(ruled[_SOON].value))
        found.append(
            Item(
                duty, year, rule.title, rule.basis, rule.confirmed, by, done, left, state,
                (today - by).days, confirmed,
            )
        )  # fmt: skip
    return sorted(found, key=lambda item: item.due)


_LISTS, _SOON = rules.BY_KEY["lists"], "calendar.soon"


def _ruled(duties: Sequence[Duty], year: int) -> Mapping[str, Rule]:
    """Return by key what ruled when the year ended, or rules today if that is earlier."""
    keys = [_SOON, *dict.fromkeys(duty.rule for duty in duties)]
    return rulebook.values(keys, on=min(clock.today(), date(year, 12, 31)))


Told = tuple[date | None, int]


def _known(
    year: int, standing: Standing, lists: Mapping[tuple[str, str], date], due: Mapping[str, date]
) -> Mapping[Known, Told]:
    """Return by kind of record the day it gives, if any, and how many firms are left."""
    if standing.role is Role.PROVINCE:
        fixed = programme.targets(year)
        return {Known.TARGETS: (min((target.fixed_on for target in fixed), default=None), 0)}
    found = _of_rounds(year, standing, due)
    if standing.role is Role.COUNTY:
        return found | {Known.SURVEYED: (_surveyed(year, standing), 0)}
    return found | {
        Known.LISTS: (lists.get((standing.city, standing.line or "")), 0),
        Known.FILED: (first_filings(year).get(standing.city), 0),
    }


_BEFORE_START = [Stage.LISTED, Stage.REGISTERED, Stage.PLANNED]


def _of_rounds(year: int, standing: Standing, due: Mapping[str, date]) -> dict[Known, Told]:
    """Tell from the rounds of one's line, in one read, what every firm has done or still lacks."""
    rounds = audits.visible_to(standing)
    rounds = rounds.filter(lead=standing.line) if standing.line else rounds
    # Lists of later in the year have days of their own.
    listed = {key: Q(list_year=year, listed_on__lt=due[key]) for key in ("register", "start")}
    asked = {
        Known.BACKLOG: ("completed_on", Q(accepted_on__year=year - 1), [Stage.ACCEPTED]),
        Known.REGISTERED: ("registered_on", listed["register"], [Stage.LISTED]),
        Known.STARTED: ("started_on", listed["start"], _BEFORE_START),
    }
    counts: dict[str, Any] = {}
    for known, (column, which, lacking) in asked.items():
        counts[f"{known.value}_left"] = Count("pk", filter=which & Q(stage__in=lacking))
        counts[f"{known.value}_last"] = Max(column, filter=which)
    told = rounds.filter(Q(list_year=year) | Q(accepted_on__year=year - 1)).aggregate(**counts)
    return {
        known: (None if told[f"{known.value}_left"] else told[f"{known.value}_last"],
                told[f"{known.value}_left"])
        for known in asked
    }  # fmt: skip


def _surveyed(year: int, standing: Standing) -> date | None:
    """Return the day on which a county first reported candidates of its line for a year."""
    own = candidates.visible_to(standing).filter(year=year).exclude(state=Candidacy.WITHDRAWN)
    first: date | None = own.aggregate(first=Min("reported_on"))["first"]
    return first


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
    today = clock.today()
    found = items(standing, today.year)
    if today.month == 1:
        found = [*items(standing, today.year - 1), *found]
    found = [one for one in found if rules.still_asked(one.due, one.year, today)]
    return [found[place] for place in rules.urgent([(one.due, one.state) for one in found])]


def due_day(key: str, year: int) -> date:
    """Return the day by which a duty with a day of its own is due."""
    duty = rules.BY_KEY[key]
    return rules.due_on(duty, _ruled([duty], year)[duty.rule].value, year, date.min)


@dataclass(frozen=True, slots=True)
class CityLine:
    """How far one city is in a year: the first list of each department and the filing.

    `loaded` counts by department the firms of lists that are in preparation, `again` those of
    `firms` that were listed again while their round of an earlier list goes on: the statistics
    count these with the earlier year.
    """

    code: str
    city: str
    firms: int
    loaded: Mapping[str, int]
    industry: date | None
    ecology: date | None
    filed: date | None
    registered: bool
    lists_due: date
    filing_due: date
    again: int

    def late(self, on: date | None, due: date, today: date) -> int:
        """Return by how many days something is or was late; 0 when it was in time."""
        return max(((on or today) - due).days, 0)

    @property
    def whole(self) -> bool:
        """Tell whether both departments published and the paper is filed."""
        return None not in (self.industry, self.ecology, self.filed)


def board(year: int) -> list[CityLine]:
    """Return every city of the province in the notice's order."""
    both = (_LISTS, rules.BY_KEY["filing"])
    ruled = _ruled(both, year)
    lists_due, filing_due = (
        rules.due_on(duty, ruled[duty.rule].value, year, date.min) for duty in both
    )
    lists, filed = first_lists(year), first_filings(year)
    firms, again, loaded = _firms(year), _again(year), _loaded(year)
    registered = set(
        Filing.objects.filter(year=year, kind="plan", stage="registered").values_list(
            "city_id", flat=True
        )
    )
    return [
        CityLine(
            city.code, city.short_name, firms.get(city.code, 0), loaded.get(city.code, {}),
            lists.get((city.code, Line.INDUSTRY.value)), lists.get((city.code, Line.ECOLOGY.value)),
            filed.get(city.code), city.code in registered, lists_due, filing_due,
            again.get(city.code, 0),
        )
        for city in territory.cities(settings.PROVINCE_CODE)
    ]  # fmt: skip


_STANDS = ~Q(entries__state=EntryState.YIELDED)


def _firms(year: int) -> Mapping[str, int]:
    published = Batch.objects.filter(year=year, stage=BatchStage.PUBLISHED)
    return dict(published.values_list("city_id").annotate(firms=Count("entries", filter=_STANDS)))


def _again(year: int) -> Mapping[str, int]:
    own = Round.objects.filter(entry=OuterRef("pk"))
    standing = Entry.objects.exclude(state=EntryState.YIELDED)
    listed = standing.filter(batch__year=year, batch__stage=BatchStage.PUBLISHED)
    counted = listed.filter(~Exists(own)).values_list("batch__city_id")
    return dict(counted.annotate(firms=Count("pk")))


def _loaded(year: int) -> Mapping[str, Mapping[str, int]]:
    """Return by city and department the firms of lists that are loaded and not published."""
    waiting = Batch.objects.filter(year=year).exclude(stage=BatchStage.PUBLISHED)
    found: dict[str, dict[str, int]] = {}
    for city, lead, firms in waiting.values_list("city_id", "lead").annotate(
        firms=Count("entries", filter=_STANDS)
    ):
        found.setdefault(city, {})[lead] = firms
    return found


def behind(rows: Sequence[CityLine], today: date) -> list[CityLine]:
    """Return the cities that lack something whose day has passed, or did it late."""
    return [
        row
        for row in rows
        if row.late(row.industry, row.lists_due, today)
        or row.late(row.ecology, row.lists_due, today)
        or row.late(row.filed, row.filing_due, today)
    ]


def lacking(rows: Sequence[CityLine], today: date) -> list[CityLine]:
    """Return the cities that still lack something whose day has passed."""
    return [
        row
        for row in behind(rows, today)
        if (None in (row.industry, row.ecology) and today > row.lists_due)
        or (row.filed is None and today > row.filing_due)
    ]


ROLES = (Role.PROVINCE, Role.CITY, Role.COUNTY)
