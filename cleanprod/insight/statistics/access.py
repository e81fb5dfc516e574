"""Who may read the figures, and whose records they may open behind them."""

from dataclasses import replace

from django.db.models import QuerySet
from django.http import Http404

from cleanprod.foundation.engine import clock
from cleanprod.foundation.organisations.rules import Role, Standing
from cleanprod.foundation.rulebook import queries as rulebook
from cleanprod.insight.statistics.models import Disclosure
from cleanprod.insight.statistics.rules import Cut

READERS = (Role.PROVINCE, Role.CITY, Role.SUPPORT)  # of the official tables
COUNTERS = (Role.PROVINCE, Role.CITY, Role.COUNTY)  # of what lies below a city's border
ALL = (*READERS, Role.COUNTY)


def cities_shown(standing: Standing) -> str:
    """Return the code of the only city whose figures this person may read; blank means all.

    The notice and its annexes are addressed to every city, so by the rulebook a city reads the
    figures of all cities; a province may switch that off.
    """
    if standing.role is not Role.CITY:
        return ""
    rule = rulebook.value("statistics.cities_see_all", on=clock.today())
    return "" if rule.value else standing.city


def bounds(standing: Standing) -> Cut:
    """Return the part of the province whose figures this person reads in full."""
    if standing.role is Role.COUNTY:
        return Cut(standing.city, standing.county, standing.line.value if standing.line else "")
    return Cut(standing.city) if standing.role is Role.CITY else Cut()


def narrowed(standing: Standing, asked: Cut) -> Cut:
    """Return what is asked for within one's own bounds; anything beyond them is not there."""
    own = bounds(standing).named()
    wanted = asked.named()
    if any(wanted.get(name, value) != value for name, value in own.items()):
        raise Http404
    return replace(asked, **own)


def countable(standing: Standing, asked: Cut) -> Cut:
    """Return which records may be counted behind a figure.

    Outside their own bounds cities and supporters learn what the official tables say, no more.
    """
    if standing.role in (Role.PROVINCE, Role.COUNTY):
        return narrowed(standing, asked)
    if standing.role is Role.CITY and asked.within(bounds(standing)):
        return asked
    if asked.fine or cities_shown(standing):
        raise Http404
    return asked


def public() -> QuerySet[Disclosure]:
    """Return the tables that everybody may read: marked by the province and not withdrawn."""
    return Disclosure.objects.filter(withdrawn_on=None)


def public_or_404(pk: int) -> Disclosure:
    """Return one public table; withdrawn and not there answer alike."""
    found = public().filter(pk=pk).first()
    if found is None:
        raise Http404
    return found
