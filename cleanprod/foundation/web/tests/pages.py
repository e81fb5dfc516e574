"""Sample pages made of the parts, and views that go wrong on purpose."""

from datetime import UTC, date, datetime
from pathlib import Path
from types import SimpleNamespace

from django import forms
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.http import Http404, HttpResponse
from django.template import engines
from django.template.loader import render_to_string
from django.urls import path
from django.utils.safestring import SafeString
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from cleanprod.foundation.web import tables
from cleanprod.foundation.web.forms import DayInput
from cleanprod.kernel.errors import Conflict, NotAllowed, Refused
from cleanprod.kernel.finding import Finding, Level
from cleanprod.kernel.term import Term

SAMPLES = Path(__file__).parent / "samples"
CITIES = (
    "广州 深圳 珠海 汕头 佛山 韶关 河源 梅州 惠州 汕尾 东莞 中山 江门 阳江 湛江 茂名 肇庆 清远"
    " 潮州 揭阳 云浮"
)


class Stage(Term):
    LISTED = "listed", "已列入名单"
    ACCEPTED = "accepted", "通过验收"
    FAILED = "failed", "未通过验收"


class ResultForm(forms.Form):
    day = forms.DateField(label="验收日期", widget=DayInput, help_text="以验收意见落款日期为准")
    number = forms.CharField(label="公布文号", max_length=40)
    outcome = forms.ChoiceField(
        label="验收结果", choices=[("pass", "通过"), ("fail", "未通过")], widget=forms.RadioSelect
    )
    city = forms.ChoiceField(label="所在县（市、区）", choices=[("1", "禅城区"), ("2", "南海区")])
    told = forms.BooleanField(label="已书面告知企业", required=False)
    reason = forms.CharField(label="说明", widget=forms.Textarea(attrs={"rows": 3}), required=False)


def rows():
    names = [
        "佛山市演示陶瓷有限公司",
        "佛山市南海区示例铝型材制造有限公司",
        "演示电镀（佛山）有限公司",
        "佛山市虚构纺织印染股份有限公司",
    ]
    stages = [Stage.ACCEPTED, Stage.LISTED, Stage.FAILED, Stage.ACCEPTED]
    return [
        SimpleNamespace(
            name=name,
            code=f"91440600MADEMO00{at}X",
            lead="工业和信息化",
            stage=stages[at],
            accepted=date(2023, 3, 8 + at) if at != 1 else None,
            saved=1234 * at if at != 1 else None,
        )
        for at, name in enumerate(names)
    ] * 6


FINDINGS = [
    Finding(
        Level.BLOCK, "统一社会信用代码为 18 位", "补足 18 位后重新导入", "名单", "C12", "91440600"
    ),
    Finding(
        Level.DECIDE,
        "校验码不符",
        "核对营业执照，确属登记机关所发的请说明理由",
        "名单",
        "C18",
        "91440600MADEMO000X",
    ),
    Finding(Level.INFORM, "行业代码按 GB/T 4754-2017 识别", "无需处理", "名单", "", ""),
]


def item(title, icon, **more):
    return {"title": title, "url": f"/{icon}", "active": False, "icon": icon} | more


MENU = [
    {
        "title": "",
        "items": [
            item("工作台", "layout-dashboard", active=True),
            item("待办事项", "checklist", badge=6),
        ],
    },
    {
        "title": "审核管理",
        "items": [
            item("年度名单", "clipboard-list"),
            item("审核进展", "list-check"),
            item("企业", "building-factory-2"),
        ],
    },
    {"title": "统计", "items": [item("统计报表", "chart-bar"), item("操作记录", "history")]},
]
ORDERS = {"name": ["name", "pk"], "saved": ["saved", "pk"]}


def context(request):
    return {
        "menu": SafeString(render_to_string("web/menu.html", {"sections": MENU})),
        "crumbs": [("工作台", "/"), ("年度名单", "/b"), ("2023年第二批", "")],
        "inbox": {"url": "/inbox", "unread": 3},
        "today": date(2023, 9, 28),
        "now": datetime(2023, 9, 28, 2, 5, tzinfo=UTC),
        "rows": rows(),
        "cities": CITIES.split(),
        "findings": FINDINGS,
        "sorted": tables.sort(request, ORDERS, "-saved"),
        "page": tables.Page(rows(), "?after=x", "?before=x", 318),
        "form": ResultForm({"day": "2023-13-01", "number": "", "city": "1"}),
    }


@login_not_required
def sample(request, name):
    source = (SAMPLES / f"{name}.html").read_text(encoding="utf-8")
    template = engines["jinja2"].from_string(source)
    if name != "sign_in":
        request.user = SimpleNamespace(is_authenticated=True)
        request.standing = SimpleNamespace(person_name="陈演示", office_name="佛山市工业和信息化局")
    return HttpResponse(template.render(context(request), request))


TROUBLES = {
    "not-allowed": NotAllowed("当前为“已列入名单”，不能办结"),
    "conflict": Conflict("这条记录刚被他人修改，请刷新"),
    "refused": Refused("请先填写文号"),
    "missing": Http404("佛山 secret"),
    "forbidden": PermissionDenied("secret"),
    "too-big": RequestDataTooBig("secret"),
    "broken": ZeroDivisionError("secret"),
}


@csrf_exempt
@login_not_required
def trouble(request, name):
    raise TROUBLES[name]


@login_not_required
@require_POST
def only_post(request):
    return HttpResponse("好")


urlpatterns = [
    path("sample/<str:name>", sample),
    path("trouble/<str:name>", trouble),
    path("only-post", only_post),
]
handler400 = "cleanprod.foundation.web.errors.bad_request"
handler403 = "cleanprod.foundation.web.errors.forbidden"
handler404 = "cleanprod.foundation.web.errors.not_found"
handler500 = "cleanprod.foundation.web.errors.broken"
