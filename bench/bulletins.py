"""Freezing figures and writing the bulletin, against a bare read of the same records.

Run: .venv/bin/python -m bench.bulletins [--rounds 100000]
Goal: freeze within 30 s; docx and PDF of 21 cities within 10 s; snapshot compared within 30 s.
The floor of a freeze is one statement that reads the ids of all records by city; that of a paper
is the same text and the same cells, plain, by the same library.
"""

import argparse
from dataclasses import replace
from datetime import date
from io import BytesIO
from typing import Any

from bench.ground import database, median, save
from bench.statistics import fill

_FLOOR = """
    SELECT city_id, array_agg(id ORDER BY id)
      FROM audits_round WHERE accepted_on BETWEEN %s AND %s GROUP BY city_id
"""
YEAR = 2022


def plain_of(paper: Any) -> tuple[list[str], list[list[tuple[str, ...]]]]:
    """Return the lines of a paper and the rows of its tables."""
    from cleanprod.foundation.documents import flow, letter

    items = [item for sheet in letter.layout(paper) for item in sheet.items]
    lines = [item.lead + item.text for item in items if isinstance(item, flow.Line)]
    return lines, [[*item.rows, item.total] for item in items if isinstance(item, flow.Grid)]


def bare_docx(lines: list[str], tables: list[list[tuple[str, ...]]]) -> bytes:
    """Write plain paragraphs and plain tables with python-docx."""
    import docx

    document = docx.Document()
    for line in lines:
        document.add_paragraph(line)
    for rows in tables:
        table = document.add_table(len(rows), len(rows[0]))
        for row, texts in zip(table.rows, rows, strict=True):
            for cell, text in zip(row.cells, texts, strict=False):  # the total spans two cells
                cell.text = text
    result = BytesIO()
    document.save(result)
    return result.getvalue()


def bare_pdf(lines: list[str], tables: list[list[tuple[str, ...]]]) -> bytes:
    """Print plain paragraphs and plain tables with typst, in the fonts of our papers."""
    import json

    import typst

    from cleanprod.foundation.documents.pdf import fonts

    told = json.dumps({"lines": lines, "tables": tables}, ensure_ascii=False)
    source = (
        "#let d = json(bytes(sys.inputs.d))\n"
        '#set text(font: "Noto Serif SC")\n'
        "#for line in d.lines { par(line) }\n"
        "#for rows in d.tables { table(columns: rows.first().len(), ..rows.flatten()) }\n"
    )
    compiler = typst.Compiler(
        source.encode(), font_paths=fonts(""), ignore_system_fonts=True, sys_inputs={"d": told}
    )
    return bytes(compiler.compile(format="pdf"))


def main() -> None:
    """Measure and say whether the goals hold."""
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("--rounds", type=int, default=100_000)
    rounds = reader.parse_args().rounds
    with database():
        fill(rounds, 1, YEAR)
        result = measure(rounds)
    save("bulletins", result)


def measure(rounds: int) -> dict[str, Any]:
    """Return the medians in seconds; all rounds are accepted in one year, the worst case."""
    from django.db import connection

    from bench.publish import cast
    from cleanprod.foundation.organisations.rules import Role
    from cleanprod.insight.bulletins import actions, papers, queries
    from cleanprod.insight.bulletins.rules import Kind
    from cleanprod.insight.statistics.queries import AsOf

    by = replace(cast(), role=Role.PROVINCE, city="", province="440000")
    moment = AsOf(YEAR, date(YEAR + 1, 2, 22))

    def floor() -> Any:
        with connection.cursor() as cursor:
            cursor.execute(_FLOOR, [moment.first, moment.last])
            return cursor.fetchall()

    def freeze() -> Any:
        return actions.freeze(moment, by=by)

    snapshot = freeze()
    draft = actions.words(snapshot, Kind.PLATFORM_USE)
    shown = papers.paper(draft, ("省工业和信息化厅", "省生态环境厅"))
    plain = plain_of(shown)
    result = {
        "rounds": rounds,
        "floor_s": round(median(floor, 3), 3),
        "freeze_s": round(median(freeze, 3), 2),
        "compare_s": round(median(lambda: queries.changed_since(snapshot), 3), 2),
        "docx_s": round(median(lambda: papers.render(shown, "docx"), 3), 2),
        "pdf_s": round(median(lambda: papers.render(shown, "pdf"), 3), 2),
        "docx_floor_s": round(median(lambda: bare_docx(*plain), 3), 2),
        "pdf_floor_s": round(median(lambda: bare_pdf(*plain), 3), 2),
        "goal": "freeze <= 30 s, docx + pdf <= 10 s",
    }
    result["within_goal"] = result["freeze_s"] <= 30 and result["docx_s"] + result["pdf_s"] <= 10
    return result


if __name__ == "__main__":
    main()
