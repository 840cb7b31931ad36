"""Blocks of a CSV own every row exactly once, however it is quoted; or it is said that it cannot be told."""

from __future__ import annotations

import csv
import io
import os
import tempfile
from pathlib import Path, PurePosixPath

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from etl_batch.formats.csv.csv_file import CsvFile
from etl_batch.formats.csv.unit_ownership import Ownership, Window
from etl_batch.formats.units.unit import CannotSample
from etl_batch.storage.paths import FileIdentity
from etl_batch.storage.roots import Place
from tests.helpers.chance import examples

HEADER = b"a,b,c\n"
CELLS = st.one_of(
    st.sampled_from(["1", "", "x,y", 'say "hi"', "two\nlines", '","', '"', "1,2,3\n4,5,6\n", '\n"', "a\r\nb", '",\n"']),
    st.text('ab",\n1', max_size=12),
    st.integers(0, 10**6).map(str),
)  # fmt: skip
ROWS = st.lists(st.lists(CELLS, min_size=3, max_size=3), min_size=1, max_size=40)


def written(rows: list[list[str]], quoting: int, end: str) -> list[bytes]:
    lines = []
    for row in rows:
        out = io.StringIO()
        csv.writer(out, quoting=quoting, lineterminator=end).writerow(row)  # type: ignore[arg-type]
        lines.append(out.getvalue().encode())
    return lines


def owned(content: bytes, block: int, room: int = 0) -> list[tuple[int, int, int]]:
    """Where the rows of each block start and stop, and how many they are."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rows.csv"
        path.write_bytes(content)
        descriptor = os.open(path, os.O_RDONLY)
        try:
            place = Place(Path(folder), PurePosixPath("rows.csv"))
            identity = FileIdentity.of(descriptor)
            file = CsvFile(place, identity, ord(","), ("a", "b", "c"), len(HEADER), (None, None, None))
            ownership = Ownership(file, descriptor)
            found = []
            for begin in range(len(HEADER), len(content), block):
                end = min(begin + block, len(content))
                raw = content[begin - 1 : end + room]
                window = Window(raw, int(np.frombuffer(raw, np.uint8).ctypes.data), begin - 1, begin - 1 + len(raw))
                found.append(ownership.rows_of(begin, end, window)[0])
            ownership.confirm()
            return found
        finally:
            os.close(descriptor)


@given(
    ROWS, st.integers(1, 90), st.integers(0, 40),
    st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]), st.sampled_from(["\n", "\r\n"]),
)  # fmt: skip
@settings(max_examples=examples(400), deadline=None)
def test_every_row_belongs_to_the_block_that_it_starts_in(
    rows: list[list[str]], block: int, room: int, quoting: int, end: str
) -> None:
    lines = written(rows, quoting, end)
    content = HEADER + b"".join(lines)
    starts = (len(HEADER) + np.cumsum([0, *map(len, lines)])).tolist()
    try:
        found = owned(content, block, room)
    except CannotSample:
        return  # allowed; that it is rare for sane files is tested below
    for place, (start, stop, count) in enumerate(found):
        begin = len(HEADER) + place * block
        own = [one for one in starts[:-1] if begin < one <= begin + block or one == begin == len(HEADER)]
        if begin + block >= len(content):
            own = [one for one in own if one < len(content)]
        assert count == len(own)
        if own:
            assert start == own[0]
            assert stop == starts[starts.index(own[-1]) + 1]
    assert sum(count for _, _, count in found) == len(rows)


@pytest.mark.parametrize("block", [100, 1000])
@pytest.mark.parametrize("quoting", [csv.QUOTE_MINIMAL, csv.QUOTE_ALL])
def test_usual_files_can_be_told(quoting: int, block: int) -> None:
    rows = [
        [str(one), f'text {one}, with "quotes"\nand lines' if one % 3 else "plain", f"{one / 7:.3f}"]
        for one in range(500)
    ]
    found = owned(HEADER + b"".join(written(rows, quoting, "\n")), block)
    assert sum(count for _, _, count in found) == 500


def test_a_cell_of_many_lines_that_look_like_rows_is_not_taken_for_rows() -> None:
    trap = '"' + "1,2,3\n" * 300 + '"'
    content = HEADER + b"".join(b"%d,x,y\n" % one for one in range(200)) + f'9,{trap},"z"\n'.encode()
    with pytest.raises(CannotSample):
        owned(content, 256)


def test_broken_rows_are_not_sampled() -> None:
    with pytest.raises(CannotSample):
        owned(HEADER + b"1,2,3\n" * 100 + b"1,2\n" + b"1,2,3\n" * 100, 128)
