"""What a format gets to know when it opens the inputs of a job."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import field
from pathlib import PurePosixPath
from typing import Any, Protocol

from etl_batch.config import JobConfig
from etl_batch.contracts.contract import Contract
from etl_batch.light_dataclass import dataclass
from etl_batch.storage.roots import Place, place
from etl_batch.storage.staging import staged
from etl_batch.values import Progress, ProgressReport


class Mapper(Protocol):
    """Runs a function on many items, in processes; results come in the order of the items."""

    def __call__(self, function: Callable[[Any], Any], items: Sequence[Any]) -> Iterator[Any]:
        """Run it."""


@dataclass(frozen=True, slots=True)
class Opening:
    """How the inputs of one job are opened, and what was said of them."""

    config: JobConfig
    run: Mapper
    copies: ExitStack  #: holds the UTF-8 copies of inputs in other encodings, until the job is done
    progress: Progress | None = None
    notes: list[str] = field(default_factory=list)  #: what was said of how they are read
    readings: dict[int, dict[str, Any]] = field(default_factory=dict)  #: how texts were read, by their places; as JSON
    may_expect: bool = True  #: of rows here and there, what will be drawn for the sample; see `sampling.expected`
    contract: Contract | None = None  #: what the rows must be
    may_be_unsettled: bool = False  #: rows may be found in the pass that converts them; see `unsettled.Unsettled`

    def tell(self, note: str) -> None:
        """Say something of how an input is read, once, however often it is opened."""
        if note in self.notes:
            return
        self.notes.append(note)
        if self.progress is not None:
            self.progress(ProgressReport("check", 0, 0, 0, note))


def folder_of_output(config: JobConfig) -> Place:
    """Where the first output of a job lies."""
    given = staged(str(config.output_csv or config.output_parquet), config.home)
    output = place(given, config.output_roots, purpose="output")
    return Place(output.root, PurePosixPath(output.relative.parent))


def nothing_runs(function: Callable[[Any], Any], items: Sequence[Any]) -> Iterator[Any]:
    """A `Mapper` for who only opens files: no worker processes are needed."""
    del function, items
    return iter(())
