"""The words in which cities are told what became of their filings."""

from django.urls import reverse

from cleanprod.foundation.notifications.actions import Note
from cleanprod.stages.planning.models import Filing
from cleanprod.stages.planning.rules import FilingAct


def answered(
    filing: Filing, act: FilingAct, remark: str, office: str, person_id: int, mail: str
) -> Note:
    """Tell a person of the city what a provincial department answered to a filing."""
    done = "已登记备案" if act is FilingAct.REGISTER else "退回补正"
    said = f"，需补正：{remark}" if act is FilingAct.RETURN else ""
    return Note(
        person_id=person_id,
        key=f"filing:{filing.pk}:{act.value}:{office}:{person_id}",
        subject=f"{office}{done}：{filing.title}",
        body=f"{filing.submitted_on}报送的“{filing.title}”（{filing.document_number}），"
        f"{office}{act.label}{said}。",
        url=reverse("planning:filing", args=[filing.pk]),
        mail=mail,
    )
