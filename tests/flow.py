"""The thread in few words, for tests that start where a list or a round stands."""

import json
from datetime import date
from threading import Barrier, Thread

from django.db import connection

from cleanprod.foundation.attachments import actions as attachments
from cleanprod.foundation.intake.reading import read
from cleanprod.foundation.organisations.access import standing_of
from cleanprod.foundation.organisations.rules import Line
from cleanprod.kernel.errors import Refused
from cleanprod.stages.audits import actions as audits
from cleanprod.stages.candidates import actions as candidates
from cleanprod.stages.candidates import survey_imports
from cleanprod.stages.candidates.imports import import_keys, key_of
from cleanprod.stages.candidates.template import CANDIDATES, KEY_LIST
from cleanprod.stages.measures import actions as measures
from cleanprod.stages.measures import checking
from cleanprod.stages.measures.rules import ValueSet
from cleanprod.stages.performance import actions as performance
from cleanprod.stages.performance import shipped_systems
from cleanprod.stages.programme import actions as programme
from cleanprod.stages.programme.imports import import_list
from cleanprod.stages.programme.judging import BatchKey
from cleanprod.stages.programme.rules import AuditKind
from cleanprod.stages.programme.template import LIST
from cleanprod.stages.review.imports import ResultKey, import_completions, import_results
from cleanprod.stages.review.template import COMPLETIONS, RESULTS
from cleanprod.stages.scoring import actions as scoring
from cleanprod.stages.scoring import opining, sheet_acts, shipped_sheets
from cleanprod.stages.scoring import queries as scoring_queries
from cleanprod.stages.scoring.rules import Purpose
from tests.workbooks import code, list_book, results_book, workbook
from tests.world import FOSHAN


def at_once(*calls, patience=30):
    """Make the calls at the same moment, each on a connection of its own; return what came.

    What a call returned, or the refusal it raised, in the order of the calls.
    """
    start, came = Barrier(len(calls)), [None] * len(calls)

    def make(place):
        start.wait()
        try:
            came[place] = calls[place]()
        except Refused as refusal:
            came[place] = refusal
        finally:
            connection.close()

    people = [Thread(target=make, args=[place]) for place in range(len(calls))]
    for one in people:
        one.start()
    for one in people:
        one.join(patience)
    return came


def indicator_systems(cast):
    """Load the shipped system and put it in force; load its next version as a draft."""
    by, content = cast["province-industry"], shipped_systems.content("electroplating-2015")
    first = performance.load_system(content, "电镀.json", by=by)
    performance.put_in_force(first.pk, by=by)
    changed = content.replace("摘要转写".encode(), "摘录".encode())
    return first, performance.load_system(changed, "电镀（修订）.json", by=by)


def score_sheet(cast, key, *, by="province-industry", **changed):
    """Load a score sheet for acceptance as a draft, made from the shipped one."""
    body = {**shipped_sheets.bodies()["acceptance-2018"], "key": key, "version": "试行", **changed}
    content = json.dumps(body, ensure_ascii=False).encode()
    return sheet_acts.load_sheet(content, "评分表.json", by=cast[by])


PUBLISHED = date(2022, 3, 8)
LEAD = "foshan-ecology"
KEY = BatchKey(2022, FOSHAN, Line.ECOLOGY, 1)


def firms(count, first=1):
    """Return so many firms as rows of a list: name, code, reasons."""
    return [(f"佛山第{n}电镀有限公司", code(n), "双有") for n in range(first, first + count)]


def take(book, template=LIST):
    """Read a workbook."""
    return read(book, template, max_rows=100_000, max_bytes=1 << 26)


def take_list(cast, rows, key=KEY, by=LEAD, decisions=None):
    """Import a list."""
    book = list_book(*rows)
    file = attachments.store(book, "名单.xlsx", by=cast[by])
    return import_list(take(book), key, file=file, by=cast[by], decisions=decisions)


def publish(cast, batch_id, on=PUBLISHED, by=LEAD):
    """Publish a list that is ready."""
    return audits.publish_list(
        batch_id, on=on, document_number="佛环函〔2022〕3号", issuers=["佛山市生态环境局"],
        by=cast[by],
    )  # fmt: skip


def listed(cast, rows, key=KEY, on=PUBLISHED, by=LEAD):
    """Import and publish a list; return what publishing did."""
    taken = take_list(cast, rows, key, by)
    programme.finish(taken.batch.pk, by=cast[by])
    return publish(cast, taken.batch.pk, on, by)


def take_results(cast, *results, by=LEAD, year=2022):
    """Import results of (name, code, day, conclusion)."""
    book = results_book(*results)
    file = attachments.store(book, "结果.xlsx", by=cast[by])
    key = ResultKey(year, FOSHAN, cast[by].line)
    return import_results(take(book, RESULTS), key, file=file, by=cast[by])


def take_completions(cast, *rows, by="province-ecology"):
    """Import old-platform completions of (name, code, day, number)."""
    book = workbook(("企业名称", "统一社会信用代码", "办结日期", "旧平台编号"), *rows)
    file = attachments.store(book, "办结.xlsx", by=cast[by])
    return import_completions(take(book, COMPLETIONS), file=file, by=cast[by])


KEYS_HEAD = ("序号", "企业名称", "统一社会信用代码", "地市", "县区", "行业代码", "依据文号")


def keys_book(*rows):
    """Return a workbook of key enterprises (name, code, city, county, industry)."""
    return workbook(KEYS_HEAD, *((n, *row, "") for n, row in enumerate(rows, 1)))


def take_keys(cast, *rows, by="province-ecology", year=2023, decisions=None):
    """Import key enterprises as the office that keeps the list."""
    book = keys_book(*rows)
    file = attachments.store(book, "重点监管企业.xlsx", by=cast[by])
    key = key_of(cast[by], year=year, document_number="粤环函〔2023〕1号")
    return import_keys(take(book, KEY_LIST), key, file=file, by=cast[by], decisions=decisions)


def draft(name="佛山新某家具有限公司", number="", **changes):
    """Return what a county says of a candidate."""
    said = {"grounds": "使用溶剂型涂料", "code": number, "industry": "2110"} | changes
    if "enterprise" not in said:
        said["name"] = name
    return candidates.Draft(
        said.pop("kind", AuditKind.MANDATORY), said.pop("categories", ("double_toxic",)), **said
    )


def candidate(cast, name="佛山新某家具有限公司", by="nanhai-industry", year=2023, **changes):
    """Draft a candidate."""
    return candidates.enter(draft(name, **changes), year=year, by=cast[by])


SURVEY_HEAD = (
    "序号", "企业名称", "统一社会信用代码", "行业代码", "审核类型", "列入原因", "依据说明",
)  # fmt: skip


def take_candidates(cast, *rows, by="nanhai-industry", year=2023, line=None, decisions=None):
    """Import candidates of a county: (name, code, industry), or with kind, reasons, grounds."""
    said = ("", "", "", "强制性", "双有", "使用溶剂型涂料")
    whole = [(n, *row, *said[len(row) :]) for n, row in enumerate(rows, 1)]
    book = workbook(SURVEY_HEAD, *whole)
    file = attachments.store(book, "摸底表.xlsx", by=cast[by])
    key = survey_imports.key_of(cast[by], year=year, line=line)
    return survey_imports.import_candidates(
        take(book, CANDIDATES), key, file=file, by=cast[by], decisions=decisions
    )


def sitting(cast, audit, by="foshan-industry", purpose=Purpose.ACCEPTANCE, people=("expert",)):
    """Open a sitting of a round with these experts, the first of them leading."""
    keys = [cast.people[name].pk for name in people]
    new = scoring.NewSitting(purpose, date(2022, 10, 12), "企业会议室", keys, keys[0])
    return scoring.open_sitting(audit.pk, new, by=cast[by])


def scored(cast, made, by="expert", **changes):
    """Score every item one under its maximum, with what is changed, and sign."""
    items = (*scoring_queries.sheet_of(made).items,)
    typed = {f"score-{one.number}": str(one.maximum - 1) for one in items}
    typed |= {f"remark-{one.number}": "基本符合" for one in items if one.maximum == 1}
    scoring.save(
        made.pk, typed | {key.replace("_", "-"): v for key, v in changes.items()}, by=cast[by]
    )
    return scoring.sign(made.pk, by=cast[by])


def agreed(made, opinion="同意通过验收。", dissent=""):
    """Let the leader put the opinion forward and all others sign it."""
    seats = made.members.select_related("person").order_by("-leader", "pk")
    for seat in seats:
        by = standing_of(seat.person)
        if seat.leader:
            made = opining.put_forward(made.pk, opinion, by=by)
        else:
            opining.agree(made.pk, seen=opining.version(made), dissent=dissent, by=by)
    return made


def confirmed(cast, made, by="foshan-industry", opinion="同意通过验收。", dissent="", **changes):
    """Confirm a sitting whose members are in, with the opinion that they sign."""
    made.refresh_from_db()
    if made.opinion_at is None and not made.members.filter(signed_at=None).exists():
        agreed(made, opinion, dissent)
    said = scoring.Conclusion(date(2022, 10, 20), **changes)
    return scoring.confirm(made.pk, said, by=cast[by])


def explain_all(audit, *, by):
    """Give a reason for whatever the checks ask about the verified numbers of a round."""
    told = checking.told(audit.sheet, ValueSet.VERIFIED)
    asked = {one.found.key: "与台账核对属实" for one in told if one.stands_in_the_way}
    return measures.explain(audit.pk, ValueSet.VERIFIED, asked, by=by)
