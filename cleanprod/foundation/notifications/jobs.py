"""Deliver waiting messages every half minute."""

from procrastinate.contrib.django import app

from cleanprod.foundation.notifications import actions


@app.periodic(cron="*/30 * * * * *")
@app.task(name="notifications.deliver", queueing_lock="notifications.deliver")
def deliver(timestamp: int) -> None:
    """Deliver what waits."""
    actions.deliver()
