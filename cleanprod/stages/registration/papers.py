"""The letters that bring claim codes: one page an enterprise, and the same as a workbook."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from cleanprod.foundation.documents.blocks import (
    Align,
    Annex,
    Block,
    Column,
    Form,
    Paper,
    Paragraph,
    Properties,
    Signature,
    Table,
)
from cleanprod.foundation.web import downloads
from cleanprod.stages.programme.models import Batch, Entry
from cleanprod.stages.registration.actions import Issued

TITLE = "清洁生产审核企业注册告知函"
_PLATFORM = "清洁生产信息公共服务平台"
_HEADS = (
    "企业名称", "统一社会信用代码", "名单", "文号", "序号", "认领码", "认领码有效至",
    "注册期限", "平台地址",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Letter:
    """What one letter says; the code is in plain."""

    name: str
    credit_code: str
    listing: str
    document_number: str
    place: str
    published_on: date | None
    code: str
    expires_on: date
    due_on: date | None


def letters(
    batch: Batch,
    issued: Sequence[Issued],
    *,
    entries: Mapping[int, Entry],
    places: Mapping[int, int],
    deadlines: Mapping[int, date],
) -> list[Letter]:
    """Return the letters of codes that were issued for a list; mappings go by enterprise."""
    found = []
    for one in issued:
        entry = entries[one.enterprise]
        found.append(
            Letter(
                entry.name, entry.code, batch.title, batch.document_number,
                str(places.get(entry.pk, "")), batch.published_on, one.code, one.expires_on,
                deadlines.get(one.enterprise),
            )
        )  # fmt: skip
    return found


def paper(rows: Sequence[Letter], *, address: str, office: str, on: date) -> Paper:
    """Return all letters as one paper, each on a page of its own."""
    return Paper(
        title=TITLE,
        properties=Properties(created=on, author=office, subject=TITLE),
        form=Form.TABLE,
        annexes=tuple(Annex("", TITLE, tuple(_letter(row, address, office, on))) for row in rows),
    )


def _letter(row: Letter, address: str, office: str, on: date) -> Sequence[Block]:
    listed = f"已列入{row.listing}" if row.listing else "已列入清洁生产审核企业名单"
    published = f"（{_words(row.published_on)}公布）" if row.published_on else ""
    late = row.due_on is not None and row.due_on < on
    term = f"请于{_words(row.due_on)}前" if row.due_on and not late else "请尽快"
    return (
        Paragraph(f"{row.name}："),
        Paragraph(
            f"贵单位{listed}{published}。{term}登录{_PLATFORM}，"
            "凭下列代码和认领码完成企业注册。注册所建账号用于以后各轮清洁生产审核。"
        ),
        Table(
            columns=(Column("事项", 1.0), Column("内容", 3.0, Align.LEFT)),
            rows=tuple(
                (name, value)
                for name, value in (
                    ("企业名称", row.name),
                    ("统一社会信用代码", row.credit_code or "无（填写企业名称）"),
                    ("名单文号、序号", f"{row.document_number}　第{row.place}号"),
                    ("认领码", row.code),
                    ("认领码有效至", _words(row.expires_on)),
                    ("注册期限", f"{_words(row.due_on) or '—'}{'（已逾期）' if late else ''}"),
                    ("平台地址", address),
                )
                if not (name == "名单文号、序号" and not row.document_number)
            ),
        ),
        Paragraph(
            "认领码只能使用一次，不区分大小写，横线可以不填。凭认领码注册的人为贵单位第一联系人，"
            "请交由负责清洁生产审核的人员办理，不要转给他人。遗失、过期的，"
            f"请向{office}申请重新发放，原认领码同时作废。"
        ),
        Signature((office,), on),
    )


def _words(day: date | None) -> str:
    return f"{day.year}年{day.month}月{day.day}日" if day else ""


def workbook(rows: Sequence[Letter], *, address: str) -> bytes:
    """Return the letters as rows, for a merge of an office's own letter."""
    return downloads.xlsx(
        [
            downloads.Sheet(
                name="注册告知函",
                columns=list(_HEADS),
                rows=[
                    [
                        row.name, row.credit_code, row.listing, row.document_number, row.place,
                        row.code, row.expires_on, row.due_on, address,
                    ]
                    for row in rows
                ],
                lead=[TITLE],
            )
        ]
    )  # fmt: skip
