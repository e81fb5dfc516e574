"""Send messages in the caller's transaction; deliver them afterwards, at least once."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction

from cleanprod.foundation.engine import clock
from cleanprod.foundation.notifications.models import Channel, Delivery, Message, State

MOST_TRIES = 8
FIRST_WAIT = timedelta(minutes=1)
AT_ONCE = 50


@dataclass(frozen=True, slots=True)
class Note:
    """One message to one person; `mail` is an address or blank. The key makes it unique."""

    person_id: int
    key: str
    subject: str
    body: str
    url: str = ""
    mail: str = ""


def send_many(notes: Iterable[Note]) -> int:
    """Put messages into inboxes and outbox; a key that is there already is passed over."""
    batch = list(notes)
    Message.objects.bulk_create(
        (Message(person_id=n.person_id, key=n.key, subject=n.subject, body=n.body, url=n.url)
         for n in batch),
        batch_size=2000,
        ignore_conflicts=True,
    )  # fmt: skip
    state = State.HELD if settings.DEMO else State.WAITING
    Delivery.objects.bulk_create(
        (
            Delivery(
                key=f"mail:{n.key}", channel=Channel.MAIL, address=n.mail, subject=n.subject,
                body=n.body, state=state,
            )
            for n in batch
            if n.mail
        ),
        batch_size=2000,
        ignore_conflicts=True,
    )  # fmt: skip
    return len(batch)


def mark_read(message_id: int, *, person_id: int) -> Message | None:
    """Mark one's own message as read and return it; somebody else's is not found."""
    Message.objects.filter(pk=message_id, person_id=person_id, read_at=None).update(
        read_at=clock.now()
    )
    return Message.objects.filter(pk=message_id, person_id=person_id).first()


def deliver() -> int:
    """Deliver what waits, a few at a time; a failure is tried again later, with longer waits."""
    sent = 0
    while (done := _deliver_some()) is not None:
        sent += done
    return sent


@transaction.atomic
def _deliver_some() -> int | None:
    """Deliver some rows that nobody else holds; return how many were sent, None when none wait."""
    waiting = list(
        Delivery.objects.select_for_update(skip_locked=True)
        .filter(state=State.WAITING, next_try__lte=clock.now())
        .order_by("pk")[:AT_ONCE]
    )
    if not waiting:
        return None
    return sum(_deliver_one(delivery) for delivery in waiting)


def _deliver_one(delivery: Delivery) -> int:
    delivery.tries += 1
    try:
        if settings.DEMO:
            delivery.state = State.HELD
        else:
            EmailMessage(delivery.subject, delivery.body, to=[delivery.address]).send()
            delivery.state, delivery.sent_at = State.SENT, clock.now()
    except OSError as error:
        delivery.error = str(error)[:300]
        delivery.next_try = clock.now() + FIRST_WAIT * 2 ** (delivery.tries - 1)
        if delivery.tries >= MOST_TRIES:
            delivery.state = State.FAILED
    delivery.save(update_fields=["tries", "state", "sent_at", "error", "next_try"])
    return int(delivery.state == State.SENT)
