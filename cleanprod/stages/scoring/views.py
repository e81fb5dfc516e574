"""Pages of sittings: the list, scoring alone, the scores together, the opinion, papers."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cleanprod.foundation.documents.blocks import Paper
from cleanprod.foundation.engine import clock
from cleanprod.foundation.organisations.acting import acting
from cleanprod.foundation.organisations.rules import Part, Role, Standing
from cleanprod.foundation.web import downloads, tables
from cleanprod.foundation.web.forms import posted
from cleanprod.kernel.errors import Refused
from cleanprod.stages.audits import access as audits
from cleanprod.stages.scoring import (
    access,
    actions,
    drafting,
    opining,
    papers,
    queries,
    rules,
)
from cleanprod.stages.scoring.forms import ConfirmForm, DissentForm, OpinionForm
from cleanprod.stages.scoring.models import Member, Sitting
from cleanprod.stages.scoring.rules import Act, Purpose, State

FORMATS = {"docx": downloads.DOCX, "pdf": downloads.PDF}


@require_GET
def sittings(request: HttpRequest) -> HttpResponse:
    """List the sittings this person may open, the newest first."""
    standing = acting(request, *access.DESKS)
    found = access.visible_to(standing).select_related("round__city", "round__county")
    for name in ("state", "purpose"):
        if value := tables.tidy(request.GET.get(name)):
            found = found.filter(**{name: value})
    context = {
        "page": tables.page(found, ("-held_on", "id"), request, total=True),
        "asked": request.GET,
        "states": State.choices(),
        "purposes": Purpose.choices(),
        "is_official": standing.role in (Role.PROVINCE, Role.CITY),
        "sees_deviations": standing.role is Role.PROVINCE,
    }
    return render(request, "scoring/sittings.html", context)


@require_GET
def sitting(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a sitting: who is in, and the scores once all are in to those who may read them."""
    standing = acting(request, *access.DESKS)
    found = access.get_or_404(standing, pk)
    open_scores = access.sees_scores(standing, found)
    used = queries.sheet_of(found)
    members = list(found.members.order_by("pk")) if access.keeps(standing, found) else []
    answers = [queries.answers_of(one) for one in members] if open_scores else []
    context = {
        "sitting": found,
        "sheet": used,
        "members": members,
        "answers": list(zip(members, answers, strict=False)),
        "totals": [
            "否决" if points is None else rules.short(points)
            for points in (rules.total(used, one) for one in answers)
        ],
        "outcome": rules.outcome(used, answers) if answers else None,
        "blocks": drafting.blocks(used, answers) if answers else [],
        "waiting": sum(one.signed_at is None for one in members),
        "unsigned": sum(one.agreed_at is None for one in members),
        "seat": access.seat(standing, found),
        "moves": access.moves(standing, found),
        "acts": Act,
        "at_round": standing.role in (Role.PROVINCE, Role.CITY, Role.COUNTY, Role.ENTERPRISE),
    }
    return render(request, "scoring/sitting.html", context)


@require_http_methods(["GET", "POST"])
def score(request: HttpRequest, pk: int) -> HttpResponse:
    """Let a member score alone; every change is kept by itself, signing is for good."""
    standing = acting(request, Role.EXPERT)
    found = access.get_or_404(standing, pk)
    errors: list[str] = []
    typed: dict[str, str] = {}
    used = queries.sheet_of(found)
    if request.method == "POST":
        typed = {name: str(value) for name, value in request.POST.items()}
        errors, signed = _kept(found, typed, standing)
        if request.headers.get("HX-Request"):
            seat = access.seat(standing, found)
            kept = _progress(seat, used, errors) if seat else {"errors": errors}
            return render(request, "scoring/kept.html", kept)
        if signed:
            messages.success(request, "评分已确认，不能再修改")
            return redirect("scoring:sitting", pk=found.pk)
        if not errors:
            messages.success(request, "已保存")
            return redirect("scoring:score", pk=found.pk)
    seat = access.seat(standing, found)
    if seat is None:
        raise Http404
    if seat.signed_at is not None or found.state != State.SCORING:
        return redirect("scoring:sitting", pk=found.pk)
    context = _progress(seat, used, errors) | {
        "sitting": found, "sheet": used, "seat": seat, "typed": typed,
        "step": "0.5" if used.half_points else "1",
        "ties": queries.ties_of(found, [seat]).get(seat.person_id, ()),
    }  # fmt: skip
    return render(request, "scoring/score.html", context, status=422 if errors else 200)


def _progress(seat: Member, sheet: rules.Sheet, errors: list[str]) -> dict[str, Any]:
    """Return how far a member has come, as the page shows it after each change."""
    answers = queries.answers_of(seat)
    return {
        "errors": errors, "at": seat.saved_at, "total": rules.total(sheet, answers),
        "done": sum(one.number in answers.scores for one in sheet.items),
        "whole": len(sheet.items),
    }  # fmt: skip


def _kept(found: Sitting, typed: dict[str, str], by: Standing) -> tuple[list[str], bool]:
    """Save what was typed and sign if asked to; return the mistakes and whether it is signed."""
    try:
        errors = actions.save(found.pk, typed, by=by)
        if typed.get("act") != "sign" or errors:
            return errors, False
        if (seat := access.seat(by, found)) is not None and seat.signed_at is None:
            missing = rules.lacking(queries.sheet_of(found), queries.answers_of(seat))
            if missing:
                return list(missing.values()), False
        actions.sign(found.pk, by=by)
    except Refused as refusal:
        return [str(refusal)], False
    return [], True


@require_http_methods(["GET", "POST"])
def agree(request: HttpRequest, pk: int) -> HttpResponse:
    """Let the leader put the opinion before the panel, and each other member sign it."""
    standing = acting(request, Role.EXPERT)
    found = access.get_or_404(standing, pk)
    seat = access.seat(standing, found)
    if seat is None:
        raise Http404
    if not access.all_in(found) or found.state != State.SCORING:
        return redirect("scoring:sitting", pk=found.pk)
    used = queries.sheet_of(found)
    members = list(found.members.order_by("pk"))
    answers = [queries.answers_of(one) for one in members]
    form: OpinionForm | DissentForm
    if seat.leader:
        draft = found.opinion or drafting.drafted(used, answers)
        form = OpinionForm(posted(request), initial={"opinion": draft})
    else:
        form = DissentForm(posted(request), initial={"dissent": seat.dissent})
    if request.method == "POST" and form.is_valid():
        try:
            if seat.leader:
                opining.put_forward(found.pk, form.cleaned_data["opinion"], by=standing)
            else:
                seen = request.POST.get("seen", "")
                opining.agree(
                    found.pk, seen=seen, dissent=form.cleaned_data["dissent"], by=standing
                )
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "已提出并签署" if seat.leader else "已签署专家组意见")
            return redirect("scoring:sitting", pk=found.pk)
    context = {
        "sitting": found, "sheet": used, "seat": seat, "form": form, "members": members,
        "outcome": rules.outcome(used, answers), "blocks": drafting.blocks(used, answers),
        "seen": opining.version(found),
    }  # fmt: skip
    return render(request, "scoring/agree.html", context, status=422 if form.errors else 200)


@require_POST
def give_back(request: HttpRequest, pk: int) -> HttpResponse:
    """Give the opinion back to the panel, with the reason."""
    standing = acting(request, Role.CITY)
    found = access.get_or_404(standing, pk)
    opining.give_back(found.pk, reason=request.POST.get("reason", ""), by=standing)
    messages.success(request, "已退回专家组，由组长修改后重新签署")
    return redirect("scoring:sitting", pk=found.pk)


@require_http_methods(["GET", "POST"])
def confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """Confirm what the panel signed."""
    standing = acting(request, Role.CITY)
    found = access.get_or_404(standing, pk)
    replayed = request.method == "POST" and found.state == State.CONFIRMED
    if Part.LEAD not in audits.parts(standing, found.round):
        raise Http404
    if not access.sees_scores(standing, found) or (found.state != State.SCORING and not replayed):
        return redirect("scoring:sitting", pk=found.pk)
    used = queries.sheet_of(found)
    members = list(found.members.order_by("pk"))
    answers = [queries.answers_of(one) for one in members]
    form = ConfirmForm(posted(request), initial={"on": clock.today()})
    if request.method == "POST" and form.is_valid():
        try:
            actions.confirm(found.pk, actions.Conclusion(**form.cleaned_data), by=standing)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "已审定")
            return redirect("scoring:sitting", pk=found.pk)
    context = {
        "sitting": found, "sheet": used, "form": form, "outcome": rules.outcome(used, answers),
        "blocks": drafting.blocks(used, answers), "members": members,
    }  # fmt: skip
    return render(request, "scoring/confirm.html", context, status=422 if form.errors else 200)


@require_POST
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """Cancel a sitting opened by mistake."""
    standing = acting(request, Role.CITY)
    found = access.get_or_404(standing, pk)
    actions.cancel(found.pk, reason=request.POST.get("reason", ""), by=standing)
    messages.success(request, "已作废，可以重新登记")
    return redirect("scoring:sitting", pk=found.pk)


@require_GET
def opinion(request: HttpRequest, pk: int, file_format: str) -> HttpResponseBase:
    """Hand out the opinion, once it is confirmed, to whoever may open the sitting."""
    found = access.get_or_404(acting(request, *access.DESKS), pk)
    return _paper(found, papers.opinion, file_format)


@require_GET
def summary(request: HttpRequest, pk: int, file_format: str) -> HttpResponseBase:
    """Hand out the summary of scores to the lead department, the province and the members."""
    standing = acting(request, *access.DESKS)
    found = access.get_or_404(standing, pk)
    if not access.sees_scores(standing, found):
        raise Http404
    return _paper(found, papers.summary, file_format)


def _paper(found: Sitting, make: Any, file_format: str) -> HttpResponseBase:
    if file_format not in FORMATS or found.state != State.CONFIRMED:
        raise Http404
    paper: Paper = make(found)
    title = papers.TITLES[Purpose(found.purpose)] if make is papers.opinion else "评分汇总表"
    name = f"{found.round.name}{title}.{file_format}"
    return downloads.attachment(papers.render(paper, file_format), name, FORMATS[file_format])
