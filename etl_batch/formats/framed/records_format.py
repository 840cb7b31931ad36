"""Binary records as a format: of one length, planned by arithmetic; or of unequal length, planned by a walk."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import TYPE_CHECKING

from etl_batch.config import JobConfig, OnBadRow
from etl_batch.formats.binary.binary_format import BinaryFormat
from etl_batch.formats.binary.binary_input import BinaryInput
from etl_batch.formats.binary.occurrence_input import by_occurrences
from etl_batch.formats.format import Opened, Source
from etl_batch.formats.framed.framed_input import FramedInput
from etl_batch.formats.framed.refusing import refuse_lost
from etl_batch.formats.of_table import FromRecords, IntoTables
from etl_batch.formats.opening import Opening
from etl_batch.layouts.spread import spread

if TYPE_CHECKING:
    import pyarrow as pa

    from etl_batch.formats.units.unit import Reader

_OF_TYPES = (
    "its records are of several types: all of them are rows here, and the columns are the fields that all have; a job "
    "makes a table of each type, whose files can be asked"
)


class RecordsFormat(BinaryFormat, IntoTables):
    """See `Format`."""

    def notes(self, opened: BinaryInput | FramedInput) -> tuple[str, ...]:
        """See `Format.notes`."""
        return (*opened.notes, _OF_TYPES) if opened.layout.records else opened.notes

    def refuse_incomplete(self, opened: Opened, on_bad_row: OnBadRow) -> None:
        """See `Format.refuse_incomplete`; of records of unequal length only a walk tells."""
        found = opened.whole if isinstance(opened, FromRecords) else opened
        if isinstance(found, FramedInput):
            refuse_lost(found, on_bad_row)
        elif isinstance(found, BinaryInput) and found.layout.follows is None:
            super().refuse_incomplete(found, on_bad_row)

    def source(self, opened: BinaryInput) -> Source | None:
        """See `Format.source`."""
        return super().source(opened) if opened.layout.follows is None else None

    def settle(self, opened: Sequence[BinaryInput], given: pa.Schema | None, opening: Opening) -> Sequence[Source]:
        """See `Format.settle`: where the records of each file are."""
        from etl_batch.formats.framed.framers import framer_of
        from etl_batch.formats.framed.walk import Ways, walk

        del given
        files = [(file, file.layout.follows) for file in opened if file.layout.follows is not None]
        ways = [Ways(file, framer_of(framing), opening.config.chunk_bytes) for file, framing in files]
        found: list[Source] = []
        for (file, framing), walked in zip(files, opening.run(walk, ways), strict=True):
            laid_out = file if file.layout.records else replace(file, layout=spread(file.layout, walked.widest))
            source = FramedInput(
                laid_out, framing, walked.rows, walked.stop, walked.broken, walked.edges, walked.widest
            )
            refuse_lost(source, opening.config.on_bad_row)
            found.append(by_occurrences(source))
        return found

    def tables(self, sources: Sequence[Source], opening: Opening) -> Sequence[Source]:
        """See `IntoTables.tables`."""
        files = [one for one in sources if isinstance(one, BinaryInput | FramedInput)]
        if not any(one.layout.records for one in files):
            return ()
        from etl_batch.formats.binary.kinds_tables import tables_of
        from etl_batch.formats.framed.kinds_laid import with_types_laid

        return tables_of([with_types_laid(one, opening) for one in files], sources, opening)

    def units(self, opened: BinaryInput, config: JobConfig) -> AbstractContextManager[Reader]:
        """See `Format.units`."""
        if (framing := opened.layout.follows) is None:
            return super().units(opened, config)
        from etl_batch.formats.framed.unit_reader import open_framed

        return open_framed(opened, framing)
