"""The words in which city departments hear of a data check."""

from django.urls import reverse

from cleanprod.foundation.notifications.actions import Note
from cleanprod.insight.bulletins.models import DataCheck, Opinion


def address(check: DataCheck) -> str:
    """Return where a department looks at its figures."""
    return reverse("bulletins:check", args=[check.pk])


def opened(check: DataCheck, person_id: int, mail: str) -> Note:
    """Ask a department to look at its figures by a day."""
    note = f"说明：{check.note}" if check.note else ""
    return _note(
        check, f"check:{check.pk}:{person_id}", f"请核对{check}",
        f"{check.office_name}发起数据核对，请于{check.due_on}前逐项确认，有异议的写明理由。{note}",
        person_id, mail,
    )  # fmt: skip


def urged(check: DataCheck, day: str, person_id: int, mail: str) -> Note:
    """Ask a department again that has not looked at all of its figures."""
    return _note(
        check, f"check:urge:{check.pk}:{day}:{person_id}", f"请尽快核对{check}",
        f"本部门还没有核对全部数据项，核对期限为{check.due_on}。",
        person_id, mail,
    )  # fmt: skip


def answered(opinion: Opinion, label: str, person_id: int, mail: str) -> Note:
    """Tell a department what the province answered to its dispute."""
    check = opinion.check_of
    return _note(
        check, f"check:answer:{opinion.pk}:{opinion.answered_on}:{person_id}",
        f"数据异议已答复：{label}", f"{check}：{opinion.answer}（{opinion.answered_by}）",
        person_id, mail,
    )  # fmt: skip


def _note(
    check: DataCheck, key: str, subject: str, body: str, person_id: int, mail: str
) -> Note:  # fmt: skip
    return Note(
        person_id=person_id, key=key, subject=subject, body=body, url=address(check), mail=mail
    )  # fmt: skip
