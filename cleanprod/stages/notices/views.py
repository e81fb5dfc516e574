"""Pages of written notices: issue, print, serve, withdraw."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cleanprod.foundation.attachments import actions as attachments
from cleanprod.foundation.attachments import responses
from cleanprod.foundation.engine import clock
from cleanprod.foundation.organisations.acting import acting
from cleanprod.foundation.organisations.rules import Line, Part, Role, Standing
from cleanprod.foundation.territory import queries as territory
from cleanprod.foundation.web import asked, downloads, tables
from cleanprod.foundation.web.forms import posted
from cleanprod.kernel.errors import Refused
from cleanprod.stages.notices import access, actions, papers, queries
from cleanprod.stages.notices.forms import IssueForm, ServeForm
from cleanprod.stages.notices.models import Notice
from cleanprod.stages.notices.rules import Delivery, Way
from cleanprod.stages.programme import access as programme
from cleanprod.stages.programme.models import Batch
from cleanprod.stages.programme.rules import BatchStage

FORMATS = {"docx": downloads.DOCX, "pdf": downloads.PDF}
_STATES = (("waiting", "未送达"), ("served", "已送达"))


@require_GET
def desk(request: HttpRequest) -> HttpResponse:
    """Show the notices this desk may read, those not served first asked for."""
    standing = acting(request, *access.DESKS)
    state = request.GET.get("state", "waiting")
    found = access.visible_to(standing).select_related("round", "county", "batch", "city")
    if state == "waiting":
        found = queries.served(found, False)
    elif state == "served":
        found = queries.served(found)
    for name, column in (("lead", "lead"), ("county", "county"), ("city", "city")):
        value = tables.tidy(request.GET.get(name))
        if value:
            found = found.filter(**{column: value})
    page = tables.page(found, ("-issued_on", "id"), request, total=True)
    context = {
        "page": page,
        "services": queries.last_service([one.pk for one in page.rows]),
        "may_serve": _serving(standing),
        "states": _STATES,
        "state": state,
        "asked": request.GET,
        "leads": Line.choices() if standing.line is None or standing.role is Role.CITY else [],
        "counties": _counties(standing),
        "cities": _cities(standing),
        "waiting": queries.to_serve(standing).count(),
    }
    return render(request, "notices/desk.html", context)


def _serving(standing: Standing) -> bool:
    return standing.role in (Role.CITY, Role.COUNTY)


def _counties(standing: Standing) -> list[tuple[str, str]]:
    if standing.role is not Role.CITY:
        return []
    return [(place.code, place.name) for place in territory.below(standing.city)]


def _cities(standing: Standing) -> list[tuple[str, str]]:
    if standing.role is not Role.PROVINCE:
        return []
    return [(city.code, city.short_name) for city in territory.cities(standing.province)]


@require_http_methods(["GET", "POST"])
def listing(request: HttpRequest, pk: int) -> HttpResponse:
    """Show how far the notices of one list are; its lead department issues them here."""
    standing = acting(request, *access.DESKS)
    batch = _published(standing, pk)
    leads = standing.leads(city=batch.city_id, lead=batch.lead)
    if request.method == "POST" and not leads:
        raise Http404
    form = IssueForm(posted(request), initial={"on": clock.today()})
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.issue(batch.pk, by=standing, **form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"已出具书面通知书{made}份" if made else "都已出具，没有新增")
            return redirect("notices:listing", pk=batch.pk)
    context = {
        "batch": batch,
        "progress": queries.progress(standing, batch),
        "counties": queries.by_county(standing, batch),
        "form": form if leads else None,
        "missing": queries.to_notify(batch).count() if leads else 0,
    }
    return render(request, "notices/listing.html", context, status=422 if form.errors else 200)


def _published(standing: Standing, pk: int) -> Batch:
    """Return a published list; one that is not published has no notices and is not there."""
    batch = programme.get_or_404(standing, pk)
    if batch.stage != BatchStage.PUBLISHED:
        raise Http404
    return batch


def _of_list(request: HttpRequest, pk: int) -> tuple[Batch, QuerySet[Notice]]:
    standing = acting(request, *access.DESKS)
    batch = _published(standing, pk)
    found = access.visible_to(standing).filter(batch=batch)
    county = tables.tidy(request.GET.get("county"))
    if county:
        found = found.filter(county=county)
    found = found.select_related("round__entry", "batch", "county").order_by("head", "serial")
    if not found.exists():
        raise Http404
    return batch, found


@require_GET
def together(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Hand out all notices of a list, or of one county of it, in one PDF."""
    batch, found = _of_list(request, pk)
    return downloads.attachment(
        papers.together(list(found)), f"{batch.title}书面通知书.pdf", downloads.PDF
    )


@require_GET
def workbook(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Hand out how far service is as a workbook."""
    batch, found = _of_list(request, pk)
    notices = list(found)
    title = f"{batch.title}书面通知书送达情况"
    services = dict(queries.last_service([one.pk for one in notices]))
    content = papers.workbook(notices, services, title)
    return downloads.attachment(content, f"{title}.xlsx", downloads.XLSX)


@require_GET
def notice(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one notice, its services with those withdrawn, and what this person may do."""
    standing = acting(request, *access.DESKS, Role.ENTERPRISE)
    found = access.get_or_404(standing, pk)
    services = list(found.services.select_related("evidence").order_by("pk"))
    effective = next((one for one in services if one.withdrawn_at is None), None)
    context = {
        "notice": found,
        "services": services,
        "effective": effective,
        "may_serve": access.may_serve(standing, found),
        "may_open_scan": _may_open(standing, found),
        "is_official": standing.role is not Role.ENTERPRISE,
    }
    return render(request, "notices/notice.html", context)


def _may_open(standing: Standing, found: Notice) -> bool:
    """Tell whether the scan is open to this person: not to the other department of the city."""
    return Part.PARTNER not in access.parts(standing, found)


@require_GET
def paper(request: HttpRequest, pk: int, file_format: str) -> HttpResponseBase:
    """Hand out one notice with its receipt of service."""
    standing = acting(request, *access.DESKS, Role.ENTERPRISE)
    if file_format not in FORMATS:
        raise Http404
    found = access.get_or_404(standing, pk)
    name = f"{found.number}{found.round.name}.{file_format}"
    return downloads.attachment(papers.render(found, file_format), name, FORMATS[file_format])


@require_http_methods(["GET", "POST"])
def serve(request: HttpRequest) -> HttpResponse:
    """Record the service of ticked notices, one or many at once."""
    standing = acting(request, Role.CITY, Role.COUNTY)
    chosen = set(asked.keys(request.POST.getlist("notice") or request.GET.getlist("notice")))
    visible = access.visible_to(standing).filter(pk__in=chosen).select_related("round", "county")
    notices = list(visible.order_by("pk"))
    if len(notices) != len(chosen) or not all(access.may_serve(standing, one) for one in notices):
        raise Http404
    if not notices:
        messages.warning(request, "请先勾选要登记送达的书面通知书")
        return redirect("notices:desk")
    form = ServeForm(posted(request), request.FILES or None, initial={"on": clock.today()})
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.serve(
                [one.pk for one in notices], _delivery(form.cleaned_data, standing), by=standing
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"已登记送达{made}份" if made else "此前已登记送达，没有新增")
            return redirect("notices:desk")
    context = {"form": form, "notices": notices}
    return render(request, "notices/serve.html", context, status=422 if form.errors else 200)


def _delivery(cleaned: dict[str, Any], by: Standing) -> Delivery:
    file = attachments.keep(cleaned.get("evidence"), by=by)
    return Delivery(
        cleaned["on"], Way(cleaned["way"]), cleaned["receiver"], file.pk if file else None,
        cleaned["reason"],
    )  # fmt: skip


@require_POST
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Withdraw a service that was recorded by mistake."""
    standing = acting(request, Role.CITY, Role.COUNTY)
    found = access.service_or_404(standing, pk)
    actions.withdraw_service(found.pk, reason=request.POST.get("reason", ""), by=standing)
    messages.success(request, "已撤回送达登记，可以重新登记")
    return redirect(reverse("notices:notice", args=[found.notice_id]))


@require_GET
def scan(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Hand out the scanned receipt; the other department of the city may not open it."""
    standing = acting(request, *access.DESKS, Role.ENTERPRISE)
    found = access.service_or_404(standing, pk)
    if found.evidence is None or not _may_open(standing, found.notice):
        raise Http404
    return responses.download(found.evidence)
