"""The sheets of the demo province: as many measures as firms have, the same in every run."""

from decimal import Decimal
from random import Random
from types import SimpleNamespace

import pytest

from cleanprod.faces.cli.demo import measuring
from cleanprod.faces.cli.demo.words import TRADES
from cleanprod.stages.measures import years
from cleanprod.stages.measures.rules import Cost, Field, Tag, ValueSet, checked


def made(code, seed):
    """Return a firm of a trade and its measures."""
    random = Random(seed)
    firm = measuring.firm(random, SimpleNamespace(industry=code))
    return firm, measuring.measures(random, firm)


CODES = sorted({trade.code for trades in TRADES.values() for trade in trades})


@pytest.mark.parametrize("code", CODES)
def test_every_trade_has_believable_measures(code):
    for seed in range(30):
        firm, measures = made(code, seed)
        assert made(code, seed) == (firm, measures)
        checked(measures)
        costs = [one.cost for one in measures]
        assert 8 <= costs.count(Cost.LOW) <= 20
        assert 2 <= costs.count(Cost.HIGH) <= 5
        for one in measures:
            assert one.content.endswith("（演示）")
            for which in ValueSet:
                assert all(amount >= 0 for amount in one.of(which).values())


@pytest.mark.parametrize("kind", ["electricity", "gas", "water", "voc", "cod", "waste"])
def test_savings_are_one_to_five_per_cent_of_the_use(kind):
    for seed in range(50):
        kinds = [(kind, Cost.LOW), (kind, Cost.HIGH), ("electricity", Cost.LOW)]
        shares = measuring._shares(Random(seed), kinds)
        whole = sum(share for (one, _), share in zip(kinds, shares, strict=True) if one == kind)
        assert 0.0099 <= whole <= 0.0501


def test_solvents_are_replaced_where_solvents_are_used():
    found = [tag for seed in range(40) for one in made("2110", seed)[1] for tag in one.tags]
    assert set(found) == set(Tag)


def test_the_years_go_with_the_measures_so_that_no_check_asks():
    for seed in range(20):
        firm, measures = made("3360", seed)
        lines = measuring.years(Random(seed), firm, 2023)
        assert not years.checked(lines)
        used = {line.item: line.of(2022) for line in lines}
        saved = sum(one.of(ValueSet.VERIFIED).get(Field.ELECTRICITY, 0) for one in measures)
        assert 0 < saved < used["electricity"] * Decimal("0.06")
        assert used["wastewater"] < used["fresh_water"]
