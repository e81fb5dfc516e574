"""Where low cost usually ends in the rounds of a department of a city."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from cleanprod.foundation.engine import clock
from cleanprod.foundation.organisations.acting import acting
from cleanprod.foundation.organisations.rules import Role
from cleanprod.stages.measures import actions, queries
from cleanprod.stages.measures.forms import BorderForm
from cleanprod.stages.measures.rules import plain


@require_http_methods(["GET", "POST"])
def border(request: HttpRequest) -> HttpResponse:
    """Let a department of a city set where low cost usually ends for its rounds."""
    standing = acting(request, Role.CITY)
    today = clock.today()
    own = queries.border_of(today, standing.city, standing.line or "")
    usual = queries.border(today, standing.city)
    form = BorderForm(request.POST or None, initial={"yuan": own.yuan if own else usual})
    if request.method == "POST" and form.is_valid():
        actions.set_border(form.cleaned_data["yuan"], form.cleaned_data["basis"], by=standing)
        messages.success(request, "已设定，以后新填的绩效表按此默认")
        return redirect("measures:border")
    context = {"own": own, "usual": usual, "form": form, "plain": plain}
    return render(request, "measures/border.html", context, status=422 if form.errors else 200)
