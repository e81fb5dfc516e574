"""Fetch the front-end libraries at their pinned versions.

`python -m cleanprod.foundation.web.vendor` runs `npm pack` once per library, keeps the few files
that pages use, and writes `vendor.json` (name, version, licence, files with SHA-256).
It needs npm; nothing at install or run time does.
"""

import hashlib
import json
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

PLACE = Path(__file__).parent / "static" / "vendor"
MANIFEST = PLACE / "vendor.json"
SVG = "http://www.w3.org/2000/svg"

# A source map would be looked for by the static storage and is not shipped.
SOURCE_MAP = re.compile(rb"\n?(?:/\*# sourceMappingURL=\S+ \*/|//# sourceMappingURL=\S+)\s*$")

# The package holds no licence file; this is the text its banner names.
TABLER_LICENCE = """MIT License

Copyright 2018-2026 The Tabler Authors
Copyright 2018-2026 codecalm.net Pawel Kuna

Permission is hereby granted, free of charge, to any person obtaining a copy
of this software and associated documentation files (the "Software"), to deal
in the Software without restriction, including without limitation the rights
to use, copy, modify, merge, publish, distribute, sublicense, and/or sell
copies of the Software, and to permit persons to whom the Software is
furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all
copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR
IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY,
FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE
AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER
LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM,
OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE
SOFTWARE.
"""

ICONS = (
    "alert-triangle", "arrow-back-up", "arrow-left", "arrow-right", "ban", "bell", "book", "books",
    "building", "building-bank", "building-factory-2", "calendar", "calendar-due", "certificate",
    "chart-bar", "chart-pie", "check", "checklist", "chevron-down", "chevron-left", "chevron-right",
    "chevron-up", "circle-check", "circle-x", "clipboard", "clipboard-check", "clipboard-list",
    "clock", "database", "download", "edit", "external-link", "eye", "file-description",
    "file-spreadsheet", "file-text", "files", "filter", "flag", "gavel", "help-circle",
    "history", "home", "inbox", "info-circle", "key", "layout-dashboard", "leaf", "link",
    "list", "list-check", "lock", "logout", "mail", "map", "map-pin", "menu-2",
    "message-circle", "pencil", "plus", "printer", "qrcode", "refresh", "report", "scale",
    "search", "send", "settings", "shield-check", "speakerphone", "table", "target",
    "text-size", "trash", "upload", "user", "user-check", "users", "x",
)  # fmt: skip
ALSO_NAMED = {"chart": "chart-bar"}


@dataclass(frozen=True)
class Library:
    """One pinned package and the files of it that we keep, by their new name."""

    folder: str
    package: str
    version: str
    licence: str
    files: dict[str, str]
    texts: dict[str, str]


LIBRARIES = (
    Library(
        "tabler", "@tabler/core", "1.6.1", "MIT",
        {"tabler.min.css": "dist/css/tabler.min.css"}, {"LICENSE": TABLER_LICENCE},
    ),
    Library(
        "tabler-icons", "@tabler/icons", "3.51.0", "MIT",
        {"LICENSE": "LICENSE"}, {},
    ),
    Library(
        "htmx", "htmx.org", "2.0.11", "0BSD",
        {"htmx.min.js": "dist/htmx.min.js", "LICENSE": "LICENSE"}, {},
    ),
    Library(
        "echarts", "echarts", "6.1.0", "Apache-2.0",
        {"echarts.min.js": "dist/echarts.min.js", "LICENSE": "LICENSE", "NOTICE": "NOTICE"}, {},
    ),
)  # fmt: skip


def fetch(library: Library, into: Path) -> Path:
    """Download one package with npm and return its unpacked folder."""
    subprocess.run(
        ["npm", "pack", f"{library.package}@{library.version}", "--silent"],
        cwd=into,
        check=True,
        stdout=subprocess.DEVNULL,
    )
    archive = next(into.glob("*.tgz"))
    with tarfile.open(archive) as packed:
        packed.extractall(into, filter="data")
    return into / "package"


def sprite(package: Path) -> bytes:
    """Join the icons we use into one SVG of symbols, each with the icon's name as id."""
    ElementTree.register_namespace("", SVG)
    whole = ElementTree.Element(f"{{{SVG}}}svg")
    for name, source in ({name: name for name in ICONS} | ALSO_NAMED).items():
        file = package / "icons" / "outline" / f"{source}.svg"
        drawing = ElementTree.parse(file).getroot()  # noqa: S314 - our own pinned package
        symbol = ElementTree.SubElement(whole, f"{{{SVG}}}symbol", id=name, viewBox="0 0 24 24")
        symbol.extend(list(drawing))
    return re.sub(rb">\s+<", b"><", ElementTree.tostring(whole)) + b"\n"


def keep(library: Library) -> dict[str, object]:
    """Put one library's files in place and return its line of the manifest."""
    target = PLACE / library.folder
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    with tempfile.TemporaryDirectory() as scratch:
        package = fetch(library, Path(scratch))
        for name, source in library.files.items():
            (target / name).write_bytes(SOURCE_MAP.sub(b"\n", (package / source).read_bytes()))
        if library.folder == "tabler-icons":
            (target / "icons.svg").write_bytes(sprite(package))
    for name, text in library.texts.items():
        (target / name).write_text(text, encoding="utf-8")
    return {
        "name": library.package,
        "version": library.version,
        "licence": library.licence,
        "files": {
            f"{library.folder}/{file.name}": digest(file) for file in sorted(target.iterdir())
        },
    }


def digest(file: Path) -> str:
    """Return the SHA-256 of a file in hexadecimal."""
    return hashlib.sha256(file.read_bytes()).hexdigest()


def main() -> None:
    """Fetch every library anew and write the manifest."""
    PLACE.mkdir(parents=True, exist_ok=True)
    lines = [keep(library) for library in LIBRARIES]
    MANIFEST.write_text(json.dumps(lines, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    sys.stdout.write(f"已更新 {len(lines)} 个前端组件，清单见 {MANIFEST}\n")


if __name__ == "__main__":
    main()
