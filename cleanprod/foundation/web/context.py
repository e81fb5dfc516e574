"""What the frame of every page shows: who, where, which day."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from cleanprod.foundation.engine import clock


def furniture(request: HttpRequest) -> dict[str, Any]:
    """Return the context of the page frame; costs no query."""
    return {
        "standing": getattr(request, "standing", None),
        "large_type": request.COOKIES.get("large_type") == "1",
        "demo_day": clock.today() if settings.DEMO else None,
    }
