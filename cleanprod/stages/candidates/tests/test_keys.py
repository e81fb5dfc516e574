"""Key enterprises for VOCs: imported by who keeps the list, in force by year, covered or not."""

import re
from io import BytesIO

import pytest
from django.urls import reverse

from cleanprod.foundation.intake.matching import Choice, Decision
from cleanprod.foundation.intake.models import Receipt
from cleanprod.foundation.organisations.models import Organisation
from cleanprod.kernel.errors import NotAllowed, Refused
from cleanprod.stages.candidates import queries
from cleanprod.stages.candidates.models import KeyEnterprise
from cleanprod.stages.candidates.rules import Figure
from tests import world
from tests.flow import firms, keys_book, listed, take_keys, take_results
from tests.workbooks import code, workbook
from tests.world import FOSHAN, HUIZHOU

PROVINCE, CITY = "province-ecology", "foshan-ecology"
KEEPERS = {"province-ecology", "province-industry", "foshan-ecology"}


def row(number, city="佛山市", county="南海区", name=""):
    return (name or f"佛山重点{number}涂装有限公司", code(number), city, county, "3360")


def outcomes(taken):
    return list(taken.receipt.rows.order_by("number").values_list("outcome", flat=True))


def test_only_who_keeps_a_list_imports_it(cast):
    for name in sorted({*world.ROLES} - KEEPERS):
        with pytest.raises(NotAllowed):
            take_keys(cast, row(1), by=name)
    assert not KeyEnterprise.objects.exists()
    assert not Receipt.objects.exists()


def test_the_province_brings_firms_of_all_cities_and_a_city_its_own(cast):
    taken = take_keys(cast, row(1), row(2, "惠州市", "惠阳区"))
    assert outcomes(taken) == ["created"] * 2
    take_keys(cast, row(1), row(3, city=""), by=CITY)
    rows = KeyEnterprise.objects.order_by("pk").values_list("level", "city", "code")
    assert list(rows) == [
        ("provincial", FOSHAN, code(1)), ("provincial", HUIZHOU, code(2)),
        ("municipal", FOSHAN, code(1)), ("municipal", FOSHAN, code(3)),
    ]  # fmt: skip
    assert Organisation.objects.filter(name__contains="重点").count() == 3
    assert KeyEnterprise.objects.first().document_number == "粤环函〔2023〕1号"


def test_importing_again_changes_nothing_and_a_changed_row_is_told(cast):
    take_keys(cast, row(1), row(2))
    assert outcomes(take_keys(cast, row(1), row(2))) == ["matched"] * 2
    assert outcomes(take_keys(cast, row(1, county="顺德区"))) == ["changed"]
    assert KeyEnterprise.objects.count() == 2
    assert KeyEnterprise.objects.get(code=code(1)).county_id == world.SHUNDE


@pytest.mark.parametrize(
    "bad, rule",
    [
        (row(1, city=""), "省级名单应填写地市"),
        (row(1, city="长沙市"), "地市应是本省"),
        (row(1, county="惠阳区"), "县区应是该地市"),
    ],
)
def test_a_row_that_cannot_be_right_is_refused_with_its_rule(cast, bad, rule):
    taken = take_keys(cast, bad, row(2))
    assert outcomes(taken) == ["refused", "created"]
    assert any(finding.rule.startswith(rule) for finding in taken.report.findings)


def test_a_city_refuses_firms_of_another_city_and_one_firm_stands_once(cast):
    taken = take_keys(cast, row(1, "惠州市"), row(2), row(2), by=CITY)
    assert outcomes(taken) == ["refused", "created", "refused"]
    again = take_keys(cast, row(2), (*row(2)[:1], "", *row(2)[2:]), by=CITY)
    assert outcomes(again)[1] in {"refused", "to_decide"}


def test_an_unsure_firm_waits_for_a_decision_that_next_year_need_not_be_made(cast):
    take_keys(cast, row(1))
    renamed = row(1, name="佛山改名涂装有限公司")
    undecided = take_keys(cast, renamed, by=CITY)
    assert outcomes(undecided) == ["to_decide"]
    number = undecided.receipt.rows.get().number
    with pytest.raises(Refused, match="理由"):
        take_keys(cast, renamed, by=CITY, decisions={number: Decision(Choice.SAME, "")})
    decision = {number: Decision(Choice.SAME, "更名")}
    assert outcomes(take_keys(cast, renamed, by=CITY, decisions=decision)) == ["created"]
    assert Organisation.objects.filter(code=code(1)).count() == 1
    assert outcomes(take_keys(cast, renamed, by=CITY, year=2024)) == ["created"]


def test_who_is_not_on_the_next_list_has_left_it(cast):
    take_keys(cast, row(1), row(2), year=2022)
    take_keys(cast, row(2), row(4, "惠州市", ""), year=2023)
    take_keys(cast, row(3), by=CITY, year=2022)

    def names(year):
        return sorted(queries.in_force(year).values_list("code", flat=True))

    assert names(2021) == []
    assert names(2022) == sorted([code(1), code(2), code(3)])
    assert names(2023) == sorted([code(2), code(4), code(3)])
    assert names(2030) == names(2023)


def test_coverage_counts_what_is_listed_accepted_or_neither(cast):
    known = firms(3)
    listed(cast, known)  # of 2022
    take_results(cast, (*known[0][:2], "2022-10-12", "通过"))
    take_keys(cast, *((*firm[:2], "佛山市", "南海区", "3360") for firm in known[:2]), row(9))
    take_keys(cast, row(9), row(10), by=CITY)

    def read(who, year, level, city=""):
        found = queries.coverage(year, by=cast[who])
        return [found.count(figure, level, city) for figure in Figure]

    assert read(PROVINCE, 2023, "provincial") == [3, 0, 1, 2]
    assert read(PROVINCE, 2023, "municipal", FOSHAN) == [2, 0, 0, 2]
    assert read("foshan-industry", 2023, "provincial", FOSHAN) == [3, 0, 1, 2]
    assert read("huizhou-industry", 2023, "provincial") == [0, 0, 0, 0]
    assert read(PROVINCE, 2028, "provincial") == [3, 0, 0, 3]
    take_keys(cast, *((*firm[:2], "佛山市", "南海区", "3360") for firm in known), year=2022)
    assert read(PROVINCE, 2022, "provincial") == [3, 3, 1, 0]


def test_a_figure_opens_its_records(cast, client):
    take_keys(cast, row(1), row(2, "惠州市", ""))
    for who, shown in ((PROVINCE, 2), (CITY, 1), ("huizhou-industry", 1)):
        client.force_login(cast.people[who])
        address = reverse("candidates:coverage-records", args=["provincial", "neither"])
        page = client.get(f"{address}?year=2023").content.decode()
        assert page.count("<code>") == shown
    assert client.get(f"{address}?city={FOSHAN}").status_code == 404
    assert client.get(reverse("candidates:coverage-records", args=["x", "all"])).status_code == 404
    table = client.get(reverse("candidates:coverage")).content.decode()
    assert "惠州" in table
    assert "佛山" not in table


def upload(client, book, **more):
    file = BytesIO(book)
    file.name = "重点监管企业.xlsx"
    data = {"year": "2023", "document_number": "粤环函〔2023〕1号", "workbook": file}
    return client.post(reverse("candidates:keys-import"), data | more)


def ticket(page):
    return page.content.decode().split('name="ticket" value="')[1].split('"')[0]


def test_a_workbook_goes_through_preview_decision_and_receipt(cast, client):
    take_keys(cast, row(1), by=CITY)
    client.force_login(cast.people[PROVINCE])
    page = upload(client, keys_book(row(1, name="佛山改名涂装有限公司"), row(2)))
    assert "待决定的企业（1家）" in page.content.decode()
    assert KeyEnterprise.objects.count() == 1
    said = {"ticket": ticket(page), "choice_2": "same", "reason_2": "更名"}
    done = client.post(reverse("candidates:keys-commit"), said, follow=True)
    assert "新增2家" in done.content.decode()
    again = client.post(reverse("candidates:keys-commit"), said, follow=True)
    assert "一致2家" in again.content.decode()
    assert KeyEnterprise.objects.count() == 3
    blank = client.get(reverse("candidates:keys-template"))
    assert b"".join(blank.streaming_content if blank.streaming else [blank.content])[:2] == b"PK"
    shown = client.get(reverse("candidates:keys"), {"q": "改名", "level": "provincial"})
    assert "佛山改名涂装有限公司" in shown.content.decode()


def test_a_bad_upload_is_told_beside_its_field_and_kept(cast, client):
    client.force_login(cast.people[CITY])
    page = client.post(reverse("candidates:keys-import"), {"year": "1", "document_number": "甲"})
    assert page.status_code == 422
    assert "请选择要导入的工作簿" in page.content.decode()
    assert 'value="甲"' in page.content.decode()
    wrong = upload(client, workbook(("月份", "用电量"), ("2023-05", 1)))
    assert wrong.status_code == 200
    assert "没有可以导入的行" in wrong.content.decode()
    assert Receipt.objects.get().state == "wrong"
    broken = upload(client, b"no workbook")
    assert broken.status_code == 422
    assert client.post(reverse("candidates:keys-commit"), {"ticket": "x"}).status_code == 422


def test_a_strange_header_is_mapped_on_the_preview_and_its_marks_are_handed_out(cast, client):
    client.force_login(cast.people[CITY])
    page = upload(client, workbook(("企业名称", "登记号", "区"), ("佛山甲厂", code(3), "南海区")))
    ticket = re.search(r'name="ticket" value="([^"]*)"', page.content.decode()).group(1)
    address = reverse("candidates:keys-import")
    columns = {"column_name": "A", "column_code": "B", "column_county": "C"}
    again = client.post(address, {"ticket": ticket} | columns)
    assert again.content.decode().count("本次指定") == 2
    marked = client.post(address, {"ticket": ticket, "file": "marked"})
    assert b"".join(marked.streaming_content if marked.streaming else [marked.content])[:2] == b"PK"
