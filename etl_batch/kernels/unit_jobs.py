"""The fields of a job for `unit_reads`, and of its answer."""

from __future__ import annotations

#: fields of the job that `read_csv_blocks` takes, all of them uint64
(
    FD,  #: descriptor of the open file
    SIZE,  #: of the file, bytes
    DATA_START,  #: where the rows begin
    BEGINS,  #: address of where the blocks begin, uint64
    ENDS,  #: address of where they end
    BUFFER,  #: address of the room for what is read
    ROOM,  #: bytes that are read of each block, and behind it
    STRIDE,  #: bytes from one block to the next in the buffer; 0: each in the place of the one before
    DELIMITER,  #: between cells
    COLUMNS,  #: cells of a row
    ROLES,  #: address of what to do with each column, int64: SKIPPED, KEY, or which measure
    CAPACITY,  #: rows that there is room for
    VALUES,  #: address of float64, `CAPACITY` for each measure, one measure behind the other; null is NaN
    KEYS,  #: address of the keys: address and length, uint64, for each row
) = range(14)
JOB_FIELDS = 14
KEY_FIELDS = 2
SKIPPED, KEY = -1, -2

#: the answer for each block: where its rows start and stop in the file, and how many there are
START, STOP, ROWS = range(3)
BLOCK_FIELDS = 3
SLOW = -1  #: in the place of the rows: the block must be looked at in another way, or is broken
