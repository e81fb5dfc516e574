"""What a person reads when something cannot be done: one page, one fragment or one JSON line."""

from dataclasses import dataclass

from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string


@dataclass(frozen=True, slots=True)
class Trouble:
    """One kind of answer: its status, what it says, what to do next."""

    status: int
    title: str
    text: str


BAD = Trouble(400, "请求无法处理", "提交的内容不完整或格式不对，请返回上一页检查后重试。")
FORBIDDEN = Trouble(403, "没有权限", "您的账号没有办理这件事的权限，如有需要请联系本单位管理员。")
STALE = Trouble(
    403, "页面已过期", "登录或页面已过期，请返回上一页刷新后重新提交；已填内容请先复制保存。"
)
MISSING = Trouble(
    404, "没有找到", "您要看的内容不存在，或者不在您的查看范围内。请检查地址，或从首页重新进入。"
)
WRONG_WAY = Trouble(
    405, "不能这样打开", "这个地址只用于提交，不能直接打开。请返回上一页，用页面上的按钮操作。"
)
CONFLICT = Trouble(409, "现在不能这样办理", "")
TOO_BIG = Trouble(413, "文件太大", "上传的内容超过了允许的大小，请压缩或拆分后重新上传。")
REFUSED = Trouble(422, "没有办理成功", "")
BROKEN = Trouble(
    500, "系统出了问题", "这次操作没有完成，问题已记录。请稍后重试；如仍不行，请联系平台运维。"
)

TOO_MUCH = (RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent)


def wants_json(request: HttpRequest) -> bool:
    """Tell whether a program asks rather than a person."""
    accept = request.headers.get("Accept", "")
    return "application/json" in accept and "text/html" not in accept


def is_partial(request: HttpRequest) -> bool:
    """Tell whether htmx asks for a part of a page."""
    return request.headers.get("HX-Request") == "true" and "HX-Boosted" not in request.headers


def answer(request: HttpRequest, trouble: Trouble, text: str = "") -> HttpResponse:
    """Say what is wrong in the form that was asked for."""
    said = text or trouble.text
    if wants_json(request):
        return JsonResponse(
            {"error": said, "status": trouble.status},
            status=trouble.status,
            json_dumps_params={"ensure_ascii": False},
        )
    context = {"trouble": trouble, "text": said}
    if is_partial(request):
        response = render(request, "web/refusal.html", context, status=trouble.status)
        response["HX-Retarget"] = "#notices"
        response["HX-Reswap"] = "innerHTML"
        return response
    return render(request, "web/error.html", context, status=trouble.status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 400, or 413 when more was sent than is taken."""
    return answer(request, TOO_BIG if isinstance(exception, TOO_MUCH) else BAD)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 403."""
    return answer(request, FORBIDDEN)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 404, for what is not there and for what is not yours alike."""
    return answer(request, MISSING)


def stale(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a POST without a valid token."""
    return answer(request, STALE)


def broken(request: HttpRequest) -> HttpResponse:
    """Answer 500 without touching database or session, which may be what is broken."""
    if wants_json(request):
        return JsonResponse({"error": BROKEN.text, "status": 500}, status=500)
    page = render_to_string("web/error.html", {"trouble": BROKEN, "text": BROKEN.text})
    return HttpResponse(page, status=500)
