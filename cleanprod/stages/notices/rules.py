"""Words and rules of written notices 书面通知书, service, extensions, urging and first checks."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from cleanprod.foundation.organisations.rules import Part
from cleanprod.kernel.errors import Refused
from cleanprod.kernel.lifecycle import Lifecycle, Move
from cleanprod.kernel.period import add_months
from cleanprod.kernel.term import Term


class Way(Term):
    """How a notice is brought to the enterprise."""

    HAND = "hand", "直接送达"
    LEFT = "left", "留置送达"
    POST = "post", "邮寄送达"
    ELECTRONIC = "electronic", "电子送达"
    ENTRUSTED = "entrusted", "委托送达"
    PUBLIC = "public", "公告送达"


class Channel(Term):
    """How an enterprise was urged."""

    PLATFORM = "platform", "平台消息"
    PHONE = "phone", "电话"
    VISIT = "visit", "现场"
    LETTER = "letter", "书面"


class Verdict(Term):
    """What a first check 初审 found."""

    FIT = "fit", "齐全、一致"
    MEND = "mend", "需补充或修改"


class Checked(Term):
    """What a first check looked at."""

    PLAN = "plan", "审核计划"
    REPORT = "report", "审核报告"
    SHEET = "sheet", "绩效表"
    SITE = "site", "现场情况"


class Asked(Term):
    """Where a request for an extension 延期申请 stands."""

    ASKED = "asked", "待批准"
    GRANTED = "granted", "已批准"
    REFUSED = "refused", "不予批准"
    WITHDRAWN = "withdrawn", "已撤回"


class Reply(Term):
    """What can be done to a request for an extension."""

    GRANT = "grant", "批准延期"
    REFUSE = "refuse", "不予批准"
    WITHDRAW = "withdraw", "撤回申请"


_LEAD, _OWNER = frozenset({Part.LEAD}), frozenset({Part.ENTERPRISE})
EXTENSIONS: Lifecycle[Asked, Reply, Part] = Lifecycle(
    [
        Move(Reply.GRANT, Asked.ASKED, Asked.GRANTED, _LEAD),
        Move(Reply.REFUSE, Asked.ASKED, Asked.REFUSED, _LEAD, reason=True),
        Move(Reply.WITHDRAW, Asked.ASKED, Asked.WITHDRAWN, _OWNER),
    ]
)


def checked_until(until: date, *, due: date, today: date, months: int) -> None:
    """Refuse a new day that is no later, already past, or further than one extension reaches."""
    if until <= due:
        raise Refused(f"延期后的日期应晚于现在的到期日 {due.isoformat()}")
    if until < today:
        raise Refused(f"延期后的日期 {until.isoformat()} 早于今天")
    last = add_months(due, months)
    if until > last:
        raise Refused(f"一次延期最长{months}个月，最迟到 {last.isoformat()}")


@dataclass(frozen=True, slots=True)
class Delivery:
    """How and when a notice was served; a scan of the receipt, or the reason why there is none."""

    on: date
    way: Way
    receiver: str
    evidence: int | None = None
    reason: str = ""


def number(head: str, serial: int) -> str:
    """Return the number of one notice: 佛环清通〔2023〕 and 7 give 佛环清通〔2023〕7号."""
    return f"{head}{serial}号"


def checked_head(head: str) -> str:
    """Return the head of the numbers, or refuse one that could not stand before a serial."""
    text = head.strip().removesuffix("号").strip()
    if not text:
        raise Refused("请填写文号字头，如“佛环清通〔2023〕”")
    if text[-1].isdigit():
        raise Refused("文号字头不能以数字结尾，序号由系统依次编排")
    return text


def checked_issue(*, on: date, published_on: date, today: date) -> None:
    """Refuse a notice dated before its list or in the future."""
    if on > today:
        raise Refused(f"通知日期 {on.isoformat()} 晚于今天 {today.isoformat()}")
    if on < published_on:
        raise Refused(f"通知日期 {on.isoformat()} 早于名单公布日期 {published_on.isoformat()}")


def checked_delivery(delivery: Delivery, issued: Iterable[date], *, today: date) -> None:
    """Refuse a service of before the notice or of the future, or one without proof or reason."""
    first = max(issued)
    if delivery.on > today:
        raise Refused(f"送达日期 {delivery.on.isoformat()} 晚于今天 {today.isoformat()}")
    if delivery.on < first:
        raise Refused(f"送达日期 {delivery.on.isoformat()} 早于通知日期 {first.isoformat()}")
    if not delivery.receiver.strip() and delivery.way is not Way.PUBLIC:
        raise Refused("请填写签收人（公告送达的除外）")
    if delivery.evidence is None and not delivery.reason.strip():
        raise Refused("请上传送达回证扫描件；没有扫描件的，请说明原因")


def serials(first: int, wanted: int, taken: Collection[int]) -> list[int]:
    """Return so many serials from the first on, leaving out those that are taken."""
    found: list[int] = []
    serial = first
    while len(found) < wanted:
        if serial not in taken:
            found.append(serial)
        serial += 1
    return found
