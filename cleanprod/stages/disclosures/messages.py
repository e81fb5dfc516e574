"""The words in which enterprises and departments are told of publications."""

from django.urls import reverse

from cleanprod.foundation.notifications.actions import Note
from cleanprod.stages.audits.models import Round
from cleanprod.stages.disclosures.models import Edition


def handed_in(edition: Edition, audit: Round, person_id: int, mail: str) -> Note:
    """Tell somebody of the lead department that a proof of publication waits."""
    return Note(
        person_id=person_id,
        key=f"disclosure:{edition.pk}:handed-in:{person_id}",
        subject=f"公布证明待核对：{audit.name}",
        body=f"{audit.name}公布了列入原因相应内容（第{edition.number}版）并提交证明，请核对通过或退回。",
        url=reverse("disclosures:edition", args=[edition.pk]),
        mail=mail,
    )


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
