"""Every write on notices, services, urgings and first checks."""

from collections.abc import Collection, Iterable
from datetime import date

from django.db import transaction

from cleanprod.foundation.engine import bulk, clock
from cleanprod.foundation.notifications import actions as notifications
from cleanprod.foundation.organisations import queries as organisations
from cleanprod.foundation.organisations.rules import Part, Standing
from cleanprod.foundation.trail import actions as trail
from cleanprod.kernel.errors import Conflict, NotAllowed, Refused
from cleanprod.stages.audits import access as audits
from cleanprod.stages.audits.models import Round
from cleanprod.stages.audits.rules import WORKING
from cleanprod.stages.notices import access, messages, queries
from cleanprod.stages.notices.models import FirstCheck, Notice, Service, Urging
from cleanprod.stages.notices.rules import (
    Channel,
    Checked,
    Delivery,
    Verdict,
    checked_delivery,
    checked_head,
    checked_issue,
    number,
    serials,
)
from cleanprod.stages.programme.models import Batch
from cleanprod.stages.programme.rules import BatchStage

_COLUMNS = (
    "id", "round_id", "batch_id", "city_id", "county_id", "lead", "head", "serial", "number",
    "issued_on", "issuer", "contact", "person_id", "person_name",
)  # fmt: skip


@transaction.atomic
def issue(
    batch_id: int, *, on: date, head: str, first: int | None = None, contact: str = "", by: Standing
) -> int:
    """Issue the written notices of a list to all firms that have none yet; return how many.

    Numbers run on under the head; done twice, the second call finds nobody and issues none.
    """
    batch = Batch.objects.select_for_update().get(pk=batch_id)
    if not by.leads(city=batch.city_id, lead=batch.lead):
        raise NotAllowed("书面通知书由名单的牵头部门出具")
    if batch.stage != BatchStage.PUBLISHED or batch.published_on is None:
        raise Refused("名单公布以后才能出具书面通知书")
    checked_issue(on=on, published_on=batch.published_on, today=clock.today())
    head = checked_head(head)
    rounds = list(queries.to_notify(batch))
    taken = Notice.objects.filter(city=batch.city_id, lead=batch.lead, head=head)
    start = first or queries.next_serial(batch.city_id, batch.lead, head)
    wanted = serials(start, len(rounds), set(taken.values_list("serial", flat=True)))
    made = [
        Notice(
            pk=pk, round=audit, batch=batch, city_id=batch.city_id, county_id=audit.county_id,
            lead=batch.lead, head=head, serial=serial, number=number(head, serial), issued_on=on,
            issuer=by.office_name, contact=contact.strip(), person_id=by.person_id,
            person_name=by.person_name,
        )
        for pk, audit, serial in zip(
            bulk.take_ids(Notice._meta.db_table, len(rounds)), rounds, wanted, strict=True
        )
    ]  # fmt: skip
    bulk.copy_rows(
        Notice._meta.db_table,
        _COLUMNS,
        ([getattr(one, name) for name in _COLUMNS] for one in made),
    )
    trail.record_many((_line(one, "notice:issue", "出具书面通知书") for one in made), by=by)
    _tell(made)
    return len(made)


def _tell(made: Iterable[Notice]) -> None:
    notice_of = {one.round.enterprise_id: one for one in made}
    notifications.send_many(
        messages.issued(notice_of[enterprise], person, mail)
        for enterprise, person, mail in organisations.people_of(list(notice_of))
    )


@transaction.atomic
def serve(ids: Collection[int], delivery: Delivery, *, by: Standing) -> int:
    """Record that notices were served, alike for all of them; return how many were new.

    Notices that were served in the same way already are passed over; one that was served
    otherwise stops all of them.
    """
    notices = _locked(ids, by)
    if not notices:
        raise Refused("请先勾选要登记送达的书面通知书")
    checked_delivery(delivery, (one.issued_on for one in notices), today=clock.today())
    known = queries.last_service([one.pk for one in notices])
    for one in notices:
        before = known.get(one.pk)
        same = (delivery.on, delivery.way.value, delivery.receiver.strip())
        if before and (before.happened_on, before.way, before.receiver) != same:
            raise Conflict(
                f"“{one.round.name}”的书面通知书已登记于{before.happened_on}送达，"
                "登记有误的请先撤回"
            )
    fresh = [one for one in notices if one.pk not in known]
    Service.objects.bulk_create(
        Service(
            notice=one, happened_on=delivery.on, way=delivery.way.value,
            receiver=delivery.receiver.strip(), evidence_id=delivery.evidence,
            reason=delivery.reason.strip() if delivery.evidence is None else "",
            person_id=by.person_id, person_name=by.person_name, office_name=by.office_name,
        )
        for one in fresh
    )  # fmt: skip
    said = {"on": delivery.on, "way": delivery.way.label, "receiver": delivery.receiver.strip()}
    trail.record_many((_line(one, "notice:serve", "登记送达", after=said) for one in fresh), by=by)
    return len(fresh)


@transaction.atomic
def withdraw_service(service_id: int, *, reason: str, by: Standing) -> Service:
    """Withdraw a service that was recorded by mistake; doing it twice changes nothing."""
    if not reason.strip():
        raise Refused("请填写撤回送达登记的理由")
    service = (
        Service.objects.select_for_update(of=("self",)).select_related("notice__round").get(
            pk=service_id
        )
    )  # fmt: skip
    if not access.may_serve(by, service.notice):
        raise NotAllowed("只有牵头部门和所在县区可以撤回送达登记")
    if service.withdrawn_at is None:
        service.withdrawn_at, service.withdrawn_by = clock.now(), by.person_name
        service.withdrawn_reason = reason.strip()
        service.save(update_fields=["withdrawn_at", "withdrawn_by", "withdrawn_reason"])
        line = _line(service.notice, "notice:unserve", "撤回送达登记", reason=reason.strip())
        trail.record_many([line], by=by)
    return service


@transaction.atomic
def urge(
    ids: Collection[int], *, channel: Channel, text: str, on: date | None = None, by: Standing
) -> int:
    """Urge firms to do what they owe and keep a record; the platform tells their people.

    The same words to the same firm on the same day count once.
    """
    day = on or clock.today()
    if not text.strip():
        raise Refused("请填写催办内容")
    if day > clock.today():
        raise Refused(f"催办日期 {day.isoformat()} 晚于今天")
    rounds = list(Round.objects.select_for_update().filter(pk__in=ids).order_by("pk"))
    if not rounds:
        raise Refused("请先勾选要催办的企业")
    for audit in rounds:
        if access.SERVERS.isdisjoint(audits.parts(by, audit)):
            raise NotAllowed("只能催办本部门牵头或本辖区的企业")
        if audit.stage not in WORKING:
            raise Refused(f"“{audit.name}”的本轮审核已是“{audit.get_stage_display()}”，不需要催办")
    before = set(
        Urging.objects.filter(
            round__in=rounds, happened_on=day, channel=channel, text=text.strip(),
            office_name=by.office_name,
        ).values_list("round_id", flat=True)
    )  # fmt: skip
    owed = queries.owed_by_rounds([audit.pk for audit in rounds])
    made = [
        Urging(
            round=audit, happened_on=day, channel=channel.value, text=text.strip(),
            owed="、".join(f"{duty.title}（{duty.due_on}）" for duty in owed[audit.pk])[:500],
            person_id=by.person_id, person_name=by.person_name, office_name=by.office_name,
        )
        for audit in rounds
        if audit.pk not in before
    ]  # fmt: skip
    Urging.objects.bulk_create(made)
    trail.record_many(
        (
            _round_line(one.round, "round:urge", "催办", after={"on": day, "way": channel.label})
            for one in made
        ),
        by=by,
    )
    urging_of = {one.round.enterprise_id: one for one in made}
    notifications.send_many(
        messages.urged(urging_of[enterprise], person, mail)
        for enterprise, person, mail in organisations.people_of(list(urging_of))
    )
    return len(made)


@transaction.atomic
def first_check(
    round_id: int,
    *,
    subject: Checked,
    verdict: Verdict,
    note: str,
    on: date | None = None,
    by: Standing,
) -> FirstCheck:
    """Keep what a county found at its first look; the lead department decides later by itself."""
    day = on or clock.today()
    if not note.strip():
        raise Refused("请填写初审意见")
    if day > clock.today():
        raise Refused(f"初审日期 {day.isoformat()} 晚于今天")
    audit = Round.objects.select_for_update().get(pk=round_id)
    if Part.COUNTY not in audits.parts(by, audit):
        raise NotAllowed("初审由企业所在的县（市、区）、镇街、园区办理")
    if audit.stage not in WORKING:
        raise Refused(f"本轮审核已是“{audit.get_stage_display()}”，不再初审")
    same = FirstCheck.objects.filter(
        round=audit, happened_on=day, subject=subject, verdict=verdict, note=note.strip(),
        office_name=by.office_name,
    ).first()  # fmt: skip
    if same:
        return same
    made = FirstCheck.objects.create(
        round=audit, happened_on=day, subject=subject.value, verdict=verdict.value,
        note=note.strip(), person_id=by.person_id, person_name=by.person_name,
        office_name=by.office_name,
    )  # fmt: skip
    said = {"on": day, "subject": subject.label, "verdict": verdict.label}
    trail.record_many([_round_line(audit, "round:check", "初审", after=said)], by=by)
    return made


def _locked(ids: Collection[int], by: Standing) -> list[Notice]:
    # Notices are never changed, and the database lets nobody lock them; their rounds are locked.
    held = Notice.objects.filter(pk__in=ids).values("round")
    list(Round.objects.select_for_update().filter(pk__in=held).order_by("pk"))
    notices = list(Notice.objects.select_related("round").filter(pk__in=ids).order_by("pk"))
    for one in notices:
        if not access.may_serve(by, one):
            raise NotAllowed("送达由企业所在的县区或牵头部门登记")
    return notices


def _line(
    notice: Notice, act: str, verb: str, *, after: dict[str, object] | None = None, reason: str = ""
) -> trail.Line:
    return trail.Line(
        act=act, verb=verb, subject=f"notice:{notice.pk}", label=notice.round.name,
        after={"document_number": notice.number} | (after or {}), reason=reason,
        dossier=notice.round.enterprise_id, city=notice.city_id,
    )  # fmt: skip


def _round_line(audit: Round, act: str, verb: str, *, after: dict[str, object]) -> trail.Line:
    return trail.Line(
        act=act, verb=verb, subject=f"round:{audit.pk}", label=audit.name, after=after,
        dossier=audit.enterprise_id, city=audit.city_id,
    )  # fmt: skip
