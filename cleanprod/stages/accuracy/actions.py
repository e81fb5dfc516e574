"""Every write on accuracy: draw, re-check, contest, decide, freeze."""

import secrets
from typing import Any

from django.db import connection, transaction

from cleanprod.foundation.engine import clock
from cleanprod.foundation.organisations.rules import Role, Standing
from cleanprod.foundation.rulebook import queries as rulebook
from cleanprod.foundation.trail import actions as trail
from cleanprod.kernel.errors import Conflict, NotAllowed, Refused
from cleanprod.stages.accuracy import access, queries
from cleanprod.stages.accuracy.models import Counted, Item, Sample
from cleanprod.stages.accuracy.rules import LIFECYCLE, Act, Stage, Verdict, drawn, sample_size
from cleanprod.stages.measures.models import Sheet

AUTOMATIC = "自动检查"


@transaction.atomic
def draw(city: str, year: int, *, seed: str = "", by: Standing) -> Sample:
    """Draw the sample of a city and year; one that was drawn stays as it is.

    The frame are all verified values of confirmed sheets of rounds accepted in the year and
    completed. Seed, frame and order are kept, so that anybody can redo the draw.
    """
    if by.role is not Role.PROVINCE:
        raise NotAllowed("抽样由省级主管部门进行")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"accuracy:{city}:{year}"]
        )
    known = Sample.objects.filter(city=city, year=year).first()
    if known is not None:
        return known
    sheets = list(queries.sheets_of(city, year))
    values = {sheet.pk: queries.values_of(sheet, queries.typed_of(sheet)) for sheet in sheets}
    lost = {sheet.pk: queries.lost_of(sheet, values[sheet.pk]) for sheet in sheets}
    frame = {one.name: one for found in values.values() for one in found}
    if not frame:
        raise Refused("该市该年度没有已核定绩效数据并办结的企业，无法抽样")
    rule = rulebook.value("accuracy.sample", on=clock.today())
    size = sample_size(len(frame), percent=rule.value["percent"], least=rule.value["least"])
    seed = seed or secrets.token_hex(16)
    sample = Sample.objects.create(
        city_id=city, year=year, seed=seed, frame=sorted(frame), frame_size=len(frame), size=size,
        provision=rule.version, drawn_on=clock.today(), drawn_by=by.person_name,
        office_name=by.office_name,
    )  # fmt: skip
    Item.objects.bulk_create(
        _item(sample, one, place)
        for place, one in enumerate((frame[name] for name in drawn(seed, sorted(frame), size)), 1)
    )
    Item.objects.bulk_create(
        _item(
            sample, one, size + place, automatic=True, stage=Stage.LOST.value, note=rule[:500],
            checked_on=clock.today(), checked_by=AUTOMATIC,
        )
        for place, (one, rule) in enumerate(
            (pair for sheet in sheets for pair in lost[sheet.pk]), 1
        )
    )  # fmt: skip
    Counted.objects.bulk_create(
        queries.counted_of(sheet, sample, values[sheet.pk], lost[sheet.pk]) for sheet in sheets
    )
    after = {"seed": seed, "frame": len(frame), "size": size}
    _tell_sample(sample, "accuracy:draw", "抽取复核样本", by, after)
    return sample


def _item(sample: Sample, value: queries.Value, place: int, **more: Any) -> Item:
    return Item(
        sample=sample, round_id=value.round, place=place, code=value.code, measure=value.measure,
        column=value.field.value, label=value.field.label, value=value.text, **more,
    )  # fmt: skip


@transaction.atomic
def check(
    item_id: int, verdict: Verdict, *, right_value: str = "", note: str = "",
    evidence: int | None = None, by: Standing,
) -> Item:  # fmt: skip
    """Say what a second person found; whoever confirmed the sheet may not be that person."""
    act = Act.FIND_RIGHT if verdict is Verdict.RIGHT else Act.FIND_WRONG
    item, target = _moved(item_id, act, by)
    sheet = Sheet.objects.get(round=item.round_id)
    if sheet.confirmer_id == by.person_id:
        raise NotAllowed("核定绩效数据的人不能复核，应由另一人复核")
    if verdict is Verdict.WRONG and not (right_value.strip() and note.strip()):
        raise Refused("判为不一致的，应填写佐证值和说明")
    item.stage, item.right_value, item.note = target.value, right_value.strip(), note.strip()
    item.evidence_id, item.checked_on = evidence, clock.today()
    item.checked_by, item.checker_id = by.person_name, by.person_id
    item.save(
        update_fields=[
            "stage", "right_value", "note", "evidence", "checked_on", "checked_by", "checker_id",
        ]
    )  # fmt: skip
    _tell(item, "accuracy:check", f"复核：{verdict.label}", by, note.strip())
    return item


@transaction.atomic
def contest(item_id: int, *, reason: str, by: Standing) -> Item:
    """Contest a lost value, by its enterprise or the department that leads its round."""
    item, target = _moved(item_id, Act.CONTEST, by)
    if not reason.strip():
        raise Refused("请填写异议理由")
    item.stage, item.contest, item.contested_on = target.value, reason.strip(), clock.today()
    item.contested_by = f"{by.office_name} {by.person_name}".strip()
    item.save(update_fields=["stage", "contest", "contested_on", "contested_by"])
    _tell(item, "accuracy:contest", "对复核提出异议", by, reason.strip())
    return item


@transaction.atomic
def decide(item_id: int, *, restore: bool, reason: str, by: Standing) -> Item:
    """Decide a contest, by somebody of the province who did not find the value wrong."""
    item, target = _moved(item_id, Act.RESTORE if restore else Act.UPHOLD, by)
    if not reason.strip():
        raise Refused("请填写处理理由")
    item.stage, item.decision, item.decided_on = target.value, reason.strip(), clock.today()
    item.decided_by = f"{by.office_name} {by.person_name}".strip()
    item.save(update_fields=["stage", "decision", "decided_on", "decided_by"])
    _tell(item, "accuracy:decide", Stage(item.stage).label, by, reason.strip())
    return item


@transaction.atomic
def freeze(sample_id: int, *, by: Standing) -> Sample:
    """Freeze what a sample comes to; nothing of it changes afterwards."""
    sample = Sample.objects.select_for_update().get(pk=sample_id)
    if by.role is not Role.PROVINCE:
        raise NotAllowed("由省级主管部门封存")
    if sample.frozen_on is not None:
        return sample
    waiting = queries.open_items(sample)
    if waiting:
        raise Refused(f"还有{waiting}项待复核或有异议待处理，不能封存")
    sample.frozen_on, sample.frozen_by = clock.today(), by.person_name
    sample.result = dict(queries.as_result(sample))
    sample.save(update_fields=["frozen_on", "frozen_by", "result"])
    _tell_sample(sample, "accuracy:freeze", "封存准确率", by, sample.result)
    return sample


def _moved(item_id: int, act: Act, by: Standing) -> tuple[Item, Stage]:
    item = (
        Item.objects.select_for_update(of=("self",))
        .select_related("round", "sample")
        .get(pk=item_id)
    )
    if item.sample.frozen_on is not None:
        raise Conflict(f"已于 {item.sample.frozen_on} 封存，不能再改")
    return item, LIFECYCLE.target(Stage(item.stage), act, access.who(by, item))


def _tell(item: Item, act: str, verb: str, by: Standing, reason: str) -> None:
    trail.record(
        trail.Line(
            act=act, verb=verb, subject=f"accuracy:{item.pk}",
            label=f"{item.round.name} {item.code} {item.label}",
            after={"stage": item.stage, "value": item.value, "right": item.right_value},
            reason=reason, dossier=item.round.enterprise_id, city=item.sample.city_id,
        ),
        by=by,
    )  # fmt: skip


def _tell_sample(sample: Sample, act: str, verb: str, by: Standing, after: dict[str, Any]) -> None:
    trail.record(
        trail.Line(
            act=act, verb=verb, subject=f"sample:{sample.pk}",
            label=f"{sample.year}年填报数据准确率", after=after, city=sample.city_id,
        ),
        by=by,
    )  # fmt: skip
