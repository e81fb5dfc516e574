"""The indicator systems that come with the package."""

from pathlib import Path

from cleanprod.stages.performance.indicators.loading import load
from cleanprod.stages.performance.indicators.system import System

FOLDER = Path(__file__).parent / "systems"


def codes() -> list[str]:
    """Return the codes of the shipped systems."""
    return sorted(path.stem for path in FOLDER.glob("*.json"))


def content(code: str) -> bytes:
    """Return the file of a shipped system."""
    return (FOLDER / f"{code}.json").read_bytes()


def system(code: str) -> System:
    """Return a shipped system."""
    return load(content(code))
