"""The sheet of a round as the rules take it, and the factors it is computed with."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal

from django.http import QueryDict

from cleanprod.foundation.rulebook import queries as rulebook
from cleanprod.stages.audits.models import Round
from cleanprod.stages.measures.findings import (
    YearFigure,
)
from cleanprod.stages.measures.models import (
    Border,
    Draft,
    GreenLevel,
    Measure,
    Sheet,
    Working,
    YearTable,
)
from cleanprod.stages.measures.rules import (
    REPORTED,
    Cost,
    Field,
    Terms,
    Totals,
    Typed,
    ValueSet,
    plain,
    tags_of,
    totals,
)
from cleanprod.stages.measures.workings import Backed
from cleanprod.stages.measures.workings import backed as summed_workings
from cleanprod.stages.measures.years import Line, figures
from cleanprod.stages.measures.years import years_of as span_of
from cleanprod.stages.performance.accounting import library
from cleanprod.stages.performance.accounting.factors import FactorSet


def sheet_of(audit: Round) -> Sheet | None:
    """Return the sheet of a round, if there is one."""
    return Sheet.objects.filter(round=audit).first()


def typed(sheet: Sheet | None) -> list[Typed]:
    """Return the measures of a sheet in their order."""
    if sheet is None:
        return []
    return typed_all(sheet.measures.order_by("row", "pk"))


def typed_all(measures: Iterable[Measure]) -> list[Typed]:
    """Return kept measures as the rules take them."""
    return [_typed(one) for one in measures]


def _typed(one: Measure) -> Typed:
    return Typed(
        name=one.name, cost=Cost(one.cost), code=one.code, content=one.content, phase=one.phase,
        tags=tags_of(one.tags.split(",")), planned_days=one.planned_days,
        actual_days=one.actual_days, other=one.other,
        values={
            which: {
                Field(key): Decimal(text) for key, text in one.values.get(which.value, {}).items()
            }
            for which in ValueSet
        },
    )  # fmt: skip


def side_by_side(sheet: Sheet) -> list[tuple[str, list[str]]]:
    """Return each figure of a sheet with its exact sum in the three value sets, as text.

    A value set in which nothing was typed has no sums; computed ones come first.
    """
    keys = [
        ("measures", "方案（个）"), ("low", "其中：无/低费方案（个）"),
        ("high", "其中：中/高费方案（个）"), ("tce", "节能量（tce/年）"),
        ("co2_t", "二氧化碳减排（t/年）"),
        *((field.value, field.label) for field in Field if field not in REPORTED),
    ]  # fmt: skip
    told = [sheet.totals.get(which.value, {}) for which in ValueSet]
    filled = [one if one.get("measures", "0") != "0" else {} for one in told]
    rows = [(label, [_said(one.get(key)) for one in filled]) for key, label in keys]
    return [(label, cells) for label, cells in rows if any(cell != "—" for cell in cells)]


def _said(text: str | None) -> str:
    return "—" if text is None else plain(Decimal(text))


def factor_sets(on: date) -> list[tuple[str, str]]:
    """Return the sets of factors to choose from: those of the province and of the country."""
    regions = tuple(rulebook.value("measures.factor_regions", on=on).value["regions"])
    found = [one for one in library.every() if one.region in regions]
    return [(one.name, one.title) for one in found]


def usual_factors(on: date) -> str:
    """Return the set that a new sheet takes: the latest in force on a day, else the earliest."""
    names = {name for name, _ in factor_sets(on)}
    found = sorted((one for one in library.every() if one.name in names), key=_published)
    in_force = [one for one in found if one.valid_from <= on]
    region = rulebook.value("measures.factor_regions", on=on).value["regions"][0]
    own = [one for one in (in_force or found) if one.region == region] or in_force or found
    return (own[-1] if in_force else own[0]).name


def _published(one: FactorSet) -> date:
    return one.valid_from


def border_of(on: date, city: str, line: str) -> Border | None:
    """Return the border that a department of a city set for its rounds, as of a day."""
    found = Border.objects.filter(city=city, line=line, set_on__lte=on)
    return found.order_by("-set_on", "-pk").first()


def border(on: date, city: str = "", line: str = "") -> Decimal:
    """Return the usual border between no/low-cost and medium/high-cost measures in 元.

    A department of a city may have set its own, else the rulebook says it.
    """
    own = border_of(on, city, line) if line else None
    if own is not None:
        return own.yuan
    kept = rulebook.value("measures.border", on=on).value
    return Decimal(kept.get("cities", {}).get(city, kept["yuan"]))


def share(on: date) -> Decimal:
    """Return by which part a typed total may differ from the computed one without being told."""
    return Decimal(rulebook.value("measures.difference", on=on).value) / 100


def all_totals(
    measures: Sequence[Typed], factors: FactorSet, part: Decimal
) -> Mapping[ValueSet, Totals]:
    """Return what each value set adds up to; `part` is how far typed totals may differ untold."""
    return {which: totals(measures, which, factors, share=part) for which in ValueSet}


def terms(on: date) -> Terms:
    """Return the usual terms by which measures are appraised."""
    kept = rulebook.value("measures.economics", on=on).value
    return Terms(int(kept["years"]), Decimal(kept["tax_percent"]), Decimal(kept["rate_percent"]))


def level_of(audit: Round) -> GreenLevel | None:
    """Return the level kept for a round with the values it came from, if there is one."""
    return GreenLevel.objects.filter(round=audit).select_related("system").first()


def backed(sheet: Sheet, which: ValueSet) -> list[Backed]:
    """Return what the workings of a value set come to, by measure and column."""
    return summed_workings((one.code, one.outcome) for one in workings_of(sheet, which))


def workings_of(sheet: Sheet, which: ValueSet) -> list[Working]:
    """Return the workings of a value set by measure."""
    return list(sheet.workings.filter(which=which.value).order_by("code", "pk"))


def draft_of(audit: Round, page: str, person_id: int | None, version: int) -> Draft | None:
    """Return what this person left unsaved on a page, unless somebody saved a newer version."""
    found = Draft.objects.filter(round=audit, page=page, person_id=person_id or 0).first()
    begun = QueryDict(found.body).get("version") if found else None
    return found if begun == str(version) else None


def years_of(audit: Round) -> YearTable | None:
    """Return the table of the three years of a round, if there is one."""
    return YearTable.objects.filter(round=audit).first()


def lines_of(table: YearTable | None) -> list[Line]:
    """Return the lines of a table."""
    return [Line.read(kept) for kept in table.lines] if table else []


def earlier_lines(audit: Round) -> list[Line]:
    """Return the lines that the enterprise reported in its last round before this one."""
    before = (
        YearTable.objects.filter(
            round__enterprise=audit.enterprise_id, round__list_year__lt=audit.list_year
        )
        .order_by("-round__list_year", "-round_id")
        .first()
    )
    return lines_of(before)


def earlier_years(audit: Round) -> list[YearFigure]:
    """Return what the round before reported for the years of this one."""
    return figures(earlier_lines(audit), span_of(audit.list_year))


def three_years(audit: Round) -> list[YearFigure]:
    """Return the figures of a round's three years as the checks read them."""
    return figures(lines_of(years_of(audit)), span_of(audit.list_year))
