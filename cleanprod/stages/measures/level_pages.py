"""The level of cleaner production that a round reaches under the indicator system of its trade."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from cleanprod.foundation.organisations.acting import acting
from cleanprod.foundation.web import asked
from cleanprod.foundation.web.forms import posted
from cleanprod.kernel.errors import Refused
from cleanprod.kernel.finding import Finding
from cleanprod.stages.measures import access, actions, checking, queries
from cleanprod.stages.measures.models import GreenLevel
from cleanprod.stages.measures.rules import Act
from cleanprod.stages.measures.views import READERS
from cleanprod.stages.performance import system_sheets, telling, value_sheets
from cleanprod.stages.performance.forms import TrialForm
from cleanprod.stages.performance.indicators.loading import load
from cleanprod.stages.performance.indicators.scoring import score
from cleanprod.stages.performance.indicators.system import System
from cleanprod.stages.performance.indicators.values import BadValues, from_texts


@require_http_methods(["GET", "POST"])
def level(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the level and how it came about; the enterprise fills the values here."""
    standing = acting(request, *READERS)
    audit = access.round_or_404(standing, pk)
    may_edit = Act.EDIT in access.moves(standing, audit, queries.sheet_of(audit))
    if request.method == "POST" and not may_edit:
        raise Http404
    kept = queries.level_of(audit)
    system = checking.system_of(audit) if may_edit or kept is None else kept.system
    context: dict[str, Any] = {
        "audit": audit,
        "home": access.home(standing, audit),
        "kept": kept,
        "system": system,
        "told": _told(kept) if kept else None,
        "form": None,
        "findings": (),
    }
    if system is None or not may_edit:
        return render(request, "measures/level.html", context)
    system.refresh_from_db(fields=["body"])
    shown = load(system.body)
    form, context["findings"] = _form(request, shown, kept)
    if form.is_bound and form.is_valid():
        stale = asked.whole(request.POST.get("version", ""))
        texts = {key: str(form.cleaned_data.get(name) or "") for key, name in form.names.items()}
        try:
            made = actions.keep_level(
                audit.pk, system.pk, texts, version=-1 if stale is None else stale, by=standing
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"已评定：{made.level}")
            return redirect("measures:level", pk=pk)
    context |= {"form": form, "version": kept.version if kept else 0}
    wrong = bool(context["findings"] or form.errors)
    return render(request, "measures/level.html", context, status=422 if wrong else 200)


def _told(kept: GreenLevel) -> dict[str, Any]:
    """Return what the kept values come to, in the words of the page."""
    body = load(kept.system.body)
    values, _ = from_texts(body, kept.texts)
    return telling.told(score(body, values))


def _form(
    request: HttpRequest, shown: System, kept: GreenLevel | None
) -> tuple[TrialForm, tuple[Finding, ...]]:
    """Return the form with what was posted, read from a file, or kept before."""
    upload = request.FILES.get("sheet")
    if upload is None:
        blank = TrialForm(posted(request), shown)
        if not blank.is_bound and kept is not None:
            for key, text in kept.texts.items():
                if key in blank.names:
                    blank.fields[blank.names[key]].initial = text
        return blank, ()
    blank = TrialForm(None, shown)
    try:
        data = upload.read(system_sheets.MAX_BYTES + 1)
        values = value_sheets.read(shown, data, upload.name or "")
    except BadValues as bad:
        return blank, bad.findings
    return TrialForm(blank.typed(values), shown), ()
