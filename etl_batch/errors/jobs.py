"""Jobs: started, queued, cancelled, and kept in their store."""

from __future__ import annotations

from etl_batch.errors.base import EXIT_CANCELLED, EtlError, Refused


class Cancelled(EtlError):
    """The job was cancelled; the old output is as it was."""

    code = "E_CANCELLED"
    exit_code = EXIT_CANCELLED
    mend = "start it again when you like"


class Withdrawn(Cancelled):
    """The job was cancelled for good: nothing is kept to go on with."""


class RateLimited(Refused):
    """One user started too many jobs within a minute: "Rate limit exceeded"."""

    code = "E_RATE_LIMIT"
    mend = "wait a few seconds, then start it again"
    retry_after = 60  #: seconds until a start is allowed again

    @classmethod
    def after(cls, seconds: int, message: str) -> RateLimited:
        """The error that says how long to wait."""
        error = cls(message, mend=f"start it again in {seconds} s")
        error.retry_after = seconds
        return error


class NoSuchJob(Refused):
    """There is no job of this name."""

    code = "E_JOB_UNKNOWN"
    mend = "see `python -m etl_batch jobs list`"
    page_mend = "see the page Runs for those that there are"


class JobStateRefused(Refused):
    """What was asked for cannot be done with a job in this state."""

    code = "E_JOB_STATE"
    mend = "see `python -m etl_batch jobs show ID`"
    page_mend = "see on its page what can be done with it"


class CheckStopped(EtlError):
    """A check, or a count of all rows, was told to end before it had an answer."""

    code = "E_CHECK_STOPPED"
    mend = "start it again when you like"


class QueueFull(Refused):
    """As many jobs as may wait already do."""

    code = "E_QUEUE_FULL"
    mend = "wait for jobs to end, cancel some, or raise queue_length (see the manual, Jobs)"


class JobStoreUnavailable(EtlError):
    """The job store cannot be read or written."""

    code = "E_JOB_STORE"
    mend = "make room on the disk of .secrets and its files writable; a damaged jobs.sqlite3 may be moved away"
