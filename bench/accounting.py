"""The account of measures, against a bare loop of Decimal products in the same run.

Run: .venv/bin/python -m bench.accounting [--rows 100000]
The bare loop knows nothing: one number read, two products and two sums a row. The engine reads
each row as text, names every mistake, converts units, asks about slips, keeps the formula, and sums
exactly.
Goal: reading and computing together stay under 300 times the bare loop, ten rows under 5 ms.
"""

import argparse
import random
from decimal import Decimal
from typing import Any

from bench.ground import clocked, median, peak_mib, save
from cleanprod.stages.performance.accounting import answer, library, rows
from cleanprod.stages.performance.accounting.computation import compute

_KINDS = (("电力", "kWh", ""), ("电力", "万kWh", "0.31"), ("天然气", "m3", "1.2143"),
          ("柴油", "t", ""), ("新水", "m3", ""), ("COD", "kg", ""))  # fmt: skip
_HEAD = ["measure", "carrier", "amount", "unit", "factor"]


def sheet(count: int) -> list[list[str]]:
    """Return that many believable rows from a fixed seed."""
    chance = random.Random(20260101)
    lines = []
    for place in range(count):
        carrier, unit, factor = chance.choice(_KINDS)
        amount = f"{chance.lognormvariate(6, 1):.2f}"
        lines.append([f"方案{place // 4}", carrier, amount, unit, factor])
    return [_HEAD, *lines]


def bare(amounts: list[str]) -> tuple[Decimal, Decimal]:
    """Read, multiply and add, and nothing else."""
    coal = gas = Decimal(0)
    first, second = Decimal("0.0001229"), Decimal("0.0004419")
    for text in amounts:
        amount = Decimal(text)
        coal += amount * first
        gas += amount * second
    return coal, gas


def main() -> None:
    """Measure and say whether the goals hold."""
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("--rows", type=int, default=100_000)
    count = reader.parse_args().rows
    seconds: dict[str, float] = {}
    result: dict[str, Any] = {"rows": count, "seconds": seconds}
    given = sheet(count)
    amounts = [line[2] for line in given[1:]]
    with clocked(seconds, "load_a_set"):
        factors = library.load("2023-广东")
    seconds["bare_loop"] = round(median(lambda: bare(amounts), 5), 4)
    with clocked(seconds, "read"):
        read = rows.read(given, factors)
    with clocked(seconds, "compute"):
        computed = compute(read, factors)
    with clocked(seconds, "total"):
        total = computed.total
    with clocked(seconds, "write_json_with_formulas"):
        answer.dumps(answer.as_json(computed))
    small = sheet(10)
    seconds["ten_rows"] = round(median(lambda: compute(rows.read(small, factors), factors), 50), 5)
    if total.tce != sum(line.calorific.value for line in computed.lines if line.calorific):
        raise SystemExit("the total is not the sum of the rows")
    floor = seconds["bare_loop"]
    result["compute_over_bare_loop"] = round((seconds["compute"] + seconds["total"]) / floor, 1)
    whole = seconds["read"] + seconds["compute"] + seconds["total"]
    result["read_and_compute_over_bare_loop"] = round(whole / floor, 1)
    result["microseconds_a_row"] = round(whole / count * 1e6, 1)
    result["peak_mib"] = peak_mib()
    result["within_goal"] = whole <= 300 * floor and seconds["ten_rows"] <= 0.005
    save("accounting", result)


if __name__ == "__main__":
    main()
