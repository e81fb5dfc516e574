"""QR codes as rows of dark and light, drawn as SVG for PDF and as PNG for docx."""

import struct
import zlib
from collections.abc import Sequence

from qrcode.constants import ERROR_CORRECT_M
from qrcode.main import QRCode

QUIET = 4  # light modules around a code (GB/T 18284, ISO/IEC 18004)
_SCALE = 8  # pixels of a module in the picture
_SIGNATURE = b"\x89PNG\r\n\x1a\n"


def modules(text: str) -> tuple[str, ...]:
    """Return the code of a text as rows of 1 (dark) and 0, without the quiet zone."""
    code = QRCode(error_correction=ERROR_CORRECT_M, border=0)
    code.add_data(text)
    code.make(fit=True)
    return tuple("".join("1" if dark else "0" for dark in row) for row in code.get_matrix())


def svg(rows: Sequence[str]) -> str:
    """Return the code as a scalable picture with its quiet zone."""
    size = len(rows) + 2 * QUIET
    dark = "".join(
        f"M{x + QUIET} {y + QUIET}h1v1h-1z"
        for y, row in enumerate(rows)
        for x, sign in enumerate(row)
        if sign == "1"
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}" '
        f'width="{size}" height="{size}" shape-rendering="crispEdges">'
        f'<rect width="{size}" height="{size}" fill="#fff"/><path d="{dark}" fill="#000"/></svg>'
    )


def png(rows: Sequence[str]) -> bytes:
    """Return the code as a picture of one bit a pixel with its quiet zone."""
    side = (len(rows) + 2 * QUIET) * _SCALE
    light = "0" * len(rows)
    padded = [light] * QUIET + list(rows) + [light] * QUIET
    lines = bytearray()
    for row in padded:
        bits = "".join(("0" if sign == "1" else "1") * _SCALE for sign in f"0000{row}0000")
        packed = bytes(int(bits[at : at + 8], 2) for at in range(0, side, 8))
        lines += (b"\0" + packed) * _SCALE
    head = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    chunks = ((b"IHDR", head), (b"IDAT", zlib.compress(bytes(lines), 9)), (b"IEND", b""))
    return _SIGNATURE + b"".join(_chunk(name, data) for name, data in chunks)


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
