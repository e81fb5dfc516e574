"""The few WordprocessingML parts that python-docx has no words for."""

from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import qn

from cleanprod.foundation.documents.standard import POINT

_EPOCH = (1980, 1, 1, 0, 0, 0)  # the first time a zip can hold


def twips(millimetres: float) -> int:
    """Return twentieths of a point."""
    return round(millimetres / POINT * 20)


def element(tag: str, **attributes: object) -> Any:
    """Return a `w:` element with `w:` attributes."""
    node = OxmlElement(f"w:{tag}")
    for name, value in attributes.items():
        node.set(qn(f"w:{name}"), str(value))
    return node


def fonts(run_properties: Any, east_asia: str, latin: str = "Times New Roman") -> None:
    """Set the fonts; the hint keeps “” and … in the Chinese one."""
    node = run_properties.get_or_add_rFonts()
    for name in list(node.attrib):
        del node.attrib[name]
    values = {"ascii": latin, "hAnsi": latin, "eastAsia": east_asia, "cs": latin}
    for name, value in values.items():
        node.set(qn(f"w:{name}"), value)
    node.set(qn("w:hint"), "eastAsia")


def put(properties: Any, node: Any, successors: tuple[str, ...]) -> None:
    """Place a property where the schema wants it."""
    properties.insert_element_before(node, *successors)


_AFTER_FRAME = (
    "w:widowControl", "w:numPr", "w:suppressLineNumbers", "w:pBdr", "w:shd", "w:tabs",
    "w:suppressAutoHyphens", "w:kinsoku", "w:wordWrap", "w:overflowPunct", "w:topLinePunct",
    "w:autoSpaceDE", "w:autoSpaceDN", "w:bidi", "w:adjustRightInd", "w:snapToGrid", "w:spacing",
    "w:ind", "w:contextualSpacing", "w:mirrorIndents", "w:suppressOverlap", "w:jc",
    "w:textDirection", "w:textAlignment", "w:textboxTightWrap", "w:outlineLvl", "w:divId",
    "w:cnfStyle", "w:rPr", "w:sectPr", "w:pPrChange",
)  # fmt: skip


_AFTER_SPACING = (
    "w:w", "w:kern", "w:position", "w:sz", "w:szCs", "w:highlight", "w:u", "w:effect", "w:bdr",
    "w:shd", "w:fitText", "w:vertAlign", "w:rtl", "w:cs", "w:em", "w:lang", "w:eastAsianLayout",
    "w:specVanish", "w:oMath",
)  # fmt: skip


def frame(paragraph: Any, **attributes: object) -> None:
    """Put a paragraph into a frame; neighbours with the same frame share it."""
    put(paragraph._p.get_or_add_pPr(), element("framePr", **attributes), _AFTER_FRAME)


def no_grid(properties: Any) -> None:
    """Free all paragraphs of a style from the grid."""
    start = _AFTER_FRAME.index("w:snapToGrid") + 1
    put(properties, element("snapToGrid", val=0), _AFTER_FRAME[start:])


def hanging_marks(properties: Any) -> None:
    """Say outright what is Word's usual way: marks may hang over the margin.

    LibreOffice 7 reads it the other way round, which is as well: of the marks that it hangs out of
    a full justified line it loses some in a PDF.
    """
    start = _AFTER_FRAME.index("w:overflowPunct") + 1
    put(properties, element("overflowPunct", val=1), _AFTER_FRAME[start:])


def spacing(run_properties: Any, points: float) -> None:
    """Widen or narrow the distance of characters."""
    node = element("spacing", val=round(points * 20))
    put(run_properties, node, _AFTER_SPACING)


def borders(paragraph: Any, *, colour: str, **sides: int) -> None:
    """Rule a paragraph above or below; widths in eighths of a point."""
    start = _AFTER_FRAME.index("w:pBdr") + 1
    node = element("pBdr")
    for side, size in sides.items():
        node.append(element(side, val="single", sz=size, space=0, color=colour))
    put(paragraph._p.get_or_add_pPr(), node, _AFTER_FRAME[start:])


def page_number(paragraph: Any) -> None:
    """Add the field of the page's number."""
    for kind in ("begin", None, "separate", "text", "end"):
        run = paragraph.add_run()
        if kind is None:
            instruction = element("instrText")
            instruction.text = "PAGE"
            run._r.append(instruction)
        elif kind == "text":
            run.text = "1"
        else:
            run._r.append(element("fldChar", fldCharType=kind))


_TEXT_BOX = """\
<w:r xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"
 xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"
 xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"
 xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"
 xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006">
<mc:AlternateContent><mc:Choice Requires="wps"><w:drawing>
<wp:anchor distT="0" distB="0" distL="0" distR="0" simplePos="0" relativeHeight="1"
 behindDoc="0" locked="0" layoutInCell="1" allowOverlap="1">
<wp:simplePos x="0" y="0"/>
<wp:positionH relativeFrom="page"><wp:posOffset>{left}</wp:posOffset></wp:positionH>
<wp:positionV relativeFrom="page"><wp:posOffset>{top}</wp:posOffset></wp:positionV>
<wp:extent cx="{width}" cy="{height}"/><wp:effectExtent l="0" t="0" r="0" b="0"/>
<wp:wrapNone/><wp:docPr id="{number}" name="页码"/><wp:cNvGraphicFramePr/>
<a:graphic><a:graphicData
 uri="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"><wps:wsp>
<wps:cNvSpPr txBox="1"/>
<wps:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="{width}" cy="{height}"/></a:xfrm>
<a:prstGeom prst="rect"><a:avLst/></a:prstGeom><a:noFill/><a:ln><a:noFill/></a:ln></wps:spPr>
<wps:txbx><w:txbxContent><w:p/></w:txbxContent></wps:txbx>
<wps:bodyPr vert="vert" lIns="0" tIns="0" rIns="0" bIns="0"><a:noAutofit/></wps:bodyPr>
</wps:wsp></a:graphicData></a:graphic></wp:anchor></w:drawing></mc:Choice></mc:AlternateContent>
</w:r>"""
_EMU = 36_000  # in a millimetre


def text_box(paragraph: Any, *, left: float, top: float, width: float, height: float) -> Any:
    """Anchor a box of text turned to the right and return its paragraph; mm from the page edge."""
    sides = {"left": left, "top": top, "width": width, "height": height}
    emu = {name: round(value * _EMU) for name, value in sides.items()}
    run = parse_xml(_TEXT_BOX.format(number=round(top) + 1, **emu))
    paragraph._p.append(run)
    return next(run.iter(qn("w:txbxContent")))[0]


def repack(data: bytes) -> bytes:
    """Return the same package with fixed times and order, so that equal papers are equal bytes."""
    result = BytesIO()
    with ZipFile(BytesIO(data)) as source, ZipFile(result, "w") as target:
        names = sorted(source.namelist(), key=lambda name: (name != "[Content_Types].xml", name))
        for name in names:
            info = ZipInfo(name, _EPOCH)
            info.compress_type = ZIP_DEFLATED
            info.create_system = 3
            info.external_attr = 0o600 << 16
            target.writestr(info, source.read(name), compresslevel=9)
    return result.getvalue()
