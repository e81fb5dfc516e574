"""Dispatches of the demo: one closed and one open in 佛山, one open of the province."""

from collections.abc import Mapping
from datetime import date

from cleanprod.faces.cli.demo import plan
from cleanprod.foundation.engine import clock
from cleanprod.foundation.organisations.rules import Line, Standing
from cleanprod.kernel.errors import Refused
from cleanprod.stages.dispatch import actions, answering, queries
from cleanprod.stages.dispatch.models import Dispatch, Recipient
from cleanprod.stages.dispatch.rules import Addressed, Selection

CITY = "440600"
_SAID = (
    ("正在审核", "2023-11-30", "监测数据不全", "已委托监测，十月补齐后编制报告。"),
    ("尚未开展", "2023-12-15", "企业负责人更换", "已上门指导，十月上旬启动审核。"),
    ("报告编制中", "2023-10-31", "", "十月底前提交审核报告。"),
    ("停产或搬迁", "", "生产线停产检修", "复产后启动，按程序申请暂缓。"),
)


def load(who: Mapping[str, Standing]) -> None:
    """Open the three dispatches day by day; counties and cities answer some of them."""
    ecology, industry = (who[f"city-{CITY}-{line}"] for line in (Line.ECOLOGY, Line.INDUSTRY))
    first = _opened("第三季度逾期事项调度", date(2023, 9, 4), date(2023, 9, 14), ecology)
    with clock.fixed(date(2023, 9, 12)):
        _answer(first, who, percent=40)
    with clock.fixed(date(2023, 9, 15)):
        actions.remind(first.pk, text="请尽快报送；有困难的请说明。", by=ecology)
        _answer(first, who, percent=80)
    with clock.fixed(date(2023, 9, 20)):
        actions.close(first.pk, by=ecology)
    second = _opened("年底前完成审核进度调度", date(2023, 9, 22), date(2023, 10, 8), industry)
    with clock.fixed(date(2023, 9, 26)):
        _answer(second, who, percent=60)
    province = who[f"province-{Line.ECOLOGY}"]
    third = _opened("全省逾期未完成事项调度", date(2023, 9, 18), date(2023, 9, 27), province)
    with clock.fixed(date(2023, 9, 25)):
        _answer(third, who, percent=55)
    with clock.fixed(plan.TODAY):
        actions.remind(third.pk, text="尚未报送的地市请于国庆节前报送。", by=province)


def _opened(title: str, on: date, answer_on: date, by: Standing) -> Dispatch:
    with clock.fixed(on):
        said = actions.Draft(
            title, f"为掌握截至{on.month}月{on.day}日逾期未完成事项的进展，请逐家报送。", answer_on,
            queries.offered(on),
            Selection(tuple(key for key, _ in queries.duty_titles(on)), lead=by.line or ""),
            Addressed.COUNTY, "陈工 0757-00000000（演示）",
        )  # fmt: skip
        return actions.open_dispatch(actions.draft(said, by=by).pk, by=by)


def _answer(dispatch: Dispatch, who: Mapping[str, Standing], *, percent: int) -> None:
    """Let the first recipients answer, every fourth of them one row short."""
    recipients = list(dispatch.recipients.order_by("pk"))
    for place, one in enumerate(recipients[: len(recipients) * percent // 100]):
        by = _who(one, who)
        rows = list(one.rows.filter(answer=None).order_by("place"))
        some = rows[:-1] if place % 4 == 3 else rows
        if by is None or not some:
            continue
        answering.take(one.pk, {row.pk: _said(number) for number, row in enumerate(some)}, by=by)
        answering.hand_in(one.pk, by=by)


def _who(recipient: Recipient, who: Mapping[str, Standing]) -> Standing | None:
    if recipient.county_id:
        return who.get(f"county-{recipient.county_id}-{recipient.lead}")
    found = who.get(f"city-{recipient.city_id}-{recipient.lead}")
    if found is None:
        raise Refused(f"演示数据有误：没有{recipient.name}的账号")
    return found


def _said(number: int) -> dict[str, str]:
    progress, expected, difficulty, following = _SAID[number % len(_SAID)]
    return {
        "progress": progress, "expected": expected, "difficulty": difficulty, "next": following,
    }  # fmt: skip
