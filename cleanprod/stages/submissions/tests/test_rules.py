"""What the check weighs, which reasons it asks for, and how two sets of versions differ."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleanprod.foundation.documents.rules import Match, compare
from cleanprod.kernel.errors import Refused
from cleanprod.stages.submissions.rules import (
    Finding,
    Level,
    MissingReason,
    Piece,
    Set,
    blocks,
    checked_reasons,
    differences,
    readable,
    sorted_findings,
)


def finding(level, key="x"):
    return Finding(level, key, "报告", "没有上传", "请上传")


def piece(item="report", number=1, version=7, sha256="a" * 64):
    return Piece(version, item, "审核报告", number, "送审稿", sha256, 10)


levels = st.lists(st.builds(finding, st.sampled_from(Level), st.text(max_size=3)), max_size=6)


@given(levels)
def test_what_blocks_comes_first_and_nothing_is_lost(found):
    order = sorted_findings(found)
    assert sorted(order, key=repr) == sorted(found, key=repr)
    places = [list(Level).index(one.level) for one in order]
    assert places == sorted(places)


@given(levels)
def test_only_blocking_findings_and_missing_reasons_stop(found):
    reasons = {one.key: "已核对" for one in found}
    if blocks(found):
        with pytest.raises(Refused):
            checked_reasons(found, reasons)
        return
    given = checked_reasons(found, reasons)
    assert set(given) == {one.key for one in found if one.level is Level.CONFIRM}


def test_a_missing_reason_is_named():
    with pytest.raises(MissingReason, match="请填写说明") as missing:
        checked_reasons([finding(Level.CONFIRM, "class-WD1")], {"class-WD1": " "})
    assert missing.value.key == "class-WD1"


def test_the_fingerprint_covers_every_file_and_the_sheet():
    one = Set((piece(),), 1, "b" * 64)
    assert one.fingerprint == Set((piece(version=8),), 1, "b" * 64).fingerprint
    others = [
        Set((piece(sha256="c" * 64),), 1, "b" * 64),
        Set((piece(number=2),), 1, "b" * 64),
        Set((piece(), piece("cover")), 1, "b" * 64),
        Set((piece(),), 2, "b" * 64),
        Set((piece(),), 1, "d" * 64),
    ]
    assert len({one.fingerprint, *(other.fingerprint for other in others)}) == 6
    assert (one.mark, readable("a" * 64)) == ("7~1", f"{'a' * 32}\n{'a' * 32}")


def test_both_sides_of_a_difference_are_told():
    now = Set((piece(number=2, version=8, sha256="b" * 64), piece("cover")), 2, "")
    found = differences([piece(), piece("sheet")], 1, now)
    assert [(one.seen[:3], one.now[:3]) for one in found] == [
        ("第1稿", "第2稿"), ("第1稿", "没有"), ("没有", "第1稿"), ("第1稿", "第2稿"),
    ]  # fmt: skip
    assert differences([piece()], 2, Set((piece(),), 2, "")) == []


FILES = [
    {"title": "审核报告", "sha256": "a" * 64, "size": 10},
    {"title": "封面", "sha256": "b" * 64, "size": 20},
    {"title": "承诺书", "sha256": "c" * 64, "size": 20},
]


def test_a_changed_byte_is_detected_and_the_file_is_named():
    assert compare(FILES, "b" * 64, 20).registered["title"] == "封面"
    changed = compare(FILES, "d" * 64, 10)
    assert (changed.match, changed.registered["title"]) == (Match.CHANGED, "审核报告")
    assert compare(FILES, "d" * 64, 20).match is Match.FOREIGN  # two are of this size
    chosen = compare(FILES, "d" * 64, 20, 2)
    assert (chosen.match, chosen.registered["title"]) == (Match.CHANGED, "承诺书")
    assert compare(FILES, "d" * 64, 99, 9).match is Match.FOREIGN
