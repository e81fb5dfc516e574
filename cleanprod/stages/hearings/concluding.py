"""From a conclusion to the facts of the round: by the sitting, or from paper by two persons."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import IO, Any

from django.core.files.base import File as Upload
from django.db import transaction

from cleanprod.foundation.attachments import actions as attachments
from cleanprod.foundation.attachments import rules as kinds
from cleanprod.foundation.attachments.models import File
from cleanprod.foundation.engine import clock
from cleanprod.foundation.notifications import actions as notifications
from cleanprod.foundation.organisations.rules import Standing
from cleanprod.kernel.errors import NotAllowed, Refused
from cleanprod.kernel.names import comparable
from cleanprod.stages.audits import actions as audits
from cleanprod.stages.audits.rules import Act as Move
from cleanprod.stages.audits.rules import Milestone
from cleanprod.stages.experts import papers as panels
from cleanprod.stages.experts import ties
from cleanprod.stages.experts.models import Reviewed
from cleanprod.stages.experts.rules import checked_size
from cleanprod.stages.hearings import access, messages, rules
from cleanprod.stages.hearings.actions import locked, moved, tell
from cleanprod.stages.hearings.models import Hearing, Offline, Photo, Visit
from cleanprod.stages.hearings.rules import PURPOSES, Act, Mode, Outcome, State, Step, Voter
from cleanprod.stages.remarks import actions as remarks
from cleanprod.stages.review import actions as review
from cleanprod.stages.review.rules import Conclusion
from cleanprod.stages.scoring import papers
from cleanprod.stages.scoring import queries as score_sheets
from cleanprod.stages.scoring.rules import State as Sat
from cleanprod.stages.scoring.rules import sheet_of

MOST_PHOTOS = 9
MOST_PHOTO_BYTES = 10 * 1024 * 1024
IMAGES = frozenset({"image/jpeg", "image/png"})


@transaction.atomic
def conclude(hearing_id: int, *, by: Standing) -> Hearing:
    """Record what the confirmed sitting decided on the round, and list its remarks; once only."""
    hearing = locked(hearing_id)
    if hearing.state == State.CONCLUDED and rules.Who.LEAD in access.who(by, hearing):
        return hearing
    hearing = moved(hearing_id, Act.CONCLUDE, by)
    sitting = hearing.sitting
    if sitting is None or sitting.state != Sat.CONFIRMED or sitting.confirmed_on is None:
        raise Refused("专家组评分和意见尚未审定")
    remarks.take_from(sitting.pk, by=by)
    paper = attachments.store(
        papers.render(papers.opinion(sitting), "pdf"),
        f"{papers.TITLES[PURPOSES[Step(hearing.step)]]}.pdf", by=by,
    )  # fmt: skip
    found = _Found(bool(sitting.passes), sitting.meaning, sitting.mean, sitting.confirmed_on, paper)
    return _concluded(hearing, found, by)


@dataclass(frozen=True, slots=True)
class _Found:
    passes: bool
    meaning: str
    mean: Decimal | None
    on: date
    evidence: File
    extra: dict[str, str] = field(default_factory=dict)


def _concluded(hearing: Hearing, found: _Found, by: Standing) -> Hearing:
    """Keep the outcome and move the round by it; everything in the caller's transaction."""
    step = Step(hearing.step)
    outcome = rules.outcome_of(step, found.passes)
    hearing.outcome, hearing.meaning, hearing.mean = outcome.value, found.meaning, found.mean
    hearing.concluded_on, hearing.concluded_by = found.on, by.person_name
    hearing.save(
        update_fields=["state", "outcome", "meaning", "mean", "concluded_on", "concluded_by"]
    )
    if outcome is Outcome.REDO:
        audits.send_back(hearing.round_id, reason=f"评估结论：{found.meaning}", by=by)
    elif step is Step.ASSESSMENT:
        fact = audits.NewFact(
            hearing.round_id, Milestone.ASSESSED, found.on, reason=found.meaning,
            evidence=found.evidence.pk, details=found.extra,
        )  # fmt: skip
        audits.record(Move.PASS, [fact], by=by, template=Mode(hearing.mode))
    else:
        review.record_results([_result(hearing, found)], by=by)
    after = {"outcome": outcome.label, "verdict": found.meaning, "on": found.on.isoformat()}
    tell(hearing, "conclude", Act.CONCLUDE.label, by, after=after)
    body = f"结论：{outcome.label}。{found.meaning}"
    notifications.send_many(messages.to_firm(hearing, "结论", body))
    return hearing


def _result(hearing: Hearing, found: _Found) -> review.NewResult:
    earlier = Hearing.objects.filter(
        round=hearing.round_id, step=Step.ASSESSMENT, outcome=Outcome.PASSED
    )
    assessed = earlier.order_by("-concluded_on", "-pk").first()
    helped = Reviewed.objects.filter(panel=hearing.panel_id, round=hearing.round_id)
    return review.NewResult(
        hearing.round_id, Conclusion.PASSED if found.passes else Conclusion.FAILED, found.on,
        reason=found.meaning, evidence=found.evidence.pk, extra=found.extra,
        assessment_score=assessed.mean if assessed else None, acceptance_score=found.mean,
        consultancy=helped.values_list("consultancy", flat=True).first() or "",
        level=hearing.level,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class NewOffline:
    """What somebody of the lead department takes over from paper, with its scans."""

    held_on: date
    place: str
    voters: Sequence[Voter]
    passes: bool
    opinion: str
    concluded_on: date
    opinion_scan: File
    sheets_scan: File
    signin_scan: File
    note: str = ""


@transaction.atomic
def enter(hearing_id: int, new: NewOffline, *, by: Standing) -> Offline:
    """Enter the result of a review held on paper; it counts once a second person confirms it."""
    hearing = moved(hearing_id, Act.ENTER, by)
    if not hearing.applied_on <= new.held_on <= new.concluded_on <= clock.today():
        raise Refused("日期应依次为：申请、会议、结论，且不晚于今天")
    if not new.opinion.strip() or not new.place.strip():
        raise Refused("请填写会议地点和专家组意见")
    rules.checked_voters(new.voters)
    _independent(hearing, new)
    irregular = "；".join(_irregular(hearing, new.voters))
    if irregular and not new.note.strip():
        raise Refused(f"{irregular}，请核对或填写说明")
    sheet = sheet_of(score_sheets.body_on(PURPOSES[Step(hearing.step)], new.held_on))
    found = rules.reckon(sheet, new.voters)
    if found.passes is not new.passes and not new.note.strip():
        raise Refused(f"按评分表应为“{found.meaning}”，与填写的结论不一致，请核对或填写说明")
    if new.passes and any(one.veto for one in new.voters):
        raise Refused("存在否决项，结论应为未通过")
    agrees = found.passes is new.passes
    said = found.meaning if agrees else ("通过" if new.passes else "未通过")
    made = Offline.objects.create(
        hearing=hearing, held_on=new.held_on, place=new.place.strip(),
        voters=[one.as_json() for one in new.voters], mean=found.mean, meaning=said,
        passes=new.passes, note=new.note.strip()[:500], irregular=irregular[:500],
        opinion=new.opinion.strip(),
        concluded_on=new.concluded_on, opinion_scan=new.opinion_scan,
        sheets_scan=new.sheets_scan, signin_scan=new.signin_scan, entered_by_id=by.person_id,
        entered_by=by.person_name,
    )  # fmt: skip
    hearing.offline, hearing.day = True, new.held_on
    hearing.save(update_fields=["state", "offline", "day"])
    tell(hearing, "enter", Act.ENTER.label, by, after={"members": len(new.voters)})
    return made


def _independent(hearing: Hearing, new: NewOffline) -> None:
    """Refuse experts on paper who have a tie, by the unit typed and by what the pool knows."""
    named = [(one.name, one.unit) for one in new.voters]
    for name, told in ties.ties_of_named(named, hearing.round, new.held_on).items():
        raise Refused(f"{name}应当回避：{'；'.join(told)}")


def _irregular(hearing: Hearing, voters: Sequence[Voter]) -> Iterator[str]:
    """Yield where a panel on paper departs from the rules, which asks for an explanation."""
    try:
        checked_size(len(voters), ties.rules_on(clock.today()).composition)
    except Refused as refusal:
        yield str(refusal)
    if hearing.panel is not None:
        drawn = {comparable(one.expert.name) for one in panels.members(hearing.panel)}
        others = [one.name for one in voters if comparable(one.name) not in drawn]
        if drawn and others:
            yield f"{'、'.join(others)}不是抽取的评审组成员"


@transaction.atomic
def verify(hearing_id: int, *, by: Standing) -> Hearing:
    """Confirm what a colleague entered from paper; never one's own. The facts follow, once."""
    hearing = locked(hearing_id)
    if hearing.state == State.CONCLUDED and rules.Who.LEAD in access.who(by, hearing):
        return hearing
    hearing = moved(hearing_id, Act.VERIFY, by)
    entry = standing_entry(hearing)
    if entry.entered_by_id == by.person_id:
        raise NotAllowed("线下评审结果应由录入人以外的人复核")
    entry.verified_on, entry.verified_by = clock.today(), by.person_name
    entry.save(update_fields=["verified_on", "verified_by"])
    extra = {"route": "线下评审"}
    found = _Found(
        entry.passes, entry.meaning, entry.mean, entry.concluded_on, entry.opinion_scan, extra
    )
    return _concluded(hearing, found, by)


@transaction.atomic
def dispute(hearing_id: int, *, reason: str, by: Standing) -> Hearing:
    """Send an entry from paper back to be entered anew; what was entered stays on record."""
    hearing = moved(hearing_id, Act.DISPUTE, by, reason)
    entry = standing_entry(hearing)
    entry.rejected = hearing.reason
    entry.save(update_fields=["rejected"])
    hearing.offline = False
    hearing.save(update_fields=["state", "reason", "offline"])
    tell(hearing, "dispute", Act.DISPUTE.label, by, reason=hearing.reason)
    return hearing


def standing_entry(hearing: Hearing) -> Offline:
    """Return the entry from paper that was not sent back."""
    found: Offline = hearing.entries.select_related("opinion_scan").get(rejected="")
    return found


@dataclass(frozen=True, slots=True)
class NewVisit:
    """What was seen on site, on which day and by whom."""

    on: date
    people: str
    seen: str


@transaction.atomic
def record_visit(
    hearing_id: int, new: NewVisit, photos: "Sequence[Upload[Any] | IO[bytes]]", *, by: Standing
) -> Visit:
    """Keep a site record with its photos; what is no photo by its content is refused."""
    hearing = locked(hearing_id)
    if not access.records_site(by, hearing):
        raise NotAllowed("现场查看由牵头部门或县区、镇街、园区在受理后登记")
    if not hearing.applied_on <= new.on <= clock.today():
        raise Refused("查看日期应在申请之后、不晚于今天")
    if len(photos) > MOST_PHOTOS:
        raise Refused(f"照片最多{MOST_PHOTOS}张")
    made = Visit.objects.create(
        hearing=hearing, happened_on=new.on, people=new.people.strip(), seen=new.seen.strip(),
        person_name=by.person_name, office_name=by.office_name,
    )  # fmt: skip
    Photo.objects.bulk_create(
        Photo(visit=made, file=attachments.store(one, _checked(one), by=by)) for one in photos
    )
    tell(hearing, "visit", "登记现场查看", by, after={"photos": len(photos)})
    return made


def _checked(photo: "Upload[Any] | IO[bytes]") -> str:
    """Return the name of a photo, or refuse what is none by its content."""
    name = str(getattr(photo, "name", "") or "照片")
    if (getattr(photo, "size", 0) or 0) > MOST_PHOTO_BYTES:
        raise Refused(f"{name}超过10 MB")
    photo.seek(0)
    head = photo.read(kinds.HEAD)
    photo.seek(0)
    if kinds.sniff(head) not in IMAGES:
        raise Refused(f"{name}不是照片，请上传JPEG或PNG格式的照片")
    return name
