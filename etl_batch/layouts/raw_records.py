"""The first records of a binary file as bytes, and where each field of them lies."""

from __future__ import annotations

from etl_batch.layouts.layout import Field
from etl_batch.light_dataclass import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class RawRecords:
    """The first bytes of a binary file."""

    size: int  #: bytes of the whole file
    start: int  #: bytes: where the first record begins
    raw: bytes  #: whole records
    record_size: int
    places: tuple[int, ...] | None = None  #: bytes: where each record begins; None: they lie side by side
    lengths: tuple[int, ...] | None = None  #: bytes of each record, where the rest of it is padding; None: it is none
    lines: tuple[bytes, ...] | None = None  #: where they are lines of text: each as it stands there, without its end
    problems: tuple[str | None, ...] = ()  #: of lines: what is wrong with one as a whole; None: nothing

    @property
    def count(self) -> int:
        """Whole records that were read."""
        return len(self.raw) // self.record_size

    def record(self, number: int) -> bytes:
        """The bytes of a record, from 0."""
        return self.raw[number * self.record_size : (number + 1) * self.record_size]

    def field(self, number: int, field: Field) -> bytes:
        """The bytes of a field of a record, from 0."""
        return self.record(number)[field.offset : field.offset + field.length]

    def position(self, number: int) -> int:
        """Where a record begins in the file, in bytes."""
        return self.start + number * self.record_size if self.places is None else self.places[number]
