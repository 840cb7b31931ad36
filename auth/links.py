"""Links that open the setup page once: the first super_admin's, and those of users who are to choose a password."""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from auth import throttle_store
from auth.accounts import Accounts
from auth.names import checked_name
from auth.new_users import NewUser, add_user
from auth.passwords import check_password
from auth.roles import Role
from auth.sessions import key_of, new_token
from auth.signing_in import Admitted, Attempt, begin_session, visitor
from auth.store import Row, Transaction
from etl_batch.audit.events import Action, Event
from etl_batch.errors import AccountRefused
from etl_batch.storage.secrets_folder import FILE_MODE, secrets_folder

FIRST_LINK_SECONDS = 60 * 60
USER_LINK_SECONDS = 24 * 60 * 60
LINK_FILE = "setup-link"
_EXPIRED = "the link was used, replaced by a newer one, or has expired"


@dataclass(frozen=True, slots=True)
class Invitation:
    """What an open link is for."""

    name: str | None  #: of the user who is to choose a password; None: the first super_admin, who chooses the name too


def make_link(tx: Transaction, user_id: int | None, now: float) -> str:
    """A new link for a user, which replaces an older one.

    Returns:
        Its token, which is kept nowhere else.
    """
    token = new_token()
    seconds = FIRST_LINK_SECONDS if user_id is None else USER_LINK_SECONDS
    tx.change("forget_links", user_id=user_id, now=now)
    tx.change("add_link", key=key_of(token), user_id=user_id, expires_at=now + seconds)
    return token


def open_until(tx: Transaction, user_id: int | None, now: float) -> float | None:
    """When the open link of a user expires, which a new one would replace; None: there is none.

    Args:
        tx: of the store.
        user_id: None: the link for the first super_admin.
        now: seconds since 1970.
    """
    row = tx.one("find_link_of_user", user_id=user_id, now=now)
    return None if row is None else float(row["expires_at"])


@dataclass(frozen=True, slots=True)
class FirstLink:
    """A link to make the first super_admin with."""

    token: str
    is_instead: bool  #: of an earlier one, which opens nothing any more

    def __repr__(self) -> str:
        return "FirstLink(...)"


def first_link(accounts: Accounts) -> FirstLink | None:
    """A link to make the first super_admin with; None: there are users already."""
    with accounts.store.writing() as tx:
        if tx.number("count_users"):
            return None
        is_instead = open_until(tx, None, accounts.clock()) is not None
        return FirstLink(make_link(tx, None, accounts.clock()), is_instead)


def keep_first_link(accounts: Accounts, url: str) -> Path:
    """Write the link where only the owner of the console reads it."""
    path = secrets_folder(accounts.store.home) / LINK_FILE
    unfinished = path.with_name(f".{LINK_FILE}.{os.getpid()}")  # two consoles may start at once
    unfinished.unlink(missing_ok=True)
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, FILE_MODE)
    with os.fdopen(descriptor, "w") as file:
        file.write(f"{url}\n")
    unfinished.replace(path)
    return path


def drop_first_link(accounts: Accounts) -> None:
    """Remove the file: there are users, and the link in it opens nothing any more."""
    with suppress(OSError):
        (accounts.store.home / ".secrets" / LINK_FILE).unlink()


def invitation(accounts: Accounts, token: str) -> Invitation | None:
    """What a link is for; None: it opens nothing (any more)."""
    with accounts.store.reading() as tx:
        row = tx.one("find_link", key=key_of(token), now=accounts.clock())
    return Invitation(row["name"]) if row else None


def accept(accounts: Accounts, token: str, attempt: Attempt) -> Admitted:
    """Choose the password that a link was made for, and sign in with it.

    Args:
        accounts: of this home.
        token: of the link.
        attempt: the password; and the name, where the link is for the first super_admin.

    Raises:
        AccountRefused: the link is worth nothing, or the name cannot be used.
        PasswordRefused: the password is too easy; the link can be used again.
    """
    found = invitation(accounts, token)
    if found is None:
        raise AccountRefused(_EXPIRED, mend="ask for a new one")
    name = found.name or checked_name(attempt.name)  # who has an account keeps its name, whatever the rules are today
    check_password(attempt.password, name=name)
    with accounts.hasher.slot():
        password_hash = accounts.hasher.hash(attempt.password)
    with accounts.store.writing() as tx:
        row = tx.one("find_link", key=key_of(token), now=accounts.clock())
        if row is None or row["name"] != found.name:
            raise AccountRefused(_EXPIRED, mend="ask for a new one")
        user = (
            _first_user(accounts, tx, name, password_hash) if row["user_id"] is None else _own(tx, row, password_hash)
        )
        tx.change("forget_links", user_id=row["user_id"], now=accounts.clock())
        throttle_store.forget(tx, throttle_store.of_account(accounts.keys, name))
        action = Action.SETUP if row["user_id"] is None else Action.PASSWORD_CHANGED
        accounts.record(visitor(attempt, name, user["role"]), Event(action=action, target=name, detail={"by": "link"}))
        admitted = begin_session(accounts, tx, user, attempt, "link")
    if found.name is None:
        drop_first_link(accounts)
    return admitted


def _first_user(accounts: Accounts, tx: Transaction, name: str, password_hash: str) -> Row:
    if tx.number("count_users"):
        raise AccountRefused("there are users already", mend="sign in, or ask a super_admin for an account")
    return add_user(tx, NewUser(name=name, role=Role.SUPER_ADMIN, password_hash=password_hash), accounts.clock())


def _own(tx: Transaction, row: Row, password_hash: str) -> Row:
    user = tx.one("find_user_by_id", id=row["user_id"])
    if user is None or user["disabled"]:
        raise AccountRefused(_EXPIRED, mend="ask for a new one")
    tx.change("set_password", id=user["id"], password_hash=password_hash)
    tx.change("end_sessions_of_user", user_id=user["id"], but=None)
    return user
