"""A column as its distinct values and a number for each row that has one: found once, by our own kernels.

pyarrow's writer hashes each value, too, and needs two to four times as long (ADR 22).
"""

from __future__ import annotations

from dataclasses import field

import numpy as np
import numpy.typing as npt

from etl_batch.formats.parquet.stored_values import StoredValues
from etl_batch.kernels.columns import Array
from etl_batch.kernels.dictionary_codes import (
    BYTES,
    CODED,
    DISTINCT,
    LENGTH,
    TEXT_FIELDS,
    code_numbers,
    code_texts,
    write_texts,
)
from etl_batch.light_dataclass import dataclass
from etl_batch.values import KIB

LARGEST_BYTES = KIB * KIB  #: of a dictionary; with more, pyarrow's writer goes on without one
SAMPLE_ROWS = 8192
_LENGTH_BYTES = 4  #: before each text
_FIRST_ROOM, _GROWTH = 4096, 4
_EMPTY_SLOTS = 2  #: slots for each value there is room for
_MOST_TEXTS = LARGEST_BYTES // _LENGTH_BYTES


@dataclass(frozen=True, slots=True)
class Dictionary:
    """The values of a column."""

    rows: int
    codes: npt.NDArray[np.uint32]  #: shape (rows that have a value,)
    valid: npt.NDArray[np.uint8] | None  #: shape (rows,): 0 where there is no value; None: there always is
    count: int  #: of distinct values
    plain: bytes  #: the distinct values, as Parquet keeps them
    values: Array | None  #: shape (count,): the same as numbers; None: they are texts
    text_bytes: int | None  #: of all rows; None: they are numbers

    @property
    def nulls(self) -> int:
        """How many rows have no value."""
        return self.rows - len(self.codes)


@dataclass(slots=True)
class Coder:
    """Numbers the values of a column, row after row, as far as it is asked to."""

    values: StoredValues
    _known: npt.NDArray[np.uint64]  #: the distinct values so far
    _codes: npt.NDArray[np.uint32]
    _counts: npt.NDArray[np.uint64] = field(default_factory=lambda: np.zeros(3, dtype=np.uint64))
    _row: int = 0

    @classmethod
    def of(cls, values: StoredValues) -> Coder:
        """For the values of a column."""
        known = np.empty((0, TEXT_FIELDS) if values.is_text else (0,), dtype=np.uint64)
        return cls(values, known, np.empty(values.rows, dtype=np.uint32))

    @property
    def _distinct(self) -> int:
        return int(self._counts[DISTINCT])

    def repeats(self, share: float) -> bool:
        """Whether the distinct values of the first rows are no more than a share of these."""
        rows = min(self.values.rows, SAMPLE_ROWS)
        return self._go_on(rows, int(share * rows))

    @property
    def share(self) -> float:
        """The distinct values of the rows looked at so far, as a share of these."""
        return self._distinct / max(self._row, 1)

    def is_in_runs(self) -> bool:
        """Whether most of the rows looked at so far have the value of the one before."""
        codes = self._codes[: int(self._counts[CODED])]
        return bool(2 * np.count_nonzero(codes[1:] == codes[:-1]) > len(codes))

    def dictionary(self) -> Dictionary | None:
        """All rows; None: there is no value, or a dictionary of them would be too large."""
        room = max(_FIRST_ROOM, 2 * self._distinct)
        most = _MOST_TEXTS if self.values.is_text else LARGEST_BYTES // int(self.values.forms[1][1:])
        while not self._go_on(self.values.rows, min(room, most)):
            if room >= most or self._plain_bytes() > LARGEST_BYTES:
                return None
            room *= _GROWTH
        if not self._distinct or self._plain_bytes() > LARGEST_BYTES:
            return None
        codes = self._codes[: int(self._counts[CODED])]
        return self._texts(codes) if self.values.is_text else self._numbers(codes)

    def _go_on(self, stop: int, room: int) -> bool:
        """Number the values of the rows before `stop`; False: there are more distinct ones than room."""
        known = np.empty((room, *self._known.shape[1:]), dtype=np.uint64)
        known[: self._distinct] = self._known[: self._distinct]
        self._known = known
        slots = 1 << (_EMPTY_SLOTS * room).bit_length()
        if self.values.is_text:
            places = np.zeros(slots, dtype=np.uint32)
            self._row = code_texts(self.values.how, self._row, stop, places, known, self._codes, self._counts)
        else:
            table = np.zeros((slots, 2), dtype=np.uint64)
            self._row = code_numbers(self.values.how, self._row, stop, table, known, self._codes, self._counts)
        return self._row == stop

    def _plain_bytes(self) -> int:
        """What the distinct values take, as Parquet keeps them."""
        if self.values.is_text:
            return int(self._known[: self._distinct, LENGTH].sum()) + _LENGTH_BYTES * self._distinct
        return self._distinct * int(self.values.forms[1][1:])

    def _numbers(self, codes: npt.NDArray[np.uint32]) -> Dictionary:
        stored, kept = self.values.forms
        words = self._known[: self._distinct].astype(f"u{stored[1:]}").view(stored)
        values = words.astype(kept)
        return Dictionary(self.values.rows, codes, self.values.valid, len(values), values.tobytes(), values, None)

    def _texts(self, codes: npt.NDArray[np.uint32]) -> Dictionary:
        lines = np.ascontiguousarray(self._known[: self._distinct])
        plain = np.empty(self._plain_bytes() + 8, dtype=np.uint8)
        end = write_texts(lines, plain.ctypes.data) - plain.ctypes.data
        content = plain[:end].tobytes()
        size = int(self._counts[BYTES])
        return Dictionary(self.values.rows, codes, self.values.valid, len(lines), content, None, size)
