"""What everybody reads of results, and where anybody objects during a publicity."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from cleanprod.foundation.accounts import lockout
from cleanprod.foundation.engine import clock
from cleanprod.foundation.web import asked, downloads, tables
from cleanprod.foundation.web.forms import posted
from cleanprod.kernel.errors import Refused
from cleanprod.stages.registration.claim_pages import LOCKED, address_of
from cleanprod.stages.results import access, actions, papers, queries
from cleanprod.stages.results.forms import LookForm, ObjectionForm
from cleanprod.stages.results.models import Batch, Objection
from cleanprod.stages.results.rules import OUT, State


@login_not_required
@require_GET
def batches(request: HttpRequest) -> HttpResponse:
    """Show what is in publicity now, and what was announced."""
    announced = access.public().filter(state__in=OUT).select_related("city")
    page = tables.page(announced, ("-announced_on", "-id"), request)
    return render(request, "results/public.html", {"running": queries.in_publicity(), "page": page})


@login_not_required
@require_GET
def batch(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one batch to everybody: names, codes, places, conclusions, nothing personal."""
    found = access.public_or_404(pk)
    context = {
        "batch": found,
        "annexes": queries.annexes(found),
        "issuers": papers.issuers(found),
        "period": papers.period(found),
        "left": queries.days_left(found),
        "open": _open(found),
    }
    return render(request, "results/public_batch.html", context)


def _open(batch: Batch) -> bool:
    """Tell whether one may object today."""
    first = batch.publicity_from
    return bool(
        batch.state == State.PUBLICITY
        and first
        and first <= clock.today()
        and queries.days_left(batch)
    )


@login_not_required
@require_GET
def workbook(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Hand out the annexes of a public batch as a workbook."""
    found = access.public_or_404(pk)
    return downloads.attachment(
        papers.workbook(found, scores=False), f"{found.title}.xlsx", downloads.XLSX
    )


@never_cache
@login_not_required
@require_http_methods(["GET", "POST"])
def object_to(request: HttpRequest, pk: int) -> HttpResponse:
    """Take an objection and show its number and code once."""
    found = access.public_or_404(pk)
    lines = [line for one in queries.annexes(found) for line in one.lines]
    offered = [(str(line.pk), line.round.name) for line in lines]
    form = ObjectionForm(posted(request), lines=offered)
    made: tuple[Objection, str] | None = None
    if request.method == "POST" and form.is_valid():
        if not lockout.try_visitor("objecting", address_of(request)):
            form.add_error(None, LOCKED)
        else:
            said = form.cleaned_data
            try:
                made = actions.object_to(
                    found.pk,
                    actions.Said(
                        said["name"], said["contact"], said["text"], asked.whole(said["line"])
                    ),
                )
            except Refused as refusal:
                form.add_error(None, str(refusal))
    context = {"batch": found, "form": form, "made": made, "open": _open(found)}
    return render(request, "results/object.html", context, status=422 if form.errors else 200)


@never_cache
@login_not_required
@require_http_methods(["GET", "POST"])
def answer(request: HttpRequest) -> HttpResponse:
    """Show what became of an objection to whoever has its number and code."""
    form = LookForm(posted(request))
    found: Objection | None = None
    if request.method == "POST" and form.is_valid():
        address = address_of(request)
        if not lockout.try_visitor("answering", address):
            form.add_error(None, LOCKED)
        else:
            found = _found(form.cleaned_data["number"], form.cleaned_data["code"])
            if found is None:
                form.add_error(None, "没有查到：请核对受理编号和查询码")
            else:
                lockout.visitor_right("answering", address)
    context = {"form": form, "found": found}
    return render(request, "results/answer.html", context, status=422 if form.errors else 200)


def _found(number: str, code: str) -> Objection | None:
    known = Objection.objects.filter(number=number.strip().upper(), code_hash=actions.hashed(code))
    return known.select_related("batch", "line__round").first()
