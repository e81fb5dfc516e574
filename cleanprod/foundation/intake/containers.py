"""Open the file that carries a workbook, or say in one sentence why not.

Nothing is parsed before the container was looked at: its size, its kind, what is packed in it, how
large it unpacks, and how far its cells reach. The reader behind us fills the whole rectangle up
to the farthest cell, so that one cell in the last corner would exhaust the memory; and it
refuses parts that unpack to more than they declare, so that declared sizes can be relied on.
"""

import csv
import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Protocol
from xml.parsers import expat

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from cleanprod.foundation.intake.headers import Merge
from cleanprod.foundation.intake.rules import Cell, Unreadable
from cleanprod.foundation.intake.scanning import SAVE_AS, Scan, damaged

Source = str | Path | bytes
_AS_TEXT = re.compile(r'^="(.*)"$', re.DOTALL)  # how spreadsheets are made to keep long digits

MIB = 1024 * 1024
_PARTS = 5000
_UNPACKED_TIMES = 20  # of the size limit of the file
_RATIO, _RATIO_FROM = 400, 32 * MIB

_KINDS = (
    (b"%PDF", " PDF 文件"),
    (b"\x89PNG", "图片"),
    (b"\xff\xd8\xff", "图片"),
    (b"GIF8", "图片"),
    (b"Rar!", " RAR 压缩包"),
    (b"7z\xbc\xaf", " 7z 压缩包"),
    (b"\x1f\x8b", " gzip 压缩包"),
    (b"{\\rtf", " RTF 文档"),
)

# RuntimeError is what zipfile raises for a locked part.
_BROKEN = (
    zipfile.BadZipFile, zlib.error, expat.ExpatError, EOFError, OSError, RuntimeError, ValueError,
)  # fmt: skip


class Grid(Protocol):
    """One sheet: its name, its rows from the first on, its merged cells, whether it is hidden."""

    name: str
    merges: list[Merge]
    hidden: bool

    def rows(self) -> Iterator[list[Cell]]:
        """Give the rows from the top of the sheet, blank ones too."""


@dataclass(slots=True)
class _Sheet:
    name: str
    merges: list[Merge]
    inner: CalamineSheet
    hidden: bool

    def rows(self) -> Iterator[list[Cell]]:
        return self.inner.iter_rows()


@dataclass(slots=True)
class _Lines:
    name: str
    merges: list[Merge]
    lines: list[list[Cell]]
    hidden: bool = False

    def rows(self) -> Iterator[list[Cell]]:
        return iter(self.lines)


def grids(
    source: Source, *, name: str, max_rows: int, max_bytes: int, hidden: bool = False
) -> Iterator[Grid]:
    """Give the sheets of a workbook one after the other, or raise Unreadable.

    Hidden sheets are left out unless they are asked for.
    """
    size = len(source) if isinstance(source, bytes) else Path(source).stat().st_size
    if size == 0:
        raise Unreadable("文件是空的（0 字节）", "请重新选择文件")
    if size > max_bytes:
        raise Unreadable(
            f"文件有 {size / MIB:.1f} MB，超过上限 {max_bytes / MIB:.0f} MB",
            "请删去图片和无关工作表，或分成几个文件",
        )
    name = (name or ("" if isinstance(source, bytes) else Path(source).name)).lower()
    with _opened(source) as stream:
        head = stream.read(4096)
        stream.seek(0)
        if head.startswith(b"PK"):
            _inspect_zip(stream, name, max_rows, max_bytes)
        elif head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
            _inspect_ole(stream)
        else:
            yield _lines(head, stream, name)
            return
        stream.seek(0)
        for sheet in _sheets(stream):
            if hidden or not sheet.hidden:
                yield sheet


def _opened(source: Source) -> IO[bytes]:
    return io.BytesIO(source) if isinstance(source, bytes) else Path(source).open("rb")


@contextmanager
def _guarded() -> Iterator[None]:
    """Turn what the reader raises, its panics too, into one sentence."""
    try:
        yield
    except PasswordError:
        raise _locked() from None
    except (CalamineError, OSError, ValueError):
        raise damaged() from None
    except BaseException as error:
        if type(error).__name__ != "PanicException":
            raise
        raise damaged() from None


def _sheets(stream: IO[bytes]) -> Iterator[Grid]:
    with _guarded():
        book = CalamineWorkbook.from_filelike(stream)
    for about in book.sheets_metadata:
        if about.typ is SheetTypeEnum.WorkSheet:
            with _guarded():
                inner = book.get_sheet_by_name(about.name)
            hidden = about.visible is not SheetVisibleEnum.Visible
            yield _Sheet(about.name, inner.merged_cell_ranges or [], inner, hidden)
            del inner
    book.close()


# Old binary workbooks and locked ones share the OLE container.


def _locked() -> Unreadable:
    return Unreadable("文件设有打开密码", "请取消密码保护后重新上传")


def _macros() -> Unreadable:
    return Unreadable("文件含有宏，为安全起见不予读取", "请另存为不含宏的 .xlsx 再上传")


def _inspect_ole(stream: IO[bytes]) -> None:
    data = stream.read()
    if "EncryptedPackage".encode("utf-16-le") in data:
        raise _locked()
    if "_VBA_PROJECT".encode("utf-16-le") in data:
        raise _macros()
    if "WordDocument".encode("utf-16-le") in data:
        raise _other(" Word 文档")
    streams = ("Workbook".encode("utf-16-le"), "Book".encode("utf-16-le"))
    if not any(word in data for word in streams):
        raise damaged()


def _other(kind: str) -> Unreadable:
    return Unreadable(f"这是{kind}，不是工作簿", "请上传 .xlsx、.xls 或 .csv 文件")


# Packed workbooks.


def _inspect_zip(stream: IO[bytes], name: str, max_rows: int, max_bytes: int) -> None:
    try:
        with zipfile.ZipFile(stream) as archive:
            parts = archive.infolist()
            _check_parts(archive, parts, name)
            _check_sizes(parts, max_bytes)
            Scan(archive, max_rows).run(parts)
    except _BROKEN:
        raise damaged() from None


def _check_parts(archive: zipfile.ZipFile, parts: list[zipfile.ZipInfo], name: str) -> None:
    names = {part.filename.lower().replace("\\", "/") for part in parts}
    if any(part.flag_bits & 1 for part in parts):
        raise _locked()
    for sign, kind in (
        ("word/document.xml", " Word 文档"),
        ("ppt/presentation.xml", "演示文稿"),
        ("xl/workbook.bin", "二进制工作簿（.xlsb）"),
    ):
        if sign in names:
            raise _other(kind)
    if "content.xml" in names and "mimetype" in names:
        raise Unreadable("这是 ODF 格式的文件", SAVE_AS)
    if "[content_types].xml" not in names or not any(n.endswith("workbook.xml") for n in names):
        raise _other("压缩包")
    if name.endswith((".xlsm", ".xltm")) or any(
        n.endswith("vbaproject.bin") or "/macrosheets/" in n for n in names
    ):
        raise _macros()
    if any("/externallinks/" in n or n.endswith("/connections.xml") for n in names):
        raise Unreadable(
            "文件引用了外部工作簿或外部数据", "请在“数据—编辑链接”中断开链接，另存后再上传"
        )
    if any(part.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for part in parts):
        raise damaged()


def _check_sizes(parts: list[zipfile.ZipInfo], max_bytes: int) -> None:
    unpacked = sum(part.file_size for part in parts)
    bomb = any(
        part.file_size > max(part.compress_size, 1) * _RATIO and part.file_size > _RATIO_FROM
        for part in parts
    )
    if bomb or unpacked > max_bytes * _UNPACKED_TIMES or len(parts) > _PARTS:
        raise Unreadable(
            "文件解压后异常庞大，疑为压缩炸弹或大量空白格式",
            "请把有内容的行列复制到新工作簿，另存为 .xlsx 再上传",
        )


# Plain text.


def _lines(head: bytes, stream: IO[bytes], name: str) -> Grid:
    for sign, kind in _KINDS:
        if head.startswith(sign):
            raise _other(kind)
    text = _decoded(stream.read())
    start = text[:2000].lstrip().lower()
    if start.startswith(("<html", "<!doctype", "<table", "<?xml", "<meta", "<head")):
        raise Unreadable("这是网页或 XML 格式的表格，不是工作簿", SAVE_AS)
    first = text[:20_000]
    separator = max(("\t", ",", ";", "，"), key=first.count)
    if name.endswith((".xlsx", ".xls")) or not first.count(separator):
        raise Unreadable("文件不是工作簿，内容无法识别", SAVE_AS)
    try:
        lines: list[list[Cell]] = [
            [_AS_TEXT.sub(r"\1", cell) for cell in line]
            for line in csv.reader(io.StringIO(text, newline=""), delimiter=separator)
        ]
    except csv.Error:
        raise damaged() from None
    width = max(map(len, lines[:50]), default=0)
    for line in lines:
        line.extend([""] * (width - len(line)))
    return _Lines(Path(name).stem or "CSV", [], lines)


def _decoded(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _tried(data, "utf-16") or _no_text()
    if b"\0" in data:
        raise Unreadable("文件不是工作簿，内容无法识别", SAVE_AS)
    return _tried(data, "utf-8-sig") or _tried(data, "gb18030") or _no_text()


def _tried(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return ""


def _no_text() -> str:
    raise Unreadable("文字编码无法识别", "请另存为 UTF-8 编码的 .csv，或 .xlsx")
