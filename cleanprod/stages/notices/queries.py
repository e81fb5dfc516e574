"""Reads of notices that count or join: how far service is, what is owed and overdue."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from cleanprod.foundation.obligations.models import Obligation
from cleanprod.foundation.organisations.rules import Role, Standing
from cleanprod.stages.audits import access as audits
from cleanprod.stages.audits.models import Round
from cleanprod.stages.audits.rules import WORKING
from cleanprod.stages.notices import access
from cleanprod.stages.notices.models import Notice, Service
from cleanprod.stages.programme.models import Batch

_EFFECTIVE = Service.objects.filter(notice=OuterRef("pk"), withdrawn_at=None)


@dataclass(frozen=True, slots=True)
class Progress:
    """How many firms of a list have their notice, and how many of these were served."""

    firms: int
    issued: int
    served: int


def to_notify(batch: Batch) -> QuerySet[Round]:
    """Return the rounds of a list that go on and have no notice of it yet, in list order."""
    return (
        _of_list(batch)
        .filter(stage__in=WORKING)
        .exclude(notices__batch=batch)
        .order_by("county_id", "entry__row", "pk")
    )


def _of_list(batch: Batch) -> QuerySet[Round]:
    """Return the rounds that a list opened or named again, each once."""
    named = Q(entry__batch=batch) | Q(
        pk__in=Round.objects.filter(relistings__entry__batch=batch).values("pk")
    )
    return Round.objects.filter(named)


def served(notices: QuerySet[Notice], yes: bool = True) -> QuerySet[Notice]:
    """Return those of the notices that were served, or those that were not."""
    found = Exists(_EFFECTIVE)
    return notices.filter(found if yes else ~found)


def progress(standing: Standing, batch: Batch) -> Progress:
    """Return how far the notices of a list are, within what this person may read."""
    rounds = audits.visible_to(standing).filter(pk__in=_of_list(batch).values("pk"))
    notices = access.visible_to(standing).filter(batch=batch)
    return Progress(
        rounds.filter(Q(stage__in=WORKING) | Q(notices__batch=batch)).distinct().count(),
        notices.count(),
        served(notices).count(),
    )


def to_serve(standing: Standing) -> QuerySet[Notice]:
    """Return the notices that this desk may serve and that are not served; rounds that ended
    since need none."""
    notices = access.visible_to(standing).filter(round__stage__in=WORKING)
    if standing.role is Role.CITY:
        notices = notices.filter(lead=standing.line)
    return served(notices, False)


def by_county(standing: Standing, batch: Batch) -> list[tuple[str, str, int, int]]:
    """Return code, name, issued and served of each county of a list."""
    rows = (
        access.visible_to(standing)
        .filter(batch=batch)
        .order_by("county_id")
        .values_list("county_id", "county__name")
        .annotate(
            issued=Count("pk", distinct=True),
            done=Count("pk", filter=Q(services__withdrawn_at=None, services__isnull=False),
                       distinct=True),
        )
    )  # fmt: skip
    return [(code or "", name or "未填县区", issued, done) for code, name, issued, done in rows]


def last_service(notices: Collection[int]) -> Mapping[int, Service]:
    """Return the effective service of each of these notices."""
    found = Service.objects.filter(notice__in=notices, withdrawn_at=None).select_related("evidence")
    return {one.notice_id: one for one in found}


def next_serial(city: str, lead: str, head: str) -> int:
    """Return the serial after the last one under a head."""
    last = (
        Notice.objects.filter(city=city, lead=lead, head=head).order_by("-serial").values_list(
            "serial", flat=True
        ).first()
    )  # fmt: skip
    return (last or 0) + 1


def owed(standing: Standing, on: date, soon: int) -> QuerySet[Obligation]:
    """Return what firms of this desk owe: overdue on a day, or due within so many days.

    A city department reads its own line; the other line's firms are urged by the other.
    """
    found = Obligation.objects.open().filter(
        subject__startswith="round:", due_on__lt=on + timedelta(days=soon)
    )
    if standing.role is Role.PROVINCE:
        return found.filter(owner__province=standing.province)
    found = found.filter(city=standing.city)
    if standing.line:
        found = found.filter(lead=standing.line)
    if standing.role is Role.COUNTY:
        firms = audits.visible_to(standing).filter(stage__in=WORKING).values("enterprise")
        found = found.filter(owner__in=firms)
    return found


def owed_by_rounds(rounds: Collection[int]) -> Mapping[int, list[Obligation]]:
    """Return what is owed in each of these rounds, the nearest day first."""
    found: dict[int, list[Obligation]] = {pk: [] for pk in rounds}
    subjects = [f"round:{pk}" for pk in rounds]
    for duty in Obligation.objects.open().filter(subject__in=subjects).order_by("due_on", "pk"):
        found[int(duty.subject.removeprefix("round:"))].append(duty)
    return found
