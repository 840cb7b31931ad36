"""What users do with their own account. Whoever found an open browser can do nothing of it without the password."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from auth import recovery_store, session_store, throttle_store, totp
from auth.accounts import Accounts
from auth.passwords import SHORTEST, check_password, normalised
from auth.sessions import Session
from auth.store import Row, Transaction
from auth.users import User, user_of
from etl_batch.audit.events import Action, Event, Outcome
from etl_batch.errors import AccountRefused, PasswordRefused
from etl_batch.values import Actor


def own_user(accounts: Accounts, session: Session) -> User:
    """The account itself."""
    with accounts.store.reading() as tx:
        return replace(user_of(_row(tx, session)), recovery_codes=recovery_store.left(tx, session.user_id))


def own_sessions(accounts: Accounts, session: Session) -> list[Session]:
    """Where the user is signed in, the session used last first."""
    return session_store.of_user(accounts.store, session.user_id, accounts.clock())


def change_password(accounts: Accounts, session: Session, actor: Actor, current: str, new: str) -> None:
    """Choose another password; all sessions end, this one too.

    Raises:
        PasswordRefused: the current one is wrong, or the new one too easy.
        AccountRefused: too many wrong ones, or the account has no password.
    """
    row = _confirmed(accounts, session, actor, current)
    if normalised(current) == normalised(new):
        raise PasswordRefused("the new password is the old one")
    check_password(new, name=session.name, has_totp=row["totp_secret"] is not None)
    with accounts.hasher.slot():
        password_hash = accounts.hasher.hash(new)
    with accounts.store.writing() as tx:
        _unchanged(tx, session, row)
        tx.change("set_password", id=session.user_id, password_hash=password_hash)
        tx.change("end_sessions_of_user", user_id=session.user_id, but=None)
        accounts.record(actor, Event(action=Action.PASSWORD_CHANGED, target=session.name))


@dataclass(frozen=True, slots=True)
class NewFactor:
    """A second factor that is to be turned on."""

    secret: str  #: as the authenticator app has it
    code: str  #: which proves that it has

    def __repr__(self) -> str:
        return "NewFactor(...)"


def turn_totp_on(
    accounts: Accounts, session: Session, actor: Actor, password: str, factor: NewFactor
) -> tuple[str, ...]:
    """Ask for a code at every sign-in from now on; the user's other sessions end.

    Args:
        accounts: of this home.
        session: of the user.
        actor: the user.
        password: of the user.
        factor: what is turned on.

    Returns:
        Recovery codes, each of which stands for the app once; they are kept nowhere else.

    Raises:
        PasswordRefused: the password is wrong.
        AccountRefused: the code is wrong, or there were too many wrong passwords.
    """
    row = _confirmed(accounts, session, actor, password)
    step = totp.fitting_step(factor.secret, factor.code, accounts.clock(), after=0)
    if step is None:
        raise AccountRefused("the code does not fit", mend="type the one that the app shows now, and check its clock")
    with accounts.store.writing() as tx:
        _unchanged(tx, session, row)
        tx.change("set_totp", id=session.user_id, secret=accounts.keys.seal(factor.secret), step=step)
        codes = recovery_store.replace(tx, accounts.keys, session.user_id)
        _totp_changed(accounts, tx, session, actor, is_on=True)
    return codes


def new_recovery_codes(accounts: Accounts, session: Session, actor: Actor, password: str) -> tuple[str, ...]:
    """Other recovery codes; the older ones are worth nothing from here on.

    Returns:
        The codes, which are kept nowhere else.

    Raises:
        PasswordRefused: the password is wrong.
        AccountRefused: there is no second factor, or there were too many wrong passwords.
    """
    row = _confirmed(accounts, session, actor, password)
    with accounts.store.writing() as tx:
        _unchanged(tx, session, row)
        return recovery_store.made_anew(accounts, tx, actor, _row(tx, session))


def turn_totp_off(accounts: Accounts, session: Session, actor: Actor, password: str) -> None:
    """Ask for the password only; the user's other sessions end.

    Raises:
        PasswordRefused: the password is wrong, or too short to stand alone.
        AccountRefused: there were too many wrong passwords.
    """
    row = _confirmed(accounts, session, actor, password)
    if len(normalised(password)) < SHORTEST:
        raise PasswordRefused(
            f"without codes a password needs {SHORTEST} characters",
            mend="change the password first, then turn codes off",
        )
    with accounts.store.writing() as tx:
        _unchanged(tx, session, row)
        tx.change("set_totp", id=session.user_id, secret=None, step=0)
        recovery_store.forget(tx, session.user_id)
        _totp_changed(accounts, tx, session, actor, is_on=False)


def end_own_session(accounts: Accounts, session: Session, actor: Actor, key: str) -> None:
    """End one of the user's sessions."""
    with accounts.store.writing() as tx:
        ended = tx.change("end_session_of_user", key=key, user_id=session.user_id)
        accounts.record(actor, Event(action=Action.SESSIONS_ENDED, target=session.name, detail={"sessions": ended}))


def end_other_sessions(accounts: Accounts, session: Session, actor: Actor) -> int:
    """End all of the user's sessions but this one; returns how many."""
    with accounts.store.writing() as tx:
        ended = tx.change("end_sessions_of_user", user_id=session.user_id, but=session.key)
        accounts.record(actor, Event(action=Action.SESSIONS_ENDED, target=session.name, detail={"sessions": ended}))
    return ended


def _confirmed(accounts: Accounts, session: Session, actor: Actor, password: str) -> Row:
    """The user's row, if the password is theirs; wrong ones count as at the sign-in page, apart from those there."""
    counted_under = (throttle_store.of_own_password(accounts.keys, session.user_id),)
    with accounts.hasher.slot():
        now = accounts.clock()
        with accounts.store.reading() as tx:
            row = _row(tx, session)
            wait = throttle_store.longest_wait(tx, counted_under, now)
        if row["password_hash"] is None:
            raise AccountRefused("this account signs in through the provider and has no password", mend="use it there")
        if wait:
            raise AccountRefused(
                "there were too many wrong passwords", mend=f"wait {math.ceil(wait)} s, then try again"
            )
        if accounts.hasher.matches(password, row["password_hash"]):
            return row
        with accounts.store.writing() as tx:
            throttle_store.count_failure(tx, counted_under, now)
            event = Event(
                action=Action.PASSWORD_CHANGED, target=session.name, outcome=Outcome.REFUSED,
                detail={"reason": "current password"},
            )  # fmt: skip
            accounts.record(actor, event)
    raise PasswordRefused("the current password is not right", mend="type it again")


def _totp_changed(accounts: Accounts, tx: Transaction, session: Session, actor: Actor, *, is_on: bool) -> None:
    tx.change("end_sessions_of_user", user_id=session.user_id, but=session.key)
    accounts.record(actor, Event(action=Action.TOTP_CHANGED, target=session.name, detail={"on": is_on}))


def _unchanged(tx: Transaction, session: Session, row: Row) -> None:
    """Nobody has changed the account since the password was checked, nor ended the session."""
    current = _row(tx, session)
    if current["password_hash"] != row["password_hash"] or tx.one("find_session", key=session.key) is None:
        raise AccountRefused("your session has ended in the meantime", mend="sign in again")


def _row(tx: Transaction, session: Session) -> Row:
    row = tx.one("find_user_by_id", id=session.user_id)
    if row is None:
        raise AccountRefused("this account is gone", mend="ask a super_admin")
    return row
