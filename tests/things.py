"""The things that rows of the matrices name: one of each kind, in a state that parts the roles."""

import io
from dataclasses import asdict, replace
from datetime import date, timedelta
from decimal import Decimal

from django.core.files.uploadedfile import SimpleUploadedFile

from cleanprod.foundation.attachments import actions as attachments
from cleanprod.foundation.attachments import uploads
from cleanprod.foundation.documents import actions as documents
from cleanprod.foundation.engine import clock
from cleanprod.foundation.intake.models import Receipt
from cleanprod.foundation.intake.reading import read
from cleanprod.foundation.obligations.models import Obligation
from cleanprod.foundation.organisations.models import Membership
from cleanprod.foundation.organisations.rules import Line
from cleanprod.foundation.territory import queries as territory
from cleanprod.insight.bulletins import actions as bulletins
from cleanprod.insight.bulletins import checking
from cleanprod.insight.bulletins.models import Opinion
from cleanprod.insight.bulletins.rules import Kind, Verdict
from cleanprod.insight.statistics import actions as statistics
from cleanprod.insight.statistics.queries import AsOf
from cleanprod.insight.statistics.rules import Report
from cleanprod.stages.accuracy import actions as accuracy
from cleanprod.stages.accuracy.rules import Verdict as Found
from cleanprod.stages.audits import actions as audits
from cleanprod.stages.audits import drafts
from cleanprod.stages.audits.actions import NewFact
from cleanprod.stages.audits.amending import amend_list
from cleanprod.stages.audits.models import Fact, Round
from cleanprod.stages.audits.rules import WORKING, Act, Change, ChangeLine, Milestone, Notice
from cleanprod.stages.calendar import actions as calendar
from cleanprod.stages.candidates import actions as candidates
from cleanprod.stages.disclosures.models import Edition, Publication
from cleanprod.stages.dispatch import actions as dispatching
from cleanprod.stages.dispatch import answering
from cleanprod.stages.dispatch import queries as dispatch_queries
from cleanprod.stages.dispatch.rules import Addressed, Selection
from cleanprod.stages.experts import actions as pool_acts
from cleanprod.stages.experts import appointing, seats
from cleanprod.stages.experts.models import Expert, Panel, Reviewed
from cleanprod.stages.experts.rules import TieKind
from cleanprod.stages.experts.tests import cast as experts
from cleanprod.stages.hearings import models as hearings
from cleanprod.stages.hearings.rules import Mode, State, Step
from cleanprod.stages.materials import actions as materials
from cleanprod.stages.materials.rules import Changed, Draft
from cleanprod.stages.materials.tests.cast import pdf
from cleanprod.stages.measures import actions as measures
from cleanprod.stages.measures.rules import Cost, Typed, ValueSet
from cleanprod.stages.measures.rules import Field as MeasureField
from cleanprod.stages.notices import actions as notices
from cleanprod.stages.notices import extending
from cleanprod.stages.notices.models import Extension, Service
from cleanprod.stages.notices.rules import Delivery, Way
from cleanprod.stages.planning import actions as planning
from cleanprod.stages.planning.rules import FilingAct, FilingKind
from cleanprod.stages.programme import actions as programme
from cleanprod.stages.programme import settlements
from cleanprod.stages.programme.imports import import_list
from cleanprod.stages.programme.judging import BatchKey
from cleanprod.stages.programme.models import Settlement
from cleanprod.stages.programme.template import LIST
from cleanprod.stages.registration import actions as registration
from cleanprod.stages.registration import asking, changes, engaging
from cleanprod.stages.registration.models import Code
from cleanprod.stages.registration.rules import ChangeKind, Scope
from cleanprod.stages.remarks import actions as remarks
from cleanprod.stages.remarks.models import Remark
from cleanprod.stages.remarks.rules import Kind as RemarkKind
from cleanprod.stages.remarks.rules import Step as Raised
from cleanprod.stages.remarks.rules import Weight
from cleanprod.stages.results import actions as results
from cleanprod.stages.results.models import Certificate
from cleanprod.stages.results.rules import Counting
from cleanprod.stages.review import actions as review
from cleanprod.stages.review.imports import ResultKey, import_results
from cleanprod.stages.review.template import RESULTS
from cleanprod.stages.submissions import queries as submissions
from cleanprod.stages.submissions.models import Piece, Submission
from tests import flow
from tests.workbooks import code, list_book, results_book
from tests.world import FOSHAN, NANHAI

PUBLISHED = date(2022, 3, 8)


def make_things(cast):
    """Make the things that rows name and return them by name, each with its key."""
    lead = cast["foshan-industry"]

    def take(number, *firms, by=lead):
        book = list_book(*firms, county="南海区")
        file = attachments.store(book, "名单.xlsx", by=by)
        table = read(book, LIST, max_rows=100, max_bytes=1 << 20)
        return import_list(table, BatchKey(2022, FOSHAN, by.line, number), file=file, by=by)

    firms = [(f"佛山第{n}水泥有限公司", code(n), "") for n in range(1, 8)]
    published = take(1, *firms[:3], firms[5])
    programme.finish(published.batch.pk, by=lead)
    audits.publish_list(
        published.batch.pk, on=PUBLISHED, document_number="演示〔2022〕3号",
        issuers=["佛山市工业和信息化局"], by=lead,
    )  # fmt: skip
    waiting, registered, accepted, cancelled = Round.objects.order_by("name")
    for audit, owner in ((waiting, "red-star"), (registered, "blue-sea")):
        Round.objects.filter(pk=audit.pk).update(enterprise=cast.offices[owner])
    audits.record(
        Act.REGISTER, [NewFact(registered.pk, Milestone.REGISTERED, clock.today())],
        by=cast["blue-sea"],
    )  # fmt: skip
    book = results_book((accepted.name, accepted.code, "2022-10-12", "通过"))
    import_results(
        read(book, RESULTS, max_rows=100, max_bytes=1 << 20),
        ResultKey(2022, FOSHAN, Line.INDUSTRY),
        file=attachments.store(book, "结果.xlsx", by=lead),
        by=lead,
    )
    Round.objects.filter(pk=accepted.pk).update(enterprise=cast.offices["red-star"])
    acceptance = Fact.objects.get(round=accepted, kind=Milestone.ACCEPTED)
    paper = attachments.store(b"%PDF-1.4", "验收意见.pdf", by=lead)
    Fact.objects.filter(pk=acceptance.pk).update(evidence=paper)
    draft = take(3, firms[4], firms[6]).batch
    take(1, (*firms[6][:2], "双有"), by=cast["foshan-ecology"])
    shared = settlements.overlaps(FOSHAN, 2022)[0]
    settlements.propose(FOSHAN, 2022, [shared.enterprise], by=lead)
    settlements.agree(FOSHAN, 2022, [shared.enterprise], by=cast["foshan-ecology"])
    county = cast["nanhai-industry"]
    drafted, reported, declined = (
        flow.candidate(cast, f"佛山新{word}家具有限公司", evidence=paper.pk) for word in "甲乙丙"
    )
    candidates.report([reported.pk, declined.pk], by=county)
    candidates.decline(declined.pk, reason="已关停", by=lead)
    keys = flow.take_keys(cast, ("佛山新丁家具有限公司", code(90), "佛山市", "南海区", "2110"))
    surveyed = flow.take_candidates(cast, ("佛山新戊家具有限公司", code(91), "2110"))
    later = take(4, ("佛山第9水泥有限公司", code(9), ""))
    programme.finish(later.batch.pk, by=lead)
    audits.publish_list(
        later.batch.pk, on=date(2022, 6, 1), document_number="演示〔2022〕9号",
        issuers=["佛山市工业和信息化局"], by=lead,
    )  # fmt: skip
    both = (lead, cast["foshan-ecology"])
    papers = {year: planning.draft(year, by=lead) for year in (2021, 2022, 2023)}
    for year in (2022, 2023):
        for by in both:
            planning.agree(papers[year].pk, version=1, by=by)
    planning.publish(
        papers[2022].pk, on=date(2022, 3, 9), document_number="演示〔2022〕4号", by=lead
    )
    filing = planning.file(FilingKind.PLAN, papers[2022].pk, by=lead)
    planning.answer(
        filing.pk, FilingAct.RETURN, remark="缺少经费保障", by=cast["province-industry"]
    )
    notices.issue(published.batch.pk, on=date(2022, 3, 10), head="演示清通〔2022〕", by=lead)
    notice = waiting.notices.get()
    notices.serve(
        [notice.pk], Delivery(date(2022, 3, 20), Way.HAND, "李四", evidence=paper.pk), by=county
    )
    duties = list(Obligation.objects.filter(subject=f"round:{waiting.pk}").order_by("due_on"))
    with clock.fixed(date(2022, 5, 1)):
        extension = extending.ask(
            waiting.pk, duties[1].pk, until=clock.today() + timedelta(60), reason="停产检修",
            evidence=paper.pk, by=cast["red-star"],
        )  # fmt: skip
    Obligation.objects.filter(pk=duties[1].pk).update(due_on=clock.today())
    Extension.objects.update(until=clock.today() + timedelta(30))
    amend(published.batch, waiting.entry_id, cancelled.entry_id, by=lead)
    for audit, by in ((waiting, cast["red-star"]), (accepted, cast["red-star"])):
        values = {which: {MeasureField.ELECTRICITY: Decimal(2)} for which in ValueSet}
        one = Typed("变频改造", Cost.LOW, values=values)
        sheet = measures.fill(audit.pk, [one], version=0, by=by)
    measures.confirm(accepted.pk, version=sheet.version, by=lead)
    kept = bulletins_of(cast, paper)
    ready = take(2, firms[3])
    programme.finish(ready.batch.pk, by=lead)
    confirmed = calendar.confirm("budget", 2023, on=date(2023, 9, 1), note="已报财政部门", by=lead)
    disclosed = statistics.disclose(
        Report.ANNEX1, AsOf(2022, clock.today()), by=cast["province-ecology"]
    )
    system, draft_system = flow.indicator_systems(cast)
    asked = asked_for(cast)
    handed = materials_of(cast, registered, accepted)
    held = flow.sitting(cast, waiting)
    flow.scored(cast, held)
    flow.confirmed(cast, held)
    sitting = flow.sitting(cast, waiting)
    flow.score_sheet(cast, "draft-sheet")
    upload = uploads.open_upload("报告.pdf", 1, by=cast["red-star"])
    uploads.add_piece(upload, 0, io.BytesIO(b"x"), size=1)
    return {
        "an upload": str(upload.token),
        "disclosure": disclosed.pk,
        "system": system.pk,
        "draft system": draft_system.pk,
        **asked,
        **handed,
        **panels(cast, waiting, registered),
        **reviews_of(cast, waiting, accepted, paper),
        **batches_of(cast, paper),
        **accuracy_of(cast, accepted, paper),
        **dispatches(cast),
        "edition": edition_of(accepted, paper),
        "confirmation": confirmed.pk,
        "confirmed sitting": held.pk,
        "sitting": sitting.pk,
        "plan draft": papers[2021].pk,
        "plan agreed": papers[2023].pk,
        "plan published": papers[2022].pk,
        "filing": filing.pk,
        "later list": later.batch.pk,
        "candidate": drafted.pk,
        "reported candidate": reported.pk,
        "declined candidate": declined.pk,
        "key receipt": keys.receipt.pk,
        "survey receipt": surveyed.receipt.pk,
        "notice": notice.pk,
        "duty": duties[0].pk,
        "extension": extension.pk,
        "service": Service.objects.get().pk,
        **kept,
        "confirmed sheet": accepted.pk,
        "settlement": Settlement.objects.get().pk,
        "office": cast.offices["consultancy"].pk,
        "membership": Membership.objects.get(person=cast.people["red-star"]).pk,
        "published": published.batch.pk,
        "ready": ready.batch.pk,
        "draft": draft.pk,
        "round": waiting.pk,
        "registered": registered.pk,
        "accepted": accepted.pk,
        "acceptance": acceptance.pk,
        "registration": Fact.objects.get(kind=Milestone.REGISTERED).pk,
        "list receipt": published.receipt.pk,
        "results receipt": Receipt.objects.get(kind="results").pk,
    }


def edition_of(accepted, paper):
    """Publish the category fields of a round; their proof waits for the lead department."""
    kept = Publication.objects.create(
        round=accepted, kind="category", state="waiting", number=1, revision=1,
        first_on=clock.today(), latest_on=clock.today(),
    )  # fmt: skip
    cells = [{"key": "other", "title": "情况", "value": "无", "secret": False, "why": ""}]
    made = Edition.objects.create(
        publication=kept, number=1, cells=cells, way="media", place="佛山日报", proof=paper,
        since=date(2023, 9, 1), happened_on=clock.today(), person_name="经办人",
    )  # fmt: skip
    return made.pk


def accuracy_of(cast, accepted, scan):
    """Draw the values of the completed round and find one of them wrong."""
    review.complete([accepted.pk], by=cast["foshan-industry"])
    drawn = accuracy.draw(FOSHAN, 2022, by=cast["province-ecology"])
    item = drawn.items.order_by("place").first()
    accuracy.check(
        item.pk, Found.WRONG, right_value="1", note="电费单", evidence=scan.pk, by=cast["support"]
    )
    Fact.objects.filter(round=accepted, kind=Milestone.COMPLETED).delete()
    audits.recompute([accepted.pk])
    return {"accuracy sample": drawn.pk, "accuracy item": item.pk}


def reviews_of(cast, waiting, accepted, paper):
    """Put reviews of each kind there as they are kept, and answer the remark of a member."""
    today = clock.today()
    accepted.refresh_from_db()

    def kept(audit, state, **rest):
        return hearings.Hearing.objects.create(
            round=audit, step=Step.JOINT, mode=Mode.JOINT, state=state, day=today,
            applied_on=today, applied_by="经办人", **rest,
        )  # fmt: skip

    scheduled = kept(waiting, State.SCHEDULED, meets_on=today, place="会议室")
    entered = kept(accepted, State.ENTERED, offline=True)
    hearings.Offline.objects.create(
        hearing=entered, held_on=today, place="会议室", voters=[], meaning="通过", passes=True,
        opinion="同意", concluded_on=accepted.accepted_on, opinion_scan=paper, sheets_scan=paper,
        signin_scan=paper, entered_by="经办人",
    )  # fmt: skip
    visit = hearings.Visit.objects.create(
        hearing=scheduled, happened_on=today, people="张三", seen="正常", person_name="经办人"
    )
    photo = hearings.Photo.objects.create(visit=visit, file=paper)
    new = remarks.NewRemark(
        Raised.ACCEPTANCE, RemarkKind.REPORT, Weight.MUST, "补充水平衡", "专家", today
    )
    remark = remarks.add(waiting.pk, new, by=cast["foshan-industry"])
    Remark.objects.filter(pk=remark.pk).update(person_id=cast.people["expert"].pk)
    said = remarks.NewReply("已补充", "第3章", file=paper)
    remarks.reply(remark.pk, said, by=cast["red-star"])
    return {
        "hearing": scheduled.pk,
        "entered hearing": entered.pk,
        "concluded hearing": kept(waiting, State.CONCLUDED).pk,
        "photo": photo.pk,
        "remark": remark.pk,
        "reply": remark.replies.get().pk,
    }


def dispatches(cast):
    """Ask 南海 about all rounds that go on: one row handed in, one a draft; draft another one."""
    lead, county = cast["foshan-industry"], cast["nanhai-industry"]
    made = [
        dispatching.draft(
            dispatching.Draft(
                title, "了解逾期原因。", clock.today() + timedelta(10),
                dispatch_queries.offered(clock.today()),
                Selection(stages=tuple(WORKING)), Addressed.COUNTY,
            ),
            by=lead,
        )
        for title in ("三季度调度", "四季度调度")
    ]  # fmt: skip
    asked = dispatching.open_dispatch(made[0].pk, by=lead).recipients.get(county=NANHAI)
    rows = list(asked.rows.order_by("place"))
    said = {"progress": "正在审核", "next": "加快检测"}
    answering.save(rows[0].pk, said, version=0, by=county)
    answering.hand_in(asked.pk, by=county)
    answering.save(rows[1].pk, said, version=0, by=county)
    return {
        "dispatch": made[0].pk,
        "dispatch draft": made[1].pk,
        "dispatch recipient": asked.pk,
        "dispatch answered row": rows[0].pk,
        "dispatch row": rows[1].pk,
    }


def batches_of(cast, scan):
    """Announce the acceptance with a certificate; put the cancellation before the public."""
    lead, today = cast["foshan-industry"], clock.today()

    def drafted(title, facts, first, joint=False):
        made = results.draft(year=2022, title=title, joint=joint, contact="陈工 0757-0", by=lead)
        results.choose(made.pk, [fact.pk for fact in facts], by=lead)
        if facts:
            with clock.fixed(first):
                results.publicise(made.pk, first=first, days=9, counting=Counting.CALENDAR, by=lead)
        return made

    def facts(kind):
        return Fact.objects.filter(kind=kind, withdrawal=None)

    announced = drafted("第一批", facts(Milestone.ACCEPTED), today - timedelta(20))
    results.announce(
        announced.pk, document_number="演示〔2023〕8号", on=today, scan=scan.pk, by=lead
    )
    results.certify(announced.pk, head="演示证2023-", first=1, by=lead)
    public = drafted("第二批", facts(Milestone.CANCELLED), today, joint=True)
    objection, _ = results.object_to(public.pk, results.Said("王某", "0757-1", "结论有误"))
    return {
        "results announced": announced.pk,
        "results public": public.pk,
        "results draft": drafted("第三批", [], today).pk,
        "objection": objection.pk,
        "certificate": Certificate.objects.get().pk,
    }


def bulletins_of(cast, scan):
    """Freeze figures; draft, finish and issue bulletins; let a city dispute a figure."""
    by = cast["province-industry"]
    frozen = bulletins.freeze(AsOf(2022, date(2023, 2, 22)), by=by)
    draft, final, issued = (bulletins.draft(frozen.pk, kind, by=by) for kind in Kind)
    for one in (final, issued):
        bulletins.finish(one.pk, version=1, by=by)
    bulletins.issue(issued.pk, number="演示〔2023〕5号", on=clock.today(), scan=scan.pk, by=by)
    check = checking.open_check(AsOf(2022, clock.today()), due_on=clock.today(), by=by)
    view = checking.View(Verdict.DISPUTED, "少计1家")
    checking.say(check.pk, {"listed": view}, by=cast["foshan-industry"])
    return {
        "snapshot": frozen.pk,
        "bulletin draft": draft.pk,
        "final bulletin": final.pk,
        "issued bulletin": issued.pk,
        "data check": check.pk,
        "dispute": Opinion.objects.get().pk,
    }


def asked_for(cast):
    """Let 红星水泥 invite somebody and tell of a change, and visitors ask for this and that."""
    own = cast["red-star"]
    invited = [registration.invite(name="李四", reached="x", by=own) for _ in range(2)]
    account = registration.NewAccount("li.si", "李四", "1", "li@example.com", "vermilion-otter-71")
    person = registration.claim("91440605MA00000017", invited[0].code, account)
    told = changes.Told(ChangeKind.SHUTDOWN, date(2023, 9, 1), "设备改造")
    asker = asking.Asker("王五", "1")
    wanted = asking.Wanted(
        "佛山第40家具有限公司", code(40), territory.region(NANHAI), "2110", "", "降低能耗"
    )
    change = changes.tell(own.office_id, told, evidence=scan(), by=own)
    reset = asking.ask_reset("91440605MA00000017", "", asker, explanation="离职", paper=scan())
    terms = engaging.Terms(
        cast.offices["consultancy"].pk, Scope.SUBMIT, date(2023, 9, 1), date(2024, 3, 31)
    )
    theirs = Round.objects.get(enterprise=cast.offices["blue-sea"])
    return {
        "engagement": engaging.engage(theirs.pk, terms, by=cast["blue-sea"]).pk,
        "second contact": Membership.objects.get(person=person).pk,
        "invitation": Code.objects.unused().get().pk,
        "change": change.pk,
        "reset": reset.pk,
        "wish": asking.ask_wish(wanted, asker).pk,
    }


def materials_of(cast, registered, accepted):
    """Upload a report in one round, and hand materials in for another as it was once done."""
    by = cast["blue-sea"]
    file = attachments.store(pdf("送审稿"), "审核报告.pdf", by=by)
    new = materials.New(Draft.REVIEW)
    materials.add(registered.pk, "report", new, file=file, by=by)
    revised = attachments.store(pdf("修改稿"), "审核报告.pdf", by=by)
    row = Changed("第3页", "旧", "新", "意见1")
    again = materials.New(Draft.REVISED, [row], seen=1)
    version = materials.add(registered.pk, "report", again, file=revised, by=by)
    own = cast["red-star"]
    final = attachments.store(pdf("定稿"), "定稿.pdf", by=own)
    last = materials.add(
        accepted.pk, "final_report", materials.New(Draft.FINAL), file=final, by=own
    )
    one = {"title": last.title, "version": 1, "draft": "定稿", "size": 8, "sha256": final.sha256}
    facts = {"files": [one], "sheet": {"version": 1, "sha256": "0" * 64}}
    receipt = documents.issue_receipt("report", "审核报告", facts, by=own)
    submission = Submission.objects.create(
        round=accepted, purpose="report", number=1, receipt=receipt, content="0" * 64, sheet=1,
        happened_on=clock.today(), person_name=own.person_name,
    )  # fmt: skip
    Piece.objects.create(submission=submission, version=last, place=1)
    mark = submissions.current(registered).mark
    return {"version": version.pk, "submission": submission.pk, "mark": mark}


def scan():
    return SimpleUploadedFile("通知书.pdf", b"%PDF-1.4")


def panels(cast, waiting, registered):
    """Put three experts into the pool; make a panel, one that is drawn, one that accepted."""
    lead = cast["foshan-industry"]
    applied, _ = pool_acts.apply(experts.application(), file=None, by=lead)
    pool = experts.pool(cast, 3, person=None, trades=["30", "33"], fields=["energy"], level="chief")
    own = pool[0]
    Expert.objects.filter(pk=own.pk).update(person=cast.people["expert"])
    tie = pool_acts.declare(
        own.pk, pool_acts.NewTie(TieKind.EMPLOYED, "别家有限公司"), by=cast["expert"]
    )
    certificate = pool_acts.add_certificate(
        own.pk, name="证书", number="1", by=cast["expert"],
        file=attachments.store(b"%PDF-1.4", "证书.pdf", by=cast["expert"]),
    )  # fmt: skip
    Round.objects.filter(pk__in=[waiting.pk, registered.pk]).update(industry="3011")
    made = [
        experts.panel(cast, [audit], by="foshan-industry", on=date(2023, 10, day),
                      consultancy="清源咨询有限公司")
        for day, audit in ((10, waiting), (11, registered), (12, registered))
    ]  # fmt: skip
    draw = appointing.draw_panel(made[1].pk, by=lead)
    appointing.draw_panel(made[2].pk, by=lead)
    experts.accept_all(cast, made[2], by="foshan-industry")
    Reviewed.objects.create(panel=made[2], round=waiting)  # whose numbers the expert may read
    met = experts.panel(cast, [registered], by="foshan-industry", on=date(2023, 10, 13))
    Panel.objects.filter(pk=met.pk).update(stage="opened")
    proposed = seats.invite(made[0].pk, pool[1].pk, reason="仅有三名专家", by=lead)
    return {
        "applied expert": applied.pk,
        "pool expert": own.pk,
        "paper of an expert": certificate.pk,
        "tie": tie.pk,
        "panel prepared": made[0].pk,
        "panel drawn": made[1].pk,
        "panel opened": met.pk,
        "draw": draw.pk,
        "own seat": made[1].appointments.get(expert=own.pk).pk,
        "accepted seat": made[2].appointments.get(expert=own.pk).pk,
        "proposed seat": proposed.pk,
    }


def amend(batch, waiting, cancelled, *, by):
    """Record a notice that cancels one row, and leave one in preparation that defers another."""
    notice = Notice("演示〔2022〕9号", date(2022, 11, 1), "佛山市工业和信息化局", "企业关停")
    amend_list(batch.pk, notice, [ChangeLine(cancelled, Change.CANCEL, "已关停")], by=by)
    drafts.choose(batch, {waiting}, [ChangeLine(waiting, Change.DEFER, "停产改造")], by=by)
    prepared = replace(notice, document_number="演示〔2022〕10号")
    drafts.word(batch, asdict(prepared), by=by)
