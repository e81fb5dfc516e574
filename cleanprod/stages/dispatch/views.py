"""Pages of the opening side: the list of dispatches, drafting, opening, following up."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cleanprod.foundation.engine import clock
from cleanprod.foundation.organisations.acting import acting
from cleanprod.foundation.organisations.rules import Role, Standing
from cleanprod.foundation.rulebook import queries as rulebook
from cleanprod.foundation.web import asked, downloads, tables
from cleanprod.foundation.web.forms import posted
from cleanprod.kernel.errors import Refused
from cleanprod.stages.audits import access as audits
from cleanprod.stages.audits.rules import Stage
from cleanprod.stages.dispatch import access, actions, papers, queries, workbook
from cleanprod.stages.dispatch.forms import DraftForm, RemindForm
from cleanprod.stages.dispatch.models import Dispatch
from cleanprod.stages.dispatch.rules import Addressed, DispatchAct, DispatchStage, Selection

FORMATS = {"docx": downloads.DOCX, "pdf": downloads.PDF}
SHOWN_BEFORE = 200  # rows of a draft on its page; the letter has them all


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """Show the dispatches this person may open, newest first, each with its rate."""
    standing = acting(request, *access.ROLES)
    found = access.visible_to(standing).select_related("opener")
    stage = tables.tidy(request.GET.get("stage"))
    if stage:
        found = found.filter(stage=stage)
    own = request.GET.get("own") == "yes"
    if own:
        found = found.filter(opener=standing.office_id)
    page = tables.page(found, ("-id",), request, total=True)
    context = {
        "page": page,
        "rates": queries.rates(standing, page.rows),
        "stages": DispatchStage.choices(),
        "stage": stage,
        "own": own,
        "may_open": standing.role in access.OPENERS,
        "to_answer": list(queries.to_answer(standing)[:20]),
        "today": clock.today(),
    }
    return render(request, "dispatch/home.html", context)


def _initial(by: Standing) -> dict[str, Any]:
    """Return what a new dispatch says unless it is changed: all overdue duties, all fields."""
    today = clock.today()
    days = int(rulebook.value("dispatch.answer.days", on=today).value)
    return {
        "title": f"{today.year}年{today.month}月清洁生产审核逾期事项调度",
        "reason": (
            f"为掌握截至{today.year}年{today.month}月{today.day}日清洁生产审核逾期未完成事项的"
            "进展，请逐家说明进展阶段、预计完成日期、存在问题和下一步措施。"
        ),
        "answer_on": today + timedelta(days=days),
        "duties": [key for key, _ in queries.duty_titles(today)],
        "fields_asked": [one.key for one in queries.offered(today)],
        "addressed": Addressed.COUNTY,
        "lead": by.line or "",
    }


def _of(dispatch: Dispatch) -> dict[str, Any]:
    selection = Selection.of(dispatch.selection)
    return {
        "title": dispatch.title, "reason": dispatch.reason, "answer_on": dispatch.answer_on,
        "duties": selection.duties, "stages": selection.stages, "lead": selection.lead,
        "year": selection.year, "addressed": dispatch.addressed, "contact": dispatch.contact,
        "fields_asked": [one.key for one in dispatch.asked],
    }  # fmt: skip


def _form(request: HttpRequest, by: Standing, initial: dict[str, Any]) -> DraftForm:
    today = clock.today()
    return DraftForm(
        posted(request), initial=initial, by=by, duties=queries.duty_titles(today),
        offered=queries.offered(today),
    )  # fmt: skip


def _said(cleaned: dict[str, Any], by: Standing, picked: tuple[int, ...] = ()) -> actions.Draft:
    wanted = cleaned["fields_asked"]
    return actions.Draft(
        cleaned["title"], cleaned["reason"], cleaned["answer_on"],
        [one for one in queries.offered(clock.today()) if one.key in wanted],
        Selection(
            tuple(cleaned["duties"]), tuple(cleaned.get("stages", ())), cleaned.get("lead", ""),
            cleaned.get("year"), picked,
        ),
        Addressed.CITY if by.role is Role.PROVINCE else Addressed(cleaned["addressed"]),
        cleaned.get("contact", ""),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Draft a dispatch; with ticked rounds of the board in the address these are in its list."""
    standing = acting(request, *access.OPENERS)
    picked = _picked(request, standing)
    initial = _initial(standing)
    if picked:
        initial |= {"duties": [], "title": f"{clock.today().year}年清洁生产审核进度调度"}
    form = _form(request, standing, initial)
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.draft(_said(form.cleaned_data, standing, picked), by=standing)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "已起草，请核对清单后下发")
            return redirect("dispatch:dispatch", pk=made.pk)
    drafts = queries.drafts(standing)[:10] if picked and request.method == "GET" else []
    context = {"form": form, "picked": picked, "dispatch": None, "drafts": drafts}
    return render(request, "dispatch/edit.html", context, status=422 if form.errors else 200)


def _picked(request: HttpRequest, by: Standing) -> tuple[int, ...]:
    """Return the ticked rounds; one that is not this office's to ask about is not there."""
    chosen = set(asked.keys(request.POST.getlist("round") or request.GET.getlist("round")))
    if not chosen:
        return ()
    if audits.visible_to(by).filter(pk__in=chosen).count() != len(chosen):
        raise Http404
    return tuple(sorted(queries.scope(by).filter(pk__in=chosen).values_list("pk", flat=True)))


@require_POST
def overdue(request: HttpRequest) -> HttpResponse:
    """Make the list of everything overdue in one click: a draft with its rows by recipient."""
    standing = acting(request, *access.OPENERS)
    made = actions.draft(_said(_initial(standing), standing), by=standing)
    messages.success(request, "已按逾期事项生成清单，请核对后下发")
    return redirect("dispatch:dispatch", pk=made.pk)


@require_POST
def pick(request: HttpRequest, pk: int) -> HttpResponse:
    """Add ticked rounds to a draft."""
    standing = acting(request, *access.OPENERS)
    found = access.get_or_404(standing, pk)
    added = actions.pick(found.pk, _picked(request, standing), by=standing)
    messages.success(request, f"已加入{added}家企业" if added else "所选企业已在清单中")
    return redirect("dispatch:dispatch", pk=found.pk)


@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a draft."""
    standing = acting(request, *access.OPENERS)
    found = access.get_or_404(standing, pk)
    if DispatchAct.EDIT not in access.moves(standing, found):
        raise Http404
    form = _form(request, standing, _of(found))
    if request.method == "POST" and form.is_valid():
        picked = Selection.of(found.selection).picked
        try:
            actions.edit(
                found.pk, _said(form.cleaned_data, standing, picked),
                version=asked.whole(request.POST.get("version", "")) or 0, by=standing,
            )  # fmt: skip
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "已保存")
            return redirect("dispatch:dispatch", pk=found.pk)
    context = {"form": form, "picked": (), "dispatch": found, "drafts": []}
    return render(request, "dispatch/edit.html", context, status=422 if form.errors else 200)


@require_GET
def dispatch(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one dispatch: a draft with its list, later who answered and what is still overdue."""
    standing = acting(request, *access.ROLES)
    found = access.get_or_404(standing, pk)
    if found.opened_on is None:
        return _before(request, standing, found)
    return _after(request, standing, found, RemindForm())


def _before(request: HttpRequest, standing: Standing, found: Dispatch) -> HttpResponse:
    mine = found.opener_id == standing.office_id
    rows = queries.listed(standing, Selection.of(found.selection), clock.today()) if mine else []
    groups, without = queries.grouped(rows, Addressed(found.addressed))
    context = {
        "dispatch": found,
        "groups": groups,
        "rows": papers.lines_before(groups)[:SHOWN_BEFORE],
        "firms": sum(len(one.rows) for one in groups),
        "overdue": sum(one.overdue for one in groups),
        "without": [one.round.name for one in without],
        "acts": {act.value for act in access.moves(standing, found)},
        "words": _selection_words(found),
        "today": clock.today(),
    }
    return render(request, "dispatch/draft.html", context)


def _after(
    request: HttpRequest, standing: Standing, found: Dispatch, form: RemindForm, status: int = 200
) -> HttpResponse:
    recipients = access.recipients_visible_to(standing).filter(dispatch=found)
    tallies = queries.tallies(recipients, clock.today())
    whole = found.opener_id == standing.office_id or standing.role is Role.PROVINCE
    context = {
        "dispatch": found,
        "tallies": tallies,
        "total": queries.together("合计", tallies),
        "cities": queries.by_city(found, tallies)
        if found.addressed == Addressed.CITY and whole
        else [],
        "reminders": list(found.reminders.order_by("-serial")),
        "names": {one.pk: one.name for one in tallies},
        "form": form,
        "acts": {act.value for act in access.moves(standing, found)},
        "words": _selection_words(found),
        "today": clock.today(),
    }
    return render(request, "dispatch/dispatch.html", context, status=status)


def _selection_words(found: Dispatch) -> str:
    """Return in words which rounds were asked for."""
    selection = Selection.of(found.selection)
    titles = dict(queries.duty_titles(found.opened_on or clock.today()))
    parts = [f"逾期未完成“{titles.get(key, key)}”" for key in selection.duties]
    parts += [f"处于“{Stage(key).label}”" for key in selection.stages]
    if selection.picked:
        parts.append(f"另行勾选{len(selection.picked)}家")
    if selection.year:
        parts.append(f"{selection.year}年名单")
    return "；".join(parts)


@require_POST
def act(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    """Open, remind, close or cancel a dispatch."""
    standing = acting(request, *access.OPENERS)
    found = access.get_or_404(standing, pk)
    if verb == DispatchAct.REMIND:
        return _remind(request, standing, found)
    if verb == DispatchAct.OPEN:
        actions.open_dispatch(found.pk, by=standing)
        messages.success(request, "已下发，清单已固定，报送单位已收到消息")
    elif verb == DispatchAct.CLOSE:
        actions.close(found.pk, by=standing)
        messages.success(request, "已结束调度")
    elif verb == DispatchAct.CANCEL:
        actions.cancel(found.pk, reason=request.POST.get("reason", ""), by=standing)
        messages.success(request, "已取消调度")
    else:
        raise Http404
    return redirect("dispatch:dispatch", pk=found.pk)


def _remind(request: HttpRequest, standing: Standing, found: Dispatch) -> HttpResponse:
    form = RemindForm(request.POST)
    if form.is_valid():
        made = actions.remind(found.pk, text=form.cleaned_data["text"], by=standing)
        messages.success(request, f"第{made.serial}次催办，已通知{len(made.recipients)}个单位")
        return redirect("dispatch:dispatch", pk=found.pk)
    if found.opened_on is None:
        raise Http404
    return _after(request, standing, found, form, status=422)


@require_GET
def letter(request: HttpRequest, pk: int, file_format: str) -> HttpResponseBase:
    """Hand out the letter as a draft paper; a recipient's names its own rows only."""
    standing = acting(request, *access.ROLES)
    found = access.get_or_404(standing, pk)
    if file_format not in FORMATS:
        raise Http404
    today = clock.today()
    if found.opened_on is None:
        if found.opener_id != standing.office_id:
            raise Http404
        rows = queries.listed(standing, Selection.of(found.selection), today)
        groups, _ = queries.grouped(rows, Addressed(found.addressed))
        lines = papers.lines_before(groups)
    else:
        own = access.recipients_visible_to(standing).filter(dispatch=found)
        lines = papers.lines_of(list(queries.rows_of(own)))
    content = papers.render(papers.paper(found, lines, today), file_format)
    return downloads.attachment(content, f"{found.title}.{file_format}", FORMATS[file_format])


@require_GET
def summary(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Hand out who answered how much, and every answer this person may read, as a workbook."""
    standing = acting(request, *access.ROLES)
    found = access.get_or_404(standing, pk)
    if found.opened_on is None:
        raise Http404
    today = clock.today()
    own = access.recipients_visible_to(standing).filter(dispatch=found)
    tallies = queries.tallies(own, today)
    content = workbook.summary(
        found, tallies, queries.together("合计", tallies), list(queries.rows_of(own)), today
    )
    name = f"{found.title}汇总（截至{today.isoformat()}）.xlsx"
    return downloads.attachment(content, name, downloads.XLSX)
