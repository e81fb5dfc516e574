"""The words in which an enterprise is told of its publications."""

from django.urls import reverse

from cleanprod.foundation.notifications.actions import Note
from cleanprod.stages.audits.models import Round
from cleanprod.stages.disclosures.models import Edition


def returned(edition: Edition, audit: Round, reason: str, person_id: int, mail: str) -> Note:
    """Tell a person of an enterprise that the proof of its publication came back."""
    return Note(
        person_id=person_id,
        key=f"disclosure:{edition.pk}:returned:{person_id}",
        subject=f"公布证明被退回：{audit.name}",
        body=f"第{edition.number}版及其公布证明被退回：{reason}。请修改后重新提交。",
        url=reverse("disclosures:round", args=[audit.pk]),
        mail=mail,
    )
