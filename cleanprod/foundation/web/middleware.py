"""Turn refusals of acts, and bare refusals of Django, into answers a person can read."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from cleanprod.foundation.web import errors
from cleanprod.kernel.errors import Conflict, NotAllowed, Refused

Answer = Callable[[HttpRequest], HttpResponse]


def refused(request: HttpRequest, exception: Exception) -> HttpResponse | None:
    """Answer 409 for what is not open or has changed, 422 for any other refusal."""
    if isinstance(exception, NotAllowed | Conflict):
        return errors.answer(request, errors.CONFLICT, str(exception))
    if isinstance(exception, Refused):
        return errors.answer(request, errors.REFUSED, str(exception))
    return None


def refusals(get_response: Answer) -> Answer:
    """Show refusals raised by views, and give Django's empty 405 a page.

    A null byte in an address means nothing, and the database takes none: it is left out.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        if "%00" in (asked := request.META.get("QUERY_STRING", "")):
            request.META["QUERY_STRING"] = asked.replace("%00", "")
            request.__dict__.pop("GET", None)  # may have been read by now
        response = get_response(request)
        if response.status_code != 405 or response.content:
            return response
        page = errors.answer(request, errors.WRONG_WAY)
        page["Allow"] = response["Allow"]
        return page

    middleware.process_exception = refused  # type: ignore[attr-defined]
    return middleware
