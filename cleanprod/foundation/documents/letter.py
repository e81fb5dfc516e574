"""The letter form 信函格式 of GB/T 9704-2012 (10.1): what follows what, how the head fits."""

from dataclasses import replace

from cleanprod.foundation.documents import flow
from cleanprod.foundation.documents.blocks import Form, Paper
from cleanprod.foundation.documents.flow import Blank, Head, Item, Line, Record, Role, Sheet
from cleanprod.foundation.documents.standard import GB_T_9704_2012, POINT, Measures

_HEAD_LARGEST = 40.0  # pt; the standard leaves the size to taste
_WIDE_FIGURE = 0.15  # of a character, by which figures of stand-in fonts exceed half of one
_HEAD_SHARE = 0.84  # of the red line's width, so that the line reaches over the name


def layout(paper: Paper, measures: Measures = GB_T_9704_2012) -> list[Sheet]:
    """Return the sheets of a paper in reading order, whichever its form."""
    result: list[Sheet] = []
    if paper.form is Form.LETTER:
        result.extend(_letter(paper, measures))
    for annex in paper.annexes:
        result.extend(flow.annex_sheets(annex))
    result = result or [Sheet(landscape=False)]
    if paper.form is Form.TABLE and paper.contact:
        result[-1].items.append(_contact(paper.contact))
    record = _record(paper)
    if record:
        result[-1].items.append(record)
    return result


def head_size(issuers: tuple[str, ...], measures: Measures = GB_T_9704_2012) -> float:
    """Return the size in pt at which the longest issuer fits over the red line."""
    longest = max((flow.width(flow.clean(name)) for name in issuers), default=1.0)
    room = measures.line_width * _HEAD_SHARE / POINT
    return round(min(_HEAD_LARGEST, room / longest), 1)


def head_spacing(name: str, issuers: tuple[str, ...], size: float) -> float:
    """Return the pt between two characters of a name so that all issuers are equally wide."""
    longest = max(flow.width(other) for other in issuers)
    gaps = len(name) - 1
    return round((longest - flow.width(name)) * size / gaps, 2) if gaps > 0 else 0.0


def title_spacing(line: str, measures: Measures = GB_T_9704_2012) -> float:
    """Return the pt between characters at which a line of a title fits with wide figures, too."""
    figures = sum(char.isascii() for char in line)
    widest = flow.width(line) + figures * _WIDE_FIGURE
    room = measures.type_width / POINT / measures.title - _WIDE_FIGURE
    if flow.width(line) > flow.TITLE_LIMIT or widest <= room:
        return 0.0
    return round((room - widest) * measures.title / len(line), 2)


def title_lines(paper: Paper) -> list[str]:
    """Return the title in balanced lines, the names of the issuers on lines of their own."""
    title = flow.clean(paper.title)
    if "\n" in title or flow.width(title) <= flow.TITLE_LIMIT:
        return flow.balanced(title, flow.TITLE_LIMIT)
    cut = title.find("关于")
    if cut > 0 and all(name in title[:cut] for name in paper.letterhead or ("",)):
        issuers = title[:cut].split()
        return [*_issuer_lines(issuers), *flow.balanced(title[cut:], flow.TITLE_LIMIT)]
    return flow.balanced(title, flow.TITLE_LIMIT)


def _issuer_lines(issuers: list[str]) -> list[str]:
    joined = " ".join(issuers)
    return [joined] if flow.width(joined) <= flow.TITLE_LIMIT else issuers


def _letter(paper: Paper, measures: Measures) -> list[Sheet]:
    top: list[Item] = []
    issuers = tuple(flow.clean(name) for name in paper.letterhead)
    if issuers:
        top.append(Head(issuers, head_size(issuers, measures)))
    if paper.doc_number:
        top.append(Line(Role.NUMBER, flow.clean(paper.doc_number)))
    top.append(Blank(2))
    top.append(Line(Role.TITLE, "\n".join(title_lines(paper))))
    if paper.draft:
        top.append(Line(Role.DRAFT, "（代拟稿）"))
    top.append(Blank(1))
    if paper.addressee:
        top.append(Line(Role.ADDRESSEE, flow.clean(paper.addressee)))
    result = flow.sheets(paper.blocks)
    result[0].items[:0] = top
    end = result[-1]
    if end.landscape:
        end = Sheet(landscape=False)
        result.append(end)
    end.items.extend(_attachments(paper.attachments))
    if paper.signature:
        # The page of the signature carries text, too (GB/T 9704, 7.3.5.4).
        _hold_together(end.items)
        end.items.append(Blank(2, keep=True))
        signed = flow.signed(paper.signature, paper.properties.created.year)
        end.items.append(replace(signed, keep=bool(paper.contact)))
    if paper.contact:
        end.items.append(_contact(paper.contact))
    return result


def _hold_together(items: list[Item]) -> None:
    for index in range(len(items) - 1, -1, -1):
        item = items[index]
        if not isinstance(item, Line | Blank):
            return
        items[index] = replace(item, keep=True)
        if isinstance(item, Line) and item.role is not Role.ATTACHMENT:
            return


def _attachments(names: tuple[str, ...]) -> list[Item]:
    if not names:
        return []
    if len(names) == 1:
        return [Blank(1), Line(Role.ATTACHMENT, flow.clean(names[0]), "附件：")]
    lines: list[Item] = [Blank(1)]
    for number, name in enumerate(names, start=1):
        lead = f"附件：{number}." if number == 1 else f"{number}."
        lines.append(Line(Role.ATTACHMENT, flow.clean(name), lead))
    return lines


def _contact(text: str) -> Line:
    text = flow.clean(text)
    whole = text.startswith("（") and text.endswith("）")
    return Line(Role.CONTACT, text if whole else f"（{text}）")


def _record(paper: Paper) -> Record | None:
    lines = []
    if paper.disclosure:
        lines.append(f"公开方式：{flow.clean(paper.disclosure)}")
    if paper.copy_to:
        lines.append(f"抄送：{flow.clean(paper.copy_to).rstrip('。')}。")
    return Record(tuple(lines)) if lines else None
