"""The score sheets that come with the package, each with the day from which it is used."""

import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from cleanprod.kernel.errors import Refused
from cleanprod.stages.scoring.rules import Purpose, Sheet, sheet_of

FOLDER = Path(__file__).parent / "sheets"


def bodies() -> dict[str, Mapping[str, Any]]:
    """Return the bodies of the shipped sheets by key."""
    return {path.stem: json.loads(path.read_bytes()) for path in sorted(FOLDER.glob("*.json"))}


def sheets() -> list[Sheet]:
    """Return the shipped sheets, by key."""
    return [sheet_of(body) for body in bodies().values()]


def body_on(purpose: Purpose, on: date) -> Mapping[str, Any]:
    """Return the body of the sheet used for a purpose on a day, the newest that had begun."""
    found = [
        body
        for body in bodies().values()
        if body["purpose"] == purpose and date.fromisoformat(body["effective_from"]) <= on
    ]
    if not found:
        raise Refused(f"{on.isoformat()}没有可用的{purpose.label}评分表")
    return max(found, key=lambda body: str(body["effective_from"]))
