"""The board of rounds: filters, ticks that survive paging, bulk acts, and the list as a file."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import parse_qs, urlsplit

from django.db.models import CharField, Exists, OuterRef, QuerySet, Value
from django.db.models.functions import Cast, Concat
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_GET

from cleanprod.foundation.engine import clock
from cleanprod.foundation.obligations.models import Obligation
from cleanprod.foundation.organisations.acting import acting
from cleanprod.foundation.organisations.rules import Line, Role, Standing
from cleanprod.foundation.territory import queries as territory
from cleanprod.foundation.web import asked, downloads, tables
from cleanprod.kernel.names import comparable
from cleanprod.stages.audits import access
from cleanprod.stages.audits import queries as audits
from cleanprod.stages.audits.models import Round
from cleanprod.stages.audits.rules import WORKING, Stage
from cleanprod.stages.notices import access as chasing
from cleanprod.stages.notices import queries as notices
from cleanprod.stages.programme.rules import AuditKind
from cleanprod.stages.registration.models import Engagement

OFFICIALS = (Role.PROVINCE, Role.CITY, Role.COUNTY)
COUNTED = 2_000  # rounds are counted so far on the board; the figures count them all
MOST_TICKED = 200  # an address carries no more
_AT_ONCE = 2_000  # rows of an export whose duties are read together
_SAME = {
    "stage": "stage", "lead": "lead", "city": "city", "county": "county", "kind": "kind",
    "year": "list_year",
}  # fmt: skip
_FILTERS = (*_SAME, "overdue", "helped", "q")
_HELPED = (("yes", "已委托咨询机构"), ("no", "没有委托咨询机构"))
_HEADS = (
    "序号", "企业名称", "统一社会信用代码", "地市", "县区", "牵头部门", "审核类型", "名单年度",
    "名单公布", "企业注册", "审核计划", "通过验收", "办结", "状态", "未完成事项", "最长逾期（天）",
    "咨询机构",
)  # fmt: skip
FORMATS = {"xlsx": downloads.XLSX, "csv": downloads.CSV}


@dataclass(frozen=True, slots=True)
class Owed:
    """What a round owes in words, and its longest delay in days."""

    text: str
    late: int


def found(standing: Standing, request: HttpRequest) -> QuerySet[Round]:
    """Return the rounds that the filters of the address leave, within what this person may open."""
    rows = access.visible_to(standing)
    for name, column in _SAME.items():
        value = tables.tidy(request.GET.get(name))
        if not value:
            continue
        if name == "year" and asked.whole(value) is None:
            return rows.none()
        rows = rows.filter(**{column: value})
    rows = _overdue(rows, tables.tidy(request.GET.get("overdue")), clock.today())
    rows = _helped(rows, tables.tidy(request.GET.get("helped")))
    return searched(rows, request.GET.get("q", ""))


def _overdue(rows: QuerySet[Round], what: str, on: date) -> QuerySet[Round]:
    """Keep the rounds that are overdue with one duty, or with any."""
    if not what:
        return rows
    duties = Obligation.objects.open().filter(
        subject=Concat(Value("round:"), Cast(OuterRef("pk"), CharField())), due_on__lt=on
    )
    if what != "any":
        duties = duties.filter(key__contains=f":{what}:")
    return rows.filter(Exists(duties), stage__in=WORKING)


def _helped(rows: QuerySet[Round], answer: str) -> QuerySet[Round]:
    """Keep the rounds that have a consultancy today, or those that have none."""
    if not answer:
        return rows
    held = Exists(Engagement.objects.holding(clock.today()).filter(round=OuterRef("pk")))
    return rows.filter(held if answer == "yes" else ~held)


def searched(rows: QuerySet[Any], words: str) -> QuerySet[Any]:
    """Keep the rows whose firm's name holds the words, or whose code begins so."""
    words = words.strip()[:100]
    if not words:
        return rows
    by_code = rows.filter(code__startswith=words.upper())
    return rows.filter(enterprise__comparable__contains=comparable(words)) | by_code


@require_GET
def rounds(request: HttpRequest) -> HttpResponse:
    """Show the rounds this person may open, with filters, ticks and what each owes."""
    standing = acting(request, *OFFICIALS, Role.ENTERPRISE)
    page = tables.page(
        found(standing, request), ("-list_year", "id"), request, total=True, most=COUNTED
    )
    shown = [one.pk for one in page.rows]
    ticked = _ticked(standing, request)
    context = {
        "page": page,
        "owed": owed(shown, clock.today()),
        "tickable": {one.pk for one in page.rows if _tickable(standing, one)},
        "ticked": ticked,
        "elsewhere": sorted(ticked - set(shown)),
        "most": MOST_TICKED,
        "may_tick": standing.role in OFFICIALS,
        "may_urge": standing.role in (Role.CITY, Role.COUNTY),
        "may_dispatch": standing.role in (Role.PROVINCE, Role.CITY),
        "marks": {name: _mark(page, name) for name in (tables.AFTER, tables.BEFORE)},
        "kept": [(name, request.GET[name]) for name in _FILTERS if request.GET.get(name)],
        "question": _question(request),
        "named": audits.labels(),
        "region": territory.region,
        "chosen": request.GET,
        **_choices(standing, request),
    }
    return render(request, "desk/rounds.html", context)


def _choices(standing: Standing, request: HttpRequest) -> dict[str, Any]:
    cities = [(one.code, one.short_name) for one in territory.cities(standing.province)]
    city = standing.city or tables.tidy(request.GET.get("city"))
    open_to_county = standing.role in (Role.PROVINCE, Role.CITY) and city
    return {
        "stages": Stage.choices(),
        "leads": [] if standing.role is Role.COUNTY and standing.line else Line.choices(),
        "kinds": AuditKind.choices(),
        "cities": cities if standing.role is Role.PROVINCE else [],
        "counties": [(one.code, one.name) for one in territory.below(city)]
        if open_to_county
        else [],
        "duties": [("any", "任何一项"), *audits.duties()],
        "helped": _HELPED,
    }


def _question(request: HttpRequest) -> str:
    """Return the filters of the address, without page and ticks."""
    kept = request.GET.copy()
    for name in list(kept):
        if name not in _FILTERS:
            kept.pop(name)
    return f"?{kept.urlencode()}" if kept else ""


def _mark(page: tables.Page[Round], name: str) -> str | None:
    """Return the mark of the neighbouring page, "" for the first page, None where there is none."""
    address = page.next_url if name == tables.AFTER else page.previous_url
    if not address:
        return None
    return parse_qs(urlsplit(address).query).get(name, [""])[0]


def _ticked(standing: Standing, request: HttpRequest) -> set[int]:
    """Return the ticked rounds that this person may open, the first so many."""
    keys = asked.keys(request.GET.getlist("round"))[:MOST_TICKED]
    if not keys:
        return set()
    return set(access.visible_to(standing).filter(pk__in=keys).values_list("pk", flat=True))


def _tickable(standing: Standing, audit: Round) -> bool:
    """Tell whether a bulk act may be about this round: it goes on, and it is one's own."""
    if audit.stage not in WORKING:
        return False
    if standing.role is Role.PROVINCE:
        return True
    return not chasing.SERVERS.isdisjoint(access.parts(standing, audit))


def owed(rounds: Sequence[int], on: date) -> dict[int, Owed]:
    """Return what each of these rounds owes, in one read."""
    return {
        pk: Owed(
            "；".join(f"{one.title}（{one.due_on}）" for one in duties),
            max(((on - one.due_on).days for one in duties if one.due_on < on), default=0),
        )
        for pk, duties in notices.owed_by_rounds(rounds).items()
    }


@require_GET
def export(request: HttpRequest, file_format: str) -> HttpResponseBase:
    """Hand out the list that the filters leave as a workbook or CSV."""
    standing = acting(request, *OFFICIALS)
    if file_format not in FORMATS:
        raise Http404
    rows = _lines(found(standing, request).order_by("-list_year", "id"), clock.today())
    name = f"本轮清洁生产审核（截至{clock.today().isoformat()}）.{file_format}"
    if file_format == "csv":
        return downloads.attachment(downloads.csv(_HEADS, rows), name, downloads.CSV)
    sheet = downloads.Sheet("本轮清洁生产审核", _HEADS, rows)
    return downloads.attachment(downloads.xlsx([sheet]), name, downloads.XLSX)


def _lines(rows: QuerySet[Round], on: date) -> Iterator[list[Any]]:
    named = audits.labels()
    number, last = 0, None
    while True:
        some = list(
            (rows if last is None else rows.filter(tables.later_than(("-list_year", "id"), last)))[
                :_AT_ONCE
            ]
        )
        if not some:
            return
        last = [some[-1].list_year, some[-1].pk]
        duties = owed([one.pk for one in some], on)
        helpers = _helpers([one.pk for one in some], on)
        for audit in some:
            number += 1
            yield [number, *_cells(audit, named), *_rest(duties[audit.pk], helpers.get(audit.pk))]


def _cells(audit: Round, named: dict[str, dict[str, str]]) -> list[Any]:
    city = territory.region(audit.city_id)
    county = territory.region(audit.county_id or "")
    return [
        audit.name, audit.code, city.short_name if city else "", county.name if county else "",
        named["lead"][audit.lead], named["kind"][audit.kind], audit.list_year, audit.listed_on,
        audit.registered_on, audit.planned_on, audit.accepted_on, audit.completed_on,
        named["stage"][audit.stage],
    ]  # fmt: skip


def _rest(duties: Owed, helper: str | None) -> list[Any]:
    return [duties.text, duties.late or None, helper or ""]


def _helpers(rounds: Sequence[int], on: date) -> dict[int, str]:
    """Return the consultancies at work on these rounds."""
    found_at: dict[int, list[str]] = {}
    rows = Engagement.objects.holding(on).filter(round__in=rounds).order_by("pk")
    for pk, name in rows.values_list("round_id", "consultancy__name"):
        found_at.setdefault(pk, []).append(name)
    return {pk: "、".join(names) for pk, names in found_at.items()}
