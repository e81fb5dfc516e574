"""The words in which people are told what was asked for, and what became of it."""

from django.urls import reverse

from cleanprod.foundation.accounts.models import Person
from cleanprod.foundation.engine import clock
from cleanprod.foundation.notifications.actions import Note
from cleanprod.foundation.organisations.models import Organisation
from cleanprod.stages.registration.models import Change, Engagement, Request, Reset
from cleanprod.stages.registration.rules import ContactAct, Decision


def asked(request: Request, what: str, route: str, person_id: int, mail: str) -> Note:
    """Tell somebody of an office what an enterprise or a visitor asks of it."""
    return Note(
        person_id=person_id,
        key=f"{route}:{request.pk}:asked:{person_id}",
        subject=what,
        body=f"{request.asked_on}收到：{what}。请核实后办理。",
        url=reverse(route, args=[request.pk]),
        mail=mail,
    )


def change_decided(change: Change, act: Decision, person_id: int, mail: str) -> Note:
    """Tell a contact what the department decided about a change."""
    kind = change.get_kind_display()
    said = "已确认" if act is Decision.GRANT else "未确认"
    why = f"意见：{change.decision}。" if change.decision else ""
    return Note(
        person_id=person_id,
        key=f"change:{change.pk}:{act.value}:{person_id}",
        subject=f"企业变更{said}：{kind}",
        body=f"{change.asked_on}提出的企业变更（{kind}），{change.decided_at}{said}。{why}",
        url=reverse("registration:change", args=[change.pk]),
        mail=mail,
    )


_MEANING = {
    ContactAct.HAND_OVER: "您现为第一联系人，负责管理联系人。",
    ContactAct.DEPUTE: "第一联系人不在时，由您管理联系人。",
    ContactAct.RECALL: "您现为第二联系人，照常办理审核事项。",
    ContactAct.REMOVE: "您不能再为该单位办理事项。",
}


def contact_changed(
    firm: Organisation, act: ContactAct, person: Person, by: str, reason: str
) -> Note:
    """Tell a contact what another contact of the enterprise did about them."""
    why = f"理由：{reason}。" if reason else ""
    return Note(
        person_id=person.pk,
        key=f"contact:{firm.pk}:{act.value}:{person.pk}:{clock.now():%Y%m%d%H%M%S%f}",
        subject=f"{firm.name}：{act.label}",
        body=f"{by}办理了{act.label}：{person.name}。{_MEANING[act]}{why}如有疑问，请联系本单位。",
        url="" if act is ContactAct.REMOVE else reverse("registration:contacts"),
        mail=person.email,
    )


def reset_asked(reset: Reset, person_id: int, mail: str) -> Note:
    """Warn a contact that a visitor asks for the account, while it can still be prevented."""
    return Note(
        person_id=person_id,
        key=f"reset:{reset.pk}:told:{person_id}",
        subject=f"有人申请重置{reset.enterprise.name}的企业账号",
        body=(
            f"{reset.name}于{reset.asked_on}提交授权书，申请重置企业账号；"
            "同意后，现有联系人全部解除。如非本单位申请，请立即联系牵头部门或所在县区主管部门。"
        ),
        mail=mail,
    )


def contacts_ended(reset: Reset, person_id: int, mail: str) -> Note:
    """Warn a contact whose access ended, so that a theft does not go unnoticed."""
    return Note(
        person_id=person_id,
        key=f"reset:{reset.pk}:ended:{person_id}",
        subject=f"您不再是{reset.enterprise.name}的联系人",
        body=(
            f"{reset.decided_at}凭{reset.name}提交的授权书，于{reset.decided_on}重置了企业账号，"
            "原有联系人全部解除。如非本单位申请，请立即联系该部门。"
        ),
        mail=mail,
    )


def engaged(engagement: Engagement, act: str, person_id: int, mail: str) -> Note:
    """Tell a consultancy that it was engaged, or that the engagement ended."""
    audit, begun = engagement.round, act == "engage"
    days = f"{engagement.begins_on}至{engagement.ends_on}"
    return Note(
        person_id=person_id,
        key=f"engagement:{engagement.pk}:{act}:{person_id}",
        subject=f"{audit.name}{'委托' if begun else '撤销委托'}：{audit.list_year}年名单本轮审核",
        body=f"范围：{engagement.get_scope_display()}，{days}。"
        if begun
        else f"自{engagement.revoked_on}起不能再查看和办理。",
        url=reverse("registration:engaged", args=[audit.pk]) if begun else "",
        mail=mail,
    )
