"""Look for secrets, machine paths and download addresses in the files that git would keep.

`python -m tests.house.secrets` prints what it finds and fails if there is anything.
"""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.house.source import ROOT

PATTERNS = {
    "a private key": re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----"),
    "an access key": re.compile(r"\b(?:AKIA|LTAI)[0-9A-Za-z]{12,}\b|\bgh[pousr]_[0-9A-Za-z]{36}\b"),
    "a token": re.compile(r"\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{10,}\b|\bglpat-[\w-]{20}\b"),
    "a download address": re.compile(
        "--" + r"(?:extra-)?index-url[ =]|--find-" + r"links[ =]|regis" + r"try=|"
        r"files\.python" + r"hosted\.org|registry\.npm" + r"js|deb\.deb" + r"ian\.org"
    ),
}
# Tests make up passwords, and documents show where one stands.
OUTSIDE_TESTS = {
    "a password in an address": re.compile(
        r"\b\w+://[^\s:/@'\"{}<>]+:(?!password@|\*)[^\s:/@'\"{}<>]{3,}@"
    ),
    "a written-out secret": re.compile(
        r"""(?i)\b(?:secret_key|api_key|access_token|password)\s*=\s*["'][^"'{}\s]{16,}["']"""
    ),
}
# Where checkouts commonly lie; naming such a folder gives nothing away.
ORDINARY = {Path(name) for name in ("/", "/root", "/home", "/srv", "/opt", "/tmp", "/usr/src")}
OTHERS = ("/static/vendor/", "tests/vendor/")
LARGEST = 2_000_000


def kept_files() -> Iterator[Path]:
    """Yield the files that git keeps or would keep."""
    told = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    ).stdout.decode()
    for name in filter(None, told.split("\0")):
        path = ROOT / name
        if path.is_file():
            yield path


def own_files() -> Iterator[Path]:
    """Yield those of them that we wrote."""
    for path in kept_files():
        if not any(part in path.as_posix() for part in OTHERS):
            yield path


def machine_paths() -> "re.Pattern[str]":
    """Return a pattern of the folders that only this machine has."""
    here = {ROOT, ROOT.parent, Path.home()} - ORDINARY
    return re.compile("|".join(re.escape(f"{folder}/") for folder in sorted(here)) or r"(?!)")


def findings(text: str, in_tests: bool = False) -> list[str]:
    """Return what in a text should not be kept, with its line."""
    patterns = PATTERNS | {"a path of this machine": machine_paths()}
    if not in_tests:
        patterns |= OUTSIDE_TESTS
    return [
        f"line {text.count(chr(10), 0, hit.start()) + 1}: {kind}"
        for kind, pattern in patterns.items()
        for hit in pattern.finditer(text)
    ]


def scan() -> list[str]:
    """Return all findings in all kept files."""
    found = []
    for path in own_files():
        if path.stat().st_size > LARGEST:
            continue
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        name = path.relative_to(ROOT)
        found += [f"{name} {what}" for what in findings(text, "tests" in name.parts)]
    return found


if __name__ == "__main__":
    result = scan()
    sys.stdout.write("".join(f"{line}\n" for line in result))
    sys.exit(1 if result else 0)
