"""The block model: one paper, printed alike as docx and PDF; all text is plain."""

from dataclasses import dataclass, field
from datetime import date

from cleanprod.kernel.term import Term


class Form(Term):
    """How the paper is laid out."""

    LETTER = "letter", "信函格式"
    TABLE = "table", "表格"


class Align(Term):
    """Where the text of a column stands."""

    LEFT = "left", "左"
    CENTER = "center", "中"
    RIGHT = "right", "右"


@dataclass(frozen=True, slots=True)
class Heading:
    """A numbered heading (一、 / （一） / 1.); `body` is text that runs on in its line."""

    level: int
    text: str
    body: str = ""
    numbered: bool = True

    def __post_init__(self) -> None:
        if not 1 <= self.level <= 3:
            raise ValueError(f"heading level {self.level} is not 1, 2 or 3")


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One paragraph, indented by two characters."""

    text: str


@dataclass(frozen=True, slots=True)
class PageBreak:
    """A new page."""


@dataclass(frozen=True, slots=True)
class Code:
    """A QR code of a text such as an address, centred, with a line below."""

    text: str
    caption: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """One column; neighbours with the same `group` share a head cell of that name above them."""

    title: str
    weight: float = 1.0
    align: Align = Align.CENTER
    group: str = ""


@dataclass(frozen=True, slots=True)
class Total:
    """The last row: a label over the first `span` columns, then one cell for each other column."""

    label: str
    span: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A ruled table whose head is repeated on every page."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    total: Total | None = None
    title: str = ""
    unit: str = ""
    note: str = ""
    landscape: bool = False

    def __post_init__(self) -> None:
        wanted = len(self.columns)
        for index, row in enumerate(self.rows):
            if len(row) != wanted:
                raise ValueError(f"row {index} has {len(row)} cells, not {wanted}")
        total = self.total
        if total and (total.span < 1 or total.span + len(total.cells) != wanted):
            raise ValueError(f"the total row does not fill {wanted} columns")


@dataclass(frozen=True, slots=True)
class Signature:
    """Who signs, main issuer first, and when; a draft has no day yet."""

    issuers: tuple[str, ...]
    day: date | None = None


Block = Heading | Paragraph | Table | PageBreak | Code | Signature


@dataclass(frozen=True, slots=True)
class Annex:
    """An annex on its own page: label (附件 1) top left, title centred, blocks."""

    label: str
    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Properties:
    """File properties; `created` is the paper's own date, never the wall clock."""

    created: date
    author: str = ""
    subject: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """One paper; `attachments` is the list 附件说明, `annexes` are the pages themselves."""

    title: str
    properties: Properties
    form: Form = Form.LETTER
    doc_number: str = ""
    letterhead: tuple[str, ...] = ()
    addressee: str = ""
    blocks: tuple[Block, ...] = ()
    attachments: tuple[str, ...] = ()
    signature: Signature | None = None
    contact: str = ""
    annexes: tuple[Annex, ...] = field(default=())
    disclosure: str = ""
    copy_to: str = ""
    draft: bool = False


def table_paper(
    title: str, *blocks: Block, properties: Properties, label: str = "", contact: str = ""
) -> Paper:
    """Return the paper of a plain report: label (附件 1) top left, title centred, table, note."""
    return Paper(
        title=title,
        properties=properties,
        form=Form.TABLE,
        contact=contact,
        annexes=(Annex(label, title, blocks),),
    )
