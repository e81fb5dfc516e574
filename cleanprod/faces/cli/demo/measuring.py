"""Believable measures and years of firms by trade: savings of 1 to 5 % of what they use."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from random import Random
from typing import TypeVar

from cleanprod.stages.audits.models import Round
from cleanprod.stages.measures.rules import Cost, Field, Tag, Typed, ValueSet
from cleanprod.stages.measures.years import USUAL, Line, years_of

T = TypeVar("T")
_SOLVENTS = 20  # t of VOCs a year: from here on replacing or enclosing solvents pays
_HUNDREDTH = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Use:
    """What a middling firm of a trade uses and gives off in a year."""

    electricity: int = 600  # 万kWh
    gas: int = 0  # 万m3
    water: int = 40_000  # t
    voc: int = 0  # t
    cod: int = 0  # t
    waste: int = 200  # t


_USE: Mapping[str, Use] = {
    "13": Use(900, 60, 300_000, 0, 60, 900),
    "17": Use(1200, 220, 600_000, 4, 90, 400),
    "19": Use(400, 10, 30_000, 40, 3, 150),
    "21": Use(350, 15, 15_000, 55, 2, 260),
    "22": Use(6000, 500, 1_500_000, 3, 160, 5200),
    "23": Use(500, 20, 12_000, 60, 2, 180),
    "25": Use(9000, 1800, 1_200_000, 120, 70, 2600),
    "26": Use(1100, 180, 90_000, 65, 14, 420),
    "27": Use(900, 90, 160_000, 30, 30, 350),
    "29": Use(800, 5, 40_000, 38, 3, 190),
    "30": Use(2600, 1600, 180_000, 2, 6, 3600),
    "31": Use(16_000, 2600, 1_900_000, 2, 40, 21_000),
    "32": Use(5200, 900, 260_000, 6, 10, 2900),
    "33": Use(900, 90, 130_000, 26, 14, 480),
    "36": Use(1400, 120, 90_000, 46, 7, 520),
    "38": Use(600, 30, 30_000, 24, 3, 210),
    "39": Use(2400, 40, 420_000, 22, 34, 620),
}
_LOW = (
    ("空压机管网查漏", "electricity"), ("车间照明更换为LED", "electricity"),
    ("待机设备断电管理", "electricity"), ("空调温度和启停管理", "electricity"),
    ("风机皮带张紧和更换", "electricity"), ("蒸汽管道保温修补", "gas"),
    ("炉门密封条更换", "gas"), ("燃烧器空燃比调整", "gas"),
    ("冷却水循环利用", "water"), ("清洗水逆流漂洗", "water"), ("水表分级计量", "water"),
    ("槽液定期过滤", "cod"), ("清洗剂定量添加", "cod"), ("喷枪参数优化", "voc"),
    ("溶剂桶加盖存放", "voc"), ("余料集中回用", "waste"), ("废包装物分类回收", "waste"),
    ("员工节能节水培训", "electricity"), ("计量器具校准", "water"), ("物料定额领用", "waste"),
)  # fmt: skip
_HIGH: tuple[tuple[str, str, tuple[Tag, ...]], ...] = (
    ("空压机变频改造", "electricity", ()),
    ("高效电机更换", "electricity", ()),
    ("自动上下料改造", "electricity", (Tag.AUTOMATED,)),
    ("余热回收利用", "gas", ()),
    ("中水回用系统", "water", ()),
    ("连续式清洗线改造", "water", (Tag.CONTINUOUS,)),
    ("水性漆替代溶剂型漆", "voc", (Tag.LOW_VOC,)),
    ("水性油墨和胶粘剂替代", "voc", (Tag.LOW_VOC,)),
    ("喷涂线密闭和废气收集改造", "voc", (Tag.ENCLOSED,)),
    ("废水在线回收处理", "cod", ()),
    ("废料破碎回用", "waste", ()),
)
_FIELDS = {
    "electricity": Field.ELECTRICITY, "gas": Field.NATURAL_GAS, "water": Field.WATER,
    "voc": Field.VOC, "cod": Field.COD, "waste": Field.SOLID_WASTE,
}  # fmt: skip
# What is cut along with it, in t for each unit saved.
_ALONG: Mapping[str, Mapping[Field, Decimal]] = {
    "gas": {Field.NOX: Decimal("0.0187"), Field.SO2: Decimal("0.004")},
    "cod": {Field.AMMONIA: Decimal("0.08")},
    "waste": {Field.HAZARDOUS: Decimal("0.06")},
}
# 万元 for each unit saved; what cutting brings is mostly spared materials and fees.
_WORTH = {
    "electricity": Decimal("0.65"), "gas": Decimal("3.4"), "water": Decimal("0.00045"),
    "voc": Decimal("1.2"), "cod": Decimal("0.4"), "waste": Decimal("0.05"),
}  # fmt: skip


_CONTENTS: Mapping[str, str] = {
    "空压机管网查漏": "逐段查漏，更换接头和密封件",
    "车间照明更换为LED": "更换车间和通道灯具",
    "待机设备断电管理": "班后集中断电并点检",
    "空调温度和启停管理": "限定温度，下班前关机",
    "风机皮带张紧和更换": "更换磨损皮带并定期张紧",
    "蒸汽管道保温修补": "修补破损保温层和阀门套",
    "炉门密封条更换": "更换老化密封条，减少散热",
    "燃烧器空燃比调整": "按烟气含氧量调整空燃比",
    "冷却水循环利用": "增设循环水箱和水泵",
    "清洗水逆流漂洗": "单级清洗改三级逆流漂洗",
    "水表分级计量": "主要用水工序加装水表",
    "槽液定期过滤": "定期过滤，延长换槽周期",
    "清洗剂定量添加": "按电导率定量添加清洗剂",
    "喷枪参数优化": "调整喷幅和气压，减少过喷",
    "溶剂桶加盖存放": "溶剂和漆料密闭存放取用",
    "余料集中回用": "边角余料分类收集回用",
    "废包装物分类回收": "分类存放，交回供应商",
    "员工节能节水培训": "按岗位培训并考核",
    "计量器具校准": "校准流量计和电能表",
    "物料定额领用": "按产量定额领料",
    "空压机变频改造": "定频空压机改变频并联控",
    "高效电机更换": "更换为二级以上能效电机",
    "自动上下料改造": "增设机械手，替代人工上下料",
    "余热回收利用": "回收烟气余热预热助燃空气",
    "中水回用系统": "超滤加反渗透，回用于清洗",
    "连续式清洗线改造": "间歇清洗改连续式喷淋",
    "水性漆替代溶剂型漆": "面漆改用水性漆",
    "水性油墨和胶粘剂替代": "改用水性油墨和水性胶",
    "喷涂线密闭和废气收集改造": "喷房密闭，负压收集废气",
    "废水在线回收处理": "末端处理改在线回收",
    "废料破碎回用": "增设破碎机，废料回炉",
}


@dataclass(frozen=True, slots=True)
class Firm:
    """What one firm uses and gives off in a year: that of its trade times its size."""

    use: Use
    size: Decimal

    def of(self, kind: str) -> Decimal:
        """Return its yearly amount of one kind."""
        return int(getattr(self.use, kind)) * self.size


def firm(random: Random, audit: Round) -> Firm:
    """Return a firm of the trade of a round."""
    use = _USE.get(audit.industry.lstrip("C")[:2], Use())
    return Firm(use, Decimal(random.choice((4, 6, 8, 10, 13, 18))) / 10)


def measures(random: Random, firm: Firm) -> tuple[Typed, ...]:
    """Return 8 to 20 cheap and 2 to 5 dear measures with all three value sets."""
    use = firm.use
    low = [one for one in _LOW if getattr(use, one[1])]
    solvents = use.voc >= _SOLVENTS
    high = [one for one in _HIGH if getattr(use, one[1]) and (one[1] != "voc" or solvents)]
    chosen = [
        *((name, kind, (), Cost.LOW) for name, kind in _some(random, low, 8, 20)),
        *((name, kind, tags, Cost.HIGH) for name, kind, tags in _some(random, high, 2, 5)),
    ]
    shares = _shares(random, [(kind, cost) for _, kind, _, cost in chosen])
    return tuple(
        _measure(random, name, cost, tags, kind, firm.of(kind) * share)
        for (name, kind, tags, cost), share in zip(chosen, shares, strict=True)
    )


def _some(random: Random, among: list[T], least: int, most: int) -> list[T]:
    number = random.randint(min(least, len(among)), min(most, len(among)))
    kept = set(random.sample(range(len(among)), number))
    return [one for place, one in enumerate(among) if place in kept]


def _shares(random: Random, kinds: list[tuple[str, Cost]]) -> list[Decimal]:
    """Return which part of the use each measure saves: together 1 to 5 % of each kind."""
    weights = [random.randint(5, 15) * (6 if cost is Cost.HIGH else 1) for _, cost in kinds]
    whole = {kind: Decimal(random.randint(100, 500)) / 10_000 for kind in sorted(_FIELDS)}
    sums: dict[str, int] = defaultdict(int)
    for (kind, _), weight in zip(kinds, weights, strict=True):
        sums[kind] += weight
    return [
        whole[kind] * weight / sums[kind] for (kind, _), weight in zip(kinds, weights, strict=True)
    ]


def _measure(
    random: Random, name: str, cost: Cost, tags: tuple[Tag, ...], kind: str, saved: Decimal
) -> Typed:
    amount = max(saved.quantize(_HUNDREDTH), _HUNDREDTH)
    benefit = max((amount * _WORTH[kind]).quantize(_HUNDREDTH), _HUNDREDTH)
    if cost is Cost.HIGH:
        years = Decimal(random.randint(10, 45)) / 10
        investment = max(Decimal(12), (benefit * years).quantize(_HUNDREDTH))
        benefit = max(benefit, (investment / random.randint(6, 12)).quantize(_HUNDREDTH))
    else:
        investment = (benefit * random.randint(0, 15) / 10).quantize(_HUNDREDTH)
    expected = {Field.INVESTMENT: investment, Field.BENEFIT: benefit, _FIELDS[kind]: amount}
    for field, share in _ALONG.get(kind, {}).items():
        if along := (amount * share).quantize(_HUNDREDTH):
            expected[field] = along
    part = Decimal(random.randint(85, 105)) / 100
    real = {field: (value * part).quantize(_HUNDREDTH) for field, value in expected.items()}
    return Typed(
        name, cost, content=f"{_CONTENTS[name]}（演示）", phase="方案产生和筛选", tags=tags,
        planned_days=random.randint(5, 200 if cost is Cost.HIGH else 20),
        values={
            ValueSet.EXPECTED: expected, ValueSet.ASSESSED: expected, ValueSet.VERIFIED: real,
        },
    )  # fmt: skip


_YEARS = {
    "electricity": Field.ELECTRICITY, "gas": Field.NATURAL_GAS, "water": Field.WATER,
    "voc": Field.VOC, "cod": Field.COD, "waste": Field.GENERAL_WASTE,
}  # fmt: skip
_DRAINED = Decimal("0.8")  # of the water taken in


def years(random: Random, firm: Firm, list_year: int) -> list[Line]:
    """Return the three years before the audit: output varies, use per output falls a little."""
    span = years_of(list_year)
    made = {year: Decimal(random.randint(920, 1080)) for year in span}
    amounts: dict[str, dict[int, Decimal]] = {"output": dict(made)}
    for kind, field in _YEARS.items():
        if firm.of(kind):
            amounts[field.value] = {
                year: _cents(firm.of(kind) * made[year] / 1000 * (1 - Decimal(place) / 100))
                for place, year in enumerate(span)
            }
    amounts[Field.WASTEWATER.value] = {
        year: _cents(water * _DRAINED) for year, water in amounts[Field.WATER.value].items()
    }
    return [replace(line, amounts=amounts[line.item]) for line in USUAL if line.item in amounts]


def _cents(value: Decimal) -> Decimal:
    return value.quantize(_HUNDREDTH)
