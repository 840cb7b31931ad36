"""Failed tries in the store: they outlive a restart."""

from __future__ import annotations

from collections.abc import Sequence

from auth.addresses import counted_as
from auth.keys import Keys
from auth.names import name_key
from auth.store import Transaction
from auth.throttle import FORGOTTEN_AFTER, Failures


def of_account(keys: Keys, name: str) -> str:
    """What the tries at an account are counted under, whether it exists or not."""
    return keys.of_throttle("account", name_key(name))


def of_address(keys: Keys, address: str | None) -> str:
    """What the tries from an address are counted under."""
    return keys.of_throttle("address", counted_as(address))


def of_device(keys: Keys, device: str) -> str:
    """What the tries of a browser that is known are counted under, and nobody else's."""
    return keys.of_throttle("device", device)


def of_own_password(keys: Keys, user_id: int) -> str:
    """What is counted under when a signed-in user is asked for the password again: no stranger gets there."""
    return keys.of_throttle("own password", str(user_id))


def longest_wait(tx: Transaction, counted_under: Sequence[str], now: float) -> float:
    """Seconds until the next try is checked."""
    return max(_failures(tx, key).wait(now) for key in counted_under)


def count_failure(tx: Transaction, counted_under: Sequence[str], now: float) -> None:
    """One more failure under each of the keys; old ones are forgotten."""
    tx.change("forget_throttles", before=now - FORGOTTEN_AFTER)
    for key in counted_under:
        failures = _failures(tx, key).after_another(now)
        tx.change("set_throttle", key=key, failures=failures.count, failed_at=failures.last)


def forget(tx: Transaction, key: str) -> None:
    """Somebody knew the password. That speaks for one account; it says nothing of what else an address has tried."""
    tx.change("clear_throttle", key=key)


def _failures(tx: Transaction, key: str) -> Failures:
    row = tx.one("find_throttle", key=key)
    return Failures(row["failures"], row["failed_at"]) if row else Failures()
