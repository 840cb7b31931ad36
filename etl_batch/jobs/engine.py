"""The process of a job: confined as it begins, it runs the pipeline and says how that goes. It knows no store.

The supervisor starts it; the job itself comes as JSON on standard input.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import sys
import traceback
from collections.abc import Callable, Sequence
from dataclasses import replace
from types import FrameType
from typing import Any

from etl_batch.config import JobConfig
from etl_batch.environment import extra_input_roots, store_roots
from etl_batch.errors import EXIT_DONE, EXIT_FAILED, Cancelled, DiskFull, EtlError, OutOfMemory, Withdrawn
from etl_batch.jobs.channel import Speaker
from etl_batch.jobs.config_json import from_json
from etl_batch.pipeline.job import Job
from etl_batch.pipeline.outputs.metadata import files_of, metadata_of
from etl_batch.storage.os_refusals import NO_ROOM
from etl_batch.values import JobResult, Progress

WITHDRAW = signal.SIGINT  #: the job is to end, and nothing of it is to stay
STOP = signal.SIGTERM  #: the job is to end; it may go on later
Run = Callable[[JobConfig, Progress, Job], JobResult]


def main(argv: Sequence[str], run: Run) -> int:
    """Do the job that standard input tells of.

    Args:
        argv: the descriptor to speak to.
        run: the pipeline.
    """
    descriptor = int(argv[0])
    os.set_inheritable(descriptor, False)
    speaker = Speaker(descriptor)
    try:
        request = json.load(sys.stdin)
        # What was kept of the job says what it reads, never what may be read: that is for who runs it to say, now.
        config = replace(from_json(request["config"]), extra_input_roots=extra_input_roots(), store_roots=store_roots())
        for number in (WITHDRAW, STOP):
            signal.signal(number, _raise)
        result = run(config, speaker.progress, Job(request["job_id"], request["started_at"]))
        _deaf()
        done = {"done": metadata_of(result, config), "report": _report(result), "files": files_of(result)}
        speaker.say({**done, "warning": result.report_problem})
    except BaseException as error:  # noqa: BLE001 - whatever it is, the job ends with it
        _deaf()
        return _failed(speaker, error)
    return EXIT_DONE


def _failed(speaker: Speaker, error: BaseException) -> int:
    known = _as_ours(error)
    if known.code == EtlError.code:
        traceback.print_exception(error)  # to the log of the job
    with contextlib.suppress(OSError):
        speaker.say({"failed": known.code, "message": str(known)})
    return known.exit_code or EXIT_FAILED


def _as_ours(error: BaseException) -> EtlError:
    if isinstance(error, EtlError):
        return error
    if isinstance(error, MemoryError):
        return OutOfMemory("the process that coordinates the job reached its memory limit", mend="raise --memory-limit")
    if isinstance(error, OSError) and error.errno in NO_ROOM:
        return DiskFull(f"{error.filename or 'a file'} could not be written ({error.strerror})")
    return EtlError(f"{type(error).__name__}: {error}")


def _raise(number: int, _frame: FrameType | None) -> None:
    _deaf()  # once is enough: what follows tidies up
    if number == WITHDRAW:
        raise Withdrawn("the job was cancelled")
    raise Cancelled("the job was told to stop")


def _deaf() -> None:
    for number in (WITHDRAW, STOP):
        signal.signal(number, signal.SIG_IGN)


def _report(result: JobResult) -> Any:  # noqa: ANN401 - JSON
    return str(result.report_paths[0]) if result.report_paths else None
