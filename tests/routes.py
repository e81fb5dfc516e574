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
    "portal:health": Row(EVERYBODY, file=True),
    # desk
    "desk:home": Row(SIGNED_IN),
    "desk:inbox": Row(SIGNED_IN),
    "desk:read": Row(SIGNED_IN, (1,), post=True),  # a stranger's message leads to one's own inbox
    "desk:lists": Row(OFFICIALS),
    "desk:list": Row(CITY_READERS, ("published",)),
    "desk:rounds": Row(OFFICIALS | ENTERPRISES),
    "desk:round": Row(AT_THE_ROUND, ("round",)),
    "desk:history": Row(AT_THE_ROUND, ("round",)),
    "desk:rules": Row(only("province", "admin")),
    "desk:trail": Row(only("auditor")),
    # organisations
    "organisations:offices": Row(only("admin")),
    "organisations:authorities": Row(only("admin"), post=True),
    "organisations:enter": Row(only("admin")),
    "organisations:office": Row(only("admin"), ("office",)),
    "organisations:dismiss": Row(only("admin"), ("membership",)),
    "organisations:codes": Row(only("admin"), ("membership",)),
    # programme
    "programme:targets": Row(READERS),
    "programme:import": Row(CITIES),
    "programme:commit": Row(CITIES, post=True),
    "programme:template": Row(CITIES | {"province"}, file=True),
    "programme:receipt": Row(only("province", "lead"), ("list receipt",)),
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
    "audits:register": Row(only("enterprise"), ("round",)),
    "audits:plan": Row(only("other enterprise"), ("registered",)),  # the round that is theirs
    "audits:rename": Row(only("lead"), ("round",)),
    "audits:withdraw": Row(only("lead"), ("registered", "registration")),
    # scoring
    "scoring:sittings": Row(OFFICIALS | ENTERPRISES | {"expert"}),
    "scoring:sheet": Row(OFFICIALS | ENTERPRISES | {"expert"}, ("acceptance-2018",)),
    "scoring:open": Row(only("lead"), ("round",)),
    "scoring:sitting": Row(AT_THE_SITTING, ("confirmed sitting",)),
    "scoring:score": Row(only("expert"), ("sitting",)),
    "scoring:confirm": Row(only("lead"), ("confirmed sitting",)),
    "scoring:cancel": Row(only("lead"), ("sitting",), post=True, data={"reason": "误登"}),
    "scoring:opinion": Row(AT_THE_SITTING, ("confirmed sitting", "pdf"), file=True),
    "scoring:summary": Row(
        only("province", "lead", "expert"), ("confirmed sitting", "pdf"), file=True
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
    "bulletins:paper": Row(READERS, ("issued bulletin", "docx"), file=True),
    "bulletins:snapshots": Row(only("province")),
    "bulletins:snapshot": Row(only("province"), ("snapshot",)),
    "bulletins:cell": Row(only("province"), ("snapshot", "total")),
    "bulletins:changes": Row(only("province"), ("snapshot",)),
    "bulletins:draft": Row(only("province"), ("snapshot",), post=True, data={"kind": "progress"}),
    "bulletins:checks": Row(CITIES | {"province"}),
    "bulletins:check": Row(CITIES | {"province"}, ("data check",)),
    "bulletins:close": Row(only("province"), ("data check",), post=True),
    "bulletins:answer": Row(
        only("province"), ("data check", "dispute"), post=True, data={"reason": "已核"}
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
    "statistics:records": Row(READERS, ("total",)),
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
