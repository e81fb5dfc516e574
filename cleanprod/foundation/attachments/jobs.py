"""Scan what waits for the scanner, and clear what was never used."""

from cleanprod.foundation.attachments import actions, uploads
from cleanprod.foundation.engine.jobs import periodic


@periodic("*/10 * * * *", "attachments.scan_waiting")
def scan_waiting() -> None:
    """Scan the files that were kept while the scanner did not answer."""
    actions.scan_waiting()


@periodic("15 * * * *", "attachments.expire")
def expire() -> None:
    """Remove uploads that nobody used within a day."""
    uploads.expire()
