"""Put enterprises on a list in preparation that were chosen on a page, not imported."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Max

from cleanprod.foundation.engine import bulk
from cleanprod.foundation.organisations.rules import Standing
from cleanprod.foundation.trail import actions as trail
from cleanprod.kernel.errors import Refused
from cleanprod.stages.programme import actions
from cleanprod.stages.programme.models import Batch, Entry
from cleanprod.stages.programme.rules import AuditKind, BatchAct, BatchStage, EntryState

_NAMED = 5
_COLUMNS = (
    "batch_id", "row", "enterprise_id", "name", "code", "city_id", "county_id", "address",
    "industry", "kind", "categories", "vocs", "last_accepted", "note", "state",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class NewEntry:
    """An enterprise as it is to stand on a list."""

    enterprise: int
    name: str
    code: str
    county: str | None
    address: str
    industry: str
    kind: AuditKind
    categories: tuple[str, ...] = ()
    vocs: str = ""
    last_accepted: str = ""
    note: str = ""


@transaction.atomic
def add_entries(batch_id: int, entries: Sequence[NewEntry], *, by: Standing) -> int:
    """Add enterprises to a list in preparation, below what it holds; return how many were added.

    Those that the list holds already are left as they are. An enterprise that stands on another
    list of the same department, or on a published one, is refused; one on the other department's
    draft is settled between the two afterwards, as after an import.
    """
    batch, _ = actions.locked(batch_id, BatchAct.IMPORT, by)
    wanted = [one.enterprise for one in entries]
    if len(set(wanted)) != len(wanted):
        raise Refused("同一企业不能在一份名单中列入两次")
    _check_elsewhere(batch, wanted)
    held = set(
        Entry.objects.filter(batch=batch, enterprise__in=wanted).values_list(
            "enterprise_id", flat=True
        )
    )
    fresh = [one for one in entries if one.enterprise not in held]
    if not fresh:
        return 0
    last = Entry.objects.filter(batch=batch).aggregate(last=Max("row"))["last"] or 0
    bulk.copy_rows(
        Entry._meta.db_table,
        _COLUMNS,
        (
            (
                batch.pk, number, one.enterprise, one.name, one.code, batch.city_id, one.county,
                one.address, one.industry, one.kind.value, ",".join(one.categories), one.vocs,
                one.last_accepted, one.note, EntryState.LISTED.value,
            )
            for number, one in enumerate(fresh, last + 1)
        ),
    )  # fmt: skip
    trail.record(
        trail.Line(
            act="list:add",
            verb="纳入名单",
            subject=f"list:{batch.pk}",
            label=batch.title,
            after={"added": len(fresh), "enterprises": [one.enterprise for one in fresh]},
            city=batch.city_id,
        ),
        by=by,
    )
    return len(fresh)


def _check_elsewhere(batch: Batch, wanted: Collection[int]) -> None:
    """Refuse enterprises that another list of the city and year names for good."""
    others = (
        Entry.objects.filter(batch__city=batch.city_id, batch__year=batch.year)
        .exclude(batch=batch)
        .exclude(state=EntryState.YIELDED)
        .filter(enterprise__in=wanted)
        .order_by("pk")
        .values_list("name", "batch__title", "batch__lead", "batch__stage")
    )
    found = [
        f"{name}（{title}）"
        for name, title, lead, stage in others
        if lead == batch.lead or stage == BatchStage.PUBLISHED
    ]
    if found:
        more = f"等{len(found)}家" if len(found) > _NAMED else ""
        raise Refused(f"已列入同年度其他名单：{'、'.join(found[:_NAMED])}{more}")
