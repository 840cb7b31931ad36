"""Whole records in memory, and what their fields have in common: nulls, ranges, columns for the kernels."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import field
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from etl_batch.formats.binary.record_nulls import without_nulls
from etl_batch.kernels.columns import Array, Column, Kind
from etl_batch.kernels.null_texts import LINE_WORDS, flag_rows
from etl_batch.light_dataclass import dataclass

if TYPE_CHECKING:
    import pyarrow as pa

    from etl_batch.layouts.layout import Field, Null

Flags = npt.NDArray[np.uint8]  # shape (rows,): 1 where true


@dataclass(slots=True)
class NullTexts:
    """Which texts are null, found out while rows are formatted, or all at once where the flags are wanted before."""

    _lines: list[list[int]] = field(default_factory=list)  #: see `kernels.null_texts`
    _texts: list[Array] = field(default_factory=list)  #: that lines point to, and their flags

    def add(self, line: Sequence[int], text: Array, valid: Flags) -> None:
        """Note a field: all of its line but the text and the flags."""
        self._lines.append([*line, text.ctypes.data, len(text), valid.ctypes.data])
        self._texts += [text, valid]

    def lines(self) -> npt.NDArray[np.uint64]:
        """For the kernel, shape (fields, LINE_WORDS)."""
        return np.array(self._lines, np.uint64).reshape(-1, LINE_WORDS)

    def find(self, rows: int) -> None:
        """Find out now."""
        if self._lines:
            flag_rows(self.lines(), rows)


@dataclass(frozen=True, slots=True)
class Records:
    """Whole records in memory, shape (rows, record_size), C order, as mapped or as copied."""

    bytes: npt.NDArray[np.uint8]
    null_texts: NullTexts | None = None  #: where to note those that are found later; None: they are found at once
    found: dict[Any, Any] = field(default_factory=dict, repr=False, compare=False)  #: what `records_that` found out

    @property
    def rows(self) -> int:
        """How many records."""
        return int(self.bytes.shape[0])

    @property
    def stride(self) -> int:
        """Bytes from one record to the next."""
        return int(self.bytes.shape[1])

    def address(self, field: Field) -> int:
        """Where the field of the first record lies."""
        return int(self.bytes.ctypes.data) + field.offset

    def raw(self, field: Field) -> npt.NDArray[np.uint8]:
        """The field's bytes, shape (rows, length)."""
        return self.bytes[:, field.offset : field.offset + field.length]

    def numbers(self, field: Field, code: str) -> Array:
        """The field as stored numbers of a NumPy type such as `i4`, shape (rows,), in place."""
        order = ">" if field.big_endian else "<"
        if field.length in ODD_LENGTHS:
            return self._odd_numbers(field, code[0])
        if not self.rows:  # NumPy refuses strides over nothing
            return np.empty(0, np.dtype(order + code))
        return np.ndarray((self.rows,), np.dtype(order + code), self.bytes.data, field.offset, (self.stride,))

    def lengths(self, at: int) -> npt.NDArray[np.uint32]:
        """How long each was, where that stands `at` a place in them; shape (rows,), in place."""
        if not self.rows:
            return np.empty(0, np.uint32)
        return np.ndarray((self.rows,), np.dtype("=u4"), self.bytes.data, at, (self.stride,))

    def _odd_numbers(self, field: Field, kind: str) -> Array:
        """Numbers of 3, 5, 6 or 7 bytes as the next longer ones that the machine has, in its own byte order."""
        wide = np.zeros((self.rows, _WORD_BYTES), dtype=np.uint8)
        raw = self.raw(field)
        wide[:, _WORD_BYTES - field.length :] = raw[:, :: 1 if field.big_endian else -1]
        words = wide.view(">i8" if kind == "i" else ">u8")[:, 0].astype("i8" if kind == "i" else "u8")
        bits = 8 * (_WORD_BYTES - field.length)
        if kind == "i":  # the sign lies within: up, and down again with it
            words = (words << bits) >> bits
        return words if field.length > _WORD_BYTES // 2 else words.astype(f"{kind}4")


_WORD_BYTES = 8
_SHOWN_BYTES = 32  #: of a bad value
ODD_LENGTHS = {3, 5, 6, 7}  #: of numbers that no machine has


@dataclass(frozen=True, slots=True)
class DecodedField:
    """A field of many records, ready to be written."""

    field: Field
    column: Column
    find_bad: Callable[[], Flags | None] | None = None  #: see `bad`; None: the type allows all that there is
    reason: str = ""  #: what is wrong with the bad ones
    is_seen: bool = False  #: the formatting kernel sees that there are bad rows, though not which
    make_column: Callable[[], Column] | None = None  #: where it takes long, in the place of `column`
    make_array: Callable[[], pa.Array] | None = None  #: where the column is not what an array is made of
    own: tuple[Field, Records] | None = None  #: what was decoded in the place of it; None: the field of the records
    of_row: Callable[[int], str] | None = None  #: what is wrong with a bad one, where that is told of each

    def why(self, row: int) -> str:
        """What is wrong with a bad row."""
        return self.reason if self.of_row is None else self.of_row(row)

    @property
    def bad(self) -> Flags | None:
        """Rows whose value the type does not allow; None: none. It is found out anew each time."""
        return None if self.find_bad is None else self.find_bad()

    def written(self) -> Column:
        """The column for the formatting kernel."""
        return self.column if self.make_column is None else self.make_column()

    def why_bad(self, row: int, records: Records) -> str:
        """What is wrong with a bad row, with its bytes: of a table those of the occurrence, which `of_row` says."""
        if self.field.table is not None:
            return self.why(row)
        return with_bytes(self.why(row), records.raw(self.field)[row].tobytes())


def in_place(field: Field, records: Records, kind: Kind, **more: Any) -> Column:  # noqa: ANN401
    """A column over the bytes of the records themselves."""
    # For numbers, `width` is the offset within the owner, so that `record_fields` finds them again.
    return Column(
        kind, records.address(field), records.stride, width=field.offset, owners=(records.bytes.data,), **more
    )


def column_over(values: Array, kind: Kind, **more: Any) -> Column:  # noqa: ANN401
    """A column over an array of its own."""
    return Column(kind, values.ctypes.data, values.strides[0], owners=(values,), **more)


def valid_rows(field: Field, records: Records, stored: Array | None) -> Flags | None:
    """1 where the value is there; None where the field has no null."""
    if field.nulls or isinstance(field.null, str):
        return _valid_beside(field, records, stored)
    return None if field.null is None else _valid_but(field.null, field, records, stored)


def _valid_beside(field: Field, records: Records, stored: Array | None) -> Flags:
    """As `valid_rows`, of a field with several nulls, or with one that is characters."""
    valid = without_nulls(field, records.bytes)
    for null in (field.null, *field.nulls):
        but = None if null is None or isinstance(null, str) else _valid_but(null, field, records, stored)
        if but is not None:
            valid &= but
    return valid


def _valid_but(null: Null, field: Field, records: Records, stored: Array | None) -> Flags | None:
    """0 where that is there; None where the stored values, which it is one of, are not given."""
    if isinstance(null, bytes):
        different: Array = (records.raw(field) != np.frombuffer(null, np.uint8)).any(axis=1)
        return different.view(np.uint8)
    if stored is None:
        return None
    if isinstance(null, float) and np.isnan(null):
        return (~np.isnan(stored)).view(np.uint8)
    return np.asarray(stored != stored.dtype.type(null)).view(np.uint8)


def outside(values: Array, low: int, high: int, valid: Flags | None) -> Flags | None:
    """Rows out of range that are not null; None: none."""
    if len(values) == 0 or (values.min() >= low and values.max() <= high):
        return None
    bad = ((values < low) | (values > high)).view(np.uint8)
    return unless_null(bad, valid)


def unless_null(bad: Flags, valid: Flags | None) -> Flags | None:
    """Bad rows without the null ones; None: none."""
    if valid is not None:
        bad = bad & valid
    return bad if bad.any() else None


def with_bytes(reason: str, raw: bytes) -> str:
    """Why a value is bad, and what its field holds."""
    return f"{reason}: 0x{raw[:_SHOWN_BYTES].hex()}{'...' if len(raw) > _SHOWN_BYTES else ''}"
