"""An enterprise engages a consultancy for one round, and ends that whenever it likes."""

from dataclasses import dataclass
from datetime import date

from django.db import transaction

from cleanprod.foundation.engine import clock
from cleanprod.foundation.notifications import actions as notifications
from cleanprod.foundation.organisations import queries as known
from cleanprod.foundation.organisations.models import Organisation
from cleanprod.foundation.organisations.rules import Kind, Part, Role, Standing
from cleanprod.foundation.trail import actions as trail
from cleanprod.kernel.errors import NotAllowed, Refused
from cleanprod.stages.audits import access as audits_access
from cleanprod.stages.audits.models import Round
from cleanprod.stages.audits.rules import OPEN
from cleanprod.stages.registration import access, messages
from cleanprod.stages.registration.models import Engagement
from cleanprod.stages.registration.rules import Scope, includes


@dataclass(frozen=True, slots=True)
class Terms:
    """With whom, for what and for how long."""

    consultancy: int
    scope: Scope
    begins_on: date
    ends_on: date


@transaction.atomic
def engage(round_id: int, terms: Terms, *, by: Standing) -> Engagement:
    """Engage a registered consultancy for a round that is going on, by its enterprise."""
    audit = Round.objects.select_for_update(of=("self",)).get(pk=round_id)
    if Part.ENTERPRISE not in audits_access.parts(by, audit):
        raise NotAllowed("咨询机构由企业自行委托")
    if audit.stage not in OPEN:
        raise Refused("本轮审核已结束，不能再委托咨询机构")
    office = Organisation.objects.filter(pk=terms.consultancy, kind=Kind.CONSULTANCY).first()
    if office is None:
        raise Refused("请选择已登记的咨询机构")
    if terms.ends_on < max(terms.begins_on, clock.today()):
        raise Refused("委托止日不能早于起日和今天")
    same = Engagement.objects.filter(round=audit, consultancy=office, revoked_on=None)
    if same.filter(begins_on__lte=terms.ends_on, ends_on__gte=terms.begins_on).exists():
        raise Refused(f"已委托{office.name}，期限重叠；需要改变范围的，请先撤销原委托")
    made = Engagement.objects.create(
        round=audit, consultancy=office, scope=terms.scope.value, begins_on=terms.begins_on,
        ends_on=terms.ends_on, person_name=by.person_name,
    )  # fmt: skip
    _tell(made, "engage", "委托咨询机构", by=by)
    return made


@transaction.atomic
def revoke(engagement_id: int, *, reason: str = "", by: Standing) -> Engagement:
    """End an engagement at once; doing it twice changes nothing."""
    found = (
        Engagement.objects.select_for_update(of=("self",))
        .select_related("round")
        .get(pk=engagement_id)
    )
    if Part.ENTERPRISE not in audits_access.parts(by, found.round):
        raise NotAllowed("咨询机构的委托由企业自行撤销")
    if found.revoked_on is None:
        found.revoked_on, found.reason = clock.today(), reason.strip()
        found.save(update_fields=["revoked_on", "reason"])
        _tell(found, "revoke", "撤销咨询机构委托", by=by)
    return found


def acting_in(round_id: int, *, by: Standing, scope: Scope = Scope.FILL) -> Standing:
    """Return as whom this person works in a round; a consultant as the enterprise that engaged it.

    The engagement is locked, and before the round, so that a revocation comes before or after.
    """
    if by.role is not Role.CONSULTANCY:
        return by
    held = Engagement.objects.select_for_update(of=("self",)).holding(clock.today())
    rows = held.filter(round=round_id, consultancy=by.office_id or 0)
    for one in rows.select_related("round__enterprise").order_by("pk"):
        if includes(Scope(one.scope), scope):
            return access.on_behalf(by, one)
    raise NotAllowed("只有企业和受其委托的咨询机构可以办理，委托须在有效期内并包括该项权限")


def _tell(engagement: Engagement, act: str, verb: str, *, by: Standing) -> None:
    audit, office = engagement.round, engagement.consultancy
    notifications.send_many(
        messages.engaged(engagement, act, person, mail)
        for _, person, mail in known.people_of([office.pk])
    )
    trail.record(
        trail.Line(
            act=f"consultancy:{act}",
            verb=verb,
            subject=f"round:{audit.pk}",
            label=audit.name,
            after={
                "name": office.name,
                "scope": engagement.scope,
                "begins_on": engagement.begins_on.isoformat(),
                "ends_on": engagement.ends_on.isoformat(),
            },
            reason=engagement.reason,
            dossier=audit.enterprise_id,
            city=audit.city_id,
        ),
        by=by,
    )
