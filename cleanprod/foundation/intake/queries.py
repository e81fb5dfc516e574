"""What an office once said its headers mean."""

from cleanprod.foundation.intake.models import LearnedHeader


def learned(office_id: int | None, kind: str) -> dict[str, str]:
    """Return by header, as it is looked up, the column of the template it means."""
    if office_id is None:
        return {}
    own = LearnedHeader.objects.filter(organisation_id=office_id, kind=kind)
    return dict(own.values_list("header", "column"))
