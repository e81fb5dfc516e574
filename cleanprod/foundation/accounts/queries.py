"""Who is offered on the demo sign-in page."""

from dataclasses import dataclass

from django.db.models import QuerySet

from cleanprod.foundation.accounts.models import DemoGroup, Person


@dataclass(frozen=True, slots=True)
class Cast:
    """One heading of the demo sign-in page with its people."""

    group: DemoGroup
    people: list[Person]


def demo_people() -> QuerySet[Person]:
    """Return the people a visitor of the demo may sign in as."""
    return Person.objects.filter(is_active=True).exclude(demo_note="")


def demo_cast() -> list[Cast]:
    """Return the people of the demo under their headings, in the order of the offices."""
    people = list(demo_people().order_by("pk"))
    casts = [
        Cast(group, [person for person in people if person.demo_group == group.value])
        for group in DemoGroup
    ]
    return [cast for cast in casts if cast.people]
