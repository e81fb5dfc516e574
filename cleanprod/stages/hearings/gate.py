"""The gate before an application: what it shows on the page is what it refuses by."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from cleanprod.kernel.errors import Refused
from cleanprod.stages.audits.models import Round
from cleanprod.stages.audits.rules import Stage
from cleanprod.stages.hearings.rules import Step, stages_for
from cleanprod.stages.materials import queries as materials
from cleanprod.stages.materials.rules import Gate
from cleanprod.stages.measures import checking
from cleanprod.stages.measures import queries as measures
from cleanprod.stages.measures.rules import State as SheetState
from cleanprod.stages.measures.rules import ValueSet
from cleanprod.stages.remarks import queries as remarks
from cleanprod.stages.remarks.rules import Step as Raised
from cleanprod.stages.review.rules import Check, GreenLevel, refused


@dataclass(frozen=True, slots=True)
class Asked:
    """What is applied for: the round, which review, on which day."""

    audit: Round
    step: Step
    on: date


_SHOWN = 3
_GATES: Mapping[Step, tuple[Gate, ...]] = {
    Step.ASSESSMENT: (Gate.PLAN, Gate.ASSESSMENT),
    Step.ACCEPTANCE: (Gate.ACCEPTANCE,),
    Step.JOINT: (Gate.PLAN, Gate.ASSESSMENT, Gate.ACCEPTANCE),
}
_LEVELS = {
    "I": GreenLevel.FIRST.value, "II": GreenLevel.SECOND.value, "III": GreenLevel.THIRD.value,
}  # fmt: skip


def report(asked: Asked) -> Check:
    """Ask that the round stands where this review comes next."""
    stage = Stage(asked.audit.stage)
    title = "已通过评估" if asked.step is Step.ACCEPTANCE else "已提交审核报告"
    advice = f"本轮审核现为“{stage.label}”"
    return Check(title, stage in stages_for(asked.step), advice)


def handed_in(asked: Asked) -> Check:
    """Ask that every required item of the checklist is there."""
    left = materials.missing(asked.audit, _GATES[asked.step])
    names = "、".join(one.title for one in left[:_SHOWN]) + ("等" if len(left) > _SHOWN else "")
    return Check("审核材料齐全", not left, f"还缺{len(left)}项：{names}")


def sheet(asked: Asked) -> Check:
    """Ask for a sheet of measures that the lead confirmed, or that no check stands against."""
    title = "绩效表已填报且前后一致"
    kept = measures.sheet_of(asked.audit)
    typed = measures.typed(kept)
    if kept is None or not typed:
        return Check(title, False, "请先填报绩效表")
    if kept.state == SheetState.CONFIRMED:
        return Check(title, True)
    filled = [which for which in ValueSet if any(one.of(which) for one in typed)]
    wrong = [text for which in filled for text in checking.hindrances(kept, which)]
    return Check(title, not wrong, "；".join(wrong[:_SHOWN]))


def level(asked: Asked) -> Check:
    """Ask for the level by the indicator system, where one is in force for the trade."""
    title = "已按评价指标体系算出清洁生产水平"
    system = checking.system_of(asked.audit)
    if system is None:
        return Check("本行业没有现行的评价指标体系，不要求水平等级", True)
    kept = measures.level_of(asked.audit)
    return Check(
        title,
        kept is not None and kept.complete,
        f"请按《{system.name}》填报全部指标，由系统评定",
    )


def reached(audit: Round) -> str:
    """Return the level computed for a round as results name it, empty when none was reached."""
    kept = measures.level_of(audit)
    return _LEVELS.get(kept.result["level"] or "", "") if kept and kept.complete else ""


def answered(asked: Asked) -> Check:
    """Ask that the remarks of the assessment are settled before acceptance is applied for."""
    title = "评估意见已落实"
    if asked.step is Step.ASSESSMENT:
        return Check("没有以前评估留下的必须落实的意见", True)
    left = remarks.unsettled([asked.audit.pk], Raised.ASSESSMENT).get(asked.audit.pk, 0)
    return Check(title, not left, f"还有{left}条评估意见没有落实")


GATE: tuple[Callable[[Asked], Check], ...] = (report, handed_in, sheet, level, answered)


def checks(asked: Asked) -> list[Check]:
    """Return every condition of an application with whether it holds."""
    return [one(asked) for one in GATE]


def pass_gate(asked: Asked) -> None:
    """Refuse an application by the conditions that the page showed."""
    wrong = refused(checks(asked))
    if wrong:
        raise Refused(f"还不能申请：{wrong}")
