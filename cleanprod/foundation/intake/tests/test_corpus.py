"""Every workbook of the corpus is read as it is meant, or answered where it is wrong."""

import pytest

from cleanprod.foundation.intake.marked import marked_copy
from cleanprod.foundation.intake.reading import read
from cleanprod.foundation.intake.rules import State, Unreadable
from cleanprod.foundation.intake.tests import untidy, workbooks
from cleanprod.foundation.intake.tests.workbooks import HEAD, KEYS, TEMPLATE, TWO, A, B, changed
from cleanprod.kernel.finding import Level

LIMITS = {"max_rows": 20_000, "max_bytes": 20 << 20}
PASSING = workbooks.PASSING | untidy.GOOD
FAILING = workbooks.FAILING | untidy.BAD
OPTIONAL = [column.key for column in TEMPLATE.columns if not column.required]
# In a column of yes and no, 无 is an answer.
BLANKS = ["", " ", "\u3000", "\n", "\u00a0", "/", "／", "-", "——", "NULL", "N/A", "#N/A"]


def found_in(data):
    """Return what keeps rows out, and what is the matter with the workbook as a whole."""
    try:
        table = read(data, TEMPLATE, **LIMITS)
    except Unreadable as refusal:
        return list(refusal.report.findings), None
    return [f for f in table.findings if f.level is not Level.INFORM], table.lacks


def test_the_corpus_is_large_enough():
    assert len(PASSING) == len(workbooks.PASSING) + len(untidy.GOOD) >= 60
    assert len(FAILING) == len(workbooks.FAILING) + len(untidy.BAD) >= 60


@pytest.mark.parametrize("name", list(PASSING))
def test_a_good_workbook_says_the_same_two_rows(name):
    table = read(PASSING[name](), TEMPLATE, **LIMITS)
    assert [f for f in table.findings if f.level is not Level.INFORM] == []
    assert [row.values for row in table.rows] == TWO
    assert not any(row.blocked for row in table.rows)
    assert table.lacks is None


@pytest.mark.parametrize("name", list(PASSING))
def test_a_good_workbook_is_read_the_same_by_the_mapping_that_was_shown(name):
    data = PASSING[name]()
    table = read(data, TEMPLATE, **LIMITS)
    picked = table.picked
    again = read(
        data, TEMPLATE, **LIMITS, sheet=picked.sheet, columns=picked.columns, header=picked.header
    )
    assert [row.values for row in again.rows] == TWO
    assert (again.columns, again.how) == (table.columns, table.how)


@pytest.mark.parametrize("name", list(FAILING))
def test_a_bad_workbook_is_answered_at_its_place(name):
    make, rule, cell = FAILING[name]
    found, _ = found_in(make())
    assert len(found) == 1
    assert rule in found[0].rule
    assert found[0].cell == cell
    assert found[0].advice


@pytest.mark.parametrize("key", OPTIONAL)
def test_blank_cells_are_never_a_finding(key):
    rows = [changed(A, **{key: blank}) for blank in BLANKS]
    table = read(workbooks.xlsx([HEAD, *rows, B]), TEMPLATE, **LIMITS)
    assert table.findings == []
    blank = TEMPLATE.columns[KEYS.index(key)].parse.blank
    assert {row.values[KEYS.index(key)] for row in table.rows[:-1]} == {blank}


@pytest.mark.parametrize(
    "name, state",
    [
        ("empty template", State.EMPTY),
        ("only blanks and totals below", State.EMPTY),
        ("empty workbook", State.EMPTY),
        ("another form", State.WRONG),
        ("required column missing", State.WRONG),
        ("two columns alike", State.WRONG),
        ("two sheets alike", State.TO_DECIDE),
        ("code missing", None),
    ],
)
def test_what_is_the_matter_with_a_workbook_has_a_name(name, state):
    assert found_in(FAILING[name][0]())[1] is state


def test_the_marked_copy_of_a_bad_workbook_names_every_finding():
    for name, (make, _, cell) in FAILING.items():
        if cell:
            data = make()
            assert marked_copy(data, found_in(data)[0])[:2] == b"PK", name
