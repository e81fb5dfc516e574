"""Tables that the province made public: for everybody to read, for the province to keep."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from cleanprod.foundation.organisations.acting import acting
from cleanprod.foundation.organisations.rules import Role
from cleanprod.foundation.web import downloads, tables
from cleanprod.insight.statistics import access, actions, files
from cleanprod.insight.statistics.models import Disclosure
from cleanprod.insight.statistics.queries import AsOf
from cleanprod.insight.statistics.questions import moment_of, words
from cleanprod.insight.statistics.reports import compile_report
from cleanprod.insight.statistics.rules import Report
from cleanprod.insight.statistics.tabled import content_of


@login_not_required
@require_GET
def public(request: HttpRequest) -> HttpResponse:
    """List the tables that are public, the newest year first."""
    page = tables.page(access.public(), ("-year", "-disclosed_on", "-id"), request)
    return render(request, "statistics/public.html", {"page": page})


@login_not_required
@require_GET
def table(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Show one public table as it was made public; as a workbook or CSV on request."""
    told = access.public_or_404(pk)
    if shape := request.GET.get("format", ""):
        if shape not in files.PUBLIC_FORMATS:
            raise Http404
        return downloads.attachment(
            files.public(told, shape), files.public_name(told, shape), files.CONTENT_TYPES[shape]
        )
    content = told.content
    context = {
        "told": told,
        "heads": [
            {"label": one["label"], "kind": "" if one["key"] == "city" else "num"}
            for one in content["columns"]
        ],
        "content": content,
        "links": [
            (label, f"{request.path}?format={key}") for key, label in files.PUBLIC_FORMATS.items()
        ],
    }
    return render(request, "statistics/public_table.html", context)


@require_GET
def disclosures(request: HttpRequest) -> HttpResponse:
    """Show the province what is public and what was, and how to change it."""
    acting(request, Role.PROVINCE)
    page = tables.page(Disclosure.objects.all(), ("-disclosed_on", "-id"), request)
    context = {
        "page": page,
        "reports": [(one, reverse("statistics:report", args=[one.value])) for one in Report],
    }
    return render(request, "statistics/disclosures.html", context)


@require_GET
def disclosure(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the province whether the records still say what is public; offer to withdraw it."""
    acting(request, Role.PROVINCE)
    told = Disclosure.objects.filter(pk=pk).first()
    if told is None:
        raise Http404
    moment = AsOf(told.year, told.as_of)
    now = content_of(compile_report(Report(told.report), moment))
    before = {row[1]: row for row in told.content["rows"]}
    context = {
        "told": told,
        "changed": [
            (row[1], before.get(row[1], []), row)
            for row in now["rows"]
            if before.get(row[1]) != row
        ],
        "labels": [one["label"] for one in told.content["columns"]],
        "address": f"{reverse('statistics:report', args=[told.report])}?{words(moment)}",
    }
    return render(request, "statistics/disclosure.html", context)


@require_POST
def disclose(request: HttpRequest, name: str) -> HttpResponse:
    """Make the table that the province looks at public."""
    standing = acting(request, Role.PROVINCE)
    if name not in set(Report):
        raise Http404
    told = actions.disclose(Report(name), moment_of(request), by=standing)
    messages.success(request, f"已主动公开：{told.title}（统计截至{told.as_of.isoformat()}）")
    return redirect("statistics:disclosure", pk=told.pk)


@require_POST
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a public table back, with the reason."""
    standing = acting(request, Role.PROVINCE)
    if not Disclosure.objects.filter(pk=pk).exists():
        raise Http404
    told = actions.withdraw(pk, reason=request.POST.get("reason", ""), by=standing)
    messages.success(request, f"已撤回公开：{told.title}")
    return redirect("statistics:disclosures")
