"""Pages of bulletins: the draft, its text, its files, and what came back from the office system."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cleanprod.foundation.attachments import actions as attachments
from cleanprod.foundation.attachments import responses
from cleanprod.foundation.engine import clock
from cleanprod.foundation.organisations.acting import acting
from cleanprod.foundation.organisations.rules import Role
from cleanprod.foundation.web import asked, downloads, tables
from cleanprod.foundation.web.forms import posted
from cleanprod.insight.bulletins import access, actions, papers, queries
from cleanprod.insight.bulletins.forms import IssueForm, ScanForm, TextForm
from cleanprod.insight.bulletins.models import Bulletin
from cleanprod.insight.bulletins.rules import BLANK_DAY, Act, Kind, State, says
from cleanprod.insight.statistics import parts
from cleanprod.kernel.errors import Conflict, Refused

KINDS = {"draft": "neutral", "final": "wait", "issued": "good"}


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """Show the bulletins this person may open, the newest first."""
    standing = acting(request, *access.READERS)
    found = access.visible_to(standing).select_related("snapshot")
    context = {
        "page": tables.page(found, ("-id",), request, total=True),
        "is_province": standing.role is Role.PROVINCE,
        "kinds": KINDS,
    }
    return render(request, "bulletins/home.html", context)


@require_GET
def bulletin(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one bulletin as it reads now, and what this person may do with it."""
    standing = acting(request, *access.READERS)
    found = access.get_or_404(standing, pk)
    issued = found.state == State.ISSUED
    form = ScanForm() if issued else IssueForm(initial={"on": clock.today()})
    return _shown(request, found, form)


def _shown(request: HttpRequest, found: Bulletin, form: ScanForm) -> HttpResponse:
    issuers = actions.issuers(found.joint)
    shown = papers.paper(found, issuers)
    is_province = bool(access.parts(getattr(request, "standing", None)))
    context = {
        "tables": [
            {
                "label": annex.label,
                "tabled": tabled,
                "heads": [parts.head(column) for column in tabled.columns],
                "groups": tabled.groups(),
            }
            for annex, tabled in zip(shown.annexes, papers.tables(found), strict=True)
        ],
        "open": _open_points(found) if found.state == State.DRAFT and is_province else [],
        "archive": [
            one
            for one in queries.archive(found)
            if is_province or one.key.endswith(f":v{found.version}")
        ],
        "bulletin": found,
        "kind": Kind(found.kind),
        "paper": shown,
        "said": says(Kind(found.kind), found.snapshot.told, papers.choices(found)),
        "opening": [line for line in found.opening.splitlines() if line.strip()],
        "moves": {act.value for act in access.moves(getattr(request, "standing", None), found)},
        "is_province": is_province,
        "form": form,
        "kinds": KINDS,
    }
    return render(request, "bulletins/bulletin.html", context, status=422 if form.errors else 200)


def _open_points(found: Bulletin) -> list[str]:
    """Return what the drafter may want to settle before the text is final."""
    said = []
    if not found.contact:
        said.append("没有填写联系人、电话，附注不印")
    if BLANK_DAY in found.demands:
        said.append("“下一步工作要求”中的反馈日期还没有填写")
    if found.snapshot.unconfirmed:
        said.append(f"有{len(found.snapshot.unconfirmed)}个地市的数据未经两部门都确认")
    return said


@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change the text of a draft; a text that somebody else changed meanwhile is shown, too."""
    standing = acting(request, Role.PROVINCE)
    found = access.get_or_404(standing, pk)
    if Act.EDIT not in access.moves(standing, found):
        raise Http404
    initial = {name: getattr(found, name) for name in TextForm.base_fields}
    form = TextForm(posted(request), initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            actions.edit(
                found.pk, form.changes(), version=form.cleaned_data["version"], by=standing
            )
        except Conflict as conflict:
            typed = request.POST.copy()
            typed["version"] = str(found.version)
            form = TextForm(typed, initial=initial)
            form.add_error(None, f"{conflict}。下面是您填写的内容，再次保存将以您的内容为准")
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "已保存")
            return redirect("bulletins:bulletin", pk=found.pk)
    context = {"form": form, "bulletin": found, "kind": Kind(found.kind)}
    return render(request, "bulletins/edit.html", context, status=422 if form.errors else 200)


@require_POST
def finish(request: HttpRequest, pk: int) -> HttpResponse:
    """Produce the final draft and keep it."""
    standing = acting(request, Role.PROVINCE)
    found = access.get_or_404(standing, pk)
    version = asked.whole(request.POST.get("version", "")) or 0
    actions.finish(found.pk, version=version, by=standing)
    messages.success(request, "已定稿，Word 和 PDF 已存档")
    return redirect("bulletins:bulletin", pk=found.pk)


@require_POST
def reopen(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a final draft back for changes."""
    standing = acting(request, Role.PROVINCE)
    found = access.get_or_404(standing, pk)
    actions.reopen(found.pk, reason=request.POST.get("reason", ""), by=standing)
    messages.success(request, "已退回修改，原稿保留在存档中")
    return redirect("bulletins:bulletin", pk=found.pk)


@require_POST
def issue(request: HttpRequest, pk: int) -> HttpResponse:
    """Register number, date and scan of what was issued."""
    standing = acting(request, Role.PROVINCE)
    found = access.get_or_404(standing, pk)
    form = IssueForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            scan = attachments.keep(form.cleaned_data["scan"], by=standing)
            actions.issue(
                found.pk, number=form.cleaned_data["number"], on=form.cleaned_data["on"],
                scan=scan.pk if scan else None, by=standing,
            )  # fmt: skip
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "已登记印发")
            return redirect("bulletins:bulletin", pk=found.pk)
    return _shown(request, found, form)


@require_POST
def add_scan(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the scan of what was issued, where it did not come with number and date."""
    standing = acting(request, Role.PROVINCE)
    found = access.get_or_404(standing, pk)
    form = ScanForm(request.POST, request.FILES)
    if not form.is_valid():
        return _shown(request, found, form)
    upload = form.cleaned_data["scan"]
    kept = attachments.store(upload, upload.name or "印发件", by=standing)
    actions.add_scan(found.pk, scan=kept.pk, by=standing)
    messages.success(request, "已登记印发件扫描")
    return redirect("bulletins:bulletin", pk=found.pk)


@require_GET
def paper(request: HttpRequest, pk: int, file_format: str) -> HttpResponseBase:
    """Hand out the bulletin: a draft as it reads now, a final one from the archive."""
    standing = acting(request, *access.READERS)
    found = access.get_or_404(standing, pk)
    if file_format not in papers.FORMATS:
        raise Http404
    if found.state != State.DRAFT:
        return responses.download(actions.produced(found, file_format, by=standing).file)
    content = papers.render(papers.paper(found, actions.issuers(found.joint)), file_format)
    name = f"{papers.file_title(found)}（第{found.version}稿）.{file_format}"
    return downloads.attachment(content, name, papers.FORMATS[file_format])


@require_GET
def scan(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Hand out the scan of what was issued."""
    standing = acting(request, *access.READERS)
    found = access.get_or_404(standing, pk)
    if found.scan is None:
        raise Http404
    return responses.download(found.scan)


@require_POST
def draft(request: HttpRequest, pk: int) -> HttpResponse:
    """Let a bulletin write itself from a snapshot."""
    standing = acting(request, Role.PROVINCE)
    snapshot = access.snapshot_or_404(standing, pk)
    wanted = request.POST.get("kind", "")
    if wanted not in set(Kind):
        raise Http404
    made = actions.draft(snapshot.pk, Kind(wanted), by=standing)
    return redirect(reverse("bulletins:bulletin", args=[made.pk]))
