"""The thread by its pages: upload, preview, commit, publish, results, completion, tables."""

import re
from datetime import date
from html import unescape

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from cleanprod.foundation.intake.models import Receipt
from cleanprod.foundation.organisations import actions as organisations
from cleanprod.foundation.organisations.rules import Kind
from cleanprod.foundation.territory import queries as territory
from cleanprod.foundation.trail.actions import SYSTEM
from cleanprod.foundation.trail.models import Entry as TrailEntry
from cleanprod.stages.audits.models import Fact, Round
from cleanprod.stages.audits.rules import Stage
from cleanprod.stages.programme.models import Batch, Entry
from tests.workbooks import code, list_book, results_book
from tests.world import FOSHAN, GUANGDONG

FIRMS = [(f"佛山第{n}电镀有限公司", code(n), "双有") for n in range(1, 4)]
HOMES = {
    "province-industry": ("desk:lists", "desk:rounds", "programme:targets", "review:migrate"),
    "foshan-ecology": ("desk:lists", "desk:rounds", "programme:targets", "programme:import",
                       "review:results", "review:completions"),
    "nanhai-industry": ("desk:lists", "desk:rounds"),
    "red-star": ("desk:rounds",),
    "support": ("programme:targets",),
    "admin": ("desk:rules",),
    "auditor": ("desk:trail",),
    "consultancy": (),
    "expert": (),
}  # fmt: skip


@pytest.fixture(autouse=True)
def files_in_a_temporary_folder(settings, tmp_path):
    settings.STORAGES = {
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": tmp_path},
        },
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }


def hidden(answer, name):
    """Return the first value of a form field whose name matches."""
    page = answer.content.decode()
    return re.search(rf'name="{name}" value="([^"]*)"', page).group(1)


def upload(book, name="名单.xlsx"):
    return SimpleUploadedFile(name, book)


@pytest.fixture
def listed(cast, client):
    """A list imported through the pages by foshan-ecology."""
    client.force_login(cast.people["foshan-ecology"])
    answer = client.post(
        reverse("programme:import"),
        {"year": 2022, "number": 1, "title": "", "workbook": upload(list_book(*FIRMS))},
    )
    assert answer.status_code == 200
    assert "新增" in answer.content.decode()
    assert Batch.objects.count() == 0
    answer = client.post(reverse("programme:commit"), {"ticket": hidden(answer, "ticket")})
    assert answer.status_code == 302
    assert client.get(answer.url).status_code == 200
    return Batch.objects.get()


@pytest.mark.parametrize("name", sorted(HOMES))
def test_every_role_has_its_home_and_pages(cast, client, name):
    client.force_login(cast.people[name])
    for route in ("desk:home", "desk:inbox", *HOMES[name]):
        assert client.get(reverse(route)).status_code == 200, route


def test_a_visitor_reads_the_portal_and_is_led_to_sign_in_elsewhere(db, client):
    for route in ("portal:home", "portal:lists", "portal:search", "portal:verify", "portal:health"):
        assert client.get(reverse(route)).status_code == 200
    answer = client.get(reverse("desk:home"))
    assert answer.status_code == 302
    assert answer.url.startswith(reverse("account_login"))


def test_the_whole_thread_by_pages(listed, cast, client):
    batch = reverse("desk:list", args=[listed.pk])
    assert client.get(batch).status_code == 200
    assert client.post(reverse("programme:finish", args=[listed.pk])).status_code == 302
    publication = {
        "on": "2022-03-08", "document_number": "佛环函〔2022〕3号", "issuers": "佛山市生态环境局",
    }  # fmt: skip
    page = reverse("audits:publish", args=[listed.pk])
    assert client.get(page).status_code == 200
    assert client.post(page, {**publication, "on": "2024-01-01"}).status_code == 422
    assert client.post(page, publication).status_code == 302
    assert Round.objects.count() == 3
    book = results_book(
        (*FIRMS[0][:2], "2022-10-12", "通过"), ("无此企业", "", "2022-10-12", "通过")
    )
    answer = client.post(
        reverse("review:results"), {"year": 2022, "workbook": upload(book, "结果.xlsx")}
    )
    assert "不在本市本部门牵头的已公布名单中" in answer.content.decode()
    ticket = {"ticket": hidden(answer, "ticket")}
    assert client.post(reverse("review:results-commit"), ticket).status_code == 422
    assert not Fact.objects.filter(kind="accepted").exists()
    answer = client.post(reverse("review:results-commit"), {**ticket, "consent": "yes"})
    assert client.get(answer.url).status_code == 200
    second = Round.objects.get(name=FIRMS[1][0])
    form = reverse("review:result", args=[second.pk])
    assert client.get(form).status_code == 200
    bare = {"conclusion": "passed", "on": "2022-11-02"}
    assert client.post(form, bare).status_code == 422
    evidence = SimpleUploadedFile("验收意见.pdf", b"%PDF-1.4 demo")
    assert client.post(form, {**bare, "evidence": evidence}).status_code == 302
    fact = Fact.objects.get(round=second, kind="accepted")
    shown = client.get(reverse("review:evidence", args=[fact.pk]))
    assert b"".join(shown.streaming_content) == b"%PDF-1.4 demo"
    assert TrailEntry.objects.get(act="evidence:read").subject == f"fact:{fact.pk}"
    client.force_login(cast.people["foshan-industry"])
    assert client.get(reverse("desk:round", args=[second.pk])).status_code == 200
    assert client.get(reverse("review:evidence", args=[fact.pk])).status_code == 404
    client.force_login(cast.people["foshan-ecology"])
    assert client.get(reverse("desk:round", args=[second.pk])).status_code == 200
    assert client.get(reverse("desk:history", args=[second.pk])).status_code == 200
    assert client.get(reverse("review:completions")).status_code == 200
    client.post(reverse("review:complete"), {"round": [second.pk]})
    second.refresh_from_db()
    assert second.stage == Stage.COMPLETED
    assert second.completed_on == date(2023, 9, 28)
    table = reverse("statistics:report", args=["platform-use"]) + "?year=2022"
    page = client.get(table).content.decode()
    assert "50.00" in page
    for shape in ("xlsx", "docx", "pdf", "csv", "json"):
        answer = client.get(f"{table}&format={shape}")
        assert answer.status_code == 200
        assert answer.content
    behind = reverse("statistics:records", args=["not_completed"])
    page = client.get(f"{behind}?year=2022&city={FOSHAN}").content.decode()
    assert FIRMS[0][0] in page
    withdraw = reverse("audits:withdraw", args=[second.pk, fact.pk])
    assert client.post(withdraw, {"reason": "登记错误"}).status_code == 422
    assert client.get(reverse("portal:list", args=[listed.pk])).status_code == 200
    found = client.get(reverse("portal:search"), {"q": "第2电镀"}).content.decode()
    assert FIRMS[1][0] in found


def test_a_row_to_decide_is_imported_after_a_decision_with_its_reason(cast, client):
    wrong = code(7)[:-1] + ("0" if code(7)[-1] != "0" else "1")
    client.force_login(cast.people["foshan-ecology"])
    book = list_book(("佛山第7电镀有限公司", wrong, "双有"))
    answer = client.post(
        reverse("programme:import"), {"year": 2022, "number": 1, "workbook": upload(book)}
    )
    ticket = hidden(answer, "ticket")
    row = re.search(r'name="choice_(\d+)"', answer.content.decode()).group(1)
    assert client.post(reverse("programme:commit"), {"ticket": ticket}).status_code == 422
    assert Entry.objects.count() == Batch.objects.count() == 0
    without = {"ticket": ticket, f"choice_{row}": "new", f"reason_{row}": ""}
    assert client.post(reverse("programme:commit"), without).status_code == 422
    client.post(reverse("programme:commit"), {**without, f"reason_{row}": "营业执照原件如此"})
    assert Entry.objects.get().code == wrong


def test_a_refused_workbook_is_kept_with_its_report(cast, client):
    client.force_login(cast.people["foshan-ecology"])
    answer = client.post(
        reverse("programme:import"),
        {"year": 2022, "number": 1, "workbook": upload(b"not a workbook")},
    )
    assert answer.status_code == 422
    receipt = Receipt.objects.get()
    assert receipt.findings
    page = client.get(reverse("programme:receipt", args=[receipt.pk]))
    assert page.status_code == 200
    original = client.get(reverse("programme:receipt", args=[receipt.pk]) + "?file=original")
    assert original.content == b"not a workbook"


def test_the_province_fixes_targets_on_screen(cast, client):
    client.force_login(cast.people["province-industry"])
    numbers = {f"city_{city.code}": 10 for city in territory.cities(GUANGDONG)}
    facts = {**numbers, "document_number": "粤工信节能函〔2023〕4号", "on": "2023-03-02"}
    address = reverse("programme:targets") + "?year=2023"
    assert client.post(address, {**facts, "total": 211}).status_code == 422
    assert client.post(address, {**facts, "total": 210}).status_code == 302
    assert "210" in client.get(address).content.decode()


def test_an_enterprise_registers_and_files_its_plan(listed, cast, client):
    client.post(reverse("programme:finish", args=[listed.pk]))
    client.post(
        reverse("audits:publish", args=[listed.pk]),
        {"on": "2022-03-08", "document_number": "x", "issuers": "佛山市生态环境局"},
    )
    audit = Round.objects.first()
    Round.objects.filter(pk=audit.pk).update(enterprise=cast.offices["red-star"])
    client.force_login(cast.people["red-star"])
    assert client.get(reverse("desk:home")).status_code == 200
    assert client.post(reverse("audits:register", args=[audit.pk]), {}).status_code == 422
    client.post(reverse("audits:register", args=[audit.pk]), {"confirmed": "on"})
    team = {"version": "0", "r0-name": "陈厂长", "r0-post": "厂长", "r0-duty": "leader"}
    days = {
        f"p{n}-{end}": f"2023-1{n // 4}-{n:02}" for n in range(1, 8) for end in ("first", "last")
    }
    address = reverse("phases:edit-plan", args=[audit.pk])
    assert client.post(address, {**team, **days, "p7-last": "2023-01-01"}).status_code == 422
    assert client.post(address, {**team, **days}).status_code == 302
    audit.refresh_from_db()
    assert audit.stage == Stage.PLANNED
    number = Fact.objects.get(round=audit, kind="planned").details["receipt"]
    assert client.get(reverse("desk:round", args=[audit.pk])).status_code == 200
    client.logout()
    page = client.get(reverse("portal:verify"), {"number": number}).content.decode()
    assert "登记在册" in page
    other = client.get(reverse("portal:verify"), {"number": number, "sha256": "0" * 64})
    assert "内容不一致" in other.content.decode()


@pytest.fixture
def many(cast, client):
    """Sixty lists and sixty rounds of Foshan, so that every list has a second page."""
    client.force_login(cast.people["foshan-ecology"])
    batches = Batch.objects.bulk_create(
        Batch(
            year=2022, city_id=FOSHAN, lead="ecology", number=n, title=f"第{n}批",
            stage="published", published_on=date(2022, 3, 8),
        )
        for n in range(1, 61)
    )  # fmt: skip
    firms = organisations.enter_many(
        [organisations.NewOrganisation(Kind.ENTERPRISE, f"陶瓷{n}厂") for n in range(60)],
        by=SYSTEM,
    )
    entries = Entry.objects.bulk_create(
        Entry(
            batch=batches[0], row=n, enterprise_id=pk, name=f"陶瓷{n}厂", city_id=FOSHAN,
            kind="voluntary",
        )
        for n, pk in enumerate(firms)
    )  # fmt: skip
    Round.objects.bulk_create(
        Round(
            enterprise_id=entry.enterprise_id, entry=entry, list_year=2022, name=entry.name,
            city_id=FOSHAN, lead="ecology", kind="voluntary", stage="accepted",
            listed_on=date(2022, 3, 8), accepted_on=date(2022, 11, 1), completed_on=None,
        )
        for entry in entries
    )  # fmt: skip
    return batches[0]


@pytest.mark.parametrize(
    "page",
    [
        "/lists/", "/lists/{}/", "/review/completions/", "/public/lists/",
        "/public/lists/{}/", "/search/?q=陶瓷",
        "/statistics/records/not_completed/?year=2022",
        "/statistics/records/not_completed/?year=2022&city=440600",
    ],
)  # fmt: skip
def test_long_lists_turn_their_pages(many, client, django_assert_max_num_queries, page):
    with django_assert_max_num_queries(30):
        first = client.get(page.format(many.pk))
    assert first.status_code == 200
    following = re.search(r'href="([^"]+)" rel="next"', first.content.decode()).group(1)
    path = page.format(many.pk).split("?")[0]
    answer = client.get(path + unescape(following) if following[0] == "?" else unescape(following))
    assert answer.status_code == 200
    assert 'rel="prev"' in answer.content.decode()


def test_the_board_turns_its_pages_with_what_is_ticked(many, client):
    ticked = Round.objects.order_by("-list_year", "pk").first().pk
    first = client.get("/rounds/", {"round": ticked}).content.decode()
    mark = re.search(r'name="after" value="([^"]+)"', first).group(1)
    second = client.get("/rounds/", {"round": ticked, "after": mark}).content.decode()
    assert 'name="before"' in second
    assert Round.objects.order_by("-list_year", "pk")[50].name in second


def test_a_ticket_of_one_import_opens_no_other(cast, client):
    client.force_login(cast.people["foshan-ecology"])
    book = list_book(*FIRMS)
    answer = client.post(
        reverse("programme:import"), {"year": 2022, "number": 1, "workbook": upload(book)}
    )
    ticket = hidden(answer, "ticket")
    assert client.post(reverse("review:results-commit"), {"ticket": ticket}).status_code == 422
    client.force_login(cast.people["foshan-industry"])
    assert client.post(reverse("programme:commit"), {"ticket": ticket}).status_code == 422
    assert Batch.objects.count() == 0
