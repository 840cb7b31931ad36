"""Sessions: how long one lives, and what of it is stored. Rules only, the clock is passed in."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass

from auth.roles import Role
from etl_batch.permissions import Permission

IDLE_SECONDS = 30 * 60  #: since the user last did something; a page that refreshes itself does nothing
LIFE_SECONDS = 12 * 3600  #: since signing in
TOUCH_SECONDS = 30  #: how exactly it is kept when the user last did something
_TOKEN_BYTES = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """One signed-in browser."""

    key: str  #: SHA-256 of its token: names the session, opens nothing
    user_id: int
    name: str  #: of the user
    role: Role  #: of the user, now
    created_at: float  #: seconds since 1970
    seen_at: float
    address: str | None = None  #: where it was signed in from
    agent: str | None = None  #: what the browser called itself
    disabled: bool = False  #: the user is
    may_download: bool = True  #: the user, unless a super_admin took that away

    @property
    def withheld(self) -> tuple[Permission, ...]:
        """What the user may not, whatever their role."""
        is_free = self.may_download or self.role is Role.SUPER_ADMIN
        return () if is_free else (Permission.DOWNLOAD_OUTPUTS,)

    def is_live(self, now: float) -> bool:
        """Whether it still opens anything."""
        return not self.disabled and now - self.seen_at < IDLE_SECONDS and now - self.created_at < LIFE_SECONDS

    def is_worth_touching(self, now: float) -> bool:
        """Whether the stored time of the last action is too old to be left."""
        return now - self.seen_at >= TOUCH_SECONDS


def new_token() -> str:
    """A token that cannot be guessed, for a cookie or a link."""
    return secrets.token_urlsafe(_TOKEN_BYTES)


def key_of(token: str) -> str:
    """What is stored of a token."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
