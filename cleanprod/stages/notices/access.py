"""Who may read notices, services, urgings and first checks, and who may do what with them."""

from django.db.models import QuerySet
from django.http import Http404

from cleanprod.foundation.organisations.rules import Part, Role, Standing, parts_in
from cleanprod.stages.audits import access as audits
from cleanprod.stages.notices.models import Extension, Notice, Service
from cleanprod.stages.notices.rules import EXTENSIONS, Asked, Reply

DESKS = (Role.PROVINCE, Role.CITY, Role.COUNTY)
SERVERS = frozenset({Part.LEAD, Part.COUNTY})


def visible_to(standing: Standing | None) -> QuerySet[Notice]:
    """Return the notices this person may open: own enterprise, own territory and line."""
    notices = Notice.objects.all()
    if standing is None:
        return notices.none()
    if standing.role is Role.PROVINCE:
        return notices.filter(city__parent=standing.province)
    if standing.role is Role.CITY:
        return notices.filter(city=standing.city)
    if standing.role is Role.COUNTY:
        scope = notices.filter(city=standing.city, county=standing.county)
        return scope.filter(lead=standing.line) if standing.line else scope
    if standing.role is Role.ENTERPRISE:
        return notices.filter(round__in=audits.visible_to(standing))
    return notices.none()


def get_or_404(standing: Standing | None, pk: int) -> Notice:
    """Return one visible notice; not yours and not there answer alike."""
    found = (
        visible_to(standing)
        .filter(pk=pk)
        .select_related("round__entry", "batch", "city", "county")
        .first()
    )
    if found is None:
        raise Http404
    return found


def service_or_404(standing: Standing | None, pk: int) -> Service:
    """Return one service of a visible notice; not yours and not there answer alike."""
    found = (
        Service.objects.filter(pk=pk, notice__in=visible_to(standing))
        .select_related("notice__round", "evidence")
        .first()
    )
    if found is None:
        raise Http404
    return found


def parts(standing: Standing, notice: Notice) -> frozenset[Part]:
    """Return the parts this person has in a notice."""
    audit = notice.round
    return parts_in(
        standing,
        city=notice.city_id,
        lead=notice.lead,
        county=notice.county_id or "",
        enterprise=audit.enterprise_id,
    )


def may_serve(standing: Standing, notice: Notice) -> bool:
    """Tell whether this person may record that the notice was served, and withdraw it."""
    return not SERVERS.isdisjoint(parts(standing, notice))


def extensions_visible_to(standing: Standing | None) -> QuerySet[Extension]:
    """Return the requests for more time in rounds that this person may open."""
    return Extension.objects.filter(round__in=audits.visible_to(standing))


def extension_or_404(standing: Standing | None, pk: int) -> Extension:
    """Return one request; not yours and not there answer alike."""
    found = (
        extensions_visible_to(standing)
        .filter(pk=pk)
        .select_related("round", "obligation", "evidence")
        .first()
    )
    if found is None:
        raise Http404
    return found


def replies(standing: Standing, extension: Extension) -> frozenset[Reply]:
    """Return what this person may do to the request now."""
    moves = EXTENSIONS.open_to(Asked(extension.state), audits.parts(standing, extension.round))
    return frozenset(move.act for move in moves)
