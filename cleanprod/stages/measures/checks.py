"""Checks of a performance sheet: one check, one function, all of them in one table.

Each says what it found, where, what the rule is and what to do. What blocks must be mended, what
asks is confirmed with a reason, the rest is told. The limits are data of the rulebook.
"""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from itertools import pairwise
from math import log10

from cleanprod.kernel.quantity import Quantity
from cleanprod.stages.measures.findings import (
    Check,
    Found,
    Limits,
    Subject,
    Weight,
    YearFigure,
    said,
)
from cleanprod.stages.measures.rules import (
    BURNT,
    REPORTED,
    Cost,
    Field,
    Tag,
    ValueSet,
    misclassed,
    plain,
)

_ZERO = Decimal(0)
_DOUBTS = ("单位存疑", "采用值")  # how the accounting begins what it doubts; the rest is told
_UNSTATED = "没有填写采用值"  # a range of which the usual value was taken
# What a firm uses of energy and water, as the three years tell it.
_USED = (*BURNT, Field.WATER)
_MONEY = frozenset({Field.INVESTMENT, Field.BENEFIT})
_WASTES = (Field.GENERAL_WASTE, Field.HAZARDOUS)


def totals_differ(s: Subject) -> Iterator[Found]:
    """Compare typed coal and carbon with what the carriers come to."""
    for text in s.totals.differences:
        yield said(
            "totals", Weight.ASK, text, "核对各能源品种的数值和单位；以核算值为准的，改正填报值",
            value=text,
        )  # fmt: skip


def unit_slip(s: Subject) -> Iterator[Found]:
    """Ask about a number that is a thousand or ten thousand times that of another value set."""
    for one in s.measures:
        for name, amount in one.of(s.which).items():
            for other in ValueSet:
                before = one.of(other).get(name)
                if other is s.which or not before or not amount:
                    continue
                power = _power(abs(amount / before), s.limits)
                if power:
                    rule = f"与{other.label}数值（{plain(before)}）相差约{power}倍，疑为单位有误"
                    yield said(
                        "slip", Weight.ASK, rule, f"核对单位，本列单位见列名“{name.label}”",
                        one.code, name.label, amount,
                    )  # fmt: skip
                    break


def _power(ratio: Decimal, limits: Limits) -> str:
    for power in limits.slip_powers:
        for wanted in (power, 1 / power):
            if abs(ratio / wanted - 1) <= limits.slip_tolerance:
                return plain(power)
    return ""


def overshoot(s: Subject) -> Iterator[Found]:
    """Ask about an effect far above what was expected, unless it looks like a slip of the unit."""
    if s.which is ValueSet.EXPECTED:
        return
    for one in s.measures:
        for name, amount in one.of(s.which).items():
            expected = one.of(ValueSet.EXPECTED).get(name)
            if name is Field.INVESTMENT or not expected or expected < 0:
                continue
            ratio = amount / expected
            if ratio > s.limits.overshoot and not _power(ratio, s.limits):
                rule = f"为预期（{plain(expected)}）的{ratio:.1f}倍"
                yield said(
                    "overshoot", Weight.ASK, rule, "核对数值，确属如此的说明原因",
                    one.code, name.label, amount,
                )  # fmt: skip


def above_use(s: Subject) -> Iterator[Found]:
    """Refuse savings greater than what the enterprise used in its latest year."""
    items = s.by_item()
    for name, saved in s.totals.sums.items():
        known = [one for one in items.get(name.value, {}).values() if one.amount is not None]
        if not known:
            continue
        latest = max(known, key=lambda one: one.year)
        if latest.amount is None or latest.amount.unit.dimension is not name.unit.dimension:
            continue
        used = latest.amount.to(name.unit).amount
        if saved > used:
            rule = f"方案合计{plain(saved)}，超过{latest.year}年全年的{plain(used)}"
            yield said(
                "above_use", Weight.BLOCK, rule, "核对方案效果和全年用量的数值、单位",
                column=name.label, value=saved,
            )  # fmt: skip


def payback(s: Subject) -> Iterator[Found]:
    """Ask about measures that pay back much later or sooner than measures do."""
    for one in s.measures:
        values = one.of(s.which)
        cost, benefit = values.get(Field.INVESTMENT), values.get(Field.BENEFIT)
        if not cost or not benefit or benefit < 0:
            continue
        years = cost / benefit
        least, most = s.limits.payback_least_years, s.limits.payback_years
        if years > most or (one.cost is Cost.HIGH and years < least):
            side = f"长于{plain(most)}年" if years > most else f"短于{plain(least)}年"
            yield said(
                "payback", Weight.ASK, f"投资回收期{years:.2f}年，{side}",
                "核对投资额和经济效益的数值、单位（万元）", one.code, "投资回收期（年）",
                f"{years:.2f}",
            )  # fmt: skip


def against_output(s: Subject) -> Iterator[Found]:
    """Ask when savings are told but the use per output did not fall between the last two years."""
    items = s.by_item()
    output = items.get("output", {})
    for name, saved in s.totals.sums.items():
        figures = items.get(name.value, {})
        pair = _last_two(figures, output)
        if saved <= 0 or pair is None:
            continue
        before, after = pair
        if after > before:
            rule = f"单位产品用量由{before:.4g}升至{after:.4g}，与填报的节约量不符"
            yield said(
                "against_output", Weight.ASK, rule, "核对产量和用量，或说明上升的原因",
                column=name.label, value=saved,
            )  # fmt: skip


def _last_two(
    figures: Mapping[int, YearFigure], output: Mapping[int, YearFigure]
) -> tuple[Decimal, Decimal] | None:
    """Return use per output of the two latest years that have both."""
    ratios = [ratio for _, ratio in _per_output(figures, output)]
    return (ratios[-2], ratios[-1]) if len(ratios) > 1 else None


def _per_output(
    figures: Mapping[int, YearFigure], output: Mapping[int, YearFigure]
) -> list[tuple[int, Decimal]]:
    """Return use per output of each year that has both, the earliest first."""
    found = []
    for year in sorted(figures):
        used, made = figures[year].amount, output[year].amount if year in output else None
        if used is not None and made is not None and made.amount:
            found.append((year, used.amount / made.amount))
    return found


def years_jump(s: Subject) -> Iterator[Found]:
    """Ask about figures that jump between two years, or are zero in one and not in the next."""
    for figures in s.by_item().values():
        years = sorted(year for year in figures if figures[year].amount is not None)
        for first, second in zip(years, years[1:], strict=False):
            one, two = figures[first].amount, figures[second].amount
            if one is None or two is None:
                continue
            a, b = one.to(two.unit).amount, two.amount
            if not a and not b:
                continue
            jumps = not a or not b or max(a / b, b / a) > s.limits.jump
            if jumps:
                name = figures[second].name
                rule = (
                    f"{first}年{plain(a)}、{second}年{plain(b)}，变化超过{plain(s.limits.jump)}倍"
                )
                yield said(
                    "years_jump", Weight.ASK, rule, "核对两年的数值和单位，或说明变化的原因",
                    column=name, value=f"{plain(a)}→{plain(b)}",
                )  # fmt: skip


def intensity_jump(s: Subject) -> Iterator[Found]:
    """Ask when energy or water for each unit of output jumps, though each figure looks quiet."""
    items = s.by_item()
    for name in _USED:
        ratios = _per_output(items.get(name.value, {}), items.get("output", {}))
        for (first, a), (second, b) in pairwise(ratios):
            if a and b and max(a / b, b / a) > s.limits.jump:
                rule = (
                    f"单位产品用量{first}年{a:.4g}、{second}年{b:.4g}，"
                    f"变化超过{plain(s.limits.jump)}倍，产量与用量不相称"
                )
                yield said(
                    "intensity", Weight.ASK, rule, "核对两年的产量和用量，或说明变化的原因",
                    column=name.label, value=f"{a:.4g}→{b:.4g}",
                )  # fmt: skip


def years_differ(s: Subject) -> Iterator[Found]:
    """Ask when the earlier round reported another amount for the same year."""
    before = {(one.item, one.year): one.amount for one in s.earlier if one.amount is not None}
    for one in s.years:
        was = before.get((one.item, one.year))
        if was is None or one.amount is None:
            continue
        if was.unit.dimension is not one.amount.unit.dimension:
            continue
        then, now = was.to(one.amount.unit).amount, one.amount.amount
        if abs(then - now) > abs(then) * s.share:
            rule = f"{one.year}年填报{plain(now)}，上一轮审核填报{plain(then)}，前后矛盾"
            yield said(
                "years_differ", Weight.ASK, rule, "核对台账，改正有误的一处，或说明原因",
                column=one.name, value=now,
            )  # fmt: skip


def balance(s: Subject) -> Iterator[Found]:
    """Refuse more waste water than water in a year; ask about more VOCs than materials.

    Waste is asked about, too, where its two parts come to more than the whole.
    """
    for year, gone, used in _more_out(s, Field.WASTEWATER, Field.WATER):
        amounts = f"废水排放量{plain(gone.amount)}大于取水量{plain(used.amount)}"
        yield said(
            "balance", Weight.BLOCK, f"{year}年{amounts}，水平衡不闭合",
            "核对取水量、原料带入水和废水排放量", column="废水排放量", value=gone.amount,
        )  # fmt: skip
    for year, gone, used in _more_out(s, Field.VOC, Field.MATERIAL):
        amounts = f"VOCs排放量{plain(gone.amount)} t大于全部原辅材料用量{plain(used.amount)} t"
        yield said(
            "balance", Weight.ASK, f"{year}年{amounts}，物料平衡不闭合",
            "核对VOCs排放量和单位，补齐近三年数据中的原辅材料", column="VOCs", value=gone.amount,
        )  # fmt: skip
    for one in s.measures:
        values = one.of(s.which)
        whole = values.get(Field.SOLID_WASTE, _ZERO)
        parts = sum((values.get(part, _ZERO) for part in _WASTES), _ZERO)
        if parts > max(whole, _ZERO) * (1 + s.limits.balance_share):
            rule = f"一般固废与危险废物合计{plain(parts)} t，大于固废削减{plain(whole)} t"
            yield said(
                "balance", Weight.ASK, rule, "固废削减是两者的合计，统计以它为准，请补填或改正",
                one.code, Field.SOLID_WASTE.label, parts,
            )  # fmt: skip


def _more_out(s: Subject, out: Field, taken: Field) -> Iterator[tuple[int, Quantity, Quantity]]:
    """Yield the years in which more came out than went in, by more than the balance may be off."""
    items = s.by_item()
    for year, figure in items.get(out.value, {}).items():
        put_in = items.get(taken.value, {}).get(year)
        if figure.amount is None or put_in is None or put_in.amount is None:
            continue
        gone = figure.amount.to(put_in.amount.unit)
        if gone.amount > put_in.amount.amount * (1 + s.limits.balance_share):
            yield year, gone, put_in.amount


def level_missing(s: Subject) -> Iterator[Found]:
    """Ask where the trade has an indicator system whose limiting items were not all filled."""
    if s.system and not s.level_known and s.which is ValueSet.VERIFIED:
        yield said(
            "level", Weight.ASK, f"本行业有评价指标体系“{s.system}”，限定性指标没有填报齐全",
            "在“清洁生产水平”中填报指标，或说明不适用的理由", value="没有填报齐全",
        )  # fmt: skip


def no_investment(s: Subject) -> Iterator[Found]:
    """Ask about a medium or high-cost measure that cost nothing."""
    for one in s.measures:
        values = one.of(s.which)
        if one.cost is Cost.HIGH and values and not values.get(Field.INVESTMENT):
            yield said(
                "no_investment", Weight.ASK, "中/高费方案没有投资额",
                "填写投资额，或改为无/低费方案", one.code, Field.INVESTMENT.label,
            )  # fmt: skip


def factor_range(s: Subject) -> Iterator[Found]:
    """Ask about what the accounting doubts; tell once what else it says of the factors."""
    told: dict[str, None] = {}
    for line in s.account.lines:
        for text in line.warnings:
            if not text.startswith(_DOUBTS):
                told.setdefault(text)
                continue
            yield said(
                "factor", Weight.ASK, text, "核对数值、单位和采用的因子", line.row.measure,
                line.row.carrier.name, line.row.given.amount,
            )  # fmt: skip
    for text in told:
        if text.startswith(_UNSTATED):
            advice = "按供气单位提供的热值填写采用值，或说明按常用值计算的理由"
            yield said("factor", Weight.ASK, text, advice, value="没有采用值")
        else:
            yield said("factor", Weight.INFORM, text, "在核算过程中可以看到采用的因子和来源")


def workings_differ(s: Subject) -> Iterator[Found]:
    """Ask about numbers other than their workings; tell of low-VOC measures without one."""
    known = {(one.code, one.column): one.amount for one in s.workings}
    for one in s.measures:
        values = one.of(s.which)
        for (code, column), worked in known.items():
            typed = values.get(column, _ZERO)
            if code == one.code and abs(typed - worked) > abs(worked) * s.share:
                yield said(
                    "workings", Weight.ASK, f"核算底稿为{plain(worked)}，填报值与底稿不符",
                    "按底稿更新绩效表，或改正底稿", code, column.label, typed,
                )  # fmt: skip
        if Tag.LOW_VOC in one.tags and values and (one.code, Field.VOC) not in known:
            yield said(
                "workings", Weight.INFORM, "低VOCs原辅料替代方案没有VOCs核算底稿",
                "在“核算底稿”中填写替代前后的用量和VOCs含量", one.code, Field.VOC.label,
            )  # fmt: skip


def copied(s: Subject) -> Iterator[Found]:
    """Ask about measures that say the same as those of another enterprise."""
    for twin in s.twins:
        yield said(
            "copied", Weight.ASK, f"{twin.what}与“{twin.enterprise}”的方案完全相同",
            "核对是否误填；确为同类方案的，说明依据", twin.code, twin.what, twin.enterprise,
        )  # fmt: skip


def outlier(s: Subject) -> Iterator[Found]:
    """Ask about amounts far from those of the trade."""
    for one in s.measures:
        for name, amount in one.of(s.which).items():
            peers = s.peers.get(name)
            if peers is None or peers.count < s.limits.peers_least or amount <= 0:
                continue
            away = abs(log10(amount) - peers.middle)
            reach = max(s.limits.outlier_spreads * peers.spread, s.limits.outlier_decades)
            if away > reach:
                usual = f"{10**peers.middle:.3g}"
                yield said(
                    "outlier", Weight.ASK,
                    f"同行业{peers.count}个方案的中位数为{usual}，本值相差约{10**away:.0f}倍",
                    "核对数值和单位，确属如此的说明原因", one.code, name.label, amount,
                )  # fmt: skip


def no_effect(s: Subject) -> Iterator[Found]:
    """Tell of measures that cost something and bring nothing."""
    for one in s.measures:
        values = one.of(s.which)
        effects = [amount for name, amount in values.items() if name not in _MONEY]
        if values and not any(effects) and not values.get(Field.BENEFIT):
            yield said("no_effect", Weight.INFORM, "没有填写任何效果", "有效果的请补填", one.code)


def other_class(s: Subject) -> Iterator[Found]:
    """Tell of measures whose investment does not go with their class."""
    for trouble in misclassed(s.measures, s.which, s.border):
        code = s.measures[trouble.row - 1].code
        yield said("class", Weight.INFORM, trouble.rule, trouble.advice, code, trouble.column)


def negative_effect(s: Subject) -> Iterator[Found]:
    """Ask about effects below zero: a measure may cost energy, but that is said."""
    for one in s.measures:
        for name, amount in one.of(s.which).items():
            if amount < 0 and name not in REPORTED:
                yield said(
                    "negative", Weight.ASK, "效果为负，即用量或排放增加", "确属如此的说明原因",
                    one.code, name.label, amount,
                )  # fmt: skip


def years_missing(s: Subject) -> Iterator[Found]:
    """Tell that the checks over the years could not be made."""
    if not any(one.amount is not None for one in s.years):
        yield said(
            "years", Weight.INFORM, "没有近三年数据，未与全年用量、产量和水平衡核对",
            "填报近三年产量、能源、水和排放数据后自动核对",
        )  # fmt: skip


CHECKS: tuple[Check, ...] = (
    Check("totals", "填报合计与核算合计", Weight.ASK, totals_differ),
    Check("slip", "单位量级", Weight.ASK, unit_slip),
    Check("above_use", "节约量不超过全年用量", Weight.BLOCK, above_use),
    Check("payback", "投资回收期范围", Weight.ASK, payback),
    Check("overshoot", "实际效果与预期", Weight.ASK, overshoot),
    Check("against_output", "单位产品用量的前后变化", Weight.ASK, against_output),
    Check("years_jump", "三年数据前后一致", Weight.ASK, years_jump),
    Check("intensity", "产量与能耗、用水相称", Weight.ASK, intensity_jump),
    Check("years_differ", "与上一轮填报一致", Weight.ASK, years_differ),
    Check("balance", "水、物料和固废平衡闭合", Weight.BLOCK, balance),
    Check("level", "限定性指标齐全", Weight.ASK, level_missing),
    Check("no_investment", "中/高费方案有投资", Weight.ASK, no_investment),
    Check("factor", "因子和数值在公布范围内", Weight.ASK, factor_range),
    Check("workings", "填报值与核算底稿", Weight.ASK, workings_differ),
    Check("copied", "与其他企业雷同", Weight.ASK, copied),
    Check("outlier", "与同行业的离群值", Weight.ASK, outlier),
    Check("negative", "负效果", Weight.ASK, negative_effect),
    Check("no_effect", "有效果", Weight.INFORM, no_effect),
    Check("class", "方案类型与投资额", Weight.INFORM, other_class),
    Check("years", "近三年数据", Weight.INFORM, years_missing),
)


def run(subject: Subject) -> list[Found]:
    """Run every check in the order of the table; return all that was found."""
    return [found for check in CHECKS for found in check.run(subject)]
