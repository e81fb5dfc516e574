"""What is known of the firms of a city, and what follows from it: proposal, due list, coverage."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Max, OuterRef, Q, QuerySet, Subquery

from cleanprod.foundation.documents import queries as documents
from cleanprod.foundation.engine import clock
from cleanprod.foundation.intake.matching import names_of
from cleanprod.foundation.organisations import queries as organisations
from cleanprod.foundation.organisations.models import Organisation
from cleanprod.foundation.organisations.rules import Judgement, Line, Standing, grouped, judge
from cleanprod.foundation.rulebook import queries as rulebook
from cleanprod.foundation.territory import queries as territory
from cleanprod.kernel import credit_code
from cleanprod.stages.audits.models import Round
from cleanprod.stages.audits.rules import Stage
from cleanprod.stages.candidates import access, rules
from cleanprod.stages.candidates.models import Candidate, KeyEnterprise
from cleanprod.stages.candidates.rules import (
    Certificate,
    Figure,
    Firm,
    Listed,
    Past,
    Proposed,
    Reported,
    State,
    Terms,
)
from cleanprod.stages.programme import access as programme
from cleanprod.stages.programme.models import Entry
from cleanprod.stages.programme.rules import AuditKind, BatchStage, EntryState, Vocs


def terms(on: date) -> Terms:
    """Return what the rulebook says about proposals on a day."""
    return Terms(
        double_toxic_years=double_toxic_years(on),
        interval_years=interval_years(on),
        sectors=rulebook.value("candidates.key_industries", on=on).value,
        kinds=rulebook.value("candidates.kinds", on=on).value,
        leads=rulebook.value("programme.leads", on=on).value,
    )


def double_toxic_years(on: date) -> int:
    """Return the longest interval between two audits of a double_toxic firm."""
    return int(rulebook.value("round.interval.double_toxic.years", on=on).value)


def interval_years(on: date) -> int:
    """Return how many years an acceptance counts for key enterprises."""
    return int(rulebook.value("candidates.interval.years", on=on).value)


def in_force(year: int) -> QuerySet[KeyEnterprise]:
    """Return the key enterprises of a year: of each list the newest up to then.

    The province has one list, each city one; who is not on the newest has left it.
    """
    newest = (
        KeyEnterprise.objects.filter(level=OuterRef("level"), year__lte=year)
        .filter(Q(level=Vocs.PROVINCIAL) | Q(city=OuterRef("city")))
        .order_by("-year")
        .values("year")[:1]
    )
    return KeyEnterprise.objects.filter(year=Subquery(newest))


def firms(city: str, year: int, *, by: Standing) -> list[Firm]:
    """Return what is known of the enterprises of a city, in eight reads, however many they are."""
    known = Organisation.objects.enterprises().filter(city=city).order_by("pk")
    rounds = _rounds(city)
    vocs = _vocs(year, city)
    reported = _reported(city, year)
    listed = _listed(city, year, by)
    certificates = _certificates()
    return [
        Firm(
            pk,
            industry,
            county,
            rounds.get(pk, ()),
            vocs.get(pk, ()),
            reported.get(pk, ()),
            listed.get(pk),
            certificates.get(code),
        )
        for pk, industry, county, code in known.values_list("pk", "industry", "county_id", "code")
    ]


def _rounds(city: str) -> dict[int, list[Past]]:
    rows = (
        Round.objects.filter(enterprise__city=city)
        .order_by("list_year", "pk")
        .values_list(
            "enterprise_id", "pk", "list_year", "stage", "kind", "categories", "listed_on",
            "accepted_on", "failed_on", "deferred_on", "cancelled_on",
        )
    )  # fmt: skip
    found: dict[int, list[Past]] = {}
    for firm, pk, year, stage, kind, categories, listed, accepted, *ends in rows:
        found.setdefault(firm, []).append(
            Past(
                pk, year, Stage(stage), AuditKind(kind),
                tuple(key for key in categories.split(",") if key), listed, accepted,
                _ended(Stage(stage), accepted, *ends),
            )
        )  # fmt: skip
    return found


def _ended(
    stage: Stage,
    accepted: date | None,
    failed: date | None,
    deferred: date | None,
    cancelled: date | None,
) -> date | None:
    """Return the day of the result that the stage speaks of."""
    days = {Stage.FAILED: failed, Stage.DEFERRED: deferred, Stage.CANCELLED: cancelled}
    return days.get(stage, accepted)


def _vocs(year: int, city: str) -> dict[int, tuple[Vocs, ...]]:
    found: dict[int, set[str]] = {}
    rows = in_force(year).filter(enterprise__city=city).values_list("enterprise_id", "level")
    for firm, level in rows:
        found.setdefault(firm, set()).add(level)
    return {firm: tuple(one for one in Vocs if one.value in held) for firm, held in found.items()}


def _reported(city: str, year: int) -> dict[int, list[Reported]]:
    rows = (
        Candidate.objects.filter(city=city, year=year, state=State.REPORTED)
        .order_by("pk")
        .values_list("enterprise_id", "pk", "line", "county__name", "kind", "categories")
    )
    found: dict[int, list[Reported]] = {}
    for firm, pk, line, place, kind, categories in rows:
        if firm is not None:
            named = tuple(key for key in categories.split(",") if key)
            one = Reported(pk, Line(line), place, AuditKind(kind), named)
            found.setdefault(firm, []).append(one)
    return found


def _listed(city: str, year: int, by: Standing) -> dict[int, Listed]:
    """Return the list of the year that names a firm; drafts only for the city itself."""
    rows = (
        programme.entries_visible_to(by)
        .filter(batch__city=city, batch__year=year)
        .exclude(state=EntryState.YIELDED)
        .order_by("pk")
        .values_list("enterprise_id", "batch_id", "batch__title")
    )
    return {firm: Listed(batch, title) for firm, batch, title in rows}


def _certificates() -> dict[str, Certificate]:
    """Return the latest certificate of each credit code; the public register knows them all."""
    return {
        facts["code"]: Certificate(
            facts["number"], date.fromisoformat(facts["on"]), date.fromisoformat(facts["until"])
        )
        for facts in documents.facts_of("certificate")
        if facts["code"]
    }


def proposals(city: str, year: int, *, by: Standing) -> list[Proposed]:
    """Return every enterprise of a city that there is a reason to list in a year."""
    held = terms(clock.today())
    found = (rules.propose(firm, year, held) for firm in firms(city, year, by=by))
    return [one for one in found if one is not None]


def due_list(city: str, *, by: Standing) -> list[rules.Due]:
    """Return the double_toxic firms of a city with the day of their next audit."""
    today = clock.today()
    known = firms(city, today.year, by=by)
    return rules.due_list(known, double_toxic_years(today), today)


def judged(name: str, code: str, city: str) -> Judgement:
    """Compare a firm that somebody typed with the known ones."""
    names = names_of(name)
    known = organisations.known_enterprises({code} if code else (), names)
    by_code, by_name = grouped(known, "code"), grouped(known, "comparable")
    return judge(credit_code.inspect(code), names, city, by_code, by_name)


@dataclass(slots=True)
class Coverage:
    """The key enterprises of a year with the figures in which each is counted."""

    year: int
    years: int
    rows: dict[tuple[str, str], dict[Figure, list[int]]] = field(default_factory=dict)
    accepted: dict[int, date] = field(default_factory=dict)
    listed: dict[int, tuple[int, str]] = field(default_factory=dict)

    def ids(self, figure: Figure, level: str, city: str = "") -> list[int]:
        """Return the key enterprises behind a figure; without a city, of all cities read."""
        return [
            pk
            for (place, held), figures in self.rows.items()
            if held == level and city in ("", place)
            for pk in figures[figure]
        ]

    def count(self, figure: Figure, level: str, city: str = "") -> int:
        """Return the figure itself."""
        return len(self.ids(figure, level, city))


def coverage(year: int, *, by: Standing) -> Coverage:
    """Count the key enterprises of the cities this person reads: listed, accepted, neither.

    Only published lists count, so that province and city read the same numbers.
    """
    keys = in_force(year).filter(pk__in=access.key_enterprises_visible_to(by).values("pk"))
    rows = list(keys.order_by("pk").values_list("pk", "city_id", "level", "enterprise_id"))
    whom = [firm for *_, firm in rows]
    found = Coverage(year, interval_years(clock.today()))
    found.accepted = _accepted(whom)
    found.listed = _published(whom, year)
    for pk, city, level, firm in rows:
        held = found.rows.setdefault((city, level), {figure: [] for figure in Figure})
        still = rules.covered(found.accepted.get(firm), found.years, year)
        for figure in rules.figures_of(firm in found.listed, still):
            held[figure].append(pk)
    return found


def _accepted(firms: Collection[int]) -> dict[int, date]:
    rounds = Round.objects.filter(enterprise__in=firms, accepted_on__isnull=False)
    rows = rounds.values_list("enterprise_id").annotate(last=Max("accepted_on")).order_by()
    return dict(rows)


def _published(firms: Collection[int], year: int) -> dict[int, tuple[int, str]]:
    rows = (
        Entry.objects.filter(
            enterprise__in=firms, batch__year=year, batch__stage=BatchStage.PUBLISHED
        )
        .exclude(state__in=[EntryState.YIELDED, EntryState.CANCELLED])
        .order_by("pk")
        .values_list("enterprise_id", "batch_id", "batch__title")
    )
    return {firm: (batch, title) for firm, batch, title in rows}


def places(city: str) -> list[tuple[str, str]]:
    """Return the counties, towns and zones of a city to choose from."""
    return [(one.code, one.name) for one in territory.below(city)]


def named(ids: Iterable[int]) -> dict[int, Organisation]:
    """Return enterprises by key, with their place."""
    return {one.pk: one for one in Organisation.objects.filter(pk__in=ids).select_related("county")}
