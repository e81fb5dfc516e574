"""Pages that list records: receipts are found again, entries are counted, rounds are led to."""

import re
from datetime import date

import pytest
from django.urls import reverse

from cleanprod.foundation.attachments import actions as attachments
from cleanprod.foundation.intake.reading import read
from cleanprod.foundation.organisations.rules import Line
from cleanprod.stages.audits import actions as audits
from cleanprod.stages.audits.models import Round
from cleanprod.stages.programme import actions as programme
from cleanprod.stages.programme.imports import import_list
from cleanprod.stages.programme.judging import BatchKey
from cleanprod.stages.programme.template import LIST
from cleanprod.stages.review import actions as review
from cleanprod.stages.review.rules import Conclusion
from tests.workbooks import code, list_book
from tests.world import FOSHAN

FIRMS = [(f"佛山第{n}电镀有限公司", code(n), "双有") for n in range(1, 4)]


@pytest.fixture
def publish(cast, settings, tmp_path):
    settings.STORAGES = {**settings.STORAGES, "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": tmp_path},
    }}  # fmt: skip
    by = cast["foshan-ecology"]

    def act(year, firms=FIRMS):
        book = list_book(*firms)
        taken = import_list(
            read(book, LIST, max_rows=100, max_bytes=1 << 20),
            BatchKey(year, FOSHAN, Line.ECOLOGY, 1),
            file=attachments.store(book, "名单.xlsx", by=by), by=by,
        )  # fmt: skip
        programme.finish(taken.batch.pk, by=by)
        audits.publish_list(
            taken.batch.pk, on=date(year, 3, 6), document_number="演示〔2023〕1号",
            issuers=["佛山市生态环境局"], by=by,
        )  # fmt: skip
        return taken

    return act


def see(client, route, *args):
    answer = client.get(reverse(route, args=args))
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_entries_of_a_list_are_counted_from_one(cast, client, publish):
    batch = publish(2022).batch
    client.force_login(cast.people["foshan-ecology"])
    for route in ("desk:list", "portal:list"):
        assert re.findall(r'<td class="num">(\d+)</td>', see(client, route, batch.pk)) == [
            "1", "2", "3",
        ]  # fmt: skip


def test_an_entry_listed_again_leads_to_the_round_that_goes_on(cast, client, publish):
    publish(2022)
    audit = Round.objects.get(name=FIRMS[0][0])
    review.record_results(
        [review.NewResult(audit.pk, Conclusion.DEFERRED, date(2022, 7, 1), "演示〔2022〕7号")],
        by=cast["foshan-ecology"],
    )
    again = publish(2023, FIRMS[:1]).batch
    client.force_login(cast.people["foshan-ecology"])
    assert reverse("desk:round", args=[audit.pk]) in see(client, "desk:list", again.pk)


def test_the_import_page_leads_to_the_receipts_of_ones_own_office(cast, client, publish):
    receipt = publish(2022).receipt
    address = reverse("programme:receipt", args=[receipt.pk])
    client.force_login(cast.people["foshan-ecology"])
    assert address in see(client, "programme:import")
    client.force_login(cast.people["foshan-industry"])
    assert address not in see(client, "programme:import")
