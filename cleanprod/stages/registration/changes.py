"""What changed with an enterprise: told with evidence, confirmed by the lead, then carried out."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.files.base import File as Upload
from django.db import transaction

from cleanprod.foundation.attachments import actions as attachments
from cleanprod.foundation.engine import clock
from cleanprod.foundation.notifications import actions as notifications
from cleanprod.foundation.obligations import actions as obligations
from cleanprod.foundation.organisations import actions as organisations
from cleanprod.foundation.organisations import queries as known
from cleanprod.foundation.organisations.models import Organisation
from cleanprod.foundation.organisations.rules import Part, Standing, parts_in
from cleanprod.foundation.territory.models import Region
from cleanprod.foundation.trail import actions as trail
from cleanprod.kernel import credit_code
from cleanprod.kernel.errors import NotAllowed, Refused
from cleanprod.stages.audits import actions as audits
from cleanprod.stages.audits.models import Round
from cleanprod.stages.audits.rules import FACT_OF, LIFECYCLE, OPEN, Stage
from cleanprod.stages.registration import messages, queries
from cleanprod.stages.registration.asking import decided
from cleanprod.stages.registration.models import Change, Code
from cleanprod.stages.registration.rules import CHANGES, STOPS, Asked, ChangeKind, Decision

_LONGEST_REASON = 300


@dataclass(frozen=True, slots=True)
class Told:
    """What is told about a change; which of the last three matters depends on the kind."""

    kind: ChangeKind
    happened_on: date
    explanation: str
    name: str = ""
    place: Region | None = None
    into_code: str = ""


@transaction.atomic
def tell(enterprise_id: int, told: Told, *, evidence: "Upload[bytes]", by: Standing) -> Change:
    """Tell of a change, by the enterprise itself or by the department that leads its audit."""
    firm = Organisation.objects.select_for_update().get(pk=enterprise_id)
    audit = queries.anchor(firm)
    if audit is None or firm.merged_into_id:
        raise Refused("该企业没有清洁生产审核记录，或已并入其他企业")
    part = parts_in(by, city=audit.city_id, lead=audit.lead, enterprise=firm.pk)
    if not part & {Part.ENTERPRISE, Part.LEAD}:
        raise NotAllowed("企业变更由企业提出，或由牵头部门登记")
    if told.happened_on > clock.today():
        raise Refused(f"发生日期 {told.happened_on.isoformat()} 晚于今天")
    waiting = Change.objects.filter(enterprise=firm, kind=told.kind, state=Asked.ASKED)
    if waiting.exists():
        raise Refused(f"已有一项“{told.kind.label}”待确认，请先办理或撤回")
    change = Change.objects.create(
        enterprise=firm, city=audit.city, county=audit.county, lead=audit.lead,
        asked_on=clock.today(), kind=told.kind.value, happened_on=told.happened_on,
        explanation=told.explanation,
        evidence=attachments.store(evidence, evidence.name or "证明材料", by=by),
        person_name=by.person_name, office_name=by.office_name, **_particulars(firm, told),
    )  # fmt: skip
    _note(change, "tell", f"提出企业变更（{told.kind.label}）", by=by)
    if Part.ENTERPRISE in part:
        what = f"企业变更（{told.kind.label}）：{firm.name}"
        notifications.send_many(
            messages.asked(change, what, "registration:change", person, mail)
            for person, mail in known.staff_of(audit.city_id, audit.lead)
        )
    return change


def _particulars(firm: Organisation, told: Told) -> dict[str, Any]:
    """Return the columns that belong to the kind, or refuse what changes nothing."""
    if told.kind is ChangeKind.RENAME:
        name = told.name.strip()
        if not name or name == firm.name:
            raise Refused("请填写与现用名称不同的新名称")
        return {"name": name, "before": {"name": firm.name}}
    if told.kind is ChangeKind.MOVE:
        if told.place is None or told.place.code == firm.county_id:
            raise Refused("请选择与现在不同的县区")
        before = {"city": firm.city_id, "county": firm.county_id}
        return {"place": told.place, "before": before}
    if told.kind is ChangeKind.MERGE:
        return {"into": _partner(firm, told.into_code), "before": {"name": firm.name}}
    return {}


def _partner(firm: Organisation, typed: str) -> Organisation:
    code = credit_code.normalise(typed)
    found = list(Organisation.objects.enterprises().filter(code=code).exclude(code="")[:2])
    if len(found) != 1 or found[0].pk == firm.pk:
        raise Refused("没有找到使用该代码的另一家企业；并入企业应已在平台登记")
    return found[0]


@transaction.atomic
def decide(change_id: int, act: Decision, *, reason: str = "", by: Standing) -> Change:
    """Confirm, decline or withdraw a change; what is confirmed takes effect at once."""
    change = Change.objects.select_for_update(of=("self",)).get(pk=change_id)
    decided(change, act, CHANGES, reason=reason, by=by)
    if act is Decision.GRANT:
        _EFFECTS[ChangeKind(change.kind)](change, by)
    _note(change, act.value, f"{act.label}企业变更（{change.get_kind_display()}）", by=by)
    if act is not Decision.WITHDRAW:
        owner = change.into_id or change.enterprise_id
        notifications.send_many(
            messages.change_decided(change, act, person, mail)
            for _, person, mail in known.people_of({owner, change.enterprise_id})
        )
    return change


def _why(change: Change) -> str:
    day = change.happened_on.isoformat()
    return f"{change.get_kind_display()}（{day}）：{change.explanation}"[:_LONGEST_REASON]


def _rename(change: Change, by: Standing) -> None:
    organisations.rename(change.enterprise_id, name=change.name, reason=_why(change), by=by)


def _move(change: Change, by: Standing) -> None:
    place = change.place
    if place is None:
        raise Refused("没有选择迁入的县区")
    organisations.move(
        change.enterprise_id, city=place.city_code, county=place.code, reason=_why(change), by=by
    )


def _merge(change: Change, by: Standing) -> None:
    if change.into_id is None:
        raise Refused("没有选择并入企业")
    organisations.merge(change.enterprise_id, into=change.into_id, reason=_why(change), by=by)
    obligations.hand_over(change.enterprise_id, to=change.into_id)
    _void_codes(change)


def _stop(change: Change, by: Standing) -> None:
    """Stop the open round, whose clocks end with it; what is over already stays as it is."""
    act = STOPS[ChangeKind(change.kind)]
    _void_codes(change)
    audit = (
        Round.objects.select_for_update()
        .filter(enterprise=change.enterprise_id, stage__in=OPEN)
        .first()
    )
    allowed = LIFECYCLE.open_to(Stage(audit.stage), {Part.LEAD}) if audit else ()
    if audit is None or not any(move.act is act for move in allowed):
        return
    fact = audits.NewFact(
        audit.pk, FACT_OF[act], clock.today(), reason=_why(change),
        details={"change": change.pk}, evidence=change.evidence_id,
    )  # fmt: skip
    audits.record(act, [fact], by=by)


def _void_codes(change: Change) -> None:
    unused = Code.objects.unused().filter(enterprise=change.enterprise_id)
    unused.update(voided_on=clock.today())


_EFFECTS = {
    ChangeKind.RENAME: _rename,
    ChangeKind.MOVE: _move,
    ChangeKind.MERGE: _merge,
    ChangeKind.SHUTDOWN: _stop,
    ChangeKind.DEREGISTERED: _stop,
}


def _note(change: Change, act: str, verb: str, *, by: Standing) -> None:
    trail.record(
        trail.Line(
            act=f"change:{act}",
            verb=verb,
            subject=f"change:{change.pk}",
            label=change.enterprise.name,
            before=change.before or None,
            after={"on": change.happened_on.isoformat(), "name": change.name},
            reason=change.decision or change.explanation,
            dossier=change.enterprise_id,
            city=change.city_id,
        ),
        by=by,
    )
