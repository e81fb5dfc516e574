"""Pages of a department: batches, their firms, publicity, announcement, objections."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cleanprod.foundation.attachments import actions as attachments
from cleanprod.foundation.attachments import responses
from cleanprod.foundation.engine import clock
from cleanprod.foundation.organisations.acting import acting
from cleanprod.foundation.organisations.rules import Line, Role, Standing
from cleanprod.foundation.web import asked, downloads, tables
from cleanprod.foundation.web.forms import posted
from cleanprod.foundation.web.jinja import url_if
from cleanprod.kernel.errors import Refused
from cleanprod.stages.results import access, actions, papers, queries
from cleanprod.stages.results.forms import (
    AnnounceForm,
    AnswerForm,
    CertifyForm,
    DraftForm,
    PublicityForm,
)
from cleanprod.stages.results.models import Batch
from cleanprod.stages.results.rules import Act, Counting, State, Verdict, remaining

GET_POST = ["GET", "POST"]
FORMATS = {"docx": downloads.DOCX, "pdf": downloads.PDF}
LOOK = {"draft": "neutral", "publicity": "wait", "announced": "info", "reported": "good"}


@require_GET
def board(request: HttpRequest) -> HttpResponse:
    """Show the batches this desk may read, the newest first."""
    standing = acting(request, *access.DESKS)
    found = access.visible_to(standing).select_related("city")
    for name in ("lead", "state"):
        if value := tables.tidy(request.GET.get(name)):
            found = found.filter(**{name: value})
    page = tables.page(queries.with_counts(found), ("-id",), request, total=True)
    context = {
        "page": page, "asked": request.GET, "leads": Line.choices(), "states": State.choices(),
        "look": LOOK, "may_draft": standing.role is Role.CITY,
        "with_city": standing.role is Role.PROVINCE,
    }  # fmt: skip
    return render(request, "results/board.html", context)


@require_http_methods(GET_POST)
def new(request: HttpRequest) -> HttpResponse:
    """Draft a batch."""
    standing = acting(request, Role.CITY)
    form = DraftForm(posted(request), initial={"year": clock.today().year})
    if request.method == "POST" and form.is_valid():
        made = actions.draft(by=standing, **form.cleaned_data)
        messages.success(request, f"已拟定第{made.number}批，请选择企业")
        return redirect("results:firms", pk=made.pk)
    return render(request, "results/new.html", {"form": form}, status=422 if form.errors else 200)


@require_GET
def batch(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one batch with its annexes, what stands in the way, and what to do next."""
    standing = acting(request, *access.DESKS)
    found = access.get_or_404(standing, pk)
    annexes = queries.annexes(found)
    leads = standing.leads(city=found.city_id, lead=found.lead)
    objections = access.objections_visible_to(standing).filter(batch=found)
    today = clock.today()
    context = {
        "batch": found, "annexes": annexes, "look": LOOK,
        "results": queries.results_of([line for one in annexes for line in one.lines]),
        "acts": {act.value for act in access.moves(standing, found)}, "leads": leads,
        "period": papers.period(found), "issuers": papers.issuers(found),
        "left": remaining(found.publicity_until, today) if found.publicity_until else 0,
        "hindrances": queries.hindrances(found) if found.state == State.PUBLICITY else [],
        "objections": objections.select_related("line__round").order_by("pk"),
        "struck": found.lines.filter(live=False).select_related("round").order_by("pk"),
        "certificates": CertifyForm() if _may_certify(found, leads) else None,
    }  # fmt: skip
    return render(request, "results/batch.html", context)


def _may_certify(batch: Batch, leads: bool) -> bool:
    passed = batch.lines.filter(live=True, conclusion="passed", certificate=None)
    return leads and batch.announced_on is not None and passed.exists()


def _of(request: HttpRequest, pk: int, act: Act) -> tuple[Standing, Batch]:
    """Return a batch on which this act is open; what is not open is not there."""
    standing = acting(request, Role.CITY)
    found = access.get_or_404(standing, pk)
    if act not in access.moves(standing, found):
        raise Http404
    return standing, found


@require_http_methods(GET_POST)
def firms(request: HttpRequest, pk: int) -> HttpResponse:
    """Choose the results that a draft names."""
    standing, found = _of(request, pk, Act.EDIT)
    if request.method == "POST":
        number = actions.choose(found.pk, asked.keys(request.POST.getlist("fact")), by=standing)
        messages.success(request, f"本批共{number}家")
        return redirect("results:batch", pk=found.pk)
    chosen = list(
        found.lines.select_related("round__county", "fact").order_by("round__county", "on", "pk")
    )
    waiting = queries.waiting(found).order_by("round__county", "happened_on", "pk")
    rows = [(line.fact, line.get_conclusion_display(), True) for line in chosen]
    rows += [(fact, queries.CONCLUSION_OF[fact.kind].label, False) for fact in waiting]
    return render(request, "results/firms.html", {"batch": found, "rows": rows})


@require_http_methods(GET_POST)
def publicise(request: HttpRequest, pk: int) -> HttpResponse:
    """Start the publicity of a draft."""
    standing, found = _of(request, pk, Act.PUBLICISE)
    days, counting = queries.usual_publicity(clock.today())
    initial = {"first": clock.today(), "days": days, "counting": counting.value}
    form = PublicityForm(posted(request), initial=initial)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            actions.publicise(
                found.pk, first=said["first"], days=said["days"],
                counting=Counting(said["counting"]), by=standing,
            )  # fmt: skip
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "已开始公示，公众可以查看并提出异议")
            return redirect("results:batch", pk=found.pk)
    context = {"batch": found, "form": form, "least": days}
    return render(request, "results/publicise.html", context, status=422 if form.errors else 200)


@require_POST
def cosign(request: HttpRequest, pk: int) -> HttpResponse:
    """Sign a joint batch for the other department."""
    standing = acting(request, Role.CITY)
    actions.cosign(access.get_or_404(standing, pk).pk, by=standing)
    messages.success(request, "已会签")
    return redirect("results:batch", pk=pk)


@require_http_methods(GET_POST)
def announce(request: HttpRequest, pk: int) -> HttpResponse:
    """Announce a batch after its publicity."""
    standing, found = _of(request, pk, Act.ANNOUNCE)
    form = AnnounceForm(posted(request), request.FILES or None, initial={"on": clock.today()})
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            file = attachments.keep(said["scan"], by=standing)
            actions.announce(
                found.pk, document_number=said["document_number"], on=said["on"],
                scan=file.pk if file else None, by=standing,
            )  # fmt: skip
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "已公布，企业收到消息")
            return redirect("results:batch", pk=found.pk)
    context = {"batch": found, "form": form, "hindrances": queries.hindrances(found)}
    return render(request, "results/announce.html", context, status=422 if form.errors else 200)


@require_POST
def report(request: HttpRequest, pk: int) -> HttpResponse:
    """Report an announced batch to the province."""
    standing = acting(request, Role.CITY)
    actions.report(access.get_or_404(standing, pk).pk, by=standing)
    messages.success(request, "已报送省两部门")
    return redirect("results:batch", pk=pk)


@require_POST
def stop(request: HttpRequest, pk: int) -> HttpResponse:
    """Stop a batch with a reason."""
    standing = acting(request, Role.CITY)
    found = access.get_or_404(standing, pk)
    actions.stop(found.pk, reason=request.POST.get("reason", ""), by=standing)
    messages.success(request, "已终止，企业可以列入其他批次")
    return redirect("results:batch", pk=pk)


@require_POST
def certify(request: HttpRequest, pk: int) -> HttpResponse:
    """Issue certificates to the passed firms of a batch."""
    standing = acting(request, Role.CITY)
    found = access.get_or_404(standing, pk)
    form = CertifyForm(request.POST)
    if not form.is_valid():
        raise Refused("请填写证书编号字头和起始序号（1至999999）")
    made = actions.certify(found.pk, by=standing, **form.cleaned_data)
    messages.success(request, f"已发证{made}份" if made else "都已发证，没有新增")
    return redirect("results:batch", pk=pk)


@require_GET
def paper(request: HttpRequest, pk: int, file_format: str) -> HttpResponseBase:
    """Hand out the notice of the batch as it stands, as docx or PDF."""
    found = access.get_or_404(acting(request, *access.DESKS), pk)
    if file_format not in FORMATS:
        raise Http404
    content = papers.render(papers.notice(found), file_format)
    return downloads.attachment(content, f"{found.title}.{file_format}", FORMATS[file_format])


@require_GET
def workbook(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Hand out the annexes of a batch as a workbook."""
    found = access.get_or_404(acting(request, *access.DESKS), pk)
    return downloads.attachment(papers.workbook(found), f"{found.title}.xlsx", downloads.XLSX)


@require_GET
def scan(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Hand out the scan of the announcement."""
    found = access.get_or_404(acting(request, *access.DESKS), pk)
    if found.scan is None:
        raise Http404
    return responses.download(found.scan)


@require_GET
def objections(request: HttpRequest) -> HttpResponse:
    """Show the objections that this department answers, those without an answer first."""
    standing = acting(request, Role.CITY)
    found = access.objections_visible_to(standing).select_related("batch", "line__round")
    state = request.GET.get("state", "")
    if state in ("open", "answered"):
        found = found.filter(verdict="") if state == "open" else found.exclude(verdict="")
    page = tables.page(found, ("-id",), request, total=True)
    context = {
        "page": page, "state": state, "states": [("open", "未答复"), ("answered", "已答复")],
    }  # fmt: skip
    return render(request, "results/objections.html", context)


@require_http_methods(GET_POST)
def objection(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one objection, and answer it."""
    standing = acting(request, Role.CITY)
    found = access.objection_or_404(standing, pk)
    form = AnswerForm(posted(request))
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            actions.answer(
                found.pk, verdict=Verdict(said["verdict"]), text=said["text"], by=standing
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "已答复")
            return redirect("results:batch", pk=found.batch_id)
    context = {
        "objection": found, "form": form if not found.verdict else None,
        "completed_on": found.line.round.completed_on if found.line else None,
    }  # fmt: skip
    return render(request, "results/objection.html", context, status=422 if form.errors else 200)


@require_GET
def certificate(request: HttpRequest, pk: int, file_format: str) -> HttpResponseBase:
    """Hand out a certificate to the firm and to the desks that may read its batch."""
    standing = acting(request, *access.DESKS, Role.ENTERPRISE)
    found = access.certificate_or_404(standing, pk)
    if file_format not in FORMATS:
        raise Http404
    address = request.build_absolute_uri(url_if("portal:verify"))
    content = papers.render(papers.certificate(found, address=address), file_format)
    name = f"证书{found.number}.{file_format}"
    return downloads.attachment(content, name, FORMATS[file_format])
