"""Open, settle and void obligations, many at a time."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Q

from cleanprod.foundation.engine import bulk
from cleanprod.foundation.notifications import actions as notifications
from cleanprod.foundation.obligations import messages
from cleanprod.foundation.obligations.models import Obligation
from cleanprod.foundation.obligations.rules import is_reminding_day
from cleanprod.foundation.organisations import queries as organisations
from cleanprod.foundation.rulebook import queries as rulebook
from cleanprod.kernel.errors import Refused

_TABLE = Obligation._meta.db_table
_COLUMNS = (
    "key", "owner_id", "title", "subject", "url", "city", "lead", "opened_on", "due_on",
    "basis", "rule", "void_reason", "extension",
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
                duty.opened_on, duty.due_on, duty.basis, duty.rule, "", "",
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


def extend(obligation_id: int, *, until: date, note: str) -> Obligation:
    """Move the day of one obligation; the first day stays beside it, with who let it be moved.

    What is done or void cannot be moved, nor can a day be moved forward in time.
    """
    duty = Obligation.objects.select_for_update(of=("self",)).get(pk=obligation_id)
    if duty.done_on is not None or duty.voided_on is not None:
        raise Refused(f"“{duty.title}”已办结或终止，不能延期")
    if until <= duty.due_on:
        raise Refused(f"延期后的日期应晚于 {duty.due_on}")
    duty.first_due_on = duty.first_due_on or duty.due_on
    duty.due_on, duty.extension = until, note
    duty.save(update_fields=["first_due_on", "due_on", "extension"])
    return duty


def remind(on: date) -> int:
    """Tell people of organisations what falls due soon or is overdue; return how many were told.

    Each person gets one message a day, about the obligations whose reminding day it is.
    """
    rule = rulebook.value("obligation.remind", on=on).value
    before, every = rule["before"], rule["overdue_every"]
    soon = Q(due_on__in=[on + timedelta(days=days) for days in before])
    late = Q(due_on__lt=on)
    found: dict[int, list[Obligation]] = {}
    for duty in Obligation.objects.open().filter(soon | late).order_by("due_on", "pk"):
        if is_reminding_day(duty.due_on, on, before=before, every=every):
            found.setdefault(duty.owner_id, []).append(duty)
    return notifications.send_many(
        messages.reminder(found[owner], on, person, mail)
        for owner, person, mail in organisations.people_of(list(found))
    )
