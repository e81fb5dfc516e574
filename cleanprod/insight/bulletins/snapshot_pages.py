"""Pages of frozen figures: freeze, read, open the records of a cell, see what changed since."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from cleanprod.foundation.engine import clock
from cleanprod.foundation.organisations.acting import acting
from cleanprod.foundation.organisations.rules import Role
from cleanprod.foundation.territory import queries as territory
from cleanprod.foundation.web import tables
from cleanprod.foundation.web.forms import posted
from cleanprod.insight.bulletins import access, actions, queries
from cleanprod.insight.bulletins.forms import FreezeForm
from cleanprod.insight.bulletins.models import Cell, Snapshot
from cleanprod.insight.bulletins.rules import Kind
from cleanprod.insight.statistics import parts
from cleanprod.insight.statistics.queries import FIGURE_LABELS, AsOf
from cleanprod.insight.statistics.reports import compile_report
from cleanprod.insight.statistics.rules import COUNTED, Report
from cleanprod.insight.statistics.tabled import Tabled
from cleanprod.kernel.errors import Refused
from cleanprod.stages.audits import access as audits
from cleanprod.stages.audits.models import Round


@require_http_methods(["GET", "POST"])
def snapshots(request: HttpRequest) -> HttpResponse:
    """Show the snapshots; the province freezes figures here."""
    standing = acting(request, Role.PROVINCE)
    today = clock.today()
    form = FreezeForm(posted(request), initial={"year": today.year, "as_of": today})
    if request.method == "POST" and form.is_valid():
        moment = AsOf(form.cleaned_data["year"], form.cleaned_data["as_of"])
        try:
            made = actions.freeze(moment, note=form.cleaned_data["note"], by=standing)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "已封存。封存的数据不再改变")
            return redirect("bulletins:snapshot", pk=made.pk)
    found = access.snapshots_visible_to(standing)
    context = {"page": tables.page(found, ("-id",), request, total=True), "form": form}
    return render(request, "bulletins/snapshots.html", context, status=422 if form.errors else 200)


@require_GET
def snapshot(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the frozen figures as the official tables, and what can be written from them."""
    standing = acting(request, Role.PROVINCE)
    found = access.snapshot_or_404(standing, pk)
    name = request.GET.get("report", Report.PLATFORM_USE.value)
    if name not in COUNTED:
        raise Http404
    tabled = compile_report(Report(name), found.moment, found.rows)
    names = {city.code: city.short_name for city in territory.cities(settings.PROVINCE_CODE)}
    context = {
        "snapshot": found,
        **_table(tabled, found),
        "reports": [
            {"title": one.label, "url": f"?report={one.value}", "active": one.value == name}
            for one in COUNTED
        ],
        "unconfirmed": [names.get(code, code) for code in found.unconfirmed],
        "changes": len(queries.changed_since(found)) + len(queries.moved_since(found)),
        "kinds": Kind.choices(),
        "bulletins": found.bulletins.order_by("pk"),
    }
    return render(request, "bulletins/snapshot.html", context)


def _table(tabled: Tabled, found: Snapshot) -> dict[str, Any]:
    """Return what a template needs to show a frozen table; its figures open frozen records."""

    def cell_url(figure: str, row: Mapping[str, Any]) -> str:
        code = row.get("code", "")
        address = reverse("bulletins:cell", args=[found.pk, figure])
        return f"{address}?city={code}" if code else address

    return {
        "tabled": tabled,
        "heads": [parts.head(column) for column in tabled.columns],
        "groups": tabled.groups(),
        "cell_url": cell_url,
        "marked": found.unconfirmed if found.check_of else (),
    }


@require_GET
def cell(request: HttpRequest, pk: int, figure: str) -> HttpResponse:
    """List the records behind one frozen figure: all of them, and those this person may open."""
    standing = acting(request, Role.PROVINCE)
    found = access.snapshot_or_404(standing, pk)
    if figure not in queries.CELLS:
        raise Http404
    city = request.GET.get("city", "")
    place = territory.region(city) if city else None
    if city and place is None:
        raise Http404
    cells = Cell.objects.filter(snapshot=found, figure=figure)
    if city:
        cells = cells.filter(city=city)
    ids = [pk for records in cells.values_list("records", flat=True) for pk in records]
    rounds = audits.visible_to(standing).filter(pk__in=ids).select_related("city", "county")
    context = {
        "snapshot": found,
        "figure": FIGURE_LABELS[figure],
        "place": place.name if place else "全省",
        "total": len(ids),
        "page": tables.page(rounds, ("city_id", "id"), request, total=True),
    }
    return render(request, "bulletins/cell.html", context)


@require_GET
def changes(request: HttpRequest, pk: int) -> HttpResponse:
    """Show record by record what would be counted otherwise today."""
    standing = acting(request, Role.PROVINCE)
    found = access.snapshot_or_404(standing, pk)
    cells = queries.changed_since(found)
    names = {city.code: city.short_name for city in territory.cities(settings.PROVINCE_CODE)}
    context = {
        "snapshot": found,
        "cells": [(one, FIGURE_LABELS[one.figure], names.get(one.city, one.city)) for one in cells],
        "differences": queries.differences(found),
        "moved": [(one, names.get(one.city, one.city)) for one in queries.moved_since(found)],
        "labels": FIGURE_LABELS,
        "gone": _gone(found.pk),
    }
    return render(request, "bulletins/changes.html", context)


def _gone(snapshot_id: int) -> int:
    """Return how many frozen records are no longer there at all; none should ever be."""
    cells = Cell.objects.filter(snapshot=snapshot_id)
    ids = {pk for records in cells.values_list("records", flat=True) for pk in records}
    return len(ids) - Round.objects.filter(pk__in=ids).count()
