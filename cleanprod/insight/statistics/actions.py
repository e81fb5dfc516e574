"""Make an official table public, and take it back."""

from django.db import connection, transaction

from cleanprod.foundation.engine import clock
from cleanprod.foundation.organisations.rules import Role, Standing
from cleanprod.foundation.trail import actions as trail
from cleanprod.insight.statistics.models import Disclosure
from cleanprod.insight.statistics.queries import AsOf
from cleanprod.insight.statistics.reports import compile_report
from cleanprod.insight.statistics.rules import Report
from cleanprod.insight.statistics.tabled import content_of
from cleanprod.kernel.errors import Conflict, NotAllowed, Refused

_ONE_AT_A_TIME = 0x0D15C  # advisory lock of whoever makes tables public


@transaction.atomic
def disclose(report: Report, moment: AsOf, *, by: Standing) -> Disclosure:
    """Make one official table of a year public as it stands; it takes the place of an earlier one.

    Repeating it without a change in the figures leaves the table that is public.
    """
    _check(by)
    today = clock.today()
    if moment.as_of > today:
        raise Refused(f"统计截至日期 {moment.as_of.isoformat()} 晚于今天 {today.isoformat()}")
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_ONE_AT_A_TIME])
    tabled = compile_report(report, moment)
    content = content_of(tabled)
    earlier = (
        Disclosure.objects.select_for_update()
        .filter(report=report, year=moment.year, withdrawn_on=None)
        .first()
    )
    if earlier is not None:
        if earlier.as_of == moment.as_of and earlier.content == content:
            return earlier
        _end(earlier, f"由统计截至 {moment.as_of.isoformat()} 的数字替换", by=by)
    told = Disclosure.objects.create(
        report=report, year=moment.year, as_of=moment.as_of, title=tabled.title, content=content,
        disclosed_on=today, person_name=by.person_name, office_name=by.office_name,
    )  # fmt: skip
    _tell("figures:disclose", "主动公开统计表", told, by=by)
    return told


@transaction.atomic
def withdraw(disclosure_id: int, *, reason: str, by: Standing) -> Disclosure:
    """Take a public table back with a reason; either provincial department may."""
    _check(by)
    if not reason.strip():
        raise Refused("请填写撤回理由")
    told = Disclosure.objects.select_for_update().filter(pk=disclosure_id).first()
    if told is None:
        raise Refused("没有这张公开的统计表")
    if told.withdrawn_on is not None:
        raise Conflict(f"该表已于 {told.withdrawn_on} 撤回公开")
    return _end(told, reason.strip(), by=by)


def _check(by: Standing) -> None:
    if by.role is not Role.PROVINCE:
        raise NotAllowed("统计数字由省级主管部门决定是否主动公开")


def _end(told: Disclosure, reason: str, *, by: Standing) -> Disclosure:
    told.withdrawn_on, told.withdrawn_by = clock.today(), by.person_name
    told.withdrawn_why = reason
    told.save(update_fields=["withdrawn_on", "withdrawn_by", "withdrawn_why"])
    _tell("figures:withdraw", "撤回公开的统计表", told, by=by, reason=reason)
    return told


def _tell(act: str, verb: str, told: Disclosure, *, by: Standing, reason: str = "") -> None:
    trail.record(
        trail.Line(
            act=act, verb=verb, subject=f"figures:{told.pk}",
            label=f"{told.title}（截至{told.as_of.isoformat()}）",
            after={"year": told.year, "as_of": told.as_of.isoformat()}, reason=reason,
        ),
        by=by,
    )  # fmt: skip
