"""What the desk reads: what waits for a person, and a history in a layman's words."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cleanprod.faces.desk.todo import offices, parties, shared
from cleanprod.faces.desk.todo.line import Waiting, in_order
from cleanprod.foundation.organisations.rules import Role, Standing
from cleanprod.foundation.trail.models import Entry
from cleanprod.stages.audits.rules import Stage

MOST = 7

_MAKERS: dict[Role, Callable[[Standing], Iterable[Waiting]]] = {
    Role.ENTERPRISE: parties.enterprise,
    Role.CITY: offices.city,
    Role.PROVINCE: offices.province,
    Role.COUNTY: offices.county,
    Role.CONSULTANCY: parties.consultancy,
    Role.EXPERT: parties.expert,
    Role.SUPPORT: shared.of_accuracy,
}


def waiting(standing: Standing) -> list[Waiting]:
    """Return all that waits for this person, the most urgent first."""
    maker = _MAKERS.get(standing.role)
    return in_order(maker(standing)) if maker else []


@dataclass(frozen=True, slots=True)
class Told:
    """One line of a history in a layman's words."""

    moment: datetime
    who: str
    office: str
    what: str
    before: str
    after: str
    reason: str


_WORDS = {
    "on": "日期",
    "document_number": "文号",
    "name": "名称",
    "code": "统一社会信用代码",
    "year": "年度",
    "completed_on": "办结日期",
    "start": "计划启动",
    "finish": "计划完成",
    "team": "审核小组",
    "focus": "审核重点",
    "old_platform_number": "旧平台编号",
    "notice": "依据",
    "way": "方式",
    "receiver": "签收人",
    "subject": "内容",
    "verdict": "结论",
    "rank": "身份",
    "receipt": "受理编号",
    "title": "调度",
    "answer": "报送内容",
    "expires_on": "有效至",
    "first_on": "实际开始",
    "last_on": "实际完成",
    "note": "进展",
    "mode": "审核方式",
    "phone": "办公电话",
}


def told(lines: Sequence[Entry]) -> list[Told]:
    """Return trail lines as a layman reads them: who did what, before and after."""
    return [
        Told(
            line.recorded_at, line.person_name, line.office_name, line.verb,
            _said(line.before, line.after), _said(line.after, line.before), line.reason,
        )
        for line in lines
    ]  # fmt: skip


def _said(facts: dict[str, Any] | None, other: dict[str, Any] | None) -> str:
    """Return the facts in words, leaving out what did not change and what only machines read."""
    parts = []
    for key, value in (facts or {}).items():
        if value in ("", None) or (other or {}).get(key) == value:
            continue
        if key == "stage" and value in set(Stage):
            parts.append(Stage(value).label)
        elif key in _WORDS:
            parts.append(f"{_WORDS[key]} {value}")
    return "，".join(parts)
