"""Links of the own account for the menu in the page head."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse_lazy


def links(_request: HttpRequest) -> dict[str, Any]:
    """Return the links of the own account."""
    return {"account_links": [{"title": "账号安全", "url": reverse_lazy("mfa_index")}]}
