"""Writes on extensions: an enterprise asks, its lead department grants or refuses."""

from datetime import date
from typing import Any

from django.db import transaction

from cleanprod.foundation.engine import clock
from cleanprod.foundation.notifications import actions as notifications
from cleanprod.foundation.obligations import actions as obligations
from cleanprod.foundation.obligations.models import Obligation
from cleanprod.foundation.organisations import queries as organisations
from cleanprod.foundation.organisations.rules import Part, Standing
from cleanprod.foundation.rulebook import queries as rulebook
from cleanprod.foundation.trail import actions as trail
from cleanprod.kernel.errors import NotAllowed, Refused
from cleanprod.stages.audits import access as audits
from cleanprod.stages.audits.models import Round
from cleanprod.stages.notices import messages
from cleanprod.stages.notices.models import Extension
from cleanprod.stages.notices.rules import EXTENSIONS, Asked, Reply, checked_until


@transaction.atomic
def ask(
    round_id: int,
    obligation_id: int,
    *,
    until: date,
    reason: str,
    evidence: int | None = None,
    by: Standing,
) -> Extension:
    """Ask for more time for one thing that is owed; the same request twice is one."""
    audit = Round.objects.select_for_update().get(pk=round_id)
    if Part.ENTERPRISE not in audits.parts(by, audit):
        raise NotAllowed("延期由企业自己申请")
    duty = Obligation.objects.open().filter(pk=obligation_id, subject=f"round:{audit.pk}").first()
    if duty is None:
        raise Refused("该事项已办结或终止，不需要延期")
    if not reason.strip():
        raise Refused("请填写申请理由")
    months = int(rulebook.value("round.extension.months", on=clock.today()).value)
    checked_until(until, due=duty.due_on, today=clock.today(), months=months)
    going = Extension.objects.filter(obligation=duty, state=Asked.ASKED).first()
    if going:
        if (going.until, going.reason) == (until, reason.strip()):
            return going
        raise Refused("该事项已有待批准的延期申请，可以先撤回再申请")
    made = Extension.objects.create(
        round=audit, obligation=duty, title=duty.title, due_on=duty.due_on, until=until,
        reason=reason.strip(), evidence_id=evidence, asked_on=clock.today(),
        asked_by=by.person_name,
    )  # fmt: skip
    _tell(made, "extension:ask", "申请延期", {"on": str(until)}, by=by, reason=made.reason)
    staff = organisations.staff_of(audit.city_id, audit.lead)
    notifications.send_many(messages.asked(made, person, mail) for person, mail in staff)
    return made


@transaction.atomic
def grant(
    extension_id: int, *, until: date | None = None, note: str = "", by: Standing
) -> Extension:
    """Grant a request, to the day that was asked for or another; the clock moves to it."""
    extension, done = _locked(extension_id, Reply.GRANT, by)
    if done:
        return extension
    day = until or extension.until
    months = int(rulebook.value("round.extension.months", on=clock.today()).value)
    checked_until(day, due=extension.obligation.due_on, today=clock.today(), months=months)
    obligations.extend(
        extension.obligation_id, until=day,
        note=f"经{by.office_name}{clock.today()}批准延期（原到期日 {extension.due_on}）："
        f"{extension.reason}"[:300],
    )  # fmt: skip
    return _decide(extension, Asked.GRANTED, note, by, granted_until=day)


@transaction.atomic
def refuse(extension_id: int, *, reason: str, by: Standing) -> Extension:
    """Refuse a request, with the reason that the enterprise reads."""
    if not reason.strip():
        raise Refused("请填写不予批准的理由")
    extension, done = _locked(extension_id, Reply.REFUSE, by)
    return extension if done else _decide(extension, Asked.REFUSED, reason, by)


@transaction.atomic
def withdraw(extension_id: int, *, by: Standing) -> Extension:
    """Take a request back; doing it twice changes nothing."""
    extension, done = _locked(extension_id, Reply.WITHDRAW, by)
    if not done:
        extension.state = Asked.WITHDRAWN.value
        extension.save(update_fields=["state"])
        _tell(extension, "extension:withdraw", "撤回延期申请", {}, by=by)
    return extension


_ENDS = {
    Reply.GRANT: Asked.GRANTED, Reply.REFUSE: Asked.REFUSED, Reply.WITHDRAW: Asked.WITHDRAWN,
}  # fmt: skip


def _locked(extension_id: int, act: Reply, by: Standing) -> tuple[Extension, bool]:
    """Lock a request; tell whether the act was done before by somebody who may do it."""
    extension = (
        Extension.objects.select_for_update(of=("self",))
        .select_related("round", "obligation")
        .get(pk=extension_id)
    )
    part = audits.parts(by, extension.round)
    state = Asked(extension.state)
    makers = {who for move in EXTENSIONS.moves if move.act is act for who in move.who}
    if state is _ENDS[act] and part & makers:
        return extension, True
    EXTENSIONS.target(state, act, part)
    return extension, False


def _decide(
    extension: Extension, state: Asked, note: str, by: Standing, granted_until: date | None = None
) -> Extension:
    extension.state, extension.decision = state.value, note.strip()
    extension.granted_until, extension.decided_on = granted_until, clock.today()
    extension.decided_by, extension.office_name = by.person_name, by.office_name
    extension.save(
        update_fields=[
            "state", "decision", "granted_until", "decided_on", "decided_by", "office_name",
        ]
    )  # fmt: skip
    verb = "批准延期" if state is Asked.GRANTED else "不予批准延期"
    after = {"on": str(granted_until)} if granted_until else {}
    _tell(extension, f"extension:{state}", verb, after, by=by, reason=extension.decision)
    notifications.send_many(
        messages.decided(extension, person, mail)
        for _, person, mail in organisations.people_of([extension.round.enterprise_id])
    )
    return extension


def _tell(
    extension: Extension, act: str, verb: str, after: dict[str, Any], *, by: Standing,
    reason: str = "",
) -> None:  # fmt: skip
    audit = extension.round
    trail.record(
        trail.Line(
            act=act, verb=verb, subject=f"extension:{extension.pk}", label=audit.name,
            after={"subject": extension.title} | after, reason=reason,
            dossier=audit.enterprise_id, city=audit.city_id,
        ),
        by=by,
    )  # fmt: skip
