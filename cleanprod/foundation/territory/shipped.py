"""The regions and industries that come with the package."""

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.apps import apps as installed
from django.apps.registry import Apps

from cleanprod.foundation.territory import queries

DATA = Path(__file__).parent / "data"


def load(apps: Apps = installed) -> tuple[int, int]:
    """Insert or refresh every shipped row and return how many regions and industries there are.

    Rows that an installation added itself stay.
    """
    region, industry = apps.get_model("territory.Region"), apps.get_model("territory.Industry")
    regions = [region(**_region(row)) for row in _rows("regions.csv")]
    region._default_manager.bulk_create(
        regions,
        update_conflicts=True,
        unique_fields=["code"],
        update_fields=[
            "name", "short_name", "other_names", "level", "parent", "city_code", "notice_order",
            "official",
        ],
    )  # fmt: skip
    industries = [industry(**_industry(row)) for row in _rows("industries.csv")]
    industry._default_manager.bulk_create(
        industries,
        update_conflicts=True,
        unique_fields=["edition", "code"],
        update_fields=["name", "parent", "notice_sector", "confirmed"],
    )
    queries.forget()
    return len(regions), len(industries)


def _rows(file: str) -> Iterator[dict[str, str]]:
    with (DATA / file).open(encoding="utf-8", newline="") as stream:
        yield from csv.DictReader(stream)


def _region(row: dict[str, str]) -> dict[str, Any]:
    order = row["notice_order"]
    return {
        "code": row["code"],
        "name": row["name"],
        "short_name": row["short_name"],
        "other_names": row["other_names"],
        "level": row["level"],
        "parent_id": row["parent"] or None,
        "city_code": row["city_code"],
        "notice_order": int(order) if order else None,
        "official": row["official"] == "Y",
    }


def _industry(row: dict[str, str]) -> dict[str, Any]:
    return {**row, "edition": int(row["edition"]), "confirmed": row["confirmed"] == "Y"}
