"""Fixed-length binary files: planned by arithmetic, no record ever split."""

from __future__ import annotations

import os
from dataclasses import dataclass

from etl_batch.errors import InputChanged
from etl_batch.layouts import Layout
from etl_batch.paths import FileIdentity, Place, open_input
from etl_batch.values import MIB, Span

#: Longer spans fall out of the processor's caches, and their output waits longer for its turn (ADR 0004).
MAX_SPAN_BYTES = 16 * MIB


@dataclass(frozen=True, slots=True)
class BinaryInput:
    """One binary file of a job, as it was when the job was planned."""

    ordinal: int
    place: Place
    identity: FileIdentity
    layout: Layout

    @property
    def body_bytes(self) -> int:
        """Bytes between the header and the trailer; may be negative in a file that is too short for both."""
        return self.identity.size - self.layout.header_bytes - self.layout.trailer_bytes

    @property
    def rows(self) -> int:
        """Whole records."""
        return max(self.body_bytes, 0) // self.layout.record_size

    @property
    def surplus_bytes(self) -> int:
        """Bytes behind the last whole record."""
        return self.body_bytes - self.rows * self.layout.record_size


def plan(source: BinaryInput, chunk_bytes: int, first_ordinal: int, first_part: int) -> list[Span]:
    """The spans of one input, in order.

    A chunk is `chunk_bytes` of input, or one record if that is longer; it becomes one part of a Parquet folder.
    A chunk of more than MAX_SPAN_BYTES is worked in several spans.
    """
    size, header = source.layout.record_size, source.layout.header_bytes
    chunk_rows = max(chunk_bytes // size, 1)
    span_rows = min(chunk_rows, max(MAX_SPAN_BYTES // size, 1))
    spans: list[Span] = []
    for part, chunk in enumerate(range(0, source.rows, chunk_rows), start=first_part):
        chunk_end = min(chunk + chunk_rows, source.rows)
        for row in range(chunk, chunk_end, span_rows):
            stop = min(row + span_rows, chunk_end)
            spans.append(
                Span(
                    ordinal=first_ordinal + len(spans),
                    source=source.ordinal,
                    start=header + row * size,
                    stop=header + stop * size,
                    first_row=row,
                    part=part,
                )
            )
    return spans


def refuse_changed(source: BinaryInput, descriptor: int) -> None:
    """Refuse a file whose size, time of change or inode is not what it was."""
    if FileIdentity.of(descriptor) != source.identity:
        raise InputChanged(f"{source.place.path} changed while the job was reading it")


def refuse_changed_since(source: BinaryInput) -> None:
    """Refuse an input that is no longer what it was when the job was planned.

    Raises:
        InputChanged: its size, time of change or inode differ.
    """
    descriptor = open_input(source.place)
    try:
        refuse_changed(source, descriptor)
    finally:
        os.close(descriptor)
