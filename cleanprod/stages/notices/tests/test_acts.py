"""Issue, service, urging and first check: who may, once only, all or nothing."""

from dataclasses import replace
from datetime import date
from io import BytesIO

import pytest
from openpyxl import load_workbook

from cleanprod.foundation.notifications.models import Message
from cleanprod.foundation.trail.models import Entry as TrailEntry
from cleanprod.kernel.errors import Conflict, NotAllowed, Refused
from cleanprod.stages.audits import actions as audits
from cleanprod.stages.audits.actions import NewFact
from cleanprod.stages.audits.models import Round
from cleanprod.stages.audits.rules import Act, Milestone
from cleanprod.stages.notices import access, actions, papers, queries
from cleanprod.stages.notices.models import FirstCheck, Notice, Service, Urging
from cleanprod.stages.notices.rules import Channel, Checked, Delivery, Verdict, Way
from tests import world
from tests.flow import KEY, LEAD, at_once, firms, listed, take_list

HEAD = "佛环清通〔2022〕"
ISSUED = date(2022, 3, 10)
COUNTY = "nanhai-industry"
SERVED = Delivery(date(2022, 3, 20), Way.HAND, "李四", reason="回证存县区档案")


@pytest.fixture
def batch(cast):
    """Publish a list of four firms, three of them in 南海."""
    published = listed(cast, firms(4)).batch
    Round.objects.update(county=world.NANHAI)
    away = Round.objects.order_by("pk").last()
    Round.objects.filter(pk=away.pk).update(county=world.SHUNDE)
    return published


@pytest.fixture
def county(cast, batch):
    """Return the county's standing for both lines."""
    return replace(cast[COUNTY], line=None)


def issue(cast, batch, by=LEAD, **changes):
    return actions.issue(batch.pk, **({"on": ISSUED, "head": HEAD, "by": cast[by]} | changes))


def test_all_firms_of_a_list_get_a_notice_once_with_numbers_that_run_on(cast, batch):
    assert issue(cast, batch) == 4
    assert issue(cast, batch) == 0
    numbers = list(Notice.objects.order_by("pk").values_list("number", flat=True))
    assert numbers == [f"{HEAD}{n}号" for n in (1, 2, 3, 4)]
    assert TrailEntry.objects.filter(act="notice:issue").count() == 4
    second = listed(cast, firms(2, first=9), key=replace(KEY, number=2)).batch
    assert issue(cast, second) == 2
    assert Notice.objects.order_by("-serial").first().number == f"{HEAD}6号"


@pytest.mark.django_db(transaction=True)
def test_two_clicks_at_the_same_moment_issue_once(cast):
    batch = listed(cast, firms(3)).batch
    came = at_once(*(lambda: issue(cast, batch) for _ in range(2)))
    assert sorted(came) == [0, 3]
    assert Notice.objects.count() == 3


def test_only_the_department_that_leads_the_list_issues(cast, batch):
    for name in sorted({*world.ROLES} - {LEAD}):
        with pytest.raises(NotAllowed):
            issue(cast, batch, by=name)
    assert not Notice.objects.exists()


def test_a_draft_list_has_no_notices(cast):
    with pytest.raises(Refused, match="公布以后"):
        issue(cast, take_list(cast, firms(1)).batch)


def test_a_firm_that_was_cancelled_gets_none_and_one_that_rolls_in_again_does(cast, batch):
    first, *_ = Round.objects.order_by("pk")
    fact = NewFact(first.pk, Milestone.CANCELLED, ISSUED, reason="关停")
    audits.record(Act.CANCEL, [fact], by=cast[LEAD])
    assert issue(cast, batch) == 3
    assert not first.notices.exists()


def test_a_county_serves_many_at_once_and_twice_is_once(cast, batch, county):
    issue(cast, batch)
    mine = list(access.visible_to(county).values_list("pk", flat=True))
    assert len(mine) == 3
    assert queries.to_serve(county).count() == 3
    assert actions.serve(mine, SERVED, by=county) == 3
    assert actions.serve(mine, SERVED, by=county) == 0
    assert queries.to_serve(county).count() == 0
    assert queries.to_serve(cast[LEAD]).count() == 1
    shown = queries.progress(cast[LEAD], batch)
    assert (shown.firms, shown.issued, shown.served) == (4, 4, 3)
    assert queries.by_county(cast[LEAD], batch) == [
        (world.NANHAI, "南海区", 3, 3), (world.SHUNDE, "顺德区", 1, 0),
    ]  # fmt: skip


def test_a_service_that_says_otherwise_stops_all(cast, batch, county):
    issue(cast, batch)
    one, *others = access.visible_to(county).values_list("pk", flat=True)
    actions.serve([one], SERVED, by=county)
    with pytest.raises(Conflict, match="已登记于2022-03-20送达"):
        actions.serve([*others, one], Delivery(ISSUED, Way.POST, "王五", reason="无"), by=county)
    assert Service.objects.count() == 1


def test_a_county_serves_nobody_elses_firms(cast, batch, county):
    issue(cast, batch)
    everybody = list(Notice.objects.values_list("pk", flat=True))
    for standing in (county, cast["shunde-industry"], cast["foshan-industry"], cast["red-star"]):
        with pytest.raises(NotAllowed):
            actions.serve(everybody, SERVED, by=standing)
    assert not Service.objects.exists()
    assert actions.serve(everybody, SERVED, by=cast[LEAD]) == 4


def test_a_mistaken_service_is_withdrawn_with_a_reason_and_recorded_anew(cast, batch, county):
    issue(cast, batch)
    notice = access.visible_to(county).first()
    actions.serve([notice.pk], SERVED, by=county)
    wrong = Service.objects.get()
    with pytest.raises(Refused, match="理由"):
        actions.withdraw_service(wrong.pk, reason=" ", by=county)
    with pytest.raises(NotAllowed):
        actions.withdraw_service(wrong.pk, reason="错了", by=cast["foshan-industry"])
    for _ in range(2):
        actions.withdraw_service(wrong.pk, reason="日期填错", by=county)
    assert TrailEntry.objects.filter(act="notice:unserve").count() == 1
    right = Delivery(date(2022, 3, 21), Way.HAND, "李四", reason="回证存县区档案")
    assert actions.serve([notice.pk], right, by=county) == 1
    assert queries.last_service([notice.pk])[notice.pk].happened_on == right.on


def test_firms_are_urged_once_a_day_with_what_they_owe(cast, batch, county):
    audit = Round.objects.filter(county=world.NANHAI).first()
    Round.objects.filter(pk=audit.pk).update(enterprise=cast.offices["red-star"])
    words = {"channel": Channel.PHONE, "text": "请尽快注册"}
    assert actions.urge([audit.pk], by=county, **words) == 1
    assert actions.urge([audit.pk], by=county, **words) == 0
    kept = Urging.objects.get()
    assert "注册平台" in kept.owed
    assert "2022-04-08" in kept.owed
    message = Message.objects.get(person_id=cast["red-star"].person_id, key__startswith="urging:")
    assert "请尽快注册" in message.body
    for name in ("foshan-industry", "shunde-industry", "red-star", "province-ecology"):
        with pytest.raises(NotAllowed):
            actions.urge([audit.pk], by=cast[name], **words)


def test_an_ended_round_is_not_urged_nor_checked(cast, batch, county):
    audit = Round.objects.filter(county=world.NANHAI).first()
    fact = NewFact(audit.pk, Milestone.CANCELLED, ISSUED, reason="关停")
    audits.record(Act.CANCEL, [fact], by=cast[LEAD])
    with pytest.raises(Refused, match="不需要催办"):
        actions.urge([audit.pk], channel=Channel.PHONE, text="请注册", by=county)
    with pytest.raises(Refused, match="不再初审"):
        check(audit, county)


def check(audit, by, note="缺三年用水数据"):
    return actions.first_check(
        audit.pk, subject=Checked.REPORT, verdict=Verdict.MEND, note=note, by=by
    )


def test_a_county_keeps_its_first_check_and_the_stage_stays(cast, batch, county):
    audit = Round.objects.filter(county=world.NANHAI).first()
    before = audit.stage
    assert check(audit, county).pk == check(audit, county).pk
    audit.refresh_from_db()
    assert audit.stage == before
    for name in sorted({*world.ROLES} - {COUNTY}):
        with pytest.raises(NotAllowed):
            check(audit, cast[name])
    with pytest.raises(Refused, match="初审意见"):
        check(audit, county, " ")
    assert FirstCheck.objects.count() == 1


def test_what_is_owed_is_split_by_place_and_line(cast, batch, county):
    today = date(2022, 4, 20)
    assert queries.owed(county, today, 0).count() == 3  # registration of three firms is late
    assert queries.owed(cast[LEAD], today, 0).count() == 4
    assert queries.owed(cast["shunde-industry"], today, 0).count() == 0
    assert queries.owed(cast["foshan-industry"], today, 0).count() == 0
    assert queries.owed(cast["huizhou-industry"], today, 0).count() == 0
    assert queries.owed(cast["province-ecology"], today, 0).count() == 4


def test_each_notice_names_its_firm_and_its_days(cast, batch):
    issue(cast, batch, contact="王五 0757-1")
    notice = Notice.objects.select_related("round__entry", "batch", "county").first()
    text = str(papers.paper(notice, papers.clocks(ISSUED)))
    for wanted in (notice.round.name, notice.round.code, "2022年4月8日前", "王五", "强制性"):
        assert wanted in text
    for file_format, head in (("pdf", b"%PDF"), ("docx", b"PK")):
        assert papers.render(notice, file_format).startswith(head)
        assert papers.render(notice, file_format) == papers.render(notice, file_format)


def test_the_workbook_says_what_was_served(cast, batch, county):
    issue(cast, batch)
    actions.serve([access.visible_to(county).first().pk], SERVED, by=county)
    notices = list(Notice.objects.select_related("round", "county").order_by("serial"))
    services = dict(queries.last_service([one.pk for one in notices]))
    book = load_workbook(BytesIO(papers.workbook(notices, services, "送达情况")))
    ways = [row[7].value for row in book.active.iter_rows(min_row=3)]
    assert sorted(filter(None, ways)) == ["未送达", "未送达", "未送达", "直接送达"]
