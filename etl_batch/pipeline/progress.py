"""Progress of a job, counted where its outputs are written."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from etl_batch.machine.shared_buffers import Held
from etl_batch.pipeline.runners.runner import Outputs
from etl_batch.pipeline.span_job import Grant
from etl_batch.values import PartResult, Progress, ProgressReport, Span

Notice = Callable[[str], None]  #: says what a user should know


class CountingOutputs:
    """Passes everything on to the outputs, and reports at the start and after each span."""

    def __init__(self, outputs: Outputs, progress: Progress | None, done: Sequence[Span], left: Sequence[Span]) -> None:
        self._outputs = outputs
        self._progress = progress
        self._done_bytes = bytes_of(done)
        self._total_bytes = self._done_bytes + bytes_of(left)
        self._rows = sum(span.rows for span in done)
        self._report()

    def grant(self, result: PartResult) -> Grant | Span:
        """See `Outputs.grant`."""
        return self._outputs.grant(result)

    def settle(self) -> None:
        """See `Outputs.settle`."""
        self._outputs.settle()

    def written(self, result: PartResult, grant: Grant, held: Held | None = None) -> None:
        """See `Outputs.written`."""
        self._outputs.written(result, grant, held)
        self._done_bytes += result.span.stop - result.span.start
        self._rows += result.rows_in
        self._report()

    def _report(self) -> None:
        if self._progress is not None:
            self._progress(ProgressReport("convert", self._done_bytes, self._total_bytes, self._rows))


def bytes_of(spans: Sequence[Span]) -> int:
    """Of the input."""
    return sum(span.stop - span.start for span in spans)


def telling(progress: Progress | None) -> Notice:
    """A way to say what a user should know before the job goes on."""

    def tell(note: str) -> None:
        if progress is not None:
            progress(ProgressReport("start", 0, 0, 0, note))

    return tell
