"""Shape and wording of what is typed about plans and phases."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.http import QueryDict

from cleanprod.foundation.attachments.forms import PaperField
from cleanprod.foundation.web import tables
from cleanprod.foundation.web.both import Both, differing
from cleanprod.foundation.web.forms import DayInput
from cleanprod.stages.phases.models import Progress
from cleanprod.stages.phases.rules import (
    LONGEST_NOTE,
    MOST_PEOPLE,
    Duty,
    Member,
    Mode,
    PlanContent,
    Slot,
    faults_of_schedule,
    faults_of_team,
)

_NAME, _POST = 40, 60  # longest name and longest office or post of a member
_LONGEST = 1000  # of one text of a draft
_MOST_TEXTS = 300


class PlanForm(forms.Form):
    """A plan: planned days of every phase, focus, consultancy; the team is a grid beside it."""

    focus = forms.CharField(
        label="审核重点", max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="可以在预审核后再确定，如：喷涂车间、酸洗工序",
    )  # fmt: skip
    consultancy = forms.CharField(
        label="咨询机构", max_length=200, required=False, help_text="自行开展的不填"
    )
    reason = forms.CharField(
        label="变更理由", max_length=500, widget=forms.Textarea(attrs={"rows": 2}),
        help_text="如：按反馈意见补充审核小组成员",
        error_messages={"required": "请填写变更理由"},
    )  # fmt: skip

    def __init__(self, *args: Any, phases: Sequence[str], again: bool, **more: Any) -> None:
        """Take the phases of the round; a plan filed again needs a reason."""
        super().__init__(*args, **more)
        self.phases = phases
        if not again:
            del self.fields["reason"]
        for number, title in enumerate(phases, 1):
            for end, word in (("first", "计划开始"), ("last", "计划完成")):
                field = forms.DateField(
                    label=f"{title}{word}", widget=DayInput(),
                    error_messages={"required": f"请填写{word}日期"},
                )  # fmt: skip
                self.fields[f"p{number}-{end}"] = field

    def clean(self) -> dict[str, Any]:
        """Refuse days that run backwards."""
        cleaned = super().clean() or {}
        schedule = self.schedule(cleaned)
        if len(schedule) == len(self.phases):
            for place, fault in faults_of_schedule(schedule).items():
                name = "last" if schedule[place].last < schedule[place].first else "first"
                self.add_error(f"p{place + 1}-{name}", fault)
        return cleaned

    def schedule(self, cleaned: Mapping[str, Any]) -> tuple[Slot, ...]:
        """Return the phases whose both days could be read."""
        days = [
            (title, cleaned.get(f"p{number}-first"), cleaned.get(f"p{number}-last"))
            for number, title in enumerate(self.phases, 1)
        ]
        return tuple(Slot(title, first, last) for title, first, last in days if first and last)

    @property
    def slots(self) -> list[tuple[str, Any, Any]]:
        """Return title and the two bound fields of each phase."""
        return [
            (title, self[f"p{number}-first"], self[f"p{number}-last"])
            for number, title in enumerate(self.phases, 1)
        ]

    @property
    def words(self) -> list[Any]:
        """Return the other bound fields."""
        return [self[name] for name in ("focus", "consultancy", "reason") if name in self.fields]


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the team as it is shown."""

    place: int
    name: str = ""
    post: str = ""
    duty: str = Duty.MEMBER.value


def texts_of(data: QueryDict) -> dict[str, str]:
    """Return what was typed of a plan, cut to what a draft holds."""
    taken = [key for key in data if key != "csrfmiddlewaretoken" and len(key) <= _NAME]
    return {key: str(data.get(key, ""))[:_LONGEST] for key in taken[:_MOST_TEXTS]}


def texts_of_plan(content: PlanContent) -> dict[str, str]:
    """Return a plan as its form would hold it."""
    texts = {"focus": content.focus, "consultancy": content.consultancy}
    for place, one in enumerate(content.team):
        texts |= {
            f"r{place}-name": one.name, f"r{place}-post": one.post,
            f"r{place}-duty": str(one.duty.value),
        }  # fmt: skip
    for number, slot in enumerate(content.schedule, 1):
        texts |= {
            f"p{number}-first": slot.first.isoformat(), f"p{number}-last": slot.last.isoformat(),
        }  # fmt: skip
    return texts


def by_label(texts: Mapping[str, str], form: PlanForm) -> dict[str, str]:
    """Return a version of a plan by the words that people know its parts by."""
    found = {
        f"审核小组 {line.name}": f"{line.post} {Duty(line.duty).label}".strip()
        for line in team_lines(texts, 0)
        if line.name
    }
    return found | {
        str(field.label): str(texts.get(name, ""))
        for name, field in form.fields.items()
        if name != "reason"
    }


def team_lines(texts: Mapping[str, str], spare: int = 2) -> list[Line]:
    """Return the rows of the team that say something, and empty ones below."""
    lines: list[Line] = []
    for place in range(MOST_PEOPLE + 5):
        name, post = (tables.tidy(texts.get(f"r{place}-{key}")) for key in ("name", "post"))
        if name or post:
            duty = texts.get(f"r{place}-duty", "")
            duty = duty if duty in set(Duty) else Duty.MEMBER.value
            lines.append(Line(len(lines), name, post, duty))
    if not lines:
        lines.append(Line(0, duty=Duty.LEADER.value))
    return lines + [Line(len(lines) + n) for n in range(spare)]


def read_team(texts: Mapping[str, str]) -> tuple[tuple[Member, ...], list[str]]:
    """Return the team that was typed and all that is wrong with it."""
    lines = [line for line in team_lines(texts, 0) if line.name or line.post]
    faults = [f"第{line.place + 1}行没有填写姓名" for line in lines if not line.name]
    faults += [
        f"第{line.place + 1}行过长：姓名不超过{_NAME}个字，部门和职务不超过{_POST}个字"
        for line in lines
        if len(line.name) > _NAME or len(line.post) > _POST
    ]
    team = tuple(Member(line.name, line.post, Duty(line.duty)) for line in lines)
    return team, faults + faults_of_team(team)


class StartForm(forms.Form):
    """The day of the start meeting and what shows it."""

    on = forms.DateField(
        label="启动会日期", widget=DayInput(), help_text="召开审核启动会的日期，不能晚于今天"
    )
    evidence = PaperField(label="佐证材料", required=False, help_text="会议纪要或签到表，可不传")


class RemarkForm(forms.Form):
    """What a department says about the plan."""

    text = forms.CharField(
        label="反馈意见", max_length=LONGEST_NOTE, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="意见供企业完善计划，不是审批",
    )  # fmt: skip


class PhaseForm(forms.Form):
    """How one phase went."""

    seen = forms.CharField(required=False, widget=forms.HiddenInput())  # what was kept when opened
    first_on = forms.DateField(label="实际开始", widget=DayInput(), required=False)
    last_on = forms.DateField(
        label="实际完成", widget=DayInput(), required=False, help_text="尚未完成的不填"
    )
    note = forms.CharField(
        label="进展说明", max_length=LONGEST_NOTE, required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="做了什么，还差什么，如：完成全厂物料平衡，待补VOCs监测数据",
    )  # fmt: skip

    @staticmethod
    def of(done: Progress | None) -> dict[str, Any]:
        """Return what the form opens with."""
        if done is None:
            return {}
        return {"seen": done.mark, "first_on": done.first_on, "last_on": done.last_on,
                "note": done.note}  # fmt: skip

    def compared(self, done: Progress) -> Sequence[Both]:
        """Put what was typed beside what a colleague kept; sent again, the form knows of that."""
        kept = self.of(done)
        del kept["seen"]
        self.data = dict(self.data.items()) | {"seen": done.mark}  # of a QueryDict the last values
        mine, theirs = (
            {str(self.fields[name].label): str(said.get(name) or "") for name in kept}
            for said in (self.data, kept)
        )
        return differing(mine, theirs)

    def clean(self) -> dict[str, Any]:
        """Refuse an end without or before a beginning."""
        cleaned = super().clean() or {}
        first: date | None = cleaned.get("first_on")
        last: date | None = cleaned.get("last_on")
        if last and not first and "first_on" not in self.errors:
            self.add_error("first_on", "请先填写实际开始日期")
        elif first and last and last < first:
            self.add_error("last_on", "实际完成日期不能早于实际开始日期")
        return cleaned


class ModeForm(forms.Form):
    """How the round is audited, and why."""

    mode = forms.ChoiceField(label="审核方式", choices=Mode.choices)
    reason = forms.CharField(
        label="理由", max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2}),
        help_text="采用简化方式的必填",
    )  # fmt: skip
