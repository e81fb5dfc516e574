"""The year's paper is drafted by two departments, agreed, published with its lists, filed."""

import random
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from cleanprod.foundation.documents import docx, pdf
from cleanprod.foundation.notifications.models import Message
from cleanprod.foundation.organisations.rules import Line, Part
from cleanprod.foundation.trail.models import Entry as TrailEntry
from cleanprod.kernel.errors import Conflict, NotAllowed, Refused
from cleanprod.stages.audits.amending import amend_list
from cleanprod.stages.audits.models import Round
from cleanprod.stages.audits.rules import Change, ChangeLine, Notice
from cleanprod.stages.planning import actions, papers, queries
from cleanprod.stages.planning.actions import Text
from cleanprod.stages.planning.models import Answer, Consent, Filing, Plan
from cleanprod.stages.planning.rules import (
    FILING_LIFECYCLE,
    PLAN_LIFECYCLE,
    Consents,
    FilingAct,
    FilingKind,
    FilingStage,
    PlanAct,
    PlanStage,
)
from cleanprod.stages.programme import actions as programme
from cleanprod.stages.programme.models import Batch
from tests.flow import KEY, at_once, firms, listed, take_list

ECOLOGY, INDUSTRY = "foshan-ecology", "foshan-industry"
BOTH = (ECOLOGY, INDUSTRY)
YEAR, DAY, NUMBER = KEY.year, date(2022, 3, 9), "佛工信函〔2022〕15号"
TEXT = Text("佛山市2022年度计划", "抓重点行业。推进钢铁等。", "加强领导。", "", Decimal(500000), "")


def ready(cast, rows, lead, first=1):
    """Return a list that waits for publication."""
    by = f"foshan-{lead}"
    batch = take_list(cast, firms(rows, first), replace(KEY, lead=Line(lead)), by=by).batch
    return programme.finish(batch.pk, by=cast[by])


@pytest.fixture
def drafted(cast):
    """A draft with a ready list of each department."""
    ready(cast, 3, "ecology")
    ready(cast, 2, "industry", first=10)
    return actions.draft(YEAR, by=cast[ECOLOGY])


@pytest.fixture
def agreed(cast, drafted):
    for name in BOTH:
        actions.agree(drafted.pk, version=1, by=cast[name])
    return drafted


@pytest.fixture
def published(cast, agreed):
    return actions.publish(agreed.pk, on=DAY, document_number=NUMBER, by=cast[INDUSTRY])


@pytest.mark.parametrize(
    ("lifecycle", "part"), [(PLAN_LIFECYCLE, Part.LEAD), (FILING_LIFECYCLE, Part.PROVINCE)]
)
def test_no_walk_leaves_the_chart(lifecycle, part):
    dice = random.Random(2023)  # noqa: S311
    start = lifecycle.moves[0].source
    edges = {(move.source, move.act, move.target) for move in lifecycle.moves}
    stage = start
    for _ in range(10_000):
        given = frozenset(line.value for line in Line if dice.random() < 0.5)
        facts = Consents(given, dice.choice(list(Line)).value)
        moves = lifecycle.open_to(stage, {part}, facts)
        assert len({move.act for move in moves}) == len(moves), "one act leads to two stages"
        if not moves:
            stage = start
            continue
        move = dice.choice(moves)
        assert (stage, move.act, move.target) in edges
        stage = lifecycle.target(stage, move.act, {part}, facts)


def test_a_draft_begins_with_the_usual_words_and_is_begun_once(cast):
    plan = actions.draft(YEAR, by=cast[ECOLOGY])
    assert "重点推进钢铁、建材" in plan.tasks
    assert actions.draft(YEAR, by=cast[INDUSTRY]).pk == plan.pk
    assert TrailEntry.objects.filter(act="plan:draft").count() == 1
    for name in set(cast.standings) - {*BOTH, "huizhou-industry"}:
        with pytest.raises(NotAllowed):
            actions.draft(YEAR, by=cast[name])


def test_a_text_that_somebody_changed_meanwhile_is_not_overwritten(cast, drafted):
    actions.edit(drafted.pk, TEXT, version=1, by=cast[INDUSTRY])
    with pytest.raises(Conflict, match="佛山市工业和信息化局.*第2稿"):
        actions.edit(drafted.pk, replace(TEXT, tasks="x"), version=1, by=cast[ECOLOGY])
    again = actions.edit(drafted.pk, TEXT, version=2, by=cast[INDUSTRY])
    assert again.version == 2
    assert TrailEntry.objects.filter(act="plan:edit").count() == 1


def test_a_change_of_the_text_ends_the_consent_to_it(cast, drafted):
    actions.agree(drafted.pk, version=1, by=cast[ECOLOGY])
    actions.edit(drafted.pk, TEXT, version=1, by=cast[INDUSTRY])
    with pytest.raises(Conflict, match="第2稿"):
        actions.agree(drafted.pk, version=1, by=cast[INDUSTRY])
    actions.agree(drafted.pk, version=2, by=cast[INDUSTRY])
    assert Plan.objects.get().stage == PlanStage.DRAFT
    actions.agree(drafted.pk, version=2, by=cast[ECOLOGY])
    assert Plan.objects.get().stage == PlanStage.AGREED


def test_one_department_alone_does_not_agree_for_both(cast, drafted):
    actions.agree(drafted.pk, version=1, by=cast[ECOLOGY])
    with pytest.raises(Conflict, match="已会签"):
        actions.agree(drafted.pk, version=1, by=cast[ECOLOGY])
    with pytest.raises(NotAllowed):
        actions.publish(drafted.pk, on=DAY, document_number=NUMBER, by=cast[ECOLOGY])
    for name in set(cast.standings) - set(BOTH):
        with pytest.raises(NotAllowed):
            actions.agree(drafted.pk, version=1, by=cast[name])


def test_either_department_publishes_the_lists_of_both_in_one_act(cast, published):
    assert (published.stage, published.document_number) == (PlanStage.PUBLISHED, NUMBER)
    assert Round.objects.count() == 5
    batches = Batch.objects.all()
    assert {batch.document_number for batch in batches} == {NUMBER}
    assert {batch.issuers for batch in batches} == {"佛山市工业和信息化局、佛山市生态环境局"}
    assert {batch.published_on for batch in batches} == {DAY}


def test_the_partner_cannot_publish_a_list_that_was_not_put_into_the_paper(cast, drafted):
    batch = Batch.objects.get(lead="ecology")
    with pytest.raises(NotAllowed):
        programme.publish(
            batch.pk, on=DAY, document_number="x", issuers=["y"], by=cast[INDUSTRY], jointly=True
        )


def test_what_is_refused_publishes_nothing(cast, agreed):
    for facts in ({"on": date(2030, 1, 1)}, {"document_number": " "}):
        good = {"on": DAY, "document_number": NUMBER}
        with pytest.raises(Refused):
            actions.publish(agreed.pk, by=cast[ECOLOGY], **good | facts)
    for name in set(cast.standings) - set(BOTH):
        with pytest.raises(NotAllowed):
            actions.publish(agreed.pk, on=DAY, document_number=NUMBER, by=cast[name])
    assert Plan.objects.get().stage == PlanStage.AGREED
    assert not Round.objects.exists()


def test_a_paper_without_any_list_is_not_published(cast):
    plan = actions.draft(YEAR, by=cast[ECOLOGY])
    for name in BOTH:
        actions.agree(plan.pk, version=1, by=cast[name])
    with pytest.raises(Refused, match="企业名单"):
        actions.publish(plan.pk, on=DAY, document_number=NUMBER, by=cast[ECOLOGY])


def test_taking_the_paper_back_takes_the_lists_out_of_it(cast, agreed):
    with pytest.raises(Refused, match="理由"):
        actions.revise(agreed.pk, reason=" ", by=cast[INDUSTRY])
    actions.revise(agreed.pk, reason="补充任务", by=cast[INDUSTRY])
    assert not Batch.objects.filter(joint=True).exists()
    assert Plan.objects.get().version == 2


@pytest.mark.django_db(transaction=True)
def test_eight_people_publish_at_once_and_one_of_them_does_it(cast, agreed):
    def press(name):
        return lambda: actions.publish(agreed.pk, on=DAY, document_number=NUMBER, by=cast[name])

    told = at_once(*[press(name) for name in BOTH * 4])
    assert sum(isinstance(one, Conflict) for one in told) == 7
    assert Round.objects.count() == 5
    assert TrailEntry.objects.filter(act="plan:publish").count() == 1


def test_a_filing_is_registered_when_both_provincial_departments_did(cast, published):
    filing = actions.file(FilingKind.PLAN, published.pk, by=cast[ECOLOGY])
    with pytest.raises(Conflict, match="已报送"):
        actions.file(FilingKind.PLAN, published.pk, by=cast[INDUSTRY])
    actions.answer(filing.pk, FilingAct.REGISTER, number="1", by=cast["province-industry"])
    assert Filing.objects.get().stage == FilingStage.SUBMITTED
    with pytest.raises(Conflict, match="已办理"):
        actions.answer(filing.pk, FilingAct.REGISTER, by=cast["province-industry"])
    actions.answer(filing.pk, FilingAct.REGISTER, by=cast["province-ecology"])
    assert Filing.objects.get().stage == FilingStage.REGISTERED
    told = Message.objects.filter(key__startswith=f"filing:{filing.pk}:")
    assert {one.person_id for one in told} == {cast[name].person_id for name in BOTH}


def test_a_returned_filing_is_submitted_again_and_both_are_kept(cast, published):
    filing = actions.file(FilingKind.PLAN, published.pk, by=cast[ECOLOGY])
    with pytest.raises(Refused, match="补正的内容"):
        actions.answer(filing.pk, FilingAct.RETURN, by=cast["province-ecology"])
    actions.answer(filing.pk, FilingAct.RETURN, remark="缺附件", by=cast["province-ecology"])
    assert [one.pk for one in queries.returned(queries.of_city(published.city_id))] == [filing.pk]
    with pytest.raises(NotAllowed):
        actions.answer(filing.pk, FilingAct.REGISTER, by=cast["province-industry"])
    again = actions.file(FilingKind.PLAN, published.pk, note="已补附件", by=cast[INDUSTRY])
    assert (again.sequence, again.stage) == (2, FilingStage.SUBMITTED)
    assert queries.returned(queries.of_city(published.city_id)) == []
    assert Answer.objects.count() == 1


def test_only_the_province_answers_and_only_the_city_files(cast, published):
    for name in set(cast.standings) - set(BOTH):
        with pytest.raises(NotAllowed):
            actions.file(FilingKind.PLAN, published.pk, by=cast[name])
    filing = actions.file(FilingKind.PLAN, published.pk, by=cast[ECOLOGY])
    for name in set(cast.standings) - {"province-industry", "province-ecology"}:
        for act in FilingAct:
            with pytest.raises(NotAllowed):
                actions.answer(filing.pk, act, remark="x", by=cast[name])
    assert not Answer.objects.exists()


def test_a_list_of_after_the_paper_is_filed_by_itself(cast, published):
    with pytest.raises(Refused, match="公布后才能报送"):
        actions.file(FilingKind.LIST, Batch.objects.first().pk, by=cast[ECOLOGY])
    later = listed(cast, firms(1, 20), replace(KEY, number=2), on=date(2022, 6, 1)).batch
    waiting = queries.to_file(published.city_id, [YEAR], queries.of_city(published.city_id))
    assert [(one.kind, one.pk) for one in waiting] == [
        (FilingKind.PLAN, published.pk), (FilingKind.LIST, later.pk),
    ]  # fmt: skip
    actions.file(FilingKind.LIST, later.pk, by=cast[ECOLOGY])
    assert [
        one.kind
        for one in queries.to_file(published.city_id, [YEAR], queries.of_city(published.city_id))
    ] == [FilingKind.PLAN]


def test_an_amendment_is_filed_by_itself_and_once(cast, published):
    batch = Batch.objects.get(lead="ecology")
    entry = batch.entries.first()
    done = amend_list(
        batch.pk, Notice("佛环函〔2022〕30号", date(2022, 5, 1), "佛山市生态环境局", "停产"),
        [ChangeLine(entry.pk, Change.CANCEL, "停产")], by=cast[ECOLOGY],
    )  # fmt: skip
    filing = actions.file(FilingKind.AMENDMENT, done.pk, by=cast[INDUSTRY])
    assert (filing.document_number, filing.kind) == ("佛环函〔2022〕30号", "amendment")
    with pytest.raises(Conflict):
        actions.file(FilingKind.AMENDMENT, done.pk, by=cast[ECOLOGY])


def test_the_paper_says_what_the_records_say(cast, published):
    batches = queries.in_paper(published)
    entries = list(queries.entries(batches))
    paper = papers.paper(published, batches, entries, queries.issuers(published), DAY)
    said = "".join(
        getattr(block, "text", "") + getattr(block, "body", "") for block in paper.blocks
    )
    assert "共5家，其中强制性5家、自愿性0家；工业和信息化部门牵头2家，生态环境部门牵头3家" in said
    assert "自名单公布之日起1个月内（2022年4月9日前）" in said
    assert paper.letterhead == ("佛山市工业和信息化局", "佛山市生态环境局")
    assert len(paper.annexes[0].blocks[0].rows) == 5
    assert docx.render(paper)[:2] == b"PK"
    assert pdf.render(paper)[:4] == b"%PDF"
    assert papers.workbook(published, entries)[:2] == b"PK"


def test_a_draft_leaves_number_and_day_open(cast, drafted):
    paper = papers.paper(drafted, [], [], queries.issuers(drafted), DAY)
    assert paper.draft
    assert paper.signature.day is None
    assert "号" in paper.doc_number
    assert not any(sign.isdigit() for sign in paper.doc_number.replace(str(YEAR), ""))


def test_two_people_in_the_same_form_lose_nothing(cast, drafted, client):
    address = reverse("planning:edit", args=[drafted.pk])
    typed = {"version": 1, "title": "标题", "tasks": "我写的任务", "safeguards": "措施", "fee": ""}
    client.force_login(cast.people[ECOLOGY])
    assert client.get(address).status_code == 200
    actions.edit(drafted.pk, TEXT, version=1, by=cast[INDUSTRY])
    answer = client.post(address, typed)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert ">\n我写的任务</textarea>" in page
    assert 'name="version" value="2"' in page
    assert "抓重点行业。推进钢铁等。" in page
    assert client.post(address, typed | {"version": 2}).status_code == 302
    assert Plan.objects.get().tasks == "我写的任务"


def test_the_pages_lead_from_draft_to_registered(cast, drafted, client):
    page = reverse("planning:plan", args=[drafted.pk])
    for name in BOTH:
        client.force_login(cast.people[name])
        assert client.get(page).status_code == 200
        client.post(reverse("planning:agree", args=[drafted.pk]), {"version": 1})
    assert Consent.objects.count() == 2
    publish = reverse("planning:publish", args=[drafted.pk])
    assert client.post(publish, {"on": "2030-01-01", "document_number": "x"}).status_code == 422
    assert client.post(publish, {"on": "2022-03-09", "document_number": NUMBER}).status_code == 302
    assert client.post(publish, {"on": "2022-03-09", "document_number": NUMBER}).status_code == 404
    filed = client.post(reverse("planning:file", args=["plan", drafted.pk]), {"reason": ""})
    assert client.get(filed.url).status_code == 200
    client.force_login(cast.people["province-ecology"])
    assert "佛山" in client.get(reverse("planning:filings")).content.decode()
    assert client.post(filed.url, {"act": "return", "remark": ""}).status_code == 422
    assert client.post(filed.url, {"act": "register", "number": "粤备1"}).status_code == 302
    assert "粤备1" in client.get(filed.url).content.decode()
    board = client.get(reverse("planning:plans") + f"?year={YEAR}").content.decode()
    assert NUMBER in board
    client.force_login(cast.people["huizhou-industry"])
    assert client.get(filed.url).status_code == 404
    assert client.get(page).status_code == 404


@pytest.mark.parametrize("shape", ["docx", "pdf", "xlsx"])
def test_the_paper_is_handed_out(cast, published, client, shape):
    client.force_login(cast.people["nanhai-industry"])
    answer = client.get(reverse("planning:paper", args=[published.pk, shape]))
    assert answer.status_code == 200
    assert answer.content[:2] in (b"PK", b"%P")
    assert client.get(reverse("planning:paper", args=[published.pk, "exe"])).status_code == 404


def test_an_act_that_the_page_does_not_offer_is_refused(cast, published, client):
    client.force_login(cast.people[ECOLOGY])
    assert client.get(reverse("planning:edit", args=[published.pk])).status_code == 404
    with pytest.raises(NotAllowed):
        actions.edit(published.pk, TEXT, version=1, by=cast[ECOLOGY])
    assert PlanAct.EDIT.label == "修改"
