"""Reviews of a city: server time of whole requests with its hundred reviews among many rounds.

Run: .venv/bin/python -m bench.reviews [--rounds 100000] [--reviews 100]
Goals: board, its filters, one review and the list of panels at most 150 ms (p95), with as many
queries as with one review.
"""

import argparse
from collections.abc import Callable
from typing import Any

from bench.boards import CITY, DAY
from bench.desks import asked, beside, p95, people, queries
from bench.ground import database, save
from bench.statistics import fill

_PAGES = {
    "board": "/hearings/", "board, this week": "/hearings/?when=week&state=scheduled",
    "board, by name": "/hearings/?q=F1", "panels": "/experts/panels/",
    "remarks": "/remarks/", "sittings": "/scoring/",
}  # fmt: skip


def world(rounds: int, reviews: int) -> tuple[Any, int]:
    """Make the rounds, that many of one city with a review and a panel; return its official."""
    from django.db import connection

    from cleanprod.stages.audits.models import Round
    from cleanprod.stages.experts.models import Panel
    from cleanprod.stages.hearings.models import Hearing
    from cleanprod.stages.hearings.rules import Mode, State, Step

    fill(rounds, 12, 2012)
    city = Round.objects.filter(city=CITY)
    city.update(lead="ecology")
    chosen = list(city.order_by("-list_year", "pk")[:reviews])
    panels = Panel.objects.bulk_create(
        Panel(
            city_id=CITY, lead="ecology", purpose="joint", meets_on=DAY, place="会议室", size=3,
            made_on=DAY, person_name="bench", office_name="bench",
        )
        for _ in chosen
    )  # fmt: skip
    made = Hearing.objects.bulk_create(
        Hearing(
            round=audit, step=Step.JOINT, mode=Mode.JOINT, state=State.SCHEDULED, day=DAY,
            meets_on=DAY, applied_on=DAY, applied_by="bench", place="会议室", panel=panel,
        )
        for audit, panel in zip(chosen, panels, strict=True)
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    return people()["city"], made[0].pk


def pages(client: Any, hearing: int) -> dict[str, Callable[[], Any]]:
    """Return the calls to measure by name."""
    calls = {name: asked(client, address) for name, address in _PAGES.items()}
    return calls | {"one review": asked(client, f"/hearings/{hearing}/")}


def main() -> None:
    """Measure the pages of reviews and say whether the goals hold."""
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("--rounds", type=int, default=100_000)
    reader.add_argument("--reviews", type=int, default=100)
    reader.add_argument("--times", type=int, default=60)
    sizes = reader.parse_args()
    result: dict[str, Any] = {"goal": "p95 <= 150 ms; queries as with one review"}
    with database():
        from cleanprod.foundation.engine import clock

        with clock.fixed(DAY):
            few = {name: queries(call) for name, call in pages(*world(2_000, 1)).items()}
            calls = pages(*world(sizes.rounds, sizes.reviews))
            for name, taken in beside(calls, sizes.times).items():
                number = queries(calls[name])
                result[name] = {
                    "p95_ms": p95(taken), "p95_within_goal": p95(taken) <= 150,
                    "queries": number, "queries_with_one": few[name],
                    "queries_within_goal": number <= few[name],
                }  # fmt: skip
    save("reviews", result)


if __name__ == "__main__":
    main()
