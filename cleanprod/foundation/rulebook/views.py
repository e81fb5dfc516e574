"""The page of the working-day table."""

from datetime import date

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from cleanprod.foundation.organisations.acting import acting
from cleanprod.foundation.organisations.rules import Role
from cleanprod.foundation.rulebook import access, workdays
from cleanprod.foundation.rulebook.forms import DayForm
from cleanprod.foundation.rulebook.models import SpecialDay
from cleanprod.foundation.web import asked
from cleanprod.foundation.web.forms import posted
from cleanprod.kernel.errors import Refused

READERS = (Role.ADMIN, Role.PROVINCE, Role.CITY, Role.COUNTY)


@require_http_methods(["GET", "POST"])
def days(request: HttpRequest) -> HttpResponse:
    """Show the days of a year that depart from Monday to Friday; keepers add and mend them."""
    standing = acting(request, *READERS)
    may_amend = access.may_amend(standing)
    if request.method == "POST" and not may_amend:
        raise Http404
    form = DayForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            kept = workdays.keep(by=standing, **form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"已登记：{kept}")
            return redirect(_address(kept.day))
    year = asked.year(request)
    context = {
        "year": year, "years": asked.years(year), "may_amend": may_amend,
        "rows": SpecialDay.objects.filter(day__year=year), "form": form if may_amend else None,
    }  # fmt: skip
    return render(request, "rulebook/days.html", context, status=422 if form.errors else 200)


def _address(day: date) -> str:
    return f"{reverse('rulebook:days')}?year={day.year}"


@require_POST
def drop(request: HttpRequest) -> HttpResponse:
    """Take a day out of the table."""
    standing = acting(request, *access.WRITERS)
    try:
        day = date.fromisoformat(request.POST.get("day", ""))
    except ValueError:
        raise Http404 from None
    gone = workdays.drop(day, reason=request.POST.get("reason", ""), by=standing)
    messages.success(request, "已删除" if gone else "该日没有登记，不用删除")
    return redirect(_address(day))


@require_POST
def load(request: HttpRequest) -> HttpResponse:
    """Take over the years that the library has come to know."""
    added = workdays.load_new(by=acting(request, *access.WRITERS))
    messages.success(request, f"已导入{added}天" if added else "没有新的年度可以导入")
    return redirect("rulebook:days")
