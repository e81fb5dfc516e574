"""A list as a workbook: the annex of its notice, and a file that an office can import again."""

from collections.abc import Iterable

from cleanprod.foundation.web import downloads
from cleanprod.stages.programme.models import Entry

_HEADS = (
    "序号", "企业名称", "统一社会信用代码", "县区", "详细地址", "行业代码", "审核类型", "列入原因",
    "牵头部门", "是否VOCs重点监管", "上轮验收日期", "备注",
)  # fmt: skip


def workbook(title: str, entries: Iterable[Entry]) -> bytes:
    """Return the enterprises under their title, in the columns that an import knows."""
    rows = [
        [
            number, entry.name, entry.code, entry.county.name if entry.county else "",
            entry.address, entry.industry, entry.get_kind_display(), entry.reasons,
            entry.batch.get_lead_display(), entry.get_vocs_display() if entry.vocs else "",
            entry.last_accepted, entry.note,
        ]
        for number, entry in enumerate(entries, 1)
    ]  # fmt: skip
    return downloads.xlsx([downloads.Sheet("企业名单", list(_HEADS), rows, lead=[title])])
