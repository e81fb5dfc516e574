"""Open the clocks of publications every night, before people are reminded."""

from cleanprod.foundation.engine import clock
from cleanprod.foundation.engine.jobs import periodic
from cleanprod.stages.disclosures import actions


@periodic("30 20 * * *", "disclosures.open_duties")
def open_duties() -> None:
    """Open what is to be published and end what ended."""
    actions.open_duties(clock.today())
