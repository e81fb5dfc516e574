"""Load indicator systems, put them in force, withdraw them."""

from django.db import connection, transaction
from django.db.models import Max

from cleanprod.foundation.attachments import actions as attachments
from cleanprod.foundation.engine import clock
from cleanprod.foundation.organisations.rules import Role, Standing
from cleanprod.foundation.trail import actions as trail
from cleanprod.kernel.errors import NotAllowed, Refused
from cleanprod.stages.performance import system_sheets
from cleanprod.stages.performance.indicators.dumping import dumped
from cleanprod.stages.performance.models import IndicatorSystem
from cleanprod.stages.performance.rules import SYSTEM_LIFECYCLE, SystemAct, SystemStage

_LOADING = 0x1D1C5  # advisory lock: two loadings of one code wait for each other


@transaction.atomic
def load_system(data: bytes, name: str, *, by: Standing) -> IndicatorSystem:
    """Keep the system of a file as a draft of the next version; the file is kept as it came.

    A bad file raises BadSystem with every finding and nothing is kept. What equals the newest
    version that was not withdrawn is that version.
    """
    if by.role is not Role.PROVINCE:
        raise NotAllowed("指标体系由省级主管部门导入")
    system = system_sheets.read(data, name)
    body = dumped(system)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOADING])
    known = IndicatorSystem.objects.filter(code=system.code)
    newest = known.exclude(stage=SystemStage.WITHDRAWN).order_by("-version").first()
    if newest is not None and newest.body == body:
        return newest
    kept = IndicatorSystem.objects.create(
        code=system.code,
        version=(known.aggregate(last=Max("version"))["last"] or 0) + 1,
        name=system.name,
        trades="、".join(system.trades),
        effective_from=system.effective_from,
        confirmed=not system.unconfirmed,
        body=body,
        file=attachments.store(data, name, by=by),
        loaded_on=clock.today(),
        loaded_by=by.person_name,
        loaded_for=by.office_name,
    )
    _tell(kept, "indicators:load", "导入指标体系", by, after={"stage": kept.stage})
    return kept


@transaction.atomic
def put_in_force(system_id: int, *, by: Standing) -> IndicatorSystem:
    """Put a version in force; the version of the same code before it goes out of force."""
    kept, target = _locked(system_id, SystemAct.PUT_IN_FORCE, by)
    before = IndicatorSystem.objects.filter(code=kept.code, stage=SystemStage.IN_FORCE).first()
    if before is not None:
        _close(before, f"由第{kept.version}版替代", by)
    kept.stage, kept.put_on = target.value, clock.today()
    kept.save(update_fields=["stage", "put_on"])
    _tell(
        kept, "indicators:put", "启用指标体系", by,
        before={"stage": SystemStage.DRAFT.value}, after={"stage": kept.stage},
    )  # fmt: skip
    return kept


@transaction.atomic
def withdraw(system_id: int, *, reason: str, by: Standing) -> IndicatorSystem:
    """Take a version out of use, with the reason."""
    if not reason.strip():
        raise Refused("请填写停用理由")
    kept, _ = _locked(system_id, SystemAct.WITHDRAW, by)
    _close(kept, reason.strip(), by)
    return kept


def _locked(system_id: int, act: SystemAct, by: Standing) -> tuple[IndicatorSystem, SystemStage]:
    """Lock all versions of the code and return the one meant with the stage the act leads to."""
    code = IndicatorSystem.objects.values_list("code", flat=True).get(pk=system_id)
    versions = IndicatorSystem.objects.select_for_update().filter(code=code).order_by("pk")
    kept = next(one for one in versions if one.pk == system_id)
    return kept, SYSTEM_LIFECYCLE.target(SystemStage(kept.stage), act, {by.role})


def _close(kept: IndicatorSystem, why: str, by: Standing) -> None:
    before = kept.stage
    kept.stage, kept.withdrawn_on = SystemStage.WITHDRAWN.value, clock.today()
    kept.withdrawn_why = why[:500]
    kept.save(update_fields=["stage", "withdrawn_on", "withdrawn_why"])
    _tell(
        kept, "indicators:withdraw", "停用指标体系", by,
        before={"stage": before}, after={"stage": kept.stage}, reason=why,
    )  # fmt: skip


def _tell(
    kept: IndicatorSystem, act: str, verb: str, by: Standing, *,
    after: dict[str, str], before: dict[str, str] | None = None, reason: str = "",
) -> None:  # fmt: skip
    trail.record(
        trail.Line(
            act=act, verb=verb, subject=f"indicators:{kept.pk}", label=str(kept),
            before=before, after=after | {"system": kept.code, "sha256": kept.file.sha256},
            reason=reason,
        ),
        by=by,
    )  # fmt: skip
