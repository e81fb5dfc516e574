"""Words and rules of the year's paper: its life, its filing with both provincial departments."""

from collections.abc import Collection
from dataclasses import dataclass

from cleanprod.foundation.organisations.rules import Part
from cleanprod.kernel.lifecycle import Lifecycle, Move
from cleanprod.kernel.term import Term


class PlanStage(Term):
    """Where the year's paper stands."""

    DRAFT = "draft", "起草中"
    AGREED = "agreed", "两部门已会签"
    PUBLISHED = "published", "已公布"


class PlanAct(Term):
    """What can be done to the year's paper."""

    EDIT = "edit", "修改"
    AGREE = "agree", "会签同意"
    REVISE = "revise", "退回修改"
    PUBLISH = "publish", "公布"


class FilingStage(Term):
    """Where a filing with the province stands; nobody approves it."""

    SUBMITTED = "submitted", "已报送"
    RETURNED = "returned", "退回补正"
    REGISTERED = "registered", "已登记备案"


class FilingAct(Term):
    """What a provincial department does with a filing."""

    REGISTER = "register", "登记备案"
    RETURN = "return", "退回补正"


class FilingKind(Term):
    """What is filed."""

    PLAN = "plan", "年度计划和企业名单"
    LIST = "list", "补充名单"
    AMENDMENT = "amendment", "名单变更通知"


@dataclass(frozen=True, slots=True)
class Consents:
    """Which departments agreed to the text as it stands, and which one acts."""

    given: frozenset[str]
    line: str


def is_first(facts: Consents | None) -> bool:
    """Tell whether the acting department is the first to agree."""
    return facts is not None and not facts.given - {facts.line}


def is_second(facts: Consents | None) -> bool:
    """Tell whether the other department agreed already."""
    return facts is not None and bool(facts.given - {facts.line})


_CITY = frozenset({Part.LEAD})
_PROVINCE = frozenset({Part.PROVINCE})
PLAN_LIFECYCLE: Lifecycle[PlanStage, PlanAct, Part] = Lifecycle(
    (
        Move(PlanAct.EDIT, PlanStage.DRAFT, PlanStage.DRAFT, _CITY),
        Move(PlanAct.AGREE, PlanStage.DRAFT, PlanStage.DRAFT, _CITY, when=is_first),
        Move(PlanAct.AGREE, PlanStage.DRAFT, PlanStage.AGREED, _CITY, when=is_second),
        Move(PlanAct.REVISE, PlanStage.AGREED, PlanStage.DRAFT, _CITY, reason=True),
        Move(PlanAct.PUBLISH, PlanStage.AGREED, PlanStage.PUBLISHED, _CITY),
    )
)
FILING_LIFECYCLE: Lifecycle[FilingStage, FilingAct, Part] = Lifecycle(
    (
        Move(
            FilingAct.REGISTER, FilingStage.SUBMITTED, FilingStage.SUBMITTED, _PROVINCE,
            when=is_first,
        ),
        Move(
            FilingAct.REGISTER, FilingStage.SUBMITTED, FilingStage.REGISTERED, _PROVINCE,
            when=is_second,
        ),
        Move(
            FilingAct.RETURN, FilingStage.SUBMITTED, FilingStage.RETURNED, _PROVINCE, reason=True
        ),
    )
)  # fmt: skip


def may_file_again(stages: Collection[FilingStage]) -> bool:
    """Tell whether a thing may be filed: never filed, or the last filing was returned."""
    return all(stage is FilingStage.RETURNED for stage in stages)
