"""The bad row at which a job stops that sets none aside: of those that were listed, the one that it would come upon."""

from __future__ import annotations

from collections.abc import Sequence

from etl_batch.config import OnBadRow
from etl_batch.errors import EtlError, TruncatedRecord
from etl_batch.formats.format import Source
from etl_batch.pipeline.inputs import format_of
from etl_batch.pipeline.span_worker import bad_row
from etl_batch.values import Rejected


def stops_at(sources: Sequence[Source], rejected: Sequence[Rejected]) -> EtlError | None:
    """The error of the job, in the order in which a job looks: incomplete records, then every CSV, then values.

    Args:
        sources: of the job, opened so that bad rows are listed.
        rejected: the first that were listed, in the order of the output.
    """
    for source in sources:
        try:
            format_of(source).refuse_incomplete(source, OnBadRow.STRICT)
        except TruncatedRecord as error:
            return error
    broken = (format_of(source).first_broken(source) for source in sources)
    if (first := next(filter(None, broken), None)) is not None:
        return first
    return bad_row(sources[rejected[0].source].place, rejected[0]) if rejected else None
