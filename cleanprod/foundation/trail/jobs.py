"""Seal the trail every few seconds."""

from procrastinate.contrib.django import app

from cleanprod.foundation.trail import actions


@app.periodic(cron="*/10 * * * * *")
@app.task(name="trail.seal", queueing_lock="trail.seal", pass_context=False)
def seal(timestamp: int) -> None:
    """Seal what finished transactions wrote."""
    actions.seal()
