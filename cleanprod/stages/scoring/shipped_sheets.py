"""The score sheets that come with the package, each with the day from which it is used."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cleanprod.stages.scoring.rules import Sheet, sheet_of

FOLDER = Path(__file__).parent / "sheets"


def bodies() -> dict[str, Mapping[str, Any]]:
    """Return the bodies of the shipped sheets by key."""
    return {path.stem: json.loads(path.read_bytes()) for path in sorted(FOLDER.glob("*.json"))}


def sheets() -> list[Sheet]:
    """Return the shipped sheets, by key."""
    return [sheet_of(body) for body in bodies().values()]
