"""The words that a round's events are told in."""

from cleanprod.foundation.notifications.actions import Note
from cleanprod.stages.programme.models import Batch


def listed(batch: Batch, round_id: int, person_id: int, mail: str) -> Note:
    """Tell a person of an enterprise that it was listed and what comes first."""
    return Note(
        person_id=person_id,
        key=f"round:{round_id}:listed:{person_id}",
        subject=f"贵单位已列入{batch.year}年度清洁生产审核企业名单",
        body=(
            f"{batch.title}已于{batch.published_on}公布（{batch.document_number}）。"
            "请在规定期限内完成平台注册并公布企业信息，各项期限见本轮清洁生产审核页面。"
        ),
        url=f"/rounds/{round_id}/",
        mail=mail,
    )
