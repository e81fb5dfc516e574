"""Statistics speed: the query functions against hand-written SQL of the same meaning.

Run: .venv/bin/python -m bench.statistics [--rounds 10000 100000 1000000]
Goal: ours at most 2 times the floor + 3 ms; one year among a million rounds at most 1.5 times
the same year alone.
"""

import argparse
from datetime import date
from typing import Any

from bench.ground import database, median, save

_FLOOR = """
    SELECT city_id, count(*) FILTER (WHERE lead = 'industry'),
           count(*) FILTER (WHERE lead = 'ecology'), count(*),
           count(*) FILTER (WHERE completed_on <= %s)
      FROM audits_round WHERE accepted_on >= %s AND accepted_on <= %s GROUP BY city_id
"""
_FILL = """
    WITH numbers AS (SELECT generate_series(1, %(rounds)s) AS n),
    firms AS (
      INSERT INTO organisations_organisation
        (kind, name, comparable, code, code_state, line, province, city_id, industry, address,
         phone)
      SELECT 'enterprise', 'F' || n, 'F' || n, '', 'none', '', '440000', '440600', '', '', ''
        FROM numbers RETURNING id),
    numbered AS (SELECT id, row_number() OVER () AS n FROM firms),
    entries AS (
      INSERT INTO programme_entry
        (batch_id, row, enterprise_id, name, code, city_id, address, industry, kind, categories,
         vocs, last_accepted, note, state)
      SELECT %(batch)s, n, id, 'F' || n, '', '440600', '', '', 'voluntary', '', '', '', '', 'passed'
        FROM numbered RETURNING id, enterprise_id, row)
    INSERT INTO audits_round
      (enterprise_id, entry_id, list_year, name, code, city_id, county_id, industry, lead, kind,
       categories, stage, listed_on, accepted_on, completed_on)
    SELECT enterprise_id, id, years.y, 'F' || row, '', cities.code,
           CASE WHEN cities.code = '440600' THEN CASE WHEN row %% 2 = 0 THEN '440605' ELSE '440606'
           END END, (ARRAY['3360', '2110', '1711', ''])[1 + row %% 4],
           CASE WHEN row %% 5 < 2 THEN 'industry' ELSE 'ecology' END, 'voluntary', '',
           CASE WHEN n %% 30 > 0 THEN 'completed' ELSE 'accepted' END,
           make_date(years.y, 3, 8), make_date(years.y, 9, 1) + (n %% 120),
           CASE WHEN n %% 30 > 0 THEN make_date(years.y, 9, 1) + (n %% 120) + (n %% 80) END
      FROM entries, cities,
           LATERAL (SELECT %(first)s + row %% %(years)s AS y, row / %(years)s AS n) AS years
     WHERE cities.place = 1 + n %% 21
"""


def fill(rounds: int, years: int, first: int) -> None:
    """Make that many accepted rounds over so many years, in 21 cities and both leads."""
    from django.db import connection

    from cleanprod.stages.programme.models import Batch

    with connection.cursor() as cursor:
        cursor.execute(
            "TRUNCATE organisations_organisation, programme_batch, programme_entry, audits_round "
            "CASCADE"
        )
        batch = Batch.objects.create(
            year=first, city_id="440600", lead="industry", number=1, title="bench",
            stage="published", published_on=date(first, 3, 8),
        )  # fmt: skip
        cursor.execute(
            "CREATE TEMP TABLE IF NOT EXISTS cities AS SELECT code, "
            "row_number() OVER (ORDER BY notice_order) AS place FROM territory_region "
            "WHERE notice_order IS NOT NULL"
        )
        cursor.execute(_FILL, {"rounds": rounds, "batch": batch.pk, "first": first, "years": years})
        cursor.execute("VACUUM ANALYZE audits_round")


def measure(year: int) -> dict[str, float]:
    """Return the medians of 30 in milliseconds: the floor and ours."""
    from django.db import connection

    from cleanprod.insight.statistics.queries import AsOf, counts

    as_of = date(year + 1, 2, 22)
    moment = AsOf(year, as_of)

    def floor() -> Any:
        with connection.cursor() as cursor:
            cursor.execute(_FLOOR, [as_of, date(year, 1, 1), date(year, 12, 31)])
            return cursor.fetchall()

    def ours() -> Any:
        return counts(moment, with_lists=False, with_targets=False)

    told = {row[0]: row[1:] for row in floor()}
    for row in ours():
        expected = told.get(row.code, (0, 0, 0, 0))
        if (row.industry, row.ecology, row.total, row.platform_completed) != expected:
            raise SystemExit(f"{row.city}: {row} is not {expected}")
    return {
        "floor_ms": round(median(floor, 30) * 1000, 2),
        "ours_ms": round(median(ours, 30) * 1000, 2),
    }


def main() -> None:
    """Measure each size and say whether the goals hold."""
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("--rounds", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    sizes = reader.parse_args().rounds
    result: dict[str, Any] = {"goal": "ours <= 2 x floor + 3 ms; year <= 1.5 x year alone"}
    with database():
        for rounds in sizes:
            fill(rounds, 12, 2012)
            found = measure(2022)
            found["within_goal"] = found["ours_ms"] <= 2 * found["floor_ms"] + 3
            result[f"{rounds} rounds over 12 years"] = found
        among = found["ours_ms"]
        fill(max(sizes) // 12, 1, 2022)
        alone = measure(2022)
        result["the same year alone"] = alone
        result["among_over_alone"] = round(among / alone["ours_ms"], 2)
        result["year_within_goal"] = among <= 1.5 * alone["ours_ms"]
    save("statistics", result)


if __name__ == "__main__":
    main()
