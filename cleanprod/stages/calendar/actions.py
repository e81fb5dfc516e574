"""Confirm that a duty of the year is done, and take it back."""

from datetime import date

from django.db import transaction

from cleanprod.foundation.engine import clock
from cleanprod.foundation.organisations.models import Organisation
from cleanprod.foundation.organisations.rules import Standing
from cleanprod.foundation.rulebook import queries as rulebook
from cleanprod.foundation.trail import actions as trail
from cleanprod.kernel.errors import Conflict, NotAllowed, Refused
from cleanprod.stages.calendar.models import Confirmation
from cleanprod.stages.calendar.rules import BY_HAND, BY_KEY


@transaction.atomic
def confirm(key: str, year: int, *, on: date, note: str, by: Standing) -> Confirmation:
    """Note that one's office did a duty of a year; what the records tell is not typed."""
    duty = BY_KEY.get(key)
    if duty is None or by.role not in duty.roles or by.office_id is None:
        raise NotAllowed("该事项不由您所在单位办理")
    if duty.known not in BY_HAND:
        raise NotAllowed(f"该事项按记录自动判定：{duty.known.label}")
    if on > clock.today():
        raise Refused(f"完成日期 {on.isoformat()} 晚于今天")
    if not note.strip():
        raise Refused("请填写完成情况")
    list(Organisation.objects.select_for_update().filter(pk=by.office_id).values_list("pk"))
    known = Confirmation.objects.filter(
        duty=key, year=year, office=by.office_id, withdrawn_on=None
    ).first()
    if known is not None:
        raise Conflict(f"该事项已于 {known.on} 登记完成")
    told = Confirmation.objects.create(
        duty=key, year=year, office_id=by.office_id, on=on, note=note.strip(),
        person_name=by.person_name, recorded_on=clock.today(),
    )  # fmt: skip
    _tell("calendar:confirm", "登记事项完成", told, by, note.strip())
    return told


@transaction.atomic
def withdraw(confirmation_id: int, *, reason: str, by: Standing) -> Confirmation:
    """Take a confirmation of one's own office back; it stays readable with the reason."""
    told = Confirmation.objects.select_for_update().get(pk=confirmation_id)
    if told.office_id != by.office_id:
        raise NotAllowed("只能撤回本单位的登记")
    if not reason.strip():
        raise Refused("请填写撤回理由")
    if told.withdrawn_on is not None:
        raise Conflict(f"该登记已于 {told.withdrawn_on} 撤回")
    told.withdrawn_on, told.withdrawn_by = clock.today(), by.person_name
    told.withdrawn_why = reason.strip()
    told.save(update_fields=["withdrawn_on", "withdrawn_by", "withdrawn_why"])
    _tell("calendar:withdraw", "撤回事项完成登记", told, by, reason.strip())
    return told


def _tell(act: str, verb: str, told: Confirmation, by: Standing, reason: str) -> None:
    title = rulebook.value(f"calendar.{told.duty}", on=clock.today()).title
    trail.record(
        trail.Line(
            act=act, verb=verb, subject=f"calendar:{told.pk}", label=f"{told.year}年度：{title}",
            after={"on": told.on.isoformat(), "year": told.year}, reason=reason, city=by.city,
        ),
        by=by,
    )  # fmt: skip
