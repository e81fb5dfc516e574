"""Every write on targets and lists; imports of entries live in `imports`."""

from collections.abc import Collection, Mapping
from datetime import date

from django.conf import settings
from django.db import transaction
from django.db.models import Max

from cleanprod.foundation.organisations.rules import Line, Role, Standing
from cleanprod.foundation.territory import queries as territory
from cleanprod.foundation.trail import actions as trail
from cleanprod.kernel.errors import Conflict, NotAllowed, Refused
from cleanprod.stages.programme import access, queries, rules, settlements
from cleanprod.stages.programme.models import Batch, Entry, Target
from cleanprod.stages.programme.rules import BATCH_LIFECYCLE, BatchAct, BatchStage, EntryState


@transaction.atomic
def fix_targets(
    year: int,
    numbers: Mapping[str, int],
    *,
    total: int,
    document_number: str,
    on: date,
    by: Standing,
) -> int:
    """Fix one combined number for each city of the province; return the version.

    `total` is what the paper states; a sum that differs is refused. Numbers that equal the
    version in force change nothing.
    """
    if by.role is not Role.PROVINCE:
        raise NotAllowed("预期目标由省级主管部门确定")
    if not document_number.strip():
        raise Refused("请填写确定预期目标的文号")
    cities = territory.cities(settings.PROVINCE_CODE)
    rules.checked_targets(numbers, [city.code for city in cities], total)
    list(Target.objects.select_for_update().filter(year=year).order_by("pk"))
    current = {target.city_id: target for target in targets(year)}
    version = max((target.version for target in current.values()), default=0)
    if {code: target.number for code, target in current.items()} == dict(numbers):
        return version
    Target.objects.bulk_create(
        Target(
            year=year,
            city_id=city.code,
            number=numbers[city.code],
            version=version + 1,
            fixed_on=on,
            document_number=document_number.strip(),
        )
        for city in cities
    )
    trail.record(
        trail.Line(
            act="target:fix",
            verb="确定预期目标",
            subject=f"targets:{year}",
            label=f"{year}年各地清洁生产审核预期目标",
            before={code: target.number for code, target in current.items()},
            after=dict(numbers),
            reason=document_number.strip(),
        ),
        by=by,
    )
    return version + 1


def targets(year: int, *, as_of: date | None = None) -> list[Target]:
    """Return the targets in force of a year, in the notice's order; of a past day when asked."""
    versions = Target.objects.filter(year=year)
    if as_of is not None:
        versions = versions.filter(fixed_on__lte=as_of)
    newest = versions.order_by("-version").values("version")[:1]
    return list(
        Target.objects.filter(year=year, version=newest)
        .select_related("city")
        .order_by("city__notice_order")
    )


@transaction.atomic
def open_batch(
    *, year: int, city: str, lead: Line, number: int, title: str = "", by: Standing
) -> Batch:
    """Return the list of this number, opened by its lead department if there is none yet."""
    if not by.leads(city=city, lead=lead):
        raise NotAllowed("名单由本市牵头部门编制，您不能替其他地市或另一部门编制名单")
    if not 2000 <= year <= 2100 or not 1 <= number <= 999:
        raise Refused("名单年度应为四位年份，批次应为正整数")
    region = territory.region(city)
    if region is None:
        raise Refused(f"没有代码为“{city}”的地市")
    batch, created = Batch.objects.get_or_create(
        year=year,
        city_id=city,
        lead=lead,
        number=number,
        defaults={
            "title": title
            or f"{region.name}{year}年度清洁生产审核企业名单（第{number}批，{lead.label}牵头）"
        },
    )
    if created:
        _trail(batch, "list:open", "新建名单", by=by)
    return batch


def locked(batch_id: int, act: BatchAct, by: Standing) -> tuple[Batch, BatchStage]:
    """Lock a list and return it with the stage the act leads to, or raise NotAllowed."""
    batch = Batch.objects.select_for_update().get(pk=batch_id)
    target = BATCH_LIFECYCLE.target(
        BatchStage(batch.stage), act, access.parts(by, batch), batch.joint
    )
    return batch, target


@transaction.atomic
def finish(batch_id: int, *, by: Standing) -> Batch:
    """Declare a list ready to be published; an empty one is refused."""
    batch, target = locked(batch_id, BatchAct.FINISH, by)
    if not queries.standing(batch).exists():
        raise Refused("名单中还没有企业，请先导入名单")
    settlements.check_settled(batch)
    return _move(batch, target, "list:finish", "名单编制完成", by=by)


@transaction.atomic
def reopen(batch_id: int, *, reason: str, by: Standing) -> Batch:
    """Take a list that waits for publication back into preparation."""
    if not reason.strip():
        raise Refused("请填写退回编制的理由")
    batch, target = locked(batch_id, BatchAct.REOPEN, by)
    if batch.joint:
        batch.joint = False
        batch.save(update_fields=["joint"])
    return _move(batch, target, "list:reopen", "退回编制", by=by, reason=reason)


@transaction.atomic
def publish(
    batch_id: int,
    *,
    on: date,
    document_number: str,
    issuers: Collection[str],
    by: Standing,
    jointly: bool = False,
) -> Batch:
    """Stamp the publication on a list; only `audits.publish_list` calls this.

    Repeating it with the same facts raises Conflict, so that rounds are opened once. `jointly`
    is for the paper of both departments, which either may publish once both agreed.
    """
    if not document_number.strip() or not issuers:
        raise Refused("公布名单应填写文号和发布机关")
    current = Batch.objects.select_for_update().get(pk=batch_id)
    if current.stage == BatchStage.PUBLISHED:
        raise Conflict(f"该名单已于 {current.published_on} 公布（{current.document_number}）")
    act = BatchAct.PUBLISH_JOINTLY if jointly else BatchAct.PUBLISH
    batch, target = locked(batch_id, act, by)
    settlements.check_settled(batch)
    batch.published_on = on
    batch.document_number = document_number.strip()
    batch.issuers = "、".join(issuers)
    batch.save(update_fields=["published_on", "document_number", "issuers"])
    return _move(batch, target, "list:publish", "公布名单", by=by)


@transaction.atomic
def join(city: str, year: int, lead: Line, *, joint: bool, by: Standing) -> int:
    """Put the ready lists of one's department into the joint paper, or take them out of it."""
    if not by.leads(city=city, lead=lead):
        raise NotAllowed("只有牵头部门可以决定本部门名单是否联合公布")
    lists = Batch.objects.filter(city=city, year=year, lead=lead, stage=BatchStage.READY)
    return lists.exclude(joint=joint).update(joint=joint)


@transaction.atomic
def part(city: str, year: int, *, by: Standing) -> int:
    """Take the ready lists of both departments out of their joint paper; either may do so."""
    if by.role is not Role.CITY or by.city != city:
        raise NotAllowed("只有本市两部门可以撤回联合公布")
    lists = Batch.objects.filter(city=city, year=year, joint=True, stage=BatchStage.READY)
    return lists.update(joint=False)


def lock_to_amend(batch_id: int, *, by: Standing) -> Batch:
    """Lock a published list for its lead department; only `audits.amending` calls this."""
    batch = Batch.objects.select_for_update().get(pk=batch_id)
    if not by.leads(city=batch.city_id, lead=batch.lead):
        raise NotAllowed("名单由公布它的牵头部门变更，您不能变更其他地市或另一部门的名单")
    return locked(batch_id, BatchAct.AMEND, by)[0]


@transaction.atomic
def roll_in(batch_id: int, earlier: Collection[int], *, by: Standing) -> dict[int, int]:
    """Take rows of earlier lists into a published list; only `audits.amending` calls this.

    All of them or none. Returns the new entry of each earlier one.
    """
    batch = lock_to_amend(batch_id, by=by)
    found = list(
        access.rollable_into(batch)
        .filter(pk__in=earlier)
        .select_related("batch", "enterprise")
        .order_by("batch__year", "row", "pk")
    )
    if len(found) != len(set(earlier)):
        raise Refused("有企业不在以前名单的未通过、暂缓之列，或已再次列入名单，请重新选择")
    last = batch.entries.aggregate(last=Max("row"))["last"] or 0
    entries = Entry.objects.bulk_create(
        (_rolled(batch, row, one) for row, one in enumerate(found, last + 1)), batch_size=2000
    )
    return {one.pk: entry.pk for one, entry in zip(found, entries, strict=True)}


def _rolled(batch: Batch, row: int, earlier: Entry) -> Entry:
    """Return the entry of an earlier row in a later list, under the firm's name of today."""
    return Entry(
        batch=batch,
        row=row,
        enterprise_id=earlier.enterprise_id,
        name=earlier.enterprise.name,
        code=earlier.code,
        city_id=earlier.city_id,
        county_id=earlier.county_id,
        address=earlier.address,
        industry=earlier.industry,
        kind=earlier.kind,
        categories=earlier.categories,
        vocs=earlier.vocs,
        last_accepted=earlier.last_accepted,
        note=f"自{earlier.batch.year}年度名单（第{earlier.batch.number}批）滚动纳入",
    )


def tell_outcome(entries: Collection[int], state: EntryState) -> None:
    """Note on the entries how their rounds ended; only `audits` calls this."""
    Entry.objects.filter(pk__in=entries).update(state=state)


def _move(
    batch: Batch, target: BatchStage, act: str, verb: str, *, by: Standing, reason: str = ""
) -> Batch:
    before, batch.stage = batch.stage, target.value
    batch.save(update_fields=["stage"])
    _trail(batch, act, verb, by=by, before=before, reason=reason)
    return batch


def _trail(
    batch: Batch, act: str, verb: str, *, by: Standing, before: str = "", reason: str = ""
) -> None:
    trail.record(
        trail.Line(
            act=act,
            verb=verb,
            subject=f"list:{batch.pk}",
            label=batch.title,
            before={"stage": before} if before else None,
            after={
                "stage": batch.stage,
                "document_number": batch.document_number,
                "published_on": batch.published_on.isoformat() if batch.published_on else "",
            },
            reason=reason,
            city=batch.city_id,
        ),
        by=by,
    )
