"""What confirmed performance sheets add up to, by any dimension: one aggregate in the database.

A round counts in the year of its acceptance. Its sheet counts from the day on which the lead
department confirmed it. The three value sets never meet in one sum.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from django.db.models import Case, Count, FilteredRelation, Q, QuerySet, Sum, Value, When
from django.db.models.expressions import Combinable

from cleanprod.insight.statistics import queries
from cleanprod.insight.statistics.breakdowns import (
    GROUPS,
    HEADINGS,
    Group,
    key_in,
    key_of,
    narrowed,
    whose,
)
from cleanprod.insight.statistics.queries import FIGURES, AsOf, chosen
from cleanprod.insight.statistics.rules import (
    NONE,
    OVER_YEARS,
    Cut,
    Dimension,
    Marked,
    Report,
)
from cleanprod.insight.statistics.tabled import Column, Tabled, day
from cleanprod.stages.audits.models import Round
from cleanprod.stages.measures.effects import COUNTS
from cleanprod.stages.measures.models import TagEffect
from cleanprod.stages.measures.rules import Tag, ValueSet
from cleanprod.stages.performance.accounting.results import added

OF_LIST = "list"  # as `basis` of an address: the year is that of the list


@dataclass(frozen=True, slots=True)
class Amount:
    """One figure of sheets: what it is called, in which unit, and under which heading."""

    key: str
    label: str
    unit: str
    group: str

    @property
    def title(self) -> str:
        """Return the label with its unit."""
        return f"{self.label}（{self.unit}）"

    @property
    def counted(self) -> bool:
        """Tell whether it is a number of measures, not an amount."""
        return self.key in COUNTS


_CLEAN, _CUT = "节能节水降碳", "污染物削减（t/年）"
AMOUNTS: Sequence[Amount] = (
    Amount("low", "无/低费", "个", "方案（个）"),
    Amount("high", "中/高费", "个", "方案（个）"),
    Amount("measures", "合计", "个", "方案（个）"),
    Amount("investment", "投资", "万元", "资金"),
    Amount("benefit", "经济效益", "万元/年", "资金"),
    Amount("tce", "节能量", "tce/年", _CLEAN),
    Amount("co2", "二氧化碳减排", "t/年", _CLEAN),
    Amount("water", "节水", "m3/年", _CLEAN),
    Amount("voc", "VOCs", "t/年", _CUT),
    Amount("cod", "COD", "t/年", _CUT),
    Amount("ammonia", "氨氮", "t/年", _CUT),
    Amount("so2", "SO2", "t/年", _CUT),
    Amount("nox", "NOx", "t/年", _CUT),
    Amount("solid_waste", "固体废物", "t/年", _CUT),
    Amount("hazardous_waste", "危险废物", "t/年", _CUT),
)
BY_KEY: Mapping[str, Amount] = {one.key: one for one in AMOUNTS}
Told = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Asked:
    """Which sheets are asked for: year and day, value set, part of the province.

    `of_list` takes the year as that of the list and counts acceptances of any year.
    """

    moment: AsOf
    which: ValueSet = ValueSet.VERIFIED
    cut: Cut = Cut()
    of_list: bool = False

    @property
    def rounds(self) -> Q:
        """Return the condition of the accepted rounds that are asked for."""
        figure = "list_total" if self.of_list else "total"
        return FIGURES[figure].rounds(self.moment) & chosen(self.cut)

    @property
    def confirmed(self) -> dict[str, Any]:
        """Return the conditions that an effect is of the value set and confirmed by the day."""
        return {"which": self.which.value, "confirmed_on__lte": self.moment.as_of}


def official(moment: AsOf) -> Tabled:
    """Return the official table: the verified numbers of each city."""
    return compile_effects(Report.EFFECTS, Asked(moment))


def compile_effects(by: Report | Dimension | Marked, asked: Asked) -> Tabled:
    """Sum confirmed sheets by a dimension, or count marked measures, afresh from the records."""
    if isinstance(by, Marked):
        return _MARKED[by](asked)
    dimension = Dimension.CITY if isinstance(by, Report) else by
    told = _by(dimension, asked)
    named = "city" if isinstance(by, Report) else "name"
    rows = [
        {
            "no": number, named: group.name, "code": group.key,
            **(told.get(group.key) or dict.fromkeys(BY_KEY) | {"accepted": 0, "confirmed": 0}),
            "link": {**asked.cut.named(), **group.link, **_basis(dimension)},
        }
        for number, group in enumerate(GROUPS[dimension](told, asked.cut), start=1)
    ]  # fmt: skip
    total = {} if dimension in OVER_YEARS else {named: "合计", **_sum(rows)}
    return Tabled(
        by, asked.moment, _title(by, dimension, asked), _columns(dimension, named), rows,
        {**total, "link": asked.cut.named()} if total else {},
        note=_note(asked, dimension), landscape=True, asks=_asks(asked),
    )  # fmt: skip


def _basis(by: Dimension) -> dict[str, str]:
    return {"basis": OF_LIST} if by is Dimension.LIST_YEAR else {}


def _asks(asked: Asked) -> dict[str, str]:
    return {"set": asked.which.value}


def _columns(by: Dimension, named: str) -> tuple[Column, ...]:
    accepted = "list_total" if by is Dimension.LIST_YEAR else "total"
    return (
        Column("no", "序号"),
        Column(named, HEADINGS[by]),
        Column("accepted", "通过验收", "企业（家）", accepted),
        Column("confirmed", "已核定", "企业（家）", "confirmed"),
        *(_column(one) for one in AMOUNTS),
    )


def _column(one: Amount) -> Column:
    label = one.label if one.unit in one.group else one.title
    return Column(one.key, label, one.group, one.key, amount=not one.counted)


def _title(by: Report | Dimension, dimension: Dimension, asked: Asked) -> str:
    what = f"清洁生产绩效成果（{asked.which.label}）"
    if isinstance(by, Report):
        return f"{asked.moment.year}年各市{what}"
    when = "历年" if dimension in OVER_YEARS else f"{asked.moment.year}年"
    return f"{when}{whose(asked.cut)}{what}{by.label}{narrowed(asked.cut)}"


_WHEN: Mapping[Dimension | Marked, str] = {
    Dimension.LIST_YEAR: "各年度名单中已通过验收",
    Dimension.YEAR: "各验收年度通过验收",
}


def _note(asked: Asked, by: Dimension | Marked) -> str:
    when = _WHEN.get(by) or f"{asked.moment.year}年通过验收"
    return (
        f"注：1. 统计截至{day(asked.moment)}，按核定日期统计。2. 统计{when}、绩效表已由牵头部门核定"
        f"的企业，数值为“{asked.which.label}”一套，三套数值不混合计算。3. 效果为每年数，节能量为"
        "当量值；水1吨计1立方米。4. 保留两位小数，合计由未取舍的数值相加。"
    )


# --- counting -----------------------------------------------------------------------------------


_OVER: Mapping[Dimension, Callable[[AsOf], Q]] = {
    Dimension.LIST_YEAR: lambda m: Q(accepted_on__lte=m.as_of, listed_on__lte=m.as_of),
    Dimension.YEAR: lambda m: Q(accepted_on__lte=m.as_of),
}


def _by(by: Dimension, asked: Asked) -> dict[str, Told]:
    """Return the figures by group, in one read."""
    wanted = _OVER[by](asked.moment) if by in _OVER else FIGURES["total"].rounds(asked.moment)
    rounds = _told(Round.objects.filter(wanted & chosen(asked.cut)), "effects", asked)
    within = ["within"] if by is Dimension.COUNTY else []
    rows = (
        rounds.annotate(**key_of(by))
        .values("key", *within)
        .annotate(
            accepted=Count("pk"),
            confirmed=Count("told"),
            **{f"n_{name}": Sum(f"told__{name}") for name in BY_KEY},
        )
    )
    return {
        key_in(row): {"accepted": row["accepted"], "confirmed": row["confirmed"]}
        | {name: row[f"n_{name}"] for name in BY_KEY}
        for row in rows
    }


def _told(rounds: QuerySet[Round], relation: str, asked: Asked, **more: str) -> QuerySet[Round]:
    """Join the one effect of each round that is asked for, where there is one."""
    named = {f"{relation}__{key}": value for key, value in (asked.confirmed | more).items()}
    return rounds.order_by().alias(told=FilteredRelation(relation, condition=Q(**named)))


def _sum(rows: Iterable[Mapping[str, Any]]) -> Told:
    listed = list(rows)
    told: Told = {key: sum(row[key] for row in listed) for key in ("accepted", "confirmed")}
    for key, one in BY_KEY.items():
        known = [row[key] for row in listed if row[key] is not None]
        told[key] = (sum(known) if one.counted else added(known)) if known else None
    return told


def summed(asked: Asked) -> Told:
    """Return the figures of everything that is asked for."""
    found: Told = _told(Round.objects.filter(asked.rounds), "effects", asked).aggregate(
        accepted=Count("pk"),
        confirmed=Count("told"),
        **{f"n_{name}": Sum(f"told__{name}") for name in BY_KEY},
    )
    return {key.removeprefix("n_"): value for key, value in found.items()}


# --- measures by their tags ---------------------------------------------------------------------

_MARKED_COLUMNS = (
    Column("firms", "企业（家）", figure="tagged"),
    Column("measures", "方案（个）", figure="tagged"),
    Column("voc", "VOCs削减（t/年）", figure="tagged", amount=True),
)


def _sector() -> Combinable:
    cases = [When(one.rounds, then=Value(one.key)) for one in queries.sectors()]
    return Case(*cases, default=Value(NONE))


def _substitution(asked: Asked) -> Tabled:
    """Count low-VOC substitution by the trades of the notice: firms, measures, VOCs."""
    tag = Tag.LOW_VOC
    rounds = _told(Round.objects.filter(asked.rounds), "tag_effects", asked, tag=tag.value)
    told = {row["key"]: row for row in _marked(rounds, key=_sector())}
    whole = next(iter(_marked(rounds, key=Value("all"))), {})
    groups = [
        *(Group(one.key, one.name, {"sector": one.key}) for one in queries.sectors()),
        Group(NONE, "其他行业", {"sector": NONE}),
    ]
    narrow = {**asked.cut.named(), "tag": tag.value}
    rows = [
        {"no": number, "name": group.name, "code": group.key, **_shown(told.get(group.key)),
         "link": {**narrow, **group.link}}
        for number, group in enumerate(groups, start=1)
        if asked.cut.sector in ("", group.key)
    ]  # fmt: skip
    return _marked_table(
        Marked.SUBSTITUTION, "行业", asked, rows,
        {"name": "合计", **_shown(whole), "link": narrow},
    )  # fmt: skip


def _projects(asked: Asked) -> Tabled:
    """Count measures that enclose, make continuous or automate; one may do several of these."""
    rounds = Round.objects.filter(asked.rounds).values("pk")
    effects = TagEffect.objects.filter(**asked.confirmed, round__in=rounds)
    told = {
        row["tag"]: row
        for row in effects.order_by()
        .values("tag")
        .annotate(
            firms=Count("round__enterprise", distinct=True), n=Sum("measures"), cut=Sum("voc")
        )
    }
    rows = [
        {"no": number, "name": tag.label, "code": tag.value, **_shown(told.get(tag.value)),
         "link": {**asked.cut.named(), "tag": tag.value}}
        for number, tag in enumerate((Tag.ENCLOSED, Tag.CONTINUOUS, Tag.AUTOMATED), start=1)
    ]  # fmt: skip
    return _marked_table(Marked.PROJECTS, "项目", asked, rows, {})


def _marked(rounds: QuerySet[Round], *, key: Combinable) -> list[Told]:
    grouped = (
        rounds.filter(Q(told__isnull=False))
        .annotate(key=key)
        .values("key")
        .annotate(
            firms=Count("enterprise", distinct=True), n=Sum("told__measures"), cut=Sum("told__voc")
        )
    )
    return [dict(row) for row in grouped]


def _shown(row: Mapping[str, Any] | None) -> Told:
    if not row:
        return {"firms": 0, "measures": 0, "voc": None}
    return {"firms": row["firms"], "measures": row["n"] or 0, "voc": row["cut"]}


def _marked_table(by: Marked, head: str, asked: Asked, rows: Sequence[Told], total: Told) -> Tabled:
    several = "" if total else "5. 一个方案可以同时属于几类，各行不能相加。"
    if by is Marked.SUBSTITUTION:
        several = "5. 行业按列入名单时的行业代码归类，归类办法见“规则与依据”。"
    title = f"{asked.moment.year}年{whose(asked.cut)}{by.label}（{asked.which.label}）"
    return Tabled(
        by, asked.moment, title + narrowed(asked.cut),
        (Column("no", "序号"), Column("name", head), *_MARKED_COLUMNS), rows, total,
        note=_note(asked, by) + several, asks=_asks(asked),
    )  # fmt: skip


_MARKED: Mapping[Marked, Callable[[Asked], Tabled]] = {
    Marked.SUBSTITUTION: _substitution,
    Marked.PROJECTS: _projects,
}


def at(asked: Asked, year: int) -> Asked:
    """Return the same question of another year."""
    return replace(asked, moment=AsOf(year, asked.moment.as_of))


def nought(value: Decimal | int | None) -> Decimal | int:
    """Return a figure as a chart draws it: nothing is nought."""
    return value or 0
