"""Signing in with name, password and code, and signing out."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from auth import devices, recovery_store, session_store, throttle_store, totp
from auth.accounts import Accounts
from auth.names import LONGEST, name_key
from auth.sessions import Session
from auth.store import Row, Transaction
from etl_batch.audit.events import Action, Event, Outcome
from etl_batch.environment import operator
from etl_batch.values import Actor

_TOO_MANY = "too many tries"
UNKNOWN = "(unknown)"  #: stands for a name that no user has: it may be a password in the wrong field
_PASSWORD, _CODE, _RECOVERY_CODE = "password", "password, code", "password, recovery code"


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One try."""

    name: str
    password: str
    code: str = ""  #: of the second factor, or a recovery code in its place; empty: none given
    address: str | None = None
    agent: str | None = None
    device: str = ""  #: what the browser's cookie for that holds

    def __repr__(self) -> str:
        return f"Attempt(name={self.name!r})"


@dataclass(frozen=True, slots=True)
class Admitted:
    """It succeeded."""

    token: str  #: of the new session
    device: str = ""  #: for a cookie, by which the browser is known at the next try; empty: none is needed
    recovery_codes_left: int | None = None  #: after one was used; None: none was

    def __repr__(self) -> str:
        return "Admitted(...)"


@dataclass(frozen=True, slots=True)
class Rejected:
    """It failed. What was wrong is for the log only."""

    retry_after: int = 0  #: seconds until the next try is checked; above 0: this one was not


def sign_in(accounts: Accounts, attempt: Attempt) -> Admitted | Rejected:
    """Check one try, as much work for every one of them, and write it down.

    Raises:
        AuditUnavailable, AccountsUnusable: nobody is let in.
    """
    with accounts.hasher.slot():
        refused = refused_at_once(accounts, attempt)  # asked with a slot in hand: tries side by side count
        if refused is not None:
            return refused
        with accounts.store.reading() as tx:
            user = _user(tx, attempt)
            is_known = _device(accounts, user, attempt) is not None
            account = _account(accounts, attempt)
            wait = 0.0 if is_known else throttle_store.longest_wait(tx, (account,), accounts.clock())
        stored = user["password_hash"] if user and not user["disabled"] and not wait else None
        is_right = accounts.hasher.matches(attempt.password, stored)
        with accounts.store.writing() as tx:
            how = _proof(accounts, tx, user, attempt) if user is not None and is_right else None
            if user is None or how is None:
                return _rejected(accounts, tx, attempt, user, wait)
            return _admitted(accounts, tx, attempt, user, how)


def refused_at_once(accounts: Accounts, attempt: Attempt) -> Rejected | None:
    """Refuse a try from an address, or in a known browser, that has to wait, before any work is done for it.

    That says nothing new of any account: a browser is known only where somebody has signed in. It is written down once
    for each wait, however often somebody tries.

    Returns:
        None: it is to be checked.
    """
    now = accounts.clock()
    with accounts.store.reading() as tx:
        user = _user(tx, attempt)
        origin = _device(accounts, user, attempt) or throttle_store.of_address(accounts.keys, attempt.address)
        wait = throttle_store.longest_wait(tx, (origin,), now)
        is_news = bool(wait) and accounts.said.is_first(origin, now + wait, now)
    if is_news:
        _record_refusal(accounts, attempt, user, _TOO_MANY)
    return Rejected(math.ceil(wait)) if wait else None


def sign_out(accounts: Accounts, session: Session, actor: Actor) -> None:
    """End a session; its token is worth nothing from here on.

    Raises:
        AuditUnavailable: it goes on.
    """
    with accounts.store.writing() as tx:
        tx.change("end_session", key=session.key)
        accounts.record(actor, Event(action=Action.SIGN_OUT, target=session.name))


def begin_session(accounts: Accounts, tx: Transaction, user: Row, attempt: Attempt, how: str) -> Admitted:
    """Start a session and write down that somebody signed in."""
    token = session_store.start(
        tx, user["id"], accounts.clock(), address=attempt.address, agent=(attempt.agent or "")[:300] or None
    )
    actor = visitor(attempt, user["name"], user["role"])
    accounts.record(actor, Event(action=Action.SIGN_IN, target=user["name"], detail={"how": how}))
    current = tx.one("find_user_by_id", id=user["id"]) or user  # with the password of now
    return Admitted(token, devices.new_device(accounts.keys, current, accounts.clock()))


def visitor(attempt: Attempt, name: str, role: str) -> Actor:
    """Whoever tries, for the log."""
    return Actor(name=name, os_user=operator(None).os_user, role=role, ip=attempt.address)


def _user(tx: Transaction, attempt: Attempt) -> Row | None:
    return tx.one("find_user", name_key=name_key(attempt.name[: LONGEST * 4]))


def _account(accounts: Accounts, attempt: Attempt) -> str:
    return throttle_store.of_account(accounts.keys, attempt.name[: LONGEST * 4])


def _device(accounts: Accounts, user: Row | None, attempt: Attempt) -> str | None:
    """What is counted under in place of account and address; None: it is not known that they signed in there before."""
    known = devices.known_device(accounts.keys, user, attempt.device, accounts.clock())
    return None if known is None else throttle_store.of_device(accounts.keys, known)


def _proof(accounts: Accounts, tx: Transaction, user: Row, attempt: Attempt) -> str | None:
    """What besides the password was given, which is used up with that; None: it is not right."""
    if user["totp_secret"] is None:
        return _PASSWORD
    if recovery_store.use(tx, accounts.keys, user["id"], attempt.code):
        return _RECOVERY_CODE
    secret = accounts.keys.unseal(user["totp_secret"])
    step = totp.fitting_step(secret, attempt.code, accounts.clock(), after=user["totp_step"])
    return _CODE if step is not None and tx.change("use_totp_step", id=user["id"], step=step) == 1 else None


def _admitted(accounts: Accounts, tx: Transaction, attempt: Attempt, user: Row, how: str) -> Admitted | Rejected:
    current = tx.one("find_user_by_id", id=user["id"])
    checked = ("password_hash", "totp_secret")
    if current is None or current["disabled"] or any(current[name] != user[name] for name in checked):
        return _rejected(accounts, tx, attempt, user, 0)  # it changed while the password was checked
    throttle_store.forget(tx, _device(accounts, user, attempt) or _account(accounts, attempt))
    if accounts.hasher.is_outdated(user["password_hash"]):
        tx.change("set_password", id=user["id"], password_hash=accounts.hasher.hash(attempt.password))
    if how != _RECOVERY_CODE:
        return begin_session(accounts, tx, current, attempt, how)
    left = recovery_store.left(tx, user["id"])
    event = Event(action=Action.RECOVERY_CODE_USED, target=user["name"], detail={"left": left})
    accounts.record(visitor(attempt, user["name"], current["role"]), event)
    return replace(begin_session(accounts, tx, current, attempt, how), recovery_codes_left=left)


def _rejected(accounts: Accounts, tx: Transaction, attempt: Attempt, user: Row | None, wait: float) -> Rejected:
    device = _device(accounts, user, attempt)
    counted_under = [device or throttle_store.of_address(accounts.keys, attempt.address)]
    if device is None and not wait:
        counted_under.append(_account(accounts, attempt))
    throttle_store.count_failure(tx, counted_under, accounts.clock())
    reason = _TOO_MANY if wait else "disabled" if user and user["disabled"] else "name, password or code"
    _record_refusal(accounts, attempt, user, reason)
    return Rejected(math.ceil(wait))


def _record_refusal(accounts: Accounts, attempt: Attempt, user: Row | None, reason: str) -> None:
    name = user["name"] if user else UNKNOWN
    event = Event(action=Action.SIGN_IN, target=name, outcome=Outcome.REFUSED, detail={"reason": reason})
    accounts.record(visitor(attempt, name, "none"), event)
