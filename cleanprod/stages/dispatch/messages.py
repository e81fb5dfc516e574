"""The words in which recipients hear of a dispatch."""

from django.urls import reverse

from cleanprod.foundation.notifications.actions import Note
from cleanprod.stages.dispatch.models import Answer, Dispatch, Recipient, Reminder


def address(recipient: Recipient) -> str:
    """Return where a recipient answers."""
    return reverse("dispatch:answers", args=[recipient.pk])


def opened(recipient: Recipient, dispatch: Dispatch, rows: int, person_id: int, mail: str) -> Note:
    """Tell a recipient what is asked, about how many, by when."""
    return Note(
        person_id=person_id,
        key=f"dispatch:{recipient.pk}:{person_id}",
        subject=f"进度调度：{dispatch.title}",
        body=(
            f"{dispatch.opener.name}下发进度调度，涉及{rows}家企业，"
            f"请于{dispatch.answer_on}前报送。事由：{dispatch.reason}"
        ),
        url=address(recipient),
        mail=mail,
    )


def reminded(
    recipient: Recipient, reminder: Reminder, missing: int, person_id: int, mail: str
) -> Note:
    """Ask a recipient again for what it has not answered."""
    return Note(
        person_id=person_id,
        key=f"dispatch:reminder:{reminder.pk}:{recipient.pk}:{person_id}",
        subject=f"再次催办：{reminder.dispatch.title}",
        body=(
            f"{reminder.office_name}：还有{missing}家企业没有报送"
            f"（报送期限{reminder.dispatch.answer_on}）。{reminder.text}"
        ),
        url=address(recipient),
        mail=mail,
    )


def ended(recipient: Recipient, dispatch: Dispatch, person_id: int, mail: str) -> Note:
    """Tell a recipient that nothing is asked any more."""
    return Note(
        person_id=person_id,
        key=f"dispatch:ended:{recipient.pk}:{person_id}",
        subject=f"调度已取消：{dispatch.title}",
        body=f"{dispatch.opener.name}取消了本次调度，不需要再报送。理由：{dispatch.ended_because}",
        url=address(recipient),
        mail=mail,
    )


def returned(recipient: Recipient, answer: Answer, person_id: int, mail: str) -> Note:
    """Tell a recipient that an answer came back."""
    return Note(
        person_id=person_id,
        key=f"dispatch:returned:{answer.pk}:{answer.version}:{person_id}",
        subject=f"退回补充：{answer.row.name}",
        body=f"“{answer.row.dispatch.title}”中的报送内容被退回：{answer.returned_because}",
        url=address(recipient),
        mail=mail,
    )
