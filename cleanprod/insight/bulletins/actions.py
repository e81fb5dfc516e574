"""Freeze figures; draft, edit, finish, reopen and issue bulletins."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction

from cleanprod.foundation.documents import actions as documents
from cleanprod.foundation.documents.models import Produced
from cleanprod.foundation.engine import clock
from cleanprod.foundation.engine.home import software
from cleanprod.foundation.organisations.models import Organisation
from cleanprod.foundation.organisations.rules import Standing
from cleanprod.foundation.rulebook import queries as rulebook
from cleanprod.foundation.trail import actions as trail
from cleanprod.insight.bulletins import access, guards, papers, queries
from cleanprod.insight.bulletins.models import Bulletin, Cell, Snapshot
from cleanprod.insight.bulletins.rules import (
    LIFECYCLE,
    Act,
    Kind,
    State,
    fingerprint,
    in_figures,
    leading,
    period,
)
from cleanprod.insight.statistics.queries import AsOf
from cleanprod.kernel.errors import Conflict, Refused
from cleanprod.stages.programme import actions as programme

_TEXTS = (
    "joint", "period", "cutoff", "name_cities", "opening", "remarks", "problems", "demands",
    "contact", "disclosure", "copy_to",
)  # fmt: skip


@transaction.atomic
def freeze(moment: AsOf, *, note: str = "", by: Standing) -> Snapshot:
    """Freeze the figures of a year up to a day, with the records behind every cell.

    Cities whose departments did not both confirm in the data check of that day are marked.
    """
    guards.of_province(by, "数据封存")
    guards.countable(moment)
    cells = queries.behind(moment)
    rows = queries.counted(cells, moment)
    lists = queries.lists(moment)
    check = queries.open_check(moment)
    snapshot = Snapshot(
        year=moment.year,
        as_of=moment.as_of,
        figures={
            "rows": [asdict(row) for row in rows],
            "lists": dict(sorted(lists.published.items())),
            "filed": lists.filed,
            "in_time": lists.in_time,
            "accuracy": queries.accuracy(moment.year, adopted_on=clock.today()),
        },
        rules=_rules(moment, lists.rule),
        unconfirmed=[one.code for one in queries.states(check, rows) if not one.confirmed]
        if check
        else [row.code for row in rows],
        check_of=check,
        note=note.strip(),
        frozen_at=clock.now(),
        person_id=by.person_id,
        person_name=by.person_name,
        office_name=by.office_name,
    )
    kept = [(figure, city, ids) for (figure, city), ids in cells.items()]
    snapshot.sha256 = fingerprint(queries.content_of(snapshot, kept))
    snapshot.save()
    Cell.objects.bulk_create(
        Cell(snapshot=snapshot, figure=figure, city=city, records=ids) for figure, city, ids in kept
    )
    _tell(
        f"snapshot:{snapshot.pk}", "snapshot:freeze", "封存数据",
        f"{moment.year}年数据（截至{moment.as_of}）", {"sha256": snapshot.sha256}, by=by,
    )  # fmt: skip
    return snapshot


def _rules(moment: AsOf, lists_rule: int) -> dict[str, Any]:
    """Return what the figures were made by: software, rules, versions of the targets."""
    formula = rulebook.value("statistics.platform_rate.formula", on=moment.as_of)
    adopted = rulebook.value("accuracy.adopted", on=clock.today())
    targets = programme.targets(moment.year, as_of=moment.as_of)
    return {
        "software": software(),
        "provisions": {
            "calendar.lists": lists_rule,
            formula.key: formula.version,
            adopted.key: adopted.version,
        },
        "rate": formula.value,
        "targets": {
            "version": targets[0].version if targets else None,
            "document_number": targets[0].document_number if targets else "",
            "fixed_on": str(targets[0].fixed_on) if targets else "",
        },
    }


def words(snapshot: Snapshot, kind: Kind) -> Bulletin:
    """Return the draft that writes itself from a snapshot, not yet kept."""
    on = snapshot.as_of
    own = "" if kind is Kind.PLATFORM_USE else f".{kind}"

    def said(key: str) -> str:
        return str(rulebook.value(key, on=on).value)

    return Bulletin(
        snapshot=snapshot,
        kind=kind.value,
        period=period(snapshot.year, on),
        cutoff=Decimal(said("bulletin.cutoff")),
        opening=said(f"bulletin.opening{own}").replace("{as_of}", in_figures(on)),
        demands=said(f"bulletin.demands{own}"),
        disclosure=said("bulletin.disclosure"),
        copy_to=said("bulletin.copy_to"),
    )


@transaction.atomic
def draft(snapshot_id: int, kind: Kind, *, by: Standing) -> Bulletin:
    """Draft a bulletin from a snapshot; an unissued one of the same kind is gone on with."""
    guards.of_province(by, "通报")
    guards.alone(f"bulletins:draft:{snapshot_id}:{kind}")
    snapshot = Snapshot.objects.get(pk=snapshot_id)
    going = Bulletin.objects.filter(snapshot=snapshot, kind=kind).exclude(state=State.ISSUED)
    known = going.order_by("pk").first()
    if known:
        return known
    bulletin = words(snapshot, kind)
    bulletin.edited_by, bulletin.edited_at = by.person_name, clock.now()
    bulletin.save()
    _told(bulletin, "bulletin:draft", "起草", {"snapshot": snapshot.pk}, by=by)
    return bulletin


@transaction.atomic
def edit(bulletin_id: int, changes: Mapping[str, Any], *, version: int, by: Standing) -> Bulletin:
    """Change the text of a draft; figures come from the snapshot and cannot be changed here."""
    bulletin = _locked(bulletin_id, Act.EDIT, by)
    if version != bulletin.version:
        raise Conflict(f"{bulletin.edited_by}已保存第{bulletin.version}稿，请对照后再保存")
    changed = [
        name for name in _TEXTS if name in changes and getattr(bulletin, name) != changes[name]
    ]
    for name in changed:
        setattr(bulletin, name, changes[name])
    leading(bulletin.snapshot.told, bulletin.cutoff)
    if not changed:
        return bulletin
    bulletin.version += 1
    bulletin.edited_by, bulletin.edited_at = by.person_name, clock.now()
    bulletin.save(update_fields=[*changed, "version", "edited_by", "edited_at"])
    _told(bulletin, "bulletin:edit", "修改", {"version": bulletin.version}, by=by)
    return bulletin


@transaction.atomic
def finish(bulletin_id: int, *, version: int, by: Standing) -> Bulletin:
    """Produce the final draft as docx and PDF and keep both in the archive, once."""
    bulletin = Bulletin.objects.select_for_update().get(pk=bulletin_id)
    if bulletin.state == State.FINAL and version == bulletin.version and access.parts(by):
        return bulletin
    bulletin = _locked(bulletin_id, Act.FINISH, by)
    if version != bulletin.version:
        raise Conflict(f"{bulletin.edited_by}已保存第{bulletin.version}稿，请看过新稿再定稿")
    for file_format in papers.FORMATS:
        produced(bulletin, file_format, by=by)
    bulletin.state = State.FINAL.value
    bulletin.save(update_fields=["state"])
    _told(bulletin, "bulletin:finish", "定稿", {"version": bulletin.version}, by=by)
    return bulletin


def produced(bulletin: Bulletin, file_format: str, *, by: trail.Actor) -> Produced:
    """Return the archived file of this version; the first call makes it."""
    shown = papers.paper(bulletin, issuers(bulletin.joint))
    return documents.produce(
        f"bulletin:{bulletin.pk}:v{bulletin.version}",
        Kind(bulletin.kind).label,
        papers.file_title(bulletin),
        file_format,
        lambda: papers.render(shown, file_format),
        by=by,
    )


def issuers(joint: bool) -> tuple[str, ...]:
    """Return the provincial departments that sign, the main issuer first."""
    found = Organisation.objects.authorities().filter(city=None, county=None).order_by("pk")
    names = {office.line: office.name for office in found}
    both = [names[line] for line in ("industry", "ecology") if line in names]
    return tuple(both if joint else both[:1])


@transaction.atomic
def reopen(bulletin_id: int, *, reason: str, by: Standing) -> Bulletin:
    """Take a final draft back for changes; its files stay in the archive under their version."""
    bulletin = Bulletin.objects.select_for_update().get(pk=bulletin_id)
    if bulletin.state == State.DRAFT and access.parts(by):
        return bulletin
    bulletin = _locked(bulletin_id, Act.REOPEN, by)
    if not reason.strip():
        raise Refused("请填写退回修改的理由")
    bulletin.state, bulletin.version = State.DRAFT.value, bulletin.version + 1
    bulletin.save(update_fields=["state", "version"])
    _told(bulletin, "bulletin:reopen", "退回修改", {"version": bulletin.version}, by=by,
          reason=reason.strip())  # fmt: skip
    return bulletin


@transaction.atomic
def issue(bulletin_id: int, *, number: str, on: date, scan: int | None, by: Standing) -> Bulletin:
    """Register what the office system issued: number, date and scan come back."""
    bulletin = Bulletin.objects.select_for_update().get(pk=bulletin_id)
    same = (bulletin.number, bulletin.issued_on) == (number.strip(), on)
    if bulletin.state == State.ISSUED and same and access.parts(by):
        return bulletin
    bulletin = _locked(bulletin_id, Act.ISSUE, by)
    if not number.strip():
        raise Refused("请填写文号")
    if on > clock.today():
        raise Refused(f"成文日期 {on} 晚于今天 {clock.today()}")
    if on < bulletin.snapshot.as_of:
        raise Refused(f"成文日期 {on} 早于统计截至日期 {bulletin.snapshot.as_of}")
    if Bulletin.objects.filter(number=number.strip()).exists():
        raise Refused(f"文号“{number.strip()}”已用于另一份通报")
    bulletin.state = State.ISSUED.value
    bulletin.number, bulletin.issued_on = number.strip(), on
    bulletin.scan_id, bulletin.issued_by = scan, by.person_name
    bulletin.save(update_fields=["state", "number", "issued_on", "scan", "issued_by"])
    after = {"document_number": bulletin.number, "on": str(on)}
    _told(bulletin, "bulletin:issue", "登记印发", after, by=by)
    return bulletin


@transaction.atomic
def add_scan(bulletin_id: int, *, scan: int, by: Standing) -> Bulletin:
    """Put the scan beside number and date where it was not there yet; it is never exchanged."""
    bulletin = _locked(bulletin_id, Act.SCAN, by)
    if bulletin.scan_id is not None:
        raise Conflict("印发件扫描已经登记，不能更换")
    bulletin.scan_id = scan
    bulletin.save(update_fields=["scan"])
    _told(bulletin, "bulletin:scan", "补传印发件扫描", {"scan": scan}, by=by)
    return bulletin


def _locked(bulletin_id: int, act: Act, by: Standing) -> Bulletin:
    bulletin = (
        Bulletin.objects.select_for_update(of=("self",)).select_related("snapshot").get(
            pk=bulletin_id
        )
    )  # fmt: skip
    LIFECYCLE.target(State(bulletin.state), act, access.parts(by))
    return bulletin


def _told(
    bulletin: Bulletin, act: str, verb: str, after: dict[str, Any], *, by: Standing,
    reason: str = "",
) -> None:  # fmt: skip
    label = papers.file_title(bulletin)
    _tell(f"bulletin:{bulletin.pk}", act, verb, label, after, by=by, reason=reason)


def _tell(
    subject: str, act: str, verb: str, label: str, after: dict[str, Any], *, by: Standing,
    city: str = "", reason: str = "",
) -> None:  # fmt: skip
    trail.record(
        trail.Line(
            act=act, verb=verb, subject=subject, label=label, after=after, city=city,
            reason=reason,
        ),
        by=by,
    )  # fmt: skip
