"""Drafts, versions, checks of proofs, clocks, and the pages of all that."""

from datetime import date
from io import BytesIO

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from cleanprod.foundation.notifications.models import Message
from cleanprod.foundation.obligations.models import Obligation
from cleanprod.foundation.trail.models import Entry
from cleanprod.kernel.errors import Conflict, NotAllowed, Refused
from cleanprod.stages.audits import actions as audits
from cleanprod.stages.audits.models import Round
from cleanprod.stages.audits.rules import Act as RoundAct
from cleanprod.stages.audits.rules import Milestone
from cleanprod.stages.disclosures import access, actions, queries
from cleanprod.stages.disclosures.models import Edition, Publication, Verdict
from cleanprod.stages.disclosures.rules import SECRET, Act, Kind, State
from cleanprod.stages.disclosures.tests.cast import (
    accepted,
    count_from,
    picture,
    publish,
    registered,
    typed,
    voluntary,
)
from cleanprod.stages.materials.tests.cast import OWN, engaged, sheet
from cleanprod.stages.registration.rules import Scope
from tests.flow import LEAD, at_once
from tests.world import TODAY


@pytest.fixture
def audit(cast):
    return registered(cast)


def client(cast, name):
    made = Client()
    made.force_login(cast.people[name])
    return made


def read(response):
    return response.content.decode()


def state(audit, kind):
    return State(Publication.objects.get(round=audit, kind=kind).state)


def form(audit, kind, **changed):
    told = typed(kind, audit, **changed)
    data = {"act": "publish", "seen": told.seen, "reason": told.reason}
    for key, cell in told.cells.items():
        data[key] = cell.value
        if cell.secret:
            data |= {f"secret-{key}": "on", f"why-{key}": cell.why}
    if kind is Kind.CATEGORY:
        data |= {"way": told.way, "where": told.place, "link": told.link, "since": "2022-04-01"}
    return data


# Acts


def test_a_first_version_is_published_with_what_the_platform_knows(cast, audit):
    made = publish(cast, audit, legal="张三")
    cells = {one.key: one.value for one in made.told}
    assert cells["name"] == "红星水泥有限公司"
    assert cells["kind"] == "强制性"
    assert cells["reasons"] == "双有"
    assert cells["legal"] == "张三"
    kept = Publication.objects.get()
    assert (kept.state, kept.number, kept.first_on) == ("published", 1, TODAY)
    assert Entry.objects.filter(act="disclosure:publish", subject=f"round:{audit.pk}").exists()


def test_a_correction_is_a_new_version_with_a_reason_and_the_first_one_stays(cast, audit):
    first = publish(cast, audit, legal="张三")
    with pytest.raises(actions.Wrong) as refused:
        publish(cast, audit, legal="李四")
    assert set(refused.value.fields) == {"reason"}
    publish(cast, audit, legal="李四", reason="法定代表人变更")
    first.refresh_from_db()
    assert {one.key: one.value for one in first.told}["legal"] == "张三"
    assert list(Edition.objects.order_by("number").values_list("number", "reason")) == [
        (1, ""), (2, "法定代表人变更"),
    ]  # fmt: skip


def test_the_same_form_sent_twice_is_one_version(cast, audit):
    told = typed(Kind.BASIC, audit)
    made = [actions.publish(audit.pk, Kind.BASIC, told, by=cast[OWN]) for _ in range(2)]
    assert made[0].pk == made[1].pk
    assert Edition.objects.count() == 1


def test_whoever_did_not_see_the_last_version_gets_a_conflict(cast, audit):
    old = typed(Kind.BASIC, audit)
    publish(cast, audit)
    changed = actions.Told(typed(Kind.BASIC, audit, legal="王五").cells, old.seen, reason="更正")
    with pytest.raises(Conflict, match="第1版已公布"):
        actions.publish(audit.pk, Kind.BASIC, changed, by=cast[OWN])


def test_a_draft_is_kept_and_nobody_else_reads_it(cast, audit):
    told = typed(Kind.BASIC, audit, legal="")
    for _ in range(2):
        actions.save(audit.pk, Kind.BASIC, told, by=cast[OWN])
    kept = Publication.objects.get()
    assert kept.revision == 1
    assert kept.draft["cells"]["phone"]["value"] == "联系电话内容"
    assert not access.public().exists()
    assert Client().get(reverse("disclosures:public-round", args=[audit.pk])).status_code == 404
    other = typed(Kind.BASIC, audit, seen=0, legal="王五")
    with pytest.raises(Conflict, match="已保存新的草稿"):
        actions.save(audit.pk, Kind.BASIC, other, by=cast[OWN])


def test_what_is_missing_is_told_field_by_field(cast, audit):
    with pytest.raises(actions.Wrong) as refused:
        publish(cast, audit, legal=" ", phone="")
    assert set(refused.value.fields) == {"legal", "phone"}
    assert not Edition.objects.exists()


def test_nothing_is_published_before_the_registration(cast, audit):
    Round.objects.update(stage="listed", registered_on=None)
    with pytest.raises(Refused, match="请先完成企业注册"):
        publish(cast, audit)


def test_a_voluntary_round_publishes_no_category_and_no_results(cast):
    audit = voluntary(accepted(cast))
    publish(cast, audit)
    for kind in (Kind.CATEGORY, Kind.RESULTS):
        with pytest.raises(Refused, match="自愿性"):
            publish(cast, audit, kind)
    assert [one.kind for one in queries.lines(audit)] == [Kind.BASIC]
    page = client(cast, OWN)
    assert page.get(reverse("disclosures:edit", args=[audit.pk, "category"])).status_code == 404


def test_a_consultancy_that_fills_in_drafts_and_does_not_publish(cast, audit):
    engaged(cast, audit, Scope.FILL)
    told = typed(Kind.BASIC, audit)
    kept = actions.save(audit.pk, Kind.BASIC, told, by=cast["consultancy"])
    assert kept.drafted_by == cast["consultancy"].person_name
    with pytest.raises(NotAllowed):
        publish(cast, audit, by="consultancy")
    page = client(cast, "consultancy")
    address = reverse("disclosures:edit", args=[audit.pk, "basic"])
    assert "由企业公布" in read(page.get(address))
    refused = page.post(address, form(audit, Kind.BASIC))
    assert refused.status_code == 422
    assert "委托范围不包括公布" in read(refused)
    assert not Edition.objects.exists()


def test_a_proof_is_returned_mended_and_accepted(cast, audit):
    first = publish(cast, audit, Kind.CATEGORY, proof=picture(cast), link="")
    assert state(audit, Kind.CATEGORY) is State.WAITING
    with pytest.raises(Refused, match="退回理由"):
        actions.judge(first.pk, Act.RETURN, by=cast[LEAD])
    for _ in range(2):
        actions.judge(first.pk, Act.RETURN, reason="截图看不清", by=cast[LEAD])
    assert state(audit, Kind.CATEGORY) is State.RETURNED
    assert Message.objects.filter(subject__startswith="公布证明被退回").count() == 1
    again = publish(cast, audit, Kind.CATEGORY, reason="重新截图", link="")
    assert again.proof == first.proof
    with pytest.raises(Conflict, match="新的一版"):
        actions.judge(first.pk, Act.PASS, by=cast[LEAD])
    for _ in range(2):
        actions.judge(again.pk, Act.PASS, by=cast[LEAD])
    assert state(audit, Kind.CATEGORY) is State.ACCEPTED
    assert Verdict.objects.count() == 2


@pytest.mark.parametrize("by", ["foshan-industry", "nanhai-industry", "province-ecology", OWN])
def test_only_the_lead_department_judges_a_proof(cast, audit, by):
    made = publish(cast, audit, Kind.CATEGORY)
    with pytest.raises(NotAllowed):
        actions.judge(made.pk, Act.PASS, by=cast[by])


@pytest.mark.django_db(transaction=True)
def test_two_officials_at_once_decide_once(cast, audit):
    made = publish(cast, audit, Kind.CATEGORY)
    came = at_once(
        lambda: actions.judge(made.pk, Act.PASS, by=cast[LEAD]),
        lambda: actions.judge(made.pk, Act.RETURN, reason="不清", by=cast[LEAD]),
    )
    assert sum(isinstance(one, Publication) for one in came) == 1
    assert Verdict.objects.count() == 1


# What is known beforehand


def test_results_begin_with_the_sheet_and_tell_money_in_yuan(cast):
    audit = registered(cast)
    Round.objects.update(stage="started")
    sheet(cast, audit)
    Round.objects.update(stage="accepted", accepted_on=date(2023, 9, 1))
    audit.refresh_from_db()
    known = queries.known(audit, Kind.RESULTS)
    assert known["investment"] == "50000"
    assert (known["low"], known["measures"]) == ("1", "变频改造")
    assert queries.fixed(audit, Kind.RESULTS) == {"accepted_on": "2023-09-01"}


# Clocks


def test_the_clock_of_the_publication_is_the_month_of_the_registration(cast, audit):
    assert actions.open_duties(TODAY) == 2
    assert actions.open_duties(TODAY) == 0
    register = Obligation.objects.get(subject=f"round:{audit.pk}", key__contains=":register:")
    found = Obligation.objects.filter(subject=f"disclosure:{audit.pk}")
    assert {one.due_on for one in found} == {register.due_on}
    assert {one.basis for one in found} == {register.basis}
    publish(cast, audit)
    assert Obligation.objects.open().filter(subject=f"disclosure:{audit.pk}").count() == 1


def test_what_came_back_is_owed_again(cast, audit):
    actions.open_duties(TODAY)
    publish(cast, audit)
    made = publish(cast, audit, Kind.CATEGORY)
    assert not Obligation.objects.open().filter(subject=f"disclosure:{audit.pk}").exists()
    actions.judge(made.pk, Act.RETURN, reason="看不清", by=cast[LEAD])
    left = Obligation.objects.open().get(subject=f"disclosure:{audit.pk}")
    assert ":category:" in left.key


def test_results_are_owed_a_month_after_the_acceptance_and_the_rest_stays_owed(cast):
    audit = accepted(cast)
    assert actions.open_duties(TODAY) == 3
    last = Obligation.objects.get(key__startswith=f"disclosure:{audit.pk}:results:")
    assert last.due_on == date(2023, 10, 1)
    assert "通过验收 2023-09-01 + 1个月" in last.basis


def test_what_was_listed_before_we_count_is_not_chased(cast, audit):
    count_from("2023-01-01")
    assert actions.open_duties(TODAY) == 0
    assert queries.owed_by(cast[OWN]) == []


def test_a_cancelled_round_owes_nothing_more(cast, audit):
    actions.open_duties(TODAY)
    fact = audits.NewFact(audit.pk, Milestone.CANCELLED, TODAY, reason="关停")
    audits.record(RoundAct.CANCEL, [fact], by=cast[LEAD])
    actions.open_duties(TODAY)
    assert not Obligation.objects.open().filter(subject=f"disclosure:{audit.pk}").exists()


# Pages


def test_the_enterprise_publishes_by_the_form_and_keeps_what_it_typed(cast, audit):
    page, address = client(cast, OWN), reverse("disclosures:edit", args=[audit.pk, "basic"])
    assert "红星水泥有限公司" in read(page.get(address))
    refused = page.post(address, form(audit, Kind.BASIC, legal="", phone="0757-1234"))
    assert refused.status_code == 422
    assert "0757-1234" in read(refused)
    data = form(audit, Kind.BASIC)
    assert page.post(address, data).status_code == 302
    assert page.post(address, data).status_code == 302
    assert Edition.objects.count() == 1
    stale = page.post(address, data | {"legal": "别人", "reason": "更正"})
    assert stale.status_code == 409
    shown = read(stale)
    assert "两个版本的不同之处" in shown
    assert shown.index("法定代表人</th><td>别人</td><td>") > 0
    seen = Publication.objects.get(kind="basic").revision  # sent again, mine goes through
    assert f'name="seen" value="{seen}"' in shown
    again = data | {"legal": "别人", "reason": "更正", "seen": seen}
    assert page.post(address, again).status_code == 302
    assert page.get(reverse("disclosures:round", args=[audit.pk])).status_code == 200
    assert "本页 1 轮审核" in read(page.get(reverse("disclosures:mine")))  # in several rows


def test_a_draft_comes_back_with_the_form(cast, audit):
    page, address = client(cast, OWN), reverse("disclosures:edit", args=[audit.pk, "category"])
    data = form(audit, Kind.CATEGORY, materials="三氯乙烯 2 t/年，清洗") | {"act": "save"}
    assert page.post(address, data | {"waste": ""}).status_code == 302
    shown = read(page.get(address))
    assert "三氯乙烯 2 t/年，清洗" in shown
    assert "红星水泥官网" in shown
    assert 'value="2022-04-01"' in shown


def test_a_proof_of_another_type_is_refused_beside_what_was_typed(cast, audit):
    page, address = client(cast, OWN), reverse("disclosures:edit", args=[audit.pk, "category"])
    upload = SimpleUploadedFile("证明.exe", b"MZ\x90\x00")
    refused = page.post(address, form(audit, Kind.CATEGORY) | {"proof": upload})
    assert refused.status_code == 422
    assert "“证明.exe”不是 PDF、JPG 或 PNG 文件" in read(refused)


def test_the_public_reads_what_is_out_but_no_secret_and_no_reason(cast):
    audit = accepted(cast)
    publish(cast, audit, legal="张三")
    publish(cast, audit, legal="李四", reason="法定代表人变更")
    publish(
        cast, audit, Kind.RESULTS, investment="987654", secrets={"investment": "与供应商有保密约定"}
    )
    visitor, address = Client(), reverse("disclosures:public-round", args=[audit.pk])
    shown = read(visitor.get(address))
    for text in ("张三", "李四", "法定代表人变更", SECRET, "第2版"):
        assert text in shown
    assert "987654" not in shown
    assert "保密约定" not in shown
    listed = reverse("disclosures:public")
    assert audit.name in read(visitor.get(listed, {"q": "电镀", "year": "2022", "city": "440600"}))
    assert "没有查到" in read(visitor.get(listed, {"q": "没有这家"}))
    assert visitor.get(listed, {"year": "x" * 40, "city": "\0", "kind": "?"}).status_code == 200


def test_departments_read_a_secret_with_its_reason_and_the_other_department_does_not(cast):
    audit = accepted(cast)
    why = {"investment": "与供应商有保密约定"}
    made = publish(cast, audit, Kind.RESULTS, investment="987654", secrets=why)
    address = reverse("disclosures:edition", args=[made.pk])
    for name in (LEAD, "nanhai-industry", "province-ecology", OWN):
        if name == "nanhai-industry":
            Round.objects.update(lead="industry")
        shown = read(client(cast, name).get(address))
        Round.objects.update(lead="ecology")
        assert "987654" in shown, name
        assert "保密约定" in shown, name
    partner = read(client(cast, "foshan-industry").get(address))
    assert "987654" not in partner
    assert "保密约定" not in partner
    for name in ("huizhou-industry", "shunde-industry", "blue-sea", "consultancy", "expert"):
        assert client(cast, name).get(address).status_code in (403, 404), name


def test_the_lead_decides_on_the_page_and_finds_it_on_its_home(cast, audit):
    made = publish(cast, audit, Kind.CATEGORY, proof=picture(cast))
    page = client(cast, LEAD)
    assert "企业信息公布的证明，待核对" in read(page.get(reverse("desk:home")))
    empty = page.post(reverse("disclosures:judge", args=[made.pk, "return"]), {"reason": " "})
    assert empty.status_code == 422
    url = reverse("disclosures:judge", args=[made.pk, "return"])
    assert page.post(url, {"reason": "截图看不清"}).status_code == 302
    own = read(client(cast, OWN).get(reverse("desk:home")))
    assert "的证明被退回，待修改" in own
    proof = page.get(reverse("disclosures:proof", args=[made.pk]))
    assert b"".join(proof.streaming_content).startswith(b"%PDF")


def test_the_board_tells_who_is_late_and_hands_out_a_workbook(cast, audit):
    page, address = client(cast, LEAD), reverse("disclosures:board")
    assert audit.name in read(page.get(address, {"state": "overdue", "kind": "basic"}))
    publish(cast, audit)
    assert audit.name not in read(page.get(address, {"state": "overdue", "kind": "basic"}))
    assert audit.name in read(page.get(address, {"state": "overdue"}))
    assert audit.name in read(page.get(address, {"state": "out", "q": "电镀"}))
    assert audit.name not in read(page.get(address, {"state": "waiting"}))
    book = page.get(reverse("disclosures:workbook"), {"state": "missing"})
    content = b"".join(book) if book.streaming else book.content
    rows = list(openpyxl.load_workbook(BytesIO(content)).active.values)
    line = next(row for row in rows if row[0] == audit.name)
    assert line[7:13:3] == ("已公布", "逾期未公布")
    assert "通过验收后公布审核结果" in line


def test_results_are_late_from_the_day_after_the_month(cast):
    audit = accepted(cast)
    late = queries.overdue(Kind.RESULTS, date(2023, 10, 2))
    assert list(Round.objects.filter(late)) == [audit]
    assert not Round.objects.filter(queries.overdue(Kind.RESULTS, date(2023, 10, 1))).exists()
