"""On which days people are reminded of what they owe."""

from collections.abc import Collection
from datetime import date


def is_reminding_day(due: date, today: date, *, before: Collection[int], every: int) -> bool:
    """Tell whether today is so many days before the day, the day after it, or weeks later.

    `before` are days ahead of the due day; once overdue, every so many days from the first on.
    """
    ahead = (due - today).days
    return ahead in before if ahead >= 0 else (-ahead - 1) % every == 0


def how_long(due: date, today: date) -> str:
    """Return in words how far the day is, ahead or behind."""
    ahead = (due - today).days
    if ahead > 0:
        return f"还有{ahead}天"
    return "今天到期" if ahead == 0 else f"已逾期{-ahead}天"
