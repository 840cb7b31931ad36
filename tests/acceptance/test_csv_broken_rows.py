"""Rows broken on purpose: strict names the right row and byte each time, quarantine sets aside exactly those."""

from __future__ import annotations

import csv
import random
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from etl_batch.errors import BadRow, FormatMagic, Refused
from etl_batch.etl_core import run
from etl_batch.values import MIB
from tests.conftest import Home
from tests.data_makers.broken_csv import WAYS, BrokenCsv, Dialect, any_dialect, make
from tests.helpers.csv_calls import convert, rewritten

SMALL_FILES = 2000
LARGE_ROWS = 60_000
BROKEN_ROWS = 2000
CHUNK_BYTES = 8 * 1024
_CLOSED = [way for way in WAYS if way != "an unclosed quote"]


def named(error: Refused) -> tuple[int, int]:
    """The row and the byte that an error names."""
    found = re.search(r"row (\d+) \(at byte (\d+)\): ", str(error))
    assert found, str(error)
    return int(found[1]), int(found[2])


def expected_error(way: str) -> type[Refused]:
    return FormatMagic if way in {"NUL", "bad UTF-8"} else BadRow


def test_one_row_broken_in_each_of_many_small_files(home: Home) -> None:
    chosen = random.Random(2)
    for number in range(SMALL_FILES):
        dialect = any_dialect(chosen)
        rows = chosen.randrange(1, 12)
        place = chosen.choice([0, rows - 1, chosen.randrange(rows)])
        way = list(WAYS)[number % len(WAYS)]
        made = make(dialect, rows, {place: way}, chosen)
        path = home.put("small.csv", made.content)
        more: dict[str, Any] = {
            "delimiter": dialect.delimiter.decode(),
            "encoding": "utf-8",
            "chunk_bytes": chosen.choice([16, 64, 100, MIB]),
        }
        ((row, byte, raw, _),) = made.bad
        with pytest.raises(expected_error(way)) as caught:
            convert(path, **more)
        assert named(caught.value) == (row, byte), made.content
        found = convert(path, on_bad_row="quarantine", **more)
        assert [(one.row, one.byte, one.raw) for one in found.rejected] == [(row, byte, raw)], made.content
        assert found.csv == good_output(made), made.content
        assert (found.source.rows, found.rows_out) == (rows, rows - 1)


def good_output(made: BrokenCsv) -> bytes:
    return rewritten(b"".join(made.good), made.dialect.delimiter.decode())[0]


def large_file(dialect: Dialect, seed: int) -> BrokenCsv:
    """2,000 broken rows: the first, the last, those at and around the borders of chunks, and others."""
    chosen = random.Random(seed)
    sound = make(dialect, LARGE_ROWS, {}, random.Random(seed))
    starts, at = [], len(sound.header)
    for row in sound.good:
        starts.append(at)
        at += len(row)
    borders = range(len(sound.header), at, CHUNK_BYTES)
    around = _rows_at(starts, borders)
    numbers = {0, LARGE_ROWS - 1, *sorted(around)[: BROKEN_ROWS // 2]}
    while len(numbers) < BROKEN_ROWS:
        numbers.add(chosen.randrange(LARGE_ROWS))
    # Where an unclosed quote ends is a guess, and what comes right behind it is what it is guessed by.
    ways = {number: chosen.choice(_CLOSED if number + 1 in numbers else list(WAYS)) for number in numbers}
    return make(dialect, LARGE_ROWS, ways, random.Random(seed))


def _rows_at(starts: list[int], borders: range) -> set[int]:
    """The rows that hold a border, and those before and behind them."""
    found: set[int] = set()
    row = 0
    for border in borders:
        while row + 1 < len(starts) and starts[row + 1] <= border:
            row += 1
        found |= {max(row - 1, 0), row, min(row + 1, len(starts) - 1)}
    return found


@pytest.mark.parametrize(
    "dialect",
    [Dialect(5, b",", b"\n", long_cells=False), Dialect(4, b";", b"\r\n", long_cells=True)],
    ids=["commas", "semicolons, CRLF, long cells"],
)
def test_many_rows_broken_in_a_large_file(home: Home, dialect: Dialect) -> None:
    made = large_file(dialect, 5)
    home.put("large.csv", made.content)
    result = run(
        home.config(on_bad_row="quarantine", workers=2, chunk_bytes=CHUNK_BYTES, delimiter=dialect.delimiter.decode())
    )
    with (home.output / "out.csv.rejected.csv").open(newline="") as file:
        rejected = list(csv.DictReader(file))
    assert [(int(one["row"]), int(one["byte"])) for one in rejected] == [(row, byte) for row, byte, _, _ in made.bad]
    header, _, written = (home.output / "out.csv").read_bytes().partition(b"\n")
    assert header.count(b",") == dialect.columns - 1
    assert written == good_output(made)
    assert result.rows_in == LARGE_ROWS
    assert (result.rows_out, result.rows_quarantined) == (LARGE_ROWS - BROKEN_ROWS, BROKEN_ROWS)


def test_one_row_broken_at_many_places_of_a_large_file(home: Home) -> None:
    dialect = Dialect(3, b",", b"\n", long_cells=True)
    rows = 4000
    chosen = random.Random(1)
    ways = list(WAYS)
    places = [0, 1, rows - 2, rows - 1, *(chosen.randrange(rows) for _ in range(36))]
    for number, place in enumerate(places):
        way = ways[number % len(ways)]
        made = make(dialect, rows, {place: way}, random.Random(number))
        path = home.put("large.csv", made.content)
        ((row, byte, _, _),) = made.bad
        for chunk_bytes in (1000, byte, byte + 1, MIB):
            with pytest.raises(expected_error(way)) as caught:
                convert(path, chunk_bytes=chunk_bytes)
            assert named(caught.value) == (row, byte)


@pytest.mark.parametrize("way", WAYS)
def test_strict_through_a_whole_job(home: Home, way: str) -> None:
    made = make(Dialect(4, b",", b"\n", long_cells=True), 3000, {1234: way, 2000: way}, random.Random(0))
    home.put("x.csv", made.content)
    with pytest.raises(expected_error(way)) as caught:
        run(home.config(chunk_bytes=4096, workers=2))
    assert named(caught.value) == made.bad[0][:2]
    assert list(home.output.glob("out.csv*")) == []
    assert home.leftovers() == []


def test_a_chunk_of_bad_rows_only(home: Home) -> None:
    home.put("x.csv", b"a,b\n" + b"1\n" * 200 + b"1,2\n" * 200 + b"3\n" * 200)
    config = home.config(
        output_csv=f"{home.output}/out.csv", output_parquet=f"{home.output}/out.parquet", on_bad_row="quarantine",
        chunk_bytes=64,
    )  # fmt: skip
    for types in (None, "a=i64,b=str"):
        result = run(replace(config, types=types))
        assert (result.rows_in, result.rows_out, result.rows_quarantined) == (600, 200, 400)
        assert (home.output / "out.csv").read_bytes() == b"a,b\n" + b"1,2\n" * 200


def test_rejected_rows_are_kept_as_they_were(home: Home) -> None:
    rows = [b"=1+1\n", b'1,"a\n', b"1,\xff\n", b"1,a\0b\r\n", b"1,2,3"]
    home.put("x.csv", b"a,b\n" + b"5,6\n".join(rows))
    run(home.config(on_bad_row="quarantine"))
    with (home.output / "out.csv.rejected.csv").open(newline="") as file:
        rejected = list(csv.DictReader(file))
    assert [Path(one["input"]).name for one in rejected] == ["x.csv"] * 5
    not_text = [rows[2].hex(), rows[3].hex()]
    assert [one["raw"] for one in rejected] == ["'=1+1", '1,"a', *not_text, "1,2,3"]
    assert [one["row"] for one in rejected] == ["1", "3", "5", "7", "9"]
