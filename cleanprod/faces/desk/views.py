"""Home, boards and the pages that show several stages of one thing."""

from typing import Any

from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from cleanprod.faces.desk import board, queries, whereabouts
from cleanprod.foundation.engine import clock
from cleanprod.foundation.notifications import actions as notification_actions
from cleanprod.foundation.notifications import queries as notifications
from cleanprod.foundation.organisations.acting import acting
from cleanprod.foundation.organisations.rules import Line, Part, Role, Standing
from cleanprod.foundation.rulebook.models import Provision
from cleanprod.foundation.territory import queries as territory
from cleanprod.foundation.trail import queries as trail
from cleanprod.foundation.trail.models import Entry as TrailEntry
from cleanprod.foundation.web import tables
from cleanprod.insight.statistics import access as statistics_access
from cleanprod.insight.statistics.queries import AsOf, counts
from cleanprod.insight.statistics.reports import compile_report
from cleanprod.insight.statistics.rules import Report
from cleanprod.stages.audits import access
from cleanprod.stages.audits import queries as audits
from cleanprod.stages.audits.models import Fact, Round
from cleanprod.stages.audits.rules import WORKING, Act, Ground, Milestone, Source, Stage
from cleanprod.stages.materials import queries as material_queries
from cleanprod.stages.measures import queries as measures
from cleanprod.stages.notices import access as chasing
from cleanprod.stages.notices import queries as notices
from cleanprod.stages.programme import access as programme_access
from cleanprod.stages.programme import queries as programme
from cleanprod.stages.programme.rules import BATCH_LIFECYCLE, BatchStage, EntryState
from cleanprod.stages.registration import access as registration_access
from cleanprod.stages.registration import queries as registration
from cleanprod.stages.registration.rules import may_issue
from cleanprod.stages.results import access as results
from cleanprod.stages.review import completing
from cleanprod.stages.scoring import access as scoring

BUSINESS = (Role.PROVINCE, Role.CITY, Role.COUNTY)


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """Show what waits for this person, and the year's figures to those who read them."""
    standing = acting(request)
    lines = queries.waiting(standing)
    context: dict[str, Any] = {
        "waiting": lines[: queries.MOST],
        "folded": lines[queries.MOST :],
        "role": standing.role.label,
        "today": clock.today(),
        "figures": _figures(standing),
        "audit": None,
    }
    if standing.role is Role.ENTERPRISE and (audit := whereabouts.current(standing)):
        context |= {
            "audit": audit,
            "steps": whereabouts.steps(audit),
            "where": whereabouts.whereabouts(audit),
            "is_enterprise": True,
            "brief": True,
        }
    return render(request, "desk/home.html", context)


def _figures(standing: Standing) -> dict[str, Any] | None:
    """Return the province's or the city's own row of the two main tables of the year."""
    if standing.role not in statistics_access.READERS:
        return None
    today = clock.today()
    moment = AsOf(today.year, today)
    rows = counts(moment)
    progress = compile_report(Report.PROGRESS, moment, rows)
    use = compile_report(Report.PLATFORM_USE, moment, rows)
    if standing.role is Role.CITY:
        row = next(row for row in progress.rows if row["code"] == standing.city)
        used = next(row for row in use.rows if row["code"] == standing.city)
    else:
        row, used = progress.total, use.total
    return {"year": today.year, "as_of": today, "row": row, "use": used, "place": row["city"]}


@require_GET
def lists(request: HttpRequest) -> HttpResponse:
    """Show the lists this person may open."""
    standing = acting(request, *BUSINESS)
    batches = (
        programme_access.visible_to(standing)
        .select_related("city")
        .annotate(entry_count=Count("entries", filter=~Q(entries__state=EntryState.YIELDED)))
    )
    batches = _narrowed(batches, request, {"year": "year", "lead": "lead", "city": "city"})
    context = {
        "page": tables.page(batches, ("-year", "city_id", "lead", "number", "id"), request),
        "cities": _city_choices(standing),
        "leads": Line.choices(),
        "chosen": request.GET,
        "may_import": standing.role is Role.CITY,
    }
    return render(request, "desk/lists.html", context)


def _narrowed(rows: QuerySet[Any], request: HttpRequest, names: dict[str, str]) -> QuerySet[Any]:
    """Filter by the address; what cannot be read as a value of the column finds nothing."""
    for name, column in names.items():
        value = request.GET.get(name, "").strip()
        if not value:
            continue
        if column.endswith("year") and not value.isdigit():
            return rows.none()
        rows = rows.filter(**{column: value})
    return rows


def _city_choices(standing: Standing) -> list[tuple[str, str]]:
    if standing.role is not Role.PROVINCE:
        return []
    return [(city.code, city.short_name) for city in territory.cities(standing.province)]


@require_GET
def list_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one list with its entries and the moves open to this person."""
    standing = acting(request, *BUSINESS)
    batch = programme_access.get_or_404(standing, pk)
    entries = programme_access.entries_visible_to(standing).filter(batch=batch)
    found = board.searched(entries, request.GET.get("q", ""))
    page = tables.page(found.select_related("county"), ("row", "id"), request, total=True)
    shown = [entry.pk for entry in page.rows]
    visible = access.visible_to(standing)
    rounds = dict(visible.filter(entry__in=shown).values_list("entry_id", "pk")) | dict(
        visible.filter(relistings__entry__in=shown).values_list("relistings__entry_id", "pk")
    )
    context = {
        "batch": batch,
        "page": page,
        "rounds": rounds,
        "places": programme.places(batch, shown),
        "amendments": audits.amendments_of(batch),
        "notices": notices.progress(standing, batch)
        if batch.stage == BatchStage.PUBLISHED
        else None,
        "q": request.GET.get("q", ""),
        "may_issue": batch.stage == BatchStage.PUBLISHED
        and may_issue(standing, city=batch.city_id, lead=batch.lead),
        "moves": [
            move.act.value
            for move in BATCH_LIFECYCLE.open_to(
                BatchStage(batch.stage), programme_access.parts(standing, batch), batch.joint
            )
        ],
    }
    return render(request, "desk/list.html", context)


@require_GET
def round_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one round: where it stands, what is owed, what happened, what may be done now."""
    standing = acting(request, *BUSINESS, Role.ENTERPRISE, Role.CONSULTANCY)
    if standing.role is Role.CONSULTANCY:  # it has a page of its own, where it sees less
        engaged = registration_access.engaged_or_404(standing, pk)
        return redirect("registration:engaged", round_id=engaged.round_id)
    audit = access.get_or_404(standing, pk)
    facts = list(audit.facts.select_related("withdrawal", "evidence").order_by("happened_on", "pk"))
    context = {
        "audit": audit,
        "facts": facts,
        "steps": whereabouts.steps(audit),
        "where": whereabouts.whereabouts(audit),
        "brief": False,
        "duties": whereabouts.duties(audit),
        "moves": {move.act.value for move in access.moves(standing, audit)},
        "results": _results_open(standing, audit),
        "withdrawable": {fact.pk for fact in facts if _may_withdraw(standing, audit, fact)},
        "may_open_evidence": Part.PARTNER not in access.parts(standing, audit),
        "notices": audit.notices.select_related("batch").order_by("pk"),
        "services": notices.last_service(audit.notices.values_list("pk", flat=True)),
        "urgings": audit.urgings.order_by("-happened_on", "-pk"),
        "checks": audit.first_checks.order_by("-happened_on", "-pk"),
        "sheet": measures.sheet_of(audit),
        "materials": _materials(audit),
        "submissions": audit.submissions.select_related("receipt", "round").order_by("-number"),
        "may_ask": Part.ENTERPRISE in access.parts(standing, audit),
        "may_check": Part.COUNTY in access.parts(standing, audit) and audit.stage in WORKING,
        "may_urge": not chasing.SERVERS.isdisjoint(access.parts(standing, audit))
        and audit.stage in WORKING,
        "is_official": standing.role in BUSINESS,
        "is_enterprise": standing.role is Role.ENTERPRISE,
        "contacts": _contacts(standing, audit),
        "engagements": registration_access.engagements_visible_to(standing)
        .filter(round=audit, revoked_on=None)
        .select_related("consultancy"),
        "may_rename": standing.leads(city=audit.city_id, lead=audit.lead),
        "sittings": scoring.visible_to(standing).filter(round=audit).order_by("-held_on", "pk"),
        "announced": results.own_results(standing, audit.pk).select_related("batch", "certificate"),
        "may_open_batch": standing.role in results.DESKS,
        "grounds": dict(Ground.choices()),
        "completing": completing.checks([audit])[audit.pk] if audit.stage == Stage.ACCEPTED else [],
        "today": clock.today(),
    }
    return render(request, "desk/round.html", context)


def _materials(audit: Round) -> list[tuple[str, int, int]]:
    """Return how many required materials are there, gate by gate."""
    return [
        (section.gate.label, *section.progress) for section in material_queries.checklist(audit)
    ]


def _contacts(standing: Standing, audit: Round) -> list[registration.ContactRow] | None:
    """Return the people of the enterprise; the other department does not read their numbers."""
    if Part.PARTNER in access.parts(standing, audit):
        return None
    return registration.contacts(audit.enterprise.merged_into_id or audit.enterprise_id)


def _may_withdraw(standing: Standing, audit: Round, fact: Fact) -> bool:
    """Tell whether the page offers to withdraw a fact: the lead its own, the province migrated."""
    if fact.kind == Milestone.LISTED or hasattr(fact, "withdrawal"):
        return False
    if fact.source == Source.MIGRATED:
        return standing.role is Role.PROVINCE
    return standing.leads(city=audit.city_id, lead=audit.lead)


def _results_open(standing: Standing, audit: Round) -> bool:
    acts = {move.act for move in access.moves(standing, audit)}
    return bool(acts & {Act.ACCEPT, Act.FAIL, Act.DEFER, Act.CANCEL})


@require_GET
def history(request: HttpRequest, pk: int) -> HttpResponse:
    """Show everything recorded about one enterprise, newest first."""
    standing = acting(request, *BUSINESS, Role.ENTERPRISE)
    audit = access.get_or_404(standing, pk)
    lines = trail.history(dossier=audit.enterprise_id, city=standing.city, limit=200)
    context = {"audit": audit, "lines": queries.told(lines)}
    return render(request, "desk/history.html", context)


@require_GET
def inbox(request: HttpRequest) -> HttpResponse:
    """Show the messages sent to this person."""
    standing = acting(request)
    page = tables.page(notifications.inbox(standing.person_id), ("-id",), request)
    return render(request, "desk/inbox.html", {"page": page})


@require_POST
def read(request: HttpRequest, pk: int) -> HttpResponse:
    """Mark one's own message as read and open what it speaks of."""
    standing = acting(request)
    message = notification_actions.mark_read(pk, person_id=standing.person_id)
    return redirect(message.url if message and message.url else reverse("desk:inbox"))


@require_GET
def rules(request: HttpRequest) -> HttpResponse:
    """Show administrators the dated rules, with what is unconfirmed marked as such."""
    acting(request, Role.ADMIN, Role.PROVINCE)
    provisions = Provision.objects.order_by("key", "effective_from")
    return render(request, "desk/rules.html", {"provisions": provisions})


@require_GET
def trail_page(request: HttpRequest) -> HttpResponse:
    """Show the security auditor the trail, newest first."""
    acting(request, Role.AUDITOR)
    rows = TrailEntry.objects.all()
    act = request.GET.get("act", "").strip()
    person = request.GET.get("person", "").strip()
    if act:
        rows = rows.filter(act__startswith=act)
    if person:
        rows = rows.filter(person_name=person)
    page = tables.page(rows, ("-id",), request)
    return render(request, "desk/trail.html", {"page": page, "act": act, "person": person})
