"""Pages of enterprises and desks: what is to be published, the form, versions, the board."""

from collections.abc import Sequence

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cleanprod.foundation.attachments import actions as attachments
from cleanprod.foundation.attachments import responses
from cleanprod.foundation.organisations.acting import acting
from cleanprod.foundation.organisations.rules import Role, Standing
from cleanprod.foundation.web import tables
from cleanprod.foundation.web.both import Both, differing
from cleanprod.foundation.web.forms import posted
from cleanprod.kernel.errors import Conflict, Refused
from cleanprod.stages.audits.models import Round
from cleanprod.stages.audits.rules import Stage
from cleanprod.stages.disclosures import access, actions, queries
from cleanprod.stages.disclosures.forms import PublicationForm, initial
from cleanprod.stages.disclosures.models import Edition, Publication
from cleanprod.stages.disclosures.rules import Act, Kind, fields_of, why_closed
from cleanprod.stages.materials import access as materials

KINDS = {
    "draft": "neutral", "published": "good", "waiting": "wait", "returned": "bad",
    "accepted": "good",
}  # fmt: skip


def crumbs(standing: Standing, audit: Round) -> list[tuple[str, str]]:
    """Return the way to a round as this person walks it."""
    if standing.role is Role.CONSULTANCY:
        return [(audit.name, "")]
    return [("本轮审核", "/rounds/"), (audit.name, f"/rounds/{audit.pk}/")]


@require_GET
def mine(request: HttpRequest) -> HttpResponse:
    """Show an enterprise or a consultancy its rounds with what is published of each."""
    standing = acting(request, *materials.OWNERS)
    page = tables.page(access.rounds(standing), ("-list_year", "id"), request)
    context = {"page": page, "lines": queries.lines_of(page.rows), "kinds": KINDS}
    return render(request, "disclosures/mine.html", context)


@require_GET
def round_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what one round publishes: where it stands, by when and why, and all versions."""
    standing = acting(request, *access.READERS)
    audit = access.round_or_404(standing, pk)
    rows = Edition.objects.filter(publication__round=audit).select_related("verdict")
    editions: dict[int, list[Edition]] = {}
    for one in rows.order_by("-number"):
        editions.setdefault(one.publication_id, []).append(one)
    context = {
        "audit": audit,
        "crumbs": crumbs(standing, audit),
        "lines": queries.lines(audit),
        "editions": editions,
        "kinds": KINDS,
        "yearly": queries.yearly_link(),
        "may_draft": access.may_draft(standing, audit),
        "may_publish": access.may_publish(standing, audit),
    }
    return render(request, "disclosures/round.html", context)


@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """Let the enterprise fill one kind in, keep it as a draft, publish it."""
    standing = acting(request, *materials.OWNERS)
    audit = access.round_or_404(standing, pk)
    which = access.kind_or_404(audit, kind)
    if why_closed(which, Stage(audit.stage)) or not access.may_draft(standing, audit):
        raise Http404
    publication, edition = _kept(audit, which)
    offered = fields_of(which, audit.categories.split(","))
    form = PublicationForm(
        posted(request), request.FILES or None, offered=offered, kind=which,
        again=edition is not None,
        initial=initial(publication, edition, queries.known(audit, which)),
    )  # fmt: skip
    status = 200
    both: Sequence[Both] = ()
    if request.method == "POST" and form.is_valid():
        try:
            return _done(request, standing, audit, which, form)
        except actions.Wrong as wrong:
            for name, text in wrong.fields.items():
                form.add_error(name if name in form.fields else None, text)
        except Refused as refusal:
            form.add_error(None, str(refusal))
            status = 422
            if isinstance(refusal, Conflict):
                status = 409
                publication, edition = _kept(audit, which)
                both = _compared(form, publication, edition)
    context = {
        "audit": audit,
        "crumbs": crumbs(standing, audit),
        "kind": which,
        "form": form,
        "fixed": _fixed(audit, which),
        "publication": publication,
        "edition": edition,
        "may_publish": access.may_publish(standing, audit),
        "both": both,
    }
    if form.errors and status == 200:
        status = 422
    return render(request, "disclosures/edit.html", context, status=status)


def _kept(audit: Round, kind: Kind) -> tuple[Publication | None, Edition | None]:
    """Return what is kept of one kind, and the version that stands."""
    publication = Publication.objects.filter(round=audit, kind=kind).first()
    return publication, queries.current(publication) if publication else None


def _compared(
    form: PublicationForm, publication: Publication | None, edition: Edition | None
) -> Sequence[Both]:
    """Put what was typed beside what somebody else kept; sent again, the form knows of that."""
    kept = initial(publication, edition, {})
    form.data = dict(form.data.items()) | {"seen": kept["seen"]}  # of a QueryDict the last values
    return differing(form.texts(form.data), form.texts(kept))


def _fixed(audit: Round, kind: Kind) -> list[tuple[str, str]]:
    known = queries.fixed(audit, kind)
    fields = fields_of(kind, audit.categories.split(","))
    return [(one.title, known.get(one.key, "")) for one in fields if one.fixed]


def _done(
    request: HttpRequest, standing: Standing, audit: Round, kind: Kind, form: PublicationForm
) -> HttpResponse:
    told = form.told()
    if request.POST.get("act") != "publish":
        actions.save(audit.pk, kind, told, by=standing)
        messages.success(request, "草稿已保存，尚未公布")
        return redirect("disclosures:edit", pk=audit.pk, kind=kind.value)
    if not access.may_publish(standing, audit):
        raise Refused("委托范围不包括公布，请保存草稿，由企业公布")
    proof = attachments.keep(form.cleaned_data.get("proof"), by=standing)
    made = actions.publish(audit.pk, kind, told, proof=proof, by=standing)
    waits = "，由牵头部门核对证明" if kind is Kind.CATEGORY else ""
    messages.success(request, f"第{made.number}版已公布{waits}")
    return redirect("disclosures:round", pk=audit.pk)


@require_GET
def edition(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one version with its proof, and what may be decided about it."""
    standing = acting(request, *access.READERS)
    return _edition_page(request, standing, access.edition_or_404(standing, pk))


def _edition_page(
    request: HttpRequest, standing: Standing, found: Edition, error: str = "", status: int = 200
) -> HttpResponse:
    audit = found.publication.round
    context = {
        "edition": found,
        "publication": found.publication,
        "audit": audit,
        "crumbs": crumbs(standing, audit),
        "cells": access.readable(standing, found),
        "acts": {act.value for act in access.verdicts(standing, found)},
        "is_current": found.publication.number == found.number,
        "kinds": KINDS,
        "error": error,
    }
    return render(request, "disclosures/edition.html", context, status=status)


@require_POST
def judge(request: HttpRequest, pk: int, act: str) -> HttpResponse:
    """Accept or return a version and its proof."""
    standing = acting(request, Role.CITY)
    found = access.edition_or_404(standing, pk)
    audit = found.publication.round
    if act not in (Act.PASS, Act.RETURN) or not standing.leads(city=audit.city_id, lead=audit.lead):
        raise Http404
    try:
        actions.judge(found.pk, Act(act), reason=request.POST.get("reason", "")[:500], by=standing)
    except Refused as refusal:
        status = 409 if isinstance(refusal, Conflict) else 422
        return _edition_page(request, standing, found, str(refusal), status)
    messages.success(request, "已核对通过" if act == Act.PASS else "已退回企业修改")
    return redirect("disclosures:edition", pk=found.pk)


@require_GET
def proof(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Hand out the proof of a version."""
    standing = acting(request, *access.READERS)
    found = access.edition_or_404(standing, pk)
    if found.proof is None:
        raise Http404
    return responses.download(found.proof)
