"""Consultancies in the demo: their record of last year in 佛山, and a board of several rounds."""

from datetime import date, timedelta

from cleanprod.faces.cli.demo import people, plan
from cleanprod.foundation.engine import clock
from cleanprod.foundation.organisations.models import Organisation
from cleanprod.foundation.organisations.rules import Kind, Role, Standing
from cleanprod.stages.audits.models import Round
from cleanprod.stages.audits.rules import OPEN, Stage
from cleanprod.stages.registration import engaging
from cleanprod.stages.registration.engaging import Terms
from cleanprod.stages.registration.rules import Scope

CITY = "440600"
_BUSY = 8  # consultancies that share the work of last year
_BOARD = (("441300", Scope.SUBMIT), ("441900", Scope.FILL), ("440100", Scope.VIEW))


def last_year() -> None:
    """Let every second firm of 佛山 engage somebody for its round of last year."""
    offices = _offices()[:_BUSY]
    rounds = Round.objects.filter(city=CITY, list_year=plan.TODAY.year - 1, stage__in=OPEN)
    for place, audit in enumerate(rounds.exclude(planned_on=None).order_by("pk")[::2]):
        until = date(plan.TODAY.year, 3, 31)
        begins = audit.planned_on or audit.listed_on
        with clock.fixed(begins):
            _engage(audit, Terms(offices[place % _BUSY], Scope.FILL, begins, until))


def board() -> None:
    """Give the firm of `consultancy-demo` two rounds in each of three more cities."""
    office = people.consultancy().pk
    for city, scope in _BOARD:
        rounds = Round.objects.filter(
            city=city, list_year=plan.TODAY.year, stage__in=(Stage.REGISTERED, Stage.PLANNED)
        )
        for number, audit in enumerate(rounds.order_by("pk")[:2]):
            until = plan.TODAY + timedelta(60 + 90 * number)
            _engage(audit, Terms(office, scope, plan.TODAY - timedelta(30), until))


def _offices() -> list[int]:
    rows = Organisation.objects.filter(kind=Kind.CONSULTANCY).order_by("pk")
    return list(rows.values_list("pk", flat=True))


def _engage(audit: Round, terms: Terms) -> None:
    by = Standing(
        0, "演示企业经办人", Role.ENTERPRISE, audit.enterprise_id, audit.name, city=audit.city_id
    )
    engaging.engage(audit.pk, terms, by=by)
