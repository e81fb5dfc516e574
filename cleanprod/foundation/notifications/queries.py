"""A person's inbox."""

from django.db.models import QuerySet

from cleanprod.foundation.notifications.models import Message


def inbox(person_id: int) -> QuerySet[Message]:
    """Return all messages of a person, newest first."""
    return Message.objects.filter(person_id=person_id).order_by("-id")


def unread_count(person_id: int) -> int:
    """Return how many messages a person has not read."""
    return inbox(person_id).filter(read_at=None).count()
