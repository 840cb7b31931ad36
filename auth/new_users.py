"""The one way in which accounts are made: no two users whom people could take for each other."""

from __future__ import annotations

from dataclasses import dataclass

from auth.names import checked_name, look_of, name_key
from auth.roles import Role
from auth.store import Row, Transaction
from etl_batch.errors import AccountRefused


@dataclass(frozen=True, slots=True, kw_only=True)
class NewUser:
    """An account that is to be made."""

    name: str  #: as it was given
    role: Role
    password_hash: str | None = None  #: None: they choose a password later, or have none
    subject: str | None = None  #: at the organisation's provider

    def __repr__(self) -> str:
        return f"NewUser({self.name!r})"


def add_user(tx: Transaction, new: NewUser, now: float, *, mend: str = "choose another name") -> Row:
    """Make an account.

    Args:
        tx: of the store.
        new: the account.
        now: seconds since 1970.
        mend: what to do where the name is taken.

    Raises:
        AccountRefused: the name cannot be a user's, is another user's, or looks like one.
    """
    name = checked_name(new.name)
    look = look_of(name)
    for row in tx.all("names_of_users"):
        if row["name_key"] == name_key(name):
            raise AccountRefused(f"there is a user {row['name']!r} already", mend=mend)
        if look_of(row["name"]) == look:
            raise AccountRefused(f"the name {name!r} looks like that of another user, {row['name']!r}", mend=mend)
    made = tx.one(
        "add_user", name=name, name_key=name_key(name), role=new.role, password_hash=new.password_hash,
        subject=new.subject, now=now,
    )  # fmt: skip
    if made is None:
        raise AccountRefused(f"the user {name!r} could not be made")
    return made
