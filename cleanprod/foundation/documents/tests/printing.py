"""What the tests see of a printed paper: its text, by poppler; a docx goes through LibreOffice."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

needs_libreoffice = pytest.mark.skipif(
    shutil.which("soffice") is None,
    reason="LibreOffice, the oracle for docx, is not installed",
)


def text_of(pdf: bytes, folder: Path, *options: str) -> str:
    file = folder / "paper.pdf"
    file.write_bytes(pdf)
    done = subprocess.run(
        ["pdftotext", *options, file, "-"], check=True, capture_output=True, timeout=60
    )
    return done.stdout.decode()


def pages_of(pdf: bytes, folder: Path) -> list[str]:
    return [bare(page) for page in text_of(pdf, folder, "-raw").split("\f")[:-1]]


def bare(text: str) -> str:
    """Without blanks, line breaks and page numbers, which the programs set differently."""
    return re.sub(r"—\d+—", "", re.sub(r"[\s​]+", "", text))


def through_libreoffice(docx: bytes, folder: Path) -> bytes:
    (folder / "paper.docx").write_bytes(docx)
    subprocess.run(
        ["soffice", f"-env:UserInstallation=file://{folder}/profile", "--headless",
         "--convert-to", "pdf", "--outdir", folder, folder / "paper.docx"],
        check=True, capture_output=True, timeout=180,
    )  # fmt: skip
    return (folder / "paper.pdf").read_bytes()
