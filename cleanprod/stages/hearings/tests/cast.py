"""Reviews in every state, in few words."""

from dataclasses import replace
from decimal import Decimal

from cleanprod.foundation.accounts.models import Person
from cleanprod.foundation.attachments import actions as attachments
from cleanprod.foundation.engine import clock
from cleanprod.foundation.organisations import actions as organisations
from cleanprod.foundation.organisations.rules import Role
from cleanprod.foundation.trail.actions import SYSTEM
from cleanprod.stages.audits import actions as audits
from cleanprod.stages.audits.models import Round
from cleanprod.stages.audits.rules import FACT_OF, Act
from cleanprod.stages.experts import appointing
from cleanprod.stages.experts.models import Appointment
from cleanprod.stages.experts.rules import Seat
from cleanprod.stages.experts.tests import cast as experts
from cleanprod.stages.hearings import actions, concluding
from cleanprod.stages.hearings.queries import PANEL_PURPOSES
from cleanprod.stages.hearings.rules import Form, Mode, Step, Voter
from cleanprod.stages.materials.rules import Gate
from cleanprod.stages.materials.tests import cast as materials
from cleanprod.stages.measures import actions as measures
from cleanprod.stages.measures.rules import Cost, Field, Typed, ValueSet
from cleanprod.stages.remarks import actions as remarks
from cleanprod.stages.scoring import actions as scoring
from cleanprod.stages.scoring import queries as scoring_queries
from tests import flow

LEAD = "foshan-ecology"


def submitted(cast, owner="red-star", *, sheet=True):
    """List one firm and bring its round to the submitted report, with a sheet of measures."""
    audit = Round.objects.filter(enterprise=cast.offices[owner]).first()
    if audit is None:
        flow.listed(cast, [("红星水泥有限公司", "91440605MA00000017", "双有")])
        audit = Round.objects.get()
        Round.objects.update(enterprise=cast.offices[owner], industry="3360")
    begun(cast, audit, owner)
    if sheet:
        values = {which: {Field.ELECTRICITY: Decimal(2), Field.INVESTMENT: Decimal(5),
                          Field.BENEFIT: Decimal(3)} for which in ValueSet}  # fmt: skip
        measures.fill(
            audit.pk, [Typed("变频改造", Cost.LOW, values=values)], version=0, by=cast[owner]
        )
        materials.bring(cast, audit, by=owner)
    report(cast, audit, owner)
    audit.refresh_from_db()
    return audit


def begun(cast, audit, owner="red-star"):
    """Do what the enterprise has to do until the audit is under way."""
    record(cast, audit, owner, Act.REGISTER, Act.PLAN, Act.START)


def report(cast, audit, owner="red-star"):
    """Hand in the report of a round that is under way."""
    record(cast, audit, owner, Act.REPORT)


def record(cast, audit, owner, *acts):
    """Record the acts that did not happen yet, today."""
    for act in acts:
        audit.refresh_from_db()
        if getattr(audit, f"{FACT_OF[act].value}_on") is None:
            fact = audits.NewFact(audit.pk, FACT_OF[act], clock.today())
            audits.record(act, [fact], by=cast[owner])
    audit.refresh_from_db()


def ready(cast, audit):
    """Bring the materials of the acceptance."""
    audit.refresh_from_db()
    materials.bring(cast, audit, (Gate.ACCEPTANCE,))


def applied(cast, mode=Mode.SEPARATE, *, county=False, **kwargs):
    """Apply for the review that comes next."""
    audit = submitted(cast, **kwargs)
    if mode is not Mode.SEPARATE:
        ready(cast, audit)
    actions.arrange(audit.pk, mode, county=county, by=cast[LEAD])
    return actions.apply(audit.pk, by=cast["red-star"])


def scheduled(cast, hearing=None, **kwargs):
    """Admit a review, draw a panel that accepts, and set the day."""
    hearing = hearing or applied(cast, **kwargs)
    actions.admit(hearing.pk, by=cast[LEAD])
    if not experts.Expert.objects.exists():
        experts.pool(cast)
    new = appointing.NewPanel(
        PANEL_PURPOSES[Step(hearing.step)], clock.today(), 3, (hearing.round_id,), {}, "会议室"
    )
    panel = appointing.form_panel(new, by=cast[LEAD])
    appointing.draw_panel(panel.pk, by=cast[LEAD])
    experts.accept_all(cast, panel)
    meeting = actions.Meeting(clock.today(), "9:30", "企业会议室", Form.SITE, panel.pk)
    return actions.schedule(hearing.pk, meeting, by=cast[LEAD])


def opened(cast, hearing=None, **kwargs):
    """Open the meeting, led by the first who accepted."""
    made = scheduled(cast, hearing, **kwargs)
    first = Appointment.objects.filter(panel=made.panel, state=Seat.ACCEPTED).order_by("pk")[0]
    return actions.open_meeting(made.pk, leader=first.expert_id, by=cast[LEAD])


def scored(hearing, *, less=Decimal(0), veto=""):
    """Let all members score alike and sign their scores."""
    sheet = scoring_queries.sheet_of(hearing.sitting)
    for member in hearing.sitting.members.order_by("pk"):
        by = experts.standing_of(member_expert(member))
        typed = {f"score-{one.number}": str(one.maximum - min(less, one.maximum))
                 for one in sheet.items}  # fmt: skip
        typed |= {f"remark-{one.number}": "符合" for one in sheet.items}
        first = sheet.items[0]
        typed[f"score-{first.number}"] = str(first.maximum - 1)
        typed[f"remark-{first.number}"] = "补充物料平衡"
        if veto:
            number = sheet.vetoes[0].number
            typed |= {f"veto-{number}": "yes", f"remark-{number}": veto}
        assert not scoring.save(hearing.sitting.pk, typed, by=by)
        scoring.sign(hearing.sitting.pk, by=by)


def sat(cast, hearing, **scores):
    """Let all members score, sign scores and opinion, and the lead department confirm."""
    scored(hearing, **scores)
    flow.agreed(hearing.sitting, "专家组意见。")
    return scoring.confirm(hearing.sitting.pk, scoring.Conclusion(clock.today()), by=cast[LEAD])


def member_expert(member):
    """Return the expert behind a member of a sitting."""
    return experts.Expert.objects.get(person=member.person_id)


def concluded(cast, hearing=None, **scores):
    """Hold a review to its end."""
    made = opened(cast, hearing)
    sat(cast, made, **scores)
    return concluding.conclude(made.pk, by=cast[LEAD])


def offline(cast, by=None, **changes):
    """Return what somebody takes over from paper."""
    by = by or cast[LEAD]
    scans = [attachments.store(b"%PDF-1.4", f"{n}.pdf", by=by) for n in range(3)]
    told = (
        ("张三", "第一研究院", "85"),
        ("李四", "第二研究院", "80.5"),
        ("王五", "第三研究院", "90"),
    )
    voters = [Voter(name, unit, Decimal(total)) for name, unit, total in told]
    said = {
        "held_on": clock.today(), "place": "局会议室", "voters": voters, "passes": True,
        "opinion": "同意通过。", "concluded_on": clock.today(), "opinion_scan": scans[0],
        "sheets_scan": scans[1], "signin_scan": scans[2],
    }  # fmt: skip
    return concluding.NewOffline(**(said | changes))


def colleague(cast):
    """Return somebody else of the lead department."""
    return replace(cast[LEAD], person_id=cast.people["foshan-industry"].pk, person_name="科长")


def second_person(cast):
    """Give the lead department a second person with an account."""
    made = Person.objects.create_user("second", name="科长")
    organisations.appoint(made, cast.offices[LEAD], Role.CITY, by=SYSTEM)
    Person.objects.update(needs_code=False)
    return made


__all__ = ["PANEL_PURPOSES", "appointing", "clock", "experts", "remarks"]
