"""What every act on data checks, snapshots and bulletins asks first."""

from django.db import connection

from cleanprod.foundation.engine import clock
from cleanprod.foundation.organisations.rules import Role, Standing
from cleanprod.insight.statistics.queries import AsOf
from cleanprod.kernel.errors import NotAllowed, Refused


def of_province(by: Standing, what: str) -> None:
    """Refuse whoever is not of the province."""
    if by.role is not Role.PROVINCE:
        raise NotAllowed(f"{what}由省级工业和信息化、生态环境主管部门办理")


def countable(moment: AsOf) -> None:
    """Refuse a moment that is not yet there, or lies before the year that is counted."""
    if moment.as_of > clock.today():
        raise Refused(f"统计截至日期 {moment.as_of} 晚于今天 {clock.today()}")
    if moment.as_of < moment.first:
        raise Refused(f"统计截至日期 {moment.as_of} 早于统计年度的第一天 {moment.first}")


def alone(name: str) -> None:
    """Wait until no other transaction does the same."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [name])
