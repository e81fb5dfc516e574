"""What pages with tables of figures share: headings, links of figures, files."""

from collections.abc import Mapping
from functools import cache, lru_cache
from typing import Any

from django.http import Http404
from django.http.response import HttpResponseBase
from django.urls import reverse

from cleanprod.foundation.web import downloads
from cleanprod.insight.statistics import files
from cleanprod.insight.statistics.queries import FIGURES, AsOf
from cleanprod.insight.statistics.questions import words
from cleanprod.insight.statistics.rules import Cut
from cleanprod.insight.statistics.tabled import Column, Tabled


def shape_of(tabled: Tabled, address: str, cut: Cut | None = None) -> dict[str, Any]:
    """Return what a template needs to show a table with its links and files."""
    question = f"{address}?{words(tabled.moment, cut, **dict[str, Any](tabled.asks))}"
    return {
        "tabled": tabled,
        "heads": [head(column) for column in tabled.columns],
        "groups": tabled.groups(),
        "links": [(label, f"{question}&format={key}") for key, label in files.FORMATS.items()],
        "cell_url": lambda figure, row: records_url(tabled, figure, row),
    }


def head(column: Column) -> dict[str, str]:
    """Return a heading as the table macro takes it; all but names stand to the right."""
    return {"label": column.label, "kind": "" if column.key in ("city", "name") else "num"}


def records_url(tabled: Tabled, figure: str, row: Mapping[str, Any]) -> str:
    """Return the address of the records that one figure of one row counts."""
    narrowed = row.get("link", {"city": row.get("code", "")})
    of_rounds = figure in FIGURES
    said = {**({} if of_rounds else tabled.asks), **narrowed}
    kept = tuple((name, value) for name, value in said.items() if value)
    route = "statistics:records" if of_rounds else "statistics:effect-records"
    return f"{_address(route, figure)}?{_question(tabled.moment, kept)}"


@cache
def _address(route: str, figure: str) -> str:
    return reverse(route, args=[figure])


@lru_cache(maxsize=1024)  # a wide table asks it once a row, not once a figure
def _question(moment: AsOf, said: tuple[tuple[str, Any], ...]) -> str:
    return words(moment, None, **dict(said))


def file_of(tabled: Tabled, file_format: str) -> HttpResponseBase:
    """Hand out a table as a file; an unknown format is not there."""
    if file_format not in files.FORMATS:
        raise Http404
    content = files.render(tabled, file_format)
    return downloads.attachment(
        content, files.name(tabled, file_format), files.CONTENT_TYPES[file_format]
    )
