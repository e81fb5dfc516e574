"""Freezing figures and writing the bulletin, against a bare read of the same records.

Run: .venv/bin/python -m bench.bulletins [--rounds 100000]
Goal: freeze within 30 s; docx and PDF of 21 cities within 10 s; snapshot compared within 30 s.
The floor is one statement that reads the ids of all records by city and figure.
"""

import argparse
from dataclasses import replace
from datetime import date
from typing import Any

from bench.ground import database, median, save
from bench.statistics import fill

_FLOOR = """
    SELECT city_id, array_agg(id ORDER BY id)
      FROM audits_round WHERE accepted_on BETWEEN %s AND %s GROUP BY city_id
"""
YEAR = 2022


def main() -> None:
    """Measure and say whether the goals hold."""
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("--rounds", type=int, default=100_000)
    rounds = reader.parse_args().rounds
    with database():
        fill(rounds, 1, YEAR)
        result = measure(rounds)
    save("bulletins", result)


def measure(rounds: int) -> dict[str, Any]:
    """Return the medians in seconds; all rounds are accepted in one year, the worst case."""
    from django.db import connection

    from bench.publish import cast
    from cleanprod.foundation.organisations.rules import Role
    from cleanprod.insight.bulletins import actions, papers, queries
    from cleanprod.insight.bulletins.rules import Kind
    from cleanprod.insight.statistics.queries import AsOf

    by = replace(cast(), role=Role.PROVINCE, city="", province="440000")
    moment = AsOf(YEAR, date(YEAR + 1, 2, 22))

    def floor() -> Any:
        with connection.cursor() as cursor:
            cursor.execute(_FLOOR, [moment.first, moment.last])
            return cursor.fetchall()

    def freeze() -> Any:
        return actions.freeze(moment, by=by)

    snapshot = freeze()
    draft = actions.words(snapshot, Kind.PLATFORM_USE)
    shown = papers.paper(draft, ("省工业和信息化厅", "省生态环境厅"))
    result = {
        "rounds": rounds,
        "floor_s": round(median(floor, 3), 3),
        "freeze_s": round(median(freeze, 3), 2),
        "compare_s": round(median(lambda: queries.changed_since(snapshot), 3), 2),
        "docx_s": round(median(lambda: papers.render(shown, "docx"), 3), 2),
        "pdf_s": round(median(lambda: papers.render(shown, "pdf"), 3), 2),
        "goal": "freeze <= 30 s, docx + pdf <= 10 s",
    }
    result["within_goal"] = result["freeze_s"] <= 30 and result["docx_s"] + result["pdf_s"] <= 10
    return result


if __name__ == "__main__":
    main()
