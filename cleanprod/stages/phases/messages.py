"""The words in which an enterprise is told of remarks on its plan."""

from django.urls import reverse

from cleanprod.foundation.notifications.actions import Note
from cleanprod.stages.phases.models import Remark


def remarked(remark: Remark, person_id: int, mail: str) -> Note:
    """Tell a contact of an enterprise what a department says about the plan."""
    plan = remark.plan
    return Note(
        person_id=person_id,
        key=f"plan-remark:{remark.pk}:{person_id}",
        subject=f"审核计划有反馈意见：{plan.round.name}",
        body=f"{remark.office_name}对审核计划第{plan.version}版的反馈意见：{remark.text}",
        url=reverse("phases:plan", args=[plan.round_id]),
        mail=mail,
    )
