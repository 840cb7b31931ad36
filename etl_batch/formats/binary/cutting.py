"""Records cut into rows: one for each occurrence of a table, with all that is beside the table in each of them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from etl_batch.kernels.columns import Array
from etl_batch.layouts.layout import LENGTH_BYTES, Field, Layout, Table, changed_fields
from etl_batch.layouts.occurrences import NUMBER_BYTES, moved, row_layout, table_of_rows
from etl_batch.light_dataclass import dataclass


@dataclass(frozen=True, slots=True)
class Cutting:
    """How records are cut: what is in front of the table, one occurrence, what is behind it, its number."""

    layout: Layout  #: of the records
    field: Field  #: the table
    table: Table

    @classmethod
    def of(cls, layout: Layout) -> Cutting | None:
        """None: no table becomes rows."""
        field = table_of_rows(layout)
        return None if field is None or field.table is None else cls(layout, field, field.table)

    def rows(self, records: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
        """The rows of records, those of each side by side.

        Args:
            records: shape (records, stored_size), as they are laid out.
        """
        count, times, step = len(records), self.table.times, self.table.step
        width = row_layout(self.layout).stored_size
        start, behind = self.field.offset, self.field.offset + self.field.length
        rest = width - (LENGTH_BYTES if self.layout.may_miss_fields else 0) - NUMBER_BYTES - start - step
        rows = np.empty((count, times, width), np.uint8)
        if not count:
            return rows.reshape(0, width)
        for at, size, source, between in (
            (0, start, 0, 0), (start, step, start, step), (start + step, rest, behind, 0),
        ):  # fmt: skip
            if size:
                _blocks(rows, at, size, (times * width, width))[...] = _blocks(
                    records, source, size, (records.strides[0], between), (count, times)
                )
        numbers = _blocks(rows, start + step + rest, NUMBER_BYTES, (times * width, width)).view("<i4")
        numbers[...] = np.arange(1, times + 1, dtype=np.int32)
        if self.layout.may_miss_fields:
            lengths = _blocks(rows, width - LENGTH_BYTES, LENGTH_BYTES, (times * width, width)).view("<u4")
            lengths[...] = self._lengths(records)
        return rows.reshape(count * times, width)

    def _lengths(self, records: npt.NDArray[np.uint8]) -> Array:
        """How long each row is of a record that ends early, shape (records, times)."""
        at, step, start = self.layout.record_size, self.table.step, self.field.offset
        whole = np.ndarray((len(records), 1), "<u4", records.data, at, (records.strides[0], LENGTH_BYTES)).astype(
            np.int64
        )
        before = np.arange(self.table.times, dtype=np.int64) * step
        within = np.clip(whole - before, np.minimum(whole, start), start + step)
        is_behind = whole > start + self.field.length
        return np.where(is_behind, whole - (self.field.length - step), within)


def occurrences_of(field: Field, table: Table, records: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """All occurrences of a table, those of each record side by side, with their lengths where they may end early.

    Args:
        field: the table.
        table: what it is.
        records: shape (records, stored_size).
    """
    count, times, step = len(records), table.times, table.step
    width = step if field.length_at is None else step + LENGTH_BYTES
    found = np.empty((count, times, width), np.uint8)
    if count:
        strides = (times * width, width)
        _blocks(found, 0, step, strides)[...] = _blocks(
            records, field.offset, step, (records.strides[0], step), (count, times)
        )
        if field.length_at is not None:
            at = (records.strides[0], LENGTH_BYTES)
            whole = np.ndarray((count, 1), "<u4", records.data, field.length_at, at).astype(np.int64)
            before = field.offset + np.arange(times, dtype=np.int64) * step
            _blocks(found, step, LENGTH_BYTES, strides).view("<u4")[...] = np.clip(whole - before, 0, step)
    return found.reshape(count * times, width)


def fields_of_occurrence(field: Field, table: Table) -> tuple[Field, ...]:
    """The fields of what `occurrences_of` gives."""
    inner = tuple(moved(one, -field.offset) for one in table.fields)
    if field.length_at is None:
        return inner
    return changed_fields(inner, lambda one: replace(one, length_at=table.step))


def _blocks(
    array: npt.NDArray[np.uint8], at: int, size: int, strides: tuple[int, int], shape: tuple[int, int] | None = None
) -> Array:
    """Stretches of so many bytes as one value each: they are copied as such."""
    return np.ndarray(shape or array.shape[:2], f"V{size}", array.data, at, strides)
