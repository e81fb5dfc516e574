"""Pages of outcomes: concluding, entering from paper, the second check, site records, files."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cleanprod.foundation.attachments import actions as attachments
from cleanprod.foundation.attachments import responses
from cleanprod.foundation.engine import clock
from cleanprod.foundation.organisations.acting import acting
from cleanprod.foundation.organisations.rules import Role, Standing
from cleanprod.foundation.web import downloads
from cleanprod.foundation.web.forms import posted
from cleanprod.kernel.errors import Refused
from cleanprod.stages.experts import papers as panels
from cleanprod.stages.hearings import access, actions, concluding, papers, queries, rules
from cleanprod.stages.hearings.forms import OfflineForm, VisitForm
from cleanprod.stages.hearings.models import Hearing
from cleanprod.stages.hearings.rules import Act, State, Voter

FORMATS = {"docx": downloads.DOCX, "pdf": downloads.PDF}
_ROWS = range(1, 10)
_FIELDS = ("name", "unit", "total", "veto")
_SCANS = ("opinion_scan", "sheets_scan", "signin_scan")


@require_GET
def minutes(request: HttpRequest, pk: int, file_format: str) -> HttpResponseBase:
    """Hand out the minutes of a concluded review to the departments and the people of the round."""
    standing = acting(request, *access.DESKS)
    found = access.get_or_404(standing, pk)
    known = file_format in FORMATS and found.state == State.CONCLUDED
    if not known or not access.reads_site(standing, found):
        raise Http404
    content = papers.render(papers.minutes(found), file_format)
    name = f"{found.round.name}{found.get_step_display()}会议纪要.{file_format}"
    return downloads.attachment(content, name, FORMATS[file_format])


@require_GET
def summary(request: HttpRequest, pk: int, file_format: str) -> HttpResponseBase:
    """Hand out the summary of scores of a review held on paper to the lead and the province."""
    standing = acting(request, Role.PROVINCE, Role.CITY)
    found = access.get_or_404(standing, pk)
    entry = found.entries.filter(rejected="").first()
    if entry is None or file_format not in FORMATS or not access.reads_scores(standing, found):
        raise Http404
    content = papers.render(papers.summary(found, entry), file_format)
    name = f"{found.round.name}{found.get_step_display()}评分汇总表.{file_format}"
    return downloads.attachment(content, name, FORMATS[file_format])


@require_POST
def conclude(request: HttpRequest, pk: int) -> HttpResponse:
    """Record what the confirmed sitting decided."""
    standing = acting(request, Role.CITY)
    found = access.get_or_404(standing, pk)
    done = concluding.conclude(found.pk, by=standing)
    messages.success(request, f"已登记结论：{done.get_outcome_display()}")
    return redirect("hearings:hearing", pk=found.pk)


@require_http_methods(["GET", "POST"])
def enter(request: HttpRequest, pk: int) -> HttpResponse:
    """Enter the result of a review held on paper, with its scans."""
    standing = acting(request, Role.CITY)
    found = access.get_or_404(standing, pk)
    if Act.ENTER not in access.moves(standing, found):
        raise Http404
    first = {"held_on": found.meets_on, "place": found.place, "concluded_on": clock.today()}
    form = OfflineForm(posted(request), request.FILES or None, initial=first)
    if request.method == "POST" and form.is_valid():
        try:
            concluding.enter(found.pk, _entry(request, form.cleaned_data, standing), by=standing)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "已录入，等待本部门另一人复核")
            return redirect("hearings:hearing", pk=found.pk)
    context = {
        "hearing": found, "form": form, "rows": _rows(request, found),
        "sheet": queries.sheet_of(found),
    }  # fmt: skip
    return render(request, "hearings/enter.html", context, status=422 if form.errors else 200)


def _rows(request: HttpRequest, found: Hearing) -> list[tuple[int, dict[str, str]]]:
    """Return the rows of the experts: as typed, at first the panel that was drawn."""
    if request.method == "POST":
        return [
            (place, {one: request.POST.get(f"{one}-{place}", "") for one in _FIELDS})
            for place in _ROWS
        ]
    known = panels.members(found.panel) if found.panel else []
    first = {
        place: {"name": one.expert.name, "unit": one.expert.employer}
        for place, one in enumerate(known, 1)
    }
    empty = dict.fromkeys(_FIELDS, "")
    return [(place, empty | first.get(place, {})) for place in _ROWS]


def _entry(request: HttpRequest, said: dict[str, Any], by: Standing) -> concluding.NewOffline:
    voters = _voters(request)
    if not voters:
        raise Refused("请填写每位专家的得分")
    whole: dict[str, Any] = dict(said)
    for name in _SCANS:
        whole[name] = attachments.store(said[name], said[name].name or "扫描件", by=by)
    return concluding.NewOffline(voters=voters, **whole)


def _voters(request: HttpRequest) -> list[Voter]:
    typed = [[request.POST.get(f"{one}-{place}", "") for one in _FIELDS] for place in _ROWS]
    rows = (rules.voter_of(place, *row) for place, row in zip(_ROWS, typed, strict=True))
    return [one for one in rows if one is not None]


@require_POST
def settle(request: HttpRequest, pk: int, act: str) -> HttpResponse:
    """Confirm a colleague's entry from paper, or send it back."""
    standing = acting(request, Role.CITY)
    found = access.get_or_404(standing, pk)
    if act == Act.VERIFY.value:
        done = concluding.verify(found.pk, by=standing)
        messages.success(request, f"已复核确认：{done.get_outcome_display()}")
    elif act == Act.DISPUTE.value:
        concluding.dispute(found.pk, reason=request.POST.get("reason", ""), by=standing)
        messages.success(request, "已退回，请重新录入")
    else:
        raise Http404
    return redirect("hearings:hearing", pk=found.pk)


@require_http_methods(["GET", "POST"])
def visit(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep what was seen on site, with photos."""
    standing = acting(request, Role.CITY, Role.COUNTY)
    found = access.get_or_404(standing, pk)
    if not access.records_site(standing, found):
        raise Http404
    form = VisitForm(posted(request), initial={"on": clock.today()})
    if request.method == "POST" and form.is_valid():
        try:
            new = concluding.NewVisit(**form.cleaned_data)
            concluding.record_visit(found.pk, new, request.FILES.getlist("photos"), by=standing)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "已登记现场查看")
            return redirect("hearings:hearing", pk=found.pk)
    context = {"hearing": found, "form": form, "most": concluding.MOST_PHOTOS}
    return render(request, "hearings/visit.html", context, status=422 if form.errors else 200)


@require_GET
def photo(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Hand out a photo of a site record."""
    return responses.download(access.photo_or_404(acting(request, *access.DESKS), pk).file)


@require_GET
def scan(request: HttpRequest, pk: int, kind: str) -> HttpResponseBase:
    """Hand out a scan of a review held on paper to the lead and the province; readings are kept."""
    standing = acting(request, Role.PROVINCE, Role.CITY)
    found: Hearing = access.get_or_404(standing, pk)
    entry = found.entries.order_by("-pk").select_related(*_SCANS).first()
    if entry is None or f"{kind}_scan" not in _SCANS or not access.reads_scores(standing, found):
        raise Http404
    actions.note_read(found, kind, by=standing)
    return responses.download(getattr(entry, f"{kind}_scan"))
