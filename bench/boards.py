"""Boards of a city: server time of whole requests among the reference load.

Run: .venv/bin/python -m bench.boards [--rounds 100000] [--live 2000]
Goals: the board of a city with that many open rounds at most 150 ms (p95) under every filter, the
page of a dispatch about all of them and its first page of rows too, with as many queries as among
few rounds; the list of all that is overdue made and frozen in at most 5 s.
"""

import argparse
import time
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from bench.desks import asked, beside, p95, people, queries
from bench.ground import database, save
from bench.statistics import fill

CITY = "440600"
DAY = date(2023, 9, 28)
_LIVE = """
    WITH chosen AS (
      SELECT id FROM audits_round WHERE city_id = %(city)s ORDER BY list_year DESC, id
       LIMIT %(live)s)
    UPDATE audits_round SET lead = 'ecology', accepted_on = NULL, completed_on = NULL,
           list_year = 2023, listed_on = '2023-03-08', kind = CASE WHEN id %% 3 = 0 THEN 'mandatory'
           ELSE 'voluntary' END,
           stage = (ARRAY['listed', 'registered', 'planned', 'started'])[1 + id %% 4]
     WHERE id IN (SELECT id FROM chosen)
"""
_DUTIES = """
    INSERT INTO obligations_obligation
      (key, owner_id, title, subject, url, city, lead, opened_on, due_on, basis, void_reason,
       extension, done_on)
    SELECT 'round:' || r.id || ':' || what || ':' || r.entry_id, r.enterprise_id, title,
           'round:' || r.id, '', r.city_id, r.lead, r.listed_on, r.listed_on + days, '', '', '',
           CASE WHEN r.accepted_on IS NOT NULL OR (what = 'register' AND r.id %% 4 > 0)
           THEN r.listed_on + 20 END
      FROM audits_round r, (VALUES ('register', '注册平台并公布企业信息', 31),
           ('start', '启动清洁生产审核', 61), ('finish', '完成本轮清洁生产审核并提交审核报告', 365))
           AS duty (what, title, days)
"""
_HELP = """
    INSERT INTO registration_engagement
      (round_id, consultancy_id, scope, begins_on, ends_on, reason, person_name)
    SELECT r.id, (SELECT min(id) FROM organisations_organisation), 'fill', '2023-04-01',
           '2024-03-31', '', '' FROM audits_round r WHERE r.stage IN
           ('listed', 'registered', 'planned', 'started') AND r.id %% 3 = 0
"""
FILTERS = {
    "all": "", "overdue with any": "?overdue=any", "overdue with one": "?overdue=start",
    "without consultancy": "?helped=no", "one stage": "?stage=planned&kind=mandatory",
    "one county": "?county=440605", "by name": "?q=F1", "seldom": "?overdue=finish&q=F9",
}  # fmt: skip


def world(rounds: int, live: int) -> Any:
    """Make the rounds, that many of them open in one city with duties; return its official."""
    from django.db import connection

    fill(rounds, 12, 2012)
    with connection.cursor() as cursor:
        cursor.execute(_LIVE, {"city": CITY, "live": live})
        cursor.execute(_DUTIES, [])
        cursor.execute(_HELP, [])
        cursor.execute("VACUUM ANALYZE")
    return people()["city"]


def standing() -> Any:
    """Return the official of the city as one who acts."""
    from cleanprod.foundation.accounts.models import Person
    from cleanprod.foundation.organisations.access import standing_of

    return standing_of(Person.objects.filter(name="city").latest("pk"))


def opened(by: Any) -> tuple[Any, float]:
    """Open a dispatch about everything overdue; return it and the seconds it took."""
    from cleanprod.stages.dispatch import actions
    from cleanprod.stages.dispatch import queries as dispatches
    from cleanprod.stages.dispatch.rules import Selection

    start = time.perf_counter()
    said = actions.Draft(
        "bench", "bench", DAY + timedelta(10), dispatches.offered(DAY),
        Selection(tuple(key for key, _ in dispatches.duty_titles(DAY))),
    )  # fmt: skip
    made = actions.open_dispatch(actions.draft(said, by=by).pk, by=by)
    return made, round(time.perf_counter() - start, 3)


def pages(client: Any, dispatch: Any) -> dict[str, Callable[[], Any]]:
    """Return the calls to measure by name."""
    recipient = dispatch.recipients.order_by("pk").first()
    calls = {f"board, {name}": asked(client, f"/rounds/{q}") for name, q in FILTERS.items()}
    return calls | {
        "dispatch": asked(client, f"/dispatch/{dispatch.pk}/"),
        "rows of a recipient": asked(client, f"/dispatch/answers/{recipient.pk}/"),
        "list of dispatches": asked(client, "/dispatch/"),
        "home": asked(client, "/desk/"),
    }


def main() -> None:
    """Measure the boards and say whether the goals hold."""
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("--rounds", type=int, default=100_000)
    reader.add_argument("--live", type=int, default=2_000)
    reader.add_argument("--times", type=int, default=60)
    sizes = reader.parse_args()
    result: dict[str, Any] = {"goal": "p95 <= 150 ms; queries as among few; a list <= 5 s"}
    with database():
        from cleanprod.foundation.engine import clock

        with clock.fixed(DAY):
            client = world(2_000, 60)
            few = {
                name: queries(call) for name, call in pages(client, opened(standing())[0]).items()
            }
            client = world(sizes.rounds, sizes.live)
            dispatch, seconds = opened(standing())
            result["list"] = {
                "rows": dispatch.rows.count(), "seconds": seconds, "within_goal": seconds <= 5,
            }  # fmt: skip
            calls = pages(client, dispatch)
            for name, taken in beside(calls, sizes.times).items():
                number = queries(calls[name])
                result[name] = {
                    "p95_ms": p95(taken), "p95_within_goal": p95(taken) <= 150,
                    "queries": number, "queries_among_few": few[name],
                    "queries_within_goal": number <= few[name],
                }  # fmt: skip
    save("boards", result)


if __name__ == "__main__":
    main()
