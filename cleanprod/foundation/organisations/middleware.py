"""Put the standing of the signed-in person on every request."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from cleanprod.foundation.accounts.models import Person
from cleanprod.foundation.organisations.access import standing_of


def standing(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Set `request.standing` to the person's standing, or None for a visitor."""

    def middleware(request: HttpRequest) -> HttpResponse:
        person = request.user
        chosen = request.session.get("membership")
        request.standing = (  # type: ignore[attr-defined]
            standing_of(person, chosen) if isinstance(person, Person) else None
        )
        return get_response(request)

    return middleware
