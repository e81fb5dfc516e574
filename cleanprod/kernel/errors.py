"""The few ways in which an act is refused; every message is Chinese and can be shown as it is."""


class Refused(Exception):  # noqa: N818 - a refusal is an answer, not a fault
    """An act was refused; the message says why and what to do."""


class NotAllowed(Refused):
    """The act is not open to this person at this stage."""


class Conflict(Refused):
    """Somebody else changed the record first, or it already carries another fact."""
