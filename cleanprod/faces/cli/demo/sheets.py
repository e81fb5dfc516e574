"""Performance sheets of some firms of 佛山: believable measures, some of them confirmed."""

from collections.abc import Mapping
from decimal import Decimal
from random import Random

from cleanprod.faces.cli.demo import plan
from cleanprod.foundation.engine import clock
from cleanprod.foundation.organisations.rules import Line, Role, Standing
from cleanprod.stages.audits.models import Round
from cleanprod.stages.audits.rules import Stage
from cleanprod.stages.measures import actions, checking
from cleanprod.stages.measures.models import Sheet
from cleanprod.stages.measures.rules import Cost, Field, Tag, Typed, ValueSet

CITY = "440600"
_MOST = 24
_LOW = (
    "空压机管网查漏", "车间照明更换为LED", "冷却水循环利用", "设备定期保养", "物料定额领用",
    "员工节能节水培训", "槽液定期过滤", "蒸汽管道保温修补", "废包装物分类回收", "余料集中回用",
    "清洗水逆流漂洗", "喷枪参数优化", "待机设备断电管理", "计量器具校准", "刮胶工具改进",
)  # fmt: skip
_HIGH = (
    ("空压机变频改造", ()),
    ("水性漆替代溶剂型漆", (Tag.LOW_VOC,)),
    ("喷涂线密闭和废气收集改造", (Tag.ENCLOSED,)),
    ("自动上下料改造", (Tag.AUTOMATED,)),
    ("连续式清洗线改造", (Tag.CONTINUOUS,)),
)


def load(who: Mapping[str, Standing]) -> None:
    """Fill sheets of rounds that were accepted and are not completed; confirm every other one."""
    rounds = Round.objects.filter(
        city=CITY, lead=Line.ECOLOGY, stage__in=(Stage.ACCEPTED, Stage.PLANNED)
    ).order_by("stage", "pk")[:_MOST]
    with clock.fixed(plan.TODAY):
        for number, audit in enumerate(rounds):
            random = Random(f"{plan.SEED}:sheet:{audit.pk}")  # noqa: S311
            by = Standing(
                0, "演示企业经办人", Role.ENTERPRISE, audit.enterprise_id, audit.name, city=CITY
            )
            accepted = audit.stage == Stage.ACCEPTED
            sheet = actions.fill(audit.pk, _measures(random, accepted), version=0, by=by)
            if accepted and number % 2 == 0:
                _explain(sheet, by)
                lead = who[f"city-{CITY}-{Line.ECOLOGY}"]
                actions.confirm(audit.pk, version=sheet.version, by=lead)


def _explain(sheet: Sheet, by: Standing) -> None:
    """Give a reason for whatever the checks ask about, as an enterprise would."""
    asked = [
        one.found.key for one in checking.told(sheet, ValueSet.VERIFIED) if one.stands_in_the_way
    ]
    reasons = dict.fromkeys(asked, "已与台账和发票核对，数值属实（演示）")
    actions.explain(sheet.round_id, ValueSet.VERIFIED, reasons, by=by)


def _measures(random: Random, accepted: bool) -> list[Typed]:
    low = random.sample(_LOW, random.randint(8, len(_LOW)))
    high = random.sample(_HIGH, random.randint(2, len(_HIGH)))
    return [
        *(_measure(random, name, Cost.LOW, (), accepted) for name in low),
        *(_measure(random, name, Cost.HIGH, tags, accepted) for name, tags in high),
    ]


def _measure(random: Random, name: str, cost: Cost, tags: tuple[Tag, ...], accepted: bool) -> Typed:
    size = 12 if cost is Cost.HIGH else 1
    expected = {
        Field.INVESTMENT: _number(random, 12, 60) if size > 1 else _number(random, 0, 8),
        Field.BENEFIT: _number(random, 1, 3 * size),
        Field.ELECTRICITY: _number(random, 0, 2 * size),
        Field.WATER: _number(random, 0, 300 * size),
    }
    if Tag.LOW_VOC in tags or Tag.ENCLOSED in tags:
        expected[Field.VOC] = _number(random, 1, 9)
    share = Decimal(random.randint(85, 105)) / 100
    real = {field: (amount * share).quantize(Decimal("0.01")) for field, amount in expected.items()}
    values = {ValueSet.EXPECTED: expected}
    if accepted:
        values |= {ValueSet.ASSESSED: expected, ValueSet.VERIFIED: real}
    return Typed(
        name, cost, content="演示数据", phase="方案产生和筛选", tags=tags,
        planned_days=random.randint(5, 20 * size), values=values,
    )  # fmt: skip


def _number(random: Random, low: int, high: int) -> Decimal:
    return Decimal(random.randint(low * 100, high * 100)) / 100
