import time
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from hashlib import sha256

import pytest
from django.db import IntegrityError, connection, transaction

from cleanprod.foundation.attachments import actions as attachments
from cleanprod.foundation.documents import actions, pdf, queries
from cleanprod.foundation.documents.models import Produced, Receipt
from cleanprod.foundation.documents.rules import Verdict
from cleanprod.foundation.documents.tests import example
from cleanprod.foundation.engine import clock
from cleanprod.foundation.trail.actions import SYSTEM

pytestmark = pytest.mark.django_db
KEY = "platform-use:2023-h1:draft-1"


@pytest.fixture(autouse=True)
def _files_in_a_folder_of_the_test(settings, tmp_path):
    storages = {**settings.STORAGES}
    storages["default"] = {**storages["default"], "OPTIONS": {"location": tmp_path}}
    settings.STORAGES = storages


def produce(render, key=KEY, format="pdf"):
    return actions.produce(key, "通报", "“平台”使用情况", format, render, by=SYSTEM)


def test_the_first_production_is_kept_and_served_later():
    data = pdf.render(example.report())
    first = produce(lambda: data)
    again = produce(lambda: pytest.fail("rendered twice"))
    assert again == first == queries.produced(KEY, "pdf")
    assert first.sha256 == sha256(data).hexdigest()
    with attachments.open_file(first.file) as file:
        assert file.read() == data


def test_each_format_and_each_version_is_its_own_production():
    produce(lambda: b"pdf")
    produce(lambda: b"docx", format="docx")
    produce(lambda: b"second", key="platform-use:2023-h1:draft-2")
    assert Produced.objects.count() == 3
    assert queries.produced("platform-use:2023-h1:draft-3", "pdf") is None


def test_a_failed_rendering_leaves_nothing():
    def broken():
        raise RuntimeError("no paper")

    with pytest.raises(RuntimeError), transaction.atomic():
        produce(broken)
    assert not Produced.objects.exists()


def test_the_database_refuses_a_second_production():
    first = produce(lambda: b"pdf")
    first.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        first.save(force_insert=True)


def test_receipts_count_by_year():
    def issue(day):
        with clock.fixed(day):
            return actions.issue_receipt("提交回执", "佛山市红星厂", {"材料": "报告"}, by=SYSTEM)

    days = [date(2023, 9, 28), date(2023, 12, 31), date(2024, 1, 1)]
    numbers = [issue(day).number[:11] for day in days]
    assert numbers == ["2023-000001", "2023-000002", "2024-000001"]


def test_anyone_can_verify_a_receipt():
    digest = "a" * 64
    receipt = actions.issue_receipt(
        "提交回执", "佛山市红星厂", {}, by=SYSTEM, sha256=digest.upper()
    )
    assert queries.verify_receipt(receipt.number).verdict is Verdict.LISTED
    assert queries.verify_receipt(receipt.number, digest).verdict is Verdict.GENUINE
    different = queries.verify_receipt(receipt.number, "b" * 64)
    assert (different.verdict, different.receipt) == (Verdict.DIFFERENT, receipt)
    assert queries.verify_receipt(receipt.number[:-1] + "x").verdict is Verdict.MISTYPED
    number = receipt.number
    Receipt.objects.all().delete()
    assert queries.verify_receipt(number).verdict is Verdict.UNKNOWN


@pytest.mark.django_db(transaction=True)
def test_two_callers_at_once_get_one_production():
    rendered = []

    def render():
        rendered.append(1)
        time.sleep(0.2)
        return b"slow paper"

    def call(_):
        try:
            return produce(render, key="at-once").pk
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(call, range(4)))) == 1
    assert len(rendered) == 1
