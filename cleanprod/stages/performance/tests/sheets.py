"""Short ways to write rows in tests."""

from decimal import Decimal

from cleanprod.stages.performance.accounting import library, rows
from cleanprod.stages.performance.accounting.computation import compute

HEAD = ["measure", "carrier", "amount", "unit", "factor", "kind"]
GUANGDONG = "2023-广东"


def factors(name=GUANGDONG):
    return library.load(name)


def read(*lines, name=GUANGDONG, head=HEAD):
    return rows.read([head, *lines], factors(name))


def computed(*lines, name=GUANGDONG, options=None):
    return compute(read(*lines, name=name), factors(name), options)


def one(carrier, amount, unit, factor="", kind="", *, name=GUANGDONG, options=None):
    (line,) = computed(
        ["ZG1", carrier, amount, unit, factor, kind], name=name, options=options
    ).lines
    return line


def D(text):
    return Decimal(text)
