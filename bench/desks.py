"""Desks and long lists: server time of whole requests against a bare view with the same bytes.

Run: .venv/bin/python -m bench.desks [--rounds 100000] [--long 1000000]
Goals: the province desk and first pages at most 500 ms (p95) at 100,000 rounds; a page of 50 rows
among 1,000,000 rounds at most 150 ms (p95) and 3 times a bare view returning the same bytes, with
as many queries as among few rounds; a city user at most 1.5 times the province. The records behind
a figure are counted anew, all of them, so that the page cannot differ from the figure: their bare
view makes that count, too, in one line of SQL.
"""

import argparse
import statistics
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from typing import Any

from bench.ground import database, save
from bench.statistics import fill

DAY = date(2023, 2, 22)
QUESTION = f"?year=2022&as_of={DAY.isoformat()}"
DESKS = {
    "province desk": ("province", "/statistics/desk/"),
    "city desk": ("city", "/statistics/desk/"),
    "by trade": ("province", "/statistics/by/trade/"),
    "over the years": ("province", "/statistics/by/list-year/"),
    "province first page": ("province", "/desk/"),
    "city first page": ("city", "/desk/"),
}
# What the list must count to the last record, as SQL; the others count up to a few thousand.
COUNTS = {
    "records": "SELECT count(*) FROM audits_round"
    " WHERE accepted_on BETWEEN '2022-01-01' AND '2022-12-31'"
}
LISTS = {
    "rounds": "/rounds/",
    "records": "/statistics/records/total/",
    "unfinished": "/statistics/unfinished/",
}


_FACTS = """
    INSERT INTO audits_fact (round_id, kind, sequence, happened_on, recorded_at, person_name,
                             office_name, source, document_number, reason, details)
    SELECT id, fact, 0, day, day + CASE WHEN id %% 50 = 0 THEN 90 ELSE 3 END, '', '', 'desk', '',
           '', '{}'
      FROM audits_round, LATERAL (VALUES ('accepted', accepted_on), ('completed', completed_on))
           AS said (fact, day)
     WHERE day IS NOT NULL
"""


def world(rounds: int, years: int, first: int) -> dict[str, Any]:
    """Make that many rounds with their facts, and two officials; return these signed in."""
    from django.db import connection

    fill(rounds, years, first)
    with connection.cursor() as cursor:
        cursor.execute(_FACTS, [])
        cursor.execute("VACUUM ANALYZE")
    return people()


def people() -> dict[str, Any]:
    """Make an official of the province and one of a city; return them signed in."""
    from django.test import Client

    from cleanprod.foundation.accounts.models import Person
    from cleanprod.foundation.organisations import actions as organisations
    from cleanprod.foundation.organisations.rules import Kind, Line, Role
    from cleanprod.foundation.trail.actions import SYSTEM

    found = {}
    for name, role, city in (("province", Role.PROVINCE, ""), ("city", Role.CITY, "440600")):
        office = organisations.enter(
            organisations.NewOrganisation(
                Kind.AUTHORITY, name, line=Line.ECOLOGY, province="440000", city=city or None
            ),
            by=SYSTEM,
        )
        person = Person.objects.create_user(f"{name}{office.pk}", name=name)
        organisations.appoint(person, office, role, by=SYSTEM, on=date(2020, 1, 1))
        Person.objects.update(needs_code=False)
        found[name] = Client()
        found[name].force_login(person)
    return found


def asked(client: Any, address: str) -> Callable[[], Any]:
    """Return the whole request as a call that fails on any other answer than a page."""

    def call() -> Any:
        answer = client.get(address)
        if answer.status_code != 200:
            raise SystemExit(f"{address}: {answer.status_code}")
        return answer

    return call


@contextmanager
def bare(client: Any, content: bytes, count: str = "") -> Iterator[Callable[[], Any]]:
    """Yield a call of a view that only returns these bytes, behind the same middleware.

    With a statement it counts by that first.
    """
    from django.db import connection
    from django.http import HttpRequest, HttpResponse
    from django.urls import path
    from django.views.decorators.http import require_GET

    from cleanprod.config import urls

    def view(_: HttpRequest) -> HttpResponse:
        if count:
            with connection.cursor() as cursor:
                cursor.execute(count)
                cursor.fetchone()
        return HttpResponse(content)

    urls.urlpatterns.append(path("bare/", require_GET(view)))
    _forget_addresses()
    try:
        yield asked(client, "/bare/")
    finally:
        urls.urlpatterns.pop()
        _forget_addresses()


def beside(calls: Mapping[str, Callable[[], Any]], times: int) -> dict[str, list[float]]:
    """Return the milliseconds of each call, taken in turns so that all share the same noise."""
    taken: dict[str, list[float]] = {name: [] for name in calls}
    for turn in range(times + 3):
        for name, call in calls.items():
            start = time.perf_counter()
            call()
            if turn >= 3:  # the first ones warm up
                taken[name].append((time.perf_counter() - start) * 1000)
    return taken


def p95(taken: list[float]) -> float:
    """Return the 95th percentile."""
    return round(statistics.quantiles(taken, n=20)[18], 1)


def _forget_addresses() -> None:
    from django.urls import clear_url_caches
    from django.urls.resolvers import get_resolver

    clear_url_caches()
    get_resolver.cache_clear() if hasattr(get_resolver, "cache_clear") else None


def queries(call: Callable[[], Any]) -> int:
    """Return how many queries a request makes once reference data is remembered."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    call()
    with CaptureQueriesContext(connection) as caught:
        call()
    return len(caught)


def measure_desks(clients: dict[str, Any], times: int) -> dict[str, Any]:
    """Return the 95th percentile of each desk, and whether it keeps within its goal."""
    result: dict[str, Any] = {}
    for name, (who, address) in DESKS.items():
        call = asked(clients[who], address + QUESTION)
        with bare(clients[who], call().content) as floor:
            taken = beside({"ours": call, "floor": floor}, times)
        middle = {whose: statistics.median(found) for whose, found in taken.items()}
        result[name] = {
            "p95_ms": p95(taken["ours"]),
            "bare_p95_ms": p95(taken["floor"]),
            "p50_ms": round(middle["ours"], 1),
            "over_bare": round(middle["ours"] / middle["floor"], 2),
            "queries": queries(call),
            "within_goal": p95(taken["ours"]) <= 500,
        }
    return result


def measure_lists(clients: dict[str, Any], few: dict[str, int], times: int) -> dict[str, Any]:
    """Return how each long list stands to its floor, to few rows, and to the other role."""
    result: dict[str, Any] = {}
    for name, address in LISTS.items():
        province = asked(clients["province"], address + QUESTION)
        city = asked(clients["city"], f"{address}{QUESTION}&city=440600")
        with bare(clients["province"], province().content, COUNTS.get(name, "")) as floor:
            taken = beside({"ours": province, "city": city, "floor": floor}, times)
        middle = {who: statistics.median(found) for who, found in taken.items()}
        found = {
            "p95_ms": p95(taken["ours"]),
            "p50_ms": round(middle["ours"], 1),
            "bare_p50_ms": round(middle["floor"], 1),
            "over_bare": round(middle["ours"] / middle["floor"], 2),
            "city_over_province": round(middle["city"] / middle["ours"], 2),
            "queries": queries(province),
            "queries_among_few": few[name],
        }
        found["p95_within_goal"] = found["p95_ms"] <= 150
        found["bare_within_goal"] = found["over_bare"] <= 3
        found["city_within_goal"] = found["city_over_province"] <= 1.5
        found["queries_within_goal"] = found["queries"] <= found["queries_among_few"]
        result[name] = found
    return result


def main() -> None:
    """Measure desks and lists at their sizes and say whether the goals hold."""
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("--rounds", type=int, default=100_000)
    reader.add_argument("--long", type=int, default=1_000_000)
    reader.add_argument("--times", type=int, default=60)
    sizes = reader.parse_args()
    result: dict[str, Any] = {"goal": "desk p95 <= 500 ms; list p95 <= 150 ms, <= 3 x bare"}
    with database():
        clients = world(200, 2, 2021)
        few = {name: queries(asked(clients["province"], a + QUESTION)) for name, a in LISTS.items()}
        clients = world(sizes.rounds, 12, 2012)
        result[f"desks at {sizes.rounds} rounds"] = measure_desks(clients, sizes.times)
        clients = world(sizes.long, 12, 2012)
        result[f"lists at {sizes.long} rounds"] = measure_lists(clients, few, sizes.times)
    save("desks", result)


if __name__ == "__main__":
    main()
