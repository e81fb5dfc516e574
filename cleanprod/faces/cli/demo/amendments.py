"""Notices of change in two cities of the demo: rows cancelled and deferred, one rolled in."""

from collections.abc import Mapping, Sequence
from datetime import date

from cleanprod.foundation.engine import clock
from cleanprod.foundation.organisations.rules import Line, Standing
from cleanprod.kernel.errors import Refused
from cleanprod.stages.audits.amending import amend_list
from cleanprod.stages.audits.models import Round
from cleanprod.stages.audits.rules import WORKING, Change, ChangeLine, Notice
from cleanprod.stages.programme.models import Batch

CITIES = ("440600", "441900")
_JULY, _SEPTEMBER = date(2023, 7, 3), date(2023, 9, 4)
_CHANGES = (
    (Change.CANCEL, "企业已关停，营业执照已注销"),
    (Change.CANCEL, "生产线已搬迁至外市"),
    (Change.DEFER, "停产技术改造，预计次年恢复生产"),
    (Change.DEFER, "厂房搬迁，暂不具备审核条件"),
    (Change.DEFER, "主要工序停产检修"),
)


def amend(who: Mapping[str, Standing], cities: Sequence[str] = CITIES) -> None:
    """Change the first list of 2023 in July; in September one row rolls into the second."""
    for city in cities:
        by = who[f"city-{city}-{Line.ECOLOGY}"]
        first, second = Batch.objects.filter(
            city=city, lead=Line.ECOLOGY, year=2023, number__in=(1, 2)
        ).order_by("number")
        deferred = _change(first, by)
        _roll(second, deferred, by)


def _change(batch: Batch, by: Standing) -> int:
    """Cancel and defer a few rows that nobody has begun to review; return a deferred one."""
    entries = list(
        Round.objects.filter(entry__batch=batch, stage__in=WORKING)
        .order_by("-entry__row")
        .values_list("entry_id", flat=True)[: len(_CHANGES)]
    )
    if len(entries) < len(_CHANGES):
        raise Refused("演示数据有误：名单中可以变更的企业不够")
    lines = [
        ChangeLine(entry, change, reason)
        for entry, (change, reason) in zip(entries, _CHANGES, strict=True)
    ]
    notice = Notice("演示〔2023〕61号", _JULY, by.office_name, "经核实，部分企业关停、搬迁或停产")
    with clock.fixed(_JULY):
        amend_list(batch.pk, notice, lines, by=by)
    return entries[-1]


def _roll(batch: Batch, deferred: int, by: Standing) -> None:
    line = ChangeLine(deferred, Change.ROLL, "检修结束，已恢复生产")
    notice = Notice("演示〔2023〕78号", _SEPTEMBER, by.office_name, "部分暂缓企业已恢复生产")
    with clock.fixed(_SEPTEMBER):
        amend_list(batch.pk, notice, [line], by=by)
