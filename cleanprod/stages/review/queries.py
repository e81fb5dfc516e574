"""Reads that match rows of workbooks with rounds."""

from collections.abc import Collection
from datetime import date

from django.db.models import Q, QuerySet

from cleanprod.kernel.names import comparable
from cleanprod.stages.audits.models import Round
from cleanprod.stages.audits.rules import Stage
from cleanprod.stages.review.rules import Candidate

_ENDED = {
    Stage.ACCEPTED: "accepted_on",
    Stage.COMPLETED: "accepted_on",
    Stage.FAILED: "failed_on",
    Stage.CANCELLED: "cancelled_on",
    Stage.DEFERRED: "deferred_on",
}


def candidates(
    scope: QuerySet[Round],
    codes: Collection[str],
    names: Collection[str],
    written: Collection[str] = (),
) -> list[Candidate]:
    """Return the rounds in a scope that carry one of the codes or names, oldest first.

    `names` are comparable forms, asked of the enterprise of today; `written` are names as they
    stand in the rows, by which a renamed enterprise is found under the name it was listed with.
    """
    wanted = (
        Q(code__in=list(codes))
        | Q(enterprise__comparable__in=list(names))
        | Q(name__in=list(written))
    )
    rows = scope.filter(wanted).select_related("enterprise").order_by("listed_on", "pk")
    return [_candidate(audit) for audit in rows.iterator(chunk_size=2000)]


def _candidate(audit: Round) -> Candidate:
    column = _ENDED.get(Stage(audit.stage))
    ended: date | None = getattr(audit, column) if column else None
    return Candidate(
        id=audit.pk,
        enterprise=audit.enterprise_id,
        name=audit.name,
        names=tuple({comparable(audit.name), audit.enterprise.comparable}),
        code=audit.code,
        city=audit.city_id,
        lead=audit.lead,
        stage=audit.stage,
        listed_on=audit.listed_on,
        rolled_on=audit.rolled_on,
        ended_on=ended,
        accepted_on=audit.accepted_on,
        completed_on=audit.completed_on,
        spelt=(audit.name, audit.enterprise.name),
    )
