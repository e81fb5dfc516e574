"""Rules about source files, read as syntax trees: what a module may be called and may contain."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CODE = ROOT / "cleanprod"
BANNED_NAMES = frozenset({"utils", "helpers", "common", "misc", "constants", "managers"})
MODEL_SIGNALS = frozenset(
    ("pre_save", "post_save", "pre_delete", "post_delete", "pre_init", "post_init", "m2m_changed")
)
# Put together here, so that this file is not its own finding.
UNFINISHED = re.compile(r"\b(" + "|".join(("TO" + "DO", "FIX" + "ME", "XX" + "X")) + r")\b")


def modules() -> Iterator[Path]:
    """Yield our own modules, without tests and migrations."""
    for path in sorted(CODE.rglob("*.py")):
        if not {"tests", "migrations", "__pycache__"} & set(path.parts):
            yield path


def _named(node: ast.AST) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def more_than_a_docstring(text: str) -> list[str]:
    """Find code in the text of a package's `__init__.py`."""
    body = ast.parse(text).body
    if len(body) == 1 and ast.get_docstring(ast.parse(text)):
        return []
    return ["a package is one docstring: code in __init__ runs on import and hides where it lives"]


def vague_name(path: Path) -> list[str]:
    """Find a module name that says nothing."""
    if path.stem not in BANNED_NAMES and not BANNED_NAMES & set(path.parts):
        return []
    return [f"{path.stem} says nothing: name the module after what it knows"]


def signals(text: str) -> list[str]:
    """Find receivers of model signals."""
    found = []
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef):
            wired = any(
                _named(part) in MODEL_SIGNALS
                for decorator in node.decorator_list
                for part in ast.walk(decorator)
            )
        else:
            wired = (
                isinstance(node, ast.Call)
                and _named(node.func) == "connect"
                and isinstance(node.func, ast.Attribute)
                and _named(node.func.value) in MODEL_SIGNALS
            )
        if wired:
            found.append(f"line {node.lineno}: a signal acts unseen; call the act from the act")
    return found


def save_overrides(text: str) -> list[str]:
    """Find classes that define `save`."""
    return [
        f"line {part.lineno}: an overridden save() is skipped by bulk writes; "
        "put the work into an act in actions.py"
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.ClassDef)
        for part in node.body
        if isinstance(part, ast.FunctionDef) and part.name == "save"
    ]


def unguarded_gets(text: str) -> list[str]:
    """Find `X.objects.get(...)` and get_object_or_404(Model, ...), which ask nobody's leave."""
    found = []
    for node in ast.walk(ast.parse(text)):
        if not isinstance(node, ast.Call):
            continue
        func = node.func
        bare = isinstance(func, ast.Attribute) and func.attr in {"get", "aget", "in_bulk"}
        if bare and isinstance(func, ast.Attribute) and _named(func.value) == "objects":
            found.append(f"line {node.lineno}: a page asks access.get_or_404(standing, pk) instead")
        first = _named(node.args[0]) if node.args else ""
        if _named(func) == "get_object_or_404" and first[:1].isupper():
            found.append(f"line {node.lineno}: a page asks access.get_or_404(standing, pk) instead")
    return found


def unfinished(text: str) -> list[str]:
    """Find notes of unfinished work."""
    return [
        f"line {number}: write an issue instead of a note"
        for number, line in enumerate(text.splitlines(), 1)
        if UNFINISHED.search(line)
    ]


def numbered_only(migration: str) -> bool:
    """Tell whether a migration's name lacks words that say what it does."""
    words = migration.split("_", 1)[1] if "_" in migration else ""
    return not words or words.startswith("auto_") or words in {"initial", "squashed"}
