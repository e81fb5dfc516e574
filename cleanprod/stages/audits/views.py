"""Forms of a round's own acts: publish a list, register, file the plan, withdraw a fact."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from cleanprod.foundation.attachments import actions as attachments
from cleanprod.foundation.engine import clock
from cleanprod.foundation.organisations.acting import acting
from cleanprod.foundation.organisations.rules import Role
from cleanprod.foundation.web.forms import posted
from cleanprod.kernel.errors import Refused
from cleanprod.stages.audits import access, actions, queries
from cleanprod.stages.audits.forms import (
    EquateForm,
    PublishForm,
    RegisterForm,
    RenameForm,
    WithdrawForm,
    default_issuer,
)
from cleanprod.stages.audits.models import Fact, Round
from cleanprod.stages.audits.rules import Act, Milestone
from cleanprod.stages.programme import access as programme_access
from cleanprod.stages.programme.rules import BatchAct

GET_POST = ["GET", "POST"]


@require_http_methods(GET_POST)
def publish(request: HttpRequest, batch_id: int) -> HttpResponse:
    """Publish a list: its day, its number, its issuing bodies."""
    standing = acting(request, Role.CITY)
    batch = programme_access.get_or_404(standing, batch_id)
    if not programme_access.may(standing, BatchAct.PUBLISH, batch):
        raise Http404
    form = PublishForm(posted(request), initial=default_issuer(standing.office_name))
    if request.method == "POST" and form.is_valid():
        try:
            done = actions.publish_list(batch.pk, by=standing, **form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            again = f"，{done.linked}家的本轮审核继续" if done.linked else ""
            messages.success(request, f"名单已公布：{done.opened}家企业开启本轮清洁生产审核{again}")
            return redirect(f"/lists/{batch.pk}/")
    context = {"batch": batch, "form": form, "entries": batch.entries.count()}
    return render(request, "audits/publish.html", context, status=422 if form.errors else 200)


def _own_round(request: HttpRequest, pk: int, act: Act) -> Round:
    """Return the enterprise's round if the act is open to it now."""
    standing = acting(request, Role.ENTERPRISE)
    audit = access.get_or_404(standing, pk)
    if not any(move.act is act for move in access.moves(standing, audit)):
        raise Http404
    return audit


@require_http_methods(GET_POST)
def register(request: HttpRequest, pk: int) -> HttpResponse:
    """Let the enterprise confirm its record: the fact 企业注册."""
    audit = _own_round(request, pk, Act.REGISTER)
    form = RegisterForm(posted(request))
    if request.method == "POST" and form.is_valid():
        fact = actions.NewFact(audit.pk, Milestone.REGISTERED, clock.today())
        actions.record(Act.REGISTER, [fact], by=acting(request))
        messages.success(request, "已完成企业注册。下一步：填报审核计划")
        return redirect(f"/rounds/{audit.pk}/")
    context = {"audit": audit, "form": form}
    return render(request, "audits/register.html", context, status=422 if form.errors else 200)


@require_http_methods(GET_POST)
def withdraw(request: HttpRequest, pk: int, fact_id: int) -> HttpResponse:
    """Withdraw a fact that was recorded in error, with the reason."""
    standing = acting(request, Role.CITY, Role.PROVINCE)
    audit = access.get_or_404(standing, pk)
    fact = Fact.objects.filter(pk=fact_id, round=audit, withdrawal=None).first()
    if fact is None:
        raise Http404
    queries.check_withdrawal(fact, audit, standing)
    form = WithdrawForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            actions.withdraw(fact.pk, reason=form.cleaned_data["reason"], by=standing)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"已撤回“{fact.get_kind_display()}”")
            return redirect(f"/rounds/{audit.pk}/")
    context = {"audit": audit, "fact": fact, "form": form}
    return render(request, "audits/withdraw.html", context, status=422 if form.errors else 200)


@require_http_methods(GET_POST)
def rename(request: HttpRequest, pk: int) -> HttpResponse:
    """Record the new name of a round's enterprise; the round keeps its listed name."""
    standing = acting(request, Role.CITY)
    audit = access.get_or_404(standing, pk)
    if not standing.leads(city=audit.city_id, lead=audit.lead):
        raise Http404
    form = RenameForm(posted(request), initial={"name": audit.enterprise.name})
    if request.method == "POST" and form.is_valid():
        actions.rename_enterprise(audit.enterprise_id, by=standing, **form.cleaned_data)
        messages.success(request, "企业更名已登记")
        return redirect(f"/rounds/{audit.pk}/")
    context = {"audit": audit, "form": form}
    return render(request, "audits/rename.html", context, status=422 if form.errors else 200)


@require_http_methods(GET_POST)
def equate(request: HttpRequest, pk: int) -> HttpResponse:
    """Let the lead department decide that a round counts as done by a pilot or a certificate."""
    standing = acting(request, Role.CITY)
    audit = access.get_or_404(standing, pk)
    if not any(move.act is Act.EQUATE for move in access.moves(standing, audit)):
        raise Http404
    form = EquateForm(posted(request), request.FILES or None, initial={"on": clock.today()})
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            file = attachments.store(said["evidence"], said["evidence"].name, by=standing)
            fact = actions.NewFact(
                audit.pk, Milestone.EQUIVALENT, said["on"], reason=said["reason"],
                document_number=said["document_number"], evidence=file.pk,
                details={"ground": said["ground"]},
            )  # fmt: skip
            actions.record(Act.EQUATE, [fact], by=standing)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "已认定视同")
            return redirect(f"/rounds/{audit.pk}/")
    context = {"audit": audit, "form": form}
    return render(request, "audits/equate.html", context, status=422 if form.errors else 200)
