"""Rows that are taken in one pass: what is broken is left, whatever the cut; and all that is made of them agrees."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from etl_batch.cell_escape import csv_cell
from etl_batch.formats.csv.column_types import PLACE, SKIPPED, TEXT, CellType, type_named
from etl_batch.formats.csv.columns import Cells, Columns
from etl_batch.formats.csv.taking import RowTaker, Taken
from etl_batch.kernels.cell_readings import Class
from etl_batch.kernels.csv_run_job import RUN_BYTES
from tests.helpers import twins_csv, twins_parse
from tests.helpers.chance import examples
from tests.helpers.csv_calls import at_end_of_page
from tests.property.kernels.test_csv_check import DELIMITERS, any_bytes
from tests.property.kernels.test_csv_rewrite import TRIGGERS, written_cell

_INT, _FLOAT = (type_named(word) for word in ("i64", "f64"))


def taken_of(data: bytes, columns: int, delimiter: str = ",", *, last: int | None = None) -> tuple[Taken, int]:
    """What is taken of the rows that begin no later than `last`, and the address of the data."""
    base = at_end_of_page(data)
    taker = RowTaker(ord(delimiter), columns)
    return taker.take(base, base + (len(data) - 1 if last is None else last), base + len(data)), base


@settings(max_examples=examples(600), deadline=None)
@given(any_bytes, st.integers(1, 4), st.sampled_from(DELIMITERS))
@example(b"a" * 63 + b"\r\n", 1, ",")
@example(b"a" * 63 + b"\r", 1, ",")
@example(b"a" * 63 + b"\ra\n", 1, ",")
@example(b"a" * 64 + b'"\n', 1, ",")
@example(b'"' + b"a" * 62 + b'"', 1, ",")
@example(b'"' + b"a" * 62 + b'"b', 1, ",")
@example(b'"' + b"a" * 61 + b'"\r\n', 1, ",")
@example(b'"' + b"a" * 62 + b'"' + b"b" * 64 + b"\n", 1, ",")
@example(b"a" * 63 + b"\r" + b"b" * 64 + b"\n", 1, ",")
@example(b"a" * 63 + b"\n" + b'"' + b"b" * 200 + b'"\n', 1, ",")
@example(b"a" * 63 + b"\xc3\xa4", 1, ",")
@example(b"a" * 63 + b"\xc3\n", 1, ",")
@example(b"a\n" + b"a" * 100 + b"\0\n", 1, ",")
@example(b"a,b,c\nd\n", 2, ",")
@example(b"a\nb,c,d\n", 2, ",")
@example(b"\n" * 65, 2, ",")
@example(b",\n" * 65, 2, ",")
@example(b"", 1, ",")
def test_sound_or_broken(data: bytes, columns: int, delimiter: str) -> None:
    taken, base = taken_of(data, columns, delimiter)
    expected = twins_csv.sound_rows(data, columns, delimiter)
    assert taken.is_broken == (expected is None)
    if expected is None:
        return
    lines = [data[row.start : row.stop] for row in twins_csv.rows(data, delimiter)]
    pairs = sum(line.endswith(b"\r\n") for line in lines)
    assert (taken.rows, taken.stop - base) == (expected, len(data))
    assert taken.line_ends == (pairs, sum(line.endswith(b"\n") for line in lines) - pairs)
    assert taken.quoted == (b'"' in data)


@settings(max_examples=examples(300), deadline=None)
@given(any_bytes, st.integers(1, 3), st.data())
def test_rows_up_to_some_place(data: bytes, columns: int, more: st.DataObject) -> None:
    last = more.draw(st.integers(0, len(data)))
    wanted = [row for row in twins_csv.rows(data) if row.start <= last]
    taken, base = taken_of(data, columns, last=last)
    assert taken.is_broken == (not all(row.is_sound(data, columns) for row in wanted))
    if not taken.is_broken:
        assert (taken.rows, taken.stop - base) == (len(wanted), wanted[-1].stop if wanted else 0)


@pytest.mark.parametrize("broken", [b"1,2,3\n", b"1\n", b'1,"2"3\n', b'1,2"\n', b"1,\0\n", b"1,\xff\n", b"1\r,2\n"])
@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_of_the_run_with_a_broken_row_nothing_is_taken(broken: bytes, end: bytes) -> None:
    """Wherever it stands: what is before the run is taken whole, and what is written of it is what it is worth."""
    row = b"1," + b"x" * 51 + end
    for before in (0, 1, 70, 71, 72, 140, 400):
        data = row * before + broken + row * 200
        owner = np.frombuffer(data, np.uint8)
        base, out = int(owner.ctypes.data), np.zeros(3 * len(data) + 128, np.uint8)
        starts = np.zeros(before + 300, np.uint32)
        taker = RowTaker(ord(","), 2)
        taker.write(int(out.ctypes.data), 0)
        taker.place(base, starts)
        taken = taker.take(base, base + len(data) - 1, base + len(data))
        assert taken.is_broken
        assert (taken.stop - base) == taken.rows * len(row) <= before * len(row)
        assert before * len(row) - (taken.stop - base) <= RUN_BYTES + len(row)
        assert out[: taken.out - int(out.ctypes.data)].tobytes() == (row[: -len(end)] + b"\n") * taken.rows
        assert starts[: taken.rows].tolist() == [len(row) * number for number in range(taken.rows)]


def test_more_cells_than_the_list_has_room_for_are_no_row() -> None:
    for columns in (1, 3, RUN_BYTES, RUN_BYTES + 3):
        data = b"," * (columns - 1) + b"\n" + b"," * 300_000 + b"\n"
        taken, base = _in_memory(data, columns)
        assert (taken.is_broken, taken.rows) == (True, int(columns > RUN_BYTES))  # else both rows are in one run
        taken, base = _in_memory((b"," * (columns - 1) + b"\n") * 3, columns)
        assert (taken.is_broken, taken.rows, taken.stop - base) == (False, 3, 3 * columns)


def _in_memory(data: bytes, columns: int) -> tuple[Taken, int]:
    base = int(np.frombuffer(data, np.uint8).ctypes.data)
    return RowTaker(ord(","), columns).take(base, base + len(data) - 1, base + len(data)), base


def test_no_more_rows_than_there_is_room_for() -> None:
    data = b"a,b\n" * 5000
    base = int(np.frombuffer(data, np.uint8).ctypes.data)
    starts = np.full(3001, 7, np.uint32)
    taker = RowTaker(ord(","), 2)
    taker.place(base, starts)
    taken = taker.take(base, base + len(data) - 1, base + len(data))
    assert not taken.is_broken
    assert taken.rows <= 3000
    assert taken.stop == base + 4 * taken.rows
    assert (starts[taken.rows + 1 :] == 7).all()


DOTS = (b"", b".", b"..", b"0")
_numbers = st.sampled_from([b"0", b"7", b"-7", b"007", b"+1", b"12345678", b"123456789", b"-9223372036854775808", b"x"])
_floats = st.sampled_from(
    [b"0.5", b"-0.5", b"5", b"12.3456", b"123456.78", b".5", b"5.", b".", b"1.2.3", b"1e3", b"nan", b"-"]
)
_texts = st.lists(st.sampled_from([*TRIGGERS, "a", "ä", "x" * 15, "y" * 16, "z" * 40]), max_size=4).map("".join)


@st.composite
def tables(draw: st.DrawFn) -> tuple[list[list[bytes | None]], bytes, str]:
    """Rows of two texts, an integer and a float in any order, some of which are not what they should be."""
    delimiter, end = draw(st.sampled_from(",;\t|")), draw(st.sampled_from([b"\n", b"\r\n"]))
    text = st.none() | _texts.map(str.encode)
    rows = draw(st.lists(st.tuples(text, st.none() | _numbers, st.none() | _floats, text), min_size=1, max_size=8))
    order, times = draw(st.permutations(range(4))), draw(st.sampled_from([1, 1, 1, 9, 30]))
    table = [[row[place] for place in order] for row in rows] * times
    quote = draw(st.booleans())
    lines = [
        delimiter.join(written_cell(None if cell is None else cell.decode(), delimiter, quote=quote) for cell in row)
        for row in table
    ]
    data = end.join(line.encode() for line in lines) + (end if draw(st.booleans()) else b"")
    return table, data, delimiter


@settings(max_examples=examples(400), deadline=None)
@given(tables(), st.data())
def test_all_that_is_made_of_rows_agrees(
    case: tuple[list[list[bytes | None]], bytes, str], more: st.DataObject
) -> None:
    """Written, read, placed, looked at: in one pass, in stretches cut anywhere, as the twins have it."""
    table, data, delimiter = case
    kinds = [more.draw(st.sampled_from([_INT, _FLOAT, TEXT, PLACE, SKIPPED])) for _ in range(4)]
    # Where more of the file follows, short cells are read in another way.
    stop = len(data) + (64 if data.endswith(b"\n") and more.draw(st.booleans()) else 0)
    owner = np.frombuffer(data + b"5" * 64, np.uint8)
    base = int(owner.ctypes.data)
    taker = RowTaker(ord(delimiter), 4)
    out, counts = np.zeros(3 * len(data) + 256, np.uint8), np.zeros(2, np.uint64)
    classes = np.zeros(4, np.uint8)
    taker.write(int(out.ctypes.data), int(counts.ctypes.data))
    taker.classify(classes)
    reader = Cells.of(base, base + len(data), ord(delimiter), (len(table), 4)).reading(kinds, taker)
    cuts = more.draw(st.lists(st.integers(0, len(data) - 1), max_size=3).map(sorted))
    at = base
    for last in (*cuts, len(data) - 1):
        taken = taker.take(at, base + last, base + stop)
        assert not taken.is_broken
        at = taken.stop
    assert (at, taken.rows) == (base + len(data), len(table))
    lines = [",".join(csv_cell(None if cell is None else cell.decode()) for cell in row) + "\n" for row in table]
    assert out[: taken.out - int(out.ctypes.data)].tobytes().decode() == "".join(lines)
    starts = [row.start for row in twins_csv.rows(data, delimiter)]
    found = reader.columns()
    assert found.row_starts[:-1].tolist() == starts
    assert classes.tolist() == [_seen(column) for column in zip(*table, strict=True)]
    bad = [_first_bad(row, kinds) for row in table]
    assert (found.bad.tolist() if found.bad is not None else [-1] * len(table)) == bad
    assert taken.bad_rows == sum(place >= 0 for place in bad)
    for place, (kind, column) in enumerate(zip(kinds, zip(*table, strict=True), strict=True)):
        _agree_on_column(found, place, kind, column)


@settings(max_examples=examples(300), deadline=None)
@given(tables(), st.booleans())
def test_what_numbers_look_like_is_noted_as_they_are_read(
    case: tuple[list[list[bytes | None]], bytes, str], more_follows: bool
) -> None:
    """So that the types of columns that were read as numbers can be told; cells that are none are counted."""
    table, data, delimiter = case
    for kinds in ([_INT, _FLOAT, SKIPPED, _INT], [_FLOAT, _INT, _FLOAT, SKIPPED]):
        owner = np.frombuffer(data + b"5" * 64, np.uint8)
        base = int(owner.ctypes.data)
        taker, classes = RowTaker(ord(delimiter), 4), np.zeros(4, np.uint8)
        cells = Cells.of(base, base + len(data), ord(delimiter), (len(table) + 3, 4))
        reader = cells.reading(kinds, taker, is_strict=True)
        taker.note_classes(classes)
        stop = base + len(data) + (64 if data.endswith(b"\n") and more_follows else 0)
        taken = taker.take(base, base + len(data) - 1, stop)
        assert (taken.rows, taken.stop) == (len(table), base + len(data))
        assert reader.columns(taken.rows).rows == len(table)
        columns = list(zip(*table, strict=True))
        cells_of = [(cell, kind) for kind, column in zip(kinds, columns, strict=True) for cell in column]
        assert taken.bad_rows == sum(_first_bad([cell], [kind]) == 0 for cell, kind in cells_of)
        for kind, column, noted in zip(kinds, columns, classes.tolist(), strict=True):
            seen = _every_class(column) if kind in {_INT, _FLOAT} else 0
            if kind is _FLOAT:  # they stay floats by either
                either = Class.FLOAT | Class.NUMBER
                assert bool(noted & either) == bool(seen & either)
                assert noted & ~either == seen & ~either
            else:
                assert noted == seen


def _every_class(column: Sequence[bytes | None]) -> int:
    seen = 0
    for cell in column:
        seen |= _seen([cell])
    return seen


def _seen(column: Sequence[bytes | None]) -> int:
    seen = 0
    for cell in column:
        seen |= Class.EMPTY if cell is None else twins_parse.cell_class(cell) if cell else Class.TEXT
        if seen & Class.TEXT:
            break
    return seen


def _value(kind: CellType, cell: bytes) -> float | int | None:
    if kind is _INT:
        number = twins_parse.signed(cell)
        return number if number is not None and -(2**63) <= number < 2**63 else None
    return twins_parse.float64(cell)


def _first_bad(row: Sequence[bytes | None], kinds: Sequence[CellType]) -> int:
    wrong = (
        place
        for place, (cell, kind) in enumerate(zip(row, kinds, strict=True))
        if kind in {_INT, _FLOAT} and cell is not None and _value(kind, cell) is None
    )
    return next(wrong, -1)


def _agree_on_column(found: Columns, place: int, kind: CellType, column: Sequence[bytes | None]) -> None:
    room = found.rooms[place]
    if kind is SKIPPED:
        return
    assert room.valid[: len(column)].tolist() == [cell is not None for cell in column]
    if kind is TEXT:
        assert found.array(place).to_pylist() == [None if cell is None else cell.decode() for cell in column]
    elif kind is PLACE:
        assert found.used[place] == sum(b'"' in (cell or b"") for cell in column)
    else:
        stored = room.values.view(np.int64 if kind is _INT else np.float64)[: len(column)]
        expected = [0 if cell is None else _value(kind, cell) for cell in column]
        sound = [number for number, one in enumerate(expected) if one is not None]
        wanted = np.array([expected[number] for number in sound], dtype=stored.dtype)
        np.testing.assert_array_equal(stored[sound], wanted)


@pytest.mark.parametrize("kind", [_INT, _FLOAT], ids=lambda kind: kind.word)
@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_every_short_cell_as_a_number(kind: CellType, end: bytes) -> None:
    """Alone in its column, and before another one; among so many rows nearly all are read the quick way."""
    short = [bytes(cell) for length in range(5) for cell in itertools.product(b"05.-e", repeat=length)]
    long = [b"1234567890123456789"[: place - 1] + dot + b"98765"[: 9 - place] for place in range(1, 10) for dot in DOTS]
    cells = [cell or None for cell in (*short, *long)]
    for columns in (1, 2):
        data = b"".join(b",".join([cell or b""] * columns) + end for cell in cells)
        base = int(np.frombuffer(data, np.uint8).ctypes.data)
        found = Cells.of(base, base + len(data), ord(","), (len(cells), columns)).read([kind] * columns)
        bad = [_first_bad([cell], [kind]) for cell in cells]
        assert found.bad is not None
        assert found.bad.tolist() == bad
        for place in range(columns):
            _agree_on_column(found, place, kind, cells)
