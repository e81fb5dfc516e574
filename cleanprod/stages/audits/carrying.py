"""The year ends and a round does not: 31 December fails nobody, rounds go on 跨年结转."""

from collections.abc import Collection
from datetime import date

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from cleanprod.foundation.engine import clock
from cleanprod.foundation.notifications import actions as notifications
from cleanprod.foundation.organisations import queries as organisations
from cleanprod.foundation.organisations.rules import Role, Standing
from cleanprod.foundation.rulebook import queries as rulebook
from cleanprod.kernel.errors import Conflict, Refused
from cleanprod.stages.audits import actions, messages
from cleanprod.stages.audits.models import Fact, Round
from cleanprod.stages.audits.rules import WORKING, Act, Milestone

LONGEST_NOTE = 500


def opens_on(year: int) -> date:
    """Return the day from which the rounds of a year may be carried over."""
    rule = rulebook.value("round.carry_over.from", on=date(year, 12, 31))
    month, day = (int(part) for part in str(rule.value).split("-"))
    return date(year, month, day)


def usual_year(today: date) -> int:
    """Return the year whose rounds are carried over on a day: the running one near its end."""
    return today.year if today >= opens_on(today.year) else today.year - 1


def unfinished(by: Standing, year: int) -> QuerySet[Round]:
    """Return the rounds this department leads that were listed by the end of a year and go on."""
    if by.role is not Role.CITY:
        return Round.objects.none()
    found = Round.objects.filter(city=by.city, lead=by.line, stage__in=WORKING)
    return found.filter(listed_on__lte=date(year, 12, 31))


def carried(year: int) -> Exists:
    """Return the condition that a round was carried over from a year."""
    facts = Fact.objects.filter(round=OuterRef("pk"), kind=Milestone.CARRIED, withdrawal=None)
    return Exists(facts.filter(details__year=year))


@transaction.atomic
def carry_over(
    year: int, rounds: Collection[int], *, seen: int, note: str = "", by: Standing
) -> int:
    """Carry unfinished rounds over from a year into the next; return how many.

    Clocks and stages stay as they are: nobody fails because a year is over. `seen` is how many
    the person read that would be carried; rounds that are carried already are passed over.
    """
    today = clock.today()
    if today < opens_on(year):
        raise Refused(f"{year}年的跨年结转从{opens_on(year).isoformat()}起办理")
    locked = unfinished(by, year).select_for_update(of=("self",)).filter(pk__in=rounds)
    going = {audit.pk: audit for audit in locked.filter(~carried(year)).order_by("pk")}
    if len(going) != seen:
        if going or not locked.exists():
            raise Conflict(f"打开页面以后情况有变动，现在应结转{len(going)}家，请核对后再办理")
        return 0
    facts = [
        actions.NewFact(
            pk, Milestone.CARRIED, today, reason=note.strip()[:LONGEST_NOTE],
            details={"year": year},
        )
        for pk in going
    ]  # fmt: skip
    done = actions.record(Act.CARRY, facts, by=by)
    owners = {audit.enterprise_id: audit for audit in going.values()}
    notifications.send_many(
        messages.carried(owners[owner], year, person, mail)
        for owner, person, mail in organisations.people_of(list(owners))
    )
    return done
