"""Write what the trail has to remember of refused files once their transaction is over."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from cleanprod.foundation.attachments import quarantine


def refused_files(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Write the waiting lines after each request, whatever its answer."""

    def middleware(request: HttpRequest) -> HttpResponse:
        try:
            return get_response(request)
        finally:
            quarantine.write_lines()

    return middleware
