"""The CSV scanners agree with a state machine that takes one byte at a time."""

from __future__ import annotations

import random

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from etl_batch.kernels.csv_problems import Problem
from tests.helpers import twins_csv
from tests.helpers.chance import examples
from tests.helpers.csv_calls import bad_rows, checked_rows, checked_to, line_ends_of, quotes_of, row_behind

DELIMITERS = (",", ";", "\t", "|", ":", "a")
#: what rules turn on, and what they must not trip over
NASTY = (b'"', b'""', b'"""', b",", b",", b"\n", b"\n", b"\r\n", b"\r", b"a", b"'", b"\xc3\xa4", b"\xf0\x9f\x98\x80")
BROKEN = (b"\0", b"\xff", b"\xc3", b"\xed\xa0\x80", b"\xf0\x9f", b"\x80")


@st.composite
def nasty_bytes(draw: st.DrawFn, *, broken: bool = True) -> bytes:
    """Short pieces that mean something, and runs that move them to and over the borders of blocks of 64 bytes."""
    runs = st.integers(1, 140).map(lambda length: b"x" * length)
    pieces = st.one_of(st.sampled_from(NASTY), st.sampled_from(NASTY + (BROKEN if broken else ())), runs)
    return b"".join(draw(st.lists(pieces, max_size=40)))[:4000]


@st.composite
def mostly_sound(draw: st.DrawFn) -> bytes:
    """Rows of up to three sound cells, and now and then a byte changed."""
    text = st.text(st.sampled_from('ab,"\n\r;ä€ '), max_size=12) | st.integers(50, 70).map(lambda length: "x" * length)
    plain = st.text(st.sampled_from("ab'ä€= "), max_size=8) | st.integers(50, 70).map(lambda length: "y" * length)
    cell = plain | text.map(lambda cell: '"' + cell.replace('"', '""') + '"')
    columns = draw(st.integers(1, 3))
    row = st.lists(cell, min_size=columns, max_size=columns).map(",".join)
    ends = draw(st.sampled_from(["\n", "\r\n"]))
    data = bytearray("".join(line + ends for line in draw(st.lists(row, max_size=12))).encode()[:4000])
    for _ in range(draw(st.integers(0, 2))):
        if data:
            data[draw(st.integers(0, len(data) - 1))] = draw(st.sampled_from(b'",\n\r\0\xffa'))
    return bytes(data)


any_bytes = nasty_bytes() | mostly_sound()


@settings(max_examples=examples(600), deadline=None)
@given(any_bytes, st.integers(1, 4), st.sampled_from(DELIMITERS))
@example(b"a" * 63 + b"\r\n", 1, ",")
@example(b"a" * 63 + b"\r", 1, ",")
@example(b"a" * 63 + b"\ra\n", 1, ",")
@example(b'"' + b"a" * 62 + b'"', 1, ",")
@example(b'"' + b"a" * 62 + b'""', 1, ",")
@example(b'"' + b"a" * 62 + b'"b', 1, ",")
@example(b'"' + b"a" * 61 + b'"\r\n', 1, ",")
@example(b'"' + b"a" * 63 + b'"', 1, ",")
@example(b"a" * 63 + b'"\n', 1, ",")
@example(b"a" * 63 + b"\xc3\xa4", 1, ",")
@example(b"a" * 63 + b"\xc3\n", 1, ",")
@example(b"\n" * 64, 1, ",")
@example(b"\n" * 65, 2, ",")
def test_sound_or_broken(data: bytes, columns: int, delimiter: str) -> None:
    assert checked_rows(data, columns, delimiter) == twins_csv.sound_rows(data, columns, delimiter)


@settings(max_examples=examples(300), deadline=None)
@given(any_bytes, st.integers(1, 3), st.data())
def test_rows_up_to_some_place(data: bytes, columns: int, more: st.DataObject) -> None:
    last = more.draw(st.integers(0, len(data)))
    wanted = [row for row in twins_csv.rows(data) if row.start <= last]
    sound = all(row.is_sound(data, columns) for row in wanted)
    expected = (wanted[-1].stop if wanted else 0, len(wanted)) if sound else None
    assert checked_to(data, last, columns) == expected


@settings(max_examples=examples(500), deadline=None)
@given(nasty_bytes(), st.booleans(), st.data())
def test_quotes_and_the_next_row(data: bytes, inside: bool, more: st.DataObject) -> None:
    assert quotes_of(data) == data.count(b'"')
    at = more.draw(st.integers(0, len(data)))
    expected = len(data)
    enclosed = inside
    for place in range(at, len(data)):
        enclosed ^= data[place] == ord('"')
        if data[place] == ord("\n") and not enclosed:
            expected = place + 1
            break
    assert row_behind(data, at, inside=inside) == expected


def agree_on_bad_rows(data: bytes, columns: int, delimiter: str = ",") -> None:
    """Up to the first broken quote all must agree; from there on, nothing may be lost and nothing broken kept."""
    listed, _, quotes_broken = bad_rows(data, columns, delimiter)
    known = {bad.row: bad for bad in listed}
    for number, row in enumerate(twins_csv.rows(data, delimiter)):
        if row.is_sound(data, columns):
            assert number not in known
            continue
        found = known.pop(number)
        assert found.start == row.start
        if row.problems:
            assert (found.where, found.problem) in row.problems or row.quotes_broken
            if not row.quotes_broken:
                assert found.where == min(place for place, _ in row.problems)
        elif len(row.cells) != columns:
            assert (found.problem, found.detail) == (Problem.CELLS, len(row.cells))
        else:
            assert found.problem == Problem.NOT_UTF8
        if row.quotes_broken:
            assert quotes_broken
            break
        assert found.stop == row.stop
    else:
        assert not known
        assert not quotes_broken
    nothing_is_lost(data, columns, delimiter)


def nothing_is_lost(data: bytes, columns: int, delimiter: str = ",") -> None:
    """Between the bad rows lie sound ones, as many as their numbers say."""
    listed, seen, _ = bad_rows(data, columns, delimiter)
    at, row = 0, 0
    for bad in listed:
        assert at <= bad.start < bad.stop
        assert twins_csv.sound_rows(data[at : bad.start], columns, delimiter) == bad.row - row
        at, row = bad.stop, bad.row + 1
    assert twins_csv.sound_rows(data[at:], columns, delimiter) == seen - row


@settings(max_examples=examples(600), deadline=None)
@given(any_bytes, st.integers(1, 4), st.sampled_from(DELIMITERS))
@example(b'\0a"b\nc\n', 1, ",")
@example(b'a\rb"c\nd\n', 1, ",")
@example(b'\0,"a\nb,c\nd,e\n', 2, ",")
@example(b'"a"\rb\nc\n', 1, ",")
def test_bad_rows(data: bytes, columns: int, delimiter: str) -> None:
    agree_on_bad_rows(data, columns, delimiter)


@pytest.mark.parametrize("seed", range(4))
def test_bad_rows_at_random(seed: int) -> None:
    chosen = random.Random(seed)
    alphabet = [*NASTY, *BROKEN, b"x" * 30]
    for _ in range(1500):
        data = b"".join(chosen.choices(alphabet, k=chosen.randrange(60)))
        columns = chosen.randrange(1, 4)
        assert checked_rows(data, columns) == twins_csv.sound_rows(data, columns)
        agree_on_bad_rows(data, columns)


@pytest.mark.parametrize(
    ("data", "columns", "problem", "where"),
    [
        (b"a,b\nc\n", 2, Problem.CELLS, 4),
        (b"a,b\nc,d,e\n", 2, Problem.CELLS, 4),
        (b"a,b\n\nc,d\n", 2, Problem.CELLS, 4),
        (b'a,b\nc"d,e\n', 2, Problem.BARE_QUOTE, 5),
        (b'a,b\n"c"d,e\n', 2, Problem.TEXT_AFTER_QUOTE, 7),
        (b'a,b\nc,"d\n', 2, Problem.UNCLOSED_QUOTE, 6),
        (b'a,b\nc,"d\ne,f\ng,h\n', 2, Problem.UNCLOSED_QUOTE, 6),
        (b"a,b\nc\r,d\n", 2, Problem.LONE_RETURN, 5),
        (b"a,b\nc,d\r", 2, Problem.LONE_RETURN, 7),
        (b"a,b\nc,\0\n", 2, Problem.NUL_BYTE, 6),
        (b'a,b\nc,"\0"\n', 2, Problem.NUL_BYTE, 7),
        (b"a,b\nc,\xff\n", 2, Problem.NOT_UTF8, 4),
    ],
)
def test_each_problem(data: bytes, columns: int, problem: Problem, where: int) -> None:
    (bad,), _, _ = bad_rows(data, columns)
    assert (bad.row, bad.start, bad.problem, bad.where) == (1, 4, problem, where)
    assert checked_rows(data, columns) is None


def test_a_broken_quote_swallows_no_sound_rows() -> None:
    data = b'1,"a\n' + b"".join(b"%d,b\n" % number for number in range(2, 500))
    listed, seen, _ = bad_rows(data, 2)
    assert [(bad.row, bad.start, bad.stop) for bad in listed] == [(0, 0, 5)]
    assert seen == 499


@settings(max_examples=examples(150))
@given(any_bytes, st.integers(1, 3))
@example(b"a" * 63 + b"\r\nb\n\r\n", 1)
def test_line_ends_are_counted(data: bytes, columns: int) -> None:
    if checked_rows(data, columns) is None:
        return
    lines = [data[row.start : row.stop] for row in twins_csv.rows(data)]
    pairs, alone = (sum(map(is_so, lines)) for is_so in (_ends_with_pair, _ends_alone))
    assert line_ends_of(data, columns) == ((pairs, alone), (pairs, alone))


def _ends_with_pair(line: bytes) -> bool:
    return line.endswith(b"\r\n")


def _ends_alone(line: bytes) -> bool:
    return line.endswith(b"\n") and not line.endswith(b"\r\n")
