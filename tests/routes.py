"""Who gets in where: one row for every named route, so that a new route without a row fails.

A row speaks of one thing of the world that `tests/test_routes.py` makes: a list of 佛山's
industry bureau and the round of an enterprise in 南海. Whoever is not let in gets a redirect to
sign-in, 403, 404 or 409.
"""

from dataclasses import dataclass, field
from typing import Any

# Role by role the people of tests/world.py; the neighbours are there to be refused.
PEOPLE = {
    "visitor": None,
    "province": "province-ecology",
    "lead": "foshan-industry",
    "partner": "foshan-ecology",
    "other city": "huizhou-industry",
    "county": "nanhai-industry",
    "other county": "shunde-industry",
    "enterprise": "red-star",
    "other enterprise": "blue-sea",
    "consultancy": "consultancy",
    "expert": "expert",
    "support": "support",
    "auditor": "auditor",
    "admin": "admin",
}

EVERYBODY = frozenset(PEOPLE)
SIGNED_IN = EVERYBODY - {"visitor"}
NOBODY: frozenset[str] = frozenset()
CITIES = frozenset({"lead", "partner", "other city"})
COUNTIES = frozenset({"county", "other county"})
ENTERPRISES = frozenset({"enterprise", "other enterprise"})
OFFICIALS = CITIES | COUNTIES | {"province"}
READERS = CITIES | {"province", "support"}  # of the official tables
CITY_READERS = frozenset({"province", "lead", "partner", "county", "other county"})
AT_THE_ROUND = frozenset({"province", "lead", "partner", "county", "enterprise"})

AT_THE_REMARKS = (AT_THE_ROUND | {"expert"}) - {"partner"}  # the expert sat
AT_THE_DISPATCH = frozenset({"province", "lead", "partner", "county"})
AT_THE_SITTING = AT_THE_ROUND | {"expert"}  # once its result is confirmed


@dataclass(frozen=True)
class Row:
    """Who is let in, and with which request that is asked.

    `args` are values, or names of things in the world; `data` is posted when there is any, and
    then need not be complete: a form that is shown again (422) means being let in, too. `file`
    says that the answer is no page but a file.
    """

    allowed: frozenset[str]
    args: tuple[Any, ...] = ()
    post: bool = False
    file: bool = False
    data: dict[str, Any] = field(default_factory=dict)


def only(*roles: str) -> frozenset[str]:
    """Return the roles as a set, each a known one."""
    unknown = set(roles) - EVERYBODY
    assert not unknown, unknown
    return frozenset(roles)


ROUTES: dict[str, Row] = {
    # portal
    "portal:home": Row(EVERYBODY),
    "portal:search": Row(EVERYBODY),
    "portal:lists": Row(EVERYBODY),
    "portal:list": Row(EVERYBODY, ("published",)),
    "portal:verify": Row(EVERYBODY),
    "portal:compare": Row(EVERYBODY, post=True, data={"number": "2023-000001-A1"}),
    "portal:health": Row(EVERYBODY, file=True),
    # desk
    "desk:home": Row(SIGNED_IN),
    "desk:inbox": Row(SIGNED_IN),
    "desk:read": Row(SIGNED_IN, (1,), post=True),  # a stranger's message leads to one's own inbox
    "desk:lists": Row(OFFICIALS),
    "desk:list": Row(CITY_READERS, ("published",)),
    "desk:rounds": Row(OFFICIALS | ENTERPRISES),
    "desk:rounds-file": Row(OFFICIALS, ("xlsx",), file=True),
    "desk:round": Row(AT_THE_ROUND, ("round",)),
    "desk:history": Row(AT_THE_ROUND, ("round",)),
    # drafts
    "drafts:draft": Row(SIGNED_IN, post=True, file=True, data={"page": "/desk/", "fields": "[]"}),
    "attachments:open": Row(
        SIGNED_IN, post=True, file=True, data={"name": "报告.pdf", "size": "1000"}
    ),
    "attachments:upload": Row(only("enterprise"), ("an upload",), file=True),
    "attachments:finish": Row(only("enterprise"), ("an upload",), post=True, file=True),
    "rulebook:days": Row(OFFICIALS | {"admin"}),
    "rulebook:days-drop": Row(only("province", "admin"), post=True, data={"day": "2023-01-02"}),
    "rulebook:days-load": Row(only("province", "admin"), post=True),
    "desk:rules": Row(only("province", "admin")),
    "desk:trail": Row(only("auditor")),
    # organisations
    "organisations:offices": Row(only("admin")),
    "organisations:authorities": Row(only("admin"), post=True),
    "organisations:enter": Row(only("admin")),
    "organisations:office": Row(only("admin"), ("office",)),
    "organisations:phone": Row(only("admin"), ("office",)),
    "organisations:own-phone": Row(OFFICIALS),
    "organisations:dismiss": Row(only("admin"), ("membership",)),
    "organisations:codes": Row(only("admin"), ("membership",)),
    # programme
    "programme:targets": Row(READERS),
    "programme:import": Row(CITIES),
    "programme:commit": Row(CITIES, post=True),
    "programme:template": Row(CITIES | {"province"}, file=True),
    "programme:receipt": Row(only("province", "lead"), ("list receipt",)),
    "programme:workbook": Row(CITY_READERS, ("published",), file=True),
    "programme:finish": Row(only("lead"), ("draft",), post=True),
    "programme:reopen": Row(only("lead"), ("ready",), post=True, data={"reason": "补正"}),
    "programme:overlaps": Row(CITIES),
    "programme:reopen_settlement": Row(
        only("lead", "partner"), ("settlement",), post=True, data={"reason": "核对有误"}
    ),
    # audits
    "audits:publish": Row(only("lead"), ("ready",)),
    "audits:amend": Row(only("lead"), ("published",)),
    "audits:amend-notice": Row(only("lead"), ("published",)),
    "audits:amend-preview": Row(only("lead"), ("published",)),
    "audits:amend-discard": Row(only("lead"), ("published",), post=True),
    "audits:amendment": Row(
        only("province", "lead", "partner", "county", "other county"), ("published", 1)
    ),
    "audits:carry": Row(CITIES),
    "audits:register": Row(only("enterprise"), ("round",)),
    "audits:equate": Row(only("lead"), ("round",)),
    "audits:rename": Row(only("lead"), ("round",)),
    "audits:withdraw": Row(only("lead"), ("registered", "registration")),
    # hearings
    "hearings:board": Row(OFFICIALS | ENTERPRISES | {"expert"}),
    "hearings:deviations": Row(only("province")),
    "hearings:round": Row(AT_THE_ROUND, ("round",)),
    "hearings:mode": Row(only("lead"), ("round",), post=True, data={"mode": "joint", "county": ""}),
    "hearings:hearing": Row(AT_THE_ROUND, ("hearing",)),
    "hearings:schedule": Row(only("lead"), ("hearing",)),
    "hearings:open": Row(only("lead"), ("hearing",)),
    "hearings:enter": Row(only("lead"), ("hearing",)),
    "hearings:minutes": Row(AT_THE_ROUND - {"partner"}, ("concluded hearing", "pdf"), file=True),
    "hearings:summary": Row(only("province", "lead"), ("entered hearing", "pdf"), file=True),
    "hearings:visit": Row(only("lead", "county"), ("hearing",)),
    "hearings:photo": Row(AT_THE_ROUND - {"partner"}, ("photo",), file=True),
    "hearings:act": Row(only("lead"), ("hearing", "cancel"), post=True, data={"reason": "停产"}),
    "hearings:conclude": Row(only("lead"), ("concluded hearing",), post=True),
    "hearings:settle": Row(only("lead"), ("entered hearing", "verify"), post=True),
    "hearings:scan": Row(only("lead", "province"), ("entered hearing", "opinion"), file=True),
    # remarks: the other department does not read what experts said
    "remarks:board": Row(OFFICIALS | ENTERPRISES | {"expert"}),
    "remarks:round": Row(AT_THE_REMARKS, ("round",)),
    "remarks:remark": Row(AT_THE_REMARKS, ("remark",)),
    "remarks:check": Row(only("lead", "expert"), ("remark",), post=True, data={"act": "close"}),
    "remarks:drop": Row(only("lead"), ("remark",), post=True, data={"reason": "重复"}),
    "remarks:file": Row(AT_THE_REMARKS, ("reply",), file=True),
    "remarks:paper": Row(AT_THE_REMARKS, ("round", "assessment", "pdf"), file=True),
    # phases: "registered" is the round of the other enterprise
    "phases:plan": Row(AT_THE_ROUND, ("round",)),
    "phases:edit-plan": Row(only("other enterprise", "consultancy"), ("registered",)),
    "phases:keep": Row(only("other enterprise", "consultancy"), ("registered",), post=True),
    "phases:discard": Row(only("other enterprise", "consultancy"), ("registered",), post=True),
    "phases:remark": Row(only("lead", "county"), ("round",), post=True),
    # No round of this world waits for its start; the journey of phases goes there.
    "phases:start": Row(NOBODY, ("round",)),
    "phases:course": Row(AT_THE_ROUND, ("accepted",)),
    "phases:mode": Row(only("lead"), ("round",), post=True),
    "phases:phase": Row(only("enterprise"), ("accepted", 1)),
    # scoring
    "scoring:sittings": Row(OFFICIALS | ENTERPRISES | {"expert"}),
    "scoring:sheets": Row(OFFICIALS | ENTERPRISES | {"expert"}),
    "scoring:sheet-load": Row(only("province")),
    "scoring:sheet-template": Row(only("province"), file=True),
    "scoring:sheet-book": Row(
        OFFICIALS | ENTERPRISES | {"expert"}, ("acceptance-2018",), file=True
    ),
    "scoring:sheet-consent": Row(only("province"), ("draft-sheet",), post=True),
    "scoring:sheet-withdraw": Row(
        only("province"), ("draft-sheet",), post=True, data={"reason": "有误"}
    ),
    "scoring:sheet": Row(OFFICIALS | ENTERPRISES | {"expert"}, ("acceptance-2018",)),
    "scoring:sitting": Row(AT_THE_SITTING, ("confirmed sitting",)),
    "scoring:score": Row(only("expert"), ("sitting",)),
    "scoring:agree": Row(only("expert"), ("sitting",)),
    "scoring:return": Row(only("lead"), ("sitting",), post=True, data={"reason": "补充依据"}),
    "scoring:confirm": Row(only("lead"), ("confirmed sitting",)),
    "scoring:cancel": Row(only("lead"), ("sitting",), post=True, data={"reason": "误登"}),
    "scoring:opinion": Row(AT_THE_SITTING, ("confirmed sitting", "pdf"), file=True),
    "scoring:summary": Row(
        only("province", "lead", "expert"), ("confirmed sitting", "pdf"), file=True
    ),
    # materials: the other department follows progress and opens no confidential file
    "materials:board": Row(ENTERPRISES | {"consultancy", "expert"}),
    "materials:checklist": Row(AT_THE_SITTING, ("round",)),
    "materials:item": Row(AT_THE_SITTING - {"partner"}, ("round", "report")),
    "materials:file": Row(
        only("province", "lead", "county", "other enterprise", "consultancy"),
        ("registered", "version"),
        file=True,
    ),
    "materials:changes": Row(
        only("province", "lead", "county", "other enterprise", "consultancy"),
        ("registered", "version", "pdf"),
        file=True,
    ),
    "materials:withdraw": Row(
        only("other enterprise", "consultancy"),
        ("registered", "version"),
        post=True,
        data={"reason": "传错文件"},
    ),
    "materials:keep": Row(
        only("other enterprise", "consultancy"),
        ("registered", "report"),
        post=True,
        data={"r0-place": "第3页"},
    ),
    "materials:print": Row(
        only("other enterprise", "consultancy"), ("registered", "declaration"), file=True
    ),
    # submissions
    "submissions:desk": Row(OFFICIALS | ENTERPRISES | {"consultancy"}),
    "submissions:check": Row(AT_THE_ROUND, ("round",)),
    "submissions:declare": Row(
        only("other enterprise", "consultancy"),
        ("registered",),
        post=True,
        data={"agreed": "1", "mark": "mark"},
    ),
    "submissions:submit": Row(
        only("other enterprise", "consultancy"), ("registered",), post=True, data={"mark": "mark"}
    ),
    "submissions:submission": Row(AT_THE_ROUND, ("submission",)),
    "submissions:receipt": Row(AT_THE_ROUND, ("submission",), file=True),
    "submissions:return": Row(
        only("lead"), ("submission",), post=True, data={"reason": "平衡测算有误"}
    ),
    # disclosures
    "disclosures:board": Row(OFFICIALS),
    "disclosures:workbook": Row(OFFICIALS, file=True),
    "disclosures:mine": Row(ENTERPRISES | {"consultancy"}),
    "disclosures:public": Row(EVERYBODY),
    "disclosures:public-round": Row(EVERYBODY, ("accepted",)),
    "disclosures:round": Row(AT_THE_ROUND, ("round",)),
    "disclosures:edit": Row(only("other enterprise", "consultancy"), ("registered", "basic")),
    "disclosures:edition": Row(AT_THE_ROUND, ("edition",)),
    "disclosures:proof": Row(AT_THE_ROUND, ("edition",), file=True),
    "disclosures:judge": Row(
        only("lead"), ("edition", "return"), post=True, data={"reason": "截图看不清"}
    ),
    # notices
    "notices:desk": Row(OFFICIALS),
    "notices:listing": Row(CITY_READERS, ("published",)),
    "notices:together": Row(
        only("province", "lead", "partner", "county"), ("published",), file=True
    ),
    "notices:workbook": Row(
        only("province", "lead", "partner", "county"), ("published",), file=True
    ),
    "notices:serve": Row(CITIES | COUNTIES),
    "notices:withdraw": Row(
        only("lead", "county"), ("service",), post=True, data={"reason": "登记有误"}
    ),
    # The other department reads that it was served, not the scan.
    "notices:scan": Row(only("province", "lead", "county", "enterprise"), ("service",), file=True),
    "notices:owed": Row(OFFICIALS),
    "notices:urge": Row(CITIES | COUNTIES),
    "notices:check": Row(only("county"), ("round",)),
    "notices:ask": Row(only("enterprise"), ("round", "duty")),
    "notices:extensions": Row(OFFICIALS | ENTERPRISES),
    "notices:extension": Row(AT_THE_ROUND, ("extension",)),
    # The other department reads the request, not its evidence.
    "notices:extension-evidence": Row(
        only("province", "lead", "county", "enterprise"), ("extension",), file=True
    ),
    "notices:reply": Row(only("lead"), ("extension", "grant"), post=True),
    "notices:notice": Row(AT_THE_ROUND, ("notice",)),
    "notices:paper": Row(AT_THE_ROUND, ("notice", "pdf"), file=True),
    # bulletins: the province's own until they are issued
    "bulletins:home": Row(READERS),
    "bulletins:bulletin": Row(READERS, ("issued bulletin",)),
    "bulletins:edit": Row(only("province"), ("bulletin draft",)),
    "bulletins:finish": Row(
        only("province"), ("bulletin draft",), post=True, data={"version": "1"}
    ),
    "bulletins:reopen": Row(
        only("province"), ("final bulletin",), post=True, data={"reason": "补充要求"}
    ),
    "bulletins:issue": Row(only("province"), ("final bulletin",), post=True),
    "bulletins:scan": Row(READERS, ("issued bulletin",), file=True),
    "bulletins:add-scan": Row(only("province"), ("issued bulletin",), post=True),
    "bulletins:paper": Row(READERS, ("issued bulletin", "docx"), file=True),
    "bulletins:snapshots": Row(only("province")),
    "bulletins:snapshot": Row(only("province"), ("snapshot",)),
    "bulletins:cell": Row(only("province"), ("snapshot", "total")),
    "bulletins:changes": Row(only("province"), ("snapshot",)),
    "bulletins:draft": Row(only("province"), ("snapshot",), post=True, data={"kind": "progress"}),
    "bulletins:checks": Row(CITIES | {"province"}),
    "bulletins:check": Row(CITIES | {"province"}, ("data check",)),
    "bulletins:urge": Row(only("province"), ("data check",), post=True),
    "bulletins:close": Row(only("province"), ("data check",), post=True),
    "bulletins:answer": Row(
        only("province"), ("data check", "dispute"), post=True, data={"reason": "已核"}
    ),
    # dispatch
    "dispatch:home": Row(OFFICIALS | ENTERPRISES),
    "dispatch:new": Row(CITIES | {"province"}),
    "dispatch:overdue": Row(CITIES | {"province"}, post=True),
    "dispatch:dispatch": Row(AT_THE_DISPATCH, ("dispatch",)),
    "dispatch:edit": Row(only("lead"), ("dispatch draft",)),
    "dispatch:pick": Row(only("lead"), ("dispatch draft",), post=True),
    "dispatch:act": Row(only("lead"), ("dispatch", "close"), post=True),
    "dispatch:letter": Row(AT_THE_DISPATCH, ("dispatch", "pdf"), file=True),
    "dispatch:summary": Row(AT_THE_DISPATCH, ("dispatch",), file=True),
    "dispatch:answers": Row(AT_THE_DISPATCH, ("dispatch recipient",)),
    "dispatch:workbook": Row(AT_THE_DISPATCH, ("dispatch recipient",), file=True),
    "dispatch:hand-in": Row(only("county"), ("dispatch recipient",), post=True),
    "dispatch:import": Row(only("county"), ("dispatch recipient",), post=True),
    "dispatch:row": Row(AT_THE_DISPATCH, ("dispatch row",)),
    "dispatch:return": Row(
        only("lead"), ("dispatch answered row",), post=True, data={"reason": "缺日期"}
    ),
    # measures
    "measures:mine": Row(ENTERPRISES),
    "measures:template": Row(OFFICIALS | ENTERPRISES | {"consultancy"}, file=True),
    "measures:border": Row(CITIES),
    "measures:sheet": Row(AT_THE_SITTING, ("round",)),
    "measures:edit": Row(only("enterprise"), ("round",)),
    "measures:account": Row(AT_THE_SITTING, ("round",)),
    "measures:economics": Row(AT_THE_SITTING, ("round",)),
    "measures:export": Row(AT_THE_SITTING, ("round",), file=True),
    "measures:import": Row(only("enterprise"), ("round",), post=True),
    "measures:years": Row(AT_THE_SITTING, ("round",)),
    "measures:years-edit": Row(only("enterprise"), ("round",)),
    "measures:years-workbook": Row(AT_THE_SITTING, ("round",), file=True),
    "measures:level": Row(AT_THE_SITTING, ("round",)),
    "measures:workings": Row(AT_THE_SITTING, ("round",)),
    "measures:workings-new": Row(only("enterprise"), ("round",)),
    "measures:workings-remove": Row(only("enterprise"), ("round",), post=True),
    "measures:workings-adopt": Row(
        only("enterprise"), ("round",), post=True, data={"version": "1"}
    ),
    "measures:keep": Row(only("enterprise"), ("round", "years"), post=True),
    "measures:explain": Row(only("enterprise"), ("round",), post=True),
    "measures:confirm": Row(only("lead"), ("round",), post=True, data={"version": "1"}),
    "measures:reopen": Row(
        only("lead"), ("confirmed sheet",), post=True, data={"reason": "单位有误"}
    ),
    # candidates
    "candidates:proposal": Row(CITIES | {"province"}),
    "candidates:due": Row(CITIES | {"province"}),
    "candidates:coverage": Row(CITIES | {"province"}),
    "candidates:coverage-records": Row(CITIES | {"province"}, ("provincial", "neither")),
    "candidates:survey": Row(OFFICIALS),
    "candidates:close": Row(CITIES, post=True, data={"year": "2023"}),
    "candidates:reopen": Row(CITIES, post=True, data={"year": "2023"}),
    "candidates:report": Row(only("county"), post=True, data={"candidate": "candidate"}),
    "candidates:survey-import": Row(COUNTIES),
    "candidates:survey-commit": Row(COUNTIES, post=True),
    "candidates:survey-template": Row(COUNTIES, file=True),
    "candidates:survey-receipt": Row(only("province", "county"), ("survey receipt",)),
    "candidates:pick": Row(COUNTIES),
    "candidates:new": Row(COUNTIES),
    "candidates:candidate": Row(only("province", "lead", "partner", "county"), ("candidate",)),
    "candidates:edit": Row(only("county"), ("candidate",)),
    "candidates:withdraw": Row(only("county"), ("candidate",), post=True),
    "candidates:decline": Row(
        only("lead"), ("reported candidate",), post=True, data={"reason": "已关停"}
    ),
    "candidates:restore": Row(only("lead"), ("declined candidate",), post=True),
    # The other department reads the candidates, not the papers.
    "candidates:evidence": Row(only("province", "lead", "county"), ("candidate",), file=True),
    "candidates:keys": Row(CITIES | {"province"}),
    "candidates:keys-import": Row(only("province", "partner")),  # who keeps a list: ecology
    "candidates:keys-commit": Row(only("province", "partner"), post=True),
    "candidates:keys-template": Row(only("province", "partner"), file=True),
    "candidates:keys-receipt": Row(only("province"), ("key receipt",)),
    # registration
    "registration:claim": Row(EVERYBODY),
    "registration:lost": Row(EVERYBODY),
    "registration:wish": Row(EVERYBODY),
    "registration:answer": Row(EVERYBODY),
    "registration:codes": Row(only("lead", "county", "other county"), ("later list",)),
    "registration:issue": Row(
        only("lead", "county", "other county"), ("published",), post=True, data={"who": "chosen"}
    ),
    "registration:contacts": Row(ENTERPRISES),
    "registration:contact-act": Row(only("enterprise"), ("second contact", "depute"), post=True),
    "registration:void": Row(only("enterprise"), ("invitation",), post=True),
    "registration:changes": Row(OFFICIALS | ENTERPRISES),
    # Without a round a city department names nobody; an enterprise tells of itself.
    "registration:new-change": Row(ENTERPRISES),
    "registration:change": Row(AT_THE_ROUND, ("change",)),
    "registration:change-evidence": Row(AT_THE_ROUND - {"partner"}, ("change",), file=True),
    "registration:change-act": Row(
        only("lead"), ("change", "decline"), post=True, data={"reason": "材料不全"}
    ),
    "registration:resets": Row(OFFICIALS),
    "registration:reset": Row(only("province", "lead", "county"), ("reset",)),
    "registration:reset-paper": Row(only("province", "lead", "county"), ("reset",), file=True),
    "registration:reset-act": Row(
        only("lead", "county"), ("reset", "decline"), post=True, data={"reason": "印章不符"}
    ),
    "registration:wishes": Row(OFFICIALS),
    "registration:wish-page": Row(only("province", "lead", "partner", "county"), ("wish",)),
    "registration:wish-act": Row(
        only("lead"), ("wish", "decline"), post=True, data={"reason": "已列入搬迁计划"}
    ),
    "registration:engagements": Row(only("enterprise"), ("round",)),
    "registration:revoke": Row(only("other enterprise"), ("engagement",), post=True),
    # A consultancy opens the rounds for which it is engaged, by pages of its own.
    "registration:board": Row(only("consultancy")),
    "registration:engaged": Row(only("consultancy"), ("registered",)),
    "registration:consultancies": Row(OFFICIALS),
    "registration:consultancy": Row(OFFICIALS, ("office",)),
    # planning
    "planning:plans": Row(OFFICIALS),
    "planning:start": Row(CITIES, post=True, data={"year": "2024"}),
    "planning:plan": Row(CITY_READERS, ("plan published",)),
    "planning:paper": Row(CITY_READERS, ("plan published", "pdf"), file=True),
    "planning:edit": Row(only("lead", "partner"), ("plan draft",)),
    "planning:agree": Row(
        only("lead", "partner"), ("plan draft",), post=True, data={"version": "1"}
    ),
    "planning:revise": Row(
        only("lead", "partner"), ("plan agreed",), post=True, data={"reason": "补充任务"}
    ),
    "planning:publish": Row(only("lead", "partner"), ("plan agreed",)),
    "planning:file": Row(only("lead", "partner"), ("list", "later list"), post=True),
    "planning:filings": Row(CITIES | {"province"}),
    "planning:filing": Row(only("province", "lead", "partner"), ("filing",)),
    # experts
    "experts:register": Row(EVERYBODY),
    "experts:application": Row(EVERYBODY),
    "experts:pool": Row(CITIES | {"province"}),
    "experts:expert": Row(CITIES | {"province"}, ("pool expert",)),
    "experts:confirm": Row(only("province"), ("applied expert",), post=True),
    # Who appointed has a need for the telephone; other cities have none.
    "experts:edit": Row(only("province"), ("pool expert",)),
    "experts:contact": Row(
        only("province", "lead"), ("pool expert",), post=True, data={"reason": "通知开会"}
    ),
    "experts:decide": Row(
        only("province"), ("pool expert", "suspend"), post=True, data={"reason": "核查"}
    ),
    "experts:certificate": Row(only("province", "expert"), ("paper of an expert",), file=True),
    "experts:mine": Row(only("expert")),
    "experts:profile": Row(only("expert")),
    "experts:leave": Row(only("expert"), post=True, data={"reason": "退休"}),
    "experts:declare": Row(only("expert")),
    "experts:end-tie": Row(only("expert"), ("tie",)),
    "experts:absence": Row(only("expert")),
    "experts:certificates": Row(only("expert")),
    "experts:answer": Row(
        only("lead", "expert"),
        ("own seat",),
        post=True,
        data={"act": "accept", "reason": "电话答复"},
    ),  # fmt: skip
    "experts:settle": Row(
        only("lead"), ("proposed seat",), post=True, data={"act": "refuse", "reason": "不同意"}
    ),
    "experts:release": Row(only("lead"), ("own seat",), post=True, data={"reason": "回避"}),
    "experts:fee": Row(only("lead"), ("accepted seat",)),
    "experts:letter": Row(only("province", "lead", "expert"), ("own seat", "pdf"), file=True),
    "experts:panels": Row(CITIES | {"province"}),
    "experts:form": Row(CITIES),
    # The other department learns that there is a panel, and nobody's name before it meets.
    "experts:panel": Row(only("province", "lead", "partner"), ("panel drawn",)),
    "experts:draw": Row(only("lead"), ("panel prepared",)),
    "experts:replace": Row(only("lead"), ("panel drawn",), post=True),
    "experts:invite": Row(only("lead"), ("panel prepared",)),
    "experts:reschedule": Row(only("lead"), ("panel drawn",)),
    "experts:open": Row(only("lead"), ("panel drawn",), post=True),
    "experts:cancel": Row(only("lead"), ("panel drawn",), post=True, data={"reason": "停产"}),
    "experts:overturn": Row(
        only("province", "lead"),
        ("panel opened",),
        post=True,
        data={"round": "registered", "reason": "异议"},
    ),
    "experts:fees": Row(only("province", "lead"), ("panel drawn",), file=True),
    "experts:notice": Row(only("province", "lead"), ("panel drawn", "pdf"), file=True),
    "experts:record": Row(only("province", "lead"), ("draw",)),
    "experts:round": Row(AT_THE_ROUND | {"consultancy"}, ("round",)),
    # calendar
    "calendar:year": Row(OFFICIALS),
    "calendar:board": Row(only("province")),
    "calendar:confirm": Row(CITIES, (2023, "training")),
    "calendar:withdraw": Row(only("lead"), ("confirmation",), post=True, data={"reason": "误填"}),
    # performance
    "performance:systems": Row(SIGNED_IN),
    "performance:system": Row(SIGNED_IN, ("system",)),
    "performance:system-file": Row(SIGNED_IN, ("system", "xlsx"), file=True),
    "performance:blank": Row(SIGNED_IN, ("system", "csv"), file=True),
    "performance:trial": Row(SIGNED_IN, ("system",)),
    "performance:load": Row(only("province")),
    "performance:load-template": Row(only("province"), file=True),
    "performance:put": Row(only("province"), ("draft system",), post=True),
    "performance:withdraw": Row(
        only("province"), ("system",), post=True, data={"reason": "已有新版"}
    ),
    # review
    "accuracy:board": Row(READERS),
    "accuracy:workbook": Row(READERS, file=True),
    "accuracy:draw": Row(only("province"), post=True, data={"city": "440600", "year": "2022"}),
    "accuracy:lost": Row(READERS),
    "accuracy:mine": Row(ENTERPRISES),
    "accuracy:sample": Row(READERS - {"other city"}, ("accuracy sample",)),
    "accuracy:frame": Row(READERS - {"other city"}, ("accuracy sample",), file=True),
    "accuracy:freeze": Row(only("province"), ("accuracy sample",), post=True),
    "accuracy:item": Row(
        only("province", "lead", "partner", "support", "enterprise"), ("accuracy item",)
    ),
    "accuracy:check": Row(
        only("province", "support"), ("accuracy item",), post=True, data={"verdict": "wrong"}
    ),
    "accuracy:contest": Row(only("lead", "enterprise"), ("accuracy item",), post=True),
    "accuracy:decide": Row(only("province"), ("accuracy item",), post=True),
    "accuracy:evidence": Row(
        only("province", "lead", "partner", "support", "enterprise"), ("accuracy item",), file=True
    ),
    "results:board": Row(OFFICIALS),
    "results:new": Row(CITIES),
    "results:batch": Row(CITY_READERS, ("results announced",)),
    "results:firms": Row(only("lead"), ("results draft",)),
    "results:publicise": Row(only("lead"), ("results draft",)),
    "results:cosign": Row(only("partner"), ("results public",), post=True),
    "results:announce": Row(only("lead"), ("results public",)),
    "results:report": Row(only("lead"), ("results announced",), post=True),
    "results:stop": Row(only("lead"), ("results public",), post=True, data={"reason": "有误"}),
    "results:certify": Row(
        only("lead"), ("results announced",), post=True, data={"head": "演示证-", "first": "9"}
    ),
    "results:paper": Row(CITY_READERS, ("results announced", "pdf"), file=True),
    "results:workbook": Row(CITY_READERS, ("results announced",), file=True),
    "results:scan": Row(CITY_READERS, ("results announced",), file=True),
    "results:objections": Row(CITIES),
    "results:objection": Row(only("lead"), ("objection",)),
    "results:certificate": Row(CITY_READERS | {"enterprise"}, ("certificate", "pdf"), file=True),
    "results:public": Row(EVERYBODY),
    "results:public-batch": Row(EVERYBODY, ("results public",)),
    "results:public-workbook": Row(EVERYBODY, ("results public",), file=True),
    "results:object": Row(EVERYBODY, ("results public",)),
    "results:answer": Row(EVERYBODY),
    "review:result": Row(only("lead"), ("round",)),
    # The other department reads progress and results, not the papers.
    "review:evidence": Row(AT_THE_ROUND - {"partner"}, ("acceptance",), file=True),
    "review:results": Row(CITIES),
    "review:results-commit": Row(CITIES, post=True),
    "review:completions": Row(CITIES),
    "review:complete": Row(only("lead"), post=True, data={"round": "accepted"}),
    "review:migrate": Row(only("province")),
    "review:migrate-commit": Row(only("province"), post=True),
    "review:template": Row(CITIES | {"province"}, ("results",), file=True),
    "review:receipt": Row(only("province", "lead"), ("results", "results receipt")),
    # statistics
    "statistics:report": Row(READERS, ("annex1",)),
    "statistics:records": Row(OFFICIALS | {"support"}, ("total",)),
    "statistics:desk": Row(OFFICIALS | {"support"}),
    "statistics:breakdown": Row(OFFICIALS, ("lead",)),
    "statistics:effects": Row(OFFICIALS, ("lead",)),
    "statistics:effect-records": Row(OFFICIALS | {"support"}, ("tce",)),
    "statistics:unfinished": Row(OFFICIALS),
    "statistics:outline": Row(only("admin")),
    "statistics:outline-withdraw": Row(only("admin"), post=True, data={"reason": "更新"}),
    "statistics:public": Row(EVERYBODY),
    "statistics:public-table": Row(EVERYBODY, ("disclosure",)),
    "statistics:disclosures": Row(only("province")),
    "statistics:disclosure": Row(only("province"), ("disclosure",)),
    "statistics:disclose": Row(only("province"), ("annex1",), post=True),
    "statistics:withdraw": Row(
        only("province"), ("disclosure",), post=True, data={"reason": "数字有误"}
    ),
    "statistics:discrepancies": Row(READERS),
    # yearly
    "yearly:report": Row(CITIES),
    "yearly:paper": Row(CITIES, ("pdf",), file=True),
    # accounts: one's own account, whoever one is
    "accounts:demo_pick": Row(NOBODY, post=True),  # outside a demo home it is not there
    "accounts:demo": Row(NOBODY, ("red-star",), post=True),
    "accounts:everywhere": Row(SIGNED_IN, post=True),
    "account_login": Row(EVERYBODY),
    "account_logout": Row(EVERYBODY),
    "account_inactive": Row(EVERYBODY),
    "account_reauthenticate": Row(SIGNED_IN),
    "account_change_password": Row(SIGNED_IN),
    "account_set_password": Row(SIGNED_IN),
    "account_reset_password": Row(EVERYBODY),
    "account_reset_password_done": Row(EVERYBODY),
    "account_reset_password_from_key": Row(EVERYBODY, ("1", "no-such-key")),
    "account_reset_password_from_key_done": Row(EVERYBODY),
    "mfa_index": Row(SIGNED_IN),
    "mfa_authenticate": Row(EVERYBODY),
    "mfa_reauthenticate": Row(SIGNED_IN),
    "mfa_activate_totp": Row(SIGNED_IN),
    "mfa_deactivate_totp": Row(SIGNED_IN),
    "mfa_view_recovery_codes": Row(SIGNED_IN),
    "mfa_generate_recovery_codes": Row(SIGNED_IN),
    "mfa_download_recovery_codes": Row(SIGNED_IN, file=True),
}
