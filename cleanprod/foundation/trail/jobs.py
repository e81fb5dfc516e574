"""Seal the trail every few seconds."""

from cleanprod.foundation.engine.jobs import periodic
from cleanprod.foundation.trail import actions


@periodic("*/10 * * * * *", "trail.seal")
def seal() -> None:
    """Seal what finished transactions wrote."""
    actions.seal()
