"""The rows of an answer put into a file of their own, on the record."""

from __future__ import annotations

from pathlib import Path

from etl_batch.audit.events import Action, Event
from etl_batch.audit.recorded_file import is_there, put_recorded
from etl_batch.config import JobConfig
from etl_batch.errors import ConfigError, NameClaimed
from etl_batch.pipeline.outputs.claims import Claim, Purpose, foreign_name
from etl_batch.storage.roots import Place, place
from etl_batch.storage.target import locked, prepare
from etl_batch.values import Actor


def answer_place(given: str, form: str, config: JobConfig) -> Place:
    """Where an answer is to go, refused before anything is asked.

    Raises:
        ConfigError: it has another ending than its form, or is there already.
        NameClaimed: the name is that of a side file.
        Refused: a path that may not be written.
    """
    if not given.lower().endswith(f".{form}"):
        raise ConfigError(
            f"--output {given} does not end in .{form}", mend=f"name it so, or choose the form that it is in ({form})"
        )
    target = place(given, config.output_roots, purpose="output")
    if (found := foreign_name(Claim(target.path, Purpose.OUTPUT), target.relative.parts)) is not None:
        raise NameClaimed(f"{target.path}: {found[0]} is the name of {found[1]}, which an answer cannot have")
    _refuse_taken(target)
    return target


def put_answer(target: Place, content: bytes, home: Path, actor: Actor, asked: str) -> None:
    """Put it there.

    Args:
        target: see `answer_place`.
        content: of the file.
        home: whose log it is.
        actor: who asked.
        asked: the output that was asked.

    Raises:
        ConfigError: somebody has put something there meanwhile.
        Refused, DiskFull, OutputFailed, AuditUnavailable: it cannot be put there.
    """
    prepare(target)
    with locked(target):
        _refuse_taken(target)
        detail: dict[str, str | int | bool | None] = {"asked": asked, "bytes": len(content)}
        event = Event(action=Action.OUTPUT_PUBLISHED, target=str(target.path), detail=detail)
        put_recorded(target, content, home, actor, event)


def _refuse_taken(target: Place) -> None:
    if is_there(target):
        raise ConfigError(f"{target.path} is there already", mend="give a name that is free")
