"""The map of all routes, walked: their names, their doors and the module of each view."""

import inspect
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver


@dataclass(frozen=True)
class Route:
    """One named address."""

    name: str
    address: str
    view: Callable[..., Any]

    @property
    def open(self) -> bool:
        """Tell whether visitors pass the login middleware here."""
        return not getattr(self.view, "login_required", True)

    @property
    def module(self) -> str:
        """Return the module of our own view, or of another's."""
        return inspect.unwrap(self.view).__module__


def routes() -> list[Route]:
    """Return all routes of the project."""
    return list(_walk(get_resolver().url_patterns))


def _walk(
    patterns: Iterable[URLPattern | URLResolver], space: str = "", before: str = "/"
) -> Iterator[Route]:
    for pattern in patterns:
        address = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            inner = f"{space}{pattern.namespace}:" if pattern.namespace else space
            yield from _walk(pattern.url_patterns, inner, address)
        else:
            yield Route(f"{space}{pattern.name or ''}", address, pattern.callback)
