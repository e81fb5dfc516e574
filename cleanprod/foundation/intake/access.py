"""Who may see receipts: the office that imported, and the province."""

from django.db.models import QuerySet

from cleanprod.foundation.intake.models import Receipt
from cleanprod.foundation.organisations.rules import Role, Standing


def visible_to(standing: Standing | None) -> QuerySet[Receipt]:
    """Return the receipts this person may open."""
    receipts = Receipt.objects.all()
    if standing is None or standing.office_id is None:
        return receipts.none()
    if standing.role is Role.PROVINCE:
        return receipts
    return receipts.filter(organisation_id=standing.office_id)
