"""The words in which experts and departments are told about appointments."""

from django.urls import reverse

from cleanprod.foundation.engine import clock
from cleanprod.foundation.notifications.actions import Note
from cleanprod.stages.experts.models import Appointment, Expert


def _to(expert: Expert, key: str, subject: str, body: str, *, sms: str = "") -> list[Note]:
    if expert.person_id is None:
        return []
    return [
        Note(
            person_id=expert.person_id, key=key, subject=subject, body=body,
            url=reverse("experts:mine"), mail=expert.mail, mobile=expert.phone if sms else "",
            sms=sms,
        )
    ]  # fmt: skip


def appointed(seat: Appointment, firms: str) -> list[Note]:
    """Ask an expert whether they accept; the other members are not named."""
    panel = seat.panel
    how = "经随机抽取" if seat.draw_id else "经定向邀请"
    return _to(
        seat.expert,
        f"seat:{seat.pk}:asked",
        f"邀请参加清洁生产{panel.get_purpose_display()}评审（{panel.meets_on}）",
        f"{how}，{panel.office_name}邀请您参加{panel.meets_on}的{panel.get_purpose_display()}评审，"
        f"企业：{firms}。请核对与上述企业及其咨询机构有无利害关系，登录平台接受或谢绝。",
        sms=f"{panel.office_name}邀请您参加{panel.meets_on}的清洁生产评审，请登录平台答复。",
    )


def moved(seat: Appointment, reason: str) -> list[Note]:
    """Tell an expert that the meeting has another day."""
    panel = seat.panel
    return _to(
        seat.expert,
        f"seat:{seat.pk}:moved:{clock.now().isoformat()}",
        f"评审会议改在{panel.meets_on}召开",
        f"{panel.office_name}：{panel.get_purpose_display()}评审会议改在{panel.meets_on}召开。"
        f"{reason}。不能参加的，请登录平台谢绝。",
        sms=f"{panel.office_name}：评审会议改在{panel.meets_on}召开，请登录平台查看。",
    )


def ended(seat: Appointment, reason: str) -> list[Note]:
    """Tell an expert that the appointment has ended."""
    panel = seat.panel
    return _to(
        seat.expert,
        f"seat:{seat.pk}:ended",
        f"{panel.meets_on}的评审聘请已解除",
        f"{panel.office_name}解除了{panel.meets_on}{panel.get_purpose_display()}评审的聘请。"
        f"理由：{reason}。",
    )


def answered(seat: Appointment, person_id: int, mail: str) -> Note:
    """Tell the lead department that an expert declined; the mail does not carry the name."""
    panel = seat.panel
    return Note(
        person_id=person_id,
        key=f"seat:{seat.pk}:declined:{person_id}",
        subject=f"{panel.title}有专家谢绝，请补抽",
        body=f"{panel.title}有1名专家谢绝，会议召开前请补抽或另行邀请。",
        url=reverse("experts:panel", args=[panel.pk]),
        mail=mail,
    )


def decided(expert: Expert, verb: str, reason: str) -> list[Note]:
    """Tell an expert what the province decided about the entry in the pool."""
    said = f"理由：{reason}。" if reason else ""
    return _to(
        expert, f"expert:{expert.pk}:{expert.state}:{clock.now().isoformat()}", f"专家库：{verb}",
        f"省级主管部门对您的专家库登记办理了“{verb}”。{said}",
    )  # fmt: skip
