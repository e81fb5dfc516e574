"""The words that service and urging are told in."""

from django.urls import reverse

from cleanprod.foundation.notifications.actions import Note
from cleanprod.stages.notices.models import Extension, Notice, Urging
from cleanprod.stages.notices.rules import Asked


def issued(notice: Notice, person_id: int, mail: str) -> Note:
    """Tell a person of an enterprise that its written notice can be read."""
    return Note(
        person_id=person_id,
        key=f"notice:{notice.pk}:{person_id}",
        subject=f"书面通知书：{notice.number}",
        body=(
            f"{notice.issuer}于{notice.issued_on}出具清洁生产审核书面通知书（{notice.number}），"
            "纸质件由所在地主管部门送达，请签收送达回证。"
        ),
        url=f"/rounds/{notice.round_id}/",
        mail=mail,
    )


def urged(urging: Urging, person_id: int, mail: str) -> Note:
    """Tell a person of an enterprise what it is urged to do."""
    owed = f"未完成事项：{urging.owed}。" if urging.owed else ""
    return Note(
        person_id=person_id,
        key=f"urging:{urging.pk}:{person_id}",
        subject=f"催办：{urging.office_name}",
        body=f"{urging.text}{'' if urging.text.endswith(('。', '！')) else '。'}{owed}",
        url=f"/rounds/{urging.round_id}/",
        mail=mail,
    )


def asked(extension: Extension, person_id: int, mail: str) -> Note:
    """Tell somebody of the lead department that an enterprise asks for more time."""
    audit = extension.round
    return Note(
        person_id=person_id,
        key=f"extension:{extension.pk}:asked:{person_id}",
        subject=f"延期申请：{audit.name}",
        body=(
            f"{audit.name}申请将“{extension.title}”（{extension.due_on}前）延期至{extension.until}。"
            f"理由：{extension.reason}。请批准或不予批准，批准以前按原到期日计算。"
        ),
        url=reverse("notices:extension", args=[extension.pk]),
        mail=mail,
    )


def decided(extension: Extension, person_id: int, mail: str) -> Note:
    """Tell a person of an enterprise what became of its request for more time."""
    granted = extension.state == Asked.GRANTED
    said = (
        f"已批准延期至{extension.granted_until}。"
        if granted
        else f"不予批准：{extension.decision}。"
    )
    return Note(
        person_id=person_id,
        key=f"extension:{extension.pk}:{extension.state}:{person_id}",
        subject=f"延期申请：{'已批准' if granted else '不予批准'}",
        body=f"“{extension.title}”（到期日{extension.due_on}）的延期申请，{extension.office_name}"
        f"{said}",
        url=f"/rounds/{extension.round_id}/",
        mail=mail,
    )
