"""The figures of a periodic report: the same numbers as the official tables."""

from datetime import date

from django.db.models import Q

from cleanprod.foundation.obligations.models import Obligation
from cleanprod.foundation.organisations.rules import Kind, Line, Standing
from cleanprod.insight.statistics import queries as statistics
from cleanprod.insight.statistics.queries import AsOf
from cleanprod.insight.yearly.rules import Figures, Scope
from cleanprod.stages.audits.models import Round
from cleanprod.stages.programme import actions as programme
from cleanprod.stages.programme.models import Batch
from cleanprod.stages.programme.rules import AuditKind, BatchStage


def figures(standing: Standing, scope: Scope, year: int, as_of: date) -> Figures:
    """Return what was counted for one's city, or for the rounds that one's department leads."""
    moment = AsOf(year, as_of)
    line = standing.line if scope is Scope.OWN else None

    def counted(figure: str) -> int:
        rounds = statistics.behind(figure, moment, standing.city)
        return (rounds.filter(lead=line) if line else rounds).count()

    rounds = Round.objects.filter(city=standing.city)
    lists = Batch.objects.filter(
        city=standing.city, year=year, stage=BatchStage.PUBLISHED, published_on__lte=as_of
    )
    owed = Obligation.objects.filter(
        Q(done_on=None) | Q(done_on__gt=as_of), Q(voided_on=None) | Q(voided_on__gt=as_of),
        city=standing.city, due_on__lt=as_of, opened_on__lte=as_of, owner__kind=Kind.ENTERPRISE,
    )  # fmt: skip
    listed = statistics.behind("listed", moment, standing.city)
    if line:
        rounds, listed = rounds.filter(lead=line), listed.filter(lead=line)
        lists, owed = lists.filter(lead=line), owed.filter(lead=line)
    within = (moment.first, moment.last)
    targets = {target.city_id: target.number for target in programme.targets(year, as_of=as_of)}
    return Figures(
        as_of=as_of,
        lists=lists.count(),
        listed=listed.count(),
        mandatory=listed.filter(kind=AuditKind.MANDATORY).count(),
        registered=counted("registered"),
        planned=counted("planned"),
        accepted=counted("total"),
        industry=counted("industry") if line in (None, Line.INDUSTRY) else 0,
        ecology=counted("ecology") if line in (None, Line.ECOLOGY) else 0,
        completed=counted("platform_completed"),
        failed=rounds.filter(failed_on__range=within).count(),
        deferred=rounds.filter(deferred_on__range=within).count(),
        cancelled=rounds.filter(cancelled_on__range=within).count(),
        overdue=owed.values("owner").distinct().count(),
        target=targets.get(standing.city),
    )
