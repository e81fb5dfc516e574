"""Figures of confirmed sheets: 100 questions of chance, read back from each form, summed anew."""

import io
import random
import re
import subprocess
import zipfile
from collections import defaultdict
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal, localcontext

import pytest
from django.urls import reverse
from django.utils import timezone
from lxml import etree, html
from python_calamine import CalamineWorkbook

from cleanprod.foundation.documents import flow
from cleanprod.foundation.documents.standard import GB_T_9704_2012, POINT
from cleanprod.insight.statistics import behind
from cleanprod.insight.statistics.effects import BY_KEY, Asked, compile_effects
from cleanprod.insight.statistics.files import fitted, paper
from cleanprod.insight.statistics.parts import records_url
from cleanprod.insight.statistics.queries import AsOf
from cleanprod.insight.statistics.questions import words
from cleanprod.insight.statistics.rules import NONE, OVER_YEARS, Dimension, Marked, Report
from cleanprod.insight.statistics.tests.test_same_number import (
    W,
    cells_of,
    read_csv,
    read_json,
    read_screen,
)
from cleanprod.insight.statistics.tests.worlds import GROUP_OF, cut_of, make_world, within
from cleanprod.stages.audits.models import Round
from cleanprod.stages.measures import effects
from cleanprod.stages.measures.models import Measure, Sheet
from cleanprod.stages.measures.queries import typed
from cleanprod.stages.measures.rules import SUMMED, Cost, Field, Tag, Typed, ValueSet, computed
from cleanprod.stages.performance.accounting import library

WORLDS, QUESTIONS = 2, 50
FACTORS = "2023-广东"
TYPED = (
    Field.INVESTMENT, Field.BENEFIT, Field.ELECTRICITY, Field.NATURAL_GAS, Field.WATER, Field.VOC,
    Field.COD, Field.SOLID_WASTE,
)  # fmt: skip
SECTORS = {"33": "coating", "23": "printing", "195": "shoes", "21": "furniture"}


def make_sheets(chance, rounds):
    """Give most accepted rounds a confirmed sheet of chance, and some an open one."""
    factors = library.load(FACTORS)
    confirmed = []
    for one in rounds:
        if one.accepted_on is None or chance.random() < 0.25:
            continue
        measures = [_measure(chance, f"WD{n}") for n in range(chance.randint(1, 4))]
        open_ = chance.random() < 0.2
        on = None if open_ else one.accepted_on + timedelta(chance.randint(0, 200))
        sheet = Sheet.objects.create(
            round=one, state="open" if open_ else "confirmed", border=100000, factors=FACTORS,
            totals=effects.computed(measures, factors), edited_by="经办人",
            edited_at=timezone.now(), confirmed_on=on, confirmed_by="" if open_ else "核定人",
        )  # fmt: skip
        Measure.objects.bulk_create(
            Measure(
                sheet=sheet, row=n, code=each.code, name=each.name, cost=each.cost,
                tags=",".join(each.tags), values=each.as_json(),
            )
            for n, each in enumerate(measures, 1)
        )  # fmt: skip
        if on:
            confirmed.append(effects.Confirmed(one.pk, on, sheet.totals, measures))
    effects.keep(confirmed)


def _measure(chance, code):
    def some():
        found = chance.sample(TYPED, chance.randint(0, 4))
        return {field: Decimal(chance.randint(1, 10**6)) / 10**4 for field in found}

    return Typed(
        f"方案{code}", chance.choice(list(Cost)), code=code,
        tags=tuple(tag for tag in Tag if chance.random() < 0.3),
        values={which: some() for which in ValueSet},
    )  # fmt: skip


def question_of(chance):
    """Return a question of chance."""
    moment = AsOf(
        chance.choice((2021, 2022, 2023)), date(2021, 9, 1) + timedelta(chance.randint(0, 1200))
    )
    if chance.random() < 0.2:
        return Report.EFFECTS, Asked(moment)
    return chance.choice([*Dimension, *Marked]), Asked(
        moment, chance.choice(list(ValueSet)), cut_of(chance)
    )


def address_of(by, asked):
    if by is Report.EFFECTS:
        return f"{reverse('statistics:report', args=['effects'])}?{words(asked.moment)}"
    question = words(asked.moment, asked.cut, set=asked.which.value)
    return f"{reverse('statistics:effects', args=[by])}?{question}"


class Plain:
    """The plain counting that the figures are held against: sheet by sheet, measure by measure."""

    def __init__(self):
        self.factors = library.load(FACTORS)
        self.sheets = {one.round_id: one for one in Sheet.objects.filter(state="confirmed")}
        self.measures = {key: typed(one) for key, one in self.sheets.items()}

    def told(self, rounds, asked):
        """Return the figures of these rounds."""
        found = defaultdict(Decimal)
        for one in rounds:
            found["accepted"] += 1
            sheet = self.sheets.get(one.pk)
            if sheet is None or sheet.confirmed_on > asked.moment.as_of:
                continue
            found["confirmed"] += 1
            self._add(found, self.measures[one.pk], asked.which)
        empty = [key for key in BY_KEY if not found["confirmed"]]
        kept = {key: found[key] for key in ("accepted", "confirmed", *BY_KEY)}
        return kept | dict.fromkeys(empty)

    def _add(self, found, measures, which):
        for each in measures:
            values = each.of(which)
            if not values:
                continue
            found["measures"] += 1
            found[each.cost.value] += 1
            for key, field in SUMMED.items():
                if key not in ("tce", "co2"):
                    found[key] += values.get(Field(field), 0)
            total = computed([each], which, self.factors).total
            found["tce"] += total.tce
            found["co2"] += total.co2_t

    def marked(self, rounds, asked, tag):
        """Return firms, measures and VOCs of the measures with a tag."""
        firms, number, voc = set(), 0, Decimal(0)
        for one in rounds:
            sheet = self.sheets.get(one.pk)
            if sheet is None or sheet.confirmed_on > asked.moment.as_of:
                continue
            for each in self.measures[one.pk]:
                if tag in each.tags and each.of(asked.which):
                    firms.add(one.enterprise_id)
                    number += 1
                    voc += each.of(asked.which).get(Field.VOC, 0)
        return {"firms": len(firms), "measures": number, "voc": voc if firms else None}


def counts_in(one, by, asked):
    """Tell whether an accepted round is asked for, and in which group it stands."""
    moment = asked.moment
    if one.accepted_on is None or not within(one, asked.cut) or one.accepted_on > moment.as_of:
        return False
    if by is Dimension.LIST_YEAR:
        return one.listed_on <= moment.as_of
    return by is Dimension.YEAR or one.accepted_on.year == moment.year


def sector(one):
    if not one.industry[:1].isdigit():
        return NONE
    found = [key for code, key in SECTORS.items() if one.industry.startswith(code)]
    return found[0] if found else NONE


def check_sums(table, rounds, by, asked, plain):
    """Hold each figure of a table against the sum of one measure after the other."""
    rounds = [one for one in rounds if counts_in(one, by, asked)]
    if by is Marked.SUBSTITUTION:
        for row in [*table.rows, table.total]:
            own = [one for one in rounds if row is table.total or sector(one) == row["code"]]
            told = plain.marked(own, asked, Tag.LOW_VOC)
            assert {key: row[key] for key in told} == told, row
        return
    if by is Marked.PROJECTS:
        for row in table.rows:
            told = plain.marked(rounds, asked, Tag(row["code"]))
            assert {key: row[key] for key in told} == told, row
        return
    groups = defaultdict(list)
    for one in rounds:
        groups[GROUP_OF[by](one) if by in GROUP_OF else one.city_id].append(one)
    for row in table.rows:
        told = plain.told(groups.pop(row["code"], []), asked)
        assert {key: row[key] for key in told} == told, row
    assert not groups
    if table.total:
        told = plain.told(rounds, asked)
        assert {key: table.total[key] for key in told} == told


def check_records(client, table, chance):
    """Open the records behind one figure: their amounts come to the figure, page by page."""
    row = chance.choice([*table.rows, *([table.total] if table.total else [])])
    column = chance.choice([c for c in table.columns if c.figure and c.figure in behind.FIGURES])
    address = records_url(table, column.figure, row)
    listed, amounts, first = 0, Decimal(0), ""
    while address:
        page = client.get(address)
        assert page.status_code == 200, address
        text = page.content.decode()
        first = first or text
        parsed = html.fromstring(text)
        for line in parsed.xpath("//table//tbody/tr"):
            listed += 1
            cells = [" ".join(cell.text_content().split()) for cell in line]
            if column.amount and cells[6] != "—":
                amounts += Decimal(cells[6])
        onward = parsed.xpath("//a[@rel='next']/@href")
        address = onward[0] if onward else ""
    told = row[column.key]
    if column.key == "confirmed":
        assert listed == told
    elif column.amount:
        assert amounts == (told or 0), (column, row)
    elif column.key == "firms":
        assert int(re.search(r"共 <strong>(\d+)</strong>", first)[1]) == told
    else:
        assert listed == (told or 0), (column, row)


@pytest.mark.parametrize("world", range(WORLDS))
def test_screen_and_every_file_say_what_the_sheets_say(world, cast, client, tmp_path):
    chance = random.Random(f"effects{world}")  # the same questions in every run
    make_world(chance)
    make_sheets(chance, Round.objects.order_by("pk"))
    rounds = list(Round.objects.all())
    client.force_login(cast.people["province-ecology"])
    with localcontext() as exact:
        exact.prec = 100
        plain = Plain()
        for _ in range(QUESTIONS):
            by, asked = question_of(chance)
            table = compile_effects(by, asked)
            check_sums(table, rounds, by, asked, plain)
            if table.rows:
                check_forms(client, table, address_of(by, asked), tmp_path)
                check_records(client, table, chance)
            else:
                assert by in (*OVER_YEARS, Dimension.TRADE, Dimension.COUNTY)


def check_forms(client, table, address, folder):
    """Read the table back from the page and from each file."""
    columns = table.columns[2:]
    told = [table.printed(row)[2:] for row in table.rows]
    told += [table.printed(table.total)[2:]] if table.total else []
    assert read_screen(client.get(address).content, columns) == told, address
    for shape, read in READERS.items():
        content = client.get(f"{address}&format={shape}").content
        found = read(content, table)
        wanted = told if shape == "json" else [cells_of(line, columns) for line in told]
        assert [two(line, columns) for line in found] == [two(line, columns) for line in wanted], (
            shape,
            address,
        )
    content = client.get(f"{address}&format=pdf").content
    for part in fitted(table.columns):
        told = [[table.cell(row, column) for column in part[2:]] for row in table.rows]
        if table.total:
            cells = [table.cell(table.total, column) for column in part[2:]]
            told.append([cell for cell in cells if cell != "—"])
        found, content = read_part(content, told, folder)
        assert found == told, address


def read_parts(content, table):
    """Return the lines of a Word file whose table goes on in further ones."""
    document = etree.fromstring(zipfile.ZipFile(io.BytesIO(content)).read("word/document.xml"))
    lines = defaultdict(list)
    for grid, part in zip(document.iter(f"{W}tbl"), fitted(table.columns), strict=True):
        for line in grid.iter(f"{W}tr"):
            texts = ["".join(cell.itertext()) for cell in line.iter(f"{W}tc")]
            if texts[0].isdigit() or texts[0] == "合计":
                skip = 2 if texts[0].isdigit() else 1
                lines[texts[0]] += cells_of(texts[skip:], part[2:])
    return list(lines.values())


def read_book(content, table):
    """Return the lines of a workbook; its numbers are read digit by digit."""
    lines = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
    kept = [line[2:] for line in lines if isinstance(line[0], float) or line[1] == "合计"]
    columns = table.columns[2:]
    return [
        [str(cell) if column.amount else f"{cell:.0f}" if isinstance(cell, float) else cell or "—"
         for cell, column in zip(line, columns, strict=True)]
        for line in [[cell if cell != "" else "—" for cell in line] for line in kept]
    ]  # fmt: skip


READERS = {
    "csv": lambda content, table: read_csv(content, table.columns[2:]),
    "json": lambda content, table: read_json(content, table.columns[2:]),
    "xlsx": read_book,
    "docx": read_parts,
}


def read_part(content, told, folder):
    """Return the next lines of a PDF that hold as many cells as told, and the text after them."""
    if isinstance(content, bytes):
        file = folder / "table.pdf"
        file.write_bytes(content)
        content = subprocess.run(
            ["pdftotext", "-layout", file, "-"], capture_output=True, text=True, check=True
        ).stdout.splitlines()
    found = []
    for place, line in enumerate(content):
        cells = line.split()
        head = "合计" if len(found) == len(told) - 1 and cells[:1] == ["合计"] else None
        head = head or str(len(found) + 1)
        if cells and cells[0] == head and len(cells) > len(told[len(found)]):
            number = len(told[len(found)])
            found.append(cells[-number:] if number else [])
        if len(found) == len(told):
            return found, content[place + 1 :]
    return found, []


def two(line, columns):
    """Return cells with amounts to two digits, as they are printed."""
    return [
        str(Decimal(cell).quantize(Decimal("0.01"), ROUND_HALF_UP))
        if column.amount and cell != "—"
        else cell
        for cell, column in zip(line, columns, strict=False)
    ]


@pytest.mark.django_db
def test_long_amounts_stay_inside_their_cells_on_paper():
    told = compile_effects(Report.EFFECTS, Asked(AsOf(2022, date(2023, 2, 22))))
    told.total.update(water=Decimal("5010725.33"), tce=Decimal("125830.86"))
    table = paper(told).annexes[0].blocks[0]
    drawn = flow.grid(table, landscape=True)
    places = {column.title: at for at, column in enumerate(table.columns)}
    for title, digits in (("节水（m3/年）", 10), ("节能量（tce/年）", 9)):
        points = drawn.weights[places[title]] * GB_T_9704_2012.type_height / POINT
        assert points > digits * flow._CELL_SIZE / 2 + flow._CELL_INSET
