"""Imports whose columns an official puts right: what was previewed is what is taken."""

from datetime import date
from io import BytesIO

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from cleanprod.foundation.intake.models import LearnedHeader, Receipt
from cleanprod.stages.audits.models import Fact
from cleanprod.stages.programme.models import Batch, Entry
from tests.flow import firms, listed, take_results
from tests.journeys.test_pages import hidden
from tests.workbooks import code, list_book, workbook

HEAD = ("序号", "单位全名", "统一社会信用代码", "县区", "审核类型", "列入原因")
ROW = (1, "佛山第1电镀有限公司", code(1), "南海区", "强制性", "双有")


@pytest.fixture(autouse=True)
def files_in_a_temporary_folder(settings, tmp_path):
    settings.STORAGES = settings.STORAGES | {
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": tmp_path},
        },
    }


def preview(client, page, book, **more):
    answer = client.post(reverse(page), {**more, "workbook": SimpleUploadedFile("表.xlsx", book)})
    return answer, hidden(answer, "ticket")


def test_a_list_is_taken_by_the_mapping_that_was_previewed(cast, client):
    client.force_login(cast.people["foshan-ecology"])
    list_key = {"year": 2022, "number": 1}
    answer, ticket = preview(client, "programme:import", workbook(HEAD, ROW), **list_key)
    assert "模板不对（表头不符）" in answer.content.decode()
    assert Receipt.objects.get().state == "wrong"
    # A preview that brings nothing cannot be committed.
    assert client.post(reverse("programme:commit"), {"ticket": ticket}).status_code == 422
    assert not Batch.objects.exists()

    chosen = {"ticket": ticket, "column_name": "B", "column_code": "C", "column_county": ""}
    answer = client.post(reverse("programme:import"), chosen)
    assert answer.status_code == 200
    assert "本次指定" in answer.content.decode()
    assert not LearnedHeader.objects.exists()
    answer = client.post(reverse("programme:commit"), {"ticket": hidden(answer, "ticket")})
    assert answer.status_code == 302
    entry = Entry.objects.get()
    assert (entry.name, entry.code, entry.county) == (ROW[1], ROW[2], None)
    receipt = Receipt.objects.latest("pk")
    assert (receipt.state, receipt.mapping["企业名称"]) == ("taken", "B列 单位全名")
    assert "B列 单位全名" in client.get(answer.url).content.decode()
    learned = LearnedHeader.objects.get()
    assert (learned.organisation_id, learned.kind, learned.column) == (
        cast.offices["foshan-ecology"].pk, "list", "name",
    )  # fmt: skip

    answer, _ = preview(client, "programme:import", workbook(HEAD, ROW), year=2022, number=2)
    assert "按本单位上次的对应" in answer.content.decode()
    # Another office has not learned it.
    client.force_login(cast.people["foshan-industry"])
    answer, _ = preview(client, "programme:import", workbook(HEAD, ROW), **list_key)
    assert "缺少必填列“企业名称”" in answer.content.decode()


def test_strangers_cannot_ask_for_a_preview_with_anothers_ticket(cast, client):
    client.force_login(cast.people["foshan-ecology"])
    book = list_book(*firms(1))
    _, ticket = preview(client, "programme:import", book, year=2022, number=1)
    assert client.post(reverse("review:results"), {"ticket": ticket}).status_code == 422
    client.force_login(cast.people["huizhou-industry"])
    assert client.post(reverse("programme:import"), {"ticket": ticket}).status_code == 422


def test_results_and_completions_are_mapped_in_the_same_way(cast, client):
    listed(cast, firms(2))
    client.force_login(cast.people["foshan-ecology"])
    head = ("单位全名", "统一社会信用代码", "通过日", "结论", "文号")
    name, text, _ = firms(1)[0]
    book = workbook(head, (name, text, "2022-10-12", "通过", "演示〔2022〕9号"))
    answer, ticket = preview(client, "review:results", book, year=2022)
    assert "缺少必填列“验收日期”" in answer.content.decode()
    chosen = {
        "ticket": ticket, "column_name": "A", "column_code": "B", "column_on": "C",
        "column_conclusion": "D", "column_document_number": "E",
    }  # fmt: skip
    answer = client.post(reverse("review:results"), chosen)
    client.post(reverse("review:results-commit"), {"ticket": hidden(answer, "ticket")})
    assert Fact.objects.get(kind="accepted").happened_on == date(2022, 10, 12)
    assert set(LearnedHeader.objects.values_list("header", "column")) == {
        ("单位全名", "name"), ("通过日", "on"),
    }  # fmt: skip

    take_results(cast, (*firms(1, first=2)[0][:2], "2022-10-12", "通过"))
    client.force_login(cast.people["province-ecology"])
    rows = [(name, text, date(2022, 12, 20)) for name, text, _ in firms(3)]
    book = workbook(("单位全名", "统一社会信用代码", "办结日"), *rows)
    answer, ticket = preview(client, "review:migrate", book)
    chosen = {"ticket": ticket, "column_name": "A", "column_code": "B", "column_on": "C"}
    answer = client.post(reverse("review:migrate"), chosen)
    commit = {"ticket": hidden(answer, "ticket")}
    assert client.post(reverse("review:migrate-commit"), commit).status_code == 422
    assert not Fact.objects.filter(kind="completed").exists()
    answer = client.post(reverse("review:migrate-commit"), {**commit, "consent": "yes"})
    assert answer.status_code == 302
    assert Fact.objects.filter(kind="completed").count() == 2
    assert Receipt.objects.latest("pk").state == "partly"


def test_what_was_decided_is_kept_when_the_commit_is_refused(cast, client):
    client.force_login(cast.people["foshan-ecology"])
    wrong = code(7)[:-1] + ("0" if code(7)[-1] != "0" else "1")
    book = list_book(("佛山第7电镀有限公司", wrong, "双有"), ("佛山第8厂", wrong, "双有"))
    _, ticket = preview(client, "programme:import", book, year=2022, number=1)
    posted = {"ticket": ticket, "choice_3": "new", "reason_3": "原件如此"}
    answer = client.post(reverse("programme:commit"), posted)
    assert answer.status_code == 422
    assert 'value="原件如此"' in answer.content.decode()
    assert '<option value="new" selected>' in answer.content.decode()
    assert not Entry.objects.exists()


def test_the_marked_workbook_is_offered_before_anything_is_taken(cast, client):
    client.force_login(cast.people["foshan-ecology"])
    rows = [ROW, (2, "", code(2), "某区", "半强制", "双有")]
    _, ticket = preview(client, "programme:import", workbook(HEAD, *rows), year=2022, number=1)
    chosen = {"ticket": ticket, "column_name": "B", "column_code": "C", "column_kind": "E"}
    ticket = hidden(client.post(reverse("programme:import"), chosen), "ticket")
    answer = client.post(reverse("programme:import"), {"ticket": ticket, "file": "marked"})
    assert answer.status_code == 200
    assert "attachment" in answer["Content-Disposition"]
    book = openpyxl.load_workbook(BytesIO(b"".join(answer)))
    notes = {cell.coordinate for row in book["名单"] for cell in row if cell.comment}
    assert {"B3", "E3"} <= notes
    assert not Batch.objects.exists()
