"""Batches of results of 佛山: one announced with certificates, one in publicity."""

from collections.abc import Mapping
from datetime import date, timedelta

from cleanprod.faces.cli.demo import plan
from cleanprod.foundation.engine import clock
from cleanprod.foundation.organisations.rules import Line, Standing
from cleanprod.stages.results import actions, queries
from cleanprod.stages.results.models import Batch
from cleanprod.stages.results.rules import Counting, Verdict

CITY = "440600"
_CONTACT = "佛山市生态环境局（演示）0757-00000000"
_MOST = 30


def announce(who: Mapping[str, Standing]) -> None:
    """Announce results of 2022, certify them, and put results of 2023 before the public."""
    lead = who[f"city-{CITY}-{Line.ECOLOGY}"]
    old = _publicised("佛山市2022年第一批清洁生产审核验收结果", 2022, date(2022, 12, 20), lead)
    with clock.fixed(date(2022, 12, 28)):
        actions.announce(
            old.pk, document_number="演示佛环函〔2022〕88号", on=date(2022, 12, 28), by=lead
        )
        actions.report(old.pk, by=lead)
        actions.certify(old.pk, head="演示佛清证2022-", first=1, by=lead)
    later = _publicised("佛山市2022年第二批清洁生产审核验收结果", 2022, date(2022, 12, 21), lead)
    with clock.fixed(date(2022, 12, 29)):
        number = "演示佛环函〔2022〕89号"
        actions.announce(later.pk, document_number=number, on=date(2022, 12, 29), by=lead)
    first = plan.TODAY - timedelta(3)
    new = _publicised("佛山市2023年第一批清洁生产审核验收结果", 2023, first, lead, days=7)
    lines = list(new.lines.filter(round__completed_on=None).order_by("pk")[:3])
    with clock.fixed(plan.TODAY):
        _objections(new, [line.pk for line in lines], lead)
        _others(lead)


def _publicised(title: str, year: int, first: date, by: Standing, days: int = 7) -> Batch:
    with clock.fixed(first):
        batch = actions.draft(year=year, title=title, joint=False, contact=_CONTACT, by=by)
        facts = queries.waiting(batch).filter(happened_on__lt=first).order_by("happened_on", "pk")
        actions.choose(batch.pk, list(facts.values_list("pk", flat=True)[:_MOST]), by=by)
        return actions.publicise(
            batch.pk, first=first, days=days, counting=Counting.CALENDAR, by=by
        )


def _objections(batch: Batch, lines: list[int], by: Standing) -> None:
    texts = (
        "公示的县区有误，请核对。", "该企业的中/高费方案尚未全部实施。", "该企业减排量重复计算。",
    )  # fmt: skip
    made = [
        actions.object_to(batch.pk, actions.Said("演示异议人", "演示联系方式", text, line))[0]
        for text, line in zip(texts, lines, strict=False)
    ]
    if made:
        actions.answer(
            made[0].pk, verdict=Verdict.REJECTED,
            text="经核对，公示的县区与名单一致。感谢关注。", by=by,
        )  # fmt: skip
    if len(made) > 2:
        actions.answer(
            made[2].pk, verdict=Verdict.OVERTURNED,
            text="经核实，减排量确有重复计算，撤回原结果，重新评审。", by=by,
        )  # fmt: skip


def _others(by: Standing) -> None:
    """Leave a batch that is being drafted, and one that was stopped."""
    title = "佛山市2023年第{}批清洁生产审核验收结果"
    actions.draft(year=2023, title=title.format("二"), joint=True, contact=_CONTACT, by=by)
    gone = actions.draft(year=2023, title=title.format("三"), joint=False, contact=_CONTACT, by=by)
    actions.stop(gone.pk, reason="与第二批合并（演示）", by=by)
