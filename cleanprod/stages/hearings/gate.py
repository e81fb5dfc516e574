"""The gate before an application: what it shows on the page is what it refuses by.

Another slice of materials adds its own condition by one more line in `GATE`.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from cleanprod.kernel.errors import Refused
from cleanprod.stages.audits.models import Round
from cleanprod.stages.audits.rules import Stage
from cleanprod.stages.hearings.rules import Check, Step, refused, stages_for
from cleanprod.stages.measures import queries as measures
from cleanprod.stages.measures.rules import State as SheetState
from cleanprod.stages.measures.rules import ValueSet, misclassed
from cleanprod.stages.performance.accounting import library
from cleanprod.stages.performance.models import IndicatorSystem
from cleanprod.stages.performance.rules import SystemStage
from cleanprod.stages.remarks import queries as remarks
from cleanprod.stages.remarks.rules import Step as Raised


@dataclass(frozen=True, slots=True)
class Asked:
    """What is applied for: the round, which review, on which day, the level it claims."""

    audit: Round
    step: Step
    on: date
    level: str = ""


def report(asked: Asked) -> Check:
    """Ask that the round stands where this review comes next."""
    stage = Stage(asked.audit.stage)
    title = "已通过评估" if asked.step is Step.ACCEPTANCE else "已提交审核报告"
    advice = f"本轮审核现为“{stage.label}”"
    return Check(title, stage in stages_for(asked.step), advice)


def sheet(asked: Asked) -> Check:
    """Ask for a sheet of measures that the lead confirmed, or whose numbers go together."""
    title = "绩效表已填报且前后一致"
    kept = measures.sheet_of(asked.audit)
    typed = measures.typed(kept)
    if kept is None or not typed:
        return Check(title, False, "请先填报绩效表")
    if kept.state == SheetState.CONFIRMED:
        return Check(title, True)
    filled = [which for which in ValueSet if any(one.of(which) for one in typed)]
    if not filled:
        return Check(title, False, "请填写方案的投资和效果")
    sums = measures.all_totals(typed, library.load(kept.factors), asked.on)
    wrong = [f"{which.label}：{text}" for which in filled for text in sums[which].differences]
    # An odd class is told, not refused: the rule of measures lets it stand.
    odd = len(misclassed(typed, filled[-1], kept.border))
    told = f"有{odd}个方案的类型与投资额不符，请核对" if odd else ""
    return Check(title, not wrong, "；".join(wrong[:3]) or told)


def level(asked: Asked) -> Check:
    """Ask for the level by the indicator system, where one is in force for the trade."""
    title = "已按评价指标体系算出清洁生产水平"
    name = system_for(asked.audit.industry)
    if not name:
        return Check("本行业没有现行的评价指标体系，不要求水平等级", True)
    return Check(title, bool(asked.level), f"请按《{name}》试算后填写自评水平")


def system_for(industry: str) -> str:
    """Return the name of the system in force for a trade by its code, or nothing."""
    rows = IndicatorSystem.objects.filter(stage=SystemStage.IN_FORCE).order_by("code")
    for name, trades in rows.values_list("name", "trades"):
        codes = ["".join(sign for sign in one if sign.isdigit()) for one in _split(trades)]
        if industry and any(code and industry.startswith(code) for code in codes):
            return name
    return ""


def _split(text: str) -> Iterable[str]:
    for sign in "，、；;\n":
        text = text.replace(sign, ",")
    return text.split(",")


def answered(asked: Asked) -> Check:
    """Ask that the remarks of the assessment are settled before acceptance is applied for."""
    title = "评估意见已落实"
    if asked.step is Step.ASSESSMENT:
        return Check("没有以前评估留下的必须落实的意见", True)
    left = remarks.unsettled([asked.audit.pk], Raised.ASSESSMENT).get(asked.audit.pk, 0)
    return Check(title, not left, f"还有{left}条评估意见没有落实")


GATE: tuple[Callable[[Asked], Check], ...] = (report, sheet, level, answered)


def checks(asked: Asked) -> list[Check]:
    """Return every condition of an application with whether it holds."""
    return [one(asked) for one in GATE]


def pass_gate(asked: Asked) -> None:
    """Refuse an application by the conditions that the page showed."""
    wrong = refused(checks(asked))
    if wrong:
        raise Refused(f"还不能申请：{wrong}")
