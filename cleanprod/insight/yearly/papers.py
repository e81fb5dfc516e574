"""A periodic report in the letter form, as a draft for the office's own system."""

from collections.abc import Iterator, Sequence

from cleanprod.foundation.documents.blocks import (
    Block,
    Heading,
    Paper,
    Paragraph,
    Properties,
    Signature,
)
from cleanprod.insight.yearly.rules import Figures, Scope, Span, sections


def title(place: str, year: int, span: Span) -> str:
    """Return how the report is called."""
    when = f"{year}年上半年" if span is Span.HALF else f"{year}年度"
    return f"{place}{when}清洁生产审核工作情况报告"


def paper(
    place: str, year: int, span: Span, scope: Scope, figures: Figures, remark: str,
    issuers: Sequence[str], addressees: Sequence[str],
) -> Paper:  # fmt: skip
    """Return the report; number and day are left blank for the office."""
    heading = title(place, year, span)
    return Paper(
        title=heading,
        properties=Properties(created=figures.as_of, subject=heading),
        letterhead=tuple(issuers),
        doc_number=f"〔{figures.as_of.year}〕　　号",
        addressee=f"{'、'.join(addressees)}：",
        blocks=tuple(_blocks(figures, scope, remark)),
        signature=Signature(tuple(issuers)),
        draft=True,
    )


def _blocks(figures: Figures, scope: Scope, remark: str) -> Iterator[Block]:
    day = figures.as_of
    yield Paragraph(f"现将截至{day.year}年{day.month}月{day.day}日的工作情况报告如下。")
    for heading, sentences in sections(figures, scope):
        yield Heading(1, heading)
        for sentence in sentences:
            yield Paragraph(sentence)
    lines = [line.strip() for line in remark.splitlines() if line.strip()]
    if lines:
        yield Heading(1, "存在问题和下一步打算")
        for line in lines:
            yield Paragraph(line)
