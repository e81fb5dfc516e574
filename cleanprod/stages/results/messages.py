"""The words in which firms and departments are told about results and objections."""

from django.urls import reverse

from cleanprod.foundation.notifications.actions import Note
from cleanprod.stages.results.models import Batch, Line, Objection


def announced(batch: Batch, line: Line, person: int, mail: str) -> Note:
    """Tell a firm that its result was announced."""
    return Note(
        person_id=person,
        key=f"results:{batch.pk}:{line.pk}",
        subject=f"审核结果已公布：{line.get_conclusion_display()}",
        body=f"{batch.title}（{batch.document_number}）已于{batch.announced_on}公布，"
        f"{line.round.name}的结论为“{line.get_conclusion_display()}”。",
        url=f"/rounds/{line.round_id}/",
        mail=mail,
    )


def objected(objection: Objection, person: int, mail: str) -> Note:
    """Tell the lead department that somebody objected."""
    return Note(
        person_id=person,
        key=f"objection:{objection.pk}",
        subject=f"收到公示异议 {objection.number}",
        body=f"“{objection.batch.title}”公示期间收到异议，请核实并答复。",
        url=reverse("results:objection", args=[objection.pk]),
        mail=mail,
    )
