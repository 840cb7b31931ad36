"""What the services of the accounts work with."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from auth.hashing import PasswordHasher
from auth.keys import Keys
from auth.once import OnceUntil
from auth.store import AccountStore
from etl_batch.audit.events import Event
from etl_batch.audit.log import AuditLog
from etl_batch.values import Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class Accounts:
    """The accounts of one home, with their keys and their clock."""

    store: AccountStore
    keys: Keys
    hasher: PasswordHasher
    clock: Callable[[], float] = time.time  #: seconds since 1970
    said: OnceUntil = field(default_factory=OnceUntil)  #: refusals that are in the log already

    def record(self, actor: Actor, event: Event) -> None:
        """Write an action down. Within a transaction, before it ends: what cannot be written down is not done.

        Raises:
            AuditUnavailable: it cannot be written.
        """
        AuditLog(self.store.home).record(actor, event)
