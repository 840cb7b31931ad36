"""Whole CSV files, cut into chunks of every size: the cells are those that Python's `csv` module reads.

Python is laxer even in strict mode: it takes quotes inside plain cells, a lone CR as a line's end, NUL, and rows of
any number of cells. Files with one of these must be refused here, and nothing else may be.
"""

from __future__ import annotations

import csv
import io
import random
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings

from etl_batch.cell_escape import unescape_csv_injection
from etl_batch.errors import BadRow, CsvHeaderWidth, FormatMagic
from etl_batch.formats.csv.header_width import width_of_rows
from etl_batch.kernels.csv_problems import Problem
from etl_batch.options.input_reading import HeaderLine
from tests.data_makers.csv_files import FILES, SMALLEST_CHUNK, TEXTS, odd_files, python_files, sizes
from tests.helpers import twins_csv
from tests.helpers.chance import examples
from tests.helpers.csv_calls import Converted, convert

#: so that nothing is told by the rows: each of them is held to this
SAID: dict[str, Any] = {"header": HeaderLine.YES, "skip_lines": 0}


def python_reads(data: bytes, delimiter: str) -> list[list[str]]:
    """The rows; a blank line is a row of one empty cell."""
    text = io.StringIO(data.decode(), newline="")
    return [row or [""] for row in csv.reader(text, delimiter=delimiter, strict=True)]


def header(columns: int, delimiter: str, end: bytes) -> bytes:
    return delimiter.join("c" * (number + 1) for number in range(columns)).encode() + end


def our_cells(found: Converted) -> list[list[str]]:
    return [[unescape_csv_injection(cell) for cell in row] or [""] for row in found.cells]


def check_sound(target: Path, data: bytes, columns: int, delimiter: str, sizes: list[int]) -> None:
    """A sound file gives Python's cells, and the same bytes and values, whatever the size of chunks."""
    whole = header(columns, delimiter, b"\n") + data
    target.write_bytes(whole)
    first = convert(target, **SAID, delimiter=delimiter, parquet=True)
    assert our_cells(first) == python_reads(data, delimiter)
    rows = list(twins_csv.rows(data, delimiter))
    assert first.source.rows == first.rows_out == len(rows)
    nulls = [[cell is None for cell in row.cells] for row in rows]
    arrays = [column.to_pylist() for column in first.table.columns]
    assert [[array[row] is None for array in arrays] for row in range(len(rows))] == nulls
    for size in sizes:
        found = convert(target, **SAID, delimiter=delimiter, parquet=True, chunk_bytes=size)
        assert (found.csv, found.escaped, found.rejected) == (first.csv, first.escaped, [])
        assert found.table.equals(first.table)


def check_broken(target: Path, data: bytes, columns: int, delimiter: str, sizes: list[int]) -> None:
    """A broken file is refused at the same row, whatever the size of chunks; set aside, the rest is sound."""
    head = header(columns, delimiter, b"\n")
    target.write_bytes(head + data)
    rows = list(twins_csv.rows(data, delimiter))
    number = next(number for number, row in enumerate(rows) if not row.is_sound(data, columns))
    says = f"row {number + 1} (at byte {len(head) + rows[number].start}): "
    quarantined = convert(target, **SAID, delimiter=delimiter, on_bad_row="quarantine")
    assert (quarantined.rejected[0].row, quarantined.rejected[0].byte) == (number + 1, len(head) + rows[number].start)
    if not any(row.quotes_broken for row in rows):
        bad = [row for row in rows if not row.is_sound(data, columns)]
        assert [one.raw for one in quarantined.rejected] == [data[row.start : row.stop] for row in bad]
    for size in [*sizes, 64 * 2**20]:
        with pytest.raises((BadRow, FormatMagic)) as caught:
            convert(target, **SAID, delimiter=delimiter, chunk_bytes=size)
        assert says in str(caught.value)
        found = convert(target, **SAID, delimiter=delimiter, on_bad_row="quarantine", chunk_bytes=size)
        assert (found.csv, found.rejected) == (quarantined.csv, quarantined.rejected)
        assert found.source.rows == quarantined.source.rows


def header_is_at_fault(data: bytes, columns: int, delimiter: str) -> bool:
    """Whether all rows agree with each other and not with the header."""
    rows = [row for row in twins_csv.rows(data, delimiter) if data[row.start : row.stop].strip(b"\r\n")]
    unclear = (*twins_csv.QUOTE_PROBLEMS, Problem.LONE_RETURN)
    widths = (None if any(one in unclear for _, one in row.problems) else len(row.cells) for row in rows)
    return width_of_rows(columns, widths) is not None


def check(target: Path, data: bytes, columns: int, delimiter: str, sizes: list[int]) -> None:
    if header_is_at_fault(data, columns, delimiter):
        target.write_bytes(header(columns, delimiter, b"\n") + data)
        with pytest.raises(CsvHeaderWidth):
            convert(target, **SAID, delimiter=delimiter)
        return
    if twins_csv.sound_rows(data, columns, delimiter) is not None:
        check_sound(target, data, columns, delimiter, sizes)
        return
    check_broken(target, data, columns, delimiter, sizes)
    try:
        accepted = [len(row) for row in python_reads(data, delimiter)]
    except (csv.Error, UnicodeDecodeError):
        return
    lax = b'"' in data or b"\0" in data or b"\r" in data.replace(b"\r\n", b"") or set(accepted) != {columns}
    assert lax, "refused, though Python reads it"


@settings(max_examples=examples(300), deadline=None)
@given(case=python_files(), sizes=sizes)
def test_what_python_writes(target: Path, case: tuple[bytes, int, str], sizes: list[int]) -> None:
    check(target, *case, sizes)


@settings(max_examples=examples(250), deadline=None)
@given(case=odd_files(), sizes=sizes)
@example((b'1,"a\n2,b\n3,c\n', 2, ","), [16])
@example((b'\0a"\n1\n1\n1\n1\n1\n1\n1\n1\n1\n1\n1\n1\n1\n1\n', 1, ","), [16])
@example((b'a\rb"\n1\n1\n1\n1\n1\n1\n1\n1\n1\n1\n1\n1\n1\n1\n', 1, ","), [16])
def test_what_hands_write(target: Path, case: tuple[bytes, int, str], sizes: list[int]) -> None:
    check(target, *case, sizes)


@pytest.mark.parametrize("name", FILES)
def test_every_size_of_chunks(target: Path, name: str) -> None:
    data, columns = FILES[name]
    check(target, data, columns, ",", [*range(SMALLEST_CHUNK, len(data) + 20, 1 if len(data) < 200 else 3)])


@pytest.mark.parametrize("size", [1, 2, 3, 5])
def test_chunks_of_a_few_bytes(target: Path, size: int) -> None:
    for data, columns in FILES.values():
        check(target, data[:150], columns, ",", [size])


def test_large_files_at_random(target: Path) -> None:
    chosen = random.Random(3)
    for _ in range(12):
        columns = chosen.randrange(1, 6)
        text = io.StringIO(newline="")
        writer = csv.writer(text, lineterminator=chosen.choice(["\n", "\r\n"]), quoting=chosen.choice([0, 1]))
        for _ in range(chosen.randrange(200, 1500)):
            writer.writerow(["".join(chosen.choices(TEXTS, k=chosen.randrange(12))) for _ in range(columns)])
        check(target, text.getvalue().encode(), columns, ",", [chosen.randrange(100, 5000) for _ in range(2)])
