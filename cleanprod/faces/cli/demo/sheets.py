"""Performance sheets of some firms of 佛山: believable measures, some of them confirmed."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from random import Random

from cleanprod.faces.cli.demo import measuring, plan
from cleanprod.foundation.engine import clock
from cleanprod.foundation.organisations.rules import Line, Role, Standing
from cleanprod.stages.audits.models import Round
from cleanprod.stages.audits.rules import Stage
from cleanprod.stages.measures import actions, checking, queries
from cleanprod.stages.measures.models import Sheet
from cleanprod.stages.measures.rules import Field, Tag, Typed, ValueSet
from cleanprod.stages.measures.workings import Method

CITY = "440600"
_MOST = 24
# What was replaced by what, so that its working comes to the saving in the sheet.
_COLLECTED, _REMOVED = Decimal("0.8"), Decimal("0.6")


def load(who: Mapping[str, Standing]) -> None:
    """Fill sheets of rounds that were accepted and are not completed; confirm every other one."""
    rounds = Round.objects.filter(
        city=CITY, lead=Line.ECOLOGY, stage__in=(Stage.ACCEPTED, Stage.PLANNED)
    ).order_by("stage", "pk")[:_MOST]
    with clock.fixed(plan.TODAY):
        for number, audit in enumerate(rounds):
            random = Random(f"{plan.SEED}:sheet:{audit.code}")  # noqa: S311
            by = Standing(
                0, "演示企业经办人", Role.ENTERPRISE, audit.enterprise_id, audit.name, city=CITY
            )
            accepted = audit.stage == Stage.ACCEPTED
            firm = measuring.firm(random, audit)
            measures = _measures(measuring.measures(random, firm), accepted)
            actions.fill_years(
                audit.pk, measuring.years(random, firm, audit.list_year), version=0, by=by
            )
            sheet = _work_out(actions.fill(audit.pk, measures, version=0, by=by), by)
            if accepted and number % 2 == 0:
                _explain(sheet, by)
                lead = who[f"city-{CITY}-{Line.ECOLOGY}"]
                actions.confirm(audit.pk, version=sheet.version, by=lead)


def _explain(sheet: Sheet, by: Standing) -> None:
    """Give a reason for whatever the checks ask about, as an enterprise would."""
    asked = [
        one.found.key for one in checking.told(sheet, ValueSet.VERIFIED) if one.stands_in_the_way
    ]
    reasons = dict.fromkeys(asked, "已与台账和发票核对，数值属实（演示）")
    actions.explain(sheet.round_id, ValueSet.VERIFIED, reasons, by=by)


def _measures(measures: Sequence[Typed], accepted: bool) -> list[Typed]:
    """Return measures as they stand: before the acceptance there is only what is expected."""
    kept = tuple(ValueSet) if accepted else (ValueSet.EXPECTED,)
    return [replace(one, values={which: one.of(which) for which in kept}) for one in measures]


def _work_out(sheet: Sheet, by: Standing) -> Sheet:
    """Give every low-VOC measure its working and write what it comes to into the sheet."""
    for one in queries.typed(sheet):
        for which in ValueSet:
            saved = one.of(which).get(Field.VOC)
            if Tag.LOW_VOC in one.tags and saved:
                actions.keep_working(
                    sheet.round_id, one.code, which, Method.SUBSTITUTION, _paints(saved), by=by
                )
    for which in ValueSet:
        sheet = actions.adopt_workings(sheet.round_id, which, version=sheet.version, by=by)
    return sheet


def _paints(saved: Decimal) -> dict[str, str]:
    """Return a solvent paint and the water-borne one after it that save about so much."""
    cut = saved / (1 - _COLLECTED * _REMOVED)
    before = (cut / Decimal("0.49")).quantize(Decimal("0.01"))
    return {
        "before_name": "溶剂型涂料", "before_used": str(before), "before_share": "60",
        "after_name": "水性涂料", "after_used": f"{before * Decimal('1.1'):.2f}",
        "after_share": "10", "output_before": "1000", "output_after": "1000",
        "collected": f"{_COLLECTED * 100:.0f}", "removed": f"{_REMOVED * 100:.0f}",
    }  # fmt: skip
