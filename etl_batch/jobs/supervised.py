"""One start of a job, looked after until it is over: its process, its time, its progress, its end."""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from etl_batch.errors import EtlError, JobStateRefused, JobStoreUnavailable
from etl_batch.jobs import engine
from etl_batch.jobs.channel import Listener
from etl_batch.jobs.config_json import as_json, config_of
from etl_batch.jobs.confinement import limits_of_job
from etl_batch.jobs.endings import ending_of
from etl_batch.jobs.limits import JobLimits
from etl_batch.jobs.logs import opened_log
from etl_batch.jobs.progress_rate import ProgressRate
from etl_batch.jobs.settle import record_end
from etl_batch.jobs.signals import Signals
from etl_batch.jobs.states import State
from etl_batch.jobs.store import JobStore
from etl_batch.jobs.stored_rows import Ending
from etl_batch.machine.child_process import STOP_SECONDS, Child, Surroundings, start
from etl_batch.machine.profiler import Profiler

_BEAT_SECONDS = 0.5
_PROFILE_SECONDS = 1.0
_GRACE_SECONDS = 2.0  #: the pipeline notices its time limit itself; so long it may take to
_WITHDRAW_SECONDS = 1.5  #: the same for a cancelled job, of which nothing is to stay anyway
_RECORD_TRIES = 10  #: a second apart: the disk may be full for a moment


class Supervised:
    """One start of one job.

    Raises:
        EtlError: it has no options that a job can run with.
    """

    def __init__(self, store: JobStore, limits: JobLimits, row: dict[str, Any], signals: Signals) -> None:
        self._store = store
        self._limits = limits
        self._row = row
        self._job_id: str = row["job_id"]
        self._signals = signals
        self._config = replace(config_of(row), home=store.home)  # which may have been moved since
        self._began = time.monotonic()
        self._rate = ProgressRate()
        self._profiler = Profiler(_PROFILE_SECONDS)  # of this process and all below it
        self._last_point = 0.0
        self._end: dict[str, Any] | None = None  #: the last word of the process
        self._stopped_for: State | None = None  #: why we asked it to end: CANCELLED, FAILED (time), INTERRUPTED
        self._kill_at: float | None = None

    def look_after(self) -> None:
        """Start the process, wait for its end, record it."""
        try:
            child, listener = self._started()
        except (EtlError, OSError) as error:
            self._record(
                Ending(state=State.FAILED, code="E_WORKER_CRASHED", message=f"it could not be started: {error}")
            )
            return
        try:
            with self._profiler:
                self._until_over(child, listener)
        finally:
            code = child.end()
            os.close(listener.descriptor)
        for message in listener.heard() if not listener.is_closed else ():
            self._take(message)
        self._record(ending_of(self._config, self._job_id, self._end, code, self._stopped_for))

    def _started(self) -> tuple[Child, Listener]:
        home = self._config.home
        ours, theirs = os.pipe()
        try:
            with opened_log(home, self._job_id) as log:
                given = Surroundings(stdin=subprocess.PIPE, stdout=log, stderr=log, folder=home, pass_on=(theirs,))
                limits = limits_of_job(self._config, self._limits)
                child = start(["etl_batch", "job-engine", str(theirs)], limits, given)
        except BaseException:
            os.close(ours)
            raise
        finally:
            os.close(theirs)
        request = {
            "job_id": self._job_id,
            "started_at": self._row["started_at"],
            "config": as_json(self._config),
        }
        with contextlib.suppress(OSError), child.process.stdin or contextlib.nullcontext() as pipe:
            if pipe is not None:
                pipe.write(json.dumps(request).encode())
        return child, Listener(ours)

    def _until_over(self, child: Child, listener: Listener) -> None:
        next_beat = 0.0
        over = os.pidfd_open(child.pid)
        try:
            while True:
                watched = [self._signals.wake, over, *([] if listener.is_closed else [listener.descriptor])]
                ready, _, _ = select.select(watched, [], [], _BEAT_SECONDS)
                for message in listener.heard():
                    self._take(message)
                if over in ready:
                    for message in listener.heard():
                        self._take(message)
                    return
                now = time.monotonic()
                self._watch_clock(child, now)
                if self._signals.taken() or now >= next_beat:
                    next_beat = now + _BEAT_SECONDS
                    self._try_to_store(lambda: self._heed_store(child, self._beat()))
        finally:
            os.close(over)

    def _take(self, message: dict[str, Any]) -> None:
        if "progress" in message:
            self._rate.add(time.monotonic(), *message["progress"])
        elif "note" in message:
            self._try_to_store(lambda: self._store_event("note", message["note"]))
        else:
            self._end = message

    def _heed_store(self, child: Child, state: State | None) -> None:
        """Do what the store says. None: it has given the job up, and nothing may go on beside whoever resumes it."""
        if state == State.CANCELLING:
            self._stop(child, State.CANCELLED, engine.WITHDRAW, _WITHDRAW_SECONDS)
        elif state != State.RUNNING:
            self._stop(child, State.INTERRUPTED, engine.STOP, 0.0)
        elif self._signals.must_stop:
            self._stop(child, State.INTERRUPTED, engine.STOP, STOP_SECONDS)

    def _watch_clock(self, child: Child, now: float) -> None:
        if self._kill_at is not None and now >= self._kill_at:
            child.signal_group(signal.SIGKILL)
        elif now >= self._began + self._config.time_limit_s + _GRACE_SECONDS and self._stopped_for is None:
            self._stop(child, State.FAILED, engine.STOP, STOP_SECONDS)

    def _stop(self, child: Child, because: State, number: signal.Signals, patience_seconds: float) -> None:
        """Ask the process to end, once for each reason; a cancelled job that is out of time is cancelled."""
        if self._stopped_for in {because, State.CANCELLED}:
            return
        self._stopped_for = because
        self._kill_at = min(self._kill_at or float("inf"), time.monotonic() + patience_seconds)
        child.process.send_signal(number)

    def _beat(self) -> State | None:
        profile = self._profiler.profile()
        with self._store.writing() as writing:
            state = writing.beat(self._job_id, os.getpid(), self._rate.latest)
            if profile is not None and profile.points[-1].seconds > self._last_point:
                self._last_point = profile.points[-1].seconds
                writing.point(self._job_id, profile.points[-1])
        return state

    def _store_event(self, kind: str, text: str) -> None:
        with self._store.writing() as writing:
            writing.event(self._job_id, kind, text)

    def _try_to_store(self, write: Callable[[], None]) -> None:
        """Write to the store, if it can be written: a job does not end because it could not be watched for a moment."""
        try:
            write()
        except EtlError as error:
            print(f"error[{error.code}]: {error}", file=sys.stderr)  # noqa: T201 - to the log

    def _record(self, ending: Ending) -> None:
        seconds = time.monotonic() - self._began
        for left in reversed(range(_RECORD_TRIES)):
            try:
                with self._store.writing() as writing:
                    writing.beat(self._job_id, os.getpid(), self._rate.latest)
                    writing.end(self._job_id, ending, seconds)
                break
            except JobStateRefused as error:  # somebody took us for dead, and has ended it
                print(f"error[{error.code}]: {error}", file=sys.stderr)  # noqa: T201 - to the log
                return
            except JobStoreUnavailable:
                if not left:
                    raise
                time.sleep(1.0)
        if self._end is None:
            record_end(self._row, ending.state)
