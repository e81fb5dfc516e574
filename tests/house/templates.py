"""What templates name: an address in a template is an import, too."""

import re
from collections.abc import Mapping
from pathlib import Path

from tests.house import floors
from tests.house.source import CODE, modules

# url("name"), also inside macros' arguments; url_if() asks whether an upper floor is there.
NAMED = re.compile(r"""\burl\(\s*["']([\w:-]+)["']""")
# Stages, notices and tables lead to these two pages of the desk by address, as docs/architecture.md
# says; any other address that is written out would get past the check of names.
CONTRACT = ("/lists/", "/rounds/")
LEADING = {"actions", "context", "jobs", "messages", "middleware", "pages", "queries", "views"}
WRITTEN = re.compile(r"""["'](/[a-z][a-z-]*/[^"']*)["']""")


def pages() -> list[Path]:
    """Return our own templates."""
    return sorted(
        path
        for path in CODE.rglob("jinja2/**/*")
        if path.is_file() and path.suffix in {".html", ".txt"}
    )


def python_of_slices() -> list[Path]:
    """Return the modules that lead a person somewhere."""
    return [path for path in modules() if path.stem in LEADING]


def slice_of(page: Path) -> str:
    """Return the slice that a template lies in."""
    return floors.package_of(".".join(page.relative_to(CODE.parent).parts))


def names_above(page: str, text: str, homes: Mapping[str, str]) -> list[str]:
    """Find route names that a template of the slice `page` may not know; faces may know all.

    `homes` tells in which module a route's view lies; a name without a route is a finding.
    """
    found = []
    for name in NAMED.findall(text):
        home = homes.get(name, "")
        if not home:
            found.append(f"{name} is not a route")
        elif not page.startswith("cleanprod.faces.") and not floors.may_know(page, home):
            found.append(f"{name} lies in {home}, above {page}: the upper page links down instead")
    return found


def written_addresses(text: str) -> list[str]:
    """Find addresses that are written out instead of named."""
    return [
        f"{address}: name the route"
        for address in WRITTEN.findall(text)
        if not address.startswith(CONTRACT)
    ]
