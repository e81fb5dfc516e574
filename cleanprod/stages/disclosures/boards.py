"""The desks' board of publications, on the page and as a workbook."""

from collections.abc import Mapping
from datetime import date

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_GET

from cleanprod.foundation.engine import clock
from cleanprod.foundation.organisations.acting import acting
from cleanprod.foundation.organisations.rules import Line as Branch
from cleanprod.foundation.organisations.rules import Role, Standing
from cleanprod.foundation.territory import queries as territory
from cleanprod.foundation.web import asked, downloads, tables
from cleanprod.stages.audits.models import Round
from cleanprod.stages.disclosures import access, queries
from cleanprod.stages.disclosures.rules import Kind, State
from cleanprod.stages.disclosures.views import KINDS

MOST = 20_000  # rows of a workbook
_STATES = (
    ("missing", "未公布"), ("overdue", "逾期未公布"), ("out", "已公布"),
    ("waiting", "证明待核对"), ("returned", "已退回"), ("accepted", "核对通过"),
)  # fmt: skip
_HEADS = (
    "企业名称", "统一社会信用代码", "地市", "县区", "牵头部门", "审核类型", "名单年度",
    *(f"{kind.label}：{what}" for kind in Kind for what in ("状态", "首次公布日期", "到期日")),
)  # fmt: skip


def _narrowed(standing: Standing, asked_for: Mapping[str, str], today: date) -> QuerySet[Round]:
    found = queries.board(standing)
    year = asked.whole(asked_for.get("year", ""))
    if year is not None and year in asked.YEARS:
        found = found.filter(list_year=year)
    city, lead = asked_for.get("city", ""), asked_for.get("lead", "")
    if city and standing.role is Role.PROVINCE:
        found = found.filter(city=tables.tidy(city))
    if lead in set(Branch):
        found = found.filter(lead=lead)
    found = found.filter(_condition(asked_for.get("kind", ""), asked_for.get("state", ""), today))
    return tables.search(found, asked_for.get("q"), ("name", "code"))


def _condition(kind: str, state: str, today: date) -> Q:
    """Return the condition that one kind, or any of them, stands as asked."""
    kinds = [Kind(kind)] if kind in set(Kind) else list(Kind)
    found = Q()
    for one in kinds:
        if state == "missing":
            found |= queries.missing(one, today)
        elif state == "overdue":
            found |= queries.overdue(one, today)
        elif state == "out":
            found |= Q(queries.published(one))
        elif state in (State.WAITING, State.RETURNED, State.ACCEPTED):
            found |= Q(queries.published(one, State(state)))
        elif kind in set(Kind):
            found |= queries.owing(one, today) | Q(queries.published(one))
    return found


@require_GET
def board(request: HttpRequest) -> HttpResponse:
    """Show who published what and who is late."""
    standing = acting(request, *access.DESKS)
    found = _narrowed(standing, request.GET.dict(), clock.today())
    page = tables.page(found, ("-list_year", "id"), request, total=True, most=2000)
    context = {
        "page": page,
        "lines": queries.lines_of(page.rows),
        "kinds": Kind.choices(),
        "looks": KINDS,
        "states": _STATES,
        "years": asked.years(),
        "leads": Branch.choices(),
        "cities": [(one.code, one.short_name) for one in territory.cities(standing.province)]
        if standing.role is Role.PROVINCE
        else [],
        "asked": request.GET,
        "since": queries.since(clock.today()),
        "query": request.GET.urlencode(),
        "to_check": queries.proofs_to_check(standing).count(),
    }
    return render(request, "disclosures/board.html", context)


@require_GET
def workbook(request: HttpRequest) -> HttpResponseBase:
    """Hand out the board as it is filtered."""
    standing = acting(request, *access.DESKS)
    found = _narrowed(standing, request.GET.dict(), clock.today())
    rounds = list(found.order_by("-list_year", "pk")[:MOST])
    told = queries.lines_of(rounds)
    rows = [(*_head(audit), *_cells(told[audit.pk])) for audit in rounds]
    notes = [f"截至{clock.today()}", *([f"只列前{MOST}家"] if len(rounds) == MOST else [])]
    sheet = downloads.Sheet(
        "信息公布", _HEADS, rows, lead=("企业信息公布和审核结果公布情况",), notes=notes
    )
    return downloads.attachment(
        downloads.xlsx([sheet]), "企业信息公布和审核结果公布情况.xlsx", downloads.XLSX
    )


def _head(audit: Round) -> tuple[object, ...]:
    return (
        audit.name, audit.code, audit.city.short_name, audit.county.name if audit.county else "",
        audit.get_lead_display(), audit.get_kind_display(), audit.list_year,
    )  # fmt: skip


def _cells(lines: list[queries.Line]) -> list[object]:
    by_kind = {one.kind: one for one in lines}
    cells: list[object] = []
    for kind in Kind:
        line = by_kind.get(kind)
        if line is None:
            cells += ["不需要", None, None]
            continue
        first = line.publication.first_on if line.publication else None
        cells += [line.said, first, line.due.due_on if line.due else None]
    return cells
