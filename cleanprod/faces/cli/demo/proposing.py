"""Give the demo province what a proposal needs: key enterprises for VOCs, candidates of 佛山."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from random import Random

from django.conf import settings
from django.db import transaction

from cleanprod.faces.cli.demo import plan, workbooks
from cleanprod.faces.cli.demo.plan import CityPlan, Firm
from cleanprod.foundation.attachments import actions as attachments
from cleanprod.foundation.engine import clock
from cleanprod.foundation.intake.reading import read
from cleanprod.foundation.organisations.models import Organisation
from cleanprod.foundation.organisations.rules import Line, Standing
from cleanprod.foundation.territory import queries as territory
from cleanprod.kernel.errors import Refused
from cleanprod.stages.candidates import actions
from cleanprod.stages.candidates.imports import import_keys, key_of
from cleanprod.stages.candidates.models import Candidate
from cleanprod.stages.candidates.template import KEY_LIST
from cleanprod.stages.programme.rules import AuditKind

CITY = "440600"
YEAR = 2023
LISTED, SURVEYED = date(2023, 2, 10), date(2023, 9, 18)
_FIRST_NEW = 950  # past the firms of the lists
_GROUNDS = (
    "使用溶剂型涂料，2022年监督性监测有超标记录",
    "使用含氰镀液，属有毒有害原料",
    "单位产品能耗超过限额",
    "新建成投产，企业自愿申请开展",
)
_KINDS = (
    (AuditKind.MANDATORY, ("double_excess",)),
    (AuditKind.MANDATORY, ("double_toxic",)),
    (AuditKind.MANDATORY, ("high_energy",)),
    (AuditKind.VOLUNTARY, ()),
)


def load(cities: Sequence[CityPlan], who: Mapping[str, Standing]) -> None:
    """Load the key lists of the province and of 佛山, and a dozen candidates in various states."""
    random = Random(f"{plan.SEED}:proposing")  # noqa: S311
    fresh = {one.city.code: _new_firms(random, one) for one in cities}
    with clock.fixed(LISTED):
        _keys(_provincial(cities, fresh), who["province-ecology"])
        _keys(_municipal(cities, fresh), who[f"city-{CITY}-ecology"])
    with clock.fixed(SURVEYED):
        _candidates(random, fresh[CITY][6:], who)


def _new_firms(random: Random, one: CityPlan) -> list[Firm]:
    """Return firms of a city that no list named yet."""
    counties = [place.name for place in territory.below(one.city.code) if place.official]
    maker = plan.Maker(random, one.city, counties)
    maker.made = _FIRST_NEW
    firms = [maker.firm(Line.ECOLOGY) for _ in range(18 if one.city.code == CITY else 1)]
    for firm in firms:
        firm.name = firm.name.replace("示例有限公司", "实业示例有限公司")
    return firms


def _marked(one: CityPlan, vocs: str) -> list[Firm]:
    """Return the firms whose entries say that they are key enterprises, each once."""
    return list({firm.code: firm for firm in one.firms() if firm.vocs == vocs}.values())


def _provincial(
    cities: Sequence[CityPlan], fresh: Mapping[str, list[Firm]]
) -> Iterator[tuple[str, Firm]]:
    for number, one in enumerate(cities):
        own = one.city.code == CITY
        listed = _marked(one, "省级")[: 4 if own else 1]
        new = fresh[one.city.code][:3] if own else fresh[one.city.code] if number % 4 == 0 else []
        for firm in (*listed, *new):
            yield one.city.name, firm


def _municipal(
    cities: Sequence[CityPlan], fresh: Mapping[str, list[Firm]]
) -> Iterator[tuple[str, Firm]]:
    one = next(one for one in cities if one.city.code == CITY)
    for firm in (*_marked(one, "市级")[:8], *fresh[CITY][3:6]):
        yield one.city.name, firm


def _keys(firms: Iterator[tuple[str, Firm]], by: Standing) -> None:
    key = key_of(by, year=YEAR, document_number=f"演示环〔{YEAR}〕{5 if by.city else 2}号")
    book = workbooks.keys_book(key.title, firms)
    table = read(
        book, KEY_LIST, max_rows=settings.INTAKE_MAX_ROWS, max_bytes=settings.INTAKE_MAX_BYTES
    )
    with transaction.atomic():
        file = attachments.store(book, f"{key.title}.xlsx", by=by)
        report = import_keys(table, key, file=file, by=by).report
    if report.refused or report.to_decide:
        raise Refused(f"演示数据有误：{key.title}：{report.as_json()}")


def _candidates(random: Random, firms: Sequence[Firm], who: Mapping[str, Standing]) -> None:
    """Draft twelve candidates; report all but three, take two, decline two, withdraw one."""
    drafted = []
    for number, firm in enumerate(firms[:12]):
        place = territory.by_name(firm.county, within=CITY)
        if place is None:
            raise Refused(f"演示数据有误：没有县区“{firm.county}”")
        kind, categories = _KINDS[number % len(_KINDS)]
        line = Line.INDUSTRY if number % 4 > 1 else Line.ECOLOGY
        by = who[f"county-{place.code}-{line}"]
        draft = actions.Draft(
            kind, categories, _GROUNDS[number % len(_GROUNDS)], name=firm.name, code=firm.code,
            address=firm.address, industry=firm.trade.code,
        )  # fmt: skip
        drafted.append((by, actions.enter(draft, year=YEAR, by=by)))
    for by, candidate in drafted[3:]:
        actions.report([candidate.pk], by=by)
    by, withdrawn = drafted[11]
    actions.withdraw(withdrawn.pk, by=by)
    for _, candidate in drafted[9:11]:
        reason = "企业已列入搬迁计划，待搬迁完成后再列入"
        actions.decline(candidate.pk, reason=reason, by=who[f"city-{CITY}-{candidate.line}"])
    _take([candidate for _, candidate in drafted[3:5]], who)


def _take(candidates: Sequence[Candidate], who: Mapping[str, Standing]) -> None:
    for line in Line:
        names = [one.name for one in candidates if one.line == line]
        ids = Organisation.objects.filter(name__in=names).values_list("pk", flat=True)
        if ids:
            actions.take(list(ids), year=YEAR, number=8, by=who[f"city-{CITY}-{line}"])
