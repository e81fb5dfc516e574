"""Bulletins: drafted from frozen figures, edited, produced once, registered when issued."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from cleanprod.foundation.attachments import actions as attachments
from cleanprod.foundation.documents.models import Produced
from cleanprod.foundation.documents.tests.printing import (
    bare,
    needs_libreoffice,
    text_of,
    through_libreoffice,
)
from cleanprod.foundation.rulebook.models import Provision
from cleanprod.insight.bulletins import access, actions, papers, queries
from cleanprod.insight.bulletins.models import Bulletin
from cleanprod.insight.bulletins.rules import Kind, State
from cleanprod.kernel.errors import Conflict, NotAllowed, Refused
from cleanprod.stages.accuracy.models import Sample
from tests import world
from tests.frozen import accepted, freeze

PROVINCE = "province-industry"
SIGNERS = ("省工业和信息化厅", "省生态环境厅")


@pytest.fixture
def snapshot(cast):
    accepted(cast)
    return freeze(cast)


@pytest.fixture
def draft(cast, snapshot):
    return actions.draft(snapshot.pk, Kind.PLATFORM_USE, by=cast[PROVINCE])


@pytest.fixture
def scan(cast):
    return attachments.store(b"%PDF-1.4 signed", "通报.pdf", by=cast[PROVINCE])


def final(cast, draft):
    return actions.finish(draft.pk, version=draft.version, by=cast[PROVINCE])


def issue(cast, bulletin, number="演示〔2023〕9号", **changes):
    typed = {"on": date(2023, 9, 28), "scan": None, "by": cast[PROVINCE]} | changes
    return actions.issue(bulletin.pk, number=number, **typed)


def test_a_draft_is_made_once_and_gone_on_with(cast, snapshot, draft):
    assert actions.draft(snapshot.pk, Kind.PLATFORM_USE, by=cast["province-ecology"]) == draft
    other = actions.draft(snapshot.pk, Kind.PROGRESS, by=cast[PROVINCE])
    assert other != draft
    for name in sorted({*world.ROLES} - {"province-industry", "province-ecology"}):
        with pytest.raises(NotAllowed):
            actions.draft(snapshot.pk, Kind.BRIEF, by=cast[name])


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        (Kind.PLATFORM_USE, "“平台”使用情况通报如下"),
        (Kind.PROGRESS, "预期目标完成进度通报如下"),
        (Kind.BRIEF, "工作情况简报如下"),
    ],
)
def test_each_paper_opens_with_its_own_words(snapshot, kind, said):
    draft = actions.words(snapshot, kind)
    assert said in draft.opening
    assert "粤工信节能函〔2023〕4号" in draft.opening
    assert "{" not in draft.opening + draft.demands


def test_accuracy_is_frozen_once_the_province_adopted_it(cast):
    assert freeze(cast).told.accuracy is None
    Provision.objects.filter(key="accuracy.adopted").update(value=True)
    Sample.objects.create(
        city_id=world.FOSHAN, year=2022, seed="s", frame=[], frame_size=9, size=9, provision=1,
        drawn_on=date(2023, 2, 1), drawn_by="t", office_name="t", frozen_on=date(2023, 2, 2),
        result={"auto_checked": 20, "auto_right": 19, "sampled": 5, "sampled_right": 4,
                "corrected": 1},
    )  # fmt: skip
    snapshot = freeze(cast)
    assert snapshot.told.accuracy == {world.FOSHAN: (23, 25)}
    assert queries.altered() == []
    shown = papers.paper(actions.words(snapshot, Kind.PLATFORM_USE), SIGNERS)
    assert "填报数据准确率92.00%" in str(shown)


def test_texts_change_figures_do_not(cast, draft):
    shown = papers.paper(draft, SIGNERS)
    assert "佛山" in str(shown)
    edited = actions.edit(
        draft.pk, {"demands": "请抓紧。", "cutoff": None, "joint": False}, version=1,
        by=cast[PROVINCE],
    )  # fmt: skip
    assert edited.version == 2
    after = papers.paper(edited, actions.issuers(edited.joint))
    assert "请抓紧。" in str(after)
    assert after.letterhead == ("省工业和信息化厅",)
    assert after.annexes == shown.annexes
    assert (
        actions.edit(draft.pk, {"demands": "请抓紧。"}, version=2, by=cast[PROVINCE]).version == 2
    )


def test_two_drafters_at_once_get_one_text_and_one_conflict(cast, draft):
    actions.edit(draft.pk, {"remarks": "甲"}, version=1, by=cast[PROVINCE])
    with pytest.raises(Conflict, match="第2稿"):
        actions.edit(draft.pk, {"remarks": "乙"}, version=1, by=cast["province-ecology"])
    with pytest.raises(Refused, match="界限"):
        actions.edit(draft.pk, {"cutoff": Decimal(0)}, version=2, by=cast[PROVINCE])
    assert Bulletin.objects.get().remarks == "甲"


def test_a_final_draft_is_produced_once_and_served_ever_after(cast, draft):
    done = final(cast, draft)
    assert done.state == State.FINAL
    assert final(cast, draft).state == State.FINAL
    assert Produced.objects.count() == len(papers.FORMATS)
    first = actions.produced(done, "pdf", by=cast[PROVINCE])
    assert actions.produced(done, "pdf", by=cast["province-ecology"]) == first
    with pytest.raises(NotAllowed):
        actions.edit(draft.pk, {"remarks": "晚了"}, version=1, by=cast[PROVINCE])
    with pytest.raises(Refused, match="理由"):
        actions.reopen(draft.pk, reason=" ", by=cast[PROVINCE])
    again = actions.reopen(draft.pk, reason="补充要求", by=cast[PROVINCE])
    assert (again.state, again.version) == (State.DRAFT, 2)
    assert Produced.objects.count() == len(papers.FORMATS)


def test_a_stale_page_does_not_finish_a_newer_text(cast, draft):
    actions.edit(draft.pk, {"remarks": "甲"}, version=1, by=cast[PROVINCE])
    with pytest.raises(Conflict):
        actions.finish(draft.pk, version=1, by=cast[PROVINCE])
    assert not Produced.objects.exists()


def test_a_scan_may_follow_and_is_never_exchanged(cast, draft, scan):
    done = issue(cast, final(cast, draft))
    for name in ("foshan-ecology", "support"):
        with pytest.raises(NotAllowed):
            actions.add_scan(done.pk, scan=scan.pk, by=cast[name])
    assert actions.add_scan(done.pk, scan=scan.pk, by=cast[PROVINCE]).scan == scan
    with pytest.raises(Conflict, match="不能更换"):
        actions.add_scan(done.pk, scan=scan.pk, by=cast[PROVINCE])


def test_a_scan_belongs_to_what_was_issued(cast, draft, scan):
    with pytest.raises(NotAllowed):
        actions.add_scan(draft.pk, scan=scan.pk, by=cast[PROVINCE])


def test_the_same_version_gives_the_same_bytes_and_another_other_ones(draft):
    for file_format in papers.FORMATS:
        one, two = (papers.render(papers.paper(draft, SIGNERS), file_format) for _ in range(2))
        assert one == two
        draft.period = "2022年度"
        assert papers.render(papers.paper(draft, SIGNERS), file_format) != one
        draft.period = "2022年"


def test_what_was_issued_is_registered_once_and_reaches_the_cities(cast, snapshot, draft):
    with pytest.raises(NotAllowed):
        issue(cast, draft)
    done = final(cast, draft)
    for number, on, said in (
        (" ", date(2023, 9, 28), "文号"),
        ("演示〔2023〕9号", date(2023, 9, 29), "晚于今天"),
        ("演示〔2023〕9号", date(2023, 2, 21), "早于统计截至"),
    ):
        with pytest.raises(Refused, match=said):
            issue(cast, done, number, on=on)
    for reader in ("foshan-ecology", "support"):
        assert not access.visible_to(cast[reader]).exists()
    for _ in range(2):
        assert issue(cast, done).state == State.ISSUED
    for reader in ("foshan-ecology", "huizhou-industry", "support"):
        assert access.visible_to(cast[reader]).get() == done
    for stranger in ("nanhai-industry", "red-star", "consultancy", "expert", "admin", "auditor"):
        assert not access.visible_to(cast[stranger]).exists()
    other = actions.draft(snapshot.pk, Kind.PROGRESS, by=cast[PROVINCE])
    with pytest.raises(Refused, match="另一份通报"):
        issue(cast, final(cast, other))


def test_number_and_day_are_left_blank_for_the_office(draft):
    shown = papers.paper(draft, SIGNERS)
    assert shown.doc_number == "〔2023〕　　号"
    assert shown.signature.day is None
    assert shown.disclosure == "依申请公开"
    assert shown.copy_to == "省环境科学研究院、省清洁生产协会"
    assert [annex.label for annex in shown.annexes] == ["附件1", "附件2"]
    assert shown.annexes[1].blocks[0].landscape


@needs_libreoffice
@pytest.mark.parametrize("kind", list(Kind))
def test_word_and_pdf_say_the_same(cast, snapshot, kind, tmp_path):
    draft = actions.draft(snapshot.pk, kind, by=cast[PROVINCE])
    whole = papers.paper(draft, SIGNERS)
    theirs, ours = (_solid(text) for text in _both(whole, tmp_path))
    for annex in whole.annexes:
        for row in annex.blocks[0].rows:
            assert _solid("".join(row)) in theirs
            assert _solid("".join(row)) in ours
    # Page numbers of turned pages are read in another order, so the rest is compared without them.
    upright = [annex for annex in whole.annexes if not annex.blocks[0].landscape]
    theirs, ours = _both(replace(whole, annexes=tuple(upright)), tmp_path)
    assert bare(theirs) == bare(ours)


def _both(paper, folder):
    word = through_libreoffice(papers.render(paper, "docx"), folder)
    return [text_of(content, folder, "-raw") for content in (word, papers.render(paper, "pdf"))]


def _solid(text):
    return "".join(text.replace("—", "").split())
