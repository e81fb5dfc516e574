"""Who may read the materials of a round, and who may add to them."""

from django.db.models import QuerySet
from django.http import Http404

from cleanprod.foundation.engine import clock
from cleanprod.foundation.organisations.rules import Part, Role, Standing
from cleanprod.stages.audits import access as audits
from cleanprod.stages.audits.models import Round
from cleanprod.stages.materials.models import Version
from cleanprod.stages.registration import access as registration
from cleanprod.stages.registration.models import Engagement
from cleanprod.stages.registration.rules import Scope, includes
from cleanprod.stages.scoring.models import Member
from cleanprod.stages.scoring.rules import State

READERS = (
    Role.PROVINCE, Role.CITY, Role.COUNTY, Role.ENTERPRISE, Role.CONSULTANCY, Role.EXPERT,
)  # fmt: skip
OWNERS = (Role.ENTERPRISE, Role.CONSULTANCY)


def rounds(standing: Standing | None) -> QuerySet[Round]:
    """Return the rounds whose materials this person may read.

    A consultancy reads those of its engagements that hold today, an expert those in whose
    sittings he or she sits; the others what `audits.access` shows them.
    """
    if standing is None:
        return Round.objects.none()
    if standing.role is Role.CONSULTANCY:
        held = registration.engagements_visible_to(standing)
        return Round.objects.filter(pk__in=held.values("round"))
    if standing.role is Role.EXPERT:
        seats = Member.objects.filter(person=standing.person_id)
        going = seats.exclude(sitting__state=State.CANCELLED)
        return Round.objects.filter(pk__in=going.values("sitting__round"))
    return audits.visible_to(standing)


def round_or_404(standing: Standing | None, pk: int) -> Round:
    """Return one round whose materials this person may read; else answer as if it were not."""
    found = (
        rounds(standing)
        .filter(pk=pk)
        .select_related("city", "county", "entry__batch", "enterprise")
        .first()
    )
    if found is None:
        raise Http404
    return found


def visible_to(standing: Standing | None, audit: Round) -> QuerySet[Version]:
    """Return the versions of a round whose files this person may open.

    The other department of the city follows progress, but opens no confidential file; what was
    taken back before it was submitted stays with those who brought it.
    """
    found = Version.objects.filter(round=audit)
    if standing is None or not rounds(standing).filter(pk=audit.pk).exists():
        return found.none()
    if standing.role not in OWNERS:
        found = found.standing()
    if Part.PARTNER in audits.parts(standing, audit):
        return found.filter(confidential=False)
    return found


def version_or_404(standing: Standing, round_id: int, pk: int) -> Version:
    """Return one version whose file this person may open."""
    audit = round_or_404(standing, round_id)
    found = visible_to(standing, audit).filter(pk=pk).select_related("file", "round").first()
    if found is None:
        raise Http404
    return found


def engagements(audit: Round) -> list[Engagement]:
    """Return the engagements of a round that hold today and let a consultancy do more than read."""
    held = Engagement.objects.holding(clock.today()).filter(round=audit)
    found = held.select_related("consultancy").order_by("pk")
    return [one for one in found if includes(Scope(one.scope), Scope.FILL)]


def maker(standing: Standing, audit: Round, scope: Scope = Scope.FILL) -> Standing | None:
    """Return as whom this person may add to the materials of a round, or None.

    A consultant whose engagement covers the scope acts for the enterprise, under both names.
    """
    acting = registration.as_whom(standing, audit, scope)
    return acting if Part.ENTERPRISE in audits.parts(acting, audit) else None
