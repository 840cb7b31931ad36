"""Recovery codes in the store: as keyed hashes, and only those that were not used."""

from __future__ import annotations

from auth.accounts import Accounts
from auth.keys import Keys
from auth.recovery import new_codes, read_code
from auth.store import Row, Transaction
from etl_batch.audit.events import Action, Event
from etl_batch.errors import AccountRefused
from etl_batch.values import Actor


def replace(tx: Transaction, keys: Keys, user_id: int) -> tuple[str, ...]:
    """New codes for a user; the old ones are worth nothing from here on.

    Returns:
        The codes, which are kept nowhere else.
    """
    forget(tx, user_id)
    codes = new_codes()
    for code in codes:
        tx.change("add_recovery_code", user_id=user_id, key=_key(keys, user_id, code))
    return codes


def made_anew(accounts: Accounts, tx: Transaction, actor: Actor, user: Row) -> tuple[str, ...]:
    """`replace`, written down.

    Raises:
        AccountRefused: the user signs in without one-time codes.
    """
    if user["totp_secret"] is None:
        raise AccountRefused(
            f"{user['name']} signs in without one-time codes, which recovery codes would stand for",
            mend="turn one-time codes on first, on the Account page",
        )
    voided, codes = left(tx, user["id"]), replace(tx, accounts.keys, user["id"])
    event = Event(action=Action.RECOVERY_CODES_MADE, target=user["name"], detail={"made": len(codes), "voided": voided})
    accounts.record(actor, event)
    return codes


def use(tx: Transaction, keys: Keys, user_id: int, typed: str) -> bool:
    """Whether it is a code of the user that was not used yet; from here on it is."""
    key = _key(keys, user_id, typed)
    return key is not None and tx.change("use_recovery_code", user_id=user_id, key=key) == 1


def left(tx: Transaction, user_id: int) -> int:
    """How many codes can still be used."""
    return tx.number("count_recovery_codes", user_id=user_id)


def forget(tx: Transaction, user_id: int) -> None:
    """The codes of a user are worth nothing any more."""
    tx.change("forget_recovery_codes", user_id=user_id)


def _key(keys: Keys, user_id: int, typed: str) -> str | None:
    code = read_code(typed)
    return None if code is None else keys.of_recovery_code(user_id, code)
