"""Give 佛山 reviews in every state: applied, returned, scheduled, scored, concluded, on paper."""

import json
import struct
import zlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from io import BytesIO

from cleanprod.faces.cli.demo import handing_in, plan
from cleanprod.faces.cli.demo.scans import scan
from cleanprod.foundation.attachments import actions as attachments
from cleanprod.foundation.engine import clock
from cleanprod.foundation.organisations.rules import Role, Standing
from cleanprod.foundation.rulebook import actions as rulebook
from cleanprod.kernel.errors import Refused
from cleanprod.stages.audits import actions as audits
from cleanprod.stages.audits.models import Round
from cleanprod.stages.audits.rules import FACT_OF, Milestone, Stage
from cleanprod.stages.audits.rules import Act as Move
from cleanprod.stages.experts import appointing, seats
from cleanprod.stages.experts.models import Appointment, Expert, Panel, Reviewed
from cleanprod.stages.experts.rules import Seat, SeatAct, trade_of
from cleanprod.stages.experts.rules import State as Pool
from cleanprod.stages.hearings import actions, concluding, queries
from cleanprod.stages.hearings.models import Hearing
from cleanprod.stages.hearings.rules import Form, Mode, Step, Voter
from cleanprod.stages.materials import queries as materials
from cleanprod.stages.materials.rules import Gate
from cleanprod.stages.measures import actions as measures
from cleanprod.stages.measures import checking
from cleanprod.stages.measures import queries as sheets
from cleanprod.stages.measures.models import Sheet
from cleanprod.stages.measures.rules import Cost, Field, Typed, ValueSet
from cleanprod.stages.performance.indicators.loading import load as load_system
from cleanprod.stages.remarks import actions as remarks
from cleanprod.stages.remarks.models import Remark
from cleanprod.stages.scoring import actions as scoring
from cleanprod.stages.scoring import drafting, opining, sheet_acts, shipped_sheets
from cleanprod.stages.scoring.models import Sitting
from cleanprod.stages.scoring.queries import answers_of, sheet_of

CITY = "440600"
_NUMBER = 12


def load(who: Mapping[str, Standing]) -> None:
    """Let twelve enterprises hand in their reports and hold what reviews there are; then more."""
    by = who[f"city-{CITY}-ecology"]
    with clock.fixed(plan.TODAY):
        rounds = _rounds()
        made = [_applied(one) for one in rounds[:9]]
        actions.send_back(made[1].pk, reason="缺少原辅料平衡和废水监测报告（演示）", by=by)
        for one in made[2:]:
            actions.admit(one.pk, by=by)
        _schedule(made[3:4], 9, by)
        _schedule(made[4:6], 0, by)
        for one in made[4:6]:
            one.refresh_from_db()
            _open(one, by)
        scoring.cancel(_sitting(made[5]).pk, reason="组长登记有误（演示）", by=by)
        made[5].refresh_from_db()
        _open(made[5], by)
        _score(_sitting(made[4]), last=False)
        _score(_sitting(made[5]), last=True)
        _conclude(made[5], by)
        actions.cancel(made[8].pk, reason="企业停产检修，恢复生产后再申请（演示）", by=by)
        for one in made[6:8]:
            concluding.enter(one.pk, _paper(by), by=by)
        concluding.verify(made[7].pk, by=replace(by, person_id=0, person_name="科长（演示）"))
        _accept(made[7].round, by)
        _equate(who["city-440700-ecology"])
        _done_again(_applied(rounds[9]), by)
        for audit in rounds[10:]:
            actions.arrange(audit.pk, Mode.JOINT, county=False, by=by)
        _vetoed(_applied(rounds[10], Mode.JOINT), by)
        _accepted(_applied(rounds[11], Mode.JOINT), by)
        _proposed(who["province-industry"])
        rulebook.amend(  # so that the round accepted today shows the whole checklist of 办结
            "completion.checklist", value={"accepted_from": plan.TODAY.isoformat()},
            effective_from=plan.TODAY, basis="演示省自今天起在平台核对修订报告和绩效数据",
            source="演示", confirmed=False, by=who["admin-demo"],
        )  # fmt: skip
        visit = concluding.NewVisit(
            plan.TODAY, "科室人员、企业负责人（演示）", "治理设施运行正常，变频改造已投用（演示）"
        )
        concluding.record_visit(made[4].pk, visit, [_photo()], by=by)


def _rounds() -> list[Round]:
    """Return rounds that no panel reviews yet, of trades that several experts know."""
    pool = Expert.objects.filter(state=Pool.POOL).values_list("trades", flat=True)
    known = Counter(trade for trades in pool for trade in trades)
    rounds = (
        Round.objects.filter(city=CITY, lead="ecology", stage=Stage.PLANNED, list_year=2023)
        .exclude(pk__in=Reviewed.objects.values("round"))
        .exclude(industry="")
        .order_by("pk")
    )
    # Several panels meet today: the trades that most experts know come first.
    found = [one for one in rounds if known[trade_of(one.industry)] > 1]
    found.sort(key=lambda one: (-known[trade_of(one.industry)], one.pk))
    found = found[:_NUMBER]
    if len(found) < _NUMBER:
        raise Refused(f"演示数据有误：佛山可以申请评估的企业不足{_NUMBER}家")
    return found


def _firm(audit: Round) -> Standing:
    return Standing(
        0, "演示企业经办人", Role.ENTERPRISE, audit.enterprise_id, audit.name, city=CITY
    )


def _applied(audit: Round, mode: Mode = Mode.SEPARATE) -> Hearing:
    by = _firm(audit)
    _record(audit, Move.START, by)
    if not Sheet.objects.filter(round=audit).exists():
        values = {ValueSet.EXPECTED: {Field.INVESTMENT: Decimal(18), Field.ELECTRICITY: Decimal(6)}}
        one = Typed("空压机变频改造（演示）", Cost.HIGH, values=values)
        measures.fill(audit.pk, [one], version=0, by=by)
    _reach(audit, by)
    audit.refresh_from_db()
    gates = handing_in.GATES if mode is Mode.SEPARATE else (*handing_in.GATES, Gate.ACCEPTANCE)
    handing_in.bring(audit, materials.missing(audit, gates), by)
    _record(audit, Move.REPORT, by)
    _explain(audit, by)
    return actions.apply(audit.pk, note="材料齐全（演示）", by=by)


def _reach(audit: Round, by: Standing) -> None:
    """Fill in the second level of the indicator system, where one is in force for the trade."""
    system = checking.system_of(audit)
    if system is None or sheets.level_of(audit) is not None:
        return
    items = [item for _, item in load_system(system.body).items()]
    texts = {one.id: str(one.demands[1]) if one.direction else "II" for one in items}
    measures.keep_level(audit.pk, system.pk, texts, version=0, by=by)


def _photo() -> BytesIO:
    """Return a small picture in two colours, as a PNG that needs no library."""
    line = b"\0" + b"\x2f\x7d\x73" * 160 + b"\xcf\xe5\xe0" * 160
    parts = (
        (b"IHDR", struct.pack(">IIBBBBB", 320, 240, 8, 2, 0, 0, 0)),
        (b"IDAT", zlib.compress(line * 240)), (b"IEND", b""),
    )  # fmt: skip
    made = BytesIO(
        b"\x89PNG\r\n\x1a\n"
        + b"".join(
            struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
            for kind, body in parts
        )
    )
    made.name = "现场照片（演示）.png"
    return made


def _record(audit: Round, act: Move, by: Standing) -> None:
    audits.record(act, [audits.NewFact(audit.pk, FACT_OF[act], plan.TODAY)], by=by)


def _explain(audit: Round, by: Standing) -> None:
    """Give a reason for what the checks ask about the expected numbers."""
    told = checking.told(Sheet.objects.get(round=audit), ValueSet.EXPECTED)
    reasons = {one.found.key: "已与台账核对（演示）" for one in told if one.stands_in_the_way}
    measures.explain(audit.pk, ValueSet.EXPECTED, reasons, by=by)


def _schedule(hearings: Sequence[Hearing], days: int, by: Standing) -> None:
    day = plan.TODAY + timedelta(days)
    keys = tuple(one.round_id for one in hearings)
    purpose = queries.PANEL_PURPOSES[Step(hearings[0].step)]
    new = appointing.NewPanel(purpose, day, 3, keys, {}, "市行政服务中心（演示）")
    panel: Panel = appointing.form_panel(new, by=by)
    appointing.draw_panel(panel.pk, by=by)
    for seat in Appointment.objects.filter(panel=panel, state=Seat.DRAWN).order_by("pk"):
        seats.answer(seat.pk, SeatAct.ACCEPT, reason="电话答复（演示）", by=by)
    meeting = actions.Meeting(day, "9:30", "企业会议室（演示）", Form.SITE, panel.pk)
    for one in hearings:
        actions.schedule(one.pk, meeting, by=by)


def _open(hearing: Hearing, by: Standing, leader: int | None = None) -> None:
    seat = Appointment.objects.filter(panel=hearing.panel_id, state=Seat.ACCEPTED).order_by("pk")[0]
    actions.open_meeting(hearing.pk, leader=leader or seat.expert_id, by=by)


def _held(hearing: Hearing, by: Standing, *, less: int = 1, veto: str = "") -> Hearing:
    """Hold a review today to its conclusion."""
    actions.admit(hearing.pk, by=by)
    _schedule([hearing], 0, by)
    hearing.refresh_from_db()
    _open(hearing, by)
    sitting = _sitting(hearing)
    _score(sitting, last=True, less=less, veto=veto)
    _agree(sitting, dissent="减排量的核算依据仍应补充（演示）" if less == 1 else "")
    scoring.confirm(sitting.pk, scoring.Conclusion(plan.TODAY), by=by)
    return concluding.conclude(hearing.pk, by=by)


def _done_again(hearing: Hearing, by: Standing) -> None:
    """An assessment below 70: the audit is done again."""
    _held(hearing, by, less=2)


def _vetoed(hearing: Hearing, by: Standing) -> None:
    """A joint review that ends by a veto."""
    _held(hearing, by, veto="废水在线监测数据与台账不符（演示）")


def _accepted(hearing: Hearing, by: Standing) -> None:
    """A joint review that is passed; of its remarks one was dropped."""
    _held(hearing, by)
    first = Remark.objects.filter(round=hearing.round_id).order_by("number").first()
    if first is not None:
        remarks.drop(first.pk, reason="与另一条意见重复（演示）", by=by)


def _proposed(by: Standing) -> None:
    """Load a score sheet that waits for a second person of the province, with a higher mark."""
    bands = [
        {"start": "0", "above": False, "meaning": "不通过验收", "passes": False},
        {"start": "85", "above": False, "meaning": "通过验收", "passes": True},
    ]
    body = {
        **shipped_sheets.bodies()["acceptance-2018"], "key": "acceptance-draft", "bands": bands,
        "name": "清洁生产审核验收评分表（演示）", "version": "征求意见稿", "pass_mark": "85",
        "effective_from": "2024-01-01", "source": "演示，无依据",
    }  # fmt: skip
    content = json.dumps(body, ensure_ascii=False).encode()
    sheet_acts.load_sheet(content, "评分表征求意见稿（演示）.json", by=by)


def at_work(who: Mapping[str, Standing]) -> None:
    """Let `expert-demo` sit today: one firm still to be scored, one whose opinion it leads."""
    lead, mine = who[f"city-{CITY}-industry"], who["expert-demo"]
    expert = Expert.objects.get(person=mine.person_id)
    rounds = Round.objects.filter(city=CITY, lead="industry", stage=Stage.PLANNED, list_year=2023)
    rounds = rounds.exclude(pk__in=Reviewed.objects.values("round")).order_by("pk")
    known = [one for one in rounds if trade_of(one.industry) in expert.trades][:2]
    with clock.fixed(plan.TODAY):
        hearings = [_applied(one) for one in known]
        for one in hearings:
            actions.admit(one.pk, by=lead)
        if not hearings:
            return
        _schedule(hearings, 0, lead)
        for number, one in enumerate(hearings):
            one.refresh_from_db()
            _open(one, lead, expert.pk)
            _score(_sitting(one), last=number > 0, but=mine.person_id)


def _agree(sitting: Sitting, opinion: str = "", dissent: str = "") -> None:
    """Let the leader put forward what is drafted, and the others sign it."""
    members = list(sitting.members.order_by("-leader", "pk"))
    text = opinion or drafting.drafted(sheet_of(sitting), [answers_of(one) for one in members])
    for number, member in enumerate(members):
        by = Standing(member.person_id, member.name, Role.EXPERT)
        if member.leader:
            sitting = opining.put_forward(sitting.pk, text, by=by)
        else:
            said = dissent if number == 1 else ""
            opining.agree(sitting.pk, seen=opining.version(sitting), dissent=said, by=by)


def _sitting(hearing: Hearing) -> Sitting:
    return Sitting.objects.get(round=hearing.round_id, state="scoring")


def _accept(audit: Round, by: Standing) -> None:
    """Let a round that passed its assessment apply for its acceptance, and admit it."""
    audit.refresh_from_db()
    firm = _firm(audit)
    handing_in.bring(audit, materials.missing(audit, (Gate.ACCEPTANCE,)), firm)
    applied = actions.apply(audit.pk, note="方案已全部实施（演示）", by=firm)
    actions.admit(applied.pk, by=by)


def _equate(by: Standing) -> None:
    """Count a round of the pilot park of 江门 as done."""
    audit = Round.objects.filter(city="440700", lead="ecology", stage=Stage.PLANNED).last()
    if audit is None:
        raise Refused("演示数据有误：江门没有可以认定视同的企业")
    paper = attachments.store(scan("试点评估通知（演示）"), "试点评估通知（演示）.pdf", by=by)
    fact = audits.NewFact(
        audit.pk, Milestone.EQUIVALENT, plan.TODAY, reason="企业在整体审核试点范围内（演示）",
        document_number="演示〔2023〕30号", evidence=paper.pk, details={"ground": "pilot"},
    )  # fmt: skip
    audits.record(Move.EQUATE, [fact], by=by)


def _score(
    sitting: Sitting, *, last: bool, less: int = 1, veto: str = "", but: int | None = None
) -> None:
    """Let the members score and sign; without `last` one of them, or `but`, is still at it."""
    sheet = sheet_of(sitting)
    members = list(sitting.members.order_by("pk"))
    missing = but or members[-1].person_id
    at_it = [one for one in members if last or one.person_id != missing]
    for number, member in enumerate(at_it):
        by = Standing(member.person_id, member.name, Role.EXPERT)
        step = less + Decimal(number % 2) / 2  # the second member is the stricter one
        lost = {one.number: min(step, one.maximum) for one in sheet.items}
        typed = {f"score-{one.number}": str(one.maximum - lost[one.number]) for one in sheet.items}
        for one in sheet.items:
            if lost[one.number] == one.maximum:
                typed[f"remark-{one.number}"] = "未见依据（演示）"
        if veto and number == 0:
            key = sheet.vetoes[0].number
            typed |= {f"veto-{key}": "yes", f"remark-{key}": veto}
        said = (
            "补充近三年用水数据（演示）",
            "核对减排量计算（演示）",
            "完善持续清洁生产计划（演示）",
        )
        typed[f"remark-{sheet.items[number].number}"] = said[number % 3]
        scoring.save(sitting.pk, typed, by=by)
        scoring.sign(sitting.pk, by=by)


def _conclude(hearing: Hearing, by: Standing) -> None:
    """Conclude an assessment; one of its remarks is ticked off, one answered, one open."""
    sitting = _sitting(hearing)
    _agree(sitting, "同意通过评估，按意见修改审核报告。（演示）")
    scoring.confirm(sitting.pk, scoring.Conclusion(plan.TODAY), by=by)
    concluding.conclude(hearing.pk, by=by)
    rows = list(Remark.objects.filter(round=hearing.round_id).order_by("number"))
    for one in rows[:-1]:
        reply = remarks.NewReply("已补充（演示）", "第3章第21页", "审核报告修改稿第1版")
        remarks.reply(one.pk, reply, by=_firm(hearing.round))
    for one in rows[:-2]:
        remarks.close(one.pk, by=by)


def _paper(by: Standing) -> concluding.NewOffline:
    """Return the result of a panel held on paper, with its three scans."""
    opinion, sheets, signin = (
        attachments.store(scan(f"{what}（演示）"), f"{what}（演示）.pdf", by=by)
        for what in ("专家组意见", "评分表", "签到表")
    )
    told = (("甲专家（演示）", "示例第一研究院", 84), ("乙专家（演示）", "示例第二研究院", 88),
            ("丙专家（演示）", "示例第三研究院", 81))  # fmt: skip
    return concluding.NewOffline(
        plan.TODAY, "市生态环境局会议室（演示）",
        [Voter(name, unit, Decimal(total)) for name, unit, total in told], True,
        "同意通过评估。（演示）", plan.TODAY, opinion, sheets, signin,
    )  # fmt: skip
