"""Data checks, frozen figures and papers of two years; a public table; what does not fit."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from cleanprod.faces.cli.demo import plan
from cleanprod.foundation.attachments import actions as attachments
from cleanprod.foundation.documents import pdf
from cleanprod.foundation.documents.blocks import Signature
from cleanprod.foundation.engine import clock
from cleanprod.foundation.organisations.rules import Line, Standing
from cleanprod.insight.bulletins import actions, checking, papers
from cleanprod.insight.bulletins.checking import View
from cleanprod.insight.bulletins.models import Bulletin, Snapshot
from cleanprod.insight.bulletins.rules import BLANK_DAY, CHECKED, Kind, Verdict
from cleanprod.insight.statistics import actions as statistics
from cleanprod.insight.statistics.queries import AsOf
from cleanprod.insight.statistics.rules import Report
from cleanprod.stages.audits import actions as audits
from cleanprod.stages.audits.models import Round
from cleanprod.stages.audits.rules import WORKING, Milestone
from cleanprod.stages.review import actions as review
from cleanprod.stages.review.actions import NewResult
from cleanprod.stages.review.rules import Conclusion

_LAST_YEAR = AsOf(2022, date(2023, 2, 22))
_HALF = AsOf(2023, date(2023, 6, 30))
_THIS_YEAR = AsOf(2023, date(2023, 8, 31))
_ALL_GOOD = {figure: View(Verdict.CONFIRMED) for figure in CHECKED}
_CONFIRMING = ("441600", "442000", "441700", "440600", "441300", "441200", "440100", "440300")
_SILENT, _LATE, _DISPUTING = "441800", "445200", "441900"
_CONTACT = "演示处室 020-00000000"

Who = Mapping[str, Standing]


def load(who: Who) -> None:
    """Check, freeze and write last year's bulletin and this half-year's papers; ask anew."""
    _last_year(who)
    _half_year(who)
    _this_year(who)
    with clock.fixed(date(2023, 9, 4)):
        _discrepancy(who["province-ecology"])


def _last_year(who: Who) -> None:
    province = who["province-industry"]
    with clock.fixed(date(2023, 2, 22)):
        check = checking.open_check(
            _LAST_YEAR, due_on=date(2023, 2, 28), note="通报前核对（演示）", by=province
        )
    with clock.fixed(date(2023, 2, 24)):
        for city in (one.code for one in plan.notice() if one.code not in (_SILENT, _LATE)):
            _confirm(check.pk, city, who)
    with clock.fixed(date(2023, 3, 1)):
        _confirm(check.pk, _LATE, who)
        checking.say(check.pk, _ALL_GOOD, by=who[f"city-{_SILENT}-{Line.ECOLOGY}"])
        checking.close_check(check.pk, by=province)
    with clock.fixed(date(2023, 3, 2)):
        frozen = actions.freeze(_LAST_YEAR, note="2022年通过验收情况（演示）", by=province)
        draft = _draft(frozen, Kind.PLATFORM_USE, "3月31", province)
        statistics.disclose(Report.ANNEX1, _LAST_YEAR, by=province)
    with clock.fixed(date(2023, 3, 8)):
        _issue(draft, "演示函〔2023〕1号", date(2023, 3, 8), province)


def _half_year(who: Who) -> None:
    province = who["province-industry"]
    with clock.fixed(date(2023, 7, 10)):
        frozen = actions.freeze(_HALF, note="2023年上半年（演示）", by=province)
        done = _draft(frozen, Kind.PROGRESS, "8月15", province)
        actions.finish(done.pk, version=done.version, by=province)
        actions.draft(frozen.pk, Kind.BRIEF, by=province)


def _this_year(who: Who) -> None:
    with clock.fixed(date(2023, 9, 11)):
        check = checking.open_check(
            _THIS_YEAR, due_on=date(2023, 10, 9), note="通报前核对，请两部门分别确认（演示）",
            by=who["province-industry"],
        )  # fmt: skip
    with clock.fixed(date(2023, 9, 18)):
        for city in _CONFIRMING:
            _confirm(check.pk, city, who)
        view = View(Verdict.DISPUTED, "两家企业8月29日已通过验收，验收意见正在上传")
        checking.say(
            check.pk, _ALL_GOOD | {"industry": view}, by=who[f"city-{_DISPUTING}-{Line.INDUSTRY}"]
        )


def _confirm(check: int, city: str, who: Who) -> None:
    for line in Line:
        checking.say(check, _ALL_GOOD, by=who[f"city-{city}-{line}"])


def _draft(frozen: Snapshot, kind: Kind, day: str, by: Standing) -> Bulletin:
    """Draft a paper and write into it what a drafter adds: the day of the feedback, the contact."""
    draft = actions.draft(frozen.pk, kind, by=by)
    demands = draft.demands.replace(BLANK_DAY, f"{day}日")
    return actions.edit(
        draft.pk, {"contact": _CONTACT, "demands": demands}, version=draft.version, by=by
    )


def _issue(draft: Bulletin, number: str, on: date, by: Standing) -> None:
    """Finish a draft and register what the office system made of it, with an invented scan."""
    done = actions.finish(draft.pk, version=draft.version, by=by)
    text = papers.paper(done, actions.issuers(done.joint))
    signature = Signature(text.letterhead, on)
    issued = replace(text, doc_number=number, signature=signature, draft=False)
    scan = attachments.store(pdf.render(issued), f"{number}扫描（演示）.pdf", by=by)
    actions.issue(done.pk, number=number, on=on, scan=scan.pk, by=by)


def _discrepancy(by: Standing) -> None:
    """Bring a completion of the old platform in for a firm whose acceptance nobody recorded."""
    audit = _working("440300", Line.INDUSTRY)[0]
    fact = audits.NewFact(
        audit.pk, Milestone.COMPLETED, date(2023, 8, 25), document_number="GD202399999"
    )
    audits.migrate_completions([fact], by=by)


def enter_late(who: Who) -> None:
    """Let a city record acceptances of July only now 补录."""
    with clock.fixed(plan.TODAY):
        results = [
            NewResult(audit.pk, Conclusion.PASSED, date(2023, 7, 21), "演示〔2023〕47号")
            for audit in _working("440700", Line.ECOLOGY)[:2]
        ]
        review.record_results(results, by=who[f"city-440700-{Line.ECOLOGY}"])


def _working(city: str, lead: Line) -> list[Round]:
    found = Round.objects.filter(city=city, lead=lead, list_year=2023, stage__in=WORKING)
    return list(found.filter(listed_on__lt=date(2023, 6, 1), completed_on=None).order_by("-pk")[:5])
