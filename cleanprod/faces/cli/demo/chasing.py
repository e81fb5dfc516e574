"""Written notices of 佛山's first ecology list in 2023: issued, mostly served, some firms urged."""

from collections.abc import Mapping
from datetime import date

from cleanprod.foundation.attachments import actions as attachments
from cleanprod.foundation.documents import pdf
from cleanprod.foundation.engine import clock
from cleanprod.foundation.organisations.rules import Line, Standing
from cleanprod.kernel.errors import Refused
from cleanprod.stages.audits.models import Round
from cleanprod.stages.audits.queries import clocks
from cleanprod.stages.audits.rules import Stage
from cleanprod.stages.notices import actions, papers
from cleanprod.stages.notices.models import Notice
from cleanprod.stages.notices.rules import Channel, Checked, Delivery, Verdict, Way
from cleanprod.stages.programme.models import Batch

CITY = "440600"
_AFTER = 5  # days from the list to its notices
_CHASED = date(2023, 9, 20)
_WAYS = ((Way.HAND, "厂务办"), (Way.POST, "门卫室"), (Way.ELECTRONIC, "环保专员"))


def notify(who: Mapping[str, Standing]) -> None:
    """Issue the notices of the list; each county serves all but the last two of its firms."""
    by = who[f"city-{CITY}-{Line.ECOLOGY}"]
    batch = Batch.objects.get(city=CITY, lead=Line.ECOLOGY, year=2023, number=1)
    if batch.published_on is None:
        raise Refused("演示数据有误：佛山2023年第1批名单没有公布")
    on = date.fromordinal(batch.published_on.toordinal() + _AFTER)
    with clock.fixed(on):
        actions.issue(
            batch.pk, on=on, head="演示环清通〔2023〕", contact="陈工 0757-00000000（演示）", by=by
        )
    made = Notice.objects.filter(batch=batch).select_related("round__entry", "batch")
    for place in made.order_by("county").values_list("county", flat=True).distinct():
        county = who[f"county-{place}-{Line.ECOLOGY}"]
        _serve(list(made.filter(county=place).order_by("serial"))[:-2], on, county)


def _serve(notices: list[Notice], issued: date, by: Standing) -> None:
    """Serve in three ways, a week apart; the first way brings a scan of the receipt."""
    for step, (way, receiver) in enumerate(_WAYS):
        some = notices[step :: len(_WAYS)]
        if not some:
            continue
        on = date.fromordinal(issued.toordinal() + 7 * (step + 1))
        with clock.fixed(on):
            scan = None
            if way is Way.HAND:
                paper = pdf.render(papers.paper(some[0], clocks(issued)))
                scan = attachments.store(paper, "送达回证（演示）.pdf", by=by).pk
            reason = "" if scan else "回证原件存县区档案室（演示）"
            delivery = Delivery(on, way, receiver, scan, reason)
            actions.serve([one.pk for one in some], delivery, by=by)


def chase(who: Mapping[str, Standing]) -> None:
    """Let counties urge a few firms that have not registered, and check two reports first."""
    rounds = Round.objects.filter(
        city=CITY, lead=Line.ECOLOGY, list_year=2023, county__isnull=False
    ).order_by("pk")
    with clock.fixed(_CHASED):
        for audit in rounds.filter(stage=Stage.LISTED)[:6]:
            by = who[f"county-{audit.county_id}-{Line.ECOLOGY}"]
            actions.urge(
                [audit.pk], channel=Channel.PHONE,
                text="请尽快注册平台并公布企业信息，有困难的请与本单位联系。", by=by,
            )  # fmt: skip
        for audit, verdict, note in zip(
            rounds.filter(stage=Stage.PLANNED), Verdict,
            ("审核小组、进度和审核重点齐全，与现场一致。", "审核重点未包括喷涂工序，请补充。"),
            strict=False,
        ):  # fmt: skip
            by = who[f"county-{audit.county_id}-{Line.ECOLOGY}"]
            actions.first_check(audit.pk, subject=Checked.PLAN, verdict=verdict, note=note, by=by)
