"""Every write on candidates and surveys, and the taking of a proposal into a list."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.db import transaction

from cleanprod.foundation.engine import bulk, clock
from cleanprod.foundation.organisations import actions as organisations
from cleanprod.foundation.organisations.models import Organisation
from cleanprod.foundation.organisations.rules import (
    Kind,
    Line,
    Match,
    Role,
    Standing,
    code_state,
)
from cleanprod.foundation.trail import actions as trail
from cleanprod.kernel import credit_code
from cleanprod.kernel.errors import NotAllowed, Refused
from cleanprod.stages.candidates import access, queries
from cleanprod.stages.candidates.models import Candidate, Survey
from cleanprod.stages.candidates.rules import CANDIDATES, Act, Proposed, Reason, State
from cleanprod.stages.programme import actions as programme
from cleanprod.stages.programme import entries
from cleanprod.stages.programme.models import Batch
from cleanprod.stages.programme.rules import AuditKind

_FACTS = (
    "enterprise_id", "name", "code", "address", "industry", "kind", "categories", "grounds",
    "evidence_id", "remark", "separate",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Draft:
    """What a county says of one candidate; without `enterprise` it is typed and compared."""

    kind: AuditKind
    categories: tuple[str, ...]
    grounds: str
    enterprise: int | None = None
    name: str = ""
    code: str = ""
    address: str = ""
    industry: str = ""
    remark: str = ""
    evidence: int | None = None
    separate: bool = False


@transaction.atomic
def enter(draft: Draft, *, year: int, line: Line | None = None, by: Standing) -> Candidate:
    """Draft a candidate of one's own county and line; the same enterprise is drafted once."""
    own = access.survey_line(by, line)
    demand_open(year, by.city, own)
    candidate = Candidate(
        year=year, city_id=by.city, county_id=by.county, line=own.value,
        office_id=by.office_id, office_name=by.office_name,
    )  # fmt: skip
    _fill(candidate, draft, by)
    candidate.save()
    _tell(candidate, "candidate:enter", "填报候选企业", by=by)
    return candidate


@transaction.atomic
def edit(candidate_id: int, draft: Draft, *, by: Standing) -> Candidate:
    """Change a candidate of one's own while the city takes candidates and has not decided."""
    candidate, _ = _locked(candidate_id, Act.EDIT, by)
    before = {name: getattr(candidate, name) for name in _FACTS}
    _fill(candidate, draft, by)
    changed = [name for name in _FACTS if getattr(candidate, name) != before[name]]
    if changed:
        candidate.save(update_fields=changed)
        _tell(candidate, "candidate:edit", "修改候选企业", by=by)
    return candidate


def demand_open(year: int, city: str, line: Line) -> None:
    """Refuse new candidates once the city has closed the survey; it stays as it is until then."""
    if _survey_over(year, city, line):
        raise Refused(f"{year}年度的摸底已截止，不能再填报")


def _fill(candidate: Candidate, draft: Draft, by: Standing) -> None:
    """Write what a draft says, having told the known enterprise from a new one."""
    firm = _firm(draft, by)
    candidate.enterprise_id = firm.pk if firm else None
    candidate.name = firm.name if firm else draft.name
    candidate.code = firm.code if firm else draft.code
    candidate.address = (firm.address if firm else "") or draft.address
    candidate.industry = (firm.industry if firm else "") or draft.industry
    candidate.kind = draft.kind.value
    candidate.categories = ",".join(draft.categories)
    candidate.grounds, candidate.remark = draft.grounds, draft.remark
    candidate.separate = draft.separate
    if draft.evidence is not None:
        candidate.evidence_id = draft.evidence
    if candidate.state == State.REPORTED and firm is None:
        candidate.enterprise_id = _enter_firms([candidate], by)[0]
    same = Candidate.objects.filter(
        year=candidate.year, county=candidate.county_id, line=candidate.line
    ).exclude(state=State.WITHDRAWN)
    if firm and same.filter(enterprise=firm).exclude(pk=candidate.pk).exists():
        raise Refused(f"“{firm.name}”已在本单位填报的候选企业中")
    typed = same.filter(enterprise=None, name=candidate.name, code=candidate.code)
    if firm is None and typed.exclude(pk=candidate.pk).exists():
        raise Refused(f"“{candidate.name}”已在本单位填报的候选企业中")


def _firm(draft: Draft, by: Standing) -> Organisation | None:
    """Return the known enterprise that a draft means, None for a new one, or refuse."""
    if draft.enterprise is not None:
        chosen = draft.enterprise
    else:
        judgement = queries.judged(draft.name, draft.code, by.city)
        if judgement.match is Match.UNSURE and not draft.separate:
            raise Refused(
                f"{judgement.why}。是已有企业的，请查找后选取；确是另一家企业的，请勾选确认并在备注中说明"
            )
        if judgement.match is not Match.SAME or judgement.enterprise is None:
            return None
        chosen = judgement.enterprise.id
    firm = Organisation.objects.enterprises().filter(pk=chosen).first()
    if firm is None or firm.city_id != by.city or firm.county_id not in (None, by.county):
        raise Refused("该企业登记在其他县区，请由其所在地填报")
    return firm


def _enter_firms(rows: Sequence[Candidate], by: Standing) -> list[int]:
    return organisations.enter_many(
        [
            organisations.NewOrganisation(
                Kind.ENTERPRISE, one.name, code=one.code,
                code_state=code_state(credit_code.inspect(one.code)), province=by.province,
                city=one.city_id, county=one.county_id, industry=one.industry,
                address=one.address,
            )
            for one in rows
        ],
        by=by,
    )  # fmt: skip


@transaction.atomic
def report(ids: Collection[int], *, by: Standing) -> int:
    """Report drafted candidates to the city department of their line; return how many.

    Firms that nobody knew are entered now. Those reported already are left as they are.
    """
    held = _locked_many(ids)
    surveys = {(one.year, one.city_id, one.line) for one in held if access.parts(by, one)}
    over = {key for key in sorted(surveys) if _survey_over(*key)}
    fresh = []
    for one in held:
        part = access.parts(by, one)
        if one.state == State.REPORTED and part:
            continue
        closed = (one.year, one.city_id, one.line) in over
        CANDIDATES.target(State(one.state), Act.REPORT, part, closed)
        fresh.append(one)
    _know(fresh, by)
    for one in fresh:
        one.state, one.reported_on = State.REPORTED.value, clock.today()
    Candidate.objects.bulk_update(fresh, ["state", "reported_on", "enterprise"])
    trail.record_many((line_of(one, "candidate:report", "上报候选企业") for one in fresh), by=by)
    return len(fresh)


def _know(rows: Sequence[Candidate], by: Standing) -> None:
    """Give each candidate its enterprise: one that came to be known since, else a new record."""
    unknown = []
    for one in rows:
        if one.enterprise_id is None:
            said = Draft(
                AuditKind(one.kind), (), "", name=one.name, code=one.code, separate=one.separate
            )
            firm = _firm(said, by)
            one.enterprise_id = firm.pk if firm else None
            if firm is None:
                unknown.append(one)
    for one, pk in zip(unknown, _enter_firms(unknown, by), strict=True):
        one.enterprise_id = pk


@transaction.atomic
def withdraw(candidate_id: int, *, by: Standing) -> Candidate:
    """Take back a candidate of one's own; doing it twice changes nothing."""
    return _move(candidate_id, Act.WITHDRAW, "candidate:withdraw", by=by)


@transaction.atomic
def decline(candidate_id: int, *, reason: str, by: Standing) -> Candidate:
    """Leave a reported candidate out of this year's list, with the reason its county reads."""
    if not reason.strip():
        raise Refused("请填写不采纳的理由")
    return _move(candidate_id, Act.DECLINE, "candidate:decline", by=by, reason=reason.strip())


@transaction.atomic
def restore(candidate_id: int, *, by: Standing) -> Candidate:
    """Consider a declined candidate again."""
    return _move(candidate_id, Act.RESTORE, "candidate:restore", by=by)


def _move(candidate_id: int, act: Act, name: str, *, by: Standing, reason: str = "") -> Candidate:
    candidate, target = _locked(candidate_id, act, by)
    if candidate.state == target:
        return candidate
    candidate.state, candidate.reason = target.value, reason
    candidate.decided_on = clock.today() if act is Act.DECLINE else None
    candidate.save(update_fields=["state", "reason", "decided_on"])
    _tell(candidate, name, f"{act.label}候选企业", by=by, reason=reason)
    return candidate


_ENDS = {Act.WITHDRAW: State.WITHDRAWN, Act.DECLINE: State.DECLINED}


def _locked(candidate_id: int, act: Act, by: Standing) -> tuple[Candidate, State]:
    """Lock a candidate and return it with the state that the act leads to, or raise NotAllowed."""
    candidate = Candidate.objects.select_for_update().get(pk=candidate_id)
    part = access.parts(by, candidate)
    state = State(candidate.state)
    if part and _ENDS.get(act) is state:
        makers = {who for move in CANDIDATES.moves if move.act is act for who in move.who}
        if part & makers:
            return candidate, state
    over = bool(part) and _survey_over(candidate.year, candidate.city_id, candidate.line)
    if over and act in (Act.EDIT, Act.WITHDRAW):
        raise NotAllowed(f"{candidate.year}年度的摸底已截止，不能{act.label}")
    return candidate, CANDIDATES.target(state, act, part, over)


def _locked_many(ids: Collection[int]) -> list[Candidate]:
    keys = bulk.in_order(ids)
    held = list(Candidate.objects.select_for_update().filter(pk__in=keys).order_by("pk"))
    if len(held) != len(keys):
        raise Refused("所选候选企业中有的已不存在，请刷新后重试")
    return held


def _survey_over(year: int, city: str, line: str) -> bool:
    """Tell whether a survey is closed, and keep it as it is until the act is done."""
    return _locked_survey(year, city, line).closed_on is not None


def _locked_survey(year: int, city: str, line: str) -> Survey:
    """Lock the survey of a year, opened if there was none."""
    survey, _ = Survey.objects.get_or_create(year=year, city_id=city, line=line)
    return Survey.objects.select_for_update().get(pk=survey.pk)


@transaction.atomic
def close_survey(year: int, *, by: Standing) -> Survey:
    """Take no more candidates for a year; doing it twice changes nothing."""
    return _survey(year, closing=True, by=by)


@transaction.atomic
def reopen_survey(year: int, *, by: Standing) -> Survey:
    """Take candidates for a year again."""
    return _survey(year, closing=False, by=by)


def _survey(year: int, *, closing: bool, by: Standing) -> Survey:
    if by.role is not Role.CITY or by.line is None:
        raise NotAllowed("摸底由市级主管部门截止")
    survey = _locked_survey(year, by.city, by.line)
    if closing is (survey.closed_on is not None):
        return survey
    survey.closed_on = clock.today() if closing else None
    survey.save(update_fields=["closed_on"])
    trail.record(
        trail.Line(
            act="survey:close" if closing else "survey:reopen",
            verb="截止摸底" if closing else "重新开放摸底",
            subject=f"survey:{survey.pk}",
            label=f"{year}年度候选企业摸底（{by.line.label}）",
            city=by.city,
        ),
        by=by,
    )
    return survey


@dataclass(frozen=True, slots=True)
class Taken:
    """What taking a proposal did."""

    batch: Batch
    added: int
    candidates: int


@transaction.atomic
def take(chosen: Collection[int], *, year: int, number: int, by: Standing) -> Taken:
    """Write chosen enterprises of the proposal into a list in preparation of one's department.

    Candidates of the own line are thereby taken. Enterprises that the list holds already are left
    as they are; one that is not proposed, has a round going on or stands on another list of the
    year is refused.
    """
    if by.role is not Role.CITY or by.line is None:
        raise NotAllowed("名单由市级主管部门编制")
    if not chosen:
        raise Refused("请先勾选要纳入名单的企业")
    batch = programme.open_batch(year=year, city=by.city, lead=by.line, number=number, by=by)
    offered = {one.firm.id: one for one in queries.proposals(by.city, year, by=by)}
    known = queries.named(chosen)
    wanted = [_wanted(pk, offered, known, batch) for pk in bulk.in_order(chosen)]
    rows = [_entry(one, known[one.firm.id]) for one in wanted]
    added = entries.add_entries(batch.pk, rows, by=by)
    taken = list(
        Candidate.objects.select_for_update()
        .filter(year=year, city=by.city, line=by.line, state=State.REPORTED)
        .filter(enterprise__in=list(known))
        .order_by("pk")
    )
    for one in taken:
        one.state, one.decided_on = State.TAKEN.value, clock.today()
    Candidate.objects.bulk_update(taken, ["state", "decided_on"])
    trail.record_many((line_of(one, "candidate:take", "采纳候选企业") for one in taken), by=by)
    return Taken(batch, added, len(taken))


def _wanted(
    pk: int, offered: dict[int, Proposed], known: dict[int, Organisation], batch: Batch
) -> Proposed:
    """Return the proposal of an enterprise, or refuse one that cannot be listed."""
    one = offered.get(pk)
    name = known[pk].name if pk in known else "所选企业"
    if one is None:
        raise Refused(f"{name}不在建议名单中，请刷新后重试")
    if one.under_way:
        raise Refused(f"{name}的本轮清洁生产审核仍在开展，不重复列入")
    if one.firm.listed is not None and one.firm.listed.batch != batch.pk:
        raise Refused(f"{name}已列入“{one.firm.listed.title}”")
    return one


def _entry(one: Proposed, firm: Organisation) -> entries.NewEntry:
    accepted = max((past.accepted_on for past in one.firm.rounds if past.accepted_on), default=None)
    rolled = any(why.reason is Reason.ROLL for why in one.reasons)
    return entries.NewEntry(
        firm.pk, firm.name, firm.code, firm.county_id, firm.address, firm.industry, one.kind,
        one.categories,
        vocs=one.firm.vocs[0].value if one.firm.vocs else "",
        last_accepted=accepted.isoformat() if accepted else "",
        note=Reason.ROLL.label if rolled else "",
    )  # fmt: skip


def _tell(candidate: Candidate, act: str, verb: str, *, by: Standing, reason: str = "") -> None:
    trail.record(line_of(candidate, act, verb, reason), by=by)


def line_of(candidate: Candidate, act: str, verb: str, reason: str = "") -> trail.Line:
    """Return what the trail says of an act on a candidate."""
    return trail.Line(
        act=act,
        verb=verb,
        subject=f"candidate:{candidate.pk}",
        label=candidate.name,
        after={"year": candidate.year, "code": candidate.code, "state": candidate.state},
        reason=reason,
        dossier=candidate.enterprise_id,
        city=candidate.city_id,
    )
