"""Blocks of a CSV without quotes, read and added to arrays in one compiled loop."""

from __future__ import annotations

import numpy as np

from etl_batch.formats.csv.csv_file import CsvFile
from etl_batch.formats.units.keys import code_keys
from etl_batch.formats.units.unit import Floats, Integers, Strata, Wanted
from etl_batch.kernels.cell_readings import Reading
from etl_batch.kernels.columns import Array
from etl_batch.kernels.unit_jobs import (
    BEGINS,
    BLOCK_FIELDS,
    BUFFER,
    CAPACITY,
    COLUMNS,
    DATA_START,
    DELIMITER,
    ENDS,
    FD,
    JOB_FIELDS,
    KEY,
    KEY_FIELDS,
    KEYS,
    ROLES,
    ROOM,
    ROWS,
    SIZE,
    SKIPPED,
    SLOW,
    STRIDE,
    VALUES,
)
from etl_batch.kernels.unit_reads import read_csv_blocks
from etl_batch.light_dataclass import dataclass

_KEY_BYTES = 8 * KEY_FIELDS
_FLOAT_BYTES = 8


@dataclass(frozen=True, slots=True)
class Taken:
    """What was read of some blocks."""

    slow: Integers  #: which of them must be read in another way; nothing below is of them
    starts: Integers  #: shape (the other blocks,): where their rows start in the file
    stops: Integers
    per_unit: Integers  #: rows of each
    values: dict[str, Floats]  #: shape (rows,); null is NaN
    strata: Strata | None


def can_read(file: CsvFile, wanted: Wanted) -> bool:
    """Whether this loop reads all that is wanted: measures as floats, and one other column as a text."""
    declared = dict(zip(file.names, file.declared, strict=True))
    if wanted.conditions or wanted.strata in wanted.measures:
        return False
    if wanted.strata is not None:
        kind = declared[wanted.strata]
        if kind is not None and kind.reading != Reading.TEXT:
            return False
    measured = [kind for name in wanted.measures if (kind := declared[name]) is not None]
    return all((kind.reading, kind.width) == (Reading.FLOAT, _FLOAT_BYTES) for kind in measured)


@dataclass(frozen=True, slots=True)
class BlockLoop:
    """The loop over blocks of one open CSV."""

    file: CsvFile
    descriptor: int
    behind: int  #: bytes to read behind each block, for the end of its last row

    def read(self, begins: Integers, ends: Integers, wanted: Wanted) -> Taken:
        """Read the rows of some blocks.

        Args:
            begins: shape (blocks,): where they begin.
            ends: where they end.
            wanted: the columns; see `can_read`.
        """
        count = len(begins)
        room = int((ends - begins).max(initial=0)) + self.behind
        capacity = count * (room // self.file.columns + 1)  # each cell of a row takes a byte at least
        with_keys = wanted.strata is not None
        values = np.empty((len(wanted.measures), capacity))
        keys = np.empty((capacity if with_keys else 0, KEY_FIELDS), np.uint64)
        # Keys are read out of it in the end; otherwise each block takes the place of the one before, which is faster.
        buffer: Array = np.empty(room * (count if with_keys else 1), np.uint8)
        roles = self._roles(wanted)
        job = np.zeros(JOB_FIELDS, np.uint64)
        job[[FD, SIZE, DATA_START]] = self.descriptor, self.file.size, self.file.data_start
        job[[BEGINS, ENDS]] = begins.ctypes.data, ends.ctypes.data
        job[[BUFFER, ROOM, STRIDE]] = buffer.ctypes.data, room, room if with_keys else 0
        job[[DELIMITER, COLUMNS, ROLES]] = self.file.delimiter, self.file.columns, roles.ctypes.data
        job[[CAPACITY, VALUES, KEYS]] = capacity, values.ctypes.data, keys.ctypes.data
        found = np.empty((count, BLOCK_FIELDS), np.int64)
        rows = read_csv_blocks(job.ctypes.data, count, found.ctypes.data)
        slow = found[:, ROWS] == SLOW
        starts, stops, per_unit = (np.ascontiguousarray(numbers) for numbers in found[~slow].T)
        return Taken(
            slow=np.flatnonzero(slow),
            starts=starts,
            stops=stops,
            per_unit=per_unit,
            values={name: values[place, :rows] for place, name in enumerate(wanted.measures)},
            strata=_strata(keys[:rows], buffer) if with_keys else None,
        )

    def _roles(self, wanted: Wanted) -> Integers:
        """What is done with each column."""
        roles = np.full(self.file.columns, SKIPPED, np.int64)
        for place, name in enumerate(wanted.measures):
            roles[self.file.names.index(name)] = place
        if wanted.strata is not None:
            roles[self.file.names.index(wanted.strata)] = KEY
        return roles


def _strata(keys: np.ndarray, buffer: Array) -> Strata:
    """The cells of the strata column; an empty one is null."""
    codes, firsts = code_keys(keys.ctypes.data, len(keys), stride=_KEY_BYTES, length=0)
    content, base = memoryview(buffer.data), buffer.ctypes.data
    texts: list[str | None] = []
    for address, length in keys[firsts].tolist():
        texts.append(bytes(content[address - base : address - base + length]).decode() if length else None)
    return Strata(codes, texts)
