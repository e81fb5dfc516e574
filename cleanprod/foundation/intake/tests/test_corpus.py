"""Every workbook of the corpus is read as it is meant, or answered where it is wrong."""

import pytest

from cleanprod.foundation.intake.reading import read
from cleanprod.foundation.intake.rules import Unreadable
from cleanprod.foundation.intake.tests.workbooks import FAILING, PASSING, TEMPLATE, TWO
from cleanprod.kernel.finding import Level

LIMITS = {"max_rows": 20_000, "max_bytes": 20 << 20}


def test_the_corpus_is_large_enough():
    assert len(PASSING) >= 25
    assert len(FAILING) >= 25


@pytest.mark.parametrize("name", list(PASSING))
def test_a_good_workbook_says_the_same_two_rows(name):
    table = read(PASSING[name](), TEMPLATE, **LIMITS)
    assert [f for f in table.findings if f.level is not Level.INFORM] == []
    assert [row.values for row in table.rows] == TWO
    assert not any(row.blocked for row in table.rows)


@pytest.mark.parametrize("name", list(FAILING))
def test_a_bad_workbook_is_answered_at_its_place(name):
    make, rule, cell = FAILING[name]
    try:
        table = read(make(), TEMPLATE, **LIMITS)
    except Unreadable as refusal:
        found = refusal.report.findings
    else:
        found = [f for f in table.findings if f.level is Level.BLOCK]
    assert len(found) == 1
    assert rule in found[0].rule
    assert found[0].cell == cell
    assert found[0].advice
