"""The strata that a worker has met so far: only new ones are named and hashed, however many spans there are."""

from __future__ import annotations

from dataclasses import field, replace

import numpy as np
import numpy.typing as npt

from etl_batch.estimate.exact_sums import Index
from etl_batch.estimate.stratum_names import Hashes
from etl_batch.formats.column_strata import SpanStrata, described, named
from etl_batch.kernels.columns import Column
from etl_batch.kernels.short_keys import KEY_BYTES, KEY_FIELDS, LONGEST_KEY, NO_KEY, ROWS, WORD, fill_slots
from etl_batch.kernels.stratum_codes import FORM, OFFSETS, PADDED, PLACES, WIDTH
from etl_batch.light_dataclass import dataclass

_FIRST_ROOM, _GROWTH, _SLOTS_PER_STRATUM = 512, 8, 8
_MOST_KEPT = 1 << 17  #: strata; with more of them each span begins anew
_WORD_BYTES, _FIRST_BYTES = 8, 16  #: of a word; of the first words of a key
_BLANK, _NUL = b" ", b"\0"


@dataclass(slots=True)
class KnownStrata:
    """The strata of a column, as long as it stays of one form; `table` counts the rows of one span."""

    column: Column  #: of the first span
    table: npt.NDArray[np.uint64] = field(default_factory=lambda: np.empty((_FIRST_ROOM, KEY_FIELDS), np.uint64))
    found: npt.NDArray[np.uint64] = field(default_factory=lambda: np.zeros(1, np.uint64))  #: how many
    slots: npt.NDArray[np.uint32] = field(init=False)
    hashes: Hashes = field(default_factory=lambda: np.empty(0, np.uint64))  #: shape (named,): of each name
    _names: npt.NDArray[np.object_] = field(default_factory=lambda: np.empty(0, np.object_))
    _ordered: tuple[Hashes, Index, Index] = field(init=False)  #: hashes that differ, a stratum of each, and of each its

    def __post_init__(self) -> None:
        self.column = replace(self.column, valid=None, owners=())  # what it is, not the rows: they would stay mapped
        self._ordered = (self.hashes, np.empty(0, np.int64), np.empty(0, np.int64))
        self._make_slots()

    @staticmethod
    def can_hold(column: Column) -> bool:
        """Whether keys of that form may fit; those of no fixed width may still turn out to be too long."""
        how = described(column)
        return bool(how[FORM] in (OFFSETS, PLACES) or 0 < how[WIDTH] <= LONGEST_KEY)

    def can_go_on(self, column: Column) -> bool:
        """Whether the strata of another span of the column can be told by those of before."""
        before = self.column
        same = (before.kind, before.width, before.extra) == (column.kind, column.width, column.extra)
        of_texts = before.kind is column.kind and described(column)[FORM] in (OFFSETS, PLACES)  # where they are differs
        return (same or of_texts) and int(self.found[0]) <= _MOST_KEPT

    @property
    def room(self) -> int:
        """How many strata there is room for."""
        return len(self.table)

    def begin(self) -> None:
        """Begin another span: no stratum has a row."""
        self.table[: int(self.found[0]), ROWS] = 0

    def grow(self) -> None:
        """Make room for more strata."""
        more = np.empty(((_GROWTH - 1) * self.room, KEY_FIELDS), np.uint64)
        self.table = np.concatenate([self.table, more])
        self._make_slots()

    def _make_slots(self) -> None:
        self.slots = np.zeros(_SLOTS_PER_STRATUM * self.room, np.uint32)
        fill_slots(self.table, int(self.found[0]), self.slots)

    def of_span(self, codes: npt.NDArray[np.uint32]) -> SpanStrata:
        """The strata of the rows that were coded since `begin`."""
        self._name_new()
        keys, first, of_code = self._ordered
        rows = np.zeros(len(keys), np.int64)
        np.add.at(rows, of_code, self.table[: len(of_code), ROWS].astype(np.int64))
        there = rows > 0
        places = np.maximum(np.cumsum(there) - 1, 0)[of_code]
        return SpanStrata(codes, places, keys[there], self._names[first[there]], rows[there], self.hashes)

    def _name_new(self) -> None:
        new = self.table[len(self.hashes) : int(self.found[0])]
        if not len(new):
            return
        names, hashes = named(self.column, self._keys(new))
        self._names = np.concatenate([self._names, names])
        self.hashes = np.concatenate([self.hashes, hashes])
        keys, first, of_code = np.unique(self.hashes, return_index=True, return_inverse=True)
        self._ordered = (keys, first, of_code.astype(np.int64))

    def _keys(self, table: npt.NDArray[np.uint64]) -> list[bytes | None]:
        is_padded = described(self.column)[FORM] == PADDED
        words = table[:, WORD : WORD + LONGEST_KEY // _WORD_BYTES].tobytes()
        found: list[bytes | None] = []
        for number, length in enumerate(table[:, KEY_BYTES].tolist()):
            if length == NO_KEY:
                found.append(None)
                continue
            line = words[LONGEST_KEY * number : LONGEST_KEY * (number + 1)]
            key = line[:length] if length <= _FIRST_BYTES else line[:_FIRST_BYTES] + line[_FIRST_BYTES - length :]
            found.append(_trimmed(key) if is_padded else key)
        return found


def _trimmed(text: bytes) -> bytes:
    """A text without its padding: NULs, or blanks where there are none."""
    shorter = text.rstrip(_NUL)
    return shorter if len(shorter) < len(text) else text.rstrip(_BLANK)
