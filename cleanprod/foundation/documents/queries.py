"""Reads of the archive and of the register."""

from dataclasses import dataclass

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
