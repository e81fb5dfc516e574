"""Lines that several roles have."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.db.models import Count, QuerySet
from django.urls import reverse

from cleanprod.faces.desk.todo.line import Waiting
from cleanprod.foundation.engine import clock
from cleanprod.foundation.organisations.rules import Role, Standing
from cleanprod.stages.accuracy import queries as accuracy
from cleanprod.stages.calendar import queries as calendar
from cleanprod.stages.calendar.rules import State
from cleanprod.stages.candidates import access as candidates
from cleanprod.stages.candidates.rules import State as Survey
from cleanprod.stages.dispatch import queries as dispatch
from cleanprod.stages.hearings import queries as hearings
from cleanprod.stages.notices import access as chasing
from cleanprod.stages.notices import queries as notices
from cleanprod.stages.notices.rules import Asked as Extension
from cleanprod.stages.registration import access as registration
from cleanprod.stages.registration.rules import Asked
from cleanprod.stages.remarks import queries as remarks
from cleanprod.stages.submissions import queries as submissions


def of_accuracy(standing: Standing) -> Iterator[Waiting]:
    """Tell of drawn values: to re-check, to decide, found wrong and open to a contest."""
    mine = standing.role is Role.ENTERPRISE
    address = reverse("accuracy:mine" if mine else "accuracy:board")
    for title, found, kind in (
        ("抽中的数值，待复核", accuracy.to_check(standing), "wait"),
        ("对复核的异议，待处理", accuracy.to_decide(standing), "bad"),
        ("核定数值复核有误，可提出异议", accuracy.lost_by(standing), "wait"),
    ):
        yield Waiting(title, address, kind=kind, found=found)


def of_reviews(standing: Standing) -> Iterator[Waiting]:
    """Tell an office or an enterprise what its reviews and remarks wait for."""
    for task in hearings.waiting(standing, clock.today()):
        mine = "&mine=1" if standing.role is Role.CITY else ""
        address = f"{reverse('hearings:board')}?{task.query}{mine}"
        yield Waiting(task.title, address, count=task.count, kind="wait")
    if standing.role is Role.ENTERPRISE:
        for audit in hearings.may_apply(standing)[:1]:
            yield Waiting(
                f"可以申请评估、验收：{audit.name}", reverse("hearings:round", args=[audit.pk])
            )
        yield Waiting(
            "专家意见，待落实", f"{reverse('remarks:board')}?state=open", kind="wait",
            found=remarks.to_answer(standing),
        )  # fmt: skip
    elif standing.role is Role.CITY:
        yield Waiting(
            "企业已回复的专家意见，待复核", f"{reverse('remarks:board')}?state=replied",
            kind="wait", found=remarks.to_tick(standing),
        )  # fmt: skip


def of_submissions(standing: Standing) -> Iterator[Waiting]:
    """Tell a department of reports that wait for it, and a county of those it may check first."""
    address, found = f"{reverse('submissions:desk')}?state=waiting", submissions.waiting(standing)
    if standing.role is Role.CITY:
        yield Waiting(
            "审核报告已提交，待受理", f"{address}&own=1", "受理评估、验收，或退回修改", kind="wait",
            found=found,
        )  # fmt: skip
    else:
        yield Waiting(
            "审核报告已提交，待牵头部门受理", address, "可先登记初审意见", found=found
        )  # fmt: skip


def of_dispatches(standing: Standing) -> Iterator[Waiting]:
    """Tell of dispatches to answer, and of own ones whose day is past."""
    today = clock.today()
    for one in dispatch.to_answer(standing)[:5]:
        asked = one.dispatch
        late = (today - asked.answer_on).days
        yield Waiting(
            f"报送进度调度：{asked.title}", reverse("dispatch:answers", args=[one.pk]),
            f"{asked.answer_on.isoformat()}前 · {asked.opener.name}", vars(one)["missing"],
            "bad" if late > 0 else "wait", asked.answer_on,
        )  # fmt: skip
    for own in dispatch.to_follow(standing)[:3]:
        yield Waiting(
            f"已过报送期限，待催办或结束：{own.title}",
            reverse("dispatch:dispatch", args=[own.pk]), f"{own.answer_on.isoformat()}到期",
            kind="wait", due=own.answer_on,
        )  # fmt: skip
    yield Waiting(
        "起草中的进度调度，待下发", f"{reverse('dispatch:home')}?own=yes&stage=draft",
        found=dispatch.drafts(standing),
    )  # fmt: skip


def of_candidates(standing: Standing, state: Survey, title: str) -> Iterator[Waiting]:
    """Tell of candidates of this list year and later that wait in a state."""
    found = candidates.visible_to(standing).filter(state=state, year__gte=clock.today().year)
    if standing.line:
        found = found.filter(line=standing.line)
    years = found.order_by("year").values_list("year").annotate(number=Count("pk"))
    for year, number in years:
        address = f"{reverse('candidates:survey')}?year={year}&state={state.value}"
        yield Waiting(f"{year}年度{title}", address, count=number, kind="wait")


def of_notices(standing: Standing) -> Iterator[Waiting]:
    """Tell a desk of written notices to serve, of extensions asked, and of firms that are late."""
    yield Waiting(
        "书面通知书，待送达", reverse("notices:desk"), kind="wait", found=notices.to_serve(standing)
    )
    if standing.role is Role.CITY:
        yield Waiting(
            "企业的延期申请，待决定", f"{reverse('notices:extensions')}?state=asked", kind="wait",
            found=chasing.extensions_visible_to(standing).filter(
                state=Extension.ASKED, round__lead=standing.line
            ),
        )  # fmt: skip
    yield Waiting(
        "企业逾期未完成的事项，待催办", f"{reverse('notices:owed')}?state=overdue", kind="bad",
        found=notices.owed(standing, clock.today(), 0),
    )  # fmt: skip


def of_requests(standing: Standing) -> Iterator[Waiting]:
    """Tell a department of what enterprises asked and it decides."""
    lines: list[tuple[str, str, QuerySet[Any]]] = [
        ("resets", "企业账号重置申请，待核实授权书", registration.resets_visible_to(standing))
    ]
    if standing.role is Role.CITY:
        lines += [
            ("changes", "企业变更，待确认", registration.changes_visible_to(standing)),
            ("wishes", "企业申请自愿开展审核，待答复", registration.wishes_visible_to(standing)),
        ]
    own = {"state": Asked.ASKED} | ({"lead": standing.line} if standing.line else {})
    for page, title, visible in lines:
        address = f"{reverse(f'registration:{page}')}?state={Asked.ASKED.value}"
        yield Waiting(title, address, kind="wait", found=visible.filter(**own))


def of_calendar(
    standing: Standing, said: Sequence[Waiting] = (), most: int = 2
) -> Iterator[Waiting]:
    """Tell an office what the calendar asks of it next and nobody said yet: overdue, coming."""
    told = {line.duty for line in said}
    found = [item for item in calendar.waiting(standing) if item.duty.key not in told]
    overdue = [item for item in found if item.state is State.OVERDUE]
    coming = [item for item in found if item.state is not State.OVERDUE]
    for item in (*overdue[:most], *coming[:most]):
        yield Waiting(
            item.title, f"{reverse('calendar:year')}?year={item.year}",
            f"{item.due.isoformat()}前 · {item.said}", item.left or None,
            kind="bad" if item.state is State.OVERDUE else "wait", due=item.due,
        )  # fmt: skip


def board_of(standing: Standing, stage: str) -> str:
    """Return the board with the rounds that a line counts: of a city department its own."""
    own = f"lead={standing.line}&" if standing.role is Role.CITY else ""
    return f"{reverse('desk:rounds')}?{own}stage={stage}"
