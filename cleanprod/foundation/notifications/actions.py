"""Send messages in the caller's transaction; deliver them afterwards, at least once."""

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.db import connection, transaction

from cleanprod.foundation.engine import clock
from cleanprod.foundation.notifications import channels
from cleanprod.foundation.notifications.models import Channel, Delivery, Message, State
from cleanprod.foundation.notifications.rules import wait_after

_logger = logging.getLogger(__name__)
_FAILURES_IN_A_ROW = 5
"""After so many a run ends: the way out is blocked, and each try may take its whole timeout."""

_MESSAGES = """
INSERT INTO notifications_message (person_id, key, subject, body, url, created_at)
SELECT *, clock_timestamp()
  FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::text[], %s::text[])
ON CONFLICT (key) DO NOTHING
"""
_DELIVERIES = """
INSERT INTO notifications_delivery
       (channel, key, address, subject, body, state, tries, error, created_at, next_try)
SELECT *, %s, 0, '', clock_timestamp(), clock_timestamp()
  FROM unnest(%s::text[], %s::text[], %s::text[], %s::text[], %s::text[])
ON CONFLICT (key) DO NOTHING
"""


@dataclass(frozen=True, slots=True)
class Note:
    """One message to one person, made unique by its key.

    `mail` and `mobile` are addresses outside the platform, blank for none; `sms` is the short text
    for the mobile, the subject if blank.
    """

    person_id: int
    key: str
    subject: str
    body: str
    url: str = ""
    mail: str = ""
    mobile: str = ""
    sms: str = ""


@transaction.atomic
def send_many(notes: Iterable[Note]) -> int:
    """Put messages into inboxes and the outbox; return how many were new.

    A key that is there already is passed over, so the same call may come twice.
    """
    # One order for everybody: two senders of the same keys must not wait for each other.
    batch = sorted(notes, key=lambda note: note.key)
    if not batch:
        return 0
    rows = [(n.person_id, n.key, n.subject, n.body, n.url) for n in batch]
    going = [way for note in batch for way in _ways_out(note)]
    with connection.cursor() as cursor:
        cursor.execute(_MESSAGES, _columns(rows))
        new: int = cursor.rowcount
        if going:
            state = State.HELD if settings.DEMO else State.WAITING
            cursor.execute(_DELIVERIES, [state.value, *_columns(going)])
    return new


def mark_read(message_id: int, *, person_id: int) -> Message | None:
    """Mark one's own message as read and return it; somebody else's is not found."""
    Message.objects.filter(pk=message_id, person_id=person_id, read_at=None).update(
        read_at=clock.now()
    )
    return Message.objects.filter(pk=message_id, person_id=person_id).first()


def deliver() -> int:
    """Deliver what waits and return how many went out; a failure is tried again later."""
    sent = failures = 0
    while failures < _FAILURES_IN_A_ROW and (state := _deliver_next()) is not None:
        sent += state is State.SENT
        failures = failures + 1 if state in (State.WAITING, State.FAILED) else 0
    return sent


@transaction.atomic
def _deliver_next() -> State | None:
    """Deliver one row that nobody else holds; return what became of it, None if none waits.

    One row a transaction: a process that dies repeats one message at most.
    """
    delivery = (
        Delivery.objects.select_for_update(skip_locked=True)
        .filter(state=State.WAITING, next_try__lte=clock.now())
        .order_by("next_try", "pk")
        .first()
    )
    if delivery is None:
        return None
    if settings.DEMO:
        delivery.state = State.HELD
    else:
        _try(delivery)
    delivery.save(update_fields=["tries", "state", "sent_at", "error", "next_try"])
    return State(delivery.state)


def _try(delivery: Delivery) -> None:
    delivery.tries += 1
    try:
        channels.send(delivery)
    # Whatever a provider or a bad address raises, the next message must still go out.
    except Exception as error:
        _logger.warning("delivery %s failed, try %s", delivery.pk, delivery.tries, exc_info=error)
        delivery.error = f"{type(error).__name__}: {error}"[:300]
        wait = wait_after(delivery.tries)
        if wait is None:
            delivery.state = State.FAILED
        else:
            delivery.next_try = clock.now() + wait
    else:
        delivery.state, delivery.sent_at, delivery.error = State.SENT, clock.now(), ""


def _ways_out(note: Note) -> Iterable[tuple[str, str, str, str, str]]:
    if note.mail:
        yield (Channel.MAIL.value, f"mail:{note.key}", note.mail, note.subject, note.body)
    if note.mobile:
        text = note.sms or note.subject
        yield (Channel.SMS.value, f"sms:{note.key}", note.mobile, note.subject, text)


def _columns(rows: Sequence[tuple[object, ...]]) -> list[list[object]]:
    return [list(column) for column in zip(*rows, strict=True)]
