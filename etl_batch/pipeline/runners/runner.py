"""What every runner keeps to."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from typing import Protocol

from etl_batch.light_dataclass import dataclass
from etl_batch.machine.shared_buffers import Held
from etl_batch.pipeline.span_job import Grant, SpanJob
from etl_batch.values import PartResult, Sandbox, Span


class Outputs(Protocol):
    """The parent's side of the outputs; called in the parent only."""

    def grant(self, result: PartResult) -> Grant | Span:
        """A span is formatted: say where its output goes, or where its rows begin, so that it is done again.

        Called in the order of the spans.
        """

    def settle(self) -> None:
        """Workers know where their output goes: do what they need not wait for."""

    def written(self, result: PartResult, grant: Grant, held: Held | None = None) -> None:
        """A span's output is in the file. Called in any order.

        Args:
            result: of the span.
            grant: where it went.
            held: its CSV, where the worker still has it in memory; to be released.
        """


@dataclass(frozen=True, slots=True)
class Limits:
    """What a runner may use."""

    workers: int
    memory_bytes: int  #: of each worker's own data
    deadline: float  #: on `time.monotonic`


@dataclass(frozen=True, slots=True)
class Usage:
    """What the workers used, all together."""

    peak_rss_bytes: int
    cpu_seconds: float
    sandbox: Sandbox | None = None  #: what all of them were shut in with; None: there was none

    def __add__(self, other: Usage) -> Usage:
        """Of both."""
        shut = [usage.sandbox for usage in (self, other) if usage.sandbox is not None]
        return Usage(
            self.peak_rss_bytes + other.peak_rss_bytes,
            self.cpu_seconds + other.cpu_seconds,
            reduce(Sandbox.weaker, shut) if shut else None,
        )


class Runner(Protocol):
    """Works through all spans, or raises the error of the first span that failed."""

    def run(self, job: SpanJob, spans: Sequence[Span], outputs: Outputs, limits: Limits) -> Usage:
        """Work through the spans.

        Raises:
            EtlError: of the earliest span that failed, whichever worker met it first.
        """
