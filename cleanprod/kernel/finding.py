"""What a check found: where, which value, which rule, what to do."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass

from cleanprod.kernel.term import Term


class Level(Term):
    """How much a finding weighs."""

    BLOCK = "block", "不予导入"
    DECIDE = "decide", "待决定"
    INFORM = "inform", "提示"


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding; `cell` is like C12, `value` is what the person wrote."""

    level: Level
    rule: str
    advice: str
    sheet: str = ""
    cell: str = ""
    value: str = ""

    def as_json(self) -> dict[str, str]:
        """Return the finding as the commands and the API print it."""
        return {key: str(value) for key, value in asdict(self).items()}


def blocks(findings: Iterable[Finding]) -> bool:
    """Tell whether any of the findings forbids going on."""
    return any(finding.level is Level.BLOCK for finding in findings)
