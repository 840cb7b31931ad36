"""Binary numbers of records that have more digits than their pictures, and are kept: how many there are."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from etl_batch.accumulators.accumulator import Accumulator, Learned
from etl_batch.light_dataclass import dataclass
from etl_batch.text.bounded_documents import json_document

if TYPE_CHECKING:
    from etl_batch.formats.format import Batch


@dataclass(frozen=True, slots=True)
class BeyondPictures(Accumulator):
    """Of a table. What it comes to is said in the notes of the result."""

    names: tuple[str, ...]  #: of columns of the inputs
    most: tuple[int, ...]  #: of each, the largest number that its picture has digits for, as it is stored

    def begin(self) -> CountedBeyond:
        """See `Accumulator.begin`."""
        return CountedBeyond(self, [0] * len(self.names))

    def unpack(self, packed: bytes) -> CountedBeyond:
        """See `Accumulator.unpack`."""
        return CountedBeyond(self, json_document(packed))


@dataclass(slots=True)
class CountedBeyond(Learned):
    """How many there are."""

    of: BeyondPictures
    counts: list[int]  #: of each column

    def add(self, batch: Batch) -> None:
        """See `Learned.add`."""
        from etl_batch.formats.beyond_digits import how_many_beyond

        columns = zip(batch.columns_of(self.of.names), self.of.most, strict=True)
        found = [how_many_beyond(column, batch.rows, most) for column, most in columns]
        self.merge(CountedBeyond(self.of, found))

    def pack(self) -> bytes:
        """See `Learned.pack`."""
        return json.dumps(self.counts, separators=(",", ":")).encode()

    def merge(self, other: CountedBeyond) -> None:
        """See `Learned.merge`."""
        self.counts = [ours + theirs for ours, theirs in zip(self.counts, other.counts, strict=True)]

    def finish(self) -> dict[str, int]:
        """See `Learned.finish`: how many, by the names of the columns that have any."""
        return {name: count for name, count in zip(self.of.names, self.counts, strict=True) if count}

    def notes(self, table: str) -> tuple[str, ...]:
        """See `Learned.notes`."""
        return tuple(
            f"{table}{name}: {count:,} number{'s have' if count > 1 else ' has'} more digits than the picture, kept as "
            f"{'they are' if count > 1 else 'it is'}"
            for name, count in self.finish().items()
        )
