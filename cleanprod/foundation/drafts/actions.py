"""Keep what is typed, find it again, let go of it."""

from datetime import timedelta
from typing import Any

from cleanprod.foundation.drafts.models import Draft
from cleanprod.foundation.drafts.rules import Pairs, checked_page
from cleanprod.foundation.engine import clock
from cleanprod.foundation.trail.actions import Actor

KEPT_FOR = timedelta(days=180)
MOST = 200  # pages of one person; the oldest goes first


def keep(page: str, fields: Pairs, marks: Pairs, *, by: Actor) -> Draft:
    """Keep what a person has typed on a page instead of what was kept before."""
    draft, made = Draft.objects.update_or_create(
        page=checked_page(page), **_whose(by),
        defaults={"fields": fields, "marks": marks, "changed_at": clock.now()},
    )  # fmt: skip
    if made:
        mine = Draft.objects.filter(**_whose(by)).order_by("-changed_at", "-pk")
        Draft.objects.filter(pk__in=list(mine.values_list("pk", flat=True)[MOST:])).delete()
    return draft


def find(page: str, *, by: Actor) -> Draft | None:
    """Return what this person left unfinished on a page."""
    return Draft.objects.filter(page=page, **_whose(by)).first()


def drop(page: str, *, by: Actor) -> None:
    """Let go of what was kept of a page: it was sent, or is not wanted."""
    Draft.objects.filter(page=page, **_whose(by)).delete()


def expire() -> int:
    """Remove drafts that nobody has touched for half a year; return how many."""
    return Draft.objects.filter(changed_at__lt=clock.now() - KEPT_FOR).delete()[0]


def _whose(by: Actor) -> dict[str, Any]:
    return {"person_id": by.person_id or 0, "office_id": by.office_id or 0}
