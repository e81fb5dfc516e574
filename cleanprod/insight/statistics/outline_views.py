"""Page of the outline map: an administrator loads an approved one or takes it out of use."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from cleanprod.foundation.organisations.acting import acting
from cleanprod.foundation.organisations.rules import Role
from cleanprod.foundation.web.forms import posted
from cleanprod.insight.statistics import outlining
from cleanprod.insight.statistics.outline import BadOutline
from cleanprod.kernel.errors import Refused


class OutlineForm(forms.Form):
    """An approved map with its number."""

    approval = forms.CharField(label="审图号", max_length=60, help_text="如“粤S（2023）×××号”")
    publisher = forms.CharField(label="地图来源", max_length=200)
    file = forms.FileField(
        label="标准地图文件", help_text="GeoJSON 格式，每个地市一个图形，带行政区划代码；8 MB 以内"
    )


@require_http_methods(["GET", "POST"])
def page(request: HttpRequest) -> HttpResponse:
    """Show the outline in use; take another one in."""
    standing = acting(request, Role.ADMIN)
    form = OutlineForm(posted(request), request.FILES or None)
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        try:
            outlining.load(
                typed["file"].read(), approval=typed["approval"], publisher=typed["publisher"],
                by=standing,
            )  # fmt: skip
        except BadOutline as bad:
            for problem in bad.problems:
                form.add_error("file", problem)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "已载入，统计总览显示该地图")
            return redirect("statistics:outline")
    context = {"form": form, "outline": outlining.in_use()}
    return render(request, "statistics/outline.html", context, status=422 if form.errors else 200)


@require_POST
def withdraw(request: HttpRequest) -> HttpResponse:
    """Take the outline out of use."""
    standing = acting(request, Role.ADMIN)
    outlining.withdraw(reason=request.POST.get("reason", ""), by=standing)
    messages.success(request, "已停用，统计总览只显示示意图")
    return redirect("statistics:outline")
