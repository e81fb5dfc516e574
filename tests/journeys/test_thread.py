"""From a list to the notice's annex: the thread through the whole house."""

from datetime import date

import pytest

from cleanprod.foundation.attachments import actions as attachments
from cleanprod.foundation.intake.reading import read
from cleanprod.foundation.obligations.models import Obligation
from cleanprod.foundation.organisations.rules import Line
from cleanprod.foundation.territory import queries as territory
from cleanprod.foundation.trail import queries as trail
from cleanprod.foundation.trail.models import Entry as TrailEntry
from cleanprod.insight.statistics import queries as statistics
from cleanprod.insight.statistics.queries import AsOf
from cleanprod.insight.statistics.reports import compile_report
from cleanprod.insight.statistics.rules import Report
from cleanprod.kernel.errors import Conflict, NotAllowed, Refused
from cleanprod.stages.audits import actions as audits
from cleanprod.stages.audits import queries as audit_queries
from cleanprod.stages.audits.models import Fact, Round
from cleanprod.stages.audits.rules import Stage
from cleanprod.stages.programme import actions as programme
from cleanprod.stages.programme.imports import import_list
from cleanprod.stages.programme.judging import BatchKey
from cleanprod.stages.programme.models import Entry
from cleanprod.stages.programme.rules import EntryState
from cleanprod.stages.programme.template import LIST
from cleanprod.stages.review import actions as review
from cleanprod.stages.review.imports import ResultKey, import_completions, import_results
from cleanprod.stages.review.rules import Conclusion
from cleanprod.stages.review.template import COMPLETIONS, RESULTS
from tests.workbooks import code, list_book, results_book, workbook
from tests.world import FOSHAN, GUANGDONG

PUBLISHED = date(2022, 3, 8)
FIRMS = [(f"佛山第{n}电镀有限公司", code(n), "双有") for n in range(1, 7)]
KEY = BatchKey(2022, FOSHAN, Line.ECOLOGY, 1)


def take(book, template=LIST):
    return read(book, template, max_rows=20_000, max_bytes=1 << 24)


def take_list(cast, firms=FIRMS, key=KEY, by="foshan-ecology"):
    book = list_book(*firms)
    file = attachments.store(book, "名单.xlsx", by=cast[by])
    return import_list(take(book), key, file=file, by=cast[by])


def publish(cast, taken, on=PUBLISHED, by="foshan-ecology"):
    programme.finish(taken.batch.pk, by=cast[by])
    return audits.publish_list(
        taken.batch.pk, on=on, document_number="佛环函〔2022〕3号", issuers=["佛山市生态环境局"],
        by=cast[by],
    )  # fmt: skip


def record(cast, *results, by="foshan-ecology"):
    book = results_book(*results)
    file = attachments.store(book, "结果.xlsx", by=cast[by])
    return import_results(
        take(book, RESULTS), ResultKey(2022, FOSHAN, Line.ECOLOGY), file=file, by=cast[by]
    )


@pytest.fixture
def published(cast, settings, tmp_path):
    settings.STORAGES = {**settings.STORAGES, "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": tmp_path},
    }}  # fmt: skip
    taken = take_list(cast)
    publish(cast, taken)
    return taken


def annex1(as_of=date(2023, 2, 22)):
    tabled = compile_report(Report.ANNEX1, AsOf(2022, as_of)).as_json()
    row = next(row for row in tabled["rows"] if row["code"] == FOSHAN)
    return row["industry"], row["ecology"], row["total"], row["platform_completed"]


def test_a_published_list_opens_a_round_with_duties_and_trail_for_each_entry(published):
    assert published.report.created == 6
    assert Round.objects.filter(stage=Stage.LISTED, listed_on=PUBLISHED).count() == 6
    assert Fact.objects.count() == 6
    due = set(Obligation.objects.values_list("due_on", flat=True))
    assert due == {date(2022, 4, 8), date(2022, 5, 8), date(2023, 3, 8)}
    assert TrailEntry.objects.filter(act="round:open").count() == 6
    assert trail.verify().good


def test_importing_the_same_workbook_again_changes_nothing(cast, published):
    before = list(Entry.objects.order_by("pk").values())
    again = take_list(cast)
    assert again.report.matched == 6
    assert again.report.created == again.report.changed == again.report.refused == 0
    assert list(Entry.objects.order_by("pk").values()) == before
    assert again.receipt.rows.count() == 6


def test_publishing_twice_opens_rounds_once(cast, published):
    with pytest.raises(Conflict):
        audits.publish_list(
            published.batch.pk, on=PUBLISHED, document_number="佛环函〔2022〕3号",
            issuers=["佛山市生态环境局"], by=cast["foshan-ecology"],
        )  # fmt: skip
    assert Round.objects.count() == 6


def test_results_and_completions_make_the_annex_and_each_changes_with_its_record(cast, published):
    (a, b, c, d, e, f) = FIRMS
    taken = record(
        cast,
        (*a[:2], "2022-10-12", "通过"), (*b[:2], "2022-11-01", "通过"),
        (*c[:2], "2022-11-02", "通过"), (*d[:2], "2022-11-02", "未通过"),
        (*e[:2], "2022-06-02", "暂缓"), (*f[:2], "2022-06-02", "取消"),
    )  # fmt: skip
    assert taken.report.created == 6
    assert annex1() == (0, 3, 3, 0)
    book = workbook(
        ("企业名称", "统一社会信用代码", "办结日期", "旧平台编号"),
        (a[0], a[1], date(2022, 12, 20), "GD-1"),
        (b[0], b[1], date(2023, 3, 1), "GD-2"),
    )
    file = attachments.store(book, "办结.xlsx", by=cast["province-industry"])
    moved = import_completions(take(book, COMPLETIONS), file=file, by=cast["province-industry"])
    assert moved.report.created == 2
    assert annex1() == (0, 3, 3, 1)
    assert annex1(date(2023, 3, 1)) == (0, 3, 3, 2)
    assert statistics.behind("platform_completed", AsOf(2022, date(2023, 2, 22))).count() == 1
    waiting = Round.objects.get(name=c[0])
    assert review.complete([waiting.pk], by=cast["foshan-ecology"]) == 1
    assert annex1(date(2023, 9, 28)) == (0, 3, 3, 3)
    states = dict(Entry.objects.values_list("name", "state"))
    assert states[d[0]] == EntryState.FAILED
    assert states[e[0]] == EntryState.DEFERRED
    assert states[f[0]] == EntryState.CANCELLED
    assert audit_queries.differing() == []
    assert trail.verify().good


def test_a_withdrawn_acceptance_leaves_the_annex_and_the_record_stays(cast, published):
    record(cast, (*FIRMS[0][:2], "2022-10-12", "通过"))
    assert annex1()[2] == 1
    fact = Fact.objects.get(kind="accepted")
    audits.withdraw(fact.pk, reason="登记错误", by=cast["foshan-ecology"])
    assert annex1()[2] == 0
    assert Fact.objects.filter(pk=fact.pk).exists()
    assert Round.objects.get(pk=fact.round_id).stage == Stage.LISTED
    record(cast, (*FIRMS[0][:2], "2022-10-13", "通过"))
    assert annex1()[2] == 1
    assert audit_queries.differing() == []


def test_a_completion_without_acceptance_is_a_discrepancy_and_never_counted(cast, published):
    audit = Round.objects.get(name=FIRMS[0][0])
    review.migrate_completions([(audit.pk, date(2022, 12, 1), "GD-9")], by=cast["province-ecology"])
    assert annex1() == (0, 0, 0, 0)
    assert list(statistics.discrepancies()) == [audit]
    assert audit_queries.differing() == []


def test_only_the_lead_records_results_and_only_the_province_migrates(cast, published):
    audit = Round.objects.first()
    result = review.NewResult(
        audit.pk, Conclusion.PASSED, date(2022, 10, 12), document_number="佛环函〔2022〕9号"
    )
    for other in ("foshan-industry", "huizhou-industry", "nanhai-industry", "red-star",
                  "province-ecology"):  # fmt: skip
        with pytest.raises(NotAllowed):
            review.record_results([result], by=cast[other])
    with pytest.raises(NotAllowed):
        review.migrate_completions([(audit.pk, date(2022, 12, 1), "")], by=cast["foshan-ecology"])
    with pytest.raises(NotAllowed):
        review.complete([audit.pk], by=cast["foshan-ecology"])
    assert Fact.objects.exclude(kind="listed").count() == 0


def test_a_deferred_round_listed_again_goes_on_and_no_second_one_opens(cast, published):
    record(cast, (*FIRMS[0][:2], "2022-06-02", "暂缓"))
    key = BatchKey(2023, FOSHAN, Line.ECOLOGY, 1)
    again = take_list(cast, FIRMS[:1], key)
    done = publish(cast, again, on=date(2023, 3, 6))
    assert (done.opened, done.linked) == (0, 1)
    audit = Round.objects.get(name=FIRMS[0][0])
    assert audit.stage == Stage.LISTED
    owed = Obligation.objects.open().filter(subject=f"round:{audit.pk}")
    assert {duty.due_on for duty in owed} >= {date(2023, 5, 6)}


def test_targets_must_sum_to_the_stated_total(cast):
    numbers = {city.code: 10 for city in territory.cities(GUANGDONG)}
    by = cast["province-industry"]
    with pytest.raises(Refused, match="不一致"):
        programme.fix_targets(
            2023, numbers, total=211, document_number="粤工信节能函〔2023〕4号",
            on=date(2023, 3, 2), by=by,
        )  # fmt: skip
    for _ in range(2):
        assert programme.fix_targets(
            2023, numbers, total=210, document_number="粤工信节能函〔2023〕4号",
            on=date(2023, 3, 2), by=by,
        ) == 1  # fmt: skip
    total = compile_report(Report.ANNEX2, AsOf(2023, date(2023, 9, 28))).as_json()["total"]
    assert total["target"] == 210


def test_a_renamed_enterprise_keeps_its_listed_name_and_is_known_by_the_new_one(cast, published):
    audit = Round.objects.get(name=FIRMS[0][0])
    audits.rename_enterprise(
        audit.enterprise_id,
        name="佛山新名电镀有限公司",
        reason="变更登记",
        by=cast["foshan-ecology"],
    )
    with pytest.raises(NotAllowed):
        audits.rename_enterprise(
            audit.enterprise_id, name="他名", reason="x", by=cast["foshan-industry"]
        )
    assert Round.objects.get(pk=audit.pk).name == FIRMS[0][0]
    key = BatchKey(2023, FOSHAN, Line.ECOLOGY, 1)
    again = take_list(cast, [("佛山新名电镀有限公司", FIRMS[0][1], "双有")], key)
    assert Entry.objects.get(batch=again.batch).enterprise_id == audit.enterprise_id
