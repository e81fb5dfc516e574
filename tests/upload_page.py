"""A page with one upload field, for the journeys of this slice in a real browser."""

from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.urls import include, path

from cleanprod.config import urls
from cleanprod.foundation.attachments import uploads

PAGE = """{% extends "web/base.html" %}{% import "web/components.html" as ui %}
{% block title %}上传{% endblock %}
{% block content %}{{ ui.page_head("上传材料") }}{% call ui.panel("审核报告") %}
<form method="post" enctype="multipart/form-data" data-once>{{ csrf(request) }}
{{ ui.upload_field("report", "审核报告") }}
{% call ui.form_actions() %}{{ ui.button("提交") }}{% endcall %}</form>
{% if file %}<p id="kept">{{ file.sha256 }} {{ ui.badge(file.get_scan_display()) }}</p>{% endif %}
{% endcall %}{% endblock %}"""


def page(request: HttpRequest) -> HttpResponse:
    file = None
    if request.method == "POST":
        file = uploads.kept(request, "report", by=request.standing)
    template = engines["jinja2"].from_string(PAGE)
    return HttpResponse(template.render({"file": file}, request))


urlpatterns = [path("try/", page), path("", include(urls.urlpatterns))]
