"""Clear what nobody came back to."""

from cleanprod.foundation.drafts import actions
from cleanprod.foundation.engine.jobs import periodic


@periodic("40 18 * * *", "drafts.expire")
def expire() -> None:
    """Remove drafts that nobody has touched for half a year."""
    actions.expire()
