"""Read from an address which figures are asked for, and write such addresses."""

from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import Http404, HttpRequest

from cleanprod.foundation.engine import clock
from cleanprod.foundation.organisations.rules import Line
from cleanprod.foundation.territory import queries as territory
from cleanprod.foundation.web import asked
from cleanprod.insight.statistics import queries
from cleanprod.insight.statistics.queries import AsOf
from cleanprod.insight.statistics.rules import NONE, Cut
from cleanprod.kernel.errors import Refused
from cleanprod.stages.programme.rules import AuditKind


def moment_of(request: HttpRequest) -> AsOf:
    """Read year and as-of day from the address; anything unreadable is answered clearly."""
    today = clock.today()
    year = request.GET.get("year", "") or str(today.year)
    day = request.GET.get("as_of", "")
    try:
        moment = AsOf(int(year), date.fromisoformat(day) if day else today)
    except ValueError as error:
        raise Refused("年度应为四位年份，统计截至日期应为 2023-02-22 的形式") from error
    if moment.year not in asked.YEARS:
        raise Refused("年度应在2000年至2100年之间")
    return moment


def cut_of(request: HttpRequest) -> Cut:
    """Read from the address which rounds alone are counted; what names nothing is not there."""
    said = {name: request.GET.get(name, "").strip() for name in Cut.__slots__}
    listed = said.pop("list_year")
    year = asked.whole(listed) if listed else None
    known = (
        not said["city"] or said["city"] in dict(cities()),
        not said["county"] or _is_below(said["county"], said["city"]),
        not said["lead"] or said["lead"] in set(Line),
        not said["kind"] or said["kind"] in set(AuditKind),
        not said["trade"] or said["trade"] == NONE or _is_division(said["trade"]),
        not listed or year in asked.YEARS,
        not said["sector"] or said["sector"] in {NONE, *(one.key for one in queries.sectors())},
    )
    if not all(known):
        raise Http404
    return Cut(**said, list_year=year)


def cities() -> list[tuple[str, str]]:
    """Return the cities of the province to choose from, in the notice's order."""
    return [(one.code, one.short_name) for one in territory.cities(settings.PROVINCE_CODE)]


def _is_below(county: str, city: str) -> bool:
    """Tell whether a county, or the lack of one, is one of the city's that stands beside it."""
    return bool(city) and (county == NONE or county in {one.code for one in territory.below(city)})


def _is_division(text: str) -> bool:
    return len(text) == 2 and asked.whole(text) is not None


def words(moment: AsOf, cut: Cut | None = None, **more: Any) -> str:
    """Return the question of an address."""
    said = {"year": moment.year, "as_of": moment.as_of.isoformat()}
    return urlencode(said | (cut.named() if cut else {}) | more)


def years(moment: AsOf) -> list[tuple[int, str]]:
    """Return the years to choose from, newest first, the chosen one included."""
    offered = sorted({*queries.years(), moment.year}, reverse=True)
    return [(year, f"{year}年") for year in offered]
