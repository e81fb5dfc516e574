"""The words that a round's events are told in."""

from cleanprod.foundation.notifications.actions import Note
from cleanprod.stages.audits.models import Amendment, AmendmentLine, Round
from cleanprod.stages.audits.rules import Change
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


_MEANING = {
    Change.CANCEL: "贵单位本轮清洁生产审核取消，未完成的期限终止，不需要再办理。",
    Change.DEFER: (
        "贵单位本轮清洁生产审核暂缓，未完成的期限终止；以后滚动纳入名单时另行通知，期限重新起算。"
    ),
    Change.ROLL: (
        "贵单位滚动纳入本名单，应开展清洁生产审核，期限从变更日期起算，"
        "各项期限见本轮清洁生产审核页面。"
    ),
}


def amended(
    batch: Batch, amendment: Amendment, line: AmendmentLine, person_id: int, mail: str
) -> Note:
    """Tell a person of an enterprise what a notice changed for it, and what that means."""
    change = Change(line.change)
    return Note(
        person_id=person_id,
        key=f"amendment:{amendment.pk}:{line.entry_id}:{person_id}",
        subject=f"名单变更：贵单位已{change.label}（{amendment.document_number}）",
        body=(
            f"{amendment.happened_on}，{batch.title}{amendment.title}"
            f"（{amendment.document_number}，{amendment.issuers}）：{change.label}。"
            f"理由：{line.reason}。{_MEANING[change]}"
        ),
        url=f"/rounds/{line.round_id}/",
        mail=mail,
    )


def carried(audit: Round, year: int, person_id: int, mail: str) -> Note:
    """Tell a person of an enterprise that its round goes on over the turn of the year."""
    return Note(
        person_id=person_id,
        key=f"round:{audit.pk}:carried:{year}:{person_id}",
        subject=f"本轮清洁生产审核跨年结转到{year + 1}年",
        body=(
            f"{audit.name}列入{audit.list_year}年名单的本轮清洁生产审核在{year}年底没有完成，"
            f"结转到{year + 1}年继续开展，不因年底没有完成判定未通过。原定期限不变，"
            "确有困难的，可以在本轮清洁生产审核页面申请延期。"
        ),
        url=f"/rounds/{audit.pk}/",
        mail=mail,
    )
