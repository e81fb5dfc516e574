"""The charts of all lifecycles, printed from their tables of moves.

`python -m tests.house.charts` writes `docs/lifecycles.md`; a test says whether it is current.
"""

import re
from importlib import import_module
from typing import Any

from cleanprod.kernel.lifecycle import Lifecycle
from tests.house.source import CODE, ROOT

PAGE = ROOT / "docs" / "lifecycles.md"
HEAD = """# Lifecycles

Printed from the tables of moves by `make docs`; do not edit. A move that is not here is refused.
"""


def lifecycles() -> dict[str, Lifecycle[Any, Any, Any]]:
    """Return every table of moves by module and name, in the order of the folders."""
    found: dict[str, Lifecycle[Any, Any, Any]] = {}
    for path in sorted(CODE.rglob("rules.py")):
        module = ".".join(path.relative_to(CODE.parent).with_suffix("").parts)
        for name, value in sorted(vars(import_module(module)).items()):
            if isinstance(value, Lifecycle) and _made_in(path.read_text(encoding="utf-8"), name):
                found[f"{module}.{name}"] = value
    return found


def _made_in(text: str, name: str) -> bool:
    return re.search(rf"^{name}\b.*=", text, re.MULTILINE) is not None


def page() -> str:
    """Return the whole page."""
    parts = [HEAD]
    for name, lifecycle in lifecycles().items():
        parts.append(f"## `{name}`\n\n{lifecycle.chart()}\n")
    return "\n".join(parts)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
