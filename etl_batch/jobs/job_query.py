"""What lists of jobs are asked for, and what they answer."""

from __future__ import annotations

from etl_batch.errors import ConfigError
from etl_batch.jobs.job_view import JobView
from etl_batch.jobs.states import State
from etl_batch.light_dataclass import dataclass

_MOST_AT_ONCE = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class JobQuery:
    """Which jobs, newest first."""

    states: tuple[State, ...] = ()  #: none: all
    actor: str | None = None
    text: str = ""  #: anywhere in the configuration, the name or the actor, whatever the case
    limit: int = 50
    offset: int = 0

    def __post_init__(self) -> None:
        """Refuse pages that there cannot be.

        Raises:
            ConfigError: a limit or an offset out of its range.
        """
        if not 1 <= self.limit <= _MOST_AT_ONCE or self.offset < 0:
            raise ConfigError(
                f"limit {self.limit}, offset {self.offset}", mend=f"give 1 to {_MOST_AT_ONCE}, and 0 or more"
            )


@dataclass(frozen=True, slots=True)
class JobPage:
    """One page of a list."""

    jobs: tuple[JobView, ...]  #: without their metadata
    total: int  #: jobs on all pages
