"""Write a paper as an editable docx by python-docx; the same paper gives the same bytes."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, time
from io import BytesIO
from typing import Any

import docx
from docx.document import Document
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_BREAK, WD_LINE_SPACING
from docx.oxml.ns import qn
from docx.section import Section
from docx.shared import Mm, Pt, RGBColor
from docx.text.paragraph import Paragraph

from cleanprod.foundation.documents import codes, docx_folio, docx_table, flow, letter, wordml
from cleanprod.foundation.documents.blocks import Form, Paper
from cleanprod.foundation.documents.flow import Role
from cleanprod.foundation.documents.standard import GB_T_9704_2012, RED, TITLE_SQUEEZE

M = GB_T_9704_2012
HEADER_DISTANCE = 15.0  # mm
HEAD_LINE = 1.18  # of the size of the letterhead
FANG, KAI, HEI, BIAO, SONG = "仿宋_GB2312", "楷体_GB2312", "黑体", "方正小标宋简体", "宋体"
# What Word should take where the font is not installed.
_STAND_INS = {FANG: "仿宋", KAI: "楷体", BIAO: "宋体", HEI: "SimHei", SONG: "SimSun"}
_CENTER, _RIGHT = WD_ALIGN_PARAGRAPH.CENTER, WD_ALIGN_PARAGRAPH.RIGHT


@dataclass(frozen=True, slots=True)
class _Style:
    """One named paragraph style; lengths in pt, indents in characters of the body."""

    name: str
    font: str = FANG
    size: float = M.body
    align: WD_ALIGN_PARAGRAPH = WD_ALIGN_PARAGRAPH.JUSTIFY
    line: float = M.pitch
    before: float = 0
    after: float = 0
    first: float = 0
    left: float = 0
    outline: int | None = None


_STYLES = {
    Role.NUMBER: _Style(
        "发文字号", align=_RIGHT, line=17, before=M.body * M.number_gap, after=M.pitch - 17
    ),
    Role.TITLE: _Style("公文标题", BIAO, M.title, _CENTER, line=M.title * 1.5, outline=0),
    Role.DRAFT: _Style("代拟稿", KAI, align=_CENTER),
    Role.ADDRESSEE: _Style("主送机关"),
    Role.HEADING_1: _Style("一级标题", HEI, first=2, outline=1),
    Role.HEADING_2: _Style("二级标题", KAI, first=2, outline=2),
    Role.HEADING_3: _Style("三级标题", first=2, outline=3),
    Role.BODY: _Style("公文正文", first=2),
    Role.ATTACHMENT: _Style("附件说明", left=6.2, first=-1.2, align=WD_ALIGN_PARAGRAPH.LEFT),
    Role.CONTACT: _Style("附注", first=2),
    Role.ANNEX_LABEL: _Style("附件序号", HEI),
    Role.ANNEX_TITLE: _Style(
        "附件标题", BIAO, M.title, _CENTER, line=M.title * 1.4, before=6, after=8, outline=0
    ),
    Role.CAPTION: _Style("表题", HEI, M.small, _CENTER),
    Role.UNIT: _Style("表单位", size=12, align=_RIGHT, line=18),
    Role.NOTE: _Style("表注", size=12, line=18, before=5, after=8, left=1.5, first=-1.5),
}
_SIGNATURE = _Style("署名", align=_CENTER)
_RECORD = _Style("版记", size=M.small, left=M.small / M.body)
_HEAD = _Style("发文机关标志", BIAO, align=_CENTER)


def render(paper: Paper) -> bytes:
    """Return the paper as docx bytes, dated by the paper itself."""
    document = docx.Document()
    _prepare(document, paper)
    is_letter = paper.form is Form.LETTER
    for index, sheet in enumerate(letter.layout(paper)):
        section = _section(document, sheet.landscape, first=index == 0)
        docx_folio.number(section, sheet.landscape, letter_head=is_letter and index == 0)
        for item in sheet.items:
            _print(document, section, item)
    result = BytesIO()
    document.save(result)
    return wordml.repack(result.getvalue())


def _prepare(document: Document, paper: Paper) -> None:
    body = document.element.body
    for child in list(body):
        if child.tag != qn("w:sectPr"):
            body.remove(child)
    _properties(document, paper)
    _normal(document)
    for style in (*_STYLES.values(), _SIGNATURE, _RECORD, _HEAD):
        _add_style(document, style)
    settings = document.settings
    settings.odd_and_even_pages_header_footer = True
    _name_stand_ins(document)


def _properties(document: Document, paper: Paper) -> None:
    stamp = datetime.combine(paper.properties.created, time(), tzinfo=UTC).replace(tzinfo=None)
    core = document.core_properties
    core.title = " ".join(flow.clean(paper.title).split("\n"))
    core.author = core.last_modified_by = flow.clean(paper.properties.author)
    core.subject = flow.clean(paper.properties.subject)
    core.created = core.modified = stamp
    core.language, core.comments, core.keywords, core.revision = "zh-CN", "", "", 1
    for key, relation in list(document.part.package.rels.items()):
        if relation.reltype.endswith("/thumbnail"):
            del document.part.package.rels[key]


def _normal(document: Document) -> None:
    style = document.styles["Normal"]
    style.font.size = Pt(M.body)
    wordml.fonts(style.element.get_or_add_rPr(), FANG)
    # The grid is declared for the page; lines and characters are set exactly, so that every
    # program lays them out alike.
    wordml.no_grid(style.element.get_or_add_pPr())
    wordml.hanging_marks(style.element.get_or_add_pPr())
    properties = style.element.get_or_add_rPr()
    for node in properties.findall(qn("w:lang")):
        properties.remove(node)
    properties.append(wordml.element("lang", val="en-US", eastAsia="zh-CN"))
    defaults = document.styles.element.find(qn("w:docDefaults"))
    for node in defaults.iter(qn("w:spacing")):
        for name in list(node.attrib):
            del node.attrib[name]
        node.set(qn("w:after"), "0")


def _add_style(document: Document, wanted: _Style) -> None:
    style: Any = document.styles.add_style(wanted.name, WD_STYLE_TYPE.PARAGRAPH)
    style.base_style = document.styles["Normal"]
    style.quick_style = True
    style.font.size = Pt(wanted.size)
    wordml.fonts(style.element.get_or_add_rPr(), wanted.font)
    if wanted.size == M.body:
        wordml.spacing(style.element.get_or_add_rPr(), M.character - M.body - 0.05)
    if wanted.size == M.title:
        wordml.spacing(style.element.get_or_add_rPr(), TITLE_SQUEEZE)
    layout = style.paragraph_format
    layout.alignment = wanted.align
    layout.space_before, layout.space_after = Pt(wanted.before), Pt(wanted.after)
    layout.line_spacing_rule = WD_LINE_SPACING.EXACTLY
    layout.line_spacing = Pt(wanted.line)
    layout.widow_control = False
    layout.first_line_indent = Pt(wanted.first * M.character)
    layout.left_indent = Pt(wanted.left * M.character)
    if wanted.outline is not None:
        layout.keep_with_next = wanted.outline < 3  # the third level is running text
        style.element.get_or_add_pPr().append(wordml.element("outlineLvl", val=wanted.outline))


def _name_stand_ins(document: Document) -> None:
    for part in document.part.package.iter_parts():
        if part.partname == "/word/fontTable.xml":
            entries = "".join(
                f'<w:font w:name="{name}"><w:altName w:val="{other}"/>'
                '<w:charset w:val="86"/><w:family w:val="roman"/></w:font>'
                for name, other in _STAND_INS.items()
            )
            whole = part.blob.decode("utf-8").replace("</w:fonts>", entries + "</w:fonts>")
            part._blob = whole.encode("utf-8")


def _section(document: Document, landscape: bool, *, first: bool) -> Section:
    section = document.sections[0] if first else document.add_section(WD_SECTION.NEW_PAGE)
    width, height = Mm(M.page_width), Mm(M.page_height)
    section.orientation = WD_ORIENT.LANDSCAPE if landscape else WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = (height, width) if landscape else (width, height)
    margins = (
        (M.left, M.top, M.right, M.bottom) if landscape else (M.top, M.right, M.bottom, M.left)
    )
    top, right, bottom, left = map(Mm, margins)
    section.top_margin, section.right_margin = top, right
    section.bottom_margin, section.left_margin = bottom, left
    section.header_distance = Mm(HEADER_DISTANCE)
    section.footer_distance = Mm(M.foot_line)
    for node in section._sectPr.findall(qn("w:docGrid")):
        section._sectPr.remove(node)
    # Characters are set closer than their size, in 1/4096 pt, so that 28 stand in a line.
    squeeze = round((M.character - M.body) * 4096)
    grid = wordml.element(
        "docGrid", type="linesAndChars", linePitch=round(M.pitch * 20), charSpace=squeeze
    )
    section._sectPr.append(grid)
    return section


def _print(document: Document, section: Section, item: flow.Item) -> None:
    match item:
        case flow.Line():
            _line(document, item)
        case flow.Blank():
            for _ in range(item.lines):
                blank = document.add_paragraph(style=_STYLES[Role.ADDRESSEE].name)
                blank.paragraph_format.keep_with_next = item.keep or None
        case flow.Break():
            document.add_paragraph().add_run().add_break(WD_BREAK.PAGE)
        case flow.Picture():
            _picture(document, item)
        case flow.Head():
            _head(section, item)
        case flow.Signed():
            docx_table.signature(document, item, _text)
        case flow.Record():
            _record(document, section, item)
        case flow.Grid():
            width = M.type_height if section.orientation == WD_ORIENT.LANDSCAPE else M.type_width
            docx_table.grid(document, item, width)


def _picture(document: Document, item: flow.Picture) -> None:
    frame = document.add_paragraph(style=_STYLES[Role.CAPTION].name)
    frame.paragraph_format.line_spacing_rule = WD_LINE_SPACING.SINGLE  # as high as the picture
    frame.paragraph_format.keep_with_next = True if item.caption else None
    frame.add_run().add_picture(BytesIO(codes.png(item.rows)), width=Mm(item.side))
    if item.caption:
        _text(document.add_paragraph(style=_STYLES[Role.CAPTION].name), item.caption)


def _text(paragraph: Paragraph, text: str, font: str = "") -> None:
    """Add text in the font of the style or in another; line breaks become breaks."""
    if not text:
        return
    run = paragraph.add_run(text)
    if font:
        wordml.fonts(run._r.get_or_add_rPr(), font)
    else:
        run._r.get_or_add_rPr().get_or_add_rFonts().set(qn("w:hint"), "eastAsia")


def _line(document: Document, item: flow.Line) -> None:
    style = _STYLES[item.role]
    paragraph = document.add_paragraph(style=style.name)
    paragraph.paragraph_format.keep_with_next = item.keep or None
    special: dict[Role, Callable[[], None]] = {
        Role.ATTACHMENT: lambda: _attachment(paragraph, item),
        Role.HEADING_1: lambda: _heading(paragraph, item),
        Role.HEADING_2: lambda: _heading(paragraph, item),
        Role.TITLE: lambda: _title(paragraph, item),
        Role.ANNEX_TITLE: lambda: _title(paragraph, item),
    }
    if item.role in special:
        special[item.role]()
    else:
        _text(paragraph, item.lead + item.text)


def _title(paragraph: Paragraph, item: flow.Line) -> None:
    """Set a full line closer, so that it also holds figures of a stand-in font, which are wider."""
    _text(paragraph, item.text)
    spacing = min(map(letter.title_spacing, item.text.split("\n")))
    if spacing < TITLE_SQUEEZE:
        wordml.spacing(paragraph.runs[0]._r.get_or_add_rPr(), spacing)


def _heading(paragraph: Paragraph, item: flow.Line) -> None:
    _text(paragraph, item.lead)
    _text(paragraph, item.text, FANG)
    paragraph.paragraph_format.keep_with_next = item.keep or not item.text


def _attachment(paragraph: Paragraph, item: flow.Line) -> None:
    first = item.lead.startswith("附件")
    numbered = item.lead.endswith(".")
    left = 6.2 if numbered else 5.0
    layout = paragraph.paragraph_format
    layout.left_indent = Pt(left * M.character)
    layout.first_line_indent = Pt((2 - left if first else 5 - left) * M.character)
    # The hanging indent is the stop of the tab.
    _text(paragraph, f"{item.lead}\t{item.text}" if numbered else item.lead + item.text)


def _head(section: Section, item: flow.Head) -> None:
    """Fill the head of the first page, which alone may begin above the type area."""
    header = section.first_page_header
    header.is_linked_to_previous = False
    # An empty line down to the letterhead; a larger distance would push the later pages down.
    header.paragraphs[0].paragraph_format.line_spacing_rule = WD_LINE_SPACING.EXACTLY
    header.paragraphs[0].paragraph_format.line_spacing = Mm(M.head_top - HEADER_DISTANCE)
    for name in item.issuers:
        paragraph = header.add_paragraph(style=_HEAD.name)
        paragraph.paragraph_format.line_spacing = Pt(item.size * HEAD_LINE)
        spacing = letter.head_spacing(name, item.issuers, item.size)
        # The last character carries no distance, or the name would not be centred.
        for text, space in ((name[:-1], spacing), (name[-1:], 0.0)):
            run = paragraph.add_run(text)
            run.font.size, run.font.color.rgb = Pt(item.size), RGBColor.from_string(RED)
            properties = run._r.get_or_add_rPr()
            properties.get_or_add_rFonts().set(qn("w:hint"), "eastAsia")
            if space:
                wordml.spacing(properties, space)
    rule = header.add_paragraph(style=_HEAD.name)
    docx_folio.double_line(rule, upper=18, lower=6)
    rule.paragraph_format.space_before = Mm(M.head_gap) - Pt(item.size * (HEAD_LINE - 1))


def _record(document: Document, section: Section, item: flow.Record) -> None:
    landscape = section.orientation == WD_ORIENT.LANDSCAPE
    box = {
        "w": wordml.twips(M.type_height if landscape else M.type_width),
        "hSpace": 0,
        "vSpace": 0,
        "wrap": "notBeside",
        "vAnchor": "margin",
        "hAnchor": "margin",
        "xAlign": "left",
        "yAlign": "bottom",
    }
    for line in item.lines:
        paragraph = document.add_paragraph(style=_RECORD.name)
        wordml.frame(paragraph, **box)
        _text(paragraph, line)
    # A frame needs a paragraph to be anchored to.
    anchor = document.add_paragraph(style=_RECORD.name)
    anchor.paragraph_format.line_spacing = Pt(1)
