"""What waits for an enterprise, a consultancy, an expert."""

from collections.abc import Iterator

from django.urls import reverse

from cleanprod.faces.desk import whereabouts
from cleanprod.faces.desk.todo import shared
from cleanprod.faces.desk.todo.line import Waiting
from cleanprod.foundation.engine import clock
from cleanprod.foundation.obligations import queries as obligations
from cleanprod.foundation.obligations.rules import how_long
from cleanprod.foundation.organisations.rules import Standing
from cleanprod.stages.audits import access as audits
from cleanprod.stages.audits.rules import Stage
from cleanprod.stages.disclosures import queries as disclosures
from cleanprod.stages.disclosures.rules import State as Published
from cleanprod.stages.experts import queries as experts
from cleanprod.stages.phases import queries as phases
from cleanprod.stages.registration import queries as registration
from cleanprod.stages.remarks import queries as remarks
from cleanprod.stages.scoring import queries as scoring
from cleanprod.stages.submissions import queries as submissions

_MOST = 50  # duties of one firm or consultancy that are listed at all
_OWN_STEPS = (Stage.LISTED, Stage.REGISTERED, Stage.PLANNED, Stage.STARTED)


def enterprise(standing: Standing) -> Iterator[Waiting]:
    """Tell an enterprise what it owes in its rounds, and what came back to it."""
    yield from shared.of_reviews(standing)
    today = clock.today()
    yield from shared.of_accuracy(standing)
    yield from (back := list(_returned(standing)))
    yield from _to_publish(standing)
    owed = obligations.owed_by(standing.office_id or 0)
    for duty in owed.exclude(subject__startswith="disclosure:")[:_MOST]:
        yield Waiting(
            f"{duty.title}（{duty.due_on.isoformat()}前）", duty.url,
            how_long(duty.due_on, today), kind="bad" if duty.due_on < today else "wait",
            due=duty.due_on, basis=duty.basis,
        )  # fmt: skip
    rounds = audits.visible_to(standing)
    for plan in phases.unanswered(rounds)[:2]:
        yield Waiting(
            f"审核计划有反馈意见：{plan.round.name}", reverse("phases:plan", args=[plan.round_id]),
            "以新版本答复", kind="wait",
        )  # fmt: skip
    for audit, phase in phases.late_phases(rounds)[:2]:
        yield Waiting(
            f"审核阶段逾期：{phase.title}", reverse("phases:phase", args=[audit.pk, phase.number]),
            f"已逾期{phase.late_days}天", kind="bad",
        )  # fmt: skip
    for audit in rounds.filter(stage__in=_OWN_STEPS).order_by("-list_year", "pk")[:2]:
        turn = whereabouts.turn(audit)
        if turn.url not in {one.url for one in back}:  # said already
            yield Waiting(turn.now, turn.url, f"{audit.list_year}年名单本轮审核")


def _to_publish(standing: Standing, most: int = 3) -> Iterator[Waiting]:
    """Tell an enterprise what it has to publish, and what came back."""
    for audit, line in disclosures.owed_by(standing)[:most]:
        back = line.state is Published.RETURNED
        until = f"（{line.due.due_on.isoformat()}前）" if line.due else ""
        yield Waiting(
            f"{line.kind.label}{'的证明被退回，待修改' if back else until}",
            reverse("disclosures:edit", args=[audit.pk, line.kind.value]),
            how_long(line.due.due_on, clock.today()) if line.due else "",
            kind="bad" if back or line.overdue else "wait",
            due=line.due.due_on if line.due else None,
            basis=line.due.basis if line.due else "",
        )


def _returned(standing: Standing) -> Iterator[Waiting]:
    """Tell those who handed a report in that it came back."""
    for one in submissions.waiting(standing).select_related("round")[:2]:
        yield Waiting(
            f"审核报告被退回，待修改后重新提交：{one.round.name}",
            reverse("submissions:check", args=[one.round_id]), one.returned_reason, kind="bad",
        )  # fmt: skip


def consultancy(standing: Standing) -> Iterator[Waiting]:
    """Tell a consultancy what is owed next in the rounds for which it is engaged."""
    today = clock.today()
    yield from _returned(standing)
    rounds = dict(registration.engaged_rounds(standing).values_list("pk", "name"))
    for duty in registration.duties_of(list(rounds)).order_by("due_on", "pk")[:_MOST]:
        pk = int(duty.subject.partition(":")[2])
        yield Waiting(
            f"{rounds[pk]}：{duty.title}（{duty.due_on.isoformat()}前）",
            reverse("registration:engaged", args=[pk]), how_long(duty.due_on, today),
            kind="bad" if duty.due_on < today else "wait", due=duty.due_on,
        )  # fmt: skip


def expert(standing: Standing) -> Iterator[Waiting]:
    """Tell an expert of invitations, meetings to score, opinions to sign, replies to look at."""
    for seat in experts.to_answer(standing.person_id)[:_MOST]:
        yield Waiting(
            f"答复评审邀请：{seat.panel.title}", reverse("experts:mine"), seat.panel.office_name,
            kind="wait",
        )  # fmt: skip
    for sitting in scoring.to_score(standing).select_related("round").order_by("held_on", "pk"):
        yield Waiting(
            f"{sitting.get_purpose_display()}评分：{sitting.round.name}",
            reverse("scoring:score", args=[sitting.pk]), sitting.held_on.isoformat(), kind="wait",
        )  # fmt: skip
    for sitting in scoring.to_agree(standing).select_related("round").order_by("held_on", "pk"):
        yield Waiting(
            f"{'签署' if sitting.opinion_at else '提出'}专家组意见：{sitting.round.name}",
            reverse("scoring:agree", args=[sitting.pk]), sitting.held_on.isoformat(), kind="wait",
        )  # fmt: skip
    yield Waiting(
        "企业已回复您的意见，待复核", f"{reverse('remarks:board')}?state=replied", kind="wait",
        found=remarks.to_check(standing),
    )  # fmt: skip
