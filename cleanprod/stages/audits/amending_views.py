"""Pages of a notice of change: choose rows, word it, look at what it does, record, read it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cleanprod.foundation.engine import clock
from cleanprod.foundation.organisations.acting import acting
from cleanprod.foundation.organisations.rules import Role, Standing
from cleanprod.foundation.web import asked, downloads, tables
from cleanprod.foundation.web.forms import posted
from cleanprod.kernel.errors import Refused
from cleanprod.kernel.names import comparable
from cleanprod.stages.audits import access, drafts, papers, queries, weighing
from cleanprod.stages.audits.amending import amend_list
from cleanprod.stages.audits.forms import NoticeForm, default_issuer
from cleanprod.stages.audits.models import Amendment, AmendmentDraft, AmendmentLine, Fact
from cleanprod.stages.audits.rules import Change, ChangeLine, Notice, changes_open
from cleanprod.stages.programme import access as programme_access
from cleanprod.stages.programme.models import Batch, Entry
from cleanprod.stages.programme.rules import BatchAct

GET_POST = ["GET", "POST"]
LONGEST_REASON = 500
MOST_SHOWN = 200
NO_REASON = "请填写变更理由"


def _own(request: HttpRequest, batch_id: int) -> tuple[Standing, Batch]:
    """Return the list if this person may change it by a notice; else it is not there."""
    standing = acting(request, Role.CITY)
    batch = programme_access.get_or_404(standing, batch_id)
    if not programme_access.may(standing, BatchAct.AMEND, batch):
        raise Http404
    return standing, batch


def _steps(now: int) -> list[dict[str, str]]:
    titles = ("选择企业", "填写通知", "核对登记")
    return [
        {"title": title, "state": "done" if n < now else "now" if n == now else "next"}
        for n, title in enumerate(titles)
    ]


@dataclass(frozen=True, slots=True)
class Typed:
    """One row as it was typed or kept: the change, the reason, what is wrong with it."""

    change: str = ""
    reason: str = ""
    error: str = ""


@require_http_methods(GET_POST)
def choose(request: HttpRequest, batch_id: int) -> HttpResponse:
    """Choose rows of the list to cancel or defer, and rows of earlier lists to roll in."""
    standing, batch = _own(request, batch_id)
    earlier = request.GET.get("part") == "earlier"
    words = request.GET.get("q", "").strip()[:100]
    rows = programme_access.rollable_into(batch) if earlier else weighing.changeable(batch)
    found = _searched(rows, words).select_related("county", "batch")
    typed: dict[int, Typed] = {}
    if request.method == "POST":
        typed = _save(request, batch, found, earlier=earlier, by=standing)
        if not any(row.error for row in typed.values()):
            chosen = len(drafts.draft_of(batch, standing).lines)
            messages.success(request, f"已保存，变更通知现有{chosen}家企业")
            return redirect(request.get_full_path())
    page = tables.page(found, ("row", "id"), request, total=True)
    draft = drafts.draft_of(batch, standing)
    kept = {line.entry: Typed(line.change.value, line.reason) for line in drafts.lines_of(draft)}
    offered = (Change.ROLL,) if earlier else (Change.CANCEL, Change.DEFER)
    context = {
        "batch": batch,
        "steps": _steps(0),
        "tabs": _tabs(batch, earlier=earlier),
        "earlier": earlier,
        "q": words,
        "page": page,
        "rows": [
            (entry, options, typed.get(entry.pk) or kept.get(entry.pk) or Typed())
            for entry, options in _options(page.rows, earlier=earlier)
        ],
        "choices": [("", "请选择"), *((change.value, change.label) for change in offered)],
        "chosen": len(kept),
        "errors": sum(bool(row.error) for row in typed.values()),
        "all_error": typed[0].error if 0 in typed else "",
        "all": typed.get(0, Typed()),
    }
    return render(request, "audits/amend.html", context, status=422 if context["errors"] else 200)


def _searched(rows: QuerySet[Entry], words: str) -> QuerySet[Entry]:
    if not words:
        return rows
    return rows.filter(
        Q(enterprise__comparable__contains=comparable(words)) | Q(code__startswith=words.upper())
    )


def _tabs(batch: Batch, *, earlier: bool) -> list[dict[str, Any]]:
    address = reverse("audits:amend", args=[batch.pk])
    return [
        {
            "title": "本名单的企业：取消、暂缓",
            "url": address,
            "active": not earlier,
            "count": weighing.changeable(batch).count(),
        },
        {
            "title": "以前名单的企业：滚动纳入",
            "url": f"{address}?part=earlier",
            "active": earlier,
            "count": programme_access.rollable_into(batch).count(),
        },
    ]


def _options(rows: list[Entry], *, earlier: bool) -> list[tuple[Entry, tuple[Change, ...]]]:
    """Return what may be done to each row shown."""
    if earlier:
        return [(entry, (Change.ROLL,)) for entry in rows]
    stages = weighing.stages(rows)
    return [(entry, changes_open(stages[entry.pk])) for entry in rows]


def _save(
    request: HttpRequest,
    batch: Batch,
    found: QuerySet[Entry],
    *,
    earlier: bool,
    by: Standing,
) -> dict[int, Typed]:
    """Keep what was chosen; return the rows as typed when one of them lacks its reason."""
    if request.POST.get("do") == "all":
        return _save_all(request, batch, found, earlier=earlier, by=by)
    shown = set(asked.keys(request.POST.getlist("shown")))
    typed = {
        entry: _typed(request, f"change_{entry}", f"reason_{entry}") for entry in sorted(shown)
    }
    if any(row.error for row in typed.values()):
        return typed
    rows = list(found.filter(pk__in=shown))
    lines = [
        ChangeLine(entry.pk, Change(typed[entry.pk].change), typed[entry.pk].reason)
        for entry, options in _options(rows, earlier=earlier)
        if typed[entry.pk].change in options
    ]
    drafts.choose(batch, shown, lines, by=by)
    return {}


def _typed(request: HttpRequest, change: str, reason: str) -> Typed:
    """Return one row as typed; a change that is none of ours counts as no change."""
    chosen = request.POST.get(change, "")
    chosen = chosen if chosen in set(Change) else ""
    text = request.POST.get(reason, "").strip()[:LONGEST_REASON]
    return Typed(chosen, text, NO_REASON if chosen and not text else "")


def _save_all(
    request: HttpRequest,
    batch: Batch,
    found: QuerySet[Entry],
    *,
    earlier: bool,
    by: Standing,
) -> dict[int, Typed]:
    """Make one change to every row found, whichever page it stands on."""
    typed = _typed(request, "change_all", "reason_all")
    if typed.error:
        return {0: typed}
    if not typed.change:
        return {0: Typed("", typed.reason, "请选择变更")}
    change = Change(typed.change)
    rows = list(found)
    lines = [
        ChangeLine(entry.pk, change, typed.reason)
        for entry, options in _options(rows, earlier=earlier)
        if change in options
    ]
    drafts.choose(batch, {line.entry for line in lines}, lines, by=by)
    return {}


@require_http_methods(GET_POST)
def word(request: HttpRequest, batch_id: int) -> HttpResponse:
    """Type what the notice says of itself."""
    standing, batch = _own(request, batch_id)
    draft = drafts.draft_of(batch, standing)
    initial = draft.notice or default_issuer(batch.issuers or standing.office_name)
    form = NoticeForm(posted(request), initial=initial, batch=batch)
    if request.method == "POST" and form.is_valid():
        drafts.word(batch, form.cleaned_data, by=standing)
        return redirect("audits:amend-preview", batch.pk)
    context = {"batch": batch, "form": form, "steps": _steps(1), "chosen": len(draft.lines)}
    return render(request, "audits/amend_notice.html", context, status=422 if form.errors else 200)


@require_http_methods(GET_POST)
def preview(request: HttpRequest, batch_id: int) -> HttpResponseBase:
    """Say exactly what the notice will do; recording it takes the mark of what was looked at."""
    standing, batch = _own(request, batch_id)
    draft = drafts.draft_of(batch, standing)
    if request.method == "POST":
        done = _done_before(request, batch, draft)
        if done:
            messages.info(request, f"该变更通知已于{done.happened_on}登记，没有重复登记")
            return redirect("audits:amendment", batch.pk, done.number)
    notice, lines = drafts.notice_of(draft), drafts.lines_of(draft)
    if not lines:
        messages.info(request, "变更通知还没有企业，请先选择要变更的企业")
        return redirect("audits:amend", batch.pk)
    if notice is None:
        return redirect("audits:amend-notice", batch.pk)
    if request.POST.get("do") == "drop":
        _drop(batch, notice, lines, by=standing)
        return redirect("audits:amend-preview", batch.pk)
    if request.method == "POST":
        refusal = _record(request, batch, draft, by=standing)
        if isinstance(refusal, Amendment):
            return redirect("audits:amendment", batch.pk, refusal.number)
        return _preview(request, batch, draft, refusal)
    return _preview(request, batch, draft)


def _drop(batch: Batch, notice: Notice, lines: list[ChangeLine], *, by: Standing) -> None:
    """Take the lines out of the notice that cannot be, as when a firm passed meanwhile."""
    weighed = weighing.weigh(batch, lines, on=notice.on, today=clock.today())
    drafts.choose(batch, {one.line.entry for one in weighed if one.problem}, (), by=by)


def _done_before(request: HttpRequest, batch: Batch, draft: AmendmentDraft) -> Amendment | None:
    """Return the notice that the same confirmation recorded already; its draft is gone."""
    if draft.lines:
        return None
    number = request.POST.get("document_number", "")
    return Amendment.objects.filter(batch=batch, document_number=number).first()


def _record(
    request: HttpRequest, batch: Batch, draft: AmendmentDraft, *, by: Standing
) -> Amendment | str:
    """Record the notice that was looked at; return it, or why not."""
    notice = drafts.notice_of(draft)
    if notice is None or request.POST.get("mark") != drafts.fingerprint(draft):
        return "变更通知在预览之后改过，请再核对一遍"
    try:
        done = amend_list(batch.pk, notice, drafts.lines_of(draft), by=by)
    except Refused as refusal:
        return str(refusal)
    messages.success(request, f"{done.title}已登记，{done.lines.count()}家企业的变更已全部生效")
    return done


def _preview(
    request: HttpRequest, batch: Batch, draft: AmendmentDraft, refusal: str = ""
) -> HttpResponseBase:
    notice = drafts.notice_of(draft)
    if notice is None:
        raise Http404
    lines = drafts.lines_of(draft)
    seen = weighing.outlook(batch, lines, on=notice.on, today=clock.today())
    file_format = request.GET.get("format", "")
    if file_format:
        return _file(batch, notice, papers.drafted(seen.lines), file_format)
    address = reverse("audits:amend-preview", args=[batch.pk])
    context = {
        "batch": batch,
        "steps": _steps(2),
        "notice": notice,
        "seen": seen,
        "counts": [(change.label, seen.count(change)) for change in Change],
        "shown": seen.lines[:MOST_SHOWN],
        "mark": drafts.fingerprint(draft),
        "refusal": refusal,
        "links": _links(address),
    }
    return render(request, "audits/amend_preview.html", context, status=422 if refusal else 200)


def _links(address: str) -> list[tuple[str, str]]:
    return [(label, f"{address}?format={key}") for key, (label, _) in papers.FORMATS.items()]


def _file(
    batch: Batch, notice: Notice, rows: list[papers.Row], file_format: str
) -> HttpResponseBase:
    if file_format not in papers.FORMATS:
        raise Http404
    return downloads.attachment(
        papers.render(batch, notice, rows, file_format),
        papers.name(batch, notice, file_format),
        papers.FORMATS[file_format][1],
    )


@require_POST
def discard(request: HttpRequest, batch_id: int) -> HttpResponse:
    """Throw the notice away that is being prepared; nothing of the list changes."""
    standing, batch = _own(request, batch_id)
    drafts.discard(batch, by=standing)
    messages.success(request, "已放弃正在准备的变更通知，名单没有变化")
    return redirect(f"/lists/{batch.pk}/")


@require_GET
def amendment(request: HttpRequest, batch_id: int, number: int) -> HttpResponseBase:
    """Show one recorded notice: its facts, its lines, its files."""
    standing = acting(request, Role.PROVINCE, Role.CITY, Role.COUNTY)
    batch = programme_access.get_or_404(standing, batch_id)
    done = get_object_or_404(queries.amendments_of(batch), number=number)
    lines = _lines(standing, done)
    file_format = request.GET.get("format", "")
    if file_format:
        notice = Notice(done.document_number, done.happened_on, done.issuers, done.reason)
        ordered = lines.order_by("pk").select_related("entry__county")
        return _file(batch, notice, papers.recorded(ordered), file_format)
    page = tables.page(
        lines.select_related("entry__county", "earlier__batch"), ("id",), request, total=True
    )
    context: Mapping[str, Any] = {
        "batch": batch,
        "done": done,
        "page": page,
        "rounds": set(
            access.visible_to(standing)
            .filter(pk__in=[line.round_id for line in page.rows])
            .values_list("pk", flat=True)
        ),
        "withdrawn": set(
            Fact.objects.filter(
                round__in=[line.round_id for line in page.rows],
                document_number=done.document_number,
                details__list=batch.pk,
            )
            .exclude(withdrawal=None)
            .values_list("round_id", flat=True)
        ),
        "links": _links(reverse("audits:amendment", args=[batch.pk, done.number])),
    }
    return render(request, "audits/amendment.html", context)


def _lines(standing: Standing, done: Amendment) -> QuerySet[AmendmentLine]:
    """Return the lines of the rows that this person may read; a county reads its own."""
    readable = programme_access.entries_visible_to(standing).filter(batch=done.batch_id)
    return AmendmentLine.objects.filter(amendment=done, entry__in=readable)
