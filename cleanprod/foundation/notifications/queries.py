"""A person's inbox."""

from django.db import connection
from django.db.models import QuerySet

from cleanprod.foundation.notifications.models import Message

_UNREAD = "SELECT count(*) FROM notifications_message WHERE person_id = %s AND read_at IS NULL"


def inbox(person_id: int) -> QuerySet[Message]:
    """Return all messages of a person, newest first."""
    return Message.objects.filter(person_id=person_id).order_by("-id")


def unread_count(person_id: int) -> int:
    """Return how many messages a person has not read."""
    with connection.cursor() as cursor:  # on every page: Django takes longer to word it than to ask
        cursor.execute(_UNREAD, [person_id])
        return int(cursor.fetchone()[0])
