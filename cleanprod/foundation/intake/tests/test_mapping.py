"""Which column is read as which: shown, chosen otherwise, remembered by the office."""

from types import SimpleNamespace

import pytest

from cleanprod.foundation.intake import actions, mapping, queries
from cleanprod.foundation.intake.models import LearnedHeader
from cleanprod.foundation.intake.reading import read
from cleanprod.foundation.intake.rules import How, State
from cleanprod.foundation.intake.tests.workbooks import (
    HEAD,
    TEMPLATE,
    TWO,
    A,
    B,
    headed,
    xlsx,
)

FOREIGN = headed(code="号码")


def table_of(data, facts=None, **more):
    picked = mapping.picked(facts or {})
    return read(
        data, TEMPLATE, max_rows=1000, max_bytes=1 << 20, sheet=picked.sheet,
        columns=picked.columns, header=picked.header, **more,
    )  # fmt: skip


def asked(table, **posted):
    """Return the table that is read after an official changed the form of a preview."""
    form = {line.name: line.letter for line in mapping.lines(table)}
    form |= {"sheet": table.sheet, "header": str(table.header_row)} | posted
    return {"reading": mapping.chosen(form, mapping.reading(table))}


def office(number=7):
    return SimpleNamespace(person_id=1, person_name="某人", office_id=number, office_name="某局")


def test_a_preview_shows_for_each_column_where_it_is_read_from():
    lines = {line.title: line for line in mapping.lines(table_of(xlsx([["名单"], HEAD, A, B])))}
    assert lines["统一社会信用代码"][2:] == (True, "C", A[2], How.WORDS)
    assert list(lines) == HEAD
    table = table_of(xlsx([FOREIGN, A]))
    missing = next(line for line in mapping.lines(table) if line.title == "统一社会信用代码")
    assert (missing.letter, missing.how, table.unknown) == ("", None, {"C": "号码"})
    assert ("C", "C列 号码") in mapping.options(table)
    assert mapping.choices(table, "").noteworthy


def test_an_official_chooses_another_column_or_none():
    data = xlsx([FOREIGN, A, B])
    table = table_of(data)
    facts = asked(table, column_code="C", column_note="")
    again = table_of(data, facts)
    assert [row.values[:-1] for row in again.rows] == [row[:-1] for row in TWO]
    assert again.how["code"] is How.CHOSEN
    assert "note" not in again.columns
    assert again.findings == []


def test_one_column_cannot_be_two():
    data = xlsx([HEAD, A])
    again = table_of(data, asked(table_of(data), column_name="C"))
    assert again.lacks is State.WRONG
    assert [f.rule for f in again.findings] == ["C列同时对应“企业名称”“统一社会信用代码”"]
    assert again.columns["name"] == again.columns["code"] == "C"


def test_of_two_sheets_alike_one_is_chosen():
    data = xlsx([HEAD, A], [HEAD, B], [["封面"]], names=["甲表", "乙表", "封面"])
    table = table_of(data)
    assert (table.lacks, table.rows, mapping.lines(table)) == (State.TO_DECIDE, [], [])
    assert table.sheets == ("甲表", "乙表", "封面")
    for sheet, row in (("甲表", TWO[0]), ("乙表", TWO[1])):
        again = table_of(data, asked(table, sheet=sheet))
        assert [one.values for one in again.rows] == [row]
    assert table_of(data, asked(table, sheet="封面")).lacks is State.WRONG


def test_a_header_in_foreign_words_throughout_is_repaired_column_by_column():
    data = xlsx([["某表"], ["甲栏", "乙栏", "丙栏"], A[:3], B[:3]])
    table = table_of(data)
    assert (table.lacks, table.header_row) == (State.WRONG, 2)
    again = table_of(data, asked(table, column_name="B", column_code="C"))
    assert [row.values[1:3] for row in again.rows] == [row[1:3] for row in TWO]


def test_another_row_can_be_the_header():
    data = xlsx([["企业名称", "信用代码", "县区"], ["甲", "乙", "丙"], HEAD, A, B])
    table = table_of(data)
    again = table_of(data, asked(table, header="3"))
    assert [row.values for row in again.rows] == TWO
    assert again.header_row == 3


@pytest.mark.parametrize(
    "posted", [{"column_name": "1"}, {"column_name": "ABCD"}, {"header": "99"}, {"column_x": "A"}]
)
def test_a_forged_choice_changes_nothing(posted):
    data = xlsx([HEAD, A, B])
    again = table_of(data, asked(table_of(data), **posted))
    assert [row.values for row in again.rows] == TWO


def test_what_was_chosen_is_known_to_the_office_the_next_time(db):
    data = xlsx([FOREIGN, A, B])
    chosen = table_of(data, asked(table_of(data), column_code="C"))
    actions.learn(chosen, by=office())
    assert queries.learned(7, "list") == {"号码": "code"}
    assert queries.learned(8, "list") == queries.learned(7, "results") == {}
    table = table_of(data, learned=queries.learned(7, "list"))
    assert [row.values for row in table.rows] == TWO
    assert (table.how["code"], table.how["name"]) == (How.LEARNED, How.WORDS)
    assert mapping.choices(table, "").summary == "列的对应：识别出10列，其中1列按本单位上次的对应"


def test_words_of_the_template_go_before_what_was_learned():
    table = table_of(xlsx([[*HEAD, "号码"], [*A, "1"]]), learned={"号码": "code", "备注": "name"})
    assert table.columns["code"] == "C"
    assert table.how["code"] is How.WORDS
    assert table_of(xlsx([HEAD, A]), learned={"号码": "no such column"}).rows


def test_what_was_learned_is_changed_and_forgotten(db):
    data = xlsx([[*HEAD[:9], "号码"], A])
    first = table_of(data, asked(table_of(data), column_note="J"))
    actions.learn(first, by=office())
    actions.learn(first, by=office())
    assert LearnedHeader.objects.count() == 1
    learned = queries.learned(7, "list")
    actions.learn(table_of(data, learned=learned), by=office())
    assert queries.learned(7, "list") == {"号码": "note"}
    other = table_of(data, asked(table_of(data, learned=learned), column_note=""), learned=learned)
    actions.learn(other, by=office())
    assert queries.learned(7, "list") == {}


def test_nobody_without_an_office_teaches_anything(db):
    data = xlsx([FOREIGN, A])
    actions.learn(table_of(data, asked(table_of(data), column_code="C")), by=office(None))
    assert not LearnedHeader.objects.exists()
    assert queries.learned(None, "list") == {}
