"""The menu and the inbox line that stand on every signed-in page."""

from collections.abc import Sequence
from functools import cache, lru_cache
from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString

from cleanprod.foundation.notifications import queries as notifications
from cleanprod.foundation.organisations.rules import Line, Role, Standing

Item = tuple[str, str, str]
Section = tuple[str, Sequence[Item]]
_HOME: Item = ("工作台", "desk:home", "home")
FEW = 2  # groups of a menu that need no folding
_WORK: Sequence[Item] = (
    ("名单", "desk:lists", "file-spreadsheet"),
    ("本轮审核", "desk:rounds", "clipboard-list"),
)
_PLANS: Sequence[Item] = (
    ("年度计划", "planning:plans", "file-text"),
    ("报送备案", "planning:filings", "inbox"),
)
_CALENDAR: Item = ("工作日历", "calendar:year", "calendar")
_CHASE: Sequence[Item] = (
    ("书面通知书送达", "notices:desk", "mail"),
    ("期限与催办", "notices:owed", "clock"),
    ("延期申请", "notices:extensions", "calendar-due"),
    ("进度调度", "dispatch:home", "send"),
)
_PUBLISHED: Item = ("企业信息公布", "disclosures:board", "speakerphone")
_CITY_WORK: Sequence[Item] = (
    _CALENDAR,
    _PLANS[0],
    _WORK[0],
    ("两部门会商", "programme:overlaps", "users"),
    _PLANS[1],
    _WORK[1],
    *_CHASE,
    _PUBLISHED,
)
_PROPOSAL: Sequence[Item] = (
    ("建议名单", "candidates:proposal", "list-check"),
    ("候选企业摸底", "candidates:survey", "checklist"),
    ("“双有”审核间隔期", "candidates:due", "calendar-due"),
    ("VOCs重点监管企业", "candidates:keys", "building-factory-2"),
)
_CHANGES: Item = ("企业变更", "registration:changes", "building-factory-2")
_RESETS: Item = ("企业账号重置", "registration:resets", "key")
_WISHES: Item = ("自愿开展的申请", "registration:wishes", "leaf")
_CONSULTANCIES: Item = ("咨询机构业绩", "registration:consultancies", "certificate")
_FIRMS: tuple[str, Sequence[Item]] = ("企业", (_CHANGES, _RESETS, _WISHES, _CONSULTANCIES))
_RESULTS: Sequence[Item] = (
    ("登记与导入结果", "review:results", "upload"),
    ("待办结企业", "review:completions", "circle-check"),
)
_BATCHES: Item = ("结果公示和公布", "results:board", "speakerphone")
_SYSTEMS: Item = ("评价指标体系", "performance:systems", "scale")
_PANELS: Sequence[Item] = (
    ("评审组", "experts:panels", "gavel"),
    ("专家库", "experts:pool", "users"),
)
_MATERIALS: Item = ("审核材料", "materials:board", "file-text")
_SUBMITTED: Item = ("审核报告提交", "submissions:desk", "inbox")
_HEARINGS: Item = ("评估验收办理", "hearings:board", "clipboard-list")
_REMARKS: Item = ("专家意见", "remarks:board", "message-circle")
_PUBLISHING: Item = ("信息公布", "disclosures:mine", "speakerphone")
_SITTINGS: Item = ("评估验收会议", "scoring:sittings", "clipboard-check")
_MEASURES: Item = ("绩效成果", "measures:mine", "leaf")
_NUMBERS: Sequence[Item] = (
    ("统计总览", "statistics:desk", "layout-dashboard"),
    ("通过验收企业情况", "statistics:report annex1", "table"),
    ("“平台”使用情况", "statistics:report platform-use", "chart-bar"),
    ("目标完成进度", "statistics:report progress", "chart-pie"),
    ("预期目标", "programme:targets", "target"),
)
_BREAKDOWNS: Sequence[Item] = (
    ("分项统计", "statistics:breakdown county", "list-check"),
    ("已通过验收未办结", "statistics:unfinished", "clock"),
)
_DISCLOSED: Item = ("主动公开", "statistics:disclosures", "speakerphone")
_YEARLY: Item = ("工作情况报告", "yearly:report", "file-description")
_MINE: Item = ("数据复核", "accuracy:mine", "checklist")
_ACCURACY: Item = ("填报数据准确率", "accuracy:board", "checklist")
_EFFECTS: Sequence[Item] = (
    ("绩效成果", "statistics:effects city", "leaf"),
    ("绩效成果统计表", "statistics:report effects", "table"),
)
_OWN_EFFECTS: Sequence[Item] = (
    ("绩效成果", "statistics:effects county", "leaf"),
    ("绩效成果", "statistics:effects lead", "leaf"),
)
_BULLETINS: Sequence[Item] = (
    ("数据核对", "bulletins:checks", "list-check"),
    ("数据封存", "bulletins:snapshots", "lock"),
    ("通报", "bulletins:home", "file-text"),
)
_CONSULTING: Item = ("受托审核", "registration:board", "clipboard-list")
_SECTIONS: dict[Role, Sequence[tuple[str, Sequence[Item]]]] = {
    Role.PROVINCE: (
        (
            "推行工作",
            (
                _CALENDAR,
                ("各市名单进度", "calendar:board", "map"),
                *_PLANS,
                *_WORK,
                *_CHASE,
                _PUBLISHED,
            ),
        ),
        ("名单编制", _PROPOSAL),
        _FIRMS,
        ("评估验收", (_SUBMITTED, _HEARINGS, *_PANELS, _SITTINGS, _REMARKS, _BATCHES, _SYSTEMS)),
        ("统计", (*_NUMBERS, *_BREAKDOWNS, *_EFFECTS, _ACCURACY, _DISCLOSED)),
        ("通报", _BULLETINS),
        ("历史数据", (("历史办结数据迁移", "review:migrate", "upload"),)),
    ),
    Role.CITY: (
        ("推行工作", _CITY_WORK),
        ("名单编制", _PROPOSAL),
        _FIRMS,
        (
            "评估验收",
            (_SUBMITTED, _HEARINGS, *_PANELS, _SITTINGS, _REMARKS, *_RESULTS, _BATCHES, _SYSTEMS),
        ),
        (
            "统计",
            (*_NUMBERS, *_BREAKDOWNS, _OWN_EFFECTS[0], _EFFECTS[1], _ACCURACY, _YEARLY),
        ),
        ("通报", (_BULLETINS[0], _BULLETINS[2])),
    ),
    Role.COUNTY: (
        ("推行工作", (_CALENDAR, _PLANS[0], *_WORK, *_CHASE, _PUBLISHED, _PROPOSAL[1])),
        _FIRMS,
        ("评估验收", (_SUBMITTED, _HEARINGS, _SITTINGS, _REMARKS, _BATCHES, _SYSTEMS)),
        (
            "统计",
            (
                _NUMBERS[0],
                ("分项统计", "statistics:breakdown lead", "list-check"),
                _BREAKDOWNS[1],
                _OWN_EFFECTS[1],
            ),
        ),
    ),
    Role.ENTERPRISE: (
        (
            "清洁生产审核",
            (
                *_WORK[1:],
                _PUBLISHING,
                _MATERIALS,
                _SUBMITTED,
                *_CHASE[2:],
                _HEARINGS,
                _SITTINGS,
                _REMARKS,
                _MEASURES,
                _SYSTEMS,
                _MINE,
            ),
        ),
        ("本单位", (("联系人", "registration:contacts", "users"), _CHANGES)),
    ),
    Role.CONSULTANCY: (
        ("清洁生产审核", (_CONSULTING, _PUBLISHING, _MATERIALS, _SUBMITTED, _SYSTEMS)),
    ),
    Role.EXPERT: (
        (
            "评估验收",
            (
                ("我的评审", "experts:mine", "users"),
                _MATERIALS,
                _HEARINGS,
                _SITTINGS,
                _REMARKS,
                _SYSTEMS,
            ),
        ),
    ),
    Role.SUPPORT: (
        ("评估验收", (_SYSTEMS,)),
        ("统计", (*_NUMBERS[:4], _EFFECTS[1], _ACCURACY, _BULLETINS[2])),
    ),
    Role.ADMIN: (
        (
            "平台",
            (
                ("机构与人员", "organisations:offices", "users"),
                ("规则与依据", "desk:rules", "book"),
                ("放假和调休", "rulebook:days", "calendar"),
                ("标准地图", "statistics:outline", "map"),
                _SYSTEMS,
            ),
        ),
    ),
    Role.AUDITOR: (("安全审计", (("操作记录", "desk:trail", "history"),)),),
}


def menu(request: HttpRequest) -> dict[str, Any]:
    """Return the menu of the person's role; one count of unread messages is read."""
    standing: Standing | None = getattr(request, "standing", None)
    if standing is None:
        return {"menu": "", "inbox": None}
    items = [item for _, part in _sections(standing.role) for item in part]
    return {
        "menu": _drawn(standing.role, standing.line, *_place(items, request.path)),
        "inbox": {
            "url": reverse("desk:inbox"),
            "unread": notifications.unread_count(standing.person_id),
        },
    }


def _sections(role: Role) -> list[Section]:
    return [("", (_HOME,)), *_SECTIONS.get(role, ())]


@lru_cache(maxsize=1000)  # every role and line at every place of its menu
def _drawn(role: Role, line: Line | None, here: str, near: str) -> SafeString:
    sections = [
        {"title": title, "items": [_shown(item, here, role, line) for item in items]}
        for title, items in _sections(role)
    ]
    return SafeString(render_to_string("web/menu.html", {"sections": _folded(sections, near)}))


def _folded(sections: list[dict[str, Any]], near: str) -> list[dict[str, Any]]:
    """Fold the groups of a long menu but the one the page lies in or near, else the first."""
    groups = [one for one in sections if one["title"]]
    current = [one for one in groups if any(item["address"] == near for item in one["items"])]
    for one in groups:
        one["open"] = len(groups) <= FEW or one in (current or groups[:1])
    return sections


def _place(items: Sequence[Item], path: str) -> tuple[str, str]:
    """Return the item that the page lies under, the longest if there are more, and the one near.

    A page that lies under none, like the records behind a figure, is near its siblings.
    """
    addresses = [_address(item) for item in items]
    here = max((one for one in addresses if _holds(one, path)), key=len, default="")
    folder = path
    while not here and (folder := folder[: folder.rstrip("/").rfind("/") + 1]) not in ("", "/"):
        near = next((one for one in addresses if one.startswith(folder)), "")
        if near:
            return "", near
    return here, here


def _holds(address: str, path: str) -> bool:
    return path == address or (address != _address(_HOME) and path.startswith(address))


@cache
def _address(item: Item) -> str:
    name, *args = item[1].split()
    return reverse(name, args=args)


def _shown(item: Item, here: str, role: Role, line: Line | None) -> dict[str, Any]:
    """Return an item of the menu; boards open with what a city department leads."""
    title, _, icon = item
    address = _address(item)
    own = f"?lead={line}" if item in (_WORK[1], _PUBLISHED) and role is Role.CITY else ""
    return {
        "title": title, "url": address + own, "address": address, "icon": icon,
        "active": address == here,
    }  # fmt: skip
