"""Deliver waiting messages every half minute."""

from cleanprod.foundation.engine.jobs import periodic
from cleanprod.foundation.notifications import actions


@periodic("*/30 * * * * *", "notifications.deliver")
def deliver() -> None:
    """Deliver what waits."""
    actions.deliver()
