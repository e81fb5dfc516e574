"""The checklist of 办结: what its page shows is what the act refuses by."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from cleanprod.foundation.engine import clock
from cleanprod.foundation.rulebook import queries as rulebook
from cleanprod.kernel.errors import Refused
from cleanprod.stages.audits.models import Round
from cleanprod.stages.materials import queries as materials
from cleanprod.stages.materials.rules import Gate
from cleanprod.stages.measures import queries as measures
from cleanprod.stages.measures.rules import State
from cleanprod.stages.remarks import queries as remarks
from cleanprod.stages.remarks.rules import Step
from cleanprod.stages.review.rules import Check, refused


def checks(rounds: Sequence[Round]) -> Mapping[int, list[Check]]:
    """Return the conditions of 办结 of each round, by its key.

    Materials and sheet are asked of rounds accepted since the day in `completion.checklist`; what
    was accepted before lies on paper. Source: 粤工信节能函〔2023〕4号 三（四）.
    """
    since = date.fromisoformat(
        rulebook.value("completion.checklist", on=clock.today()).value["accepted_from"]
    )
    keys = [audit.pk for audit in rounds]
    unsettled = remarks.unsettled(keys, Step.ACCEPTANCE)
    unanswered = remarks.unanswered(keys, Step.ACCEPTANCE) if unsettled else {}
    return {
        audit.pk: [
            _remarks(unsettled.get(audit.pk, 0), unanswered.get(audit.pk, 0)),
            *(_numbers(audit) if audit.accepted_on and audit.accepted_on >= since else ()),
        ]
        for audit in rounds
    }


def _remarks(left: int, unanswered: int) -> Check:
    return Check(
        "验收意见已落实", not left, f"还有{left}条验收意见没有落实，落实后才能办结",
        f"落实验收意见（{unanswered}条）" if unanswered else "",
    )  # fmt: skip


def _numbers(audit: Round) -> Iterable[Check]:
    """Ask for the revised report and the sheet with its seal, and for confirmed numbers."""
    left = materials.missing(audit, (Gate.COMPLETION,))
    names = "、".join(one.title for one in left)
    owed = "上传修订后的审核报告和绩效表" if left else ""
    yield Check("修订后的审核报告和绩效表已上传", not left, f"还缺：{names}", owed)
    sheet = measures.sheet_of(audit)
    confirmed = sheet is not None and sheet.state == State.CONFIRMED
    yield Check("绩效数据已核定", confirmed, "请牵头部门在绩效表页核定验收核定的数值")


def pass_checks(rounds: Sequence[Round]) -> None:
    """Refuse 办结 by the conditions that the pages show, every round named."""
    found = checks(rounds)
    wrong = [f"{audit.name}：{said}" for audit in rounds if (said := refused(found[audit.pk]))]
    if wrong:
        raise Refused("；".join(wrong[:_NAMED]) + (f"；等{len(wrong)}家" if wrong[_NAMED:] else ""))


_NAMED = 3
