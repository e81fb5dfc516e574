"""Load an approved outline map, and take it out of use."""

from hashlib import sha256

from django.conf import settings
from django.db import connection, transaction

from cleanprod.foundation.engine import clock
from cleanprod.foundation.organisations.rules import Role, Standing
from cleanprod.foundation.territory import queries as territory
from cleanprod.foundation.trail import actions as trail
from cleanprod.insight.statistics import outline
from cleanprod.insight.statistics.models import OutlineMap
from cleanprod.kernel.errors import NotAllowed, Refused

_ONE_AT_A_TIME = 0x0D15D  # advisory lock of whoever changes the map


def in_use() -> OutlineMap | None:
    """Return the outline that the desks show, None where only the tile map is."""
    return OutlineMap.objects.filter(withdrawn_on=None).first()


@transaction.atomic
def load(content: bytes, *, approval: str, publisher: str, by: Standing) -> OutlineMap:
    """Put an approved outline into use in place of an earlier one; the same again changes nothing.

    The number of its approval 审图号 is printed beside it wherever it is shown.
    """
    _check(by)
    if not approval.strip() or not publisher.strip():
        raise Refused("请填写审图号和地图来源")
    cities = {city.code: city.name for city in territory.cities(settings.PROVINCE_CODE)}
    drawing = outline.read(content, cities)
    digest = sha256(content).hexdigest()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_ONE_AT_A_TIME])
    before = in_use()
    if before and (before.sha256, before.approval) == (digest, approval.strip()):
        return before
    if before:
        _end(before, f"由 {approval.strip()} 替换", by=by)
    made = OutlineMap.objects.create(
        approval=approval.strip(), publisher=publisher.strip(), drawing=drawing.as_json(),
        sha256=digest, loaded_on=clock.today(), person_name=by.person_name,
    )  # fmt: skip
    _tell("map:load", "载入标准地图", made, by=by)
    return made


@transaction.atomic
def withdraw(*, reason: str, by: Standing) -> None:
    """Take the outline out of use; the desks show the tile map alone. Twice is once."""
    _check(by)
    if not reason.strip():
        raise Refused("请填写停用理由")
    before = OutlineMap.objects.select_for_update().filter(withdrawn_on=None).first()
    if before:
        _end(before, reason.strip(), by=by)


def _check(by: Standing) -> None:
    if by.role is not Role.ADMIN:
        raise NotAllowed("标准地图由系统管理员载入")


def _end(before: OutlineMap, reason: str, *, by: Standing) -> None:
    before.withdrawn_on, before.withdrawn_why = clock.today(), reason
    before.save(update_fields=["withdrawn_on", "withdrawn_why"])
    _tell("map:withdraw", "停用标准地图", before, by=by, reason=reason)


def _tell(act: str, verb: str, told: OutlineMap, *, by: Standing, reason: str = "") -> None:
    trail.record(
        trail.Line(
            act=act, verb=verb, subject=f"map:{told.pk}", label=told.approval,
            after={"sha256": told.sha256}, reason=reason,
        ),
        by=by,
    )  # fmt: skip
