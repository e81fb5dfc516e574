"""Every write on batches of results, objections and certificates."""

import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import Any

from django.db import connection, transaction
from django.db.models import Max

from cleanprod.foundation.accounts.actions import Oneself
from cleanprod.foundation.documents import actions as documents
from cleanprod.foundation.engine import clock
from cleanprod.foundation.notifications import actions as notifications
from cleanprod.foundation.organisations import queries as organisations
from cleanprod.foundation.organisations.rules import Role, Standing
from cleanprod.foundation.rulebook import queries as rulebook
from cleanprod.foundation.trail import actions as trail
from cleanprod.kernel.errors import Conflict, NotAllowed, Refused
from cleanprod.kernel.period import add_months
from cleanprod.stages.audits import actions as audits
from cleanprod.stages.experts import seats
from cleanprod.stages.results import access, messages, queries
from cleanprod.stages.results.models import Batch, Certificate, Line, Objection
from cleanprod.stages.results.rules import LIFECYCLE, Act, Counting, State, Verdict
from cleanprod.stages.review.rules import Conclusion

_CODE = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # nothing that people read as something else
_PUBLIC = Oneself(None, "公众")


@transaction.atomic
def draft(*, year: int, title: str, joint: bool, contact: str, by: Standing) -> Batch:
    """Open a batch of results of one's own department; it takes the year's next number."""
    if by.role is not Role.CITY or by.line is None:
        raise NotAllowed("结果批次由市级牵头部门拟定")
    _one_after_the_other(f"results:{by.city}:{by.line.value}:{year}")
    batch = Batch.objects.create(
        city_id=by.city, lead=by.line.value, year=year, joint=joint, title=title.strip(),
        number=queries.next_number(by.city, by.line.value, year), contact=contact.strip(),
        office_name=by.office_name, person_name=by.person_name,
    )  # fmt: skip
    _tell(batch, "results:draft", "拟定结果批次", by=by)
    return batch


@transaction.atomic
def choose(batch_id: int, facts: Collection[int], *, by: Standing) -> int:
    """Let a draft name these results and no others; return how many it names now."""
    batch, _ = _moved(batch_id, Act.EDIT, by)
    known = set(batch.lines.values_list("fact", flat=True))
    wanted = set(facts)
    batch.lines.exclude(fact__in=wanted).delete()
    fresh = list(queries.waiting(batch).filter(pk__in=wanted - known).order_by("pk"))
    if len(fresh) != len(wanted - known):
        raise Conflict("所选结果中有的已列入其他批次或已撤回，请刷新后重新选择")
    Line.objects.bulk_create(
        Line(
            batch=batch, round_id=fact.round_id, fact=fact, on=fact.happened_on,
            conclusion=queries.CONCLUSION_OF[fact.kind].value,
        )
        for fact in fresh
    )  # fmt: skip
    if fresh or known - wanted:
        _tell(batch, "results:choose", "选定企业", by=by, after={"firms": len(wanted)})
    return len(wanted)


@transaction.atomic
def publicise(batch_id: int, *, first: date, days: int, counting: Counting, by: Standing) -> Batch:
    """Put a draft before the public for so many days; it does not change after that."""
    batch, target = _moved(batch_id, Act.PUBLICISE, by)
    if not batch.lines.exists():
        raise Refused("本批还没有企业，请先选择企业")
    least, _ = queries.usual_publicity(first)
    if days < least:
        raise Refused(f"公示不少于{least}天")
    if first < clock.today():
        raise Refused(f"公示首日 {first.isoformat()} 早于今天 {clock.today().isoformat()}")
    period = queries.publicity(first, days, counting)
    batch.state, batch.publicity_from, batch.publicity_until = target.value, first, period.last
    batch.days, batch.counting = days, counting.value
    batch.save(update_fields=["state", "publicity_from", "publicity_until", "days", "counting"])
    _tell(batch, "results:publicise", "开始公示", by=by, after={"period": period.explained()})
    return batch


@transaction.atomic
def cosign(batch_id: int, *, by: Standing) -> Batch:
    """Sign a joint batch for the other department of the city; twice changes nothing."""
    batch, _ = _moved(batch_id, Act.COSIGN, by)
    if not batch.joint:
        raise NotAllowed("本批不是两部门联合公布")
    if batch.cosigned_on is None:
        batch.cosigned_on = clock.today()
        batch.cosigned_by = f"{by.office_name} {by.person_name}".strip()
        batch.save(update_fields=["cosigned_on", "cosigned_by"])
        _tell(batch, "results:cosign", "会签", by=by)
    return batch


@transaction.atomic
def announce(
    batch_id: int, *, document_number: str, on: date, scan: int | None = None, by: Standing
) -> Batch:
    """Announce a batch under its document number, once its publicity is over and all answered."""
    batch, target = _moved(batch_id, Act.ANNOUNCE, by)
    hindering = queries.hindrances(batch)
    if hindering:
        raise Refused("还不能公布：" + "；".join(hindering))
    if batch.publicity_until is None or not batch.publicity_until < on <= clock.today():
        raise Refused("公布日期应在公示期满之后，且不晚于今天")
    batch.state, batch.document_number = target.value, document_number.strip()
    batch.announced_on, batch.scan_id = on, scan
    batch.save(update_fields=["state", "document_number", "announced_on", "scan"])
    _tell(batch, "results:announce", "公布结果", by=by, after={"on": on.isoformat()})
    lines = {one.round.enterprise_id: one for one in _live(batch)}
    notifications.send_many(
        messages.announced(batch, lines[enterprise], person, mail)
        for enterprise, person, mail in organisations.people_of(list(lines))
    )
    return batch


@transaction.atomic
def report(batch_id: int, *, by: Standing) -> Batch:
    """Report an announced batch to both provincial departments."""
    batch, target = _moved(batch_id, Act.REPORT, by)
    batch.state, batch.reported_on = target.value, clock.today()
    batch.save(update_fields=["state", "reported_on"])
    _tell(batch, "results:report", "报送省两部门", by=by)
    return batch


@transaction.atomic
def stop(batch_id: int, *, reason: str, by: Standing) -> Batch:
    """Stop a batch before it is announced; its results may enter another one."""
    batch, target = _moved(batch_id, Act.STOP, by)
    if not reason.strip():
        raise Refused("请填写终止理由")
    batch.lines.filter(live=True).update(live=False, struck_reason="本批终止")
    batch.state, batch.stopped_on = target.value, clock.today()
    batch.stopped_reason = reason.strip()
    batch.save(update_fields=["state", "stopped_on", "stopped_reason"])
    _tell(batch, "results:stop", "终止结果批次", by=by, reason=reason.strip())
    return batch


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody objects, against which line, and how they can be reached."""

    name: str
    contact: str
    text: str
    line: int | None = None


@transaction.atomic
def object_to(batch_id: int, said: Said) -> tuple[Objection, str]:
    """Take an objection of the public; return it with the code that opens its answer.

    The code is shown once and kept as a hash. So many a batch and day as the rulebook says.
    """
    batch = Batch.objects.select_for_update().get(pk=batch_id)
    today = clock.today()
    first, last = batch.publicity_from, batch.publicity_until
    running = first is not None and last is not None and first <= today <= last
    if batch.state != State.PUBLICITY or not running:
        raise Refused("本批不在公示期内，不能提出异议；对已公布的结果有意见的，请与牵头部门联系")
    if said.line is not None and not batch.lines.filter(pk=said.line, live=True).exists():
        raise Refused("所选企业不在本批公示名单中")
    most = int(rulebook.value("results.objections.day", on=today).value)
    if batch.objections.filter(received_on=today).count() >= most:
        raise Refused("本批今天受理的异议已达上限，请明天再试或直接与牵头部门联系")
    _one_after_the_other(f"results:objection:{today.year}")
    serial = (
        Objection.objects.filter(year=today.year).aggregate(last=Max("serial"))["last"] or 0
    ) + 1
    code = "".join(secrets.choice(_CODE) for _ in range(8))
    made = Objection.objects.create(
        batch=batch, line_id=said.line, year=today.year, serial=serial,
        number=f"YY{today.year}{serial:06d}", code_hash=hashed(code), name=said.name.strip(),
        contact=said.contact.strip(), text=said.text.strip(), received_on=today,
    )  # fmt: skip
    trail.record(
        trail.Line(
            act="objection:take", verb="提出异议", subject=f"objection:{made.pk}",
            label=made.number, after={"batch": batch.title}, city=batch.city_id,
        ),
        by=_PUBLIC,
    )  # fmt: skip
    notifications.send_many(
        messages.objected(made, person, mail) for person, mail in queries.people_of(batch)
    )
    return made, code


def hashed(code: str) -> str:
    """Return the form in which the code of an objection is kept."""
    return sha256(code.strip().upper().encode()).hexdigest()


@transaction.atomic
def answer(objection_id: int, *, verdict: Verdict, text: str, by: Standing) -> Objection:
    """Answer an objection; one that holds takes its firm out of the batch.

    One that overturns the result withdraws it from the round, too, and before it the completion
    that stands on it; what is concluded anew is recorded there and enters another batch.
    """
    found = Objection.objects.select_related("line").get(pk=objection_id)
    batch = Batch.objects.select_for_update().get(pk=found.batch_id)
    if not by.leads(city=batch.city_id, lead=batch.lead):
        raise NotAllowed("异议由本批的牵头部门答复")
    found = Objection.objects.select_for_update(of=("self",)).get(pk=objection_id)
    if found.verdict:
        raise Conflict(f"已于 {found.answered_on} 答复：{Verdict(found.verdict).label}")
    if not text.strip():
        raise Refused("请填写答复内容")
    if verdict is not Verdict.REJECTED and found.line_id is None:
        raise Refused("该异议没有指明企业，不能据此移出企业；请在答复中说明处理情况")
    found.verdict, found.answer, found.answered_on = verdict.value, text.strip(), clock.today()
    found.answered_by, found.office_name = by.person_name, by.office_name
    found.save(update_fields=["verdict", "answer", "answered_on", "answered_by", "office_name"])
    if verdict is not Verdict.REJECTED:
        _strike(found, verdict, by)
    trail.record(
        trail.Line(
            act="objection:answer", verb="答复异议", subject=f"objection:{found.pk}",
            label=found.number, after={"verdict": verdict.label}, reason=text.strip()[:500],
            city=batch.city_id,
        ),
        by=by,
    )  # fmt: skip
    return found


def _strike(found: Objection, verdict: Verdict, by: Standing) -> None:
    line = found.line
    if line is None or not line.live:
        return
    line.live, line.struck_reason = False, f"{verdict.label}（{found.number}）"
    line.save(update_fields=["live", "struck_reason"])
    if verdict is Verdict.OVERTURNED:
        reason = f"公示异议{found.number}成立：{found.answer}"
        for fact in queries.to_withdraw(line):
            audits.withdraw(fact.pk, reason=reason, by=by)
        seats.record_overturned_result(line.round_id, on=clock.today(), reason=reason, by=by)


@transaction.atomic
def certify(batch_id: int, *, head: str, first: int, by: Standing) -> int:
    """Issue certificates to the passed firms of an announced batch that have none; say how many.

    Each is entered in the public register, where anybody can verify it.
    """
    batch = Batch.objects.select_for_update().select_related("city").get(pk=batch_id)
    if not by.leads(city=batch.city_id, lead=batch.lead):
        raise NotAllowed("证书由本批的牵头部门办理")
    if batch.announced_on is None:
        raise Refused("结果公布以后才能发证")
    if not head.strip() or first < 1:
        raise Refused("请填写证书编号字头和起始序号")
    lines = [
        one for one in _live(batch)
        if one.conclusion == Conclusion.PASSED and not hasattr(one, "certificate")
    ]  # fmt: skip
    numbers = [f"{head.strip()}{first + place:04d}" for place in range(len(lines))]
    taken = Certificate.objects.filter(number__in=numbers).values_list("number", flat=True).first()
    if taken:
        raise Conflict(f"证书编号“{taken}”已使用，请另定起始序号")
    years = queries.years_valid(batch.announced_on)
    for line, number in zip(lines, numbers, strict=True):
        until = add_months(batch.announced_on, 12 * years)
        facts = {
            "enterprise": line.round.name, "code": line.round.code, "number": number,
            "on": batch.announced_on.isoformat(), "until": until.isoformat(),
        }  # fmt: skip
        receipt = documents.issue_receipt(
            "certificate",
            f"清洁生产审核验收证书{number}：{line.round.name}（有效期至{until.isoformat()}）",
            facts,
            by=by,
        )
        Certificate.objects.create(
            line=line, number=number, issued_on=batch.announced_on, valid_until=until,
            receipt=receipt, issuer=by.office_name, person_name=by.person_name,
        )  # fmt: skip
    if lines:
        _tell(batch, "results:certify", "发证", by=by, after={"certificates": len(lines)})
    return len(lines)


def _live(batch: Batch) -> list[Line]:
    lines = batch.lines.filter(live=True).select_related("round", "certificate")
    return list(lines.order_by("round__county", "on", "pk"))


def _moved(batch_id: int, act: Act, by: Standing) -> tuple[Batch, State]:
    batch = Batch.objects.select_for_update().get(pk=batch_id)
    return batch, LIFECYCLE.target(State(batch.state), act, access.parts(by, batch))


def _one_after_the_other(name: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [name])


def _tell(
    batch: Batch,
    act: str,
    verb: str,
    *,
    by: Standing,
    after: dict[str, Any] | None = None,
    reason: str = "",
) -> None:
    trail.record(
        trail.Line(
            act=act, verb=verb, subject=f"results:{batch.pk}", label=batch.title,
            after={"state": batch.state, **(after or {})}, reason=reason, city=batch.city_id,
        ),
        by=by,
    )  # fmt: skip
