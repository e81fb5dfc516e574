"""Who may change the rulebook; everybody signed in may read it."""

from cleanprod.foundation.organisations.rules import Role, Standing
from cleanprod.kernel.errors import NotAllowed

WRITERS = (Role.PROVINCE, Role.ADMIN)


def may_amend(standing: Standing) -> bool:
    """Tell whether this person may change what a rule says."""
    return standing.role in WRITERS


def check_may_amend(standing: Standing) -> None:
    """Refuse anybody who may not change what a rule says."""
    if not may_amend(standing):
        raise NotAllowed("只有省级主管部门和系统管理员可以修改规则库")
