"""Small random worlds of rounds, and the plain counting that the figures are held against."""

from dataclasses import dataclass
from datetime import date, timedelta

from cleanprod.foundation.organisations import actions as organisations
from cleanprod.foundation.organisations.rules import Kind, Line
from cleanprod.foundation.trail.actions import SYSTEM
from cleanprod.insight.statistics.rules import NONE, Cut, Dimension
from cleanprod.stages.audits.models import Round
from cleanprod.stages.programme.models import Batch, Entry, Target
from cleanprod.stages.programme.rules import AuditKind

CITIES = ("440600", "441300", "440100", "441500", "441900")
COUNTIES = {
    "440600": ("440605", "440606", None), "441300": ("441302", None), "440100": ("440103",),
    "441500": (None,), "441900": (None,),
}  # fmt: skip
TRADES = ("3360", "C3360", "2110", "21", "", "家具")
YEARS = (2021, 2022, 2023)


def make_world(chance, rounds=60):
    """Make that many rounds of chance, some of them doubtful, and targets in two versions."""
    ids = organisations.enter_many(
        [organisations.NewOrganisation(Kind.ENTERPRISE, f"企业{n}") for n in range(rounds)],
        by=SYSTEM,
    )
    made = [_round(chance, pk, f"企业{n}") for n, pk in enumerate(ids)]
    batches = {
        key: Batch.objects.create(
            year=key[0], city_id=key[1], lead=key[2], number=1, title="t", stage="published",
            published_on=date(key[0], 3, 8),
        )
        for key in sorted({(one.list_year, one.city_id, one.lead) for one in made})
    }  # fmt: skip
    entries = Entry.objects.bulk_create(
        Entry(
            batch=batches[one.list_year, one.city_id, one.lead], row=n, name=one.name,
            enterprise_id=one.enterprise_id, city_id=one.city_id, kind=one.kind,
        )
        for n, one in enumerate(made)
    )  # fmt: skip
    for one, entry in zip(made, entries, strict=True):
        one.entry = entry
    Round.objects.bulk_create(made)
    for year in YEARS[chance.randint(0, 1) :]:
        for version in range(1, chance.randint(1, 2) + 1):
            Target.objects.bulk_create(
                Target(
                    year=year, city_id=city, number=chance.randint(0, 20), version=version,
                    fixed_on=date(year, 2 + 3 * version, 1), document_number="函",
                )
                for city in CITIES
            )  # fmt: skip
    return list(Round.objects.all())


def _round(chance, enterprise, name):
    year, city = chance.choice(YEARS), chance.choice(CITIES)
    listed = date(year, 3, 8)

    def later(day, share, least=0, most=300):
        wanted = day and chance.random() < share
        return day + timedelta(chance.randint(least, most)) if wanted else None

    registered = later(listed, 0.7, most=60)
    accepted = later(listed, 0.7, 20, 500)
    return Round(
        enterprise_id=enterprise, list_year=year, name=name, city_id=city,
        county_id=chance.choice(COUNTIES[city]), industry=chance.choice(TRADES),
        lead=chance.choice(list(Line)).value, kind=chance.choice(list(AuditKind)).value,
        stage="accepted" if accepted else "listed", listed_on=listed, registered_on=registered,
        planned_on=later(registered, 0.6, most=90), accepted_on=accepted,
        # Now and then before the acceptance, or without one: what the discrepancy list is for.
        completed_on=later(accepted, 0.7, -30, 200) if accepted else later(listed, 0.1),
    )  # fmt: skip


def cut_of(chance):
    """Return a cut of chance: often none, now and then several conditions together."""
    city = chance.choice(("", "", *CITIES))
    return Cut(
        city=city,
        county=chance.choice(("", "", *(one or NONE for one in COUNTIES[city]))) if city else "",
        lead=chance.choice(("", "", *(line.value for line in Line))),
        trade=chance.choice(("", "", "", "33", NONE)),
        kind=chance.choice(("", "", *(kind.value for kind in AuditKind))),
        list_year=chance.choice((None, None, None, *YEARS)),
    )


def _division(one):
    return one.industry[:2] if one.industry[:2].isdigit() else NONE


def within(one, cut):
    """Tell whether a round lies within a cut."""
    return (
        cut.city in ("", one.city_id)
        and cut.county in ("", one.county_id or NONE)
        and cut.lead in ("", one.lead)
        and cut.trade in ("", _division(one))
        and cut.kind in ("", one.kind)
        and cut.list_year in (None, one.list_year)
    )


GROUP_OF = {
    Dimension.CITY: lambda one: one.city_id,
    Dimension.COUNTY: lambda one: one.county_id or f"{one.city_id}-{NONE}",
    Dimension.LEAD: lambda one: one.lead,
    Dimension.TRADE: _division,
    Dimension.KIND: lambda one: one.kind,
    Dimension.LIST_YEAR: lambda one: str(one.list_year),
    Dimension.YEAR: lambda one: str(one.accepted_on.year) if one.accepted_on else "",
}


@dataclass(frozen=True)
class Told:
    """The numbers of one row, counted one record after the other."""

    listed: int
    registered: int
    planned: int
    industry: int
    ecology: int
    total: int
    platform_completed: int
    not_completed: int


def count(rounds, by, moment):
    """Count these rounds for one row, by the words of the notice and nothing else."""
    day = moment.as_of

    def until(moment_of_fact):
        return moment_of_fact is not None and moment_of_fact <= day

    over_years = by in (Dimension.LIST_YEAR, Dimension.YEAR)
    on_list = [one for one in rounds if by is not Dimension.YEAR and until(one.listed_on)]
    if by is not Dimension.LIST_YEAR:
        on_list = [one for one in on_list if one.list_year == moment.year]
    accepted = [one for one in rounds if until(one.accepted_on)]
    if not over_years:
        accepted = [one for one in accepted if one.accepted_on.year == moment.year]
    done = [
        one for one in accepted if until(one.completed_on) and one.completed_on >= one.accepted_on
    ]
    return Told(
        len(on_list),
        sum(until(one.registered_on) for one in on_list),
        sum(until(one.planned_on) for one in on_list),
        sum(one.lead == "industry" for one in accepted),
        sum(one.lead == "ecology" for one in accepted),
        len(accepted), len(done), len(accepted) - len(done),
    )  # fmt: skip
