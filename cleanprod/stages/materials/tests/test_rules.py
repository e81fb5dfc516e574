"""The checklist as data, kinds of files, the table of changes, and when an item is open."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleanprod.foundation.rulebook.shipped import FILE
from cleanprod.kernel.errors import Refused
from cleanprod.stages.audits.rules import Stage
from cleanprod.stages.materials.rules import (
    LARGEST,
    BadTable,
    Changed,
    Circumstances,
    Draft,
    Format,
    Gate,
    When,
    asked_for,
    checked_changes,
    checked_draft,
    checked_file,
    is_open,
    items_of,
    print_number,
    progress,
    why_closed,
)
from cleanprod.stages.phases.rules import Mode
from cleanprod.stages.programme.rules import AuditKind

ROWS = [row for row in json.loads(FILE.read_text("utf-8")) if row["key"].startswith("materials.")]
ITEMS = {Gate(row["key"].split(".")[1]): row["value"] for row in ROWS}
ROW = Changed("第3页", "旧", "新", "意见1")
cells = st.text(alphabet="第页改为意见 1", max_size=6)


def item(key, gate=Gate.ASSESSMENT):
    return next(one for one in items_of(gate, ITEMS[gate]) if one.key == key)


def test_every_gate_has_a_checklist_that_reads_and_is_not_confirmed():
    assert set(ITEMS) == set(Gate)
    assert {row["status"] for row in ROWS} == {"unconfirmed"}
    keys = [one.key for gate in Gate for one in items_of(gate, ITEMS[gate])]
    assert len(keys) == len(set(keys))


@pytest.mark.parametrize("kind", list(AuditKind))
def test_a_simplified_audit_needs_no_proof_apart_and_may_bring_it(kind):
    for gate, key in ((Gate.ASSESSMENT, "proof"), (Gate.ACCEPTANCE, "monitoring")):
        found = items_of(gate, ITEMS[gate])
        asked = {
            mode: {
                one.key: one.required
                for one in asked_for(found, Circumstances(kind, False, False, mode))
            }
            for mode in Mode
        }
        assert asked[Mode.FULL][key]
        assert not asked[Mode.SIMPLIFIED][key]
        assert asked[Mode.FULL].keys() == asked[Mode.SIMPLIFIED].keys()


@pytest.mark.parametrize("kind", list(AuditKind))
def test_who_needs_what_depends_on_the_consultancy_and_the_assessment(kind):
    found = items_of(Gate.ASSESSMENT, ITEMS[Gate.ASSESSMENT])
    alone = {one.key for one in asked_for(found, Circumstances(kind, False, False))}
    helped = {one.key for one in asked_for(found, Circumstances(kind, True, False))}
    assert "own_ability" in alone
    assert "own_ability" not in helped
    assert "agency" in helped - alone
    later = items_of(Gate.ACCEPTANCE, ITEMS[Gate.ACCEPTANCE])
    keys = {one.key for one in asked_for(later, Circumstances(kind, False, False))}
    assert "opinion" not in keys
    opinion = next(one for one in later if one.key == "opinion")
    assert opinion.when is When.ASSESSED


def test_a_file_is_judged_by_its_content():
    checked_file(item("report"), "application/pdf", 10)
    with pytest.raises(Refused, match="只接收PDF、Word"):
        checked_file(item("report"), "image/png", 10)
    with pytest.raises(Refused, match="无法识别"):
        checked_file(item("cover"), "application/octet-stream", 10)
    with pytest.raises(Refused, match="空"):
        checked_file(item("cover"), "application/pdf", 0)
    with pytest.raises(Refused, match="200 MB"):
        checked_file(item("cover"), "application/pdf", LARGEST + 1)
    assert item("proof").formats == frozenset(Format)


def test_a_first_version_needs_no_table_and_is_not_revised():
    assert checked_changes([], later=False) == ()
    checked_draft(item("report"), Draft.REVIEW, later=False)
    with pytest.raises(Refused, match="第一稿"):
        checked_draft(item("report"), Draft.REVISED, later=False)
    checked_draft(item("report"), Draft.REVISED, later=True)


def test_a_later_version_needs_a_complete_table():
    blank = Changed("", "", "", "")
    with pytest.raises(BadTable) as none:
        checked_changes([blank], later=True)
    assert none.value.cells == {(0, "place"): "填写第一处修改"}
    with pytest.raises(BadTable, match="第2行") as partly:
        checked_changes([ROW, Changed("第4页", "", "", "意见2")], later=True)
    assert partly.value.cells == {(1, "after"): "请填写"}
    with pytest.raises(BadTable, match="过长"):
        checked_changes([Changed("第4页", "旧" * 501, "新", "意见")], later=True)
    assert checked_changes([blank, ROW, blank], later=True) == (ROW,)


@given(st.lists(st.builds(Changed, cells, cells, cells, cells), max_size=8), st.booleans())
def test_what_passes_is_complete_and_nothing_typed_is_lost(rows, later):
    try:
        kept = checked_changes(rows, later=later)
    except BadTable:
        return
    assert list(kept) == [one for one in rows if not one.is_blank]
    assert all(one.place and one.after and one.answers for one in kept)
    assert kept or not later


def test_nothing_changes_under_a_panel_and_returned_items_are_open_again():
    for gate in Gate:
        for stage in Stage:
            assert isinstance(why_closed(gate, stage), str)
    assert is_open(Gate.ASSESSMENT, Stage.STARTED)
    for stage in (Stage.LISTED, Stage.SUBMITTED, Stage.IN_ASSESSMENT, Stage.IN_ACCEPTANCE):
        assert not is_open(Gate.ASSESSMENT, stage)
    assert is_open(Gate.COMPLETION, Stage.ACCEPTED)
    assert not is_open(Gate.COMPLETION, Stage.COMPLETED)


def test_progress_counts_required_items_alone_and_prints_have_numbers_of_their_own():
    found = items_of(Gate.PLAN, ITEMS[Gate.PLAN])
    assert progress(found, {"plan_scan"}) == (0, 1)
    assert progress(found, {"engagement_letter", "plan_scan"}) == (1, 1)
    assert print_number(2022, 31, "cover", 2) == "2022-000031-F02"
    assert print_number(2022, 31, "cover", 2) != print_number(2022, 31, "declaration", 2)
