"""Let go of a draft once its form was taken."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import resolve_url

from cleanprod.foundation.drafts import actions
from cleanprod.foundation.trail.actions import Actor

Answer = Callable[[HttpRequest], HttpResponse]
FIELD = "kept_page"
"""The hidden field by which a form says under which page its draft is kept."""


def taken_forms(get_response: Answer) -> Answer:
    """Drop the draft of a form that was answered by leading on, as every taken form is."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        by: Actor | None = getattr(request, "standing", None)
        if by is not None and request.method == "POST" and _leads_on(response):
            page = request.POST.get(FIELD, "")
            if page:
                actions.drop(page, by=by)
        return response

    return middleware


def _leads_on(response: HttpResponse) -> bool:
    """Tell whether a form was taken; one that asks for the password first was not."""
    if response.status_code != 302:
        return False
    return not response["Location"].startswith(resolve_url("account_reauthenticate"))
