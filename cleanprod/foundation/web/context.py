"""What the frame of every page shows: who, where, which day."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from cleanprod.foundation.engine import clock
from cleanprod.foundation.territory import queries as territory


def furniture(request: HttpRequest) -> dict[str, Any]:
    """Return the context of the page frame; the province is read once per process."""
    province = territory.region(settings.PROVINCE_CODE)
    return {
        "province": province.name if province else "",
        "standing": getattr(request, "standing", None),
        "large_type": request.COOKIES.get("large_type") == "1",
        "demo_day": clock.today() if settings.DEMO else None,
    }
