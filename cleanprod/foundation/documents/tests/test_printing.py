import re
from dataclasses import replace
from io import BytesIO
from zipfile import ZipFile

import docx as python_docx
import pytest
from docx.oxml.ns import qn

from cleanprod.foundation.documents import docx, pdf
from cleanprod.foundation.documents.blocks import Column, Heading, Paragraph, Table, Total
from cleanprod.foundation.documents.standard import POINT
from cleanprod.foundation.documents.tests import example
from cleanprod.foundation.documents.tests.printing import (
    bare,
    needs_libreoffice,
    pages_of,
    text_of,
    through_libreoffice,
)

HOSTILE = (
    '#import "/etc/passwd": * #panic("x") $ x^2 $ *bold* _it_ `raw` <label> @ref // /* \\ '
    "\"双\" '单' "
    "= 标题 - 项 + 项 ~ -- --- ... &amp; <w:p/> ]]> {{ x }} {% y %} #{ } [ ]"
)


@pytest.mark.parametrize("render", [pdf.render, docx.render])
@pytest.mark.parametrize("paper", [example.bulletin(), example.report()])
def test_the_same_paper_gives_the_same_bytes(render, paper):
    assert render(paper) == render(paper)


@pytest.mark.parametrize("render", [pdf.render, docx.render])
def test_another_day_gives_other_bytes(render):
    properties = replace(example.PROPERTIES, created=example.date(2023, 7, 11))
    assert render(example.bulletin()) != render(example.bulletin(properties=properties))


def test_the_docx_carries_no_wall_clock():
    with ZipFile(BytesIO(docx.render(example.bulletin()))) as package:
        assert {info.date_time for info in package.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        core = package.read("docProps/core.xml").decode()
    assert core.count("2023-07-10T00:00:00Z") == 2


def test_the_pdf_uses_only_fonts_that_come_with_it(tmp_path):
    names = pdf._families("")
    assert {
        name for role, given in names.items() if role != "title-is-heavy" for name in given
    } == {
        "Noto Serif SC",
        "Noto Sans SC",
    }


def test_hostile_text_prints_as_it_is(tmp_path):
    table = Table(
        columns=(Column(HOSTILE),), rows=((HOSTILE,),), total=Total(HOSTILE, 1, ()), note=HOSTILE
    )
    paper = example.bulletin(
        title=HOSTILE,
        addressee=HOSTILE,
        doc_number=HOSTILE,
        blocks=(Heading(1, HOSTILE), Heading(2, HOSTILE, HOSTILE), Paragraph(HOSTILE), table),
        annexes=(),
        attachments=(HOSTILE,),
        contact=HOSTILE,
        disclosure=HOSTILE,
        copy_to=HOSTILE,
    )
    printed = bare(text_of(pdf.render(paper), tmp_path, "-raw"))
    assert printed.count(bare(HOSTILE)) >= 9
    written = python_docx.Document(BytesIO(docx.render(paper)))
    assert HOSTILE in [p.text for p in written.paragraphs]


def test_control_characters_break_neither_format(tmp_path):
    paper = example.bulletin(blocks=(Paragraph("甲\x00\x0b\x1b乙\ud800\uffff"),), title="题\x07目")
    assert "甲乙" in text_of(pdf.render(paper), tmp_path)
    docx.render(paper)


def test_annex_1_stands_on_one_page_and_the_letter_ends_with_the_record(tmp_path):
    pages = pages_of(pdf.render(example.bulletin()), tmp_path)
    annex = next(page for page in pages if page.startswith("附件1"))
    assert "合计811113419451341" in annex
    assert "汕尾0000" in annex
    assert annex.endswith("统计内容为2022年在平台开展流程的数量。")
    assert pages[-1].endswith("抄送：省环境科学研究院、省清洁生产协会。")


def test_the_first_page_of_a_letter_has_no_number_and_the_second_has(tmp_path):
    pages = text_of(pdf.render(example.bulletin()), tmp_path, "-raw").split("\f")
    assert "— 1 —" not in pages[0]
    assert "— 2 —" in pages[1]


def test_the_report_of_one_table_is_one_page(tmp_path):
    (page,) = pages_of(pdf.render(example.report()), tmp_path)
    assert page.startswith("附件12022年通过清洁生产审核验收企业情况（家）序号地市")


def test_a_long_table_repeats_its_head_on_every_page(tmp_path):
    table = replace(example.platform_use(), rows=example.platform_use().rows * 4, landscape=False)
    pages = pages_of(pdf.render(example.bulletin(blocks=(table,), annexes=())), tmp_path)
    assert sum("通过验收" in page for page in pages) >= 3


def test_the_pdf_keeps_the_margins_and_the_grid_of_22_lines_of_28_characters(tmp_path):
    paper = example.bulletin(blocks=(Paragraph("清" * 28 * 60), Paragraph("完")), annexes=())
    told = text_of(pdf.render(paper), tmp_path, "-bbox", "-f", "2", "-l", "2")
    words = re.findall(r'xMin="(.*?)" yMin="(.*?)" xMax="(.*?)" yMax="(.*?)">(清+)<', told)
    assert [len(word[4]) for word in words] == [28] * 22
    left, top, right, bottom = ({float(word[n]) * POINT for word in words} for n in range(4))
    assert (round(min(left)), round(max(right))) == (28, 184)
    assert (round(min(top)), round(max(bottom))) == (37, 257)


@needs_libreoffice
def test_no_mark_at_the_end_of_a_full_line_is_lost(tmp_path):
    said = "继续督促名单企业按期开展清洁生产审核，组织做好评估、验收，及时在“平台”完成验收流程。"
    paper = example.bulletin(blocks=(Paragraph(said),), annexes=())
    assert said in bare(text_of(through_libreoffice(docx.render(paper), tmp_path), tmp_path))


def test_the_docx_has_the_margins_fonts_and_grid_of_the_standard():
    document = python_docx.Document(BytesIO(docx.render(example.bulletin())))
    section = document.sections[0]
    assert [round(m.mm) for m in (section.top_margin, section.left_margin)] == [37, 28]
    assert [round(m.mm) for m in (section.page_width, section.page_height)] == [210, 297]
    grid = section._sectPr.find(qn("w:docGrid"))
    assert int(12756 / int(grid.get(qn("w:linePitch")))) == 22
    assert grid.get(qn("w:type")) == "linesAndChars"
    faces = {
        name: document.styles[name].element.rPr.rFonts.get(qn("w:eastAsia"))
        for name in ("公文标题", "公文正文", "一级标题", "二级标题")
    }
    assert list(faces.values()) == ["方正小标宋简体", "仿宋_GB2312", "黑体", "楷体_GB2312"]
    sizes = [document.styles[name].font.size.pt for name in ("公文标题", "公文正文", "版记")]
    assert sizes == [22, 16, 14]


def test_the_docx_merges_the_two_row_head_and_turns_the_wide_table():
    document = python_docx.Document(BytesIO(docx.render(example.bulletin())))
    wide = document.tables[-1]
    assert wide.cell(0, 5)._tc is wide.cell(0, 7)._tc
    assert wide.cell(0, 5)._tc is not wide.cell(1, 5)._tc
    assert wide.cell(0, 0)._tc is wide.cell(1, 0)._tc
    assert all(row._tr.trPr.find(qn("w:tblHeader")) is not None for row in wide.rows[:2])
    assert document.sections[-1].page_width > document.sections[-1].page_height


@needs_libreoffice
def test_docx_and_pdf_say_the_same(tmp_path):
    paper = example.bulletin(annexes=example.bulletin().annexes[:2])
    ours = bare(text_of(pdf.render(paper), tmp_path, "-raw"))
    theirs = bare(text_of(through_libreoffice(docx.render(paper), tmp_path), tmp_path, "-raw"))
    assert theirs == ours
