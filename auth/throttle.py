"""How long must be waited after wrong passwords. Rules only, the clock is passed in."""

from __future__ import annotations

from dataclasses import dataclass

FREE_FAILURES = 4  #: that cost nothing; the fifth makes wait
FIRST_WAIT = 15.0  #: seconds; doubled by every failure after that
LONGEST_WAIT = 15 * 60.0  #: seconds
FORGOTTEN_AFTER = 3600.0  #: seconds without a failure


@dataclass(frozen=True, slots=True)
class Failures:
    """Failed tries at one account, or from one address."""

    count: int = 0
    last: float = 0.0  #: seconds since 1970

    def wait(self, now: float) -> float:
        """Seconds until the next try is checked; 0: at once."""
        if self.count <= FREE_FAILURES or now - self.last >= FORGOTTEN_AFTER:
            return 0.0
        doublings = min(self.count - FREE_FAILURES - 1, 32)
        until = self.last + min(FIRST_WAIT * (1 << doublings), LONGEST_WAIT)
        return min(max(until - now, 0.0), LONGEST_WAIT)  # a clock that was set back locks nobody out for longer

    def after_another(self, now: float) -> Failures:
        """One failure more."""
        is_old = now - self.last >= FORGOTTEN_AFTER
        return Failures(1 if is_old else self.count + 1, now)
