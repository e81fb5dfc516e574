"""The check, declarations, submission with its receipt, returns, and the pages of all that."""

from dataclasses import replace

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from cleanprod.foundation.attachments import actions as attachments
from cleanprod.foundation.documents.models import Receipt
from cleanprod.foundation.documents.queries import verify_receipt
from cleanprod.foundation.documents.rules import Verdict
from cleanprod.foundation.notifications.models import Message
from cleanprod.foundation.obligations.models import Obligation
from cleanprod.foundation.trail.models import Entry
from cleanprod.kernel.errors import NotAllowed, Refused
from cleanprod.stages.audits import actions as audits
from cleanprod.stages.audits.models import Fact, Round
from cleanprod.stages.audits.rules import Act, Milestone, Stage
from cleanprod.stages.materials import actions as materials
from cleanprod.stages.materials.models import Version
from cleanprod.stages.materials.rules import Draft
from cleanprod.stages.materials.tests.cast import (
    OWN,
    ROW,
    add,
    complete,
    engaged,
    pdf,
    printed,
    sheet,
    started,
)
from cleanprod.stages.registration import engaging
from cleanprod.stages.registration.rules import Scope
from cleanprod.stages.submissions import actions, checks, queries
from cleanprod.stages.submissions.models import Declaration, Submission
from cleanprod.stages.submissions.rules import Level, MissingReason, Moved, Party, State
from tests.flow import LEAD, at_once


@pytest.fixture
def audit(cast):
    return started(cast)


@pytest.fixture
def ready(cast, audit):
    complete(cast, audit)
    return audit


def client(cast, name):
    made = Client()
    made.force_login(cast.people[name])
    return made


def home(cast, name):
    return client(cast, name).get(reverse("desk:home")).content.decode()


def mark(audit):
    return queries.current(audit).mark


def declare(cast, audit, by=OWN):
    return actions.declare(audit.pk, mark=mark(audit), by=cast[by])


def submit(cast, audit, by=OWN, **said):
    reasons = said.get("reasons", {})
    return actions.submit(
        audit.pk, mark=said.get("mark", mark(audit)), reasons=reasons, by=cast[by]
    )


def keys(audit, level=Level.BLOCK):
    return {one.key for one in checks.findings(audit) if one.level is level}


def test_the_check_names_everything_that_is_missing(cast):
    audit = started(cast, "registered")
    assert keys(audit) == {
        "plan", "started", "missing-cover", "missing-declaration", "missing-report",
        "missing-proof", "missing-sheet", "missing-own_ability", "sheet", "declare-enterprise",
    }  # fmt: skip
    assert keys(audit, Level.INFORM) == {"late"}
    with pytest.raises(Refused, match="提交前检查未通过"):
        submit(cast, audit)


def test_the_check_tells_what_comes_up_later_and_hinders_nothing(cast, ready, monkeypatch):
    told = {one.key: one.text for one in checks.findings(ready) if one.level is Level.INFORM}
    assert "审核准备、预审核" in told["phases"]
    assert "sheet-data" not in told
    monkeypatch.setattr(checks.checking, "hindrances", lambda *_: ["电力：变化超过3倍"])
    told = {one.key: one.text for one in checks.findings(ready)}
    assert "1项没有改正或说明：电力：变化超过3倍" in told["sheet-data"]
    declare(cast, ready)
    assert submit(cast, ready).state is State.WAITING


def test_what_the_check_passes_can_be_submitted_and_what_it_blocks_cannot(cast, ready):
    assert keys(ready) == {"declare-enterprise"}
    with pytest.raises(Refused, match="企业还没有对现在的材料作出声明"):
        submit(cast, ready)
    declare(cast, ready)
    assert keys(ready) == set()
    made = submit(cast, ready)
    ready.refresh_from_db()
    assert (ready.stage, ready.reported_on) == (Stage.SUBMITTED, made.happened_on)
    assert made.state is State.WAITING
    assert Fact.objects.get(kind=Milestone.REPORTED).details == {"receipt": made.receipt.number}
    assert Obligation.objects.get(key__contains=":finish:").done_on == made.happened_on
    assert not Version.objects.filter(submitted_on=None).exists()
    told = {one.person_id for one in Message.objects.filter(key__startswith="submission:")}
    assert told == {cast.people[LEAD].pk}


def test_the_receipt_holds_every_fingerprint_and_anybody_verifies_it(cast, ready):
    declare(cast, ready)
    made = submit(cast, ready)
    facts = made.receipt.facts
    assert [one["sha256"] for one in facts["files"]] == [
        one.file.sha256 for one in queries.pieces_of(made)
    ]
    assert len(facts["files"]) == 6
    assert facts["sheet"]["version"] == 1
    assert "pdf" not in str(facts)  # names of files stay inside
    assert verify_receipt(made.receipt.number, made.receipt.sha256).verdict is Verdict.GENUINE
    for one in facts["files"]:
        assert verify_receipt(made.receipt.number, one["sha256"]).verdict is Verdict.GENUINE
    assert verify_receipt(made.receipt.number, "0" * 64).verdict is Verdict.DIFFERENT
    paper = actions.receipt_paper(made, address="https://example.org/verify/", by=cast[OWN])
    again = actions.receipt_paper(made, address="https://elsewhere.org/", by=cast[LEAD])
    assert paper.pk == again.pk
    with attachments.open_file(paper.file) as stream:
        assert stream.read().startswith(b"%PDF-")


def test_the_same_submission_twice_has_one_effect(cast, ready):
    declare(cast, ready)
    seen = mark(ready)
    first = submit(cast, ready, mark=seen)
    assert submit(cast, ready, mark=seen).pk == first.pk
    assert (Submission.objects.count(), Receipt.objects.filter(kind="report").count()) == (1, 1)
    with pytest.raises(Refused, match="已提交审核报告"):
        add(cast, ready, content=pdf("新"), changes=[ROW])


@pytest.mark.django_db(transaction=True)
def test_two_people_at_once_make_one_submission(cast):
    audit = started(cast)
    complete(cast, audit)
    declare(cast, audit)
    seen = mark(audit)
    came = at_once(*[lambda: submit(cast, audit, mark=seen)] * 2)
    assert len({one.pk for one in came}) == 1
    assert Submission.objects.count() == 1


def test_whoever_saw_other_versions_gets_both_sides(cast, ready):
    declare(cast, ready)
    seen = mark(ready)
    add(cast, ready, content=pdf("二稿"), draft=Draft.REVISED, changes=[ROW])
    with pytest.raises(Moved) as moved:
        submit(cast, ready, mark=seen)
    (one,) = moved.value.differences
    assert (one.title, one.seen[:3], one.now[:3]) == ("清洁生产审核报告", "第1稿", "第2稿")
    with pytest.raises(Refused, match="声明"):  # which spoke of the first version
        submit(cast, ready)
    sheet(cast, ready, version=1, amount=3)
    with pytest.raises(Moved, match="绩效表"):
        actions.declare(ready.pk, mark=mark(ready).replace("~2", "~1"), by=cast[OWN])


def test_each_party_declares_for_itself(cast, audit):
    engaged(cast, audit)
    complete(cast, audit)
    assert keys(audit) == {"declare-enterprise", f"declare-{cast.offices['consultancy'].pk}"}
    theirs = declare(cast, audit, by="consultancy")
    assert (theirs.party, theirs.office_name) == (Party.CONSULTANCY, "清源咨询有限公司")
    assert declare(cast, audit, by="consultancy").pk == theirs.pk
    with pytest.raises(Refused, match="企业还没有"):
        submit(cast, audit, by="consultancy")
    both = replace(cast[OWN], person_id=cast["consultancy"].person_id)
    with pytest.raises(Refused, match="各自的人员"):
        actions.declare(audit.pk, mark=mark(audit), by=both)
    assert declare(cast, audit).party == Party.ENTERPRISE
    made = submit(cast, audit, by="consultancy")
    assert made.person_name == cast["consultancy"].person_name
    assert "代办" in made.office_name
    assert Declaration.objects.count() == 2
    assert Entry.objects.filter(act="submission:declare").count() == 2


def test_nobody_declares_what_is_incomplete_and_strangers_do_nothing(cast, audit):
    with pytest.raises(Refused, match="请先改正后再声明"):
        declare(cast, audit)
    complete(cast, audit)
    for name in (LEAD, "blue-sea", "consultancy", "expert"):
        with pytest.raises(NotAllowed):
            declare(cast, audit, by=name)
    declare(cast, audit)
    for name in (LEAD, "blue-sea", "consultancy"):
        with pytest.raises(NotAllowed):
            submit(cast, audit, by=name)
    engaged(cast, audit, Scope.FILL)
    with pytest.raises(NotAllowed):
        submit(cast, audit, by="consultancy")


def test_what_was_sealed_must_say_what_the_platform_says(cast, ready):
    sheet(cast, ready, version=1, amount=3)
    assert "print-sheet" in keys(ready)
    made = printed(cast, ready, "sheet")
    add(cast, ready, "sheet", content=pdf("新"), printed=made.pk)  # sealed: no table of changes
    assert "print-sheet" not in keys(ready)
    add(cast, ready, "cover", content=pdf("别处打印"))
    assert keys(ready, Level.CONFIRM) == {"print-cover"}
    declare(cast, ready)
    with pytest.raises(MissingReason, match="打印编号"):
        submit(cast, ready)
    made = submit(cast, ready, reasons={"print-cover": "封面由印刷厂印制"})
    assert [one["reason"] for one in made.reasons] == ["封面由印刷厂印制"]


def test_a_returned_report_is_revised_and_handed_in_again(cast, ready):
    declare(cast, ready)
    first = submit(cast, ready)
    for name in ("foshan-industry", "nanhai-industry", OWN, "province-ecology"):
        with pytest.raises(NotAllowed):
            actions.send_back(first.pk, reason="平衡测算有误", by=cast[name])
    with pytest.raises(Refused, match="退回理由"):
        actions.send_back(first.pk, reason=" ", by=cast[LEAD])
    back = actions.send_back(first.pk, reason="平衡测算有误", by=cast[LEAD])
    assert actions.send_back(first.pk, reason="再点", by=cast[LEAD]).pk == back.pk
    ready.refresh_from_db()
    assert (ready.stage, ready.reported_on) == (Stage.STARTED, None)
    assert Obligation.objects.get(key__contains=":finish:").done_on is None
    assert "审核报告被退回" in home(cast, OWN)
    assert home(cast, OWN).count("审核报告已退回") == 1  # where the round stands, no second line
    assert "unchanged" in keys(ready, Level.CONFIRM)
    told = Message.objects.filter(key__contains="returned", person_id=cast.people[OWN].pk)
    assert "平衡测算有误" in told.get().body
    with pytest.raises(Refused, match="修改说明对照表"):
        add(cast, ready, content=pdf("二稿"), draft=Draft.REVISED)
    add(cast, ready, content=pdf("二稿"), draft=Draft.REVISED, changes=[ROW])
    declare(cast, ready)
    second = submit(cast, ready)
    first.refresh_from_db()
    assert (second.number, first.state, second.state) == (2, State.RETURNED, State.WAITING)
    assert first.receipt.number != second.receipt.number
    for one in (first, second):
        assert verify_receipt(one.receipt.number).receipt == one.receipt
    Submission.objects.filter(pk=first.pk).update(returned_on=None)
    with pytest.raises(Refused, match="第2次提交"):
        actions.send_back(first.pk, reason="旧的", by=cast[LEAD])


def test_a_submitted_round_goes_on_and_boards_tell_who_waits(cast, ready):
    declare(cast, ready)
    made = submit(cast, ready)
    assert "审核报告已提交，待受理" in home(cast, LEAD)
    assert "审核报告已提交，待受理" not in home(cast, "foshan-industry")
    assert queries.waiting(cast[LEAD]).get() == made
    board = reverse("submissions:desk")
    for name in (LEAD, "foshan-industry", "province-ecology", OWN):
        shown = client(cast, name).get(f"{board}?state=waiting").content.decode()
        assert ready.name in shown, name
    for name in ("huizhou-industry", "blue-sea", "consultancy", "nanhai-industry"):
        assert ready.name not in client(cast, name).get(board).content.decode(), name
    audits.record(
        Act.ASSESS, [audits.NewFact(ready.pk, Milestone.ASSESSING, made.happened_on)],
        by=cast[LEAD],
    )  # fmt: skip
    made = Submission.objects.get()
    assert made.state is State.TAKEN
    assert ready.name in client(cast, LEAD).get(f"{board}?state=taken&own=1").content.decode()
    assert ready.name not in client(cast, LEAD).get(f"{board}?state=waiting").content.decode()
    actions.send_back(made.pk, reason="补正", by=cast[LEAD])
    assert Round.objects.get().stage == Stage.STARTED


def test_the_pages_lead_through_and_a_replay_changes_nothing(cast, ready):
    firm = client(cast, OWN)
    check = reverse("submissions:check", args=[ready.pk])
    page = firm.get(check).content.decode()
    assert "企业还没有对现在的材料作出声明" in page
    say = reverse("submissions:declare", args=[ready.pk])
    assert firm.post(say, {"mark": mark(ready)}).status_code == 422
    assert firm.post(say, {"mark": mark(ready), "agreed": "1"}).status_code == 302
    send = reverse("submissions:submit", args=[ready.pk])
    stale = firm.post(send, {"mark": "1.2~9"})
    assert stale.status_code == 409
    assert "您看到的" in stale.content.decode()
    nonsense = firm.post(send, {"mark": "x" * 500})
    assert nonsense.status_code == 409
    first = firm.post(send, {"mark": mark(ready)})
    assert first.status_code == 302
    assert firm.post(send, {"mark": mark(ready)}).url == first.url
    made = Submission.objects.get()
    page = firm.get(first.url).content.decode()
    assert made.receipt.number in page
    answer = firm.get(reverse("submissions:receipt", args=[made.pk]))
    assert b"".join(answer.streaming_content).startswith(b"%PDF-")
    back = reverse("submissions:return", args=[made.pk])
    assert client(cast, LEAD).post(back, {"reason": ""}).status_code == 422
    assert client(cast, LEAD).post(back, {"reason": "平衡测算有误"}).status_code == 302
    assert client(cast, LEAD).post(back, {"reason": "再点"}).status_code == 302
    assert "平衡测算有误" in firm.get(check).content.decode()


def test_a_visitor_compares_a_file_and_one_changed_byte_is_named(cast, ready):
    declare(cast, ready)
    number = submit(cast, ready).receipt.number
    visitor = Client()
    shown = visitor.get(f"{reverse('portal:verify')}?number={number}").content.decode()
    assert "回执所载的文件" in shown
    assert "承诺书（盖章）" in shown

    def compare(content, **more):
        file = SimpleUploadedFile("手中的文件.pdf", content)
        data = {"number": number, "file": file} | more
        return visitor.post(reverse("portal:compare"), data).content.decode()

    assert "完全一致" in compare(pdf("report"))
    assert "《清洁生产审核报告》" in compare(pdf("reporT"), place="2")
    assert "内容有过改动" in compare(pdf("reporT"), place="2")
    assert "任何一份文件都不一致" in compare(b"%PDF-1.4 something else")
    for data in ({"number": number}, {"number": "nonsense"}, {}):
        assert visitor.post(reverse("portal:compare"), data).status_code == 422


def test_a_dismissed_consultancy_no_longer_counts(cast, audit):
    held = engaged(cast, audit)
    complete(cast, audit)
    declare(cast, audit)
    assert keys(audit) == {f"declare-{cast.offices['consultancy'].pk}"}
    engaging.revoke(held.pk, by=cast[OWN])
    # What was sealed together with the consultancy is to be sealed anew.
    assert {"missing-own_ability", "print-declaration", "print-cover"} <= keys(audit)
    assert materials.mark_submitted([], on=audit.listed_on) == 0
