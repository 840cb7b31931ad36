"""What a super_admin does with the accounts of others. One super_admin who can sign in always remains."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from auth import recovery_store
from auth.accounts import Accounts
from auth.links import make_link, open_until
from auth.names import checked_name, name_key
from auth.new_users import NewUser, add_user
from auth.passwords import check_password
from auth.roles import Role
from auth.sessions import IDLE_SECONDS, LIFE_SECONDS
from auth.store import Row, Transaction
from auth.users import User, user_of
from etl_batch.audit.events import Action, Event
from etl_batch.errors import AccountRefused, Forbidden
from etl_batch.permissions import Permission, permit
from etl_batch.values import Actor


@dataclass(frozen=True, slots=True)
class Invited:
    """A user, and the token of the link with which they choose a password."""

    user: User
    token: str | None  #: None: the password was given
    is_instead: bool = False  #: of an open invitation, whose link opens nothing any more

    def __repr__(self) -> str:
        return f"Invited({self.user.name!r})"


def list_users(accounts: Accounts, actor: Actor) -> list[User]:
    """All users, by name.

    Raises:
        Forbidden: the actor may not manage users.
    """
    permit(actor, Permission.MANAGE_USERS)
    now = accounts.clock()
    with accounts.store.reading() as tx:
        rows = tx.all("list_users", created_after=now - LIFE_SECONDS, seen_after=now - IDLE_SECONDS, now=now)
    return [user_of(row) for row in rows]


def create_user(accounts: Accounts, actor: Actor, name: str, role: Role, password: str | None = None) -> Invited:
    """Make a user.

    Args:
        accounts: of this home.
        actor: who does it.
        name: of the new user.
        role: of the new user.
        password: None: they choose it themselves, by the link that comes back.

    Raises:
        Forbidden, AccountRefused, PasswordRefused, AuditUnavailable: nothing was done.
    """
    permit(actor, Permission.MANAGE_USERS)
    kept = checked_name(name)
    password_hash = _hashed(accounts, kept, password)
    with _managing(accounts, actor) as tx:
        row = add_user(tx, NewUser(name=kept, role=role, password_hash=password_hash), accounts.clock())
        token = None if password_hash else make_link(tx, row["id"], accounts.clock())
        if password_hash:  # the link for the first super_admin is worth nothing from here on
            tx.change("forget_links", user_id=None, now=accounts.clock())
        accounts.record(actor, Event(action=Action.USER_CREATED, target=kept, detail={"role": role}))
    return Invited(user_of(row), token)


def change_role(accounts: Accounts, actor: Actor, name: str, role: Role) -> None:
    """Give a user another role; their sessions end.

    Raises:
        Forbidden, AccountRefused, AuditUnavailable: nothing was done.
    """
    with _managing(accounts, actor) as tx:
        row = _found(tx, name)
        if row["role"] == role:
            return
        tx.change("set_role", id=row["id"], role=role)
        _finish(accounts, tx, actor, row, {"role": role, "before": row["role"]})


def set_disabled(accounts: Accounts, actor: Actor, name: str, *, disabled: bool) -> None:
    """Shut a user out, or let them in again; their sessions end.

    Raises:
        Forbidden, AccountRefused, AuditUnavailable: nothing was done.
    """
    with _managing(accounts, actor) as tx:
        row = _found(tx, name)
        if bool(row["disabled"]) == disabled:
            return
        tx.change("set_disabled", id=row["id"], disabled=disabled)
        _finish(accounts, tx, actor, row, {"disabled": disabled})


def set_may_download(accounts: Accounts, actor: Actor, name: str, *, may_download: bool) -> None:
    """Take from an analyst the right to take results away, or give it back. It holds from their next click on.

    Raises:
        Forbidden, AccountRefused, AuditUnavailable: nothing was done.
    """
    with _managing(accounts, actor) as tx:
        row = _found(tx, name)
        if row["role"] != Role.ANALYST:
            raise AccountRefused(
                f"{row['name']} is no analyst, but has the role {row['role']!r}",
                mend="give them that role first: a super_admin may do everything, an auditor sees no results",
            )
        if bool(row["may_download"]) == may_download:
            return
        tx.change("set_may_download", id=row["id"], may_download=may_download)
        event = Event(action=Action.USER_CHANGED, target=row["name"], detail={"may_download": may_download})
        accounts.record(actor, event)


def invited_until(accounts: Accounts, actor: Actor, name: str) -> float | None:
    """Until when a user has an open invitation, which a reset would void; None: there is none.

    Raises:
        Forbidden: the actor may not manage users.
        AccountRefused: there is no such user.
    """
    permit(actor, Permission.MANAGE_USERS)
    with accounts.store.reading() as tx:
        return open_until(tx, _found(tx, name)["id"], accounts.clock())


def reset_user(
    accounts: Accounts, actor: Actor, name: str, password: str | None = None, *, may_void: bool = False
) -> Invited:
    """Take a user's second factor away, and give them another password; their sessions end.

    Args:
        accounts: of this home.
        actor: who does it.
        name: of the user.
        password: None: the old one stops working, and they choose another by the link that comes back.
        may_void: whoever asks knows that an open invitation ends with this.

    Raises:
        Forbidden, AccountRefused, PasswordRefused, AuditUnavailable: nothing was done.
    """
    permit(actor, Permission.MANAGE_USERS)
    password_hash = _hashed(accounts, name, password)
    with _managing(accounts, actor) as tx:
        row = _found(tx, name)
        is_instead = open_until(tx, row["id"], accounts.clock()) is not None
        if is_instead and not may_void:
            raise AccountRefused(
                f"{row['name']} has an open invitation, whose link this would void",
                mend="pass on the link that they have, or say that it may be replaced",
            )
        tx.change("forget_links", user_id=row["id"], now=accounts.clock())
        tx.change("set_totp", id=row["id"], secret=None, step=0)
        recovery_store.forget(tx, row["id"])
        tx.change("set_password", id=row["id"], password_hash=password_hash)
        token = None if password_hash else make_link(tx, row["id"], accounts.clock())
        _finish(accounts, tx, actor, row, {"reset": True, **({"invitation_voided": True} if is_instead else {})})
    return Invited(user_of(row), token, is_instead)


def new_recovery_codes(accounts: Accounts, actor: Actor, name: str) -> tuple[str, ...]:
    """Other recovery codes for a user who lost theirs; the older ones are worth nothing from here on.

    Returns:
        The codes, which are kept nowhere else.

    Raises:
        Forbidden, AccountRefused, AuditUnavailable: nothing was done.
    """
    with _managing(accounts, actor) as tx:
        return recovery_store.made_anew(accounts, tx, actor, _found(tx, name))


def end_sessions(accounts: Accounts, actor: Actor, name: str) -> int:
    """Sign a user out everywhere.

    Returns:
        How many sessions that ended.

    Raises:
        Forbidden, AccountRefused, AuditUnavailable: nothing was done.
    """
    with _managing(accounts, actor) as tx:
        row = _found(tx, name)
        ended = tx.change("end_sessions_of_user", user_id=row["id"], but=None)
        accounts.record(actor, Event(action=Action.SESSIONS_ENDED, target=row["name"], detail={"sessions": ended}))
    return ended


@contextmanager
def _managing(accounts: Accounts, actor: Actor) -> Iterator[Transaction]:
    """A transaction of somebody who may manage users at this very moment, whatever they might have done before."""
    permit(actor, Permission.MANAGE_USERS)
    with accounts.store.writing() as tx:
        if actor.role is not None:
            row = tx.one("find_user", name_key=name_key(actor.name))
            if row is None or row["disabled"] or row["role"] != actor.role:
                raise Forbidden(f"{actor.name} no longer has the role {actor.role!r}", mend="sign in again")
        yield tx


def _finish(accounts: Accounts, tx: Transaction, actor: Actor, row: Row, detail: dict[str, str | bool]) -> None:
    if not tx.number("count_super_admins") and _counted(row):
        raise AccountRefused(
            f"{row['name']} is the last super_admin who can sign in",
            mend="make another user a super_admin first, with a password chosen",
        )
    tx.change("end_sessions_of_user", user_id=row["id"], but=None)
    accounts.record(actor, Event(action=Action.USER_CHANGED, target=row["name"], detail=detail))


def _counted(before: Row) -> bool:
    """Whether the user was one of the super_admins who could sign in."""
    can = before["password_hash"] is not None or before["oidc_subject"] is not None
    return before["role"] == Role.SUPER_ADMIN and not before["disabled"] and can


def _found(tx: Transaction, name: str) -> Row:
    row = tx.one("find_user", name_key=name_key(name))
    if row is None:
        raise AccountRefused(f"there is no user {name!r}")
    return row


def _hashed(accounts: Accounts, name: str, password: str | None) -> str | None:
    if password is None:
        return None
    check_password(password, name=name)
    with accounts.hasher.slot():
        return accounts.hasher.hash(password)
