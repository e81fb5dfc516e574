"""The import of a county's candidates: upload with preview, commit, receipt, blank workbook."""

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cleanprod.foundation.intake import pages
from cleanprod.foundation.intake.importing import Facts, Import, Words
from cleanprod.foundation.organisations.acting import acting
from cleanprod.foundation.organisations.rules import Line, Role, Standing
from cleanprod.foundation.web import asked
from cleanprod.foundation.web.forms import posted
from cleanprod.stages.candidates import survey_imports as imports
from cleanprod.stages.candidates.forms import SurveyUploadForm
from cleanprod.stages.candidates.survey_imports import SurveyKey
from cleanprod.stages.candidates.template import CANDIDATES


@require_http_methods(["GET", "POST"])
def import_candidates(request: HttpRequest) -> HttpResponseBase:
    """Take a workbook and show, before anything is stored, what importing it would do."""
    standing = acting(request, Role.COUNTY)
    form = SurveyUploadForm(
        posted(request), line=standing.line, initial={"year": asked.year(request)}
    )
    lead = "上传后先预检，列出全部问题，确认后导入为草拟；勾选上报后市级主管部门才会采纳。"
    words = Words("导入候选企业", lead, "名单编制", "摸底表工作簿")
    return _CANDIDATES.upload(request, words, by=standing, form=form)


@require_POST
def commit(request: HttpRequest) -> HttpResponseBase:
    """Import what the preview showed, with the decisions made on it."""
    return _CANDIDATES.commit(request, by=acting(request, Role.COUNTY))


def _key(facts: Facts, by: Standing) -> SurveyKey:
    line = Line(facts["line"]) if facts.get("line") else None
    return imports.key_of(by, year=facts["year"], line=line)


_CANDIDATES = Import(
    CANDIDATES, _key, imports.assess, imports.import_candidates,
    "candidates:survey-import", "candidates:survey-commit",
    receipt_address=lambda receipt: reverse("candidates:survey-receipt", args=[receipt.pk]),
    blank_address=lambda: reverse("candidates:survey-template"),
    subject=lambda facts, by: _key(facts, by).title,
)  # fmt: skip


@require_GET
def receipt(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Show the receipt of an import, row by row, to the office that imported."""
    page = "candidates/survey_receipt.html"
    return pages.receipt(request, pk, kind=CANDIDATES.name, template=page)


@require_GET
def template(request: HttpRequest) -> HttpResponseBase:
    """Offer the blank official workbook."""
    acting(request, Role.COUNTY)
    return pages.blank(CANDIDATES)
