"""Tell the firms of a workbook from the known ones, row by row, with an official's decisions."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from cleanprod.foundation.intake.rules import Outcome, Table
from cleanprod.foundation.organisations import queries as organisations
from cleanprod.foundation.organisations.rules import Judgement, Known, Match, grouped, judge
from cleanprod.kernel import credit_code
from cleanprod.kernel.credit_code import Kind as CodeKind
from cleanprod.kernel.errors import Refused
from cleanprod.kernel.finding import Finding, Level
from cleanprod.kernel.names import comparable, former_names
from cleanprod.kernel.term import Term


class Choice(Term):
    """What an official decides about a row that matching is unsure of."""

    SAME = "same", "是同一企业"
    NEW = "new", "是另一企业，新建"
    REPAIR = "repair", "更正代码"
    SKIP = "skip", "不导入"


@dataclass(frozen=True, slots=True)
class Decision:
    """A decision on one row, with the reason that is kept."""

    choice: Choice
    reason: str


class FirmRow(Protocol):
    """One row that names a firm, and what was decided about it."""

    outcome: Outcome
    judgement: Judgement | None
    note: str
    decision: Decision | None
    names: Sequence[str]

    @property
    def number(self) -> int:
        """Return the row of the sheet."""
        ...

    @property
    def name(self) -> str:
        """Return the name as written."""
        ...

    @property
    def code(self) -> str:
        """Return the credit code as read."""
        ...

    def repair(self, code: str) -> None:
        """Take another credit code in place of the one that was read."""
        ...


F = TypeVar("F", bound=FirmRow)


class Speaker:
    """Adds findings about one row of one sheet."""

    def __init__(self, table: Table, number: int, findings: list[Finding]) -> None:
        """Remember where findings go."""
        self.table, self.number, self.findings = table, number, findings

    def say(self, level: Level, key: str, value: str, rule: str, advice: str) -> None:
        """Add one finding at the cell of a column."""
        self.findings.append(self.table.found(self.number, key, level, rule, advice, value))

    def block(self, key: str, value: str, rule: str, advice: str) -> bool:
        """Add a blocking finding and return False, the row being refused."""
        self.say(Level.BLOCK, key, value, rule, advice)
        return False

    def inform(self, key: str, value: str, rule: str, advice: str) -> None:
        """Add a finding that is only to be known."""
        self.say(Level.INFORM, key, value, rule, advice)


def names_of(name: str) -> list[str]:
    """Return the comparable forms of a name and of the former names in its brackets."""
    return [comparable(name), *(comparable(former) for former in former_names(name))]


def match(
    rows: Sequence[F],
    city_of: Callable[[F], str],
    decided: Mapping[tuple[str, str], Known],
    decisions: Mapping[int, Decision],
    table: Table,
    findings: list[Finding],
    *,
    recall: Callable[[Collection[str]], Mapping[str, Known]] | None = None,
) -> None:
    """Tell known firms from new ones in two reads; of a refused row tell what waits behind.

    `recall` finds firms under names that they no longer carry, which is asked about. `decided`
    names the firms that an earlier import settled, by name and code as written, so that nobody
    decides twice; `decisions` by row number are today's.
    """
    verdict_of = {one.number: credit_code.inspect(one.code) for one in rows}
    # The code that a slip of the hand may have meant is looked up as well.
    codes = {code for told in verdict_of.values() for code in (told.code, told.suggestion) if code}
    known = organisations.known_enterprises(codes, {name for one in rows for name in one.names})
    by_code, by_name = grouped(known, "code"), grouped(known, "comparable")
    for one in rows:
        one.judgement = judge(
            verdict_of[one.number], one.names, city_of(one), by_code, by_name, written=one.name
        )
    live = [one for one in rows if one.outcome is not Outcome.REFUSED]
    verdicts = [verdict_of[one.number] for one in live]
    _tell_of_refused(rows, decided, table, findings)
    if recall is not None:
        _ask_about_former_names(live, recall)
    _ask_about_twins(live, city_of)
    _tell_of_codes(live, verdicts, table, findings)
    for one in live:
        if one.judgement is None or one.judgement.match is not Match.UNSURE:
            continue
        repaired = one.judgement.repaired
        before = decided.get((one.name, one.code))
        if before is None and repaired:
            before = decided.get((one.name, repaired))
            if before:
                one.repair(repaired)
        if before:
            one.judgement = Judgement(Match.SAME, before)
        else:
            decision = decisions.get(one.number)
            meant = by_code.get(repaired, ()) if repaired else ()
            _decide(one, one.judgement, decision, meant, Speaker(table, one.number, findings))
    _refuse_same_codes(live)


def _tell_of_refused(
    rows: Sequence[F], decided: Mapping[tuple[str, str], Known], table: Table,
    findings: list[Finding],
) -> None:  # fmt: skip
    """Tell of refused rows what would be asked once they are put right, to save a second round."""
    for one in rows:
        if one.outcome is not Outcome.REFUSED or (one.name, one.code) in decided:
            continue
        if one.judgement and one.judgement.match is Match.UNSURE:
            Speaker(table, one.number, findings).inform(
                "code" if one.code else "name", one.code or one.name, one.judgement.why,
                "改正本行其他问题时一并核对",
            )  # fmt: skip


def _ask_about_former_names(
    live: Sequence[F], recall: Callable[[Collection[str]], Mapping[str, Known]]
) -> None:
    """Ask about firms that seem new but carry a name under which another was listed before."""
    new = [one for one in live if one.judgement and one.judgement.match is Match.NEW]
    before = recall({one.name for one in new}) if new else {}
    for one in new:
        known = before.get(one.name)
        if known is not None:
            why = f"已有企业“{known.name}”曾以此名称列入名单，请确认是否同一企业"
            one.judgement = Judgement(Match.UNSURE, known, why)


def _ask_about_twins(live: Sequence[F], city_of: Callable[[F], str]) -> None:
    """Ask about new firms that share code or name with an earlier row, but not both."""
    coded: dict[str, F] = {}
    named: dict[tuple[str, str], F] = {}
    for one in live:
        alike = coded.get(one.code) if one.code else None
        why = "代码与第{}行“{}”相同但名称不同，请核对是否填错"
        if alike is None:
            places = [(city_of(one), name) for name in one.names]
            alike = next((named[place] for place in places if place in named), None)
            why = "名称与第{}行“{}”相同但代码不同，请核对是否填错"
        if alike and one.judgement and one.judgement.match is Match.NEW:
            one.judgement = Judgement(Match.UNSURE, None, why.format(alike.number, alike.name))
        if one.code:
            coded.setdefault(one.code, one)
        for name in one.names:
            named.setdefault((city_of(one), name), one)


_OLDER = (CodeKind.REGISTRATION, CodeKind.THIRTEEN, CodeKind.ORGANISATION)


def _tell_of_codes(
    live: Sequence[FirmRow], verdicts: Sequence[credit_code.Verdict], table: Table,
    findings: list[Finding],
) -> None:  # fmt: skip
    """Tell of codes of an older kind, and once a sheet of rows that have none."""
    for one, verdict in zip(live, verdicts, strict=True):
        if verdict.kind in _OLDER:
            rule, _, advice = verdict.problem.partition("，")
            Speaker(table, one.number, findings).inform("code", one.code, rule, advice)
    bare = [one.number for one in live if not one.code]
    if bare:
        rule = f"{len(bare)}行没有统一社会信用代码，只能按名称比对"
        if "code" not in table.columns:
            rule = "没有“统一社会信用代码”列，只能按名称比对"
        Speaker(table, bare[0], findings).inform("code", "", rule, "请补填18位代码")


def left_out(rows: Sequence[FirmRow]) -> int:
    """Return how many rows an import leaves out that nobody decided on."""
    out = (Outcome.REFUSED, Outcome.TO_DECIDE)
    return sum(one.outcome in out and one.decision is None for one in rows)


def choices(judgement: Judgement) -> list[Choice]:
    """Return what an official may choose for an unsure row, in the order of the page."""
    offered = {
        Choice.SAME: judgement.enterprise is not None,
        Choice.REPAIR: bool(judgement.repaired),
    }
    order = (Choice.SAME, Choice.REPAIR, Choice.NEW, Choice.SKIP)
    return [choice for choice in order if offered.get(choice, True)]


def _repair(one: FirmRow, repaired: str, meant: Sequence[Known], reason: str) -> None:
    """Take the code that was meant: of the known firm that has it and the name, else of a new one.

    A firm that has the code under another name is not taken for the same unasked.
    """
    same = next((known for known in meant if known.comparable in one.names), None)
    if same is None and meant:
        raise Refused(f"第{one.number}行更正后的代码是已有企业“{meant[0].name}”的，请另选")
    one.note = f"经决定代码由{one.code}更正为{repaired}：{reason}"
    one.repair(repaired)
    one.judgement = Judgement(Match.SAME, same) if same else Judgement(Match.NEW)


def _refuse_same_codes(live: Sequence[FirmRow]) -> None:
    """Refuse a repair that makes two rows of one code."""
    repaired = [one for one in live if one.decision and one.decision.choice is Choice.REPAIR]
    for one in repaired:
        other = next((two for two in live if two is not one and two.code == one.code), None)
        if other is not None:
            raise Refused(f"第{one.number}行更正后的代码与第{other.number}行相同，请改正工作簿")


def _decide(
    one: FirmRow, judgement: Judgement, decision: Decision | None, meant: Sequence[Known],
    say: Speaker,
) -> None:  # fmt: skip
    """Apply an official's decision to an unsure row, or leave it to decide."""
    if decision is None:
        one.outcome, one.note = Outcome.TO_DECIDE, judgement.why
        offered = "".join(f"“{choice.label}”" for choice in choices(judgement))
        say.say(
            Level.DECIDE, "code" if one.code else "name", one.code or one.name, judgement.why,
            f"在预检页逐行选择{offered}，并写明理由",
        )  # fmt: skip
        return
    if not decision.reason.strip():
        raise Refused(f"第{one.number}行的决定应写明理由")
    one.decision = decision
    if decision.choice is Choice.SKIP:
        one.outcome, one.note = Outcome.REFUSED, f"经决定不导入：{decision.reason}"
    elif decision.choice not in choices(judgement):
        lacks = "可对应的已有企业" if decision.choice is Choice.SAME else "可更正的代码"
        raise Refused(f"第{one.number}行没有{lacks}，请另选")
    elif decision.choice is Choice.REPAIR:
        _repair(one, judgement.repaired, meant, decision.reason)
    elif decision.choice is Choice.SAME:
        one.judgement = Judgement(Match.SAME, judgement.enterprise)
        one.note = f"经决定为同一企业：{decision.reason}"
    else:
        one.judgement = Judgement(Match.NEW)
        one.note = f"经决定新建企业：{decision.reason}"
