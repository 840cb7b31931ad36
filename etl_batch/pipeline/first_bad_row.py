"""The bad row at which a job stops that sets none aside: of those that were listed, the one that it would come upon."""

from __future__ import annotations

from collections.abc import Sequence

from etl_batch.config import OnBadRow
from etl_batch.errors import EtlError, TruncatedRecord
from etl_batch.formats.binary.binary_input import BinaryInput
from etl_batch.formats.csv.csv_input import CsvInput
from etl_batch.formats.csv.prescan import bad_row as bad_csv_row
from etl_batch.formats.format import Source
from etl_batch.pipeline.inputs import refuse_surplus
from etl_batch.pipeline.span_worker import bad_row
from etl_batch.values import Rejected


def stops_at(sources: Sequence[Source], rejected: Sequence[Rejected]) -> EtlError | None:
    """The error of the job, in the order in which a job looks: incomplete records, then every CSV, then values.

    Args:
        sources: of the job, opened so that bad rows are listed.
        rejected: the first that were listed, in the order of the output.
    """
    for source in sources:
        if isinstance(source, BinaryInput):
            try:
                refuse_surplus(source, OnBadRow.STRICT)
            except TruncatedRecord as error:
                return error
    of_texts = (_of_csv(source) for source in sources if isinstance(source, CsvInput))
    if (first := next(filter(None, of_texts), None)) is not None:
        return first
    return bad_row(sources[rejected[0].source].place, rejected[0]) if rejected else None


def _of_csv(source: CsvInput) -> EtlError | None:
    for number, piece in enumerate(source.pieces):
        if len(piece.bad):
            return bad_csv_row(source.file, source.pieces[:number], piece)
    return None
