"""Whatever is called .csv ends in a clear refusal or in a right output, and soon."""

from __future__ import annotations

import gzip
import random
from typing import Any

import pytest

from etl_batch.config import OnBadRow
from etl_batch.errors import BadRow, FormatMagic, Refused, SchemaMismatch
from etl_batch.etl_core import run
from etl_batch.options.input_reading import HeaderLine
from tests.conftest import PROJECT, Command, Home
from tests.helpers.csv_calls import convert

#: how the table is divided: these tests are of its rows
_AS_SAID: dict[str, Any] = {"delimiter": ",", "header": HeaderLine.YES, "skip_lines": 0}

CORE = PROJECT / "etl_batch" / "etl_core.py"
NOISE = random.Random(1).randbytes(300_000)
NAMES = [b"column %d" % number for number in range(100_000)]


@pytest.mark.timeout(300)
@pytest.mark.parametrize(
    ("content", "error", "says"),
    [
        (NOISE, FormatMagic, "header line: byte 0 is not UTF-8"),
        (gzip.compress(NOISE), FormatMagic, "header line: byte 1 is not UTF-8"),
        (b"\x89PNG\r\n\x1a\n" + NOISE, FormatMagic, "header line: byte 0 is not UTF-8"),
        (b"PK\x03\x04\x14\0\0\0" + NOISE, FormatMagic, "header line: "),
        (b"a\0\"b\n1\n", FormatMagic, "header line: a NUL byte"),
        (b"a,b\n" + NOISE, Refused, r"row 1 \(at byte 4\): "),
        (b"a,b\r1,2\n" * 50_000, BadRow, "header line: cell 2"),
        (b"a,b\n" + b"1,2\r" * 50_000, BadRow, r"row 1 \(at byte 4\): a carriage return without a line feed"),
        (b"a,b\n" + b'"' * 200_000 + b"\n", BadRow, r"row 1 \(at byte 4\): 1 cell, 2 expected"),
        (b"a,b\n" + b'"' * 200_001 + b"\n", BadRow, r"row 1 \(at byte 4\): a quote that is never closed"),
        (b"a,b\n" + b"x" * 10_000_000, BadRow, r"row 1 \(at byte 4\): 1 cell"),
        (b"a,b\n" + b"\n" * 100_000, BadRow, r"row 1 \(at byte 4\): the line is blank"),
        (b'a"b,c\n' + b"1,2\n" * 5_000_000, BadRow, "header line: cell 1 .* a broken quote"),
        (b'"a"b,c\n' + b"1,2\n" * 5_000_000, BadRow, "header line: cell 1 .* a broken quote"),
        (b"x" * 17 * 2**20, FormatMagic, "the header line is longer than 16 MiB"),
        (b'"' + b"x\n" * 9 * 2**20, FormatMagic, "the header line is longer than 16 MiB"),
        (b"," * 100_000 + b"\n", SchemaMismatch, "column 2 is without a name"),
        (b",".join([*NAMES, b"column 5"]) + b"\n", SchemaMismatch, "column 100001 is 'column 5'"),
    ],
    ids=[
        "noise", "gzip", "PNG", "zip", "NUL and a quote", "noise in rows", "old Mac", "CR only", "many quotes",
        "one quote more", "a long line", "blank lines", "a bare quote in a header", "text after a quote in a header",
        "a long header", "an unclosed header", "empty names", "many names",
    ],
)  # fmt: skip
def test_garbage_is_refused(home: Home, content: bytes, error: type[Refused], says: str) -> None:
    path = home.put("x.csv", content)
    with pytest.raises(error, match=says):
        convert(path)


def test_many_columns_and_long_names(home: Home) -> None:
    header, row = b",".join(NAMES) + b"\n", b",".join([b"1"] * len(NAMES)) + b"\n"
    path = home.put("x.csv", header + row * 2)
    assert convert(path).csv == row * 2
    path = home.put("x.csv", b"n" * 2**20 + b',"' + b'""' * 2**19 + b'"\n1,2\n')
    found = convert(path)
    assert [len(name) for name in found.source.names] == [2**20, 2**19]


@pytest.mark.timeout(300)
@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("alphabet", [b'",\nab', b'",\n\rab\0\xff', bytes(range(256))], ids=["quotes", "odd", "all"])
def test_noise_set_aside_is_counted(home: Home, seed: int, alphabet: bytes) -> None:
    content = b"a,b\n" + bytes(random.Random(seed).choices(alphabet, k=100_000))
    path = home.put("x.csv", content)
    whole = convert(path, on_bad_row=OnBadRow.QUARANTINE, **_AS_SAID)
    assert whole.source.rows == whole.rows_out + len(whole.rejected)
    assert all(len(row) == 2 for row in whole.cells)
    for chunk_bytes in (1000, 33_333):
        found = convert(path, on_bad_row=OnBadRow.QUARANTINE, chunk_bytes=chunk_bytes, **_AS_SAID)
        assert (found.csv, found.rejected) == (whole.csv, whole.rejected)


@pytest.mark.timeout(300)
@pytest.mark.parametrize("line", [b'"a""","b\n', b'"a\n', b'a,"\n', b'""a,b\n', b'"a"b,"\n', b'"12" pipe","x\n'])
@pytest.mark.parametrize("on_bad_row", OnBadRow)
def test_the_time_does_not_grow_with_the_square_of_broken_rows(home: Home, line: bytes, on_bad_row: OnBadRow) -> None:
    """Every row swallows all rows behind it, if one goes by its quotes."""
    path = home.put("x.csv", b"a,b\n" + line * (4_000_000 // len(line)))
    try:
        found = convert(path, on_bad_row=on_bad_row, **_AS_SAID)
    except BadRow as error:
        assert on_bad_row == OnBadRow.STRICT
        assert "row 1 (at byte 4)" in str(error)  # noqa: PT017 - the other mode does not raise
    else:
        assert found.source.rows == found.rows_out + len(found.rejected)


def test_the_smallest_files(home: Home) -> None:
    for content, rows in ((b"a", 0), (b'""', 0), (b"a\n", 0), (b"a\n\n", 1)):
        assert convert(home.put("x.csv", content), **_AS_SAID).source.rows == rows
    for content in (b"\n", b"\r\n", b"\xef\xbb\xbf", b"\n\n", b'"', b"\r", b"\0", b",", b"\xff", b"\xef\xbb"):
        with pytest.raises(Refused):
            convert(home.put("x.csv", content), **_AS_SAID)


@pytest.mark.parametrize("delimiter", ["", '"', "\n", ",\n", "123456789", "\0"])
def test_delimiters_that_are_none(home: Home, command: Command, delimiter: str) -> None:
    home.put("x.csv", b"a,b\n1,2\n")
    if delimiter == "\0":  # no command line can hold it
        with pytest.raises(Refused):
            home.config(delimiter=delimiter)
        return
    done = command(CORE, "--delimiter", delimiter)
    assert (done.code, done.err.split(":")[0]) == (2, "error[E_CONFIG]")


def test_odd_delimiters(home: Home) -> None:
    for delimiter in "ae^]-.\\ 1'=":
        path = home.put("x.csv", f"x{delimiter}y\n5{delimiter}6\n".encode())
        assert convert(path, delimiter=delimiter).csv == b"5,6\n"


def test_chunks_of_one_byte(home: Home) -> None:
    content = b'a,b\n1,"x\ny"\n' + b"2,z\n" * 300
    home.put("x.csv", content)
    run(home.config(chunk_bytes=1))
    assert (home.output / "out.csv").read_bytes() == content


def test_a_file_of_blank_lines(home: Home) -> None:
    path = home.put("x.csv", b"a\n" + b"\r\n" * 100_000)
    found = convert(path, parquet=True, chunk_bytes=10_000)
    assert found.csv == b"\n" * 100_000
    assert found.table["a"].null_count == 100_000
