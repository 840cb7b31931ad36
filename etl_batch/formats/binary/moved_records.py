"""Records in which what stands behind a table follows its last occurrence, brought to where it is in the longest."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from etl_batch.formats.binary.records import Records, with_bytes
from etl_batch.formats.binary.records_that import Rows, decode_read, rows_with, whole_numbers
from etl_batch.layouts.counted import Counted, around, counted_clauses, from_within
from etl_batch.layouts.layout import LENGTH_BYTES, Layout
from etl_batch.layouts.padding import padding_of
from etl_batch.layouts.variants import When
from etl_batch.light_dataclass import dataclass


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a table lies, as a field would."""

    name: str
    offset: int
    length: int


@dataclass(frozen=True, slots=True)
class Moved:
    """Records whose bytes were moved."""

    lengths: npt.NDArray[np.uint32]  #: shape (rows,): how far each goes, gaps included
    whole: npt.NDArray[np.int64]  #: shape (rows,): bytes of each, without gaps, if it has all that its counts say
    reasons: dict[int, str]  #: of those of which nothing can be told, as a count is none, what is wrong


def brought_to_places(laid_out: npt.NDArray[np.uint8], lengths: npt.NDArray[np.uint32], layout: Layout) -> Moved:
    """Move what stands behind tables that are not full, in place.

    Args:
        laid_out: shape (rows, layout.stored_size): the records one below the other, from their first byte on.
        lengths: shape (rows,): bytes of each.
        layout: of records in which it moves.
    """
    size, padding = layout.record_size, np.frombuffer(padding_of(layout), np.uint8)
    records, reach = laid_out[:, :size], lengths.astype(np.int64)
    whole = np.full(len(laid_out), size, np.int64)
    reasons: dict[int, str] = {}
    sound = np.ones(len(laid_out), np.bool_)
    for table, when in _with_when(layout):
        _say_lengths(laid_out, reach, layout)
        counts = _counts(table, when, _Records(laid_out, reach, sound, reasons), layout)
        for count in np.unique(counts[counts >= 0]).tolist():
            rows = np.flatnonzero(counts == count)
            start, gap = table.offset + count * table.size, (table.most - count) * table.size
            whole[rows] -= gap
            rows = rows[reach[rows] > start]  # of others nothing stands behind it
            if gap and len(rows):
                kept = records[rows, start : size - gap]
                records[rows, start + gap :] = kept
                records[rows, start : start + gap] = padding[start : start + gap]
                reach[rows] += gap
    for row in np.flatnonzero(reach < size).tolist():
        records[row, reach[row] :] = padding[reach[row] :]
    _say_lengths(laid_out, reach, layout)
    return Moved(reach.astype(np.uint32), whole, reasons)


def _say_lengths(laid_out: npt.NDArray[np.uint8], reach: npt.NDArray[np.int64], layout: Layout) -> None:
    """Put the lengths of records behind them, where fields may be missing."""
    if layout.may_miss_fields:
        lengths = reach.astype(np.uint32).view(np.uint8).reshape(-1, LENGTH_BYTES)
        laid_out[:, layout.record_size : layout.record_size + LENGTH_BYTES] = lengths


@dataclass(frozen=True, slots=True)
class _Records:
    laid_out: npt.NDArray[np.uint8]
    reach: npt.NDArray[np.int64]  #: shape (rows,): how far each goes, as it lies there by now
    sound: Rows  #: those of which all counts were good so far; it is brought up to date
    reasons: dict[int, str]  #: of the others; as well


def _with_when(layout: Layout) -> list[tuple[Counted, When | None]]:
    """The tables, those within others before these, each with the records in which it is there at all."""
    fields = {field.name: field for field in layout.fields}
    tables = {str(number): table for number, table in enumerate(layout.counted)}
    whens: dict[Counted, When | None] = {}
    for place, its in around(layout.counted, [_Place(name, table.offset, 0) for name, table in tables.items()]):
        table = tables[place.name]
        outer = [one for one in its if one.end >= table.end and one != table]
        clauses = counted_clauses([place], outer).get(place.name, ())
        named = dict.fromkeys(name for one in clauses for name in one.condition.names)
        whens[table] = When(clauses, tuple(fields[name] for name in named)) if clauses else None
    return [(table, whens[table]) for table in from_within(layout.counted)]


def _counts(table: Counted, when: When | None, at: _Records, layout: Layout) -> npt.NDArray[np.int64]:
    """Of each record how many occurrences of a table it has; -1: it has no such table, or nothing is known of it."""
    field = next(field for field in layout.fields if field.name == table.by)
    records = Records(at.laid_out)
    is_there = at.sound.copy()
    if when is not None:
        is_there &= rows_with(when, records)
    for row in np.flatnonzero(is_there & (at.reach < field.offset + field.length)).tolist():
        at.reasons[row] = (
            f"the record ends before field {field.name!r} is whole, which counts the occurrences of a table"
        )
        is_there[row] = at.sound[row] = False
    decoded = decode_read(field, records)
    bad = decoded.bad
    if bad is not None:
        for row in np.flatnonzero((bad != 0) & is_there).tolist():
            why = with_bytes(decoded.why(row), records.raw(field)[row].tobytes())
            at.reasons[row] = f"field {field.name!r}: {why}"
            is_there[row] = at.sound[row] = False
    if decoded.column.valid is not None:
        is_there &= decoded.column.valid != 0
    return np.where(is_there, whole_numbers(decoded.column, records.rows), -1)
