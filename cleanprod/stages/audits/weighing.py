"""What a notice of change would do to a list: each line weighed, all problems in one pass."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Max, Q, QuerySet

from cleanprod.foundation.obligations.models import Obligation
from cleanprod.kernel.errors import Refused
from cleanprod.stages.audits import queries
from cleanprod.stages.audits.models import Relisting, Round
from cleanprod.stages.audits.rules import (
    CHANGES,
    FACT_OF,
    OPEN,
    Change,
    ChangeLine,
    Clock,
    Stage,
    changes_open,
    checked_fact,
    due,
)
from cleanprod.stages.programme import access as programme
from cleanprod.stages.programme.models import Batch, Entry


@dataclass(frozen=True, slots=True)
class Weighed:
    """One line with what it meets: the firm, where its round stands, what stands in the way."""

    line: ChangeLine
    name: str
    code: str
    county: str
    enterprise: int
    round: int | None
    before: Stage
    problem: str = ""

    @property
    def goes_on(self) -> bool:
        """Tell whether a roll carries on with the round that was deferred."""
        return self.line.change is Change.ROLL and self.before is Stage.DEFERRED

    @property
    def effect(self) -> str:
        """Return in words what becomes of the firm's round."""
        if self.line.change is Change.CANCEL:
            return "本轮清洁生产审核取消，未完成的期限终止"
        if self.line.change is Change.DEFER:
            return "本轮清洁生产审核暂缓，未完成的期限终止，待滚动纳入以后的名单"
        if self.goes_on:
            return "暂缓的清洁生产审核继续，期限按变更日期重新起算"
        return "开启新一轮清洁生产审核，期限按变更日期起算"


@dataclass(frozen=True, slots=True)
class Outlook:
    """The lines of a notice weighed, with the deadlines that end and those that start."""

    lines: Sequence[Weighed]
    ended: int
    starting: Sequence[tuple[Clock, date]]

    def count(self, change: Change) -> int:
        """Return how many lines make this change."""
        return sum(one.line.change is change for one in self.lines)

    @property
    def opened(self) -> int:
        """Return how many new rounds the notice opens."""
        return sum(one.line.change is Change.ROLL and not one.goes_on for one in self.lines)

    @property
    def going_on(self) -> int:
        """Return how many deferred rounds go on."""
        return sum(one.goes_on for one in self.lines)

    @property
    def problems(self) -> list[str]:
        """Return what stands in the way, firm by firm."""
        return [f"{one.name}：{one.problem}" for one in self.lines if one.problem]


def outlook(batch: Batch, lines: Sequence[ChangeLine], *, on: date, today: date) -> Outlook:
    """Return what a notice of this day would do."""
    weighed = weigh(batch, lines, on=on, today=today)
    subjects = [f"round:{one.round}" for one in weighed if one.round]
    rolls = any(one.line.change is Change.ROLL for one in weighed)
    return Outlook(
        weighed,
        Obligation.objects.open().filter(subject__in=subjects).count(),
        [(clock, due(clock, on)) for clock in queries.clocks(on)] if rolls else (),
    )


def weigh(batch: Batch, lines: Sequence[ChangeLine], *, on: date, today: date) -> list[Weighed]:
    """Weigh every line in a few reads, in the order of the notice: cancel, defer, roll."""
    own = [line for line in lines if line.change is not Change.ROLL]
    rolled = [line for line in lines if line.change is Change.ROLL]
    found = {
        **_own(batch, own, on=on, today=today),
        **_rolled(batch, rolled, on=on),
    }
    order = list(Change)
    return sorted(
        (found.get(line.entry) or _unknown(line) for line in lines),
        key=lambda one: (order.index(one.line.change), one.line.entry),
    )


def _unknown(line: ChangeLine) -> Weighed:
    problem = (
        "不在以前名单的未通过、暂缓之列，或已再次列入名单"
        if line.change is Change.ROLL
        else "本名单中没有该企业"
    )
    return Weighed(line, f"第{line.entry}号记录", "", "", 0, None, Stage.LISTED, problem)


def _rounds(entries: Iterable[int]) -> dict[int, Round]:
    """Return the round that answers each entry."""
    wanted = list(entries)
    later = dict(Relisting.objects.filter(entry__in=wanted).values_list("entry_id", "round_id"))
    rounds = {
        audit.pk: audit
        for audit in Round.objects.filter(Q(entry__in=wanted) | Q(pk__in=list(later.values())))
    }
    first = {audit.entry_id: audit for audit in rounds.values()}
    linked = {entry: rounds[pk] for entry, pk in later.items()}
    return {entry: first.get(entry) or linked[entry] for entry in wanted if
            entry in first or entry in linked}  # fmt: skip


def _newest(rounds: Iterable[Round]) -> dict[int, int]:
    """Return the last entry that listed each round again."""
    return dict(
        Relisting.objects.filter(round__in=[audit.pk for audit in rounds])
        .values_list("round")
        .annotate(newest=Max("entry"))
    )


def _own(batch: Batch, lines: Sequence[ChangeLine], *, on: date, today: date) -> dict[int, Weighed]:
    wanted = {line.entry: line for line in lines}
    rounds = _rounds(wanted)
    newest = _newest(rounds.values())
    entries = Entry.objects.filter(batch=batch, pk__in=list(wanted)).select_related("county")
    found = {}
    for entry in entries:
        audit = rounds[entry.pk]
        if newest.get(audit.pk, audit.entry_id) != entry.pk:
            problem = "已滚动纳入以后的名单，请在那份名单中变更"
        else:
            problem = _hindrance(wanted[entry.pk].change, audit, on=on, today=today)
        found[entry.pk] = _weighed(wanted[entry.pk], entry, audit, problem)
    return found


def _hindrance(change: Change, audit: Round, *, on: date, today: date) -> str:
    """Return why the table of moves or the days forbid the change; blank when they do not."""
    stage = Stage(audit.stage)
    act = CHANGES[change]
    if change not in changes_open(stage):
        return f"当前为“{stage.label}”，不能{act.label}"
    try:
        checked_fact(
            FACT_OF[act], on, listed_on=audit.listed_on, today=today, rolled_on=audit.rolled_on
        )
    except Refused as refusal:
        return str(refusal)
    return ""


def _rolled(batch: Batch, lines: Sequence[ChangeLine], *, on: date) -> dict[int, Weighed]:
    wanted = {line.entry: line for line in lines}
    if not wanted:
        return {}
    rounds = _rounds(wanted)
    entries = programme.rollable_into(batch).filter(pk__in=list(wanted)).select_related("county")
    return {
        entry.pk: _weighed(
            wanted[entry.pk], entry, rounds[entry.pk], _too_early(rounds[entry.pk], on)
        )
        for entry in entries
    }


def _too_early(audit: Round, on: date) -> str:
    ended = audit.deferred_on if audit.stage == Stage.DEFERRED else audit.failed_on
    if ended and on < ended:
        label = Stage(audit.stage).label
        return f"{label}日期 {ended.isoformat()} 晚于变更日期 {on.isoformat()}"
    return ""


def _weighed(line: ChangeLine, entry: Entry, audit: Round, problem: str) -> Weighed:
    return Weighed(
        line,
        entry.name,
        entry.code,
        entry.county.name if entry.county else "",
        entry.enterprise_id,
        audit.pk,
        Stage(audit.stage),
        problem,
    )


def changeable(batch: Batch) -> QuerySet[Entry]:
    """Return the rows of a published list that a notice may cancel or defer."""
    moving = [stage for stage in OPEN if changes_open(stage)]
    rounds = Round.objects.filter(stage__in=moving)
    again = Relisting.objects.filter(round__in=rounds)
    last = again.values("round").annotate(newest=Max("entry"))
    return Entry.objects.filter(batch=batch).filter(
        Q(pk__in=rounds.exclude(pk__in=again.values("round_id")).values("entry_id"))
        | Q(pk__in=last.values("newest"))
    )


def stages(entries: Iterable[Entry]) -> Mapping[int, Stage]:
    """Return where the round of each entry stands."""
    rounds = _rounds([entry.pk for entry in entries])
    return {pk: Stage(audit.stage) for pk, audit in rounds.items()}
