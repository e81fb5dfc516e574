"""Load score sheets, put them in force with a second person's consent, withdraw them."""

from django.db import connection, transaction

from cleanprod.foundation.attachments import actions as attachments
from cleanprod.foundation.engine import clock
from cleanprod.foundation.organisations.rules import Role, Standing
from cleanprod.foundation.trail import actions as trail
from cleanprod.kernel.errors import Conflict, NotAllowed, Refused
from cleanprod.stages.scoring import rules, sheet_books, shipped_sheets
from cleanprod.stages.scoring.models import ScoreSheet
from cleanprod.stages.scoring.rules import SHEETS, SheetAct, SheetState

_LOADING = 0x5C02E  # advisory lock: two loadings of one key wait for each other


@transaction.atomic
def load_sheet(data: bytes, name: str, *, by: Standing) -> ScoreSheet:
    """Keep the score sheet of a file as a draft; the file is kept as it came.

    A bad file raises BadBook with every finding and nothing is kept. Loading the same draft again
    gives the one that is there.
    """
    if by.role is not Role.PROVINCE:
        raise NotAllowed("评分表由省级主管部门导入")
    body = sheet_books.read(data, name)
    sheet = rules.sheet_of(body)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOADING])
    if sheet.key in shipped_sheets.bodies():
        raise Refused(f"代码“{sheet.key}”是平台自带的评分表，请另定代码")
    known = ScoreSheet.objects.filter(key=sheet.key).exclude(state=SheetState.WITHDRAWN).first()
    if known is not None and known.body == body:
        return known
    if known is not None:
        raise Conflict(f"代码“{sheet.key}”已有评分表，请另定代码，或先停用原来的")
    kept = ScoreSheet.objects.create(
        key=sheet.key, purpose=sheet.purpose.value, name=sheet.name, version=sheet.version,
        effective_from=sheet.effective_from, unconfirmed=sheet.unconfirmed, body=body,
        file=attachments.store(data, name or "评分表", by=by), loaded_on=clock.today(),
        loaded_by=by.person_name, loaded_by_id=by.person_id, loaded_for=by.office_name,
    )  # fmt: skip
    _tell(kept, "sheet:load", "导入评分表", by)
    return kept


@transaction.atomic
def consent(sheet_id: int, *, by: Standing) -> ScoreSheet:
    """Put a sheet in force as the second person; whoever loaded it may not."""
    kept, target = _locked(sheet_id, SheetAct.CONSENT, by)
    if kept.loaded_by_id == by.person_id:
        raise NotAllowed("导入人不能复核自己导入的评分表，请由另一人复核")
    kept.state, kept.consented_on = target.value, clock.today()
    kept.consented_by = f"{by.office_name} {by.person_name}".strip()
    kept.save(update_fields=["state", "consented_on", "consented_by"])
    _tell(kept, "sheet:consent", "复核启用评分表", by)
    return kept


@transaction.atomic
def withdraw(sheet_id: int, *, reason: str, by: Standing) -> ScoreSheet:
    """Take a sheet out of use for sittings to come, with the reason."""
    kept, target = _locked(sheet_id, SheetAct.WITHDRAW, by)
    if not reason.strip():
        raise Refused("请填写停用理由")
    kept.state, kept.withdrawn_on = target.value, clock.today()
    kept.withdrawn_why = reason.strip()[:500]
    kept.save(update_fields=["state", "withdrawn_on", "withdrawn_why"])
    _tell(kept, "sheet:withdraw", "停用评分表", by, reason=kept.withdrawn_why)
    return kept


def _locked(sheet_id: int, act: SheetAct, by: Standing) -> tuple[ScoreSheet, SheetState]:
    kept = ScoreSheet.objects.select_for_update().get(pk=sheet_id)
    return kept, SHEETS.target(SheetState(kept.state), act, {by.role})


def _tell(kept: ScoreSheet, act: str, verb: str, by: Standing, *, reason: str = "") -> None:
    trail.record(
        trail.Line(
            act=act, verb=verb, subject=f"sheet:{kept.pk}", label=str(kept),
            after={"state": kept.state, "key": kept.key, "sha256": kept.file.sha256},
            reason=reason,
        ),
        by=by,
    )  # fmt: skip
