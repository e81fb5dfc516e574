"""Document numbers 发文字号: 粤工信节能函〔2023〕4号, in hexagonal brackets (GB/T 9704, 7.2.5)."""

import re
import unicodedata
from dataclasses import dataclass

_OPEN, _CLOSE = "[({〔【〖《〈", "])}〕】〗》〉"
_SHAPE = re.compile(
    rf"^(?P<office>.+?)[{re.escape(_OPEN)}](?P<year>[12]\d{{3}})年?[{re.escape(_CLOSE)}](?P<rest>.*)$"
)
_REST = re.compile(r"^第?(?P<serial>\d*)号?$")


@dataclass(frozen=True, slots=True, order=True)
class DocumentNumber:
    """Office code, year and serial; a draft has no serial yet."""

    office: str
    year: int
    serial: int | None = None

    def __str__(self) -> str:
        serial = "　" if self.serial is None else str(self.serial)
        return f"{self.office}〔{self.year}〕{serial}号"


def parse(text: str) -> DocumentNumber | None:
    """Return the parts of a document number in any kind of brackets, or None if it is not one."""
    # NFKC folds full-width digits and most look-alikes of the brackets at once.
    plain = "".join(unicodedata.normalize("NFKC", text).split())
    shape = _SHAPE.match(plain)
    rest = _REST.match(shape["rest"]) if shape else None
    if shape is None or rest is None:
        return None
    serial = int(rest["serial"]) if rest["serial"] else None
    if serial == 0:
        return None
    office = shape["office"].replace("(", "（").replace(")", "）")
    return DocumentNumber(office, int(shape["year"]), serial)


def tidy(text: str) -> str:
    """Return the number as the standard writes it; text that is no number comes back stripped."""
    number = parse(text)
    return str(number) if number else text.strip()


def blank(office: str, year: int) -> str:
    """Return the number of a draft: 粤工信节能函〔2023〕　号."""
    return str(DocumentNumber(office, year))
