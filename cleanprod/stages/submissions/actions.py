"""Declare, submit with a receipt, send back."""

from collections.abc import Mapping

from django.db import transaction

from cleanprod.foundation.documents import actions as documents
from cleanprod.foundation.documents.models import Produced, Receipt
from cleanprod.foundation.engine import clock
from cleanprod.foundation.notifications import actions as notifications
from cleanprod.foundation.organisations import queries as organisations
from cleanprod.foundation.organisations.rules import Part, Role, Standing
from cleanprod.foundation.trail import actions as trail
from cleanprod.kernel.errors import NotAllowed, Refused
from cleanprod.stages.audits import access as audits_access
from cleanprod.stages.audits import actions as audits
from cleanprod.stages.audits.actions import NewFact
from cleanprod.stages.audits.models import Round
from cleanprod.stages.audits.rules import Act, Milestone
from cleanprod.stages.materials import access as material_access
from cleanprod.stages.materials import actions as materials
from cleanprod.stages.registration.rules import Scope
from cleanprod.stages.submissions import checks, messages, papers, queries
from cleanprod.stages.submissions.models import Declaration, Piece, Submission
from cleanprod.stages.submissions.rules import (
    WORDS,
    Level,
    Moved,
    Party,
    Purpose,
    Set,
    checked_reasons,
    differences,
)

RECEIPT = "report"


@transaction.atomic
def declare(round_id: int, *, mark: str, by: Standing) -> Declaration:
    """Declare the materials as they are now to be true, for one's own organisation.

    Nobody declares for another: neither the enterprise for its consultancy nor the reverse, nor
    one person for both.
    The same organisation's second click on the same materials is the first one.
    """
    audit, _ = materials.locked(round_id, by)
    party = Party.CONSULTANCY if by.role is Role.CONSULTANCY else Party.ENTERPRISE
    now = queries.current(audit)
    _same_as_seen(audit, mark, now)
    own = queries.declared(audit, now.fingerprint).filter(
        party=party.value, office_id=by.office_id or 0
    )
    done = own.first()
    if done is not None:
        return done
    others = queries.declared(audit, now.fingerprint).exclude(party=party.value)
    if others.filter(person_id=by.person_id).exists():
        raise Refused("您已代表另一方声明；企业和咨询机构应由各自的人员声明")
    for one in checks.findings(audit):
        if one.level is Level.BLOCK and not one.key.startswith(checks.DECLARING):
            raise Refused(f"请先改正后再声明：{one.place}：{one.text}")
    made = Declaration.objects.create(
        round=audit, purpose=Purpose.REPORT.value, party=party.value, content=now.fingerprint,
        text=WORDS[party], office_id=by.office_id or 0, office_name=by.office_name,
        person_id=by.person_id, person_name=by.person_name, happened_on=clock.today(),
    )  # fmt: skip
    _tell(audit, "submission:declare", "声明材料真实", {"sha256": now.fingerprint}, by=by)
    return made


@transaction.atomic
def submit(round_id: int, *, mark: str, reasons: Mapping[str, str], by: Standing) -> Submission:
    """Hand the report in with everything that belongs to it and issue the receipt.

    `mark` names what the person saw. What was already handed in just so is answered with its
    submission; anything else that changed meanwhile is a `Moved` conflict with both sides.
    """
    audit, acting = materials.locked(round_id, by, Scope.SUBMIT)
    now, last = queries.current(audit), queries.last(audit)
    if _standing(audit, last) and last and last.content == now.fingerprint and mark == now.mark:
        return last
    _same_as_seen(audit, mark, now)
    found = checks.findings(audit)
    given = checked_reasons(found, reasons)
    today = clock.today()
    number = last.number + 1 if last else 1
    receipt = _receipt(audit, now, number, by=acting)
    audits.record(
        Act.REPORT,
        [NewFact(audit.pk, Milestone.REPORTED, today, details={"receipt": receipt.number})],
        by=acting,
    )
    materials.mark_submitted([one.version for one in now.pieces], on=today)
    said = [
        {"place": one.place, "text": one.text, "reason": given[one.key]}
        for one in found
        if one.key in given
    ]
    made = Submission.objects.create(
        round=audit, purpose=Purpose.REPORT.value, number=number, receipt=receipt,
        content=now.fingerprint, sheet=now.sheet, reasons=said, happened_on=today,
        person_id=by.person_id, person_name=by.person_name, office_name=acting.office_name,
    )  # fmt: skip
    Piece.objects.bulk_create(
        Piece(submission=made, version_id=one.version, place=place)
        for place, one in enumerate(now.pieces, 1)
    )
    _send(made, _offices_of(audit))
    audit.refresh_from_db(fields=["stage", "reported_on"])
    return made


def _standing(audit: Round, last: Submission | None) -> bool:
    return last is not None and last.returned_on is None and audit.reported_on is not None


def _same_as_seen(audit: Round, mark: str, now: Set) -> None:
    if mark != now.mark:
        seen, sheet = queries.seen(audit, mark)
        raise Moved(differences(seen, sheet, now))


def _receipt(audit: Round, now: Set, number: int, *, by: Standing) -> Receipt:
    """Enter the submission in the public register: titles and fingerprints, no file names."""
    facts = {
        "enterprise": audit.name,
        "year": audit.list_year,
        "on": clock.today().isoformat(),
        "purpose": Purpose.REPORT.label,
        "number": number,
        "files": [
            {
                "title": one.title, "version": one.number, "draft": one.draft, "size": one.size,
                "sha256": one.sha256,
            }
            for one in now.pieces
        ],
        "sheet": {"version": now.sheet, "sha256": now.sheet_sha256},
    }  # fmt: skip
    return documents.issue_receipt(RECEIPT, f"{Purpose.REPORT.label}：{audit.name}", facts, by=by)


@transaction.atomic
def send_back(submission_id: int, *, reason: str, by: Standing) -> Submission:
    """Send a submitted report back to the enterprise with the reason; the receipt stays.

    A second click finds it returned and changes nothing.
    """
    found = Submission.objects.select_related("receipt").get(pk=submission_id)
    audit = Round.objects.select_for_update(of=("self",)).get(pk=found.round_id)
    found.refresh_from_db()
    if found.returned_on is not None and Part.LEAD in audits_access.parts(by, audit):
        return found
    last = queries.last(audit)
    if Part.LEAD not in audits_access.parts(by, audit):
        raise NotAllowed("只有牵头部门可以退回审核报告")
    if last is None or last.pk != found.pk:
        raise Refused(f"企业已第{last.number if last else 0}次提交，请在最近一次提交的页面退回")
    audits.send_back(audit.pk, reason=reason, by=by)
    found.returned_on, found.returned_by = clock.today(), by.person_name
    found.returned_office, found.returned_reason = by.office_name, reason.strip()[:500]
    found.save(update_fields=["returned_on", "returned_by", "returned_office", "returned_reason"])
    parties = [one.consultancy_id for one in material_access.engagements(audit)]
    people = organisations.people_of([audit.enterprise_id, *parties])
    notifications.send_many(messages.returned(found, person, mail) for _, person, mail in people)
    return found


@transaction.atomic
def receipt_paper(submission: Submission, *, address: str, by: Standing) -> Produced:
    """Return the receipt as PDF; the first production is kept and served ever after."""
    return documents.produce(
        papers.key(submission.receipt.number), "提交回执",
        f"提交回执 {submission.receipt.number}", "pdf",
        lambda: papers.render(submission, address), by=by,
    )  # fmt: skip


def _offices_of(audit: Round) -> list[int]:
    """Return the lead department and the county's office of its line."""
    lead = organisations.authority(line=audit.lead, city=audit.city_id)
    county = (
        organisations.authority(line=audit.lead, city=audit.city_id, county=audit.county_id)
        if audit.county_id
        else None
    )
    return [office.pk for office in (lead, county) if office]


def _send(submission: Submission, offices: list[int]) -> None:
    people = organisations.people_of(offices)
    notifications.send_many(
        messages.submitted(submission, person, mail) for _, person, mail in people
    )


def _tell(audit: Round, act: str, verb: str, after: Mapping[str, str], *, by: Standing) -> None:
    trail.record(
        trail.Line(
            act=act, verb=verb, subject=f"round:{audit.pk}", label=audit.name, after=after,
            dossier=audit.enterprise_id, city=audit.city_id,
        ),
        by=by,
    )  # fmt: skip
