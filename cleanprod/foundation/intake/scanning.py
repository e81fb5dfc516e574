"""Look through a packed workbook, before it is parsed, for what would exhaust the memory."""

import re
import zipfile
from collections.abc import Iterator
from xml.parsers import expat

from cleanprod.foundation.intake.rules import Unreadable, place_of

_MIB = 1024 * 1024
SAVE_AS = "请用 Excel 或 WPS 打开后另存为 .xlsx 再上传"
_LAST_PLACE = place_of("CZ")
_CHUNK = 1 * _MIB
_LONGEST_TAG = 4 * _MIB
_TEXT_BUDGET = 512 * _MIB


def damaged() -> Unreadable:
    """Return the refusal of a broken file."""
    return Unreadable("文件已损坏，无法读取", SAVE_AS)


class Scan:
    """Looks through the packed parts for cells that reach too far and texts repeated too often.

    Cells written as office programs write them are passed by one pattern; any other spelling
    sends the part through a real parser.
    """

    def __init__(self, archive: zipfile.ZipFile, max_rows: int) -> None:
        """Set how far cells may reach."""
        self.archive = archive
        # The quick pattern knows powers of ten only.
        digits = len(str(max_rows + 2000))
        self.last_row = 10**digits - 1
        far = rf"[A-Z]{{3}}|[D-Z][A-Z]|[A-Z]{{1,2}}\d{{{digits + 1}}}".encode()
        self.odd = re.compile(rb'<c(?:(?! r="[A-Z])[\s/>]| r="(?:' + far + rb"))")
        self.texts: list[int] = []
        self.sheets: list[zipfile.ZipInfo] = []

    def run(self, parts: list[zipfile.ZipInfo]) -> None:
        """Raise Unreadable when a part would exhaust the memory."""
        for part in parts:
            if part.file_size:
                self._part(part)
        self._check_texts()

    def _part(self, part: zipfile.ZipInfo) -> None:
        started = False
        for chunk in self._chunks(part):
            if not started:
                if b"<sst" in chunk[:4096] or b":sst" in chunk[:4096]:
                    self._measure_texts(part)
                    return
                started = True
                if b"\0" in chunk[:256]:
                    self._parse(part)
                    return
            if self.odd.search(chunk) or b":sheetData" in chunk:
                self._parse(part)
                return
            if b"<sheetData" in chunk:
                self.sheets.append(part)

    def _chunks(self, part: zipfile.ZipInfo) -> Iterator[bytes]:
        """Give the part in pieces that end before a tag; give nothing when it is no XML."""
        with self.archive.open(part) as stream:
            rest = stream.read(_CHUNK)
            if b"<" not in rest[:256]:
                return
            while data := stream.read(_CHUNK):
                rest += data
                cut = rest.rfind(b"<")
                if len(rest) - cut > _LONGEST_TAG:
                    raise damaged()
                yield rest[:cut]
                rest = rest[cut:]
            yield rest

    def _parse(self, part: zipfile.ZipInfo) -> None:
        reach = _Reach(self.last_row)
        with self.archive.open(part) as stream:
            reach.parser.ParseFile(stream)
        self.sheets.append(part)

    def _measure_texts(self, part: zipfile.ZipInfo) -> None:
        for chunk in self._chunks(part):
            pieces = re.split(rb"<(?:\w+:)?si\b", chunk)
            if self.texts:
                self.texts[-1] += len(pieces[0])
            self.texts.extend(map(len, pieces[1:]))

    def _check_texts(self) -> None:
        """Count what the shared texts come to when each cell gets its own copy."""
        cells = sum(part.file_size for part in self.sheets) // 20
        if not self.texts or max(self.texts) * cells <= _TEXT_BUDGET:
            return
        total, sizes = 0, self.texts
        for part in self.sheets:
            for chunk in self._chunks(part):
                for found in re.finditer(rb"v>\s*(\d{1,9})\s*<", chunk):
                    place = int(found[1])
                    total += sizes[place] if place < len(sizes) else 0
                if total > _TEXT_BUDGET:
                    raise Unreadable(
                        "单元格文字总量异常庞大", "请删去重复的长文字，另存为 .xlsx 再上传"
                    )


class _Reach:
    """Follows the cells of one sheet and refuses those that carry something too far away."""

    def __init__(self, last_row: int) -> None:
        """Prepare a parser that allows no document type and no entities."""
        self.last_row = last_row
        self.row = self.place = -1
        self.parser = expat.ParserCreate()
        self.parser.StartElementHandler = self._start
        self.parser.StartDoctypeDeclHandler = self._refuse

    def _refuse(self, *_what: object) -> None:
        raise damaged()

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        tag = tag.rpartition(":")[2]
        if tag == "row":
            given = attributes.get("r", "")
            self.row = int(given) - 1 if given.isdecimal() else self.row + 1
            self.place = -1
        elif tag == "c":
            self._move(attributes.get("r", ""))
        elif tag in ("v", "is") and (self.row > self.last_row or self.place > _LAST_PLACE):
            raise Unreadable(
                "工作表很远的行或列中还有内容", "请删去表格以外的内容（选中多余行列后删除）再上传"
            )

    def _move(self, reference: str) -> None:
        letters = reference.rstrip("0123456789")
        self.place = place_of(letters) if letters.isalpha() else self.place + 1
        digits = reference[len(letters) :]
        if digits:
            self.row = int(digits) - 1
