"""The sheets of the demo province: as many measures as firms have, the same in every run."""

from random import Random
from types import SimpleNamespace

import pytest

from cleanprod.faces.cli.demo import achieving
from cleanprod.faces.cli.demo.words import TRADES
from cleanprod.stages.measures.rules import Cost, Tag, ValueSet, checked

CODES = sorted({trade.code for trades in TRADES.values() for trade in trades})


@pytest.mark.parametrize("code", CODES)
def test_every_trade_has_believable_measures(code):
    for seed in range(30):
        measures = achieving._measures(Random(seed), SimpleNamespace(industry=code))
        again = achieving._measures(Random(seed), SimpleNamespace(industry=code))
        assert measures == again
        checked(measures)
        costs = [one.cost for one in measures]
        assert 8 <= costs.count(Cost.LOW) <= 20
        assert 2 <= costs.count(Cost.HIGH) <= 5
        for one in measures:
            assert one.content == "演示数据"
            for which in ValueSet:
                assert all(amount >= 0 for amount in one.of(which).values())


@pytest.mark.parametrize("kind", ["electricity", "gas", "water", "voc", "cod", "waste"])
def test_savings_are_one_to_five_per_cent_of_the_use(kind):
    for seed in range(50):
        kinds = [(kind, Cost.LOW), (kind, Cost.HIGH), ("electricity", Cost.LOW)]
        shares = achieving._shares(Random(seed), kinds)
        whole = sum(share for (one, _), share in zip(kinds, shares, strict=True) if one == kind)
        assert 0.0099 <= whole <= 0.0501


def test_solvents_are_replaced_where_solvents_are_used():
    found = [
        tag
        for seed in range(40)
        for one in achieving._measures(Random(seed), SimpleNamespace(industry="2110"))
        for tag in one.tags
    ]
    assert set(found) == set(Tag)
