"""Pages of accuracy: the table, one sample, one value; the enterprise's own."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from cleanprod.foundation.attachments import actions as attachments
from cleanprod.foundation.attachments import responses
from cleanprod.foundation.engine import clock
from cleanprod.foundation.organisations.acting import acting
from cleanprod.foundation.organisations.rules import Role, Standing
from cleanprod.foundation.territory import queries as territory
from cleanprod.foundation.web import asked, downloads, tables
from cleanprod.kernel.errors import Refused
from cleanprod.kernel.ranking import percent
from cleanprod.stages.accuracy import access, actions, queries
from cleanprod.stages.accuracy.forms import CheckForm, DecideForm, ReasonForm
from cleanprod.stages.accuracy.models import Item, Sample
from cleanprod.stages.accuracy.rules import FORMULA, Act, Stage, Verdict, Who, summed

LOOK = {"drawn": "wait", "right": "good", "lost": "bad", "contested": "wait", "upheld": "bad"}
_HEADS = (
    "排序", "名称", "自动检查项数", "自动检查正确项数", "抽样复核项数", "抽样复核正确项数",
    "核对项数合计", "正确项数合计", "填报数据准确率", "办结前更正项数", "修改率",
)  # fmt: skip

_LOST = (
    "地市", "企业", "方案编号", "方案名称", "项目", "填报值", "佐证值", "来源", "依据", "状态",
)  # fmt: skip


def _samples(standing: Standing, year: int) -> list[Sample]:
    found = access.visible_to(standing).filter(year=year).select_related("city")
    return list(found.order_by("city"))


@require_GET
def board(request: HttpRequest) -> HttpResponse:
    """Show accuracy by city and by consultancy for a year of acceptance."""
    standing = acting(request, *access.DESKS)
    year = asked.year(request)
    samples = _samples(standing, year)
    known = {sample.city_id for sample in samples}
    province = standing.role is Role.PROVINCE
    cities = territory.cities(standing.province) if province else []
    context = {
        "year": year, "years": asked.years(year), "formula": FORMULA, "percent": percent,
        "rows": queries.by_city(samples), "frozen": {str(one.pk): one.frozen_on for one in samples},
        "consultancies": queries.by_consultancy(samples),
        "adopted": queries.adopted(clock.today()), "is_province": province,
        "latest": None if samples else queries.latest_year(standing),
        "undrawn": [(city.code, city.short_name) for city in cities if city.code not in known],
    }  # fmt: skip
    return render(request, "accuracy/board.html", context)


@require_POST
def draw(request: HttpRequest) -> HttpResponse:
    """Draw the sample of a city and year."""
    standing = acting(request, Role.PROVINCE)
    city = request.POST.get("city", "")
    year = asked.whole(request.POST.get("year", ""))
    if city not in {one.code for one in territory.cities(standing.province)} or year is None:
        raise Http404
    made = actions.draw(city, year, by=standing)
    messages.success(request, f"已抽取{made.size}项（抽样框{made.frame_size}项）")
    return redirect("accuracy:sample", pk=made.pk)


@require_GET
def workbook(request: HttpRequest) -> HttpResponseBase:
    """Hand out the tables of a year as a workbook."""
    standing = acting(request, *access.DESKS)
    year = asked.year(request)
    samples = _samples(standing, year)
    lead = (f"{year}年填报数据准确率（内部，待核实）", FORMULA)
    sheets = [
        downloads.Sheet("按地市", list(_HEADS), _rows(queries.by_city(samples)), lead=lead),
        downloads.Sheet(
            "按咨询机构", list(_HEADS), _rows(queries.by_consultancy(samples)), lead=lead
        ),
        downloads.Sheet("有误项", list(_LOST), _lost(standing, year), lead=lead),
    ]
    return downloads.attachment(
        downloads.xlsx(sheets), f"{year}年填报数据准确率.xlsx", downloads.XLSX
    )


def _lost(standing: Standing, year: int) -> list[tuple[object, ...]]:
    found = queries.lost_points(standing, year).order_by("sample__city", "round__name", "place")
    return [
        (
            one.sample.city.short_name, one.round.name, one.code, one.measure, one.label,
            one.value, one.right_value, one.source, one.note, one.get_stage_display(),
        )
        for one in found
    ]  # fmt: skip


def _rows(rows: list[queries.Row]) -> list[tuple[object, ...]]:
    return [
        (
            row.ranked.place if row.ranked else None, row.name, row.tally.auto_checked,
            row.tally.auto_right, row.tally.sampled, row.tally.sampled_right, row.tally.checked,
            row.tally.right, percent(row.tally.accuracy, 2, "—"), row.tally.corrected,
            percent(row.tally.corrections, 2, "—"),
        )
        for row in rows
    ]  # fmt: skip


@require_GET
def sample(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one sample: how it was drawn, by enterprise, value by value."""
    standing = acting(request, *access.DESKS)
    found = access.get_or_404(standing, pk)
    items = found.items.select_related("round")
    stage = tables.tidy(request.GET.get("stage"))
    if stage in set(Stage):
        items = items.filter(stage=stage)
    rows = queries.by_round(found)
    context = {
        "sample": found, "formula": FORMULA, "percent": percent, "rows": rows,
        "whole": summed(row.tally for row in rows), "look": LOOK, "stage": stage,
        "stages": Stage.choices(), "page": tables.page(items, ("place", "id"), request, total=True),
        "adopted": queries.adopted(clock.today()), "waiting": queries.open_items(found),
        "may_freeze": standing.role is Role.PROVINCE and found.frozen_on is None,
    }  # fmt: skip
    return render(request, "accuracy/sample.html", context)


@require_GET
def lost(request: HttpRequest) -> HttpResponse:
    """Show every lost point of a year, of one city, enterprise or consultancy."""
    standing = acting(request, *access.DESKS)
    year = asked.year(request)
    city, audit = tables.tidy(request.GET.get("city")), asked.whole(request.GET.get("round", ""))
    consultancy = request.GET.get("consultancy")
    found = queries.lost_points(standing, year, city=city, audit=audit, consultancy=consultancy)
    page = tables.page(found, ("sample__city", "round__name", "place", "id"), request, total=True)
    of = ""
    if page.rows and audit is not None:
        of = page.rows[0].round.name
    elif page.rows and city:
        of = page.rows[0].sample.city.name
    elif consultancy is not None:
        of = consultancy or queries.WITHOUT
    context = {
        "year": year, "page": page, "look": LOOK, "of": of,
        "adopted": queries.adopted(clock.today()),
    }  # fmt: skip
    return render(request, "accuracy/lost.html", context)


@require_GET
def frame(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Hand out seed and frame, with which anybody redoes the draw."""
    found = access.get_or_404(acting(request, *access.DESKS), pk)
    content = downloads.json(
        {"seed": found.seed, "size": found.size, "pool": found.frame,
         "drawn": [f"round:{one.round_id}|{one.code}|{one.column}"
                   for one in found.items.filter(automatic=False).order_by("place")]}
    )  # fmt: skip
    return downloads.attachment(content, f"抽样框{found.pk}.json", downloads.JSON)


@require_POST
def freeze(request: HttpRequest, pk: int) -> HttpResponse:
    """Freeze a sample."""
    standing = acting(request, Role.PROVINCE)
    actions.freeze(access.get_or_404(standing, pk).pk, by=standing)
    messages.success(request, "已封存")
    return redirect("accuracy:sample", pk=pk)


@require_GET
def mine(request: HttpRequest) -> HttpResponse:
    """Show an enterprise the drawn values of its own rounds."""
    standing = acting(request, Role.ENTERPRISE)
    items = access.items_visible_to(standing).select_related("round", "sample")
    context = {"page": tables.page(items, ("-id",), request), "look": LOOK}
    return render(request, "accuracy/mine.html", context)


@require_GET
def item(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one drawn value with what may be done to it."""
    standing = acting(request, *access.READERS)
    return _item(request, standing, access.item_or_404(standing, pk))


def _item(request: HttpRequest, standing: Standing, found: Item, **forms: Any) -> HttpResponse:
    acts = access.moves(standing, found)
    context = {
        "item": found, "look": LOOK, "may_open": standing.role is not Role.SUPPORT,
        "check": forms.get("check") or (CheckForm() if Act.FIND_RIGHT in acts else None),
        "contest": forms.get("contest") or (ReasonForm() if Act.CONTEST in acts else None),
        "decide": forms.get("decide") or (DecideForm() if Act.UPHOLD in acts else None),
        "is_desk": standing.role is not Role.ENTERPRISE,
    }  # fmt: skip
    wrong = any(form.errors for form in forms.values())
    return render(request, "accuracy/item.html", context, status=422 if wrong else 200)


@require_POST
def check(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep what a second person found."""
    standing = acting(request, *access.CHECKERS)
    found = access.item_or_404(standing, pk)
    form = CheckForm(request.POST, request.FILES)
    if form.is_valid():
        said = form.cleaned_data
        try:
            file = attachments.keep(said["evidence"], by=standing)
            actions.check(
                found.pk, Verdict(said["verdict"]), right_value=said["right_value"],
                note=said["note"], evidence=file.pk if file else None, by=standing,
            )  # fmt: skip
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "已保存复核结果")
            return redirect("accuracy:sample", pk=found.sample_id)
    return _item(request, standing, found, check=form)


@require_POST
def contest(request: HttpRequest, pk: int) -> HttpResponse:
    """Contest a lost value."""
    standing = acting(request, Role.CITY, Role.ENTERPRISE)
    found = access.item_or_404(standing, pk)
    if Who.OWNER not in access.who(standing, found):
        raise Http404
    form = ReasonForm(request.POST)
    if form.is_valid():
        actions.contest(found.pk, reason=form.cleaned_data["reason"], by=standing)
        messages.success(request, "异议已提交，由省级主管部门处理")
        return redirect("accuracy:item", pk=pk)
    return _item(request, standing, found, contest=form)


@require_POST
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Decide a contest."""
    standing = acting(request, Role.PROVINCE)
    found = access.item_or_404(standing, pk)
    form = DecideForm(request.POST)
    if form.is_valid():
        said = form.cleaned_data
        actions.decide(found.pk, restore=said["restore"], reason=said["reason"], by=standing)
        messages.success(request, "已处理")
        return redirect(reverse("accuracy:item", args=[pk]))
    return _item(request, standing, found, decide=form)


@require_GET
def evidence(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Hand out the evidence of a re-check to those who read the value."""
    found = access.item_or_404(acting(request, *access.READERS), pk)
    if found.evidence is None:
        raise Http404
    return responses.download(found.evidence)
