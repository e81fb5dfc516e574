"""Every write on materials: bring a version, take it back, print for the seal, note a reading."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction

from cleanprod.foundation.attachments import actions as attachments
from cleanprod.foundation.attachments.models import File
from cleanprod.foundation.attachments.pdf import checked_pdf
from cleanprod.foundation.documents import actions as documents
from cleanprod.foundation.documents.models import Produced
from cleanprod.foundation.engine import clock
from cleanprod.foundation.organisations.rules import Part, Role, Standing
from cleanprod.foundation.trail import actions as trail
from cleanprod.kernel.errors import Conflict, NotAllowed, Refused
from cleanprod.stages.audits import access as audits
from cleanprod.stages.audits.models import Round
from cleanprod.stages.audits.rules import Stage
from cleanprod.stages.materials import papers, queries
from cleanprod.stages.materials.models import KeptTable, Print, Version
from cleanprod.stages.materials.rules import (
    MOST_ROWS,
    Changed,
    Draft,
    Format,
    Item,
    checked_changes,
    checked_draft,
    checked_file,
    format_of,
    is_open,
    print_number,
    why_closed,
)
from cleanprod.stages.registration import engaging
from cleanprod.stages.registration.rules import Scope


@dataclass(frozen=True, slots=True)
class New:
    """What is said about a file that is brought; `seen` is the last number that was read."""

    draft: Draft
    changes: Sequence[Changed] = ()
    seen: int = 0
    printed: int | None = None


@transaction.atomic
def add(round_id: int, key: str, new: New, *, file: File, by: Standing) -> Version:
    """Add a version to an item of the checklist; the same file sent twice is one version.

    The second version on needs a table of what changed. Whoever did not see the last version
    gets a conflict that names it.
    """
    audit, acting = locked(round_id, by)
    item = queries.item_of(audit, key)
    if item is None:
        raise Refused("本轮审核的材料清单中没有这一项")
    if not is_open(item.gate, Stage(audit.stage)):
        raise Refused(why_closed(item.gate, Stage(audit.stage)))
    rows = Version.objects.filter(round=audit, item=key).select_related("file")
    last = rows.order_by("-number").first()
    standing = rows.standing().order_by("-number").first()
    if last and last.number != new.seen:
        again = (last.number, last.file.sha256, last.person_id) == (
            new.seen + 1, file.sha256, acting.person_id,
        )  # fmt: skip
        if again and last.withdrawn_at is None:
            return last
        raise Conflict(
            f"{last.person_name}已于{last.happened_on}上传第{last.number}稿（{last.file.name}），"
            "请看过后再上传您的文件"
        )
    checked_file(item, file.content_type, file.size)
    if format_of(file.content_type) is Format.PDF:
        with attachments.open_file(file) as content:
            checked_pdf(content)
    later = standing is not None
    checked_draft(item, new.draft, later=later)
    changes = checked_changes(new.changes, later=later and not item.sealed)
    if standing and standing.file.sha256 == file.sha256:
        raise Refused(f"文件与第{standing.number}稿完全相同，不需要再上传")
    made = Version.objects.create(
        round=audit, item=key, title=item.title, number=new.seen + 1, draft=new.draft.value,
        confidential=item.confidential, file=file, printed=_printed(audit, item, new.printed),
        changes=[one.as_json() for one in changes], happened_on=clock.today(),
        person_id=acting.person_id, person_name=acting.person_name,
        office_name=acting.office_name,
    )  # fmt: skip
    KeptTable.objects.filter(round=audit, item=key, person_id=by.person_id).delete()
    _tell(made, "material:add", "上传审核材料", by=acting)
    return made


def _printed(audit: Round, item: Item, pk: int | None) -> Print | None:
    if pk is None or item.paper is None:
        return None
    found = queries.prints(audit, item.key).filter(pk=pk).first()
    if found is None:
        raise Refused("找不到该打印编号，请重新选择")
    return found


@transaction.atomic
def keep_table(round_id: int, key: str, rows: Sequence[Changed], *, by: Standing) -> KeptTable:
    """Keep the rows of a table of changes as far as they are typed, for this person alone."""
    audit, _ = locked(round_id, by)
    if queries.item_of(audit, key) is None:
        raise Refused("本轮审核的材料清单中没有这一项")
    said = [one.shortened().as_json() for one in rows[:MOST_ROWS]]
    while said and not any(said[-1].values()):
        said.pop()
    kept_one, _ = KeptTable.objects.update_or_create(
        round=audit, item=key, person_id=by.person_id,
        defaults={"rows": said, "changed_at": clock.now()},
    )  # fmt: skip
    return kept_one


@transaction.atomic
def withdraw(version_id: int, *, reason: str, by: Standing) -> Version:
    """Take a version back that was not submitted yet; it stays on record with the reason."""
    found = Version.objects.select_related("file").get(pk=version_id)
    audit, acting = locked(found.round_id, by)
    found.refresh_from_db()
    if found.withdrawn_at is not None:
        return found
    if found.submitted_on is not None:
        raise Refused(f"第{found.number}稿已提交，不能撤回；需要修改的，请上传新的一稿")
    item = queries.item_of(audit, found.item)
    if item is not None and not is_open(item.gate, Stage(audit.stage)):
        raise Refused(why_closed(item.gate, Stage(audit.stage)))
    if not reason.strip():
        raise Refused("请填写撤回理由")
    found.withdrawn_at, found.withdrawn_by = clock.now(), acting.person_name
    found.withdrawn_reason = reason.strip()
    found.save(update_fields=["withdrawn_at", "withdrawn_by", "withdrawn_reason"])
    _tell(found, "material:withdraw", "撤回审核材料", by=acting, reason=reason.strip())
    return found


@transaction.atomic
def print_for_seal(round_id: int, key: str, *, by: Standing) -> Produced:
    """Return the PDF of an item to print for the seal; the same content keeps its number."""
    audit, acting = locked(round_id, by)
    item = queries.item_of(audit, key)
    if item is None or item.paper is None:
        raise Refused("该材料不由平台打印")
    said = papers.content(audit, item)
    earlier = queries.prints(audit, key)
    made = earlier.filter(fingerprint=said.fingerprint).first()
    if made is None:
        serial = earlier.count() + 1
        made = Print.objects.create(
            round=audit, item=key, serial=serial, fingerprint=said.fingerprint,
            number=print_number(audit.list_year, audit.pk, key, serial),
            printed_on=clock.today(), person_name=acting.person_name,
        )  # fmt: skip
    title = f"{said.title}（{made.number}）"
    return documents.produce(
        f"print:{made.number}", "盖章打印件", title, "pdf", lambda: papers.render(said, made),
        by=acting,
    )  # fmt: skip


@transaction.atomic
def note_read(version: Version, *, by: Standing) -> None:
    """Write into the trail that somebody opened a confidential file.

    A reading by an expert stands in no dossier: an enterprise learns of its reviewers otherwise.
    """
    _tell(version, "material:read", "下载审核材料", by=by, hidden=by.role is Role.EXPERT)


def mark_submitted(versions: Collection[int], *, on: date) -> int:
    """Note the day on which versions were first submitted; from then on they cannot be taken back.

    The caller holds the lock of the round.
    """
    fresh = Version.objects.filter(pk__in=versions, submitted_on=None)
    return fresh.update(submitted_on=on)


def locked(round_id: int, by: Standing, scope: Scope = Scope.FILL) -> tuple[Round, Standing]:
    """Lock a round and tell as whom this person works on its materials; refuse strangers."""
    acting = engaging.acting_in(round_id, by=by, scope=scope)
    audit = (
        Round.objects.select_for_update(of=("self",))
        .select_related("enterprise", "city", "county", "entry__batch")
        .get(pk=round_id)
    )
    if Part.ENTERPRISE not in audits.parts(acting, audit):
        raise NotAllowed("只有企业和受其委托的咨询机构可以办理，委托须在有效期内并包括该项权限")
    return audit, acting


def _tell(
    version: Version, act: str, verb: str, *, by: Standing, reason: str = "", hidden: bool = False
) -> None:
    audit = version.round
    after: dict[str, Any] = {
        "subject": f"{version.title} 第{version.number}稿", "sha256": version.file.sha256,
    }  # fmt: skip
    trail.record(
        trail.Line(
            act=act, verb=verb, subject=f"round:{audit.pk}", label=audit.name, after=after,
            reason=reason, dossier=None if hidden else audit.enterprise_id, city=audit.city_id,
        ),
        by=by,
    )  # fmt: skip
