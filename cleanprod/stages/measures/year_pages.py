"""The table of the last three years: read, filled in a grid that takes a pasted block."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from cleanprod.foundation.intake.parsers import decimal
from cleanprod.foundation.intake.rules import Problem
from cleanprod.foundation.organisations.acting import acting
from cleanprod.foundation.web import asked, downloads, tables
from cleanprod.foundation.web.both import differing
from cleanprod.kernel.errors import Conflict, Refused
from cleanprod.stages.measures import access, actions, queries
from cleanprod.stages.measures.rules import Act, BadSheet, Trouble, plain
from cleanprod.stages.measures.views import OWNERS, READERS
from cleanprod.stages.measures.years import USUAL, Line, Sort, prefilled, years_of
from cleanprod.stages.registration import access as registration

MOST = 100
_SPARE = 3
_ITEMS = {line.item for line in USUAL}


@require_GET
def years(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what was made, used and let out in the three years."""
    standing = acting(request, *READERS)
    audit = access.round_or_404(standing, pk)
    kept = queries.years_of(audit)
    context = {
        "audit": audit, "home": access.home(standing, audit), "kept": kept,
        "years": years_of(audit.list_year), "plain": plain,
        "lines": queries.lines_of(kept),
        "may_edit": Act.EDIT in access.moves(standing, audit, queries.sheet_of(audit)),
    }  # fmt: skip
    return render(request, "measures/years.html", context)


@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Fill the table; what an earlier round reported is there already."""
    standing = acting(request, *OWNERS)
    audit = registration.round_or_404(standing, pk)
    if Act.EDIT not in access.moves(standing, audit, queries.sheet_of(audit)):
        raise Http404
    span = years_of(audit.list_year)
    kept = queries.years_of(audit)
    lines = prefilled(queries.lines_of(kept), queries.earlier_lines(audit), span)
    rows = [_texts(place, line, span) for place, line in enumerate(lines)]
    troubles: list[Trouble] = []
    version = kept.version if kept else 0
    draft = queries.draft_of(audit, "years", standing.person_id, version)
    if draft and request.method == "GET":
        rows = _read(QueryDict(draft.body), span)[1] or rows
    if request.method == "POST":
        typed, rows, troubles = _read(request.POST, span)
        if not troubles:
            stale = asked.whole(request.POST.get("version", ""))
            try:
                actions.fill_years(
                    audit.pk, typed, version=-1 if stale is None else stale, by=standing
                )
            except BadSheet as bad:
                troubles = list(bad.troubles)
            except Conflict as conflict:
                troubles = [Trouble(0, "", str(conflict), "请对照两个版本后再保存")]
            except Refused as refusal:
                troubles = [Trouble(0, "", str(refusal), "请核对后重试")]
            else:
                messages.success(request, f"已保存近三年数据，{len(typed)}项")
                return redirect("measures:years", pk=pk)
    empty = [_blank(len(rows) + n) for n in range(_SPARE)]
    context = {
        "audit": audit, "years": span, "rows": rows + empty, "sorts": Sort.choices(),
        "draft": draft, "page": "years",
        "troubles": troubles, "version": version, "prefilled": not kept and any(
            line.amounts for line in lines
        ),
        "both": (), "other": kept.edited_by if kept else "",
    }  # fmt: skip
    if request.method == "POST" and kept and request.POST.get("version") != str(version):
        stored = [_texts(place, line, span) for place, line in enumerate(queries.lines_of(kept))]
        context["both"] = differing(_by_label(rows, span), _by_label(stored, span))
    return render(request, "measures/years_edit.html", context, status=422 if troubles else 200)


def _texts(place: int, line: Line, span: tuple[int, ...]) -> dict[str, object]:
    amounts = [line.of(year) for year in span]
    return {
        "place": place, "sort": line.sort.value, "item": line.item, "name": line.name,
        "unit": line.unit, "errors": {},
        "amounts": ["" if amount is None else plain(amount) for amount in amounts],
    }  # fmt: skip


def _by_label(rows: Sequence[Mapping[str, Any]], span: tuple[int, ...]) -> dict[str, str]:
    """Return a version of the table by item and year, for people to compare."""
    return {
        f"{row['name']}（{row['unit']}）{year}年": text
        for row in rows
        for year, text in zip(span, row["amounts"], strict=False)
        if text
    }


def _blank(place: int) -> dict[str, object]:
    return {
        "place": place, "sort": Sort.MATERIAL.value, "item": "", "name": "", "unit": "t",
        "amounts": [""] * 3, "errors": {},
    }  # fmt: skip


def _read(
    data: QueryDict, span: tuple[int, ...]
) -> tuple[list[Line], list[dict[str, object]], list[Trouble]]:
    """Return the lines that were typed, the rows as typed, and every cell that is wrong.

    A line without any amount is left out: nothing was reported.
    """
    lines: list[Line] = []
    rows: list[dict[str, object]] = []
    troubles: list[Trouble] = []
    for place in _places(data):
        cell = {
            name: tables.tidy(data.get(f"r{place}-{name}"))
            for name in ("sort", "item", "name", "unit")
        }
        texts = [tables.tidy(data.get(f"r{place}-y{n}")) for n in range(len(span))]
        item = cell["item"] if cell["item"] in _ITEMS else ""
        if not any(texts) and not (cell["name"] and not item):
            if item:
                rows.append(_row(len(rows), cell, item, texts, {}))
            continue
        amounts, errors = _amounts(texts, span)
        row = len(lines) + 1
        troubles += [Trouble(row, f"{year}年", *said) for year, said in errors.items()]
        sort = Sort(cell["sort"]) if cell["sort"] in set(Sort) else Sort.MATERIAL
        lines.append(Line(sort, cell["name"][:100], cell["unit"][:20], item, amounts))
        wrong = {f"y{span.index(year)}": "；".join(said) for year, said in errors.items()}
        rows.append(_row(len(rows), cell, item, texts, wrong))
    return lines, rows, troubles


def _row(
    place: int, cell: dict[str, str], item: str, texts: list[str], errors: dict[str, str]
) -> dict[str, object]:
    return {"place": place, **cell, "item": item, "amounts": texts, "errors": errors}


def _amounts(
    texts: list[str], span: tuple[int, ...]
) -> tuple[dict[int, Decimal], dict[int, tuple[str, str]]]:
    amounts: dict[int, Decimal] = {}
    errors: dict[int, tuple[str, str]] = {}
    for year, text in zip(span, texts, strict=True):
        if not text:
            continue
        try:
            amounts[year] = decimal()(text)
        except Problem as problem:
            errors[year] = (f"“{text}”{problem.rule}", problem.advice)
    return amounts, errors


def _places(data: QueryDict) -> list[int]:
    heads = {key.partition("-")[0] for key in data if key.endswith("-name")}
    found = [asked.whole(head[1:]) for head in heads if head[:1] == "r"]
    return sorted(place for place in found if place is not None)[:MOST]


@require_GET
def workbook(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Hand out the table as a workbook."""
    audit = access.round_or_404(acting(request, *READERS), pk)
    span = years_of(audit.list_year)
    rows = [
        [line.sort.label, line.name, line.unit, *(line.of(year) for year in span)]
        for line in queries.lines_of(queries.years_of(audit))
    ]
    title = f"{audit.name}近三年数据"
    heads = ["类别", "项目", "单位", *(f"{year}年" for year in span)]
    content = downloads.xlsx([downloads.Sheet("近三年数据", heads, rows, lead=(title,))])
    return downloads.attachment(content, f"{title}.xlsx", downloads.XLSX)
