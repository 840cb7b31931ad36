"""Runs from the command line, in the store like any other: written down by a thread that the run never waits for.

What the store cannot take does not cost the run: it is said once, and the run goes on.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime

from etl_batch.config import JobConfig
from etl_batch.errors import EtlError
from etl_batch.machine.undisturbed import in_one_piece
from etl_batch.pipeline.job import Job, identify
from etl_batch.pipeline.progress import Notice
from etl_batch.values import JobResult, Progress, ProgressReport

#: so long, or until its workers are at work, the run's own start goes first: SQLite would take the interpreter from it
_START_SECONDS = 0.3
_BEAT_SECONDS = 1.0
_END_SECONDS = 20.0  #: so long the end may take to be written


class RecordedRun:
    """One run, and what is known of it so far."""

    def __init__(self, config: JobConfig) -> None:
        self.job: Job = _job_to_resume(config) or identify(datetime.now(UTC))
        self.problem: EtlError | None = None  #: why the store does not have it
        self._config = config
        self._began = time.monotonic()
        self._report: ProgressReport | None = None
        self._notes: list[str] = []
        self._under_way = threading.Event()
        self._over = threading.Event()
        self._result: JobResult | None = None
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._keep, name="job-record", daemon=True)

    def begin(self) -> None:
        """Start to write it down."""
        with contextlib.suppress(RuntimeError), in_one_piece():  # no thread to be had: only the end is written
            self._thread.start()

    def telling(self, progress: Progress) -> Progress:
        """Progress, passed on and remembered."""

        def tell(report: ProgressReport) -> None:
            if report.note:
                self._notes.append(report.note)
            else:
                self._report = report
                _set(self._under_way)
            progress(report)

        return tell

    def done(self, result: JobResult) -> None:
        """It is done."""
        self._result = result

    def end(self, error: BaseException | None) -> None:
        """It is over; waits until that is written."""
        self._error = error
        _set(self._over)
        _set(self._under_way)
        if self._thread.ident is None:
            self._keep()
        else:
            self._thread.join(_END_SECONDS)

    def _keep(self) -> None:
        self._under_way.wait(_START_SECONDS)
        try:
            from etl_batch.jobs.command_record import CommandRecord

            record = CommandRecord(self._config, self.job)
            while not self._over.wait(_BEAT_SECONDS):
                notes, self._notes = self._notes, []
                record.alive(self._report, notes)
            record.alive(self._report, self._notes)
            record.over(self._result, self._error, time.monotonic() - self._began)
        except EtlError as error:
            self.problem = error
        except Exception as error:  # noqa: BLE001 - nothing about the record may cost the run
            self.problem = EtlError(f"{type(error).__name__}: {error}")


@contextlib.contextmanager
def recorded(config: JobConfig, warn: Notice) -> Iterator[RecordedRun]:
    """A run, written down in the job store while it lasts and when it ends.

    Args:
        config: of the run.
        warn: called with the reason, where it could not be written down.
    """
    run = RecordedRun(config)
    run.begin()
    try:
        yield run
    except BaseException as error:
        run.end(error)
        raise
    else:
        run.end(None)
    finally:
        if run.problem is not None:
            warn(f"the list of jobs does not have this run: {run.problem}")


def _job_to_resume(config: JobConfig) -> Job | None:
    """The interrupted job that `--resume`, or a share that is begun again, goes on with: it keeps its name."""
    if not config.resume and config.share is None:
        return None
    from etl_batch.jobs.leftovers import job_to_resume
    from etl_batch.pipeline.parts.share_plan import share_config

    return job_to_resume(config if config.share is None else share_config(config, config.share))


def _set(event: threading.Event) -> None:
    """In one piece: an interrupt within it would leave its lock locked, and who sets it next would wait for ever."""
    if not event.is_set():
        with in_one_piece():
            event.set()
