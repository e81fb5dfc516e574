"""Batches of results: chosen, in publicity, objected to, announced, reported, certified."""

from datetime import date, timedelta
from io import BytesIO

import openpyxl
import pytest
from django.test import Client
from django.urls import reverse

from cleanprod.foundation.documents import queries as documents
from cleanprod.foundation.documents.rules import Verdict as Known
from cleanprod.foundation.engine import clock
from cleanprod.foundation.notifications.models import Message
from cleanprod.foundation.trail.models import Entry
from cleanprod.kernel.errors import Conflict, NotAllowed, Refused
from cleanprod.stages.audits.models import Fact, Round
from cleanprod.stages.audits.rules import Stage
from cleanprod.stages.candidates import queries as candidates
from cleanprod.stages.candidates.rules import Reason
from cleanprod.stages.experts.models import Appointment, Panel, Reviewed
from cleanprod.stages.experts.queries import workload
from cleanprod.stages.experts.tests import cast as experts
from cleanprod.stages.results import actions, papers, queries
from cleanprod.stages.results.models import Batch, Certificate, Objection
from cleanprod.stages.results.rules import Counting, State, Verdict
from cleanprod.stages.review.actions import NewResult, complete, record_results
from cleanprod.stages.review.rules import Conclusion
from tests.flow import LEAD, firms, listed
from tests.world import FOSHAN, TODAY

PARTNER = "foshan-industry"
ON = date(2023, 9, 1)
NEXT = TODAY + timedelta(30)


@pytest.fixture
def rounds(cast):
    """Three rounds: passed, failed and deferred."""
    listed(cast, firms(3))
    found = list(Round.objects.order_by("pk"))
    conclusions = (Conclusion.PASSED, Conclusion.FAILED, Conclusion.DEFERRED)
    record_results(
        [
            NewResult(audit.pk, conclusion, ON, document_number="佛环〔2023〕1号", reason="停产")
            for audit, conclusion in zip(found, conclusions, strict=True)
        ],
        by=cast[LEAD],
    )
    return found


def drafted(cast, *, joint=False, by=LEAD):
    return actions.draft(
        year=2023, title="第一批结果", joint=joint, contact="陈工 0757-0", by=cast[by]
    )


def public(cast, **more):
    batch = drafted(cast, **more)
    facts = [fact.pk for fact in queries.waiting(batch)]
    actions.choose(batch.pk, facts, by=cast[LEAD])
    return actions.publicise(
        batch.pk, first=TODAY, days=5, counting=Counting.CALENDAR, by=cast[LEAD]
    )


def announce(cast, batch):
    with clock.fixed(NEXT):
        return actions.announce(batch.pk, document_number="佛环〔2023〕9号", on=NEXT, by=cast[LEAD])


def objection(batch, name=""):
    line = batch.lines.filter(round__name=name).first() if name else None
    said = actions.Said("王某", "13800000000", "数据有误", line.pk if line else None)
    return actions.object_to(batch.pk, said)


def test_a_batch_goes_from_draft_to_the_province(cast, rounds):
    batch = public(cast)
    assert batch.publicity_until == TODAY + timedelta(4)
    with pytest.raises(Refused, match="公示期未满"):
        actions.announce(batch.pk, document_number="佛环〔2023〕9号", on=TODAY, by=cast[LEAD])
    assert announce(cast, batch).state == State.ANNOUNCED
    with pytest.raises(NotAllowed):
        announce(cast, batch)
    assert actions.report(batch.pk, by=cast[LEAD]).state == State.REPORTED
    counted = [(one.part.value, len(one.lines)) for one in queries.annexes(batch)]
    assert counted == [("passed", 1), ("side", 1), ("failed", 1)]
    acts = Entry.objects.filter(subject=f"results:{batch.pk}").order_by("pk")
    assert [one.act.split(":")[1] for one in acts] == [
        "draft", "choose", "publicise", "announce", "report",
    ]  # fmt: skip


def test_a_result_stands_in_one_live_batch(cast, rounds):
    first = public(cast)
    second = drafted(cast)
    assert second.number == 2
    assert not queries.waiting(second).exists()
    taken = first.lines.first().fact_id
    with pytest.raises(Conflict, match="其他批次"):
        actions.choose(second.pk, [taken], by=cast[LEAD])
    actions.stop(first.pk, reason="名单有误", by=cast[LEAD])
    assert queries.waiting(second).count() == 3
    assert actions.choose(second.pk, [taken], by=cast[LEAD]) == 1
    assert actions.choose(second.pk, [taken], by=cast[LEAD]) == 1


def test_only_the_lead_department_moves_its_batch(cast, rounds):
    batch = drafted(cast)
    for name in (PARTNER, "huizhou-ecology", "province-ecology", "nanhai-industry"):
        if name in cast.people:
            with pytest.raises(NotAllowed):
                actions.choose(batch.pk, [], by=cast[name])
    with pytest.raises(NotAllowed):
        actions.draft(year=2023, title="x", joint=False, contact="x", by=cast["red-star"])


def test_a_publicity_is_neither_empty_nor_too_short_nor_in_the_past(cast, rounds):
    batch = drafted(cast)
    frame = {"counting": Counting.CALENDAR, "by": cast[LEAD]}
    with pytest.raises(Refused, match="还没有企业"):
        actions.publicise(batch.pk, first=TODAY, days=5, **frame)
    actions.choose(batch.pk, [fact.pk for fact in queries.waiting(batch)], by=cast[LEAD])
    with pytest.raises(Refused, match="不少于5天"):
        actions.publicise(batch.pk, first=TODAY, days=4, **frame)
    with pytest.raises(Refused, match="早于今天"):
        actions.publicise(batch.pk, first=TODAY - timedelta(1), days=5, **frame)


def test_a_publicity_in_working_days_passes_over_the_holiday(cast, rounds):
    batch = drafted(cast)
    actions.choose(batch.pk, [fact.pk for fact in queries.waiting(batch)], by=cast[LEAD])
    actions.publicise(batch.pk, first=TODAY, days=5, counting=Counting.WORKING, by=cast[LEAD])
    batch.refresh_from_db()
    assert batch.publicity_until == date(2023, 10, 10)
    words = papers.period(batch).explained()
    assert words == "2023年9月28日至2023年10月10日（5个工作日，首日计入）"


def test_a_joint_batch_waits_for_the_other_department(cast, rounds):
    batch = public(cast, joint=True)
    with pytest.raises(Refused, match="会签"):
        announce(cast, batch)
    with pytest.raises(NotAllowed):
        actions.cosign(batch.pk, by=cast[LEAD])
    for _ in range(2):
        actions.cosign(batch.pk, by=cast[PARTNER])
    assert Entry.objects.filter(act="results:cosign").count() == 1
    assert announce(cast, batch).state == State.ANNOUNCED


def test_a_batch_that_is_not_joint_is_no_business_of_the_other_department(cast, rounds):
    batch = public(cast)
    with pytest.raises(NotAllowed):
        actions.cosign(batch.pk, by=cast[PARTNER])


def test_an_objection_that_overturns_takes_the_result_back(cast, rounds):
    batch = public(cast)
    passed = rounds[0]
    made, code = objection(batch, passed.name)
    assert made.number == f"YY{TODAY.year}000001"
    with pytest.raises(Refused, match="1件异议未答复"):
        announce(cast, batch)
    with pytest.raises(NotAllowed):
        actions.answer(made.pk, verdict=Verdict.REJECTED, text="x", by=cast[PARTNER])
    actions.answer(made.pk, verdict=Verdict.OVERTURNED, text="减排量重复计算", by=cast[LEAD])
    passed.refresh_from_db()
    assert (passed.stage, passed.accepted_on) == (Stage.LISTED, None)
    with pytest.raises(Conflict):
        actions.answer(made.pk, verdict=Verdict.REJECTED, text="再答", by=cast[LEAD])
    announce(cast, batch)
    assert [one.round_id for one in queries.annexes(batch)[0].lines] == []
    page = Client().post(reverse("results:answer"), {"number": made.number, "code": code.lower()})
    assert "减排量重复计算" in page.content.decode()
    wrong = Client().post(reverse("results:answer"), {"number": made.number, "code": "AAAA2222"})
    assert wrong.status_code == 422
    assert "减排量重复计算" not in wrong.content.decode()


def test_an_objection_that_overturns_withdraws_the_completion_first(cast, rounds):
    batch = public(cast)
    passed = rounds[0]
    complete([passed.pk], by=cast[LEAD])
    made, _ = objection(batch, passed.name)
    page = Client()
    page.force_login(cast.people[LEAD])
    address = reverse("results:objection", args=[made.pk])
    assert "办结一并撤回" in page.get(address).content.decode()
    said = {"verdict": "overturned", "text": "在线监测数据造假"}
    assert page.post(address, said).status_code == 302
    passed.refresh_from_db()
    assert (passed.accepted_on, passed.completed_on) == (None, None)
    withdrawn = Entry.objects.filter(act="round:withdraw").order_by("pk")
    assert [one.verb for one in withdrawn] == ["撤回“办结”", "撤回“通过验收”"]


def test_an_overturned_result_stands_with_the_experts_of_its_panel(cast, rounds):
    batch = public(cast)
    passed = batch.lines.get(conclusion="passed")
    panel = Panel.objects.create(
        city_id=FOSHAN, lead="ecology", purpose="joint", meets_on=TODAY, size=1, made_on=TODAY,
        stage="opened", person_name="甲", office_name="局",
    )  # fmt: skip
    Reviewed.objects.create(panel=panel, round=passed.round)
    (expert,) = experts.pool(cast, 1)
    Appointment.objects.create(
        panel=panel, expert=expert, state="accepted", appointed_on=TODAY
    )  # fmt: skip
    made, _ = objection(batch, passed.round.name)
    assert workload([expert.pk], TODAY)[expert.pk].overturned == 0
    actions.answer(made.pk, verdict=Verdict.OVERTURNED, text="数据有误", by=cast[LEAD])
    assert workload([expert.pk], TODAY)[expert.pk].overturned == 1
    page = Client()
    page.force_login(cast.people[LEAD])
    shown = page.get(reverse("experts:expert", args=[expert.pk])).content.decode()
    assert made.number in shown


def test_a_rejected_objection_changes_nothing_and_a_struck_firm_keeps_its_result(cast, rounds):
    batch = public(cast)
    first, _ = objection(batch)
    with pytest.raises(Refused, match="没有指明企业"):
        actions.answer(first.pk, verdict=Verdict.STRUCK, text="属实", by=cast[LEAD])
    actions.answer(first.pk, verdict=Verdict.REJECTED, text="经核实不成立", by=cast[LEAD])
    second, _ = objection(batch, rounds[0].name)
    actions.answer(second.pk, verdict=Verdict.STRUCK, text="另行核实", by=cast[LEAD])
    assert batch.lines.filter(live=True).count() == 2
    rounds[0].refresh_from_db()
    assert rounds[0].stage == Stage.ACCEPTED
    assert queries.waiting(drafted(cast)).count() == 1


def test_objections_are_taken_only_during_the_publicity(cast, rounds):
    batch = public(cast)
    with clock.fixed(TODAY + timedelta(5)), pytest.raises(Refused, match="不在公示期"):
        objection(batch)
    with pytest.raises(Refused, match="不在公示期"):
        objection(drafted(cast))


def test_everybody_is_led_to_what_is_in_publicity_from_the_front_page(cast, rounds):
    front = lambda: Client().get(reverse("portal:home")).content.decode()  # noqa: E731
    assert "正在公示" not in front()
    batch = public(cast)
    address = reverse("results:public-batch", args=[batch.pk])
    for page in (front(), Client().get(reverse("results:public")).content.decode()):
        assert f'href="{address}"' in page
        assert "还有" in page
    announce(cast, batch)
    assert "正在公示" not in front()


def test_the_code_of_an_objection_is_not_kept_and_names_are_for_the_lead_alone(cast, rounds):
    batch = public(cast)
    made, code = objection(batch)
    assert code not in str(Objection.objects.filter(pk=made.pk).values())
    shown = Client().get(reverse("results:public-batch", args=[batch.pk])).content.decode()
    assert "13800000000" not in shown
    assert "王某" not in shown
    assert Message.objects.filter(subject__contains=made.number).exists()


def test_certificates_are_issued_once_and_anybody_verifies_them(cast, rounds):
    batch = announce(cast, public(cast))
    for expected in (1, 0):
        assert actions.certify(batch.pk, head="佛证2023-", first=7, by=cast[LEAD]) == expected
    made = Certificate.objects.get()
    assert (made.number, made.valid_until) == ("佛证2023-0007", date(2028, NEXT.month, NEXT.day))
    assert documents.verify_receipt(made.receipt.number).verdict is Known.LISTED
    with pytest.raises(NotAllowed):
        actions.certify(batch.pk, head="佛证2023-", first=9, by=cast[PARTNER])


def test_a_certificate_that_runs_out_feeds_the_proposal_of_that_year(cast, rounds):
    batch = announce(cast, public(cast))
    actions.certify(batch.pk, head="佛证2023-", first=7, by=cast[LEAD])

    def told(year):
        found = candidates.proposals(batch.city_id, year, by=cast[LEAD])
        return [why.text for one in found for why in one.reasons if why.reason is Reason.EXPIRY]

    assert told(2027) == []
    assert told(2028) == [f"佛证2023-0007有效期至2028-{NEXT:%m-%d}"]


def test_the_papers_name_every_firm_and_the_public_workbook_no_score(cast, rounds):
    batch = public(cast)
    draft = papers.notice(batch)
    assert draft.title.endswith(f"关于{batch.title}的公示")
    assert "公示期为2023年9月28日至2023年10月2日（5个自然日，首日计入）" in draft.blocks[1].text
    assert draft.attachments == tuple(one.part.label for one in queries.annexes(batch))
    for file_format, head in (("docx", b"PK"), ("pdf", b"%PDF")):
        assert papers.render(draft, file_format).startswith(head)
    public_book = openpyxl.load_workbook(BytesIO(papers.workbook(batch, scores=False)))
    own_book = openpyxl.load_workbook(BytesIO(papers.workbook(batch)))
    words = [str(cell) for row in public_book.active.values for cell in row]
    assert not any("得分" in word for word in words)
    assert any("得分" in str(cell) for row in own_book.active.values for cell in row)
    assert rounds[0].name in words
    final = papers.notice(announce(cast, batch))
    assert final.doc_number == "佛环〔2023〕9号"
    assert "现公布" in final.blocks[0].text


def test_a_form_with_errors_keeps_what_was_typed(cast, rounds):
    batch = public(cast)
    address = reverse("results:object", args=[batch.pk])
    typed = {"text": "数据有误", "name": "", "contact": "0757-1", "line": "999999"}
    page = Client().post(address, typed)
    assert page.status_code == 422
    assert "数据有误" in page.content.decode()
    assert not Objection.objects.exists()
    client = Client()
    client.force_login(cast.people[LEAD])
    page = client.post(reverse("results:announce", args=[batch.pk]), {"document_number": ""})
    assert page.status_code == 422
    assert Batch.objects.get(pk=batch.pk).state == State.PUBLICITY


def test_a_rolled_deferral_is_no_result_to_announce(cast, rounds):
    Round.objects.filter(pk=rounds[2].pk).update(stage="listed")
    kinds = [fact.kind for fact in queries.waiting(drafted(cast))]
    assert sorted(kinds) == ["accepted", "failed"]
    assert Fact.objects.filter(kind="deferred").count() == 1
