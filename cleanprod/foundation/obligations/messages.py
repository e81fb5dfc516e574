"""The words that people are reminded in; they only tell days, never threaten."""

from collections.abc import Sequence
from datetime import date

from cleanprod.foundation.notifications.actions import Note
from cleanprod.foundation.obligations.models import Obligation
from cleanprod.foundation.obligations.rules import how_long

_MOST = 20  # lines of one message


def reminder(duties: Sequence[Obligation], on: date, person_id: int, mail: str) -> Note:
    """Tell a person what falls due soon or is overdue, all of it in one message a day."""
    lines = [f"{one.title}：{one.due_on}，{how_long(one.due_on, on)}。" for one in duties[:_MOST]]
    if len(duties) > _MOST:
        lines.append(f"另有{len(duties) - _MOST}项，见平台。")
    late = sum(one.due_on < on for one in duties)
    return Note(
        person_id=person_id,
        key=f"remind:{person_id}:{on}",
        subject=f"期限提醒：{len(duties)}项" + (f"（其中逾期{late}项）" if late else ""),
        body="\n".join(lines),
        url=duties[0].url,
        mail=mail,
    )
