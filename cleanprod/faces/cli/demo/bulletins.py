"""Frozen figures of 2022 with the draft of a bulletin, and a data check that cities answer."""

from collections.abc import Mapping
from datetime import date

from cleanprod.foundation.engine import clock
from cleanprod.foundation.organisations.rules import Line, Standing
from cleanprod.insight.bulletins import actions, checking
from cleanprod.insight.bulletins.checking import View
from cleanprod.insight.bulletins.rules import CHECKED, Kind, Verdict
from cleanprod.insight.statistics.queries import AsOf

_LAST_YEAR = AsOf(2022, date(2023, 2, 22))
_THIS_YEAR = AsOf(2023, date(2023, 8, 31))
_OPENED, _ANSWERED = date(2023, 9, 11), date(2023, 9, 18)
_ALL_GOOD = {figure: View(Verdict.CONFIRMED) for figure in CHECKED}
_CONFIRMING = ("441600", "442000", "441700", "440600", "441300", "441200", "440100", "440300")


def load(who: Mapping[str, Standing]) -> None:
    """Freeze last year's figures and draft their bulletin; let cities check this year's."""
    province = who["province-industry"]
    with clock.fixed(_OPENED):
        frozen = actions.freeze(_LAST_YEAR, note="2022年通过验收情况（演示）", by=province)
        draft = actions.draft(frozen.pk, Kind.PLATFORM_USE, by=province)
        actions.edit(
            draft.pk, {"contact": "演示处室 020-00000000"}, version=draft.version, by=province
        )
        check = checking.open_check(
            _THIS_YEAR, due_on=date(2023, 9, 22), note="通报前核对，请两部门分别确认（演示）",
            by=province,
        )  # fmt: skip
    with clock.fixed(_ANSWERED):
        for city in _CONFIRMING:
            for line in Line:
                checking.say(check.pk, _ALL_GOOD, by=who[f"city-{city}-{line}"])
        view = View(Verdict.DISPUTED, "两家企业8月29日已通过验收，验收意见正在上传")
        checking.say(
            check.pk, _ALL_GOOD | {"industry": view}, by=who[f"city-441900-{Line.INDUSTRY}"]
        )
