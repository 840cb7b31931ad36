"""The cells of CSV rows, found and read a column at a time, are what one byte after another gives."""

from __future__ import annotations

import itertools
import math
import struct
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from etl_batch.formats.csv.column_types import PLACE, SKIPPED, TEXT, CellType, arrow_type, type_named
from etl_batch.formats.csv.columns import Cells, Columns
from etl_batch.formats.csv.line_store import LineStore, pack_lines
from etl_batch.kernels.cell_readings import Class, Reading
from tests.helpers import twins_csv, twins_parse
from tests.helpers.chance import examples

Cell = bytes | None  # None is null
_FIXED = CellType("bytes of 2", Reading.FIXED_BYTES, 2)
WORDS = (
    "i8", "i16", "i32", "i64", "u8", "u16", "u32", "u64", "f32", "f64", "bool", "str", "bytes", "date", "timestamp[s]",
    "timestamp[ms]", "timestamp[us]", "timestamp[ns]", "local_timestamp[s]", "local_timestamp[ns]", "decimal(1)",
    "decimal(9,2)", "decimal(38,38)", "decimal(38)",
)  # fmt: skip
KINDS = [*(type_named(word) for word in WORDS), _FIXED]


def cells_of(data: bytes, rows: int, columns: int, delimiter: str = ",") -> tuple[Cells, object]:
    """The cells, and what keeps their memory."""
    owner = np.frombuffer(data or b"\0", dtype=np.uint8)
    base = int(owner.ctypes.data)
    return Cells.of(base, base + len(data), ord(delimiter), (rows, columns)), owner


def read(data: bytes, rows: int, types: Sequence[CellType]) -> Columns:
    cells, owner = cells_of(data, rows, len(types))
    assert cells.rows == rows
    found = cells.read(types)
    del owner
    return found


def _integer(kind: CellType, number: int | None, lowest: int) -> int | None:
    highest = lowest + 2 ** (8 * kind.width)
    return number if number is not None and lowest <= number < highest else None


def _float(kind: CellType, cell: bytes) -> bytes | None:
    number = (twins_parse.float64 if kind.width == 8 else twins_parse.float32)(cell)
    return None if number is None else float_bits(number)


def _fixed_bytes(kind: CellType, cell: bytes) -> bytes | None:
    raw = twins_parse.hex_bytes(cell)
    return raw if raw is not None and len(raw) == kind.width else None


_VALUES: dict[Reading, Callable[[CellType, bytes], Any]] = {
    Reading.SIGNED: lambda kind, cell: _integer(kind, twins_parse.signed(cell), -(2 ** (8 * kind.width - 1))),
    Reading.UNSIGNED: lambda kind, cell: _integer(kind, twins_parse.unsigned(cell), 0),
    Reading.FLOAT: _float,
    Reading.BOOL: lambda _, cell: twins_parse.bool_value(cell),
    Reading.DATE: lambda _, cell: twins_parse.date_days(cell),
    Reading.TIMESTAMP: lambda kind, cell: twins_parse.timestamp_ticks(cell, kind.extra, zoned=True),
    Reading.LOCAL_TIMESTAMP: lambda kind, cell: twins_parse.timestamp_ticks(cell, kind.extra, zoned=False),
    Reading.DECIMAL: lambda kind, cell: twins_parse.decimal(cell, kind.width, kind.extra),
    Reading.FIXED_BYTES: _fixed_bytes,
    Reading.BYTES: lambda _, cell: twins_parse.hex_bytes(cell),
    Reading.TEXT: lambda _, cell: cell.decode(),
}


def value(kind: CellType, cell: bytes) -> Any:  # noqa: ANN401 - of any type
    """What a cell means as Arrow stores it; None: it is not of the type."""
    return _VALUES[kind.reading](kind, cell)


def float_bits(number: float) -> bytes:
    """All NaNs are one."""
    return b"NaN" if math.isnan(number) else struct.pack("<d", number)


def stored(array: pa.Array) -> list[Any]:
    """The values of an array as `value` gives them."""
    kind = array.type
    if pa.types.is_floating(kind):
        return [None if one is None else float_bits(one) for one in array.to_pylist()]
    if pa.types.is_boolean(kind):
        return [None if one is None else int(one) for one in array.to_pylist()]
    if pa.types.is_date(kind):
        return array.cast(pa.int32()).to_pylist()  # type: ignore[no-any-return]
    if pa.types.is_timestamp(kind):
        return array.cast(pa.int64()).to_pylist()  # type: ignore[no-any-return]
    if pa.types.is_decimal(kind):
        return [None if one is None else int(one.scaleb(kind.scale)) for one in array.to_pylist()]
    return array.to_pylist()  # type: ignore[no-any-return]


def written(cell: Cell, *, quote: bool) -> bytes:
    if cell is None:
        return b""
    if quote or not cell or any(byte in cell for byte in (b'"', b",", b"\r", b"\n")):
        return b'"' + cell.replace(b'"', b'""') + b'"'
    return cell


def agree(rows: Sequence[Sequence[Cell]], types: Sequence[CellType], data: bytes) -> None:
    """The arrays, and which rows are bad, are as the twins say."""
    found = read(data, len(rows), types)
    wanted = [
        [(cell is None, None if cell is None else value(kind, cell)) for kind, cell in zip(types, row, strict=True)]
        for row in rows
    ]
    bad = [next((place for place, (null, one) in enumerate(row) if not null and one is None), -1) for row in wanted]
    assert (found.bad.tolist() if found.bad is not None else [-1] * len(rows)) == bad
    for column, (kind, array) in enumerate(zip(types, found.arrays(), strict=True)):
        assert array.type == arrow_type(kind)
        if all(one == -1 for one in bad):
            array.validate(full=True)
            assert stored(array) == [row[column][1] for row in wanted]


GOOD: dict[Reading, st.SearchStrategy[bytes]] = {
    Reading.SIGNED: (st.integers(-(2**63), 2**63 - 1) | st.integers(-200, 200)).map(b"%d".__mod__),
    Reading.UNSIGNED: st.integers(0, 2**64 - 1).map(b"%d".__mod__) | st.integers(0, 300).map(b"%d".__mod__),
    Reading.FLOAT: st.floats().map(lambda one: repr(one).encode()) | st.sampled_from([b"007", b"+5", b"-.5e-3"]),
    Reading.BOOL: st.sampled_from([b"true", b"false", b"True", b"0", b"1", b"FALSE"]),
    Reading.DATE: st.dates().map(lambda day: day.isoformat().encode()),
    Reading.TIMESTAMP: st.datetimes().map(lambda one: one.isoformat().encode())
    | st.datetimes().map(lambda one: one.replace(microsecond=0).isoformat().encode() + b"Z"),
    Reading.LOCAL_TIMESTAMP: st.datetimes().map(lambda one: one.replace(microsecond=0).isoformat(" ").encode()),
    Reading.DECIMAL: st.decimals(allow_nan=False, allow_infinity=False).map(lambda one: format(one, "f").encode()),
    Reading.FIXED_BYTES: st.binary(min_size=2, max_size=2).map(lambda raw: raw.hex().encode()),
    Reading.BYTES: st.binary(max_size=40).map(lambda raw: raw.hex().encode()),
    Reading.TEXT: st.text(max_size=20).filter(lambda text: "\0" not in text).map(str.encode),
}  # fmt: skip


@settings(max_examples=examples(500), deadline=None)
@given(st.data())
def test_every_reading(data: st.DataObject) -> None:
    types = data.draw(st.lists(st.sampled_from(KINDS), min_size=1, max_size=4))
    odd = st.sampled_from([b"", b"x", b"-", b"1", b"-1", b"1e5", b"1970-01-01", b"ab", b"abc", b'"', b"nan", b" 1"])
    columns = [st.none() | GOOD[kind.reading] | (odd if data.draw(st.booleans()) else st.none()) for kind in types]
    rows = data.draw(st.lists(st.tuples(*columns), max_size=12))
    end = data.draw(st.sampled_from([b"\n", b"\r\n"]))
    lines = [b",".join(written(cell, quote=data.draw(st.booleans())) for cell in row) for row in rows]
    content = end.join(lines)
    if (content and data.draw(st.booleans())) or (rows and not lines[-1]):
        content += end
    agree(rows, types, content if rows else b"")


@pytest.mark.parametrize("columns", [1, 3])
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.word)
def test_more_rows_than_a_block(kind: CellType, columns: int) -> None:
    """The kernels work in blocks of 512 rows; every third cell is null."""
    samples = [b"1", b"0", None] if value(kind, b"1") is not None else _samples(kind)
    count = 1100
    rows = [[samples[(row + column) % 3] for column in range(columns)] for row in range(count)]
    data = b"".join(b",".join(written(cell, quote=False) for cell in row) + b"\r\n" for row in rows)
    agree(rows, [kind] * columns, data)


def _samples(kind: CellType) -> list[Cell]:
    fitting: dict[Reading, bytes] = {Reading.FIXED_BYTES: b"00ff", Reading.BYTES: b"0aff00", Reading.DECIMAL: b"0.5"}
    cell = fitting.get(kind.reading, b"2000-02-29")
    assert value(kind, cell) is not None
    return [cell, cell, None]


@settings(max_examples=examples(500), deadline=None)
@given(st.data())
def test_texts_and_skipped_columns(data: st.DataObject) -> None:
    text = st.text(st.sampled_from('a",\r\nä;' + "x" * 3), max_size=80).map(str.encode)
    columns = data.draw(st.integers(1, 3))
    rows = data.draw(st.lists(st.lists(st.none() | text, min_size=columns, max_size=columns), min_size=1, max_size=20))
    content = b"".join(b",".join(written(cell, quote=False) for cell in row) + b"\n" for row in rows)
    assert [row.cells for row in twins_csv.rows(content)] == rows
    agree(rows, [TEXT] * columns, content)
    assert read(content, len(rows), [SKIPPED] * columns).bad is None


def test_as_many_cells_as_the_rows_have() -> None:
    for columns in range(1, 70):
        for rows in (0, 1, 2, 63, 64, 65):
            data = (b",".join([b"1"] * columns) + b"\n") * rows
            cells, owner = cells_of(data, rows, columns)
            assert cells.rows == rows
            assert cells.starts().tolist() == list(range(0, 2 * rows * columns + 1, 2))
            del owner


CLASS_CELLS = (
    b"0", b"-1", b"9223372036854775807", b"9223372036854775808", b"-9223372036854775808", b"18446744073709551615",
    b"18446744073709551616", b"007", b"+5", b"1.5", b"1.50", b"1e5", b"100000.0", b"1e+16", b"NaN", b"inf", b"nan",
    b"x", b"", b"-0", b"0.0", b"-0.0", b".5", b"1970-01-01", b"true", b'"', b"12345678", b"123456789", b"12345678.5",
)  # fmt: skip


@settings(max_examples=examples(800), deadline=None)
@given(st.lists(st.none() | st.sampled_from(CLASS_CELLS), max_size=6), st.booleans())
def test_what_columns_look_like(column: list[Cell], quote: bool) -> None:
    expected = 0
    for cell in column:
        if cell is None:
            expected |= Class.EMPTY
        else:
            expected |= twins_parse.cell_class(cell) if cell else Class.TEXT
        if expected & Class.TEXT:
            break  # then the rest is not looked at
    for columns, end in ((1, b"\n"), (3, b"\r\n"), (2, b"\n")):
        data = b"".join(b",".join([written(cell, quote=quote)] * columns) + end for cell in column)
        cells, owner = cells_of(data, len(column), columns)
        classes = np.zeros(columns, dtype=np.uint8)
        cells.classify(classes)
        assert classes.tolist() == [expected] * columns
        del owner


def check_classes_behind_numbers(cells: Sequence[bytes]) -> None:
    """Each cell in a column of its own, behind an integer and a float: what is short is told in another way there."""
    columns = len(cells)
    data = b"".join(b",".join(row) + b"\n" for row in ([b"1"] * columns, [b"1.5"] * columns, cells))
    found, owner = cells_of(data, 3, columns)
    classes = np.zeros(columns, dtype=np.uint8)
    found.classify(classes)
    numbers = Class.INTEGER | Class.FLOAT
    expected = [numbers | (twins_parse.cell_class(cell) if cell else Class.EMPTY) for cell in cells]
    wrong = [one for one in zip(cells, classes.tolist(), expected, strict=True) if one[1] != one[2]]
    assert not wrong, wrong[:5]
    del owner


def test_every_short_cell_behind_numbers() -> None:
    for length in range(7):
        check_classes_behind_numbers([bytes(cell) for cell in itertools.product(b"015.", repeat=length)])


@settings(max_examples=examples(300), deadline=None)
@given(st.lists(st.text("0123456789.-+ex", max_size=10).map(str.encode), min_size=1, max_size=50))
def test_short_cells_behind_numbers(cells: list[bytes]) -> None:
    check_classes_behind_numbers(cells)


@pytest.mark.parametrize("kind", ["str", "bytes"])
def test_long_cells(kind: str) -> None:
    cell_type = type_named(kind)
    cells: list[Cell] = [b"ab" * length for length in (0, 31, 32, 33, 1000, 100_000)]
    agree([[cell, None] for cell in cells], [cell_type, TEXT], b"".join(written(c, quote=True) + b",\n" for c in cells))


@settings(max_examples=examples(300), deadline=None)
@given(st.lists(st.none() | st.text(st.sampled_from('a",\r\nä' + "x" * 3), max_size=40), min_size=1, max_size=20))
def test_places_of_texts(column: list[str | None]) -> None:
    """Where a text lies is where its bytes are, and it is counted where they are not what it means."""
    cells = [None if one is None else one.encode() for one in column]
    data = b"".join(b"1," + written(cell, quote=False) + b"\n" for cell in cells)
    base = np.frombuffer(data, dtype=np.uint8)
    found = Cells.of(base.ctypes.data, base.ctypes.data + len(data), ord(","), (len(cells), 2)).read([SKIPPED, PLACE])
    places = found.rooms[1].values.view(np.uint32)[: 2 * len(cells)].reshape(-1, 2).tolist()
    assert found.rooms[1].valid[: len(cells)].tolist() == [cell is not None for cell in cells]
    assert [data[at : at + length] for at, length in places] == [(cell or b"").replace(b'"', b'""') for cell in cells]
    assert found.used[1] == sum(b'"' in (cell or b"") for cell in cells)


@settings(max_examples=examples(200), deadline=None)
@given(st.lists(st.binary(max_size=90).map(lambda raw: raw.replace(b"\n", b"")), min_size=1, max_size=30), st.data())
def test_picked_rows_travel_whole_and_those_that_are_kept_stay(rows: list[bytes], data: st.DataObject) -> None:
    text = b"\n".join(rows) + data.draw(st.sampled_from([b"", b"\n"]))
    starts = np.cumsum([0, *(len(row) + 1 for row in rows)]).astype(np.uint32)
    picked = sorted(data.draw(st.sets(st.integers(0, len(rows) - 1))))
    store = LineStore(None)  # type: ignore[arg-type] # its rows are not read here
    for part in (picked[: len(picked) // 2], picked[len(picked) // 2 :]):
        store.add(pack_lines(np.frombuffer(text + b"\0", np.uint8)[:-1], starts, np.array(part, dtype=np.uint64)))
    for again in (False, True):
        kept = [place for place in range(len(picked)) if not again or data.draw(st.booleans())]
        store.keep(np.array(kept, dtype=np.int64))
        picked = [picked[place] for place in kept]
        whole, lengths = store._whole()
        assert whole.tobytes() == b"".join(rows[place] + b"\n" for place in picked)
        assert lengths.tolist() == [len(rows[place]) + 1 for place in picked]
