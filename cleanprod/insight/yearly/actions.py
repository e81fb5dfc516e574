"""Keep what an office adds to its report."""

from django.db import transaction

from cleanprod.foundation.engine import clock
from cleanprod.foundation.organisations.models import Organisation
from cleanprod.foundation.organisations.rules import Role, Standing
from cleanprod.foundation.trail import actions as trail
from cleanprod.insight.yearly.models import Remark
from cleanprod.insight.yearly.rules import Scope, Span
from cleanprod.kernel.errors import Conflict, NotAllowed


@transaction.atomic
def remark(span: Span, scope: Scope, year: int, text: str, *, version: int, by: Standing) -> Remark:
    """Keep the remark of one's office; a text that somebody changed meanwhile is a conflict."""
    if by.role is not Role.CITY or by.office_id is None:
        raise NotAllowed("工作情况报告由市级工业和信息化、生态环境部门编写")
    list(Organisation.objects.select_for_update().filter(pk=by.office_id).values_list("pk"))
    known = Remark.objects.filter(office=by.office_id, year=year, span=span, scope=scope).first()
    if known is None:
        known = Remark(office_id=by.office_id, year=year, span=span, scope=scope, version=0)
    if version != known.version:
        raise Conflict(f"{known.edited_by}已保存第{known.version}稿，请对照后再保存")
    if known.text == text and known.pk:
        return known
    known.text, known.version = text, known.version + 1
    known.edited_by, known.edited_on = by.person_name, clock.today()
    known.save()
    trail.record(
        trail.Line(
            act="report:remark", verb="填写工作情况报告", subject=f"report:{known.pk}",
            label=f"{year}年{span.label}工作情况报告", after={"version": known.version},
            city=by.city,
        ),
        by=by,
    )  # fmt: skip
    return known
