"""Who may read the official tables, and whose records they may open behind a figure."""

from cleanprod.foundation.engine import clock
from cleanprod.foundation.organisations.rules import Role, Standing
from cleanprod.foundation.rulebook import queries as rulebook

READERS = (Role.PROVINCE, Role.CITY, Role.SUPPORT)


def cities_shown(standing: Standing) -> str:
    """Return the code of the only city whose figures this person may read; blank means all.

    The notice and its annexes are addressed to every city, so by the rulebook a city reads the
    figures of all cities; a province may switch that off.
    """
    if standing.role is not Role.CITY:
        return ""
    rule = rulebook.value("statistics.cities_see_all", on=clock.today())
    return "" if rule.value else standing.city
