"""Remind every morning at nine in Beijing."""

from cleanprod.foundation.engine import clock
from cleanprod.foundation.engine.jobs import periodic
from cleanprod.foundation.obligations import actions


@periodic("0 1 * * *", "obligations.remind")
def remind() -> None:
    """Remind of what falls due soon or is overdue."""
    actions.remind(clock.today())
