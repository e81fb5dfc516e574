"""The words that submissions and returns are told in."""

from django.urls import reverse

from cleanprod.foundation.notifications.actions import Note
from cleanprod.stages.submissions.models import Submission


def submitted(submission: Submission, person_id: int, mail: str) -> Note:
    """Tell a person of the lead department or the county that a report came in."""
    audit = submission.round
    again = f"（第{submission.number}次提交）" if submission.number > 1 else ""
    return Note(
        person_id=person_id,
        key=f"submission:{submission.pk}:{person_id}",
        subject=f"审核报告已提交：{audit.name}",
        body=(
            f"{audit.name}于{submission.happened_on}提交{submission.get_purpose_display()}{again}，"
            f"提交回执 {submission.receipt.number}，待受理。"
        ),
        url=reverse("submissions:submission", args=[submission.pk]),
        mail=mail,
    )


def returned(submission: Submission, person_id: int, mail: str) -> Note:
    """Tell a person of the enterprise or its consultancy that the report came back, and why."""
    audit = submission.round
    return Note(
        person_id=person_id,
        key=f"submission:{submission.pk}:returned:{person_id}",
        subject=f"审核报告被退回：{audit.name}",
        body=(
            f"{submission.returned_office}于{submission.returned_on}退回"
            f"{submission.get_purpose_display()}（提交回执 {submission.receipt.number}）。"
            f"理由：{submission.returned_reason}。请修改后上传新的一稿，填写修改说明对照表，重新提交。"
        ),
        url=reverse("submissions:submission", args=[submission.pk]),
        mail=mail,
    )
