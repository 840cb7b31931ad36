"""What of inputs somebody looks at before there is a job, written down: once for each file and check in a session."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from etl_batch.audit.events import Action, Event, Outcome
from etl_batch.audit.log import AuditLog
from etl_batch.audit.reads import record_read
from etl_batch.errors import CheckStopped, Refused
from etl_batch.launch.input_list import Candidate
from etl_batch.launch.options import INPUTS, Values
from etl_batch.machine.question import DEATHS, Answering
from etl_batch.permissions import Permission, permit
from etl_batch.values import MIB, Actor

LARGE_BYTES = 64 * MIB  #: of inputs, beyond which reading them whole is on the record at both ends


def note_first_rows(home: Path, actor: Actor, candidate: Candidate) -> None:
    """Somebody is shown the first rows of a file, whatever layout or delimiter they are read by.

    Raises:
        Forbidden: the actor may not launch jobs.
        AuditUnavailable: it cannot be written down, so they must not be shown.
    """
    permit(actor, Permission.LAUNCH_JOBS)
    record_read(home, actor, Event(action=Action.FIRST_ROWS_SEEN, target=candidate.name), candidate.bytes)


def note_check(home: Path, actor: Actor, values: Values, words: Sequence[str]) -> None:
    """Somebody has a job checked, which reads all of its inputs.

    Args:
        home: the home folder.
        actor: who asks.
        values: of the options.
        words: all options, as words of the command line.

    Raises:
        Forbidden: the actor may not launch jobs.
        AuditUnavailable: it cannot be written down, so nothing must be read.
    """
    permit(actor, Permission.LAUNCH_JOBS)
    first, inputs = _inputs(home, values)
    event = Event(action=Action.JOB_CHECKED, target=first, detail={"inputs": inputs})
    record_read(home, actor, event, tuple(words))


def note_end_of_check(home: Path, actor: Actor, values: Values, said: Answering) -> None:
    """A check of large inputs is over, or one whose process died.

    Raises:
        AuditUnavailable: it cannot be written down.
    """
    size = (said.progress or {}).get("total_bytes", 0)
    if size <= LARGE_BYTES and not isinstance(said.error, DEATHS):
        return
    first, inputs = _inputs(home, values)
    outcome = Outcome.OK
    detail: dict[str, str | int | bool | None] = {"inputs": inputs, "state": "ended"}
    if isinstance(said.error, CheckStopped):
        detail["state"] = "cancelled"
    elif said.error is not None:
        outcome = Outcome.REFUSED if isinstance(said.error, Refused) else Outcome.FAILED
        detail["error"] = said.error.code
    AuditLog(home).record(actor, Event(action=Action.JOB_CHECKED, target=first, outcome=outcome, detail=detail))


def _inputs(home: Path, values: Values) -> tuple[str, int]:
    """The first input, from the home on, and how many there are."""
    given = values.get(INPUTS)
    inputs = [given] if isinstance(given, str) else [] if isinstance(given, bool) else list(given or ())
    return inputs[0].removeprefix(f"{home}/") if inputs else "", len(inputs)
