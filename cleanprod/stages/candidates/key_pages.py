"""Pages of the key enterprises for VOCs: the lists, and their import with preview and receipt."""

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cleanprod.foundation.intake import pages
from cleanprod.foundation.intake.importing import Facts, Import, Words
from cleanprod.foundation.organisations.acting import acting
from cleanprod.foundation.organisations.rules import Standing
from cleanprod.foundation.web import asked, tables
from cleanprod.foundation.web.forms import posted
from cleanprod.kernel.errors import NotAllowed
from cleanprod.stages.candidates import access, imports, queries
from cleanprod.stages.candidates.forms import KeyListUploadForm
from cleanprod.stages.candidates.imports import KeyListKey
from cleanprod.stages.candidates.template import KEY_LIST
from cleanprod.stages.candidates.views import cities_offered
from cleanprod.stages.programme.rules import Vocs


def may_import(standing: Standing) -> bool:
    """Tell whether this office keeps a list of key enterprises."""
    try:
        imports.key_of(standing, year=2000)
    except NotAllowed:
        return False
    return True


@require_GET
def keys(request: HttpRequest) -> HttpResponse:
    """Show the key enterprises in force in a year."""
    standing = acting(request, *access.READERS)
    year = asked.year(request)
    rows = queries.in_force(year).filter(
        pk__in=access.key_enterprises_visible_to(standing).values("pk")
    )
    for name in ("level", "city"):
        value = tables.tidy(request.GET.get(name))
        if value:
            rows = rows.filter(**{name: value})
    words = tables.tidy(request.GET.get("q"))
    rows = tables.search(rows, words, ("name", "code"))
    context = {
        "year": year,
        "years": asked.years(year),
        "levels": Vocs.choices(),
        "cities": cities_offered(standing),
        "asked": request.GET,
        "q": words,
        "page": tables.page(
            rows.select_related("city", "county"), ("level", "city_id", "id"), request, total=True
        ),
        "may_import": may_import(standing),
    }
    return render(request, "candidates/keys.html", context)


def _keeper(request: HttpRequest) -> Standing:
    """Return who imports, or refuse an office that keeps no list."""
    standing = acting(request, *access.READERS)
    imports.key_of(standing, year=2000)
    return standing


@require_http_methods(["GET", "POST"])
def import_keys(request: HttpRequest) -> HttpResponseBase:
    """Take a workbook and show, before anything is stored, what importing it would do."""
    standing = _keeper(request)
    form = KeyListUploadForm(posted(request), initial={"year": asked.year(request)})
    level = imports.key_of(standing, year=2000).level.label
    lead = "上传后先预检，列出全部问题，确认后才导入。"
    words = Words(f"导入{level}VOCs重点监管企业名单", lead, "名单编制", "名单工作簿")
    return _KEYS.upload(request, words, by=standing, form=form)


@require_POST
def commit(request: HttpRequest) -> HttpResponseBase:
    """Import what the preview showed, with the decisions made on it."""
    return _KEYS.commit(request, by=_keeper(request))


def _key(facts: Facts, by: Standing) -> KeyListKey:
    return imports.key_of(by, year=facts["year"], document_number=facts["document_number"])


_KEYS = Import(
    KEY_LIST, _key, imports.assess, imports.import_keys,
    "candidates:keys-import", "candidates:keys-commit",
    receipt_address=lambda receipt: reverse("candidates:keys-receipt", args=[receipt.pk]),
    blank_address=lambda: reverse("candidates:keys-template"),
    subject=lambda facts, by: _key(facts, by).title,
)  # fmt: skip


@require_GET
def receipt(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Show the receipt of an import, row by row, to the office that imported."""
    return pages.receipt(request, pk, kind=KEY_LIST.name, template="candidates/keys_receipt.html")


@require_GET
def template(request: HttpRequest) -> HttpResponseBase:
    """Offer the blank official workbook."""
    _keeper(request)
    return pages.blank(KEY_LIST)
