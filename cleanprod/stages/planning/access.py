"""Who may see the year's papers and filings, and which part they have in them."""

from django.db.models import Q, QuerySet
from django.http import Http404

from cleanprod.foundation.organisations.rules import Part, Role, Standing
from cleanprod.stages.audits.models import Amendment
from cleanprod.stages.planning.models import Filing, Plan
from cleanprod.stages.planning.rules import (
    FILING_LIFECYCLE,
    PLAN_LIFECYCLE,
    Consents,
    FilingAct,
    FilingKind,
    FilingStage,
    PlanAct,
    PlanStage,
)
from cleanprod.stages.programme.models import Batch


def visible_to(standing: Standing | None) -> QuerySet[Plan]:
    """Return the papers this person may open: drafts within the city, published ones by scope."""
    plans = Plan.objects.all()
    if standing is None:
        return plans.none()
    published = Q(stage=PlanStage.PUBLISHED)
    if standing.role is Role.PROVINCE:
        return plans.filter(published, city__parent=standing.province)
    if standing.role is Role.CITY:
        return plans.filter(city=standing.city)
    if standing.role is Role.COUNTY:
        return plans.filter(published, city=standing.city)
    return plans.none()


def get_or_404(standing: Standing | None, pk: int) -> Plan:
    """Return one visible paper; not yours and not there answer alike."""
    found = visible_to(standing).filter(pk=pk).select_related("city").first()
    if found is None:
        raise Http404
    return found


def filings_visible_to(standing: Standing | None) -> QuerySet[Filing]:
    """Return the filings this person may open: a city its own, the province all of them."""
    filings = Filing.objects.all()
    if standing is not None and standing.role is Role.PROVINCE:
        return filings.filter(city__parent=standing.province)
    if standing is not None and standing.role is Role.CITY:
        return filings.filter(city=standing.city)
    return filings.none()


def filing_or_404(standing: Standing | None, pk: int) -> Filing:
    """Return one visible filing; not yours and not there answer alike."""
    found = filings_visible_to(standing).filter(pk=pk).select_related("city").first()
    if found is None:
        raise Http404
    return found


def source_or_404(standing: Standing, kind: FilingKind, pk: int) -> None:
    """Let pass who may file this thing: a department of the city that published it."""
    own = {
        FilingKind.PLAN: Plan.objects.filter(city=standing.city),
        FilingKind.LIST: Batch.objects.filter(city=standing.city),
        FilingKind.AMENDMENT: Amendment.objects.filter(batch__city=standing.city),
    }
    if standing.role is not Role.CITY or not own[kind].filter(pk=pk).exists():
        raise Http404


def parts(standing: Standing, city: str) -> frozenset[Part]:
    """Return the parts a person has in the papers of a city: both its departments lead them."""
    if standing.role is Role.CITY and standing.city == city and standing.line:
        return frozenset({Part.LEAD})
    if standing.role is Role.PROVINCE and standing.line:
        return frozenset({Part.PROVINCE})
    return frozenset()


def consents(plan: Plan, standing: Standing) -> Consents:
    """Return which departments agreed to the text as it stands."""
    given = plan.consents.filter(version=plan.version).values_list("line", flat=True)
    return Consents(frozenset(given), standing.line or "")


def answers(filing: Filing, standing: Standing) -> Consents:
    """Return which provincial departments registered a filing already."""
    given = filing.answers.values_list("line", flat=True)
    return Consents(frozenset(given), standing.line or "")


def moves(standing: Standing, plan: Plan) -> set[PlanAct]:
    """Return what this person may do to a paper now; who agreed does not agree twice."""
    facts = consents(plan, standing)
    open_to = PLAN_LIFECYCLE.open_to(PlanStage(plan.stage), parts(standing, plan.city_id), facts)
    acts = {move.act for move in open_to}
    return acts - {PlanAct.AGREE} if facts.line in facts.given else acts


def filing_moves(standing: Standing, filing: Filing) -> set[FilingAct]:
    """Return what this person may do with a filing now; who answered does not answer twice."""
    facts = answers(filing, standing)
    if facts.line in facts.given:
        return set()
    stage = FilingStage(filing.stage)
    return {
        move.act for move in FILING_LIFECYCLE.open_to(stage, parts(standing, filing.city_id), facts)
    }
