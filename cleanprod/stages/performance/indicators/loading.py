"""Load an indicator system from JSON: everything that is wrong is said in one pass."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from cleanprod.kernel.errors import Refused
from cleanprod.kernel.finding import Finding, Level
from cleanprod.stages.performance.indicators import adopting, benchmarks, checking
from cleanprod.stages.performance.indicators.expression import BadFormula, Expression, parse
from cleanprod.stages.performance.indicators.fields import Fields, Notes
from cleanprod.stages.performance.indicators.numbers import number_of
from cleanprod.stages.performance.indicators.system import (
    FORMAT,
    Direction,
    Group,
    Input,
    Item,
    Kind,
    Pool,
    Rule,
    Sharing,
    System,
)

LONGEST_NAME = 200
_USUAL_GRADES = ("I", "II", "III")


class BadSystem(Refused):
    """A system that cannot be used; `findings` says everything that is wrong with it."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        """Keep the findings; the message tells the first and how many there are."""
        self.findings = tuple(findings)
        first = self.findings[0]
        super().__init__(f"指标体系有{len(self.findings)}处错误，第一处：{first.rule}")


def load(source: str | bytes | Mapping[str, Any]) -> System:
    """Return the system of a JSON text or object, or raise BadSystem with every finding."""
    notes = Notes()
    system = _system(_data(source, notes), notes)
    if notes.findings:
        raise BadSystem(notes.findings)
    return system


def _data(source: str | bytes | Mapping[str, Any], notes: Notes) -> Any:
    data = source if isinstance(source, Mapping) else _parsed(source, notes)
    return adopting.adopted(data) if adopting.is_research_form(data) else data


def _parsed(source: str | bytes, notes: Notes) -> Any:
    doubled: list[str] = []

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        counted = Counter(key for key, _ in pairs)
        doubled.extend(key for key, times in counted.items() if times > 1)
        return dict(pairs)

    try:
        text = source.decode("utf-8-sig") if isinstance(source, bytes) else source
        data = json.loads(
            text.removeprefix("\ufeff"), object_pairs_hook=once, parse_float=Decimal,
            parse_int=Decimal, parse_constant=str,
        )  # fmt: skip
    except UnicodeDecodeError:
        raise _unreadable("文件不是 UTF-8 编码", "请另存为 UTF-8 编码的 JSON 文件") from None
    except (json.JSONDecodeError, ArithmeticError, RecursionError) as error:
        raise _unreadable(
            f"{_where(error)}不是正确的 JSON",
            "体系文件应为 JSON 或 Excel 工作簿；JSON 请检查括号、引号和逗号",
        ) from None
    for key in doubled:
        notes.wrong(key, key, f"字段“{key[:40]}”在同一处写了两次", "请只保留一个")
    return data


def _where(error: Exception) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"第{error.lineno}行第{error.colno}列"
    return ""


def _unreadable(rule: str, advice: str) -> BadSystem:
    return BadSystem([Finding(Level.BLOCK, rule, advice)])


def _system(data: Any, notes: Notes) -> System:
    fields = Fields(data, "", "体系", notes)
    if fields.sound and fields.text("format", "格式标识") != FORMAT:
        fields.wrong("format", "的格式标识不对", f"请填写 {FORMAT}")
    grades = _grades(fields)
    inputs = tuple(
        _input(Fields(one, f"inputs[{n}]", f"第{n + 1}个原始数据", notes))
        for n, one in enumerate(fields.items("inputs", "原始数据"))
    )
    read = _Groups(notes, grades, frozenset(one.id for one in inputs))
    groups = tuple(
        read.group(one, n) for n, one in enumerate(fields.items("groups", "一级指标", must=True))
    )
    rules = tuple(
        _rule(Fields(one, f"rules[{n}]", f"第{n + 1}条评定规则", notes), grades)
        for n, one in enumerate(fields.items("rules", "评定规则（rules）", must=True))
    )
    system = System(
        code=fields.id("code", "代码"),
        name=fields.text("name", "名称", must=True, longest=LONGEST_NAME),
        grades=grades,
        rules=rules,
        groups=groups,
        inputs=inputs,
        issuer=fields.text("issuer", "发布机关"),
        trades=_trades(fields),
        effective_from=fields.day("effective_from", "施行日期"),
        source=fields.text("source", "出处"),
        confirmed=fields.flag("confirmed", "核实标记", usual=True),
        note=fields.text("note", "说明"),
    )
    fields.no_others()
    checking.whole(system, notes)
    return system


def _grades(fields: Fields) -> tuple[str, ...]:
    written = fields.items("grades", "基准等级") if "grades" in fields.data else [*_USUAL_GRADES]
    grades = tuple(str(one).strip() for one in written if isinstance(one, str) and one.strip())
    if len(grades) != len(written) or not 1 <= len(grades) <= 9 or len(set(grades)) < len(grades):
        fields.wrong(
            "grades", "的基准等级不对", '请从优到低列出1到9个不同的等级，如 ["I","II","III"]'
        )
    return grades or _USUAL_GRADES


def _trades(fields: Fields) -> tuple[str, ...]:
    written = fields.items("trades", "行业代码")
    if not all(isinstance(one, str) and one.strip() for one in written):
        fields.wrong("trades", "的行业代码应为文字", '请写成 ["3360"] 的形式')
        return ()
    return tuple(one.strip() for one in written)


def _input(fields: Fields) -> Input:
    found = Input(
        id=fields.id("id", "编号"),
        name=fields.text("name", "名称", must=True, longest=LONGEST_NAME),
        unit=fields.text("unit", "单位"),
        note=fields.text("note", "说明"),
    )
    fields.no_others()
    return found


def _rule(fields: Fields, grades: tuple[str, ...]) -> Rule:
    level = fields.id("level", "等级")
    fields.title = f"评定等级“{level}”" if level else fields.title
    rule = Rule(
        level=level,
        name=fields.text("name", "名称", must=True, longest=LONGEST_NAME),
        least=_least(fields, grades),
        limiting=_grade(fields, "limiting", "限定性指标应达到的等级", grades),
        others=_grade(fields, "others", "非限定性指标应达到的等级", grades),
        confirmed=fields.flag("confirmed", "核实标记", usual=True),
    )
    fields.no_others()
    return rule


def _grade(fields: Fields, key: str, label: str, grades: tuple[str, ...]) -> str:
    value = fields.text(key, label)
    if value and value not in grades:
        fields.wrong(key, f"的{label}“{value[:20]}”不在基准等级之中", f"可填：{'、'.join(grades)}")
        return ""
    return value


def _least(fields: Fields, grades: tuple[str, ...]) -> tuple[tuple[str, Decimal], ...]:
    written = fields.get("least")
    if not isinstance(written, Mapping) or not written:
        fields.wrong("least", "缺少综合评价指数的最低要求（least）", '请写成 {"I": 85} 的形式')
        return ()
    found = []
    for grade, value in written.items():
        number = number_of(value)
        if grade not in grades:
            fields.wrong(
                "least", f"的指数等级“{grade}”不在基准等级之中", f"可填：{'、'.join(grades)}"
            )
        elif number is None or not 0 <= number <= 100:
            fields.wrong(
                "least", f"的 Y_{grade} 最低要求应为0到100的数字", "请按标准原文填写，如 85"
            )
        else:
            found.append((grade, number))
    return tuple(sorted(found, key=lambda pair: grades.index(pair[0])))


class _Groups:
    """Reads groups and their items; what is unique across the system is checked afterwards."""

    def __init__(self, notes: Notes, grades: tuple[str, ...], inputs: frozenset[str]) -> None:
        self.notes, self.grades, self.inputs = notes, grades, inputs

    def group(self, data: Any, number: int) -> Group:
        """Read one group."""
        fields = Fields(data, f"groups[{number}]", f"第{number + 1}个一级指标", self.notes)
        name = fields.text("name", "名称", must=True, longest=LONGEST_NAME)
        fields.title = f"一级指标“{name}”" if name else fields.title
        pools = tuple(
            self._pool(Fields(one, fields.at(f"pools[{n}]"), f"{fields.title}第{n + 1}个共享权重",
                              self.notes))
            for n, one in enumerate(fields.items("pools", "共享权重"))
        )  # fmt: skip
        by_id = {pool.id: pool for pool in pools}
        group = Group(
            id=fields.id("id", "编号"),
            name=name,
            weight=fields.weight("weight", "权重", must=True) or Decimal(0),
            items=tuple(
                self._item(Fields(one, fields.at(f"items[{n}]"), f"{fields.title}第{n + 1}个指标",
                                  self.notes), by_id)
                for n, one in enumerate(fields.items("items", "二级指标", must=True))
            ),
            pools=pools,
            bonus=fields.flag("bonus", "加分标记", usual=False),
            confirmed=fields.flag("confirmed", "核实标记", usual=True),
            note=fields.text("note", "说明"),
        )  # fmt: skip
        fields.no_others()
        checking.weights_of(group, fields)
        return group

    def _pool(self, fields: Fields) -> Pool:
        pool = Pool(
            id=fields.id("id", "编号"),
            weight=fields.weight("weight", "权重", must=True) or Decimal(0),
            by=fields.term("by", "分配方式", Sharing, must=True) or Sharing.EQUAL,
            name=fields.text("name", "名称"),
        )
        fields.no_others()
        return pool

    def _item(self, fields: Fields, pools: Mapping[str, Pool]) -> Item:
        item_id, name = (
            fields.id("id", "编号"),
            fields.text("name", "名称", must=True, longest=LONGEST_NAME),
        )
        fields.title = f"指标“{name or item_id}”" if name or item_id else fields.title
        kind = fields.term("kind", "类型", Kind, must=True)
        direction = fields.term("direction", "方向", Direction)
        item = Item(
            id=item_id,
            name=name,
            kind=kind or Kind.QUANTITATIVE,
            unit=fields.text("unit", "单位"),
            weight=fields.weight("weight", "权重"),
            pool=fields.text("pool", "共享权重"),
            output=fields.text("output", "产量"),
            limiting=fields.flag("limiting", "限定性标记", usual=False),
            direction=direction,
            benchmarks=benchmarks.read(fields, kind, direction, self.grades),
            formula=self._formula(fields),
            confirmed=fields.flag("confirmed", "核实标记", usual=True),
            note=fields.text("note", "说明"),
        )
        fields.no_others()
        self._check_item(item, fields, pools)
        return item

    def _formula(self, fields: Fields) -> Expression | None:
        text = fields.text("formula", "公式")
        if not text:
            return None
        try:
            formula = parse(text)
        except BadFormula as problem:
            fields.wrong(
                "formula", f"的公式有误：{problem}", "只能用原始数据编号、数字、+ - * / 和括号"
            )
            return None
        for name in formula.names:
            if name not in self.inputs:
                fields.wrong(
                    "formula", f"的公式用到没有列出的原始数据“{name}”", "请在 inputs 中列出"
                )
        return formula

    def _check_item(self, item: Item, fields: Fields, pools: Mapping[str, Pool]) -> None:
        if item.kind is Kind.REPORT:
            if item.weight or item.pool or item.limiting:
                fields.wrong(
                    "kind", "仅报告，不能有权重，也不能是限定性指标", "请删去权重或改变类型"
                )
            return
        if item.kind is Kind.QUALITATIVE and item.formula:
            fields.wrong("formula", "是定性指标，不能由公式计算", "请删去公式或改为定量指标")
        if (item.weight is None) == (not item.pool) and "weight" not in checking.broken(fields):
            fields.wrong(
                "weight", "应有权重，或归入一个共享权重，二者取一", "请填写 weight 或 pool"
            )
        self._check_pool(item, fields, pools)

    def _check_pool(self, item: Item, fields: Fields, pools: Mapping[str, Pool]) -> None:
        pool = pools.get(item.pool)
        if item.pool and pool is None:
            fields.wrong("pool", f"归入的共享权重“{item.pool[:30]}”不存在", "请先在 pools 中列出")
        by_output = pool is not None and pool.by is Sharing.OUTPUT
        if by_output and item.output not in self.inputs:
            fields.wrong(
                "output", "按产量分配权重，应指明产量是哪个原始数据", "请填写 inputs 中的编号"
            )
        if item.output and not by_output:
            fields.wrong("output", "没有按产量分配的权重，不应有产量", "请删去 output")
