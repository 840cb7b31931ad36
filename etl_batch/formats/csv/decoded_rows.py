"""Rows of an encoding of one byte a character, decoded and written as what their cells mean in one go.

For sound rows alone, of which nothing is ever looked for in the input: what else there is, is copied as UTF-8 before.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from etl_batch.config import JobConfig, OnBadRow
from etl_batch.formats.csv.cell_rules import RuleTable
from etl_batch.formats.csv.csv_file import CsvFile
from etl_batch.formats.csv.header import Header
from etl_batch.formats.csv.header_width import refuse_other_width
from etl_batch.formats.csv.meant_runs import MeantRuns
from etl_batch.formats.csv.opened_csv import OpenedCsv
from etl_batch.formats.csv.transcoded import single_byte_text
from etl_batch.formats.single_byte import SingleByteText
from etl_batch.formats.unchanged import open_again
from etl_batch.kernels.columns import Array
from etl_batch.kernels.single_byte import BYTES_OF_CODE, ROOM_BEHIND
from etl_batch.storage.os_refusals import reading
from etl_batch.storage.part_file import write_all
from etl_batch.values import KIB, MIB

_STEP_BYTES = MIB  #: of a quarter of it, calls cost 5 ns a row more
_LONGEST_BYTES = 4 * MIB  #: of a row, in UTF-8
_CONTINUES, _HIGHEST_BITS = 0x80, 0xC0  #: bytes of UTF-8 that go on with a character


class NotPlain(Exception):
    """Rows cannot be written in one go."""


def is_decoded_on_the_way(opened: Sequence[OpenedCsv], config: JobConfig) -> bool:
    """Whether inputs may be read so: where a row could be bad by its cells, or be set aside, it is looked for."""
    is_strict = config.on_bad_row == OnBadRow.STRICT and config.types is None
    return is_strict and all(map(_may_be, (one.header for one in opened)))


def _may_be(header: Header) -> bool:
    text = single_byte_text(header.encoding)
    return text is not None and text.holds_ascii and header.shape.is_plain and header.line_ends.as_usual


def decoded_on_the_way(files: Sequence[CsvFile], opened: Sequence[OpenedCsv], config: JobConfig) -> list[CsvFile]:
    """Files as they are read so.

    Raises:
        NotPlain: they cannot be.
        CsvHeaderWidth: the rows of one have another number of cells than its header.
    """
    if not is_decoded_on_the_way(opened, config):
        raise NotPlain
    return [_decoded(file, one.header) for file, one in zip(files, opened, strict=True)]


def _decoded(file: CsvFile, header: Header) -> CsvFile:
    text = _text_of(header.encoding)
    descriptor = open_again(file.place)
    try:
        above = np.frombuffer(text(os.pread(descriptor, file.data_start, 0)), dtype=np.uint8)[: file.data_start]
        start = int(np.count_nonzero(above & _HIGHEST_BITS != _CONTINUES))  # characters, and bytes of the file
        refuse_other_width(descriptor, replace(header, data_start=start), header.delimiter, str(file.place.path))
    finally:
        os.close(descriptor)
    return replace(file, data_start=start, decoded_from=header.encoding)


def _text_of(encoding: str | None, *, is_strict: bool = False) -> SingleByteText:
    text = single_byte_text(encoding or "", is_strict=is_strict)
    if text is None:
        raise TypeError(f"{encoding} has more than one byte a character")
    return text


def write_decoded(file: CsvFile, table: RuleTable, copy: tuple[int, str]) -> int:
    """Write the copy.

    Args:
        file: as it is decoded on the way.
        table: what its cells mean; they are noted there.
        copy: descriptor, and the folder of it, for messages.

    Returns:
        Where its rows begin; bytes.

    Raises:
        DiskFull: there is no room for it.
        NotPlain: a row is broken, or of megabytes, or holds an undefined byte; the copy is worth nothing.
    """
    rows = _Rows(file)
    try:
        head = rows.head()
        written, row = len(head), 1
        write_all(copy[0], head, 0, copy[1])
        runs = MeantRuns(table, file.delimiter, is_utf8=True)
        while rows.go_on():
            while rows.at < rows.stop:
                found = runs.write(rows.at, rows.stop - 1, rows.stop, row)
                write_all(copy[0], found.content, written, copy[1])
                written, row, rows.at = written + len(found.content), row + found.rows, found.stop
                if found.is_broken:  # or it goes on behind what was read
                    break
    finally:
        os.close(rows.descriptor)
    return len(head)


class _Rows:
    """The text of a file, a piece after the other, from the first row on that was not taken yet."""

    def __init__(self, file: CsvFile) -> None:
        self._text = _text_of(file.decoded_from, is_strict=True)
        self._head = _text_of(file.decoded_from)
        self._name = str(file.place.path)
        self._read = file.data_start
        self._read_into = bytearray(_STEP_BYTES)  # the same memory each time: pages of its own would cost 2 ns a row
        self._room = np.empty(_LONGEST_BYTES + BYTES_OF_CODE * _STEP_BYTES + ROOM_BEHIND, dtype=np.uint8)
        self._is_whole = False
        self._end = self._room.ctypes.data  #: address behind the text
        self.at = self._end  #: address of the first row that was not taken
        self.stop = self._end  #: address behind the last line feed, and at the end of the file behind the text
        self.descriptor = open_again(file.place)

    def head(self) -> bytes:
        """What stands above the rows."""
        with reading(self._name):
            return self._head(os.pread(self.descriptor, self._read, 0))

    def go_on(self) -> bool:
        """Decode more; false: all was taken.

        Raises:
            NotPlain: what was not taken is more than a row, or all that there is; or a byte stands for nothing.
        """
        base, left = int(self._room.ctypes.data), self._end - self.at
        if left > _LONGEST_BYTES or (self._is_whole and left):
            raise NotPlain
        if self._is_whole:
            return False
        self._room[:left] = self._room[self.at - base : self._end - base].copy()
        content = self._content()
        self._read += len(content)
        self._is_whole = not content
        self.at, self._end = base, self._text.write(content, base + left)
        if self._end == 0:
            raise NotPlain
        self.stop = self._end if self._is_whole else base + _behind_last_line_feed(self._room[: self._end - base])
        return True

    def _content(self) -> memoryview:
        """What comes next; good until it is asked for again."""
        with reading(self._name):
            length = os.preadv(self.descriptor, [self._read_into], self._read)
        return memoryview(self._read_into)[:length]


def _behind_last_line_feed(text: Array) -> int:
    """0: there is none."""
    looked_at = 4 * KIB
    while True:
        first = max(len(text) - looked_at, 0)
        place = text[first:].tobytes().rfind(b"\n")
        if place >= 0 or first == 0:
            return first + place + 1
        looked_at *= 4
