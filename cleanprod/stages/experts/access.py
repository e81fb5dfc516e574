"""Who may see experts, panels and the names on them.

The names of a panel belong to the department that drew it and to the province until the meeting
opens. The other department of the city sees that a panel exists, an expert sees the own seat; the
enterprise, its county and its consultancy see names and titles once the meeting is open.
"""

from django.db.models import Q, QuerySet
from django.http import Http404

from cleanprod.foundation.organisations.rules import Role, Standing
from cleanprod.kernel.lifecycle import Move
from cleanprod.stages.audits import access as audits
from cleanprod.stages.audits.models import Round
from cleanprod.stages.experts.models import Appointment, Certificate, Expert, Panel, Reviewed
from cleanprod.stages.experts.rules import (
    EXPERTS,
    PANELS,
    SEATS,
    TAKEN,
    Act,
    PanelAct,
    PanelStage,
    Seat,
    SeatAct,
    State,
    Who,
)


def experts_visible_to(standing: Standing | None) -> QuerySet[Expert]:
    """Return the experts this person may look up: the province all, a city those in the pool."""
    experts = Expert.objects.all()
    if standing is not None and standing.role is Role.PROVINCE:
        return experts
    if standing is not None and standing.role is Role.CITY:
        return experts.filter(state__in=[State.POOL, State.SUSPENDED])
    return experts.none()


def expert_or_404(standing: Standing | None, pk: int) -> Expert:
    """Return one visible expert, or one who left after sitting on a panel of the department."""
    served = Expert.objects.none()
    if standing is not None and standing.role is Role.CITY:
        seats = Appointment.objects.filter(panel__city=standing.city, panel__lead=standing.line)
        served = Expert.objects.filter(pk__in=seats.values("expert"))
    found = (experts_visible_to(standing) | served).filter(pk=pk).select_related("city").first()
    if found is None:
        raise Http404
    return found


def rounds_to_review(standing: Standing | None) -> QuerySet[Round]:
    """Return the rounds of the panels on which this expert has taken a seat."""
    if standing is None or standing.role is not Role.EXPERT:
        return Round.objects.none()
    seats = Appointment.objects.filter(expert__person=standing.person_id, state=Seat.ACCEPTED)
    going = seats.exclude(panel__stage=PanelStage.CANCELLED)
    return Round.objects.filter(
        pk__in=Reviewed.objects.filter(panel__in=going.values("panel")).values("round")
    )


def own(standing: Standing | None) -> Expert | None:
    """Return the person's own entry in the pool, in whatever role the person acts now."""
    if standing is None:
        return None
    return Expert.objects.filter(person=standing.person_id).select_related("city").first()


def own_or_404(standing: Standing | None) -> Expert:
    """Return the own entry, or the answer for what is not there."""
    found = own(standing)
    if found is None:
        raise Http404
    return found


def who(standing: Standing, expert: Expert) -> frozenset[Who]:
    """Return the parts a person has in the entry of an expert."""
    parts = {Who.PROVINCE} if standing.role is Role.PROVINCE else set()
    if expert.person_id is not None and expert.person_id == standing.person_id:
        parts.add(Who.EXPERT)
    return frozenset(parts)


def moves(standing: Standing, expert: Expert) -> tuple[Move[State, Act, Who], ...]:
    """Return the moves open to this person; the page draws its buttons from them."""
    return EXPERTS.open_to(State(expert.state), who(standing, expert))


def may_read_contact(standing: Standing, expert: Expert) -> bool:
    """Tell whether the person has a need for phone and mail: the province, and who appointed."""
    if standing.role is Role.PROVINCE:
        return True
    if standing.role is not Role.CITY:
        return False
    seats = Appointment.objects.filter(expert=expert, state__in=TAKEN)
    return seats.filter(panel__city=standing.city, panel__lead=standing.line).exists()


def certificate_or_404(standing: Standing, pk: int) -> Certificate:
    """Return a certificate: the province may open all, an expert the own ones."""
    mine = Q(expert__person=standing.person_id)
    scope = Certificate.objects.all()
    if standing.role is not Role.PROVINCE:
        scope = scope.filter(mine)
    found = scope.filter(pk=pk).select_related("file").first()
    if found is None:
        raise Http404
    return found


def visible_to(standing: Standing | None) -> QuerySet[Panel]:
    """Return the panels this person may know of: the province all, a city those of its rounds."""
    panels = Panel.objects.all()
    if standing is not None and standing.role is Role.PROVINCE:
        return panels.filter(city__parent=standing.province)
    if standing is not None and standing.role is Role.CITY:
        return panels.filter(city=standing.city)
    return panels.none()


def panel_or_404(standing: Standing | None, pk: int) -> Panel:
    """Return one visible panel; not yours and not there answer alike."""
    found = visible_to(standing).filter(pk=pk).select_related("city").first()
    if found is None:
        raise Http404
    return found


def closed_panel_or_404(standing: Standing | None, pk: int) -> Panel:
    """Return a panel of which the person may read everything: draws, refusals, fees."""
    found = panel_or_404(standing, pk)
    if standing is None or not reads_all(standing, found):
        raise Http404
    return found


def reads_all(standing: Standing, panel: Panel) -> bool:
    """Tell whether the person reads names, draws and fees of a panel at any time."""
    return standing.role is Role.PROVINCE or Who.LEAD in panel_who(standing, panel)


def panel_who(standing: Standing, panel: Panel) -> frozenset[Who]:
    """Return the parts a person has in a panel."""
    if standing.leads(city=panel.city_id, lead=panel.lead):
        return frozenset({Who.LEAD})
    return frozenset({Who.PROVINCE}) if standing.role is Role.PROVINCE else frozenset()


def panel_moves(standing: Standing, panel: Panel) -> set[PanelAct]:
    """Return what this person may do with a panel now."""
    open_to = PANELS.open_to(PanelStage(panel.stage), panel_who(standing, panel))
    return {move.act for move in open_to}


def seat_who(standing: Standing, seat: Appointment) -> frozenset[Who]:
    """Return the parts a person has in an appointment."""
    mine = seat.expert.person_id is not None and seat.expert.person_id == standing.person_id
    return panel_who(standing, seat.panel) | ({Who.EXPERT} if mine else frozenset())


def seat_moves(standing: Standing, seat: Appointment) -> set[SeatAct]:
    """Return what this person may do with an appointment now; nothing after the meeting."""
    if seat.panel.stage not in (PanelStage.PREPARED, PanelStage.DRAWN):
        return set()
    open_to = SEATS.open_to(Seat(seat.state), seat_who(standing, seat))
    return {move.act for move in open_to}


def seat_or_404(standing: Standing | None, pk: int) -> Appointment:
    """Return an appointment: the lead and the province theirs, an expert the own one."""
    found = Appointment.objects.filter(pk=pk).select_related("panel__city", "expert").first()
    if found is None or standing is None:
        raise Http404
    if not seat_who(standing, found):
        raise Http404
    if found.panel.city.parent_id != standing.province and standing.role is Role.PROVINCE:
        raise Http404
    return found


def own_seats(expert: Expert) -> QuerySet[Appointment]:
    """Return what an expert was asked for; a proposal that nobody approved is not told."""
    hidden = [Seat.PROPOSED, Seat.REFUSED]
    return expert.appointments.exclude(state__in=hidden).select_related("panel__city")


def round_or_404(standing: Standing | None, pk: int) -> Round:
    """Return a round this person may ask the panels of; its consultancy may, too."""
    found = audits.visible_to(standing).filter(pk=pk).first()
    if found is None and standing is not None and standing.role is Role.CONSULTANCY:
        helped = Reviewed.objects.filter(round=pk, consultant=standing.office_id)
        found = Round.objects.filter(pk=pk, pk__in=helped.values("round")).first()
    if found is None:
        raise Http404
    return found
