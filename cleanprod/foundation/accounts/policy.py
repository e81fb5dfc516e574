"""The numbers of the sign-in policy, as one frozen record read from the settings."""

from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings


@dataclass(frozen=True, slots=True)
class SignInPolicy:
    """How many tries, how long a lock, how long a session."""

    failures: int
    address_failures: int
    lock_minutes: int
    idle_minutes: int
    absolute_hours: int
    confirm_minutes: int

    @property
    def lock(self) -> timedelta:
        """Return how long a lock lasts; older tries are forgotten after the same time."""
        return timedelta(minutes=self.lock_minutes)

    @property
    def idle(self) -> timedelta:
        """Return after how long without a request a session ends."""
        return timedelta(minutes=self.idle_minutes)

    @property
    def absolute(self) -> timedelta:
        """Return after how long a session ends whatever happens."""
        return timedelta(hours=self.absolute_hours)

    @property
    def confirm(self) -> timedelta:
        """Return how long a sign-in counts as fresh for acts that ask again."""
        return timedelta(minutes=self.confirm_minutes)


def policy() -> SignInPolicy:
    """Return the policy of this installation (settings.SIGN_IN_POLICY)."""
    return SignInPolicy(**settings.SIGN_IN_POLICY)
