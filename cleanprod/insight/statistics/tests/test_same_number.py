"""The same number everywhere: 200 questions of chance, read back from each form, counted anew."""

import csv
import io
import json
import random
import re
import subprocess
import zipfile
from collections import defaultdict
from datetime import date, timedelta
from fractions import Fraction

import pytest
from django.urls import reverse
from lxml import etree, html
from python_calamine import CalamineWorkbook

from cleanprod.insight.statistics.breakdowns import compile_breakdown
from cleanprod.insight.statistics.parts import records_url
from cleanprod.insight.statistics.queries import AsOf
from cleanprod.insight.statistics.questions import words
from cleanprod.insight.statistics.reports import compile_report
from cleanprod.insight.statistics.rules import OVER_YEARS, Cut, Dimension, Report, printed_share
from cleanprod.insight.statistics.tests.worlds import GROUP_OF, count, cut_of, make_world, within

WORLDS, QUESTIONS = 4, 50
TABLES = (Report.OVERVIEW, Report.PLATFORM_USE, Report.PROGRESS, Report.ANNEX1)
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def question_of(chance):
    """Return a question of chance: the address, what it asks, and the table that answers it."""
    moment = AsOf(
        chance.choice((2021, 2022, 2023)), date(2021, 6, 1) + timedelta(chance.randint(0, 1000))
    )
    if chance.random() < 0.25:
        asked, cut = chance.choice(TABLES), Cut()
        return f"{reverse('statistics:report', args=[asked])}?{words(moment)}", asked, moment, cut
    asked, cut = chance.choice(list(Dimension)), cut_of(chance)
    address = reverse("statistics:breakdown", args=[asked])
    return f"{address}?{words(moment, cut)}", asked, moment, cut


def cells_of(values, columns):
    """Return cells as the screen prints them, whatever the form made of them."""
    printed = []
    for value, column in zip(values, columns, strict=True):
        if value in (None, "", "—"):
            printed.append("—")
        elif column.share:
            printed.append(f"{float(value):.2f}")
        else:
            printed.append(f"{value:g}" if isinstance(value, float) else str(value))
    return printed


def rows_of(table, columns):
    """Return the printed rows of a table, its total at the end, names aside from numbers."""
    rows = [table.printed(row)[2:] for row in table.rows]
    total = [cells_of([table.total.get(c.key) for c in columns], columns)] if table.total else []
    shares = [
        [printed_share(table.total.get(c.key)) if c.share else cell
         for c, cell in zip(columns, line, strict=True)]
        for line in total
    ]  # fmt: skip
    return rows + shares


def read_screen(content, columns):
    page = html.fromstring(content.decode())
    lines = []
    for line in page.xpath("(//table[contains(@class, 'data-grid')])[1]/tbody/tr"):
        cells = [" ".join(cell.text_content().split()) for cell in line]
        lines.append(cells_of(cells[2:], columns))
    return lines


def read_csv(content, columns):
    lines = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))[1:]
    return [cells_of(line[2:], columns) for line in lines]


def read_xlsx(content, columns):
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    lines = book.get_sheet_by_index(0).to_python()
    return [
        cells_of(line[2:], columns)
        for line in lines
        if isinstance(line[0], float) or line[1] == "合计"
    ]


def read_docx(content, columns):
    document = etree.fromstring(zipfile.ZipFile(io.BytesIO(content)).read("word/document.xml"))
    lines = []
    for line in next(document.iter(f"{W}tbl")).iter(f"{W}tr"):
        texts = ["".join(cell.itertext()) for cell in line.iter(f"{W}tc")]
        if texts[0].isdigit():
            lines.append(cells_of(texts[2:], columns))
        elif texts[0] == "合计":
            lines.append(cells_of(texts[1:], columns))
    return lines


def read_json(content, columns):
    told = json.loads(content)
    lines = [*told["rows"], *([told["total"]] if told["total"] else [])]
    return [
        [
            printed_share(Fraction(str(line[c.key]))) if c.share and line.get(c.key) is not None
            else cells_of([line.get(c.key)], [c])[0]
            for c in columns
        ]
        for line in lines
    ]  # fmt: skip


def read_pdf(content, columns, folder):
    """Return the numbers of each line that begins with the number of a row, or with the total."""
    file = folder / "table.pdf"
    file.write_bytes(content)
    text = subprocess.run(
        ["pdftotext", "-layout", file, "-"], capture_output=True, text=True, check=True
    ).stdout
    found, expected = [], 1
    for line in text.splitlines():
        parts = line.split()
        if parts and parts[0] == str(expected) and len(parts) > len(columns):
            found.append(parts[-len(columns) :])
            expected += 1
        elif parts and parts[0] == "合计" and all(re.match(r"[\d.]+$", one) for one in parts[1:]):
            found.append(parts[1:])
    return found


def check_count(table, rounds, by, moment, cut):
    """Hold each figure of a table against the count of one record after the other."""
    groups = defaultdict(list)
    for one in rounds:
        if within(one, cut):
            groups[GROUP_OF[by](one) if by in GROUP_OF else one.city_id].append(one)
    for row in table.rows:
        told = count(groups.pop(row["code"], []), by, moment)
        for column in table.columns:
            if column.figure:
                assert row[column.key] == getattr(told, column.key), (row, column)
    for left in groups.values():  # what has no row has nothing to count
        told = count(left, by, moment)
        assert (told.total, told.listed) == (0, 0)
    if table.total:
        told = count([one for one in rounds if within(one, cut)], by, moment)
        for column in table.columns:
            if column.figure:
                assert table.total[column.key] == getattr(told, column.key), column


def check_records(client, table, chance):
    """Open the records behind one figure; as many are there as the figure says."""
    row = chance.choice([*table.rows, *([table.total] if table.total else [])])
    column = chance.choice([column for column in table.columns if column.figure])
    page = client.get(records_url(table, column.figure, row))
    found = re.search(r"共 <strong>(\d+)</strong>", page.content.decode())
    assert int(found[1]) == row[column.key], (row, column)


@pytest.mark.parametrize("world", range(WORLDS))
def test_screen_and_every_file_say_what_the_records_say(world, cast, client, tmp_path):
    chance = random.Random(world)  # the same questions in every run
    rounds = make_world(chance)
    client.force_login(cast.people["province-ecology"])
    for _ in range(QUESTIONS):
        address, asked, moment, cut = question_of(chance)
        table = (
            compile_report(asked, moment)
            if isinstance(asked, Report)
            else compile_breakdown(asked, moment, cut)
        )
        check_count(table, rounds, asked, moment, cut)
        columns = table.columns[2:]
        told = rows_of(table, columns)
        page = client.get(address)
        assert page.status_code == 200, address
        if not table.rows:
            assert asked in (*OVER_YEARS, Dimension.TRADE, Dimension.COUNTY), address
            continue
        assert without_rank(read_screen(page.content, columns), columns) == without_rank(
            told, columns
        ), address
        for shape, read in READERS.items():
            found = read(client.get(f"{address}&format={shape}").content, columns)
            assert found == told, (shape, address)
        pdf = read_pdf(client.get(f"{address}&format=pdf").content, columns, tmp_path)
        if table.total:
            told[-1] = [cell for cell in told[-1] if cell != "—"]
        assert pdf == told, address
        check_records(client, table, chance)


def without_rank(lines, columns):
    """Leave out the place, which the total has not."""
    return [
        [cell for cell, column in zip(line, columns, strict=True) if column.key != "rank"]
        for line in lines
    ]


READERS = {"csv": read_csv, "xlsx": read_xlsx, "docx": read_docx, "json": read_json}
