"""Files of records of unequal length, planned by a walk from record to record; no record is ever split."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import field
from itertools import pairwise
from typing import TYPE_CHECKING

from etl_batch.formats.binary.binary_input import BinaryInput
from etl_batch.formats.column_kinds import ColumnKind
from etl_batch.formats.unchanged import open_again
from etl_batch.layouts.counted_walk import ByCounts
from etl_batch.layouts.framing import Framing
from etl_batch.layouts.layout import Layout
from etl_batch.layouts.lines import Lines
from etl_batch.light_dataclass import dataclass
from etl_batch.machine.handed_files import NeededFile
from etl_batch.storage.paths import FileIdentity
from etl_batch.storage.roots import Place
from etl_batch.values import KIB, Rejected, Span

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import pyarrow as pa

    from etl_batch.formats.binary.arranged import LaidOut
    from etl_batch.formats.binary.laid_out_batch import LaidOutBatch
    from etl_batch.formats.binary.record_store import RecordStore
    from etl_batch.formats.framed.framed_kinds import FramedSpan

_KEPT_OF_LOST_BYTES = KIB  #: of what cannot be told, in the file of what was set aside


@dataclass(frozen=True, slots=True)
class FramedInput:
    """See `Source`: a file of records of unequal length, of which it is known where its spans begin."""

    file: BinaryInput
    framing: Framing | Lines | ByCounts
    rows: int  #: see `Source.rows`
    stop: int  #: where the last record that can be told ends; bytes
    broken: str | None  #: why nothing can be told from there on; None: the file ends
    edges: npt.NDArray[np.uint64] = field(repr=False, compare=False)  #: see `walk.Walked`
    widest: int = 1  #: see `walk.Walked`

    @property
    def layout(self) -> Layout:
        """Of its records, as they are laid out."""
        return self.file.layout

    @property
    def is_whole(self) -> bool:
        """See `KindFile.is_whole`."""
        return self.broken is None

    @property
    def ordinal(self) -> int:
        """See `Opened.ordinal`."""
        return self.file.ordinal

    @property
    def place(self) -> Place:
        """See `Opened.place`."""
        return self.file.place

    @property
    def identity(self) -> FileIdentity:
        """See `Opened.identity`."""
        return self.file.identity

    @property
    def notes(self) -> tuple[str, ...]:
        """What a user should know of how it is read."""
        return self.file.notes

    @property
    def format(self) -> str:
        """See `Source.format`."""
        return self.file.format

    @property
    def names(self) -> tuple[str, ...]:
        """See `Source.names`."""
        return self.file.names

    @property
    def schema(self) -> pa.Schema:
        """See `Source.schema`."""
        return self.file.schema

    @property
    def numbers(self) -> frozenset[str]:
        """See `Source.numbers`."""
        return self.file.numbers

    @property
    def files(self) -> tuple[NeededFile, ...]:
        """See `Source.files`."""
        return self.file.files

    def marked(self) -> Sequence[bool]:
        """See `Source.marked`."""
        return self.file.marked()

    def kinds(self) -> Sequence[ColumnKind]:
        """See `Source.kinds`."""
        return self.file.kinds()

    def row_store(self) -> RecordStore:
        """See `Source.row_store`: records as they are laid out."""
        return self.file.row_store()

    def plan(self, chunk_bytes: int, first_ordinal: int, first_part: int) -> list[Span]:
        """See `Source.plan`."""
        spans: list[Span] = []
        part, chunk = first_part - 1, -1
        first = int(self.edges[0, 0])
        for (start, row, _), (stop, next_row, _) in pairwise(self.edges.tolist()):
            if (start - first) // chunk_bytes != chunk:
                chunk, part = (start - first) // chunk_bytes, part + 1
            spans.append(
                Span(
                    ordinal=first_ordinal + len(spans), source=self.ordinal, start=start, stop=stop,
                    first_row=row, rows=next_row - row, part=part,
                )
            )  # fmt: skip
        return spans

    @contextmanager
    def read(self, span: Span) -> Iterator[LaidOutBatch]:
        """See `Source.read`."""
        from etl_batch.formats.binary.laid_out_batch import LaidOutBatch

        with self.laid_out(span) as found:
            yield LaidOutBatch(self.layout, span, found)

    @contextmanager
    def laid_out(self, span: Span) -> Iterator[LaidOut]:
        """See `LaysOut.laid_out`."""
        from etl_batch.formats.binary.arranged import LaidOut
        from etl_batch.formats.framed.arranging import arranged

        frames = self.kind_span(span).frames()
        yield LaidOut(arranged(frames, self.layout), frames)

    def kind_span(self, span: Span) -> FramedSpan:
        """See `KindFile.kind_span`."""
        from etl_batch.formats.framed.framed_kinds import FramedSpan

        number = int(self.edges[:, 0].searchsorted(span.start))
        is_record, reach = int(self.edges[number, 2]) <= span.start, int(self.edges[number + 1, 2])
        return FramedSpan(self.file, self.framing, span, span.start if is_record else None, reach)

    def leftover(self) -> Rejected | None:
        """What follows the last record that can be told."""
        if self.broken is None:
            return None
        left = self.identity.size - self.file.layout.trailer_bytes - self.stop
        descriptor = open_again(self.place)
        try:
            raw = os.pread(descriptor, min(left, _KEPT_OF_LOST_BYTES), self.stop)
        finally:
            os.close(descriptor)
        return Rejected(self.ordinal, self.rows + 1, self.stop, lost_in_words(self.broken, left), raw)


def lost_in_words(broken: str, left: int) -> str:
    """What is set aside where nothing can be told."""
    return f"{broken}; where the next one begins cannot be told: {left:,} bytes from here on are not read"
