"""The floors, read from the import contracts, for what no import shows: keys and addresses."""

import tomllib
from functools import cache

from tests.house.source import ROOT


def _names(layer: str) -> list[str]:
    return [part.strip().strip("()") for part in layer.split("|")]


@cache
def order() -> dict[str, int]:
    """Return each package's floor, counted from the ground; a wing comes before its slices."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"][
        "importlinter"
    ]["contracts"]
    inside = {
        contract["containers"][0]: contract["layers"]
        for contract in contracts
        if contract["type"] == "layers" and len(contract["containers"]) == 1
    }
    floors: dict[str, int] = {}
    for wing in reversed(inside["cleanprod"]):
        for name in _names(wing):
            package = f"cleanprod.{name}"
            for layer in reversed(inside.get(package, [""])):
                level = len(set(floors.values()))
                for slice_name in _names(layer):
                    floors[f"{package}.{slice_name}".rstrip(".")] = level
    return floors


def package_of(module: str) -> str:
    """Return the slice (or the kernel) that a module lies in, or nothing for another's module."""
    parts = module.split(".")
    for length in (3, 2):
        if ".".join(parts[:length]) in order():
            return ".".join(parts[:length])
    return ""


def may_know(knower: str, known: str) -> bool:
    """Tell whether a module may know another: own slice or a lower floor; others' code always."""
    mine, theirs = package_of(knower), package_of(known)
    if not mine or not theirs or mine == theirs:
        return True
    return order()[theirs] < order()[mine]
