"""The figures by county, lead, trade, kind and year: the same tables, grouped otherwise."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import Case, Count, F, Q, Value, When
from django.db.models.expressions import Combinable
from django.db.models.functions import ExtractYear, Left

from cleanprod.foundation.organisations.rules import Line
from cleanprod.foundation.territory import queries as territory
from cleanprod.foundation.territory.models import Level, Region
from cleanprod.insight.statistics import queries
from cleanprod.insight.statistics.queries import DIVISION, FIGURES, AsOf, chosen
from cleanprod.insight.statistics.rules import (
    NONE,
    OVER_YEARS,
    CityCounts,
    Cut,
    Dimension,
    places,
    total_of,
)
from cleanprod.insight.statistics.tabled import NAMES, Column, Tabled, day
from cleanprod.stages.audits.models import Round
from cleanprod.stages.programme.rules import AuditKind

Counted = dict[str, dict[str, int]]
_INDUSTRY, _ECOLOGY = Q(lead=Line.INDUSTRY), Q(lead=Line.ECOLOGY)


@dataclass(frozen=True, slots=True)
class Group:
    """One row to be: its key, its name, and what narrows to its records."""

    key: str
    name: str
    link: Mapping[str, Any]


def compile_breakdown(by: Dimension, moment: AsOf, cut: Cut | None = None) -> Tabled:
    """Count by a dimension, within a cut, afresh from the records."""
    within = cut or Cut()
    counted = _COUNTS[by](moment, within) if by in _COUNTS else _of_the_year(by, moment, within)
    groups = list(GROUPS[by](counted, within))
    rows = [
        CityCounts(number, group.name, group.key, **counted.get(group.key, {}))
        for number, group in enumerate(groups, start=1)
    ]
    links = {group.key: {**within.named(), **group.link} for group in groups}
    ranked = by is Dimension.CITY and not within.city
    columns = _columns(by, ranked=ranked, targets=_has_targets(by, within))
    place = places(rows) if ranked else {}

    def cells(row: CityCounts) -> dict[str, Any]:
        said = {"rate": row.share, "rank": place.get(row.code)}
        named = (column.key for column in columns if column.key not in NAMES)
        return {key: said[key] if key in said else getattr(row, key) for key in named}

    total = {} if by in OVER_YEARS else {"name": "合计", **cells(total_of(rows))}
    total.pop("rank", None)
    return Tabled(
        by, moment, _title(by, moment, within), columns,
        [
            {"no": row.no, "name": row.city, "code": row.code, **cells(row),
             "link": links[row.code]}
            for row in rows
        ],
        {**total, "link": within.named()} if total else {},
        note=_note(by, moment), unit="家、%", landscape=True,
    )  # fmt: skip


def _has_targets(by: Dimension, cut: Cut) -> bool:
    """Tell whether targets can stand beside the figures: they are fixed for whole cities only."""
    return by in (Dimension.YEAR, Dimension.CITY) and not cut.lead and not cut.fine


def _columns(by: Dimension, *, ranked: bool, targets: bool) -> tuple[Column, ...]:
    name = Column("name", HEADINGS[by])
    of_list = "list_" if by is Dimension.LIST_YEAR else ""
    listed = (
        Column("listed", "企业", "名单", "listed"),
        Column("registered", "已注册", "名单", "registered"),
        Column("planned", "已填计划", "名单", "planned"),
    )
    by_lead = (
        Column("industry", "工信牵头", "通过验收", f"{of_list}industry"),
        Column("ecology", "环境牵头", "通过验收", f"{of_list}ecology"),
        Column("total", "合计", "通过验收", f"{of_list}total"),
    )
    accepted = (Column("total", "企业", "通过验收", "total"),) if by is Dimension.LEAD else by_lead
    platform = "“平台”验收流程"
    completed = "list_completed" if of_list else "platform_completed"
    used = (
        Column("platform_completed", "完成", platform, completed),
        Column("rate", "占比", platform, share=True),
        *((Column("rank", "排序", platform),) if ranked else ()),
        Column("not_completed", "尚未完成", platform, f"{of_list}not_completed"),
    )
    goal = (
        Column("target", "预期目标", "年度目标"),
        Column("progress", "完成进度", "年度目标", share=True),
    )
    return (
        Column("no", "序号"), name, *(() if by is Dimension.YEAR else listed), *accepted, *used,
        *(goal if targets else ()),
    )  # fmt: skip


def whose(cut: Cut) -> str:
    """Return the place of a cut as titles begin with it; blank for the whole province."""
    place = territory.region(cut.county if cut.county not in ("", NONE) else cut.city)
    return place.name if place else ""


def narrowed(cut: Cut) -> str:
    """Return in words, for a title, by lead and kind what else narrows a table."""
    parts = [label for label in (_lead(cut), _kind(cut)) if label]
    return f"（{'，'.join(parts)}）" if parts else ""


def _title(by: Dimension, moment: AsOf, cut: Cut) -> str:
    if by in OVER_YEARS:
        return f"{whose(cut)}历年清洁生产审核情况（{by.label}）{narrowed(cut)}"
    return f"{moment.year}年{whose(cut)}清洁生产审核情况（{by.label}）{narrowed(cut)}"


def _lead(cut: Cut) -> str:
    return f"{Line(cut.lead).label}牵头" if cut.lead else ""


def _kind(cut: Cut) -> str:
    return AuditKind(cut.kind).label if cut.kind else ""


def _note(by: Dimension, moment: AsOf) -> str:
    meant = {
        Dimension.LIST_YEAR: "每行为一个名单年度的企业，通过验收和“平台”完成不论发生在哪一年",
        Dimension.YEAR: "每行为一个验收年度，按通过验收的日期统计，不论列入哪一年度名单",
        Dimension.TRADE: "行业为《国民经济行业分类》（GB/T 4754-2017）大类，按列入名单时的行业代码",
    }.get(by, "名单按本轮审核的名单年度（再次列入的不重复计算），通过验收和“平台”完成按验收年度")
    return f"注：1. 统计截至{day(moment)}，按事实发生日期统计。2. {meant}。"


# --- counting: at most two reads each ---------------------------------------------------------


def key_of(by: Dimension) -> dict[str, Combinable]:
    """Return the expressions that name the group of a round."""
    keys: dict[Dimension, Callable[[], Combinable]] = {
        Dimension.CITY: lambda: F("city_id"),
        Dimension.COUNTY: lambda: F("county_id"),
        Dimension.LEAD: lambda: F("lead"),
        Dimension.KIND: lambda: F("kind"),
        Dimension.TRADE: lambda: Case(
            When(industry__regex=DIVISION, then=Left("industry", 2)), default=Value(NONE)
        ),
        Dimension.LIST_YEAR: lambda: F("list_year"),
        Dimension.YEAR: lambda: ExtractYear("accepted_on"),
    }
    return {"key": keys[by](), **({"within": F("city_id")} if by is Dimension.COUNTY else {})}


def _grouped(by: Dimension, rounds: Q, cut: Cut, sums: Mapping[str, Q | None]) -> Counted:
    rows = (
        Round.objects.filter(rounds & chosen(cut))
        .order_by()
        .annotate(**key_of(by))
        .values("key", *(["within"] if by is Dimension.COUNTY else []))
        .annotate(**{f"n_{name}": Count(Value(1), filter=which) for name, which in sums.items()})
    )
    return {key_in(row): {name: row[f"n_{name}"] for name in sums} for row in rows}


def key_in(row: Mapping[str, Any]) -> str:
    """Return the key of a group; a county that is not known is one of its city's."""
    if "within" in row:
        return row["key"] or f"{row['within']}-{NONE}"
    return str(row["key"])


def _leads(completed: Q) -> dict[str, Q]:
    return {
        "industry": _INDUSTRY,
        "ecology": _ECOLOGY,
        "industry_completed": _INDUSTRY & completed,
        "ecology_completed": _ECOLOGY & completed,
    }


def _merged(*counts: Counted) -> Counted:
    found: Counted = {}
    for counted in counts:
        for key, numbers in counted.items():
            found[key] = found.get(key, {}) | numbers
    return found


def _of_the_year(by: Dimension, moment: AsOf, cut: Cut) -> Counted:
    listed = _grouped(
        by, FIGURES["listed"].rounds(moment), cut,
        {
            "listed": None,
            "registered": Q(registered_on__lte=moment.as_of),
            "planned": Q(planned_on__lte=moment.as_of),
        },
    )  # fmt: skip
    accepted = _grouped(
        by, FIGURES["total"].rounds(moment), cut, _leads(queries.completed_by(moment.as_of))
    )
    found = _merged(listed, accepted)
    if by is Dimension.CITY and _has_targets(by, cut):
        for code, numbers in queries.targets_by_year(moment.as_of).get(moment.year, {}).items():
            found.setdefault(code, {})["target"] = numbers
    return found


def _cohorts(moment: AsOf, cut: Cut) -> Counted:
    """Count by list year what became of each list up to the as-of day, in one read."""
    accepted = Q(accepted_on__lte=moment.as_of)
    completed = queries.completed_by(moment.as_of)
    return _grouped(
        Dimension.LIST_YEAR, Q(listed_on__lte=moment.as_of), cut,
        {
            "listed": None,
            "registered": Q(registered_on__lte=moment.as_of),
            "planned": Q(planned_on__lte=moment.as_of),
            **{name: accepted & which for name, which in _leads(completed).items()},
        },
    )  # fmt: skip


def _acceptances(moment: AsOf, cut: Cut) -> Counted:
    """Count by the year of acceptance, with the targets where they are for the same firms."""
    found = _grouped(
        Dimension.YEAR, Q(accepted_on__lte=moment.as_of), cut,
        _leads(queries.completed_by(moment.as_of)),
    )  # fmt: skip
    if _has_targets(Dimension.YEAR, cut):
        for year, targets in queries.targets_by_year(moment.as_of).items():
            if cut.city and cut.city not in targets:
                continue
            number = targets[cut.city] if cut.city else sum(targets.values())
            found.setdefault(str(year), {})["target"] = number
    return found


_COUNTS: Mapping[Dimension, Callable[[AsOf, Cut], Counted]] = {
    Dimension.LIST_YEAR: _cohorts,
    Dimension.YEAR: _acceptances,
}

# --- the rows: what is always shown, and what was found -----------------------------------------


def _cities(_counted: Mapping[str, Any], cut: Cut) -> Iterable[Group]:
    for city in territory.cities(settings.PROVINCE_CODE):
        if not cut.city or city.code == cut.city:
            yield Group(city.code, city.short_name, {"city": city.code})


def _counties(counted: Mapping[str, Any], cut: Cut) -> Iterable[Group]:
    """Yield each county of a city that is asked for, elsewhere those with records."""
    for city in territory.cities(settings.PROVINCE_CODE):
        if cut.city and city.code != cut.city:
            continue
        for county in _shown(city, counted, cut):
            name = county.name if cut.city else f"{city.short_name} {county.name}"
            yield Group(county.code, name, {"city": city.code, "county": county.code})
        key = f"{city.code}-{NONE}"
        if key in counted:
            name = "未填县区" if cut.city else f"{city.short_name} 未填县区"
            yield Group(key, name, {"city": city.code, "county": NONE})


def _shown(city: Region, counted: Mapping[str, Any], cut: Cut) -> list[Region]:
    found = territory.below(city.code)
    if cut.county:
        return [one for one in found if one.code == cut.county]
    usual = cut.city == city.code
    return [one for one in found if one.code in counted or (usual and one.level == Level.COUNTY)]


def _leading(_counted: Mapping[str, Any], cut: Cut) -> Iterable[Group]:
    for line in Line:
        if not cut.lead or cut.lead == line:
            yield Group(line.value, f"{line.label}牵头", {"lead": line.value})


def _kinds(_counted: Mapping[str, Any], cut: Cut) -> Iterable[Group]:
    for kind in AuditKind:
        if not cut.kind or cut.kind == kind:
            yield Group(kind.value, kind.label, {"kind": kind.value})


def _trades(counted: Mapping[str, Any], _cut: Cut) -> Iterable[Group]:
    for code in sorted(counted, key=lambda key: (key == NONE, key)):
        trade = territory.industry_by_code(code) if code != NONE else None
        name = f"{code} {trade.name}" if trade else ("未填或未识别" if code == NONE else code)
        yield Group(code, name, {"trade": code})


def _list_years(counted: Mapping[str, Any], _cut: Cut) -> Iterable[Group]:
    for year in sorted(counted, reverse=True):
        yield Group(year, f"{year}年度名单", {"year": int(year)})


def _years(counted: Mapping[str, Any], _cut: Cut) -> Iterable[Group]:
    for year in sorted(counted, reverse=True):
        yield Group(year, f"{year}年", {"year": int(year)})


GROUPS: Mapping[Dimension, Callable[[Mapping[str, Any], Cut], Iterable[Group]]] = {
    Dimension.CITY: _cities,
    Dimension.COUNTY: _counties,
    Dimension.LEAD: _leading,
    Dimension.TRADE: _trades,
    Dimension.KIND: _kinds,
    Dimension.LIST_YEAR: _list_years,
    Dimension.YEAR: _years,
}
HEADINGS: Mapping[Dimension, str] = {
    Dimension.CITY: "地市",
    Dimension.COUNTY: "县区",
    Dimension.LEAD: "牵头部门",
    Dimension.TRADE: "行业",
    Dimension.KIND: "审核类型",
    Dimension.LIST_YEAR: "名单年度",
    Dimension.YEAR: "验收年度",
}
