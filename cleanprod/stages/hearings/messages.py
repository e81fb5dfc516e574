"""The words in which firms and departments are told about reviews."""

from collections.abc import Iterator

from django.urls import reverse

from cleanprod.foundation.notifications.actions import Note
from cleanprod.foundation.organisations import queries as organisations
from cleanprod.stages.hearings.models import Hearing


def to_firm(hearing: Hearing, what: str, body: str) -> Iterator[Note]:
    """Tell the people of the enterprise what became of their review."""
    audit = hearing.round
    yield from _notes(hearing, what, body, organisations.people_of([audit.enterprise_id]))


def to_lead(hearing: Hearing, what: str, body: str) -> Iterator[Note]:
    """Tell the lead department what an enterprise asks."""
    audit = hearing.round
    office = organisations.authority(line=audit.lead, city=audit.city_id)
    people = organisations.people_of([office.pk]) if office else []
    yield from _notes(hearing, what, body, people)


def _notes(
    hearing: Hearing, what: str, body: str, people: list[tuple[int, int, str]]
) -> Iterator[Note]:
    key = f"hearing:{hearing.pk}:{what}:{hearing.state}:{hearing.day}"
    for _, person, mail in people:
        yield Note(
            person_id=person, key=f"{key}:{person}"[:200],
            subject=f"{hearing.get_step_display()}{what}：{hearing.round.name}", body=body,
            url=reverse("hearings:hearing", args=[hearing.pk]), mail=mail,
        )  # fmt: skip
