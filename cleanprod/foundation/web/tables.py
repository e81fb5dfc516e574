"""Long lists: search, sort and pages by key, each at a constant number of queries."""

import binascii
import json
import unicodedata
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from operator import and_, or_
from typing import Any, Generic, TypeVar

from django.core.exceptions import ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest

R = TypeVar("R")
M = TypeVar("M", bound=Model)

AFTER = "after"
BEFORE = "before"
SORT = "sort"
LONGEST_SEARCH = 100


@dataclass(frozen=True, slots=True)
class Page(Generic[R]):
    """One page of a list and the ways to its neighbours; `total` only where it was asked for.

    `capped` says that there are at least `total` rows, perhaps more.
    """

    rows: list[R]
    next_url: str
    previous_url: str
    total: int | None = None
    capped: bool = False


def page(
    queryset: QuerySet[M, R],
    fields: Sequence[str],
    request: HttpRequest,
    size: int = 50,
    *,
    total: bool = False,
    most: int | None = None,
) -> Page[R]:
    """Return the page that the request asks for, ordered by the key fields.

    The fields (`-` for falling) must end in a unique one, usually `pk`. One query reads the rows;
    the exact total is a second one, which counts up to `most` rows where the list is that long.
    A mark that makes no sense leads to the first page.
    """
    if not total:
        return _found(queryset, fields, request, size, None)
    if most is None:
        return _found(queryset, fields, request, size, queryset.count())
    counted = queryset.order_by().values("pk")[: most + 1].count()
    found = _found(queryset, fields, request, size, min(counted, most))
    return replace(found, capped=counted > most)


def _found(
    queryset: QuerySet[M, R],
    fields: Sequence[str],
    request: HttpRequest,
    size: int,
    counted: int | None,
) -> Page[R]:
    key = read_mark(request.GET.get(AFTER), fields)
    if key is not None:
        found = beyond(queryset, fields, key, size)
        if found is not None:
            return _page(found, fields, request, size, counted, later=True)
    key = read_mark(request.GET.get(BEFORE), fields)
    if key is not None:
        found = beyond(queryset, [turned(field) for field in fields], key, size)
        if found:
            return _page_before(found, fields, request, size, counted)
    return _page(list(queryset.order_by(*fields)[: size + 1]), fields, request, size, counted)


def _page(
    found: list[R],
    fields: Sequence[str],
    request: HttpRequest,
    size: int,
    total: int | None,
    *,
    later: bool = False,
) -> Page[R]:
    rows = found[:size]
    more = address(request, AFTER, rows[-1], fields) if len(found) > size else ""
    back = ""
    if later:
        back = address(request, BEFORE, rows[0], fields) if rows else first_address(request)
    return Page(rows, more, back, total)


def _page_before(
    found: list[R], fields: Sequence[str], request: HttpRequest, size: int, total: int | None
) -> Page[R]:
    rows = found[:size][::-1]
    back = address(request, BEFORE, rows[0], fields) if len(found) > size else ""
    return Page(rows, address(request, AFTER, rows[-1], fields), back, total)


def beyond(
    queryset: QuerySet[M, R], fields: Sequence[str], key: Sequence[Any], size: int
) -> list[R] | None:
    """Return the rows after a key in this order, one more than a page; None for a wrong key."""
    try:
        return list(queryset.filter(later_than(fields, key)).order_by(*fields)[: size + 1])
    except (ValueError, TypeError, ValidationError, OverflowError):
        return None


def later_than(fields: Sequence[str], key: Sequence[Any]) -> Q:
    """Return the condition "comes after this key", with PostgreSQL's place of nulls."""
    ways = []
    same = Q()
    for field, value in zip(fields, key, strict=True):
        ways.append(same & past(field, value))
        same &= (
            Q(**{f"{field.lstrip('-')}__isnull": True}) if value is None else equal(field, value)
        )
    # The first field alone bounds the walk through the index.
    bound = past(fields[0], key[0]) | (
        Q(**{f"{fields[0].lstrip('-')}__isnull": True})
        if key[0] is None
        else equal(fields[0], key[0])
    )
    return bound & reduce(or_, ways)


def equal(field: str, value: Any) -> Q:
    """Return the condition that a field has this value."""
    return Q(**{field.lstrip("-"): value})


def past(field: str, value: Any) -> Q:
    """Return the condition that a field lies after the value; rising order puts nulls last."""
    name = field.lstrip("-")
    falling = field.startswith("-")
    if value is None:
        return Q(**{f"{name}__isnull": False}) if falling else Q(pk__in=[])
    if falling:
        return Q(**{f"{name}__lt": value})
    return Q(**{f"{name}__gt": value}) | Q(**{f"{name}__isnull": True})


def turned(field: str) -> str:
    """Return the field in the opposite order."""
    return field[1:] if field.startswith("-") else f"-{field}"


def mark(row: Any, fields: Sequence[str]) -> str:
    """Return the key of a row as a word for the address."""
    values = [reach(row, field.lstrip("-")) for field in fields]
    text = json.dumps(values, cls=DjangoJSONEncoder, ensure_ascii=False, separators=(",", ":"))
    return urlsafe_b64encode(text.encode()).decode().rstrip("=")


def reach(row: Any, name: str) -> Any:
    """Return the value of a row, be it a record or the dict of `values()`."""
    if isinstance(row, Mapping):
        return row[name]
    return reduce(getattr, name.split("__"), row)


def read_mark(text: str | None, fields: Sequence[str]) -> list[Any] | None:
    """Return the key in an address, or None when somebody wrote nonsense there."""
    if not text:
        return None
    try:
        key = json.loads(urlsafe_b64decode(text.encode() + b"=" * (-len(text) % 4)))
    except (ValueError, binascii.Error, RecursionError):
        return None
    fine = isinstance(key, list) and len(key) == len(fields) and all(map(is_plain, key))
    return key if fine else None


def is_plain(value: Any) -> bool:
    """Tell whether a value of an address may go into a query."""
    if isinstance(value, str):
        return "\x00" not in value
    return value is None or isinstance(value, int | float)


def address(request: HttpRequest, name: str, row: Any, fields: Sequence[str]) -> str:
    """Return the address of the neighbouring page, filters kept."""
    return changed(request, **{name: mark(row, fields)})


def first_address(request: HttpRequest) -> str:
    """Return the address of the first page, filters kept."""
    return changed(request)


def changed(request: HttpRequest, **values: str) -> str:
    """Return the address of this list with other values, from its first page."""
    query = request.GET.copy()
    for name in (AFTER, BEFORE):
        query.pop(name, None)
    for name, value in values.items():
        query[name] = value
    return f"{request.path}?{query.urlencode()}"


@dataclass(frozen=True, slots=True)
class Sorted:
    """The order somebody chose among those a list offers."""

    request: HttpRequest
    offered: Mapping[str, Sequence[str]]
    key: str
    falling: bool

    @property
    def fields(self) -> list[str]:
        """Return the key fields for `page`."""
        fields = self.offered[self.key]
        return [turned(field) for field in fields] if self.falling else list(fields)

    def column(self, label: str, key: str, kind: str = "") -> dict[str, str]:
        """Return a column for `ui.table` whose head sorts by this key."""
        chosen = key == self.key
        word = f"-{key}" if chosen and not self.falling else key
        state = ("descending" if self.falling else "ascending") if chosen else ""
        return {
            "label": label,
            "kind": kind,
            "url": changed(self.request, **{SORT: word}),
            "sorted": state,
        }


def sort(request: HttpRequest, offered: Mapping[str, Sequence[str]], default: str) -> Sorted:
    """Read the order from `?sort=key` or `?sort=-key`; anything not offered means the default."""
    word = request.GET.get(SORT, "")
    if word.lstrip("-") not in offered:
        word = default
    return Sorted(request, offered, word.lstrip("-"), word.startswith("-"))


def tidy(text: str | None) -> str:
    """Return what somebody searched for: one width, no control characters, not too long."""
    plain = unicodedata.normalize("NFKC", text or "")
    kept = "".join(c for c in plain if unicodedata.category(c)[0] != "C" or c.isspace())
    return " ".join(kept.split())[:LONGEST_SEARCH]


def search(queryset: QuerySet[M, R], text: str | None, fields: Sequence[str]) -> QuerySet[M, R]:
    """Keep the rows that hold every word of the text in any of the fields."""
    words = tidy(text).split()
    if not words:
        return queryset
    hits = [reduce(or_, (Q(**{f"{f}__icontains": word}) for f in fields)) for word in words]
    return queryset.filter(reduce(and_, hits))
