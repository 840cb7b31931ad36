"""A user, as the store has it."""

from __future__ import annotations

from dataclasses import dataclass

from auth.roles import Role
from auth.store import Row


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """One account. Hashes and secrets stay out of its text."""

    id: int
    name: str
    role: Role
    is_disabled: bool = False
    has_password: bool = True
    has_totp: bool = False
    is_from_provider: bool = False  #: signs in through the organisation's provider
    recovery_codes: int = 0  #: that were not used yet
    invited_until: float | None = None  #: a link to choose a password with is open until then; None: none is
    created_at: float = 0.0  #: seconds since 1970
    signed_in_at: float | None = None  #: the last time; None: never
    sessions: int = 0  #: that are live
    may_download: bool = True  #: unless a super_admin took that away

    @property
    def state(self) -> str:
        """In one word, for lists."""
        if self.is_disabled:
            return "disabled"
        return "active" if self.has_password or self.is_from_provider else "invited"


def user_of(row: Row) -> User:
    """The user in a row of the store; what is counted is there if the row has it."""
    counted = {name: row[name] for name in ("sessions", "recovery_codes", "invited_until") if name in set(row.keys())}
    return User(
        id=row["id"], name=row["name"], role=Role(row["role"]), is_disabled=bool(row["disabled"]),
        has_password=row["password_hash"] is not None, has_totp=row["totp_secret"] is not None,
        is_from_provider=row["oidc_subject"] is not None, created_at=row["created_at"],
        signed_in_at=row["signed_in_at"], may_download=bool(row["may_download"]), **counted,
    )  # fmt: skip
