"""Words and moves of the indicator systems that the province keeps."""

from cleanprod.foundation.organisations.rules import Role
from cleanprod.kernel.lifecycle import Lifecycle, Move
from cleanprod.kernel.term import Term


class SystemStage(Term):
    """Where a version of an indicator system stands."""

    DRAFT = "draft", "待启用"
    IN_FORCE = "in_force", "现行"
    WITHDRAWN = "withdrawn", "已停用"


class SystemAct(Term):
    """What can be done to a version of an indicator system."""

    PUT_IN_FORCE = "put_in_force", "启用"
    WITHDRAW = "withdraw", "停用"


_PROVINCE = frozenset({Role.PROVINCE})
SYSTEM_LIFECYCLE: Lifecycle[SystemStage, SystemAct, Role] = Lifecycle(
    (
        Move(SystemAct.PUT_IN_FORCE, SystemStage.DRAFT, SystemStage.IN_FORCE, _PROVINCE),
        Move(
            SystemAct.WITHDRAW, SystemStage.DRAFT, SystemStage.WITHDRAWN, _PROVINCE, reason=True
        ),
        Move(
            SystemAct.WITHDRAW, SystemStage.IN_FORCE, SystemStage.WITHDRAWN, _PROVINCE, reason=True
        ),
    )
)  # fmt: skip
