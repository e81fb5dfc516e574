"""Open, settle and void obligations, many at a time."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from cleanprod.foundation.engine import bulk
from cleanprod.foundation.obligations.models import Obligation

_TABLE = Obligation._meta.db_table
_COLUMNS = (
    "key", "owner_id", "title", "subject", "url", "city", "lead", "opened_on", "due_on",
    "basis", "rule", "void_reason",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Duty:
    """One obligation to open."""

    key: str
    owner: int
    title: str
    subject: str
    url: str
    city: str
    lead: str
    opened_on: date
    due_on: date
    basis: str
    rule: int | None = None


def open_many(duties: Iterable[Duty]) -> int:
    """Open obligations by COPY in the caller's transaction; keys are unique."""
    return bulk.copy_rows(
        _TABLE,
        _COLUMNS,
        (
            (
                duty.key, duty.owner, duty.title, duty.subject, duty.url, duty.city, duty.lead,
                duty.opened_on, duty.due_on, duty.basis, duty.rule, "",
            )
            for duty in duties
        ),
    )  # fmt: skip


def settle(keys: Collection[str], *, on: date) -> int:
    """Mark obligations as done on a day; what is done or void stays as it is."""
    return Obligation.objects.open().filter(key__in=keys).update(done_on=on)


def settle_subjects(subjects: Collection[str], *, on: date) -> int:
    """Mark all that is owed about these records as done."""
    return Obligation.objects.open().filter(subject__in=subjects).update(done_on=on)


def void_subjects(subjects: Collection[str], *, on: date, reason: str) -> int:
    """End all that is owed about these records, with the reason."""
    return (
        Obligation.objects.open()
        .filter(subject__in=subjects)
        .update(voided_on=on, void_reason=reason)
    )


def hand_over(owner: int, *, to: int) -> int:
    """Let another organisation owe what one still owes, as after a merger."""
    return Obligation.objects.open().filter(owner=owner).update(owner=to)


def owe_again(subject: str, *, on: date, void_reason: str = "", keep: Collection[str] = ()) -> int:
    """Open again what was settled about a record on a day, after its cause was withdrawn.

    With `void_reason` also what was ended that day for this reason. Keys in `keep` stay done.
    """
    closed = Q(done_on=on)
    if void_reason:
        closed |= Q(voided_on=on, void_reason=void_reason)
    return (
        Obligation.objects.filter(closed, subject=subject)
        .exclude(key__in=keep)
        .update(done_on=None, voided_on=None, void_reason="")
    )
