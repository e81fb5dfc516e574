"""What an organisation owes."""

from datetime import date

from django.db.models import QuerySet

from cleanprod.foundation.obligations.models import Obligation


def owed_by(organisation_id: int) -> QuerySet[Obligation]:
    """Return what this organisation still owes, the nearest day first."""
    return Obligation.objects.open().filter(owner=organisation_id).order_by("due_on", "pk")


def overdue(on: date) -> QuerySet[Obligation]:
    """Return what is still owed and was due before this day."""
    return Obligation.objects.open().filter(due_on__lt=on)
