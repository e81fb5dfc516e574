"""`cleanprod performance`: account for a sheet of amounts, without a database."""

import json
import sys
from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path
from typing import Any, NoReturn

import click

from cleanprod.faces.cli import layout
from cleanprod.foundation.intake.containers import MIB, Grid, grids
from cleanprod.foundation.intake.rules import Unreadable
from cleanprod.stages.performance.accounting import answer, library, rows
from cleanprod.stages.performance.accounting.computation import Computation, Options, compute
from cleanprod.stages.performance.accounting.factors import Factor, FactorSet
from cleanprod.stages.performance.accounting.rates import plain
from cleanprod.stages.performance.accounting.tables import BadFactors

_MAX_ROWS, _MAX_BYTES = 1_000_000, 100 * MIB

_FORMAT = click.option(
    "--format", "shape", type=click.Choice(["table", "json"]), default="table", metavar="形式",
    help="输出形式：table（默认）或 json。",
)  # fmt: skip


@click.group(subcommand_metavar="命令 [参数]...")
def performance() -> None:
    """绩效核算：由各方案的能源和指标数量算出折标准煤、二氧化碳，合计等于各行之和。"""


@performance.command("compute")
@click.argument(
    "file", metavar="文件", type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@click.option(
    "--factors", "name", required=True, metavar="因子集",
    help="因子集名称，如 2023-广东（见 performance factors），或自备的 .json 文件。",
)  # fmt: skip
@click.option("--count-media", is_flag=True, help="把新水等耗能工质计入折标准煤，默认不计。")
@click.option(
    "--usual-values", is_flag=True, help="公布区间而未填采用值的，按常用值计算并标明，默认不算。"
)
@_FORMAT
def compute_file(file: Path, name: str, count_media: bool, usual_values: bool, shape: str) -> None:
    """核算一张表（csv 或 xlsx）。

    表头为 measure,carrier,amount,unit，可加 factor（填报采用值）、kind（类别）；也可写
    方案、载体、数量、单位、采用系数、类别。输入有误时列出全部问题，退出码为 2。
    """
    factors = _factors(name, shape)
    try:
        read = rows.read(_sheet(file), factors)
    except Unreadable as refusal:
        _refuse([f"{file.name}：{refusal}"], shape, [refusal.finding.as_json()])
    except rows.BadRows as refusal:
        told = [problem.as_json() for problem in refusal.problems]
        _refuse((problem.text for problem in refusal.problems), shape, told)
    computed = compute(read, factors, Options(count_media, usual_values))
    if shape == "json":
        click.echo(answer.dumps(answer.as_json(computed)))
    else:
        click.echo("\n".join(_table(computed)))


@performance.command("factors")
@click.argument("name", metavar="[因子集]", required=False)
@_FORMAT
def list_factors(name: str | None, shape: str) -> None:
    """列出因子集；写明因子集时列出其中每个因子，以及表中可用的载体和指标。"""
    if name is None:
        _print_sets(shape)
    else:
        _print_set(_factors(name, shape), shape)


def _factors(name: str, shape: str) -> FactorSet:
    """Return a shipped set, or one from a file that somebody wrote."""
    try:
        if not name.lower().endswith(".json"):
            return library.load(name)
        text = Path(name).read_text(encoding="utf-8-sig")
        document = json.loads(text, parse_float=Decimal, parse_constant=str)
        return library.from_document(document, Path(name).name)
    except BadFactors as refusal:
        _refuse(refusal.problems, shape)
    except (json.JSONDecodeError, UnicodeDecodeError):
        _refuse([f"{name}：不是 UTF-8 编码的 JSON 文件；因子集文件的写法见说明文档"], shape)
    except FileNotFoundError:
        _refuse([f"{name}：没有这个文件；请核对路径"], shape)
    except library.UnknownSet as refusal:
        _refuse([str(refusal)], shape)


def _sheet(file: Path) -> Iterable[list[Any]]:
    """Return the rows of the first sheet that says something; tell when others are left out."""
    found: list[tuple[str, list[list[Any]]]] = []
    for grid in grids(file, name=file.name, max_rows=_MAX_ROWS, max_bytes=_MAX_BYTES):
        lines = _lines(grid)
        if any(cell not in (None, "") for line in lines for cell in line):
            found.append((grid.name, lines))
    if len(found) > 1:
        others = "、".join(title for title, _ in found[1:])
        click.echo(f"只读取工作表“{found[0][0]}”，未读取 {others}", err=True)
    return found[0][1] if found else []


def _lines(grid: Grid) -> list[list[Any]]:
    return [list(line) for line in grid.rows()]


def _refuse(
    problems: Iterable[str], shape: str, told: list[dict[str, Any]] | None = None
) -> NoReturn:
    """Print every problem for people, and for programs that asked for JSON, and end."""
    lines = [" ".join(problem.split()) for problem in problems]
    for line in lines:
        click.echo(line, err=True)
    if shape == "json":
        findings = told if told is not None else [{"rule": line} for line in lines]
        click.echo(answer.dumps({"good": False, "findings": findings}))
    sys.exit(2)


def _number(value: Decimal | None) -> str:
    return "—" if value is None else plain(value)


def _table(computed: Computation) -> list[str]:
    """Return the computation for a terminal: rows, total, warnings, the set."""
    head = [
        "行",
        "方案",
        "载体或指标",
        "数量",
        "单位",
        "折标煤 tce（当量）",
        "tce（等价）",
        "CO2 t",
    ]
    body = [
        [
            str(line.number), line.row.measure, line.row.carrier.name,
            plain(line.row.given.amount), line.row.given.unit.value,
            *(_number(one.value if one else None)
              for one in (line.calorific, line.equal, line.carbon)),
        ]
        for line in computed.lines
    ]  # fmt: skip
    total = computed.total
    sums = [_number(one) for one in (total.tce, total.tce_equal_value, total.co2_t)]
    lines = layout.table([head, *body, ["", "合计", "", "", "", *sums]])
    amounts = [
        f"{name} {plain(quantity.amount)} {quantity.unit.value}"
        for name, quantity in computed.amounts.values()
    ]
    lines += ["", f"各项数量合计：{'；'.join(amounts)}", ""]
    lines += [f"第{line.number}行：{text}" for line in computed.lines for text in line.warnings]
    lines += [f"合计：{text}" for text in answer.notes(computed)]
    grid = computed.factors.factor("grid")
    return [
        *lines,
        f"因子集 {computed.factors.name}：{computed.factors.title}；"
        f"电力 {grid.text}（{grid.status.label}），{grid.source}",
        answer.ROUNDING,
    ]


def _print_sets(shape: str) -> None:
    sets = [answer.about(one) for one in library.every()]
    if shape == "json":
        click.echo(answer.dumps(sets))
        return
    head = ["因子集", "年份", "地区", "电力因子 kgCO2/kWh", "状态", "自", "至"]
    body = [
        [
            one["id"], str(one["year"]), one["region"], plain(one["grid_factor"]),
            "已核实" if one["status"] == "confirmed" else "未确认",
            one["valid_from"], one["valid_to"] or "",
        ]
        for one in sets
    ]  # fmt: skip
    click.echo("\n".join(layout.table([head, *body])))


def _value(factor: Factor) -> str:
    """Return a factor as the list of a set shows it, with the range it was published in."""
    if not factor.ranged:
        return factor.text or "须填写"
    return f"{factor.text or '须填写'}（公布区间 {factor.range_text}）"


def _print_set(factors: FactorSet, shape: str) -> None:
    carriers = [
        {
            "carrier": one.key, "name": one.name, "kind": one.kind.value, "unit": one.unit.value,
            "aliases": [*one.aliases, *one.as_equal],
        }
        for one in factors.carriers.values()
    ]  # fmt: skip
    if shape == "json":
        listed = [one.as_json() for one in factors.factors.values()]
        click.echo(answer.dumps({**answer.about(factors), "factors": listed, "carriers": carriers}))
        return
    body = [
        [one.key, one.name, _value(one), one.status.label, one.source]
        for one in factors.factors.values()
    ]
    click.echo("\n".join(layout.table([["因子", "名称", "数值", "状态", "来源"], *body])))
    known = [
        [
            one.key,
            one.name,
            one.kind.label,
            one.unit.value,
            "、".join([*one.aliases, *one.as_equal]),
        ]
        for one in factors.carriers.values()
    ]
    click.echo("")
    click.echo("\n".join(layout.table([["载体或指标", "名称", "类别", "单位", "别名"], *known])))
