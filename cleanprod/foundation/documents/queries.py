"""Reads of the archive and of the register."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from cleanprod.foundation.documents import rules
from cleanprod.foundation.documents.models import Produced, Receipt
from cleanprod.foundation.documents.rules import Verdict


@dataclass(frozen=True, slots=True)
class Verification:
    """The verdict and, if there is one, the entry of the register."""

    verdict: Verdict
    receipt: Receipt | None = None


def produced(key: str, format: str) -> Produced | None:
    """Return the archived production of a paper, or None before the first one."""
    return Produced.objects.select_related("file").filter(key=key, format=format).first()


def kept(beginning: str) -> QuerySet[Produced]:
    """Return the archived productions whose key begins with these words."""
    return Produced.objects.select_related("file").filter(key__startswith=beginning)


def facts_of(kind: str) -> Iterator[Mapping[str, Any]]:
    """Return what the entries of one kind say, in the order of their issue."""
    rows = Receipt.objects.filter(kind=kind).order_by("issued_at", "pk")
    return rows.values_list("facts", flat=True).iterator()


def verify_receipt(number: str, sha256: str | None = None) -> Verification:
    """Look a receipt up as the public does; with a fingerprint the content is compared, too."""
    registered = rules.read_number(number)
    if registered is None:
        return Verification(Verdict.MISTYPED)
    receipt = Receipt.objects.filter(number=registered).first()
    if receipt is None:
        return Verification(Verdict.UNKNOWN)
    files = [one["sha256"] for one in receipt.facts.get("files", ())]
    return Verification(rules.judge(receipt.sha256, sha256, files), receipt)
