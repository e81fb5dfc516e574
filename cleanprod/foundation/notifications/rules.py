"""When a failed delivery is tried again."""

from datetime import timedelta

MOST_TRIES = 12
FIRST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(hours=6)


def wait_after(tries: int) -> timedelta | None:
    """Return how long to wait after so many failed tries, twice as long each time; None: give up.

    The tries reach over most of a day, so that a mail server may be down for a night.
    """
    if tries >= MOST_TRIES:
        return None
    doubled: timedelta = FIRST_WAIT * 2 ** (tries - 1)
    return min(doubled, LONGEST_WAIT)
