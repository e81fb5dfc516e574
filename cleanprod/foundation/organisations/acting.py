"""Who acts in a request, for views that only somebody with a standing may open."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from cleanprod.foundation.organisations.rules import Role, Standing


def acting(request: HttpRequest, *roles: Role) -> Standing:
    """Return the standing behind a request; without one, or in another role, refuse.

    The refusal is the page for "not there", so that nobody learns what exists.
    """
    standing: Standing | None = getattr(request, "standing", None)
    if standing is None or (roles and standing.role not in roles):
        raise PermissionDenied
    return standing
