"""Progress of a job, counted where its outputs are written."""

from __future__ import annotations

from etl_batch.runners.contract import Outputs
from etl_batch.span_job import Grant
from etl_batch.values import PartResult, Progress, ProgressReport


class CountingOutputs:
    """Passes everything on to the outputs, and reports after each span."""

    def __init__(self, outputs: Outputs, progress: Progress | None, total_bytes: int) -> None:
        self._outputs = outputs
        self._progress = progress
        self._total_bytes = total_bytes
        self._done_bytes = 0
        self._rows = 0

    def grant(self, result: PartResult) -> Grant:
        """See `Outputs.grant`."""
        return self._outputs.grant(result)

    def written(self, result: PartResult, grant: Grant) -> None:
        """See `Outputs.written`."""
        self._outputs.written(result, grant)
        self._done_bytes += result.span.stop - result.span.start
        self._rows += result.rows_in
        if self._progress is not None:
            self._progress(ProgressReport("convert", self._done_bytes, self._total_bytes, self._rows))
