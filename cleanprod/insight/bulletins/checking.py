"""The data check before a freeze: the province asks, both leads of a city answer, by a day."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction

from cleanprod.foundation.engine import clock
from cleanprod.foundation.notifications import actions as notifications
from cleanprod.foundation.obligations import actions as obligations
from cleanprod.foundation.organisations import queries as organisations
from cleanprod.foundation.organisations.models import Organisation
from cleanprod.foundation.organisations.rules import Role, Standing
from cleanprod.foundation.trail import actions as trail
from cleanprod.insight.bulletins import guards, messages, queries
from cleanprod.insight.bulletins.models import DataCheck, Opinion
from cleanprod.insight.bulletins.rules import CHECKED, Verdict
from cleanprod.insight.statistics import queries as statistics
from cleanprod.insight.statistics.queries import AsOf
from cleanprod.kernel.errors import NotAllowed, Refused


@transaction.atomic
def open_check(moment: AsOf, *, due_on: date, note: str = "", by: Standing) -> DataCheck:
    """Ask both leads of every city to look at their figures; one check at a time of a day."""
    guards.of_province(by, "数据核对")
    guards.countable(moment)
    if due_on < clock.today():
        raise Refused(f"核对期限 {due_on} 早于今天 {clock.today()}")
    guards.alone(f"bulletins:check:{moment.year}:{moment.as_of}")
    going = DataCheck.objects.filter(year=moment.year, as_of=moment.as_of, closed_on=None).first()
    if going:
        return going
    check = DataCheck.objects.create(
        year=moment.year, as_of=moment.as_of, due_on=due_on, note=note.strip(),
        opened_by=by.person_name, office_name=by.office_name,
    )  # fmt: skip
    after = {"as_of": str(moment.as_of), "due_on": str(due_on)}
    _tell(check, "check:open", "发起数据核对", after, by=by)
    offices = queries.departments()
    obligations.open_many(_duty(check, office) for office in offices)
    notifications.send_many(
        messages.opened(check, person, mail) for person, mail in _people(offices)
    )
    return check


def _duty(check: DataCheck, office: Organisation) -> obligations.Duty:
    return obligations.Duty(
        key=_key(check, office.pk), owner=office.pk, title=f"核对{check}",
        subject=f"check:{check.pk}", url=messages.address(check), city=office.city_id or "",
        lead=office.line, opened_on=clock.today(), due_on=check.due_on,
        basis=f"{check.office_name}发起数据核对，期限 {check.due_on}",
    )  # fmt: skip


def _key(check: DataCheck, office: int) -> str:
    return f"check:{check.pk}:{office}"


def _people(offices: Sequence[Organisation]) -> Iterator[tuple[int, str]]:
    for _, person, mail in organisations.people_of([office.pk for office in offices]):
        yield person, mail


@transaction.atomic
def urge(check_id: int, *, by: Standing) -> int:
    """Ask the departments again that have not looked at everything; return how many there are.

    Within a day nobody is asked twice.
    """
    guards.of_province(by, "数据核对")
    check = DataCheck.objects.select_for_update().get(pk=check_id)
    if check.closed_on is not None:
        raise Refused(f"数据核对已于{check.closed_on}结束，不需要催办")
    waiting = queries.waiting(check)
    if not waiting:
        raise Refused("各市两部门都已核对，不需要催办")
    today = clock.today().isoformat()
    told = notifications.send_many(
        messages.urged(check, today, person, mail) for person, mail in _people(waiting)
    )
    if told:
        _tell(check, "check:urge", "催办数据核对", {"offices": len(waiting)}, by=by)
    return len(waiting)


@transaction.atomic
def close_check(check_id: int, *, by: Standing) -> DataCheck:
    """End a data check; doing it twice changes nothing."""
    guards.of_province(by, "数据核对")
    check = DataCheck.objects.select_for_update().get(pk=check_id)
    if check.closed_on is None:
        check.closed_on = clock.today()
        check.save(update_fields=["closed_on"])
        _tell(check, "check:close", "结束数据核对", {}, by=by)
        obligations.void_subjects(
            [f"check:{check.pk}"], on=check.closed_on, reason="数据核对已结束"
        )
    return check


@dataclass(frozen=True, slots=True)
class View:
    """What a department says of one figure."""

    verdict: Verdict
    reason: str = ""


@transaction.atomic
def say(check_id: int, views: Mapping[str, View], *, by: Standing) -> int:
    """Keep what a city department says of its figures; return how many opinions changed.

    A view counts for the figure as it is now; a dispute needs its reason; what the province
    answered is kept until the department says something else.
    """
    if by.role is not Role.CITY or by.line is None:
        raise NotAllowed("数据由市级工业和信息化、生态环境主管部门核对")
    check = DataCheck.objects.select_for_update().get(pk=check_id)
    if check.closed_on is not None:
        raise Refused(f"数据核对已于{check.closed_on}结束，不能再提意见")
    unknown = set(views) - set(CHECKED)
    if unknown:
        raise Refused(f"没有这一数据项：{'、'.join(sorted(unknown))}")
    row = next((row for row in statistics.counts(check.moment) if row.code == by.city), None)
    if row is None:
        raise NotAllowed("本市不在统计范围内")
    changed = 0
    for figure, view in views.items():
        if view.verdict is Verdict.DISPUTED and not view.reason.strip():
            label = statistics.FIGURE_LABELS[figure]
            raise Refused(f"“{label}”有异议的，请写明理由")
        changed += _say(check, figure, view, queries.value_of(row, figure), by)
    if changed:
        after = {"changed": changed, "disputed": _disputed(views)}
        _tell(check, "check:say", "核对数据", after, by=by, city=by.city)
    if by.office_id and not queries.open_figures(check, row, by.line):
        obligations.settle([_key(check, by.office_id)], on=clock.today())
    return changed


def _disputed(views: Mapping[str, View]) -> int:
    return sum(view.verdict is Verdict.DISPUTED for view in views.values())


def _say(check: DataCheck, figure: str, view: View, value: int, by: Standing) -> bool:
    reason = view.reason.strip() if view.verdict is Verdict.DISPUTED else ""
    known = Opinion.objects.filter(
        check_of=check, city=by.city, line=by.line, figure=figure
    ).first()
    if known and (known.verdict, known.reason, known.value) == (view.verdict, reason, value):
        return False
    opinion = known or Opinion(check_of=check, city_id=by.city, line=str(by.line), figure=figure)
    opinion.value, opinion.verdict, opinion.reason = value, view.verdict.value, reason
    opinion.said_on, opinion.said_by = clock.today(), by.person_name
    opinion.answer, opinion.answered_on, opinion.answered_by = "", None, ""
    opinion.save()
    return True


@transaction.atomic
def answer(opinion_id: int, *, text: str, by: Standing) -> Opinion:
    """Answer a dispute; the same answer twice changes nothing."""
    guards.of_province(by, "对异议的答复")
    if not text.strip():
        raise Refused("请填写答复")
    opinion = Opinion.objects.select_for_update().get(pk=opinion_id)
    if opinion.verdict != Verdict.DISPUTED:
        raise Refused("该数据项没有异议")
    if opinion.answer == text.strip():
        return opinion
    opinion.answer, opinion.answered_on = text.strip(), clock.today()
    opinion.answered_by = by.person_name
    opinion.save(update_fields=["answer", "answered_on", "answered_by"])
    label = statistics.FIGURE_LABELS[opinion.figure]
    _tell(
        opinion.check_of, "check:answer", "答复异议", {"figure": label}, by=by,
        city=opinion.city_id,
    )  # fmt: skip
    office = organisations.department(opinion.city_id, opinion.line)
    notifications.send_many(
        messages.answered(opinion, label, person, mail)
        for person, mail in _people([office] if office else [])
    )
    return opinion


def _tell(
    check: DataCheck, act: str, verb: str, after: dict[str, Any], *, by: Standing, city: str = ""
) -> None:
    trail.record(
        trail.Line(
            act=act, verb=verb, subject=f"check:{check.pk}", label=str(check), after=after,
            city=city,
        ),
        by=by,
    )  # fmt: skip
