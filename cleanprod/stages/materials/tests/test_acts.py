"""Versions are brought, taken back, printed for the seal and read by whom they concern."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader

from cleanprod.foundation.accounts.models import Person
from cleanprod.foundation.attachments import actions as attachments
from cleanprod.foundation.documents.blocks import Column, Paragraph, Table
from cleanprod.foundation.trail.models import Entry
from cleanprod.kernel.errors import Conflict, NotAllowed, Refused
from cleanprod.stages.audits.models import Round
from cleanprod.stages.materials import access, actions, papers, queries
from cleanprod.stages.materials.models import KeptTable, Print, Version
from cleanprod.stages.materials.rules import Changed, Draft, Gate, Status
from cleanprod.stages.materials.tests.cast import (
    OWN,
    ROW,
    add,
    engaged,
    pdf,
    printed,
    sheet,
    started,
)
from cleanprod.stages.registration import engaging
from cleanprod.stages.registration.rules import Scope
from tests import flow
from tests.flow import LEAD, at_once


@pytest.fixture
def audit(cast):
    return started(cast)


def client(cast, name):
    made = Client()
    made.force_login(cast.people[name])
    return made


def test_versions_follow_each_other_and_the_old_ones_stay(cast, audit):
    first = add(cast, audit)
    assert (first.number, first.draft, first.changes) == (1, "review", [])
    with pytest.raises(Refused, match="修改说明对照表"):
        add(cast, audit, content=pdf("二稿"), draft=Draft.REVISED)
    second = add(cast, audit, content=pdf("二稿"), draft=Draft.REVISED, changes=[ROW])
    assert (second.number, second.changes) == (2, [ROW.as_json()])
    assert Version.objects.count() == 2
    line = next(
        one for s in queries.checklist(audit) for one in s.lines if one.item.key == "report"
    )
    assert (line.latest, line.status) == (second, Status.THERE)
    told = Entry.objects.filter(act="material:add").order_by("pk")
    assert [one.after["subject"] for one in told] == [
        "清洁生产审核报告 第1稿", "清洁生产审核报告 第2稿",
    ]  # fmt: skip
    assert all(one.dossier == audit.enterprise_id for one in told)


def test_the_same_upload_twice_is_one_and_another_ones_is_a_conflict(cast, audit):
    first = add(cast, audit, seen=0)
    assert add(cast, audit, seen=0).pk == first.pk
    with pytest.raises(Conflict, match="已于2023-09-28上传第1稿（report.pdf）"):
        add(cast, audit, content=pdf("别的"), seen=0)
    with pytest.raises(Refused, match="完全相同"):
        add(cast, audit, seen=1, changes=[ROW])
    assert Version.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_people_at_once_make_one_version_and_one_conflict(cast):
    audit = started(cast)
    came = at_once(
        lambda: add(cast, audit, content=pdf("甲"), seen=0),
        lambda: add(cast, audit, content=pdf("乙"), seen=0),
    )
    assert sorted(type(one).__name__ for one in came) == ["Conflict", "Version"]
    assert Version.objects.count() == 1


def test_a_version_is_taken_back_until_it_was_submitted(cast, audit):
    first = add(cast, audit)
    with pytest.raises(Refused, match="理由"):
        actions.withdraw(first.pk, reason=" ", by=cast[OWN])
    actions.withdraw(first.pk, reason="传错文件", by=cast[OWN])
    assert (
        actions.withdraw(first.pk, reason="再点一次", by=cast[OWN]).withdrawn_reason == "传错文件"
    )
    assert "report" not in queries.latest(audit)
    second = add(cast, audit, content=pdf("新"))  # no table: nothing stands before it
    assert second.number == 2
    actions.mark_submitted([second.pk], on=audit.started_on)
    with pytest.raises(Refused, match="已提交，不能撤回"):
        actions.withdraw(second.pk, reason="后悔", by=cast[OWN])


def test_strangers_and_officials_bring_nothing_and_closed_gates_take_nothing(cast, audit):
    for name in (LEAD, "blue-sea", "nanhai-industry", "consultancy", "expert"):
        with pytest.raises(NotAllowed):
            add(cast, audit, by=name)
    with pytest.raises(Refused, match="没有这一项"):
        add(cast, audit, "opinion")
    with pytest.raises(Refused, match="通过验收以后"):
        add(cast, audit, "final_report")
    with pytest.raises(Refused, match="只接收PDF、图片"):
        add(cast, audit, "cover", content=b"PK\x05\x06" + b"\0" * 18)


def test_a_consultancy_works_within_its_scope_and_not_after_its_end(cast, audit):
    held = engaged(cast, audit, Scope.VIEW)
    with pytest.raises(NotAllowed):
        add(cast, audit, by="consultancy")
    assert access.rounds(cast["consultancy"]).count() == 1
    engaging.revoke(held.pk, by=cast[OWN])
    assert not access.rounds(cast["consultancy"]).exists()
    held = engaged(cast, audit, Scope.FILL)
    made = add(cast, audit, by="consultancy")
    assert "清源咨询有限公司代办" in made.office_name
    keys = {one.key for one in queries.items(audit)}
    assert {"engagement_letter", "agency"} <= keys
    engaging.revoke(held.pk, by=cast[OWN])
    assert queries.others(audit, queries.checklist(audit)) == []
    assert not {"engagement_letter", "agency"} & {one.key for one in queries.items(audit)}


def test_a_print_keeps_its_number_until_its_content_changes(cast, audit):
    sheet(cast, audit)
    first = printed(cast, audit, "sheet")
    assert printed(cast, audit, "sheet") == first
    assert first.number == f"2022-{audit.pk:06d}-J01"
    sheet(cast, audit, version=1, amount=3)
    second = printed(cast, audit, "sheet")
    assert (second.serial, Print.objects.count()) == (2, 2)
    item = queries.item_of(audit, "sheet")
    assert papers.content(audit, item).fingerprint == second.fingerprint != first.fingerprint
    scan = add(cast, audit, "sheet", printed=first.pk, draft=Draft.FINAL)
    assert scan.printed == first
    other = printed(cast, audit, "cover")
    with pytest.raises(Refused, match="打印编号"):
        add(cast, audit, "sheet", content=pdf("又"), printed=other.pk, changes=[ROW])
    with pytest.raises(Refused, match="不由平台打印"):
        actions.print_for_seal(audit.pk, "report", by=cast[OWN])
    with pytest.raises(NotAllowed):
        actions.print_for_seal(audit.pk, "cover", by=cast[LEAD])


def test_a_print_is_known_by_what_it_says_and_not_by_how_it_is_laid_out():
    def fingerprint(amount, **layout):
        columns = (Column("企业", 2), Column("盖章处", 2))
        table = Table(columns=columns, rows=((amount, "　\n　　年　　月　　日"),), **layout)
        return papers.Content("绩效表", (Paragraph("甲厂："), table)).fingerprint

    assert fingerprint("5", landscape=True, note="加盖公章") == fingerprint("5")
    assert fingerprint("6") != fingerprint("5")


@pytest.mark.parametrize("key", ["declaration", "cover", "sheet", "engagement_letter"])
def test_every_paper_prints_with_its_number_and_a_place_for_the_seal(cast, audit, key):
    engaged(cast, audit)
    sheet(cast, audit)
    said = papers.content(audit, queries.item_of(audit, key))
    text = repr(said.blocks)
    assert "盖章处" in text
    assert audit.name in text
    if key != "sheet":
        assert "清源咨询有限公司" in text
    made = actions.print_for_seal(audit.pk, key, by=cast["consultancy"])
    with attachments.open_file(made.file) as stream:
        pages = len(PdfReader(stream).pages)
    assert pages == 1 or key == "declaration"  # a short sheet is sealed where its fingerprint is
    assert Print.objects.get().number in made.title


def opens(whoever, audit, version):
    answer = whoever.get(reverse("materials:file", args=[audit.pk, version.pk]))
    if answer.streaming:
        b"".join(answer.streaming_content)  # which closes the file
    return answer.status_code == 200


def test_who_opens_which_file(cast, audit):
    engaged(cast, audit, Scope.VIEW)
    flow.sitting(cast, audit, by=LEAD)
    report, cover = add(cast, audit), add(cast, audit, "cover")
    everybody = {
        "province-ecology", "province-industry", LEAD, "foshan-industry", "huizhou-industry",
        "nanhai-industry", "shunde-industry", OWN, "blue-sea", "consultancy", "expert", "support",
        "admin", "auditor",
    }  # fmt: skip
    opened = {
        one: {name for name in everybody if opens(client(cast, name), audit, one)}
        for one in (report, cover)
    }
    readers = {"province-ecology", "province-industry", LEAD, OWN, "consultancy", "expert"}
    assert opened[report] == readers  # 南海's industry office has no part in an ecology round
    assert opened[cover] == readers | {"foshan-industry"}
    read = Entry.objects.filter(act="material:read")
    assert {one.after["subject"] for one in read} == {"清洁生产审核报告 第1稿"}
    experts = read.get(person_name=cast["expert"].person_name)
    assert experts.dossier is None  # an enterprise does not learn its reviewers from its history
    assert read.exclude(pk=experts.pk).filter(dossier=audit.enterprise_id).count() == 5


def test_what_was_taken_back_stays_with_those_who_brought_it(cast, audit):
    gone = add(cast, audit, "cover")
    actions.withdraw(gone.pk, reason="传错", by=cast[OWN])
    assert access.visible_to(cast[OWN], audit).count() == 1
    assert access.visible_to(cast[LEAD], audit).count() == 0
    assert access.visible_to(None, audit).count() == 0


def typed(draft="review", **more):
    return {"draft": draft, "seen": "0"} | more


def test_the_page_takes_a_file_and_keeps_what_was_typed_when_something_is_wrong(cast, audit):
    from_firm = client(cast, OWN)
    address = reverse("materials:item", args=[audit.pk, "report"])

    def send(content, **said):
        return from_firm.post(address, typed(**said) | {"file": upload(content)})

    assert from_firm.get(address).status_code == 200
    wrong = send(b"\x89PNG\r\n\x1a\n1")
    assert wrong.status_code == 422
    assert "只接收PDF、Word" in wrong.content.decode()
    assert from_firm.post(address, typed()).status_code == 422
    assert send(pdf()).status_code == 302
    assert send(pdf()).status_code == 302  # Back and once more
    stale = send(pdf("乙"), draft="revised", **{"r0-place": "第5页"})
    assert stale.status_code == 422
    assert "上传第1稿（report.pdf）" in stale.content.decode()
    assert 'value="第5页"' in stale.content.decode()
    bad = send(pdf("乙"), draft="revised", seen="1", **{"r0-place": "第5页", "r0-after": "新"})
    assert bad.status_code == 422
    assert "第1行没有填写完整" in bad.content.decode()
    row = {"r0-place": "第5页", "r0-after": "新", "r0-answers": "意见1"}
    assert send(pdf("乙"), draft="revised", seen="1", **row).status_code == 302
    assert Version.objects.get(number=2).changes == [Changed("第5页", "", "新", "意见1").as_json()]
    shown = from_firm.get(address).content.decode()
    assert "（新增）" in shown
    assert "撤回" in shown
    first = Version.objects.get(number=1)
    answer = from_firm.post(
        reverse("materials:withdraw", args=[audit.pk, first.pk]), {"reason": "传错"}
    )
    assert answer.status_code == 302


def upload(content):
    return SimpleUploadedFile("report.pdf", content)


def test_the_checklist_says_what_is_missing_by_when_and_that_it_is_not_confirmed(cast, audit):
    add(cast, audit)
    page = client(cast, OWN).get(reverse("materials:checklist", args=[audit.pk])).content.decode()
    assert "还缺5项必备材料，2023年3月8日前" in page
    assert "清单待核实" in page
    assert "已逾期204天" in page
    sections = {one.gate: one.progress for one in queries.checklist(audit)}
    assert sections[Gate.ASSESSMENT] == (1, 6)
    partner = client(cast, "foshan-industry").get(reverse("materials:checklist", args=[audit.pk]))
    assert partner.status_code == 200
    item = reverse("materials:item", args=[audit.pk, "report"])
    assert item not in partner.content.decode()
    assert client(cast, "foshan-industry").get(item).status_code == 404
    for name in ("consultancy", "expert"):
        assert client(cast, name).get(reverse("materials:board")).status_code == 200
    assert Person.objects.count() == len(cast.people)
    assert (
        Round.objects.get().name
        in client(cast, OWN).get(reverse("materials:board")).content.decode()
    )


def test_a_table_of_changes_is_kept_while_it_is_typed_and_gone_with_its_version(cast, audit):
    firm = client(cast, OWN)
    address = reverse("materials:keep", args=[audit.pk, "report"])
    add(cast, audit)
    typed_so_far = {"r0-place": "第5页", "r2-after": "新" * 600, "r3-place": " "}
    said = firm.post(address, typed_so_far, headers={"HX-Request": "true"})
    assert "已保存" in said.content.decode()
    kept = KeptTable.objects.get()
    assert [one["place"] for one in kept.rows] == ["第5页", ""]
    assert len(kept.rows[1]["after"]) == 500
    page = client(cast, OWN).get(reverse("materials:item", args=[audit.pk, "report"]))
    assert 'value="第5页"' in page.content.decode()
    assert firm.post(address, {"r0-place": "第6页"}).status_code == 302
    assert KeptTable.objects.count() == 1
    for name in (LEAD, "blue-sea", "consultancy"):
        assert client(cast, name).post(address, {"r0-place": "别人"}).status_code in (403, 404)
    add(cast, audit, content=pdf("二稿"), draft=Draft.REVISED, changes=[ROW])
    assert not KeptTable.objects.exists()


def test_the_pages_read_the_same_number_of_times_however_much_there_is(
    cast, audit, django_assert_max_num_queries
):
    firm = client(cast, OWN)
    add(cast, audit, "cover")
    for number in range(6):
        changes = [ROW] if number else []
        add(cast, audit, content=pdf(str(number)), changes=changes)
    pages = ("materials:checklist", "submissions:check", "desk:round")
    for name in pages:
        with django_assert_max_num_queries(55):
            assert firm.get(reverse(name, args=[audit.pk])).status_code == 200


def test_the_table_of_changes_is_a_paper_for_the_panel(cast, audit):
    first = add(cast, audit)
    second = add(cast, audit, content=pdf("二稿"), draft=Draft.REVISED, changes=[ROW])
    paper = repr(papers.changes(second))
    for text in (*ROW.as_json().values(), "第2稿"):
        assert text in paper
    firm = client(cast, OWN)
    for one, ending, status in (
        (second, "docx", 200), (second, "pdf", 200), (second, "exe", 404), (first, "pdf", 404),
    ):  # fmt: skip
        got = firm.get(reverse("materials:changes", args=[audit.pk, one.pk, ending]))
        assert got.status_code == status
