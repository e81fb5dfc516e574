"""Pages of materials: the checklist of a round, one item with its versions, files and prints."""

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cleanprod.foundation.attachments import responses, uploads
from cleanprod.foundation.engine import clock
from cleanprod.foundation.organisations.acting import acting
from cleanprod.foundation.organisations.rules import Part, Role, Standing
from cleanprod.foundation.web import asked, downloads, tables
from cleanprod.foundation.web.forms import posted
from cleanprod.kernel.errors import Conflict, Refused
from cleanprod.stages.audits import access as audits
from cleanprod.stages.audits.models import Round
from cleanprod.stages.audits.rules import Stage
from cleanprod.stages.materials import access, actions, papers, queries
from cleanprod.stages.materials.forms import UploadForm, read_changes, shown
from cleanprod.stages.materials.models import Version
from cleanprod.stages.materials.rules import (
    COLUMNS,
    BadTable,
    Changed,
    Draft,
    Gate,
    Item,
    is_open,
    why_closed,
)

KINDS = {"missing": "wait", "there": "info", "submitted": "good", "optional": "neutral"}
Crumbs = list[tuple[str, str]]


def crumbs(standing: Standing, audit: Round) -> Crumbs:
    """Return the way to a round for this person; not everybody has the round's own page."""
    if standing.role is Role.CONSULTANCY:
        return [(audit.name, reverse("registration:engaged", args=[audit.pk]))]
    if standing.role is Role.EXPERT:
        return [("评估验收会议", reverse("scoring:sittings")), (audit.name, "")]
    return [(audit.name, f"/rounds/{audit.pk}/")]


def _closed_to(standing: Standing, audit: Round) -> bool:
    """Tell whether confidential items are closed to this person."""
    return Part.PARTNER in audits.parts(standing, audit)


@require_GET
def board(request: HttpRequest) -> HttpResponse:
    """Show the rounds whose materials this enterprise, consultancy or expert works with."""
    standing = acting(request, *access.OWNERS, Role.EXPERT)
    page = tables.page(queries.board(standing), ("-list_year", "id"), request)
    return render(request, "materials/board.html", {"page": page, "is_owner": _owns(standing)})


def _owns(standing: Standing) -> bool:
    return standing.role in access.OWNERS


@require_GET
def checklist(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what a round needs at each gate, what is there, what is missing and by when."""
    standing = acting(request, *access.READERS)
    audit = access.round_or_404(standing, pk)
    sections = queries.checklist(audit)
    context = {
        "audit": audit,
        "crumbs": crumbs(standing, audit),
        "sections": sections,
        "others": queries.others(audit, sections),
        "closed": _closed_to(standing, audit),
        "makes": access.maker(standing, audit) is not None,
        "sees_check": standing.role is not Role.EXPERT,
        "kinds": KINDS,
        "today": clock.today(),
        "late_matters": audit.reported_on is None,
    }
    return render(request, "materials/checklist.html", context)


@require_http_methods(["GET", "POST"])
def item(request: HttpRequest, pk: int, key: str) -> HttpResponse:
    """Show the versions of one item with what changed, and take another one."""
    standing = acting(request, *access.READERS)
    audit = access.round_or_404(standing, pk)
    versions = access.visible_to(standing, audit).filter(item=key)
    found = list(versions.select_related("file", "printed").order_by("-number"))
    wanted = queries.item_of(audit, key)
    if wanted is None and not found:
        raise Http404
    if wanted is not None and wanted.confidential and _closed_to(standing, audit):
        raise Http404
    makes = access.maker(standing, audit) is not None
    if request.method == "POST":
        if not makes or wanted is None:
            raise Http404
        return _taken(request, standing, audit, wanted, found)
    form = _form(request, audit, wanted, found) if makes and wanted else None
    return _item_page(request, standing, audit, wanted, found, form, [], {})


def _form(
    request: HttpRequest, audit: Round, wanted: Item, found: list[Version]
) -> UploadForm | None:
    """Return the form for another version while the gate takes one."""
    if not is_open(wanted.gate, Stage(audit.stage)):
        return None
    prints = list(queries.prints(audit, wanted.key)) if wanted.paper else []
    standing_one = next((one for one in found if one.withdrawn_at is None), None)
    first = Draft.FINAL if wanted.gate is Gate.COMPLETION or wanted.sealed else Draft.REVIEW
    initial = {
        "draft": (Draft.REVISED if standing_one and not wanted.sealed else first).value,
        "printed": str(prints[0].pk) if prints else "",
    }
    return UploadForm(posted(request), None, item=wanted, prints=prints, initial=initial)


def _taken(
    request: HttpRequest, standing: Standing, audit: Round, wanted: Item, found: list[Version]
) -> HttpResponse:
    """Take a version in; what is wrong stands beside the fields, with all that was typed."""
    form = _form(request, audit, wanted, found)
    if form is None:
        raise Refused(why_closed(wanted.gate, Stage(audit.stage)))
    rows = read_changes(request.POST)
    wrong: dict[tuple[int, str], str] = {}
    if form.is_valid():
        try:
            made = _added(request, standing, audit, wanted, form, rows)
        except BadTable as bad:
            wrong = bad.cells
            form.add_error(None, str(bad))
        except Conflict as conflict:
            form.add_error(None, f"{conflict}。再次上传将作为下一稿")
        except Refused as refusal:
            form.add_error("file", str(refusal))
        else:
            messages.success(request, f"已上传“{made.title}”第{made.number}稿")
            return redirect("materials:checklist", pk=audit.pk)
    visible = access.visible_to(standing, audit).filter(item=wanted.key)
    now = list(visible.select_related("file", "printed").order_by("-number"))
    return _item_page(request, standing, audit, wanted, now, form, rows, wrong)


@transaction.atomic
def _added(
    request: HttpRequest, standing: Standing, audit: Round, wanted: Item, form: UploadForm,
    rows: list[Changed],
) -> Version:  # fmt: skip
    said = form.cleaned_data
    new = actions.New(
        Draft(said["draft"]), rows, asked.whole(request.POST.get("seen", "")) or 0,
        asked.whole(said.get("printed") or ""),
    )  # fmt: skip
    file = uploads.kept(request, "file", by=standing)
    if file is None:
        raise Refused("请选择文件")
    return actions.add(audit.pk, wanted.key, new, file=file, by=standing)


def _item_page(
    request: HttpRequest, standing: Standing, audit: Round, wanted: Item | None,
    found: list[Version], form: UploadForm | None, rows: list[Changed],
    wrong: dict[tuple[int, str], str],
) -> HttpResponse:  # fmt: skip
    gate_open = wanted is not None and is_open(wanted.gate, Stage(audit.stage))
    makes = access.maker(standing, audit) is not None
    kept = queries.kept_table(audit, wanted.key, standing.person_id) if form and wanted else None
    if kept and request.method == "GET":
        rows = [Changed(**one) for one in kept.rows]
    # A file that was right need not come again when something else was wrong.
    sent = request.POST.get("file_upload", "") if form and "file" not in form.errors else ""
    context = {
        "audit": audit,
        "crumbs": crumbs(standing, audit),
        "kept": kept,
        "item": wanted,
        "title": wanted.title if wanted else found[0].title,
        "key": wanted.key if wanted else found[0].item,
        "versions": found,
        "form": form,
        "came": uploads.find(sent, by=standing) if sent else None,
        "tabled": any(one.withdrawn_at is None for one in found) and not (wanted and wanted.sealed),
        "seen": queries.last_number(audit, wanted.key) if wanted else 0,
        "columns": COLUMNS,
        "rows": shown(rows, wrong),
        "makes": makes,
        "gate_open": gate_open,
        "closed_why": why_closed(wanted.gate, Stage(audit.stage)) if wanted else "",
    }
    status = 422 if form is not None and form.errors else 200
    return render(request, "materials/item.html", context, status=status)


@require_POST
def keep(request: HttpRequest, pk: int, key: str) -> HttpResponse:
    """Keep what was typed into the table of changes so far; the page sends it by itself."""
    standing = acting(request, *access.OWNERS)
    audit = access.round_or_404(standing, pk)
    if access.maker(standing, audit) is None or queries.item_of(audit, key) is None:
        raise Http404
    kept = actions.keep_table(audit.pk, key, read_changes(request.POST), by=standing)
    if request.headers.get("HX-Request"):
        return render(request, "materials/kept.html", {"kept": kept})
    return redirect("materials:item", pk=pk, key=key)


@require_GET
def file(request: HttpRequest, pk: int, version: int) -> HttpResponseBase:
    """Hand out the file of a version; who opens a confidential one stands in the trail."""
    standing = acting(request, *access.READERS)
    found = access.version_or_404(standing, pk, version)
    if found.confidential:
        actions.note_read(found, by=standing)
    return responses.download(found.file)


@require_GET
def changes(request: HttpRequest, pk: int, version: int, file_format: str) -> HttpResponseBase:
    """Hand out the table of changes of a version as docx or PDF."""
    standing = acting(request, *access.READERS)
    found = access.version_or_404(standing, pk, version)
    if file_format not in ("docx", "pdf") or not found.changes:
        raise Http404
    content = papers.write(papers.changes(found), file_format)
    name = f"{found.title}第{found.number}稿修改说明对照表.{file_format}"
    return downloads.attachment(content, name)


@require_POST
def withdraw(request: HttpRequest, pk: int, version: int) -> HttpResponse:
    """Take a version back that was not submitted."""
    standing = acting(request, *access.OWNERS)
    found = access.version_or_404(standing, pk, version)
    reason = request.POST.get("reason", "")[:500]
    actions.withdraw(found.pk, reason=reason, by=standing)
    messages.success(request, f"已撤回“{found.title}”第{found.number}稿")
    return redirect("materials:item", pk=pk, key=found.item)


@require_GET
def print_paper(request: HttpRequest, pk: int, key: str) -> HttpResponseBase:
    """Print a paper for the seal."""
    standing = acting(request, *access.OWNERS)
    audit = access.round_or_404(standing, pk)
    wanted = queries.item_of(audit, key)
    if wanted is None or wanted.paper is None or access.maker(standing, audit) is None:
        raise Http404
    return responses.download(actions.print_for_seal(audit.pk, key, by=standing).file)
