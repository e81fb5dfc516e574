"""What visitors ask for, and what departments answer: a new claim code, a place on a list."""

from dataclasses import dataclass
from typing import TypeVar

from django.core.files.base import File as Upload
from django.db import IntegrityError, transaction

from cleanprod.foundation.accounts.actions import Oneself
from cleanprod.foundation.attachments import actions as attachments
from cleanprod.foundation.documents import actions as documents
from cleanprod.foundation.engine import clock
from cleanprod.foundation.notifications import actions as notifications
from cleanprod.foundation.organisations import actions as organisations
from cleanprod.foundation.organisations import queries as known
from cleanprod.foundation.organisations.models import Organisation
from cleanprod.foundation.organisations.rules import (
    CodeState,
    Judgement,
    Kind,
    Line,
    Match,
    Part,
    Standing,
    grouped,
    judge,
)
from cleanprod.foundation.territory.models import Region
from cleanprod.foundation.trail import actions as trail
from cleanprod.kernel import credit_code
from cleanprod.kernel.errors import NotAllowed, Refused
from cleanprod.kernel.lifecycle import Lifecycle
from cleanprod.kernel.names import comparable
from cleanprod.stages.audits.models import Round
from cleanprod.stages.audits.rules import OPEN
from cleanprod.stages.programme.entries import NewEntry, add_entries
from cleanprod.stages.programme.models import Batch, Entry
from cleanprod.stages.programme.rules import AuditKind
from cleanprod.stages.registration import access, actions, messages, queries
from cleanprod.stages.registration.models import Request, Reset, Wish
from cleanprod.stages.registration.rules import RESETS, WISHES, Asked, Decision

_WAITING = "该企业已有申请正在办理，请查询办理结果，或联系所在地工业和信息化主管部门"
UNKNOWN = "公布的名单上没有使用该代码的企业，请核对营业执照和名单"
R = TypeVar("R", bound=Request)


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks, as typed by a visitor."""

    name: str
    phone: str
    email: str = ""


def decided(
    row: R,
    act: Decision,
    table: Lifecycle[Asked, Decision, Part],
    *,
    reason: str,
    by: Standing,
) -> R:
    """Write a decision about a request that the caller has locked, as the table of moves allows."""
    stage = Asked(row.state)
    target = table.target(stage, act, access.parts(by, row))
    if table.needs_reason(stage, act) and not reason.strip():
        raise Refused(f"{act.label}应填写理由")
    row.state = target.value
    row.decision = reason.strip()
    row.decided_on = clock.today()
    row.decided_by, row.decided_at = by.person_name, by.office_name
    row.save(update_fields=["state", "decision", "decided_on", "decided_by", "decided_at"])
    return row


@transaction.atomic
def ask_reset(
    typed_code: str, typed_name: str, asker: Asker, *, explanation: str, paper: "Upload[bytes]"
) -> Reset:
    """Ask for a new claim code with a sealed letter; asking the same twice is asking once."""
    firm = queries.enterprise_of_code(credit_code.normalise(typed_code), comparable(typed_name))
    audit = queries.anchor(firm) if firm else None
    if firm is None or audit is None:
        raise Refused(UNKNOWN)
    Organisation.objects.select_for_update().get(pk=firm.pk)
    waiting = Reset.objects.filter(enterprise=firm, state=Asked.ASKED, asked_on=clock.today())
    same = waiting.filter(name=asker.name, phone=asker.phone).first()
    if same is not None:
        return same
    actor = Oneself(None, asker.name)
    reset = Reset.objects.create(
        enterprise=firm, city=audit.city, county=audit.county, lead=audit.lead,
        asked_on=clock.today(), receipt=_receipt("reset", "企业账号重置申请", actor),
        name=asker.name, phone=asker.phone, email=asker.email, explanation=explanation,
        paper=attachments.store(paper, paper.name or "授权书", by=actor),
    )  # fmt: skip
    _tell(reset, firm, "reset:ask", "申请重置企业账号", by=actor)
    what = f"企业账号重置申请：{firm.name}"
    notifications.send_many(
        messages.asked(reset, what, "registration:reset", person, mail)
        for person, mail in known.staff_of(audit.city_id, audit.lead)
    )
    notifications.send_many(
        messages.reset_asked(reset, person, mail) for _, person, mail in known.people_of([firm.pk])
    )
    return reset


@transaction.atomic
def decide_reset(
    reset_id: int, act: Decision, *, reason: str, by: Standing
) -> actions.Issued | None:
    """Grant or decline a reset; granting ends the older contacts and issues a new claim code."""
    reset = Reset.objects.select_for_update().get(pk=reset_id)
    decided(reset, act, RESETS, reason=reason, by=by)
    firm = reset.enterprise
    _tell(reset, firm, f"reset:{act.value}", f"{act.label}重置企业账号", by=by, reason=reason)
    if act is not Decision.GRANT:
        return None
    notifications.send_many(
        messages.contacts_ended(reset, person, mail)
        for _, person, mail in known.people_of([firm.pk])
    )
    actions.end_contacts(firm, reason=f"账号重置：{reason.strip()}"[:300], by=by)
    return actions.issue_again(firm, by=by)


@transaction.atomic
def issue_after_reset(reset_id: int, *, by: Standing) -> actions.Issued:
    """Issue the code of a granted reset once more, as after a letter went astray."""
    reset = Reset.objects.select_for_update().get(pk=reset_id)
    if not {Part.LEAD, Part.COUNTY} & access.parts(by, reset):
        raise NotAllowed("认领码由牵头部门或企业所在县区发放")
    if reset.state != Asked.GRANTED or queries.members(reset.enterprise_id).exists():
        raise Refused("该企业已重新认领，不再发放认领码")
    return actions.issue_again(reset.enterprise, by=by)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What an unlisted enterprise says of itself."""

    name: str
    code: str
    place: Region
    industry: str
    address: str
    explanation: str


@transaction.atomic
def ask_wish(wanted: Wanted, asker: Asker) -> Wish:
    """Ask to be on the next voluntary list of a city; asking the same twice is asking once."""
    waiting = Wish.objects.filter(code=wanted.code, state=Asked.ASKED).first()
    if waiting is not None:
        if (waiting.contact, waiting.phone) == (asker.name, asker.phone):
            return waiting
        raise Refused(_WAITING)
    if Round.objects.filter(enterprise__code=wanted.code, stage__in=OPEN).exists():
        raise Refused("该企业已列入名单，本轮清洁生产审核正在开展，请直接办理企业注册")
    actor = Oneself(None, asker.name)
    wish = Wish(
        city_id=wanted.place.city_code, county=wanted.place, lead=Line.INDUSTRY.value,
        asked_on=clock.today(), receipt=_receipt("wish", "自愿开展清洁生产审核申请", actor),
        name=wanted.name, code=wanted.code, industry=wanted.industry, address=wanted.address,
        contact=asker.name, phone=asker.phone, email=asker.email, explanation=wanted.explanation,
    )  # fmt: skip
    try:
        with transaction.atomic():
            wish.save(force_insert=True)
    except IntegrityError as error:  # somebody else asked for this firm at the same moment
        raise Refused(_WAITING) from error
    _tell(wish, None, "wish:ask", "申请自愿开展清洁生产审核", by=actor)
    what = f"自愿开展清洁生产审核的申请：{wish.name}"
    notifications.send_many(
        messages.asked(wish, what, "registration:wish-page", person, mail)
        for person, mail in known.staff_of(wish.city_id, wish.lead)
    )
    return wish


@transaction.atomic
def decide_wish(wish_id: int, act: Decision, *, reason: str, by: Standing) -> Wish:
    """Accept or decline a wish; the asker reads the answer by the receipt."""
    if act is Decision.TAKE:
        raise Refused("请选择要纳入的名单")
    wish = Wish.objects.select_for_update().get(pk=wish_id)
    decided(wish, act, WISHES, reason=reason, by=by)
    _tell(wish, None, f"wish:{act.value}", f"{act.label}自愿开展的申请", by=by, reason=reason)
    return wish


def judged(wish: Wish) -> Judgement:
    """Compare the enterprise of a wish with the known ones."""
    names = [comparable(wish.name)]
    found = known.known_enterprises({wish.code}, names)
    return judge(
        credit_code.inspect(wish.code), names, wish.city_id, grouped(found, "code"),
        grouped(found, "comparable"), written=wish.name,
    )  # fmt: skip


@transaction.atomic
def take_wish(wish_id: int, batch_id: int, *, separate: bool = False, by: Standing) -> Wish:
    """Take an accepted wish into a list in preparation, as a voluntary audit.

    `separate` says that an enterprise that is only like a known one is another one.
    """
    wish = Wish.objects.select_for_update().get(pk=wish_id)
    batch = Batch.objects.get(pk=batch_id)
    if (batch.city_id, batch.lead) != (wish.city_id, wish.lead):
        raise Refused("只能纳入本部门的名单")
    decided(wish, Decision.TAKE, WISHES, reason=wish.decision, by=by)
    enterprise = _enterprise(wish, separate, by)
    entry = NewEntry(
        enterprise, wish.name, wish.code, wish.county_id, wish.address, wish.industry,
        AuditKind.VOLUNTARY, note=f"企业自愿申请，受理编号{wish.receipt}",
    )  # fmt: skip
    add_entries(batch.pk, [entry], by=by)
    wish.entry = Entry.objects.get(batch=batch, enterprise=enterprise)
    wish.save(update_fields=["entry"])
    _tell(wish, wish.entry.enterprise, "wish:take", "自愿申请纳入名单", by=by)
    return wish


def _enterprise(wish: Wish, separate: bool, by: Standing) -> int:
    judgement = judged(wish)
    if judgement.match is Match.SAME and judgement.enterprise:
        return judgement.enterprise.id
    if judgement.match is Match.UNSURE and not separate:
        raise Refused(
            f"{judgement.why}。确属另一家企业的，请勾选后再纳入；是同一企业的，请先办理企业变更"
        )
    return organisations.enter(
        organisations.NewOrganisation(
            Kind.ENTERPRISE, wish.name, code=wish.code, code_state=CodeState.VALID,
            province=by.province, city=wish.city_id, county=wish.county_id,
            industry=wish.industry, address=wish.address,
        ),
        by=by,
    ).pk  # fmt: skip


def _receipt(kind: str, subject: str, by: trail.Actor) -> str:
    """Issue a receipt that says nothing of who asked: anybody may look receipts up."""
    facts = {"on": clock.today().isoformat()}
    return documents.issue_receipt(kind, subject, facts, by=by).number


def _tell(
    row: Reset | Wish,
    firm: Organisation | None,
    act: str,
    verb: str,
    *,
    by: trail.Actor,
    reason: str = "",
) -> None:
    trail.record(
        trail.Line(
            act=act,
            verb=verb,
            subject=f"{act.partition(':')[0]}:{row.pk}",
            label=firm.name if firm else str(getattr(row, "name", "")),
            after={"state": row.state, "receipt": row.receipt},
            reason=reason.strip(),
            dossier=firm.pk if firm else None,
            city=row.city_id,
        ),
        by=by,
    )
