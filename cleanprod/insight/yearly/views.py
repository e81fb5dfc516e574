"""The periodic report of a city department: figures, remark, draft paper."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from cleanprod.foundation.documents import docx, pdf
from cleanprod.foundation.engine import clock
from cleanprod.foundation.organisations import queries as organisations
from cleanprod.foundation.organisations.acting import acting
from cleanprod.foundation.organisations.rules import Line, Role, Standing
from cleanprod.foundation.territory import queries as territory
from cleanprod.foundation.web import asked, downloads
from cleanprod.foundation.web.forms import posted
from cleanprod.insight.yearly import actions, papers, queries
from cleanprod.insight.yearly.forms import RemarkForm
from cleanprod.insight.yearly.models import Remark
from cleanprod.insight.yearly.rules import Figures, Scope, Span, last_day, sections
from cleanprod.kernel.errors import Conflict

_RENDER = {"docx": docx.render, "pdf": pdf.render}


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which report the address asks for."""

    standing: Standing
    year: int
    span: Span
    scope: Scope

    @property
    def figures(self) -> Figures:
        """Return its figures up to its as-of day."""
        as_of = last_day(self.span, self.year, clock.today())
        return queries.figures(self.standing, self.scope, self.year, as_of)

    @property
    def kept(self) -> Remark | None:
        """Return what the office added to it."""
        return Remark.objects.filter(
            office=self.standing.office_id, year=self.year, span=self.span, scope=self.scope
        ).first()

    @property
    def query(self) -> str:
        """Return the address's question."""
        return urlencode({"year": self.year, "span": self.span.value, "scope": self.scope.value})

    @property
    def title(self) -> str:
        """Return how the report is called."""
        region = territory.region(self.standing.city)
        return papers.title(region.name if region else "", self.year, self.span)


def _wanted(request: HttpRequest) -> Wanted:
    standing = acting(request, Role.CITY)
    span = request.GET.get("span", "")
    scope = request.GET.get("scope", "")
    usual = Span.HALF if clock.today().month > 3 else Span.ANNUAL
    return Wanted(
        standing,
        asked.year(request),
        Span(span) if span in set(Span) else usual,
        Scope(scope) if scope in set(Scope) else Scope.OWN,
    )


@require_http_methods(["GET", "POST"])
def report(request: HttpRequest) -> HttpResponse:
    """Show the report as the records fill it in, and keep what the office adds."""
    wanted = _wanted(request)
    kept = wanted.kept
    initial = {"version": kept.version if kept else 0, "text": kept.text if kept else ""}
    form = RemarkForm(posted(request), initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            actions.remark(
                wanted.span, wanted.scope, wanted.year, form.remark(),
                version=form.cleaned_data["version"], by=wanted.standing,
            )  # fmt: skip
        except Conflict as conflict:
            typed = request.POST.copy()
            typed["version"] = str(initial["version"])
            form = RemarkForm(typed)
            form.add_error(None, f"{conflict}。已保存的内容：{initial['text']}")
        else:
            messages.success(request, "已保存")
            return redirect(f"{reverse('yearly:report')}?{wanted.query}")
    figures = wanted.figures
    context = {
        "wanted": wanted,
        "figures": figures,
        "sections": sections(figures, wanted.scope),
        "form": form,
        "kept": kept,
        "years": asked.years(wanted.year),
        "spans": Span.choices(),
        "scopes": Scope.choices(),
    }
    return render(request, "yearly/report.html", context, status=422 if form.errors else 200)


@require_GET
def paper(request: HttpRequest, shape: str) -> HttpResponseBase:
    """Hand out the report as a draft paper."""
    wanted = _wanted(request)
    if shape not in _RENDER:
        raise Http404
    kept = wanted.kept
    lines = [wanted.standing.line] if wanted.scope is Scope.OWN else list(Line)
    city = wanted.standing.city
    issuers = [organisations.authority(line=line, city=city) for line in lines if line]
    to = [organisations.authority(line=line.value) for line in Line]
    region = territory.region(city)
    made = papers.paper(
        region.name if region else "", wanted.year, wanted.span, wanted.scope, wanted.figures,
        kept.text if kept else "", [one.name for one in issuers if one],
        [one.name for one in to if one],
    )  # fmt: skip
    return downloads.attachment(_RENDER[shape](made), f"{wanted.title}（代拟稿）.{shape}")
