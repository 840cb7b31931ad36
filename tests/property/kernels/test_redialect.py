"""Lines in another dialect are what the plain functions make of their cells, character by character."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from etl_batch.cell_escape import csv_cell, escape_csv_injection
from etl_batch.formats.redialect import RefusedRow, rewritten, room_of
from etl_batch.kernels.redialect_job import SLACK_BYTES
from etl_batch.text.written_dialect import WrittenDialect
from tests.data_makers.apostrophes import Counter
from tests.helpers.chance import examples
from tests.helpers.guarded_memory import guarded

_UNTOUCHED = 0xA5
Rows = list[list[str | None]]  #: of columns: text, number, text

_dialects = st.builds(
    WrittenDialect,
    delimiter=st.sampled_from(",;\t|~^: /"),
    decimal=st.sampled_from(".,"),
    line_end=st.sampled_from(["\n", "\r\n"]),
    encoding=st.sampled_from(["utf-8", "cp1252", "latin-1", "ascii", "cp037", "cp1250", "utf-16", "utf-16-be"]),
).filter(lambda one: one.delimiter != one.decimal)
_texts = st.text(",;\t|~^: /=+-@'\"1.a\n\r\x1fäÖ€ł😀\u200b", max_size=12) | st.sampled_from(
    [
        "- note",
        "x,- note",
        "x,- A(1)",
        "x,-1",
        "x,-1,5~b",
        "x;-1,=2",
        "a,|b",
        "plain and long enough for words of eight bytes; and more",
    ]
)
_numbers = st.sampled_from(["", "0", "1.5", "-2.25", "123456789.125", "nan", "1e-07", "-0.0", "12345678.5"])
_rows = st.lists(st.tuples(st.none() | _texts, _numbers, _texts).map(list), max_size=12)


def _as_lines(rows: Rows, *, escape: bool) -> bytes:
    """In our own dialect."""
    cells = [[csv_cell(a, escape=escape), b or "", csv_cell(c, escape=escape)] for a, b, c in rows]
    return "".join(",".join(row) + "\n" for row in cells).encode()


def expected(rows: Rows, dialect: WrittenDialect, *, escape: bool) -> tuple[bytes, list[RefusedRow], int]:
    """The plain twin: bytes, what is refused, apostrophes that are more than in our own dialect."""
    written, refused, more = [], [], 0
    for place, (a, b, c) in enumerate(rows):
        number = (b or "").replace(".", dialect.decimal)
        cells = [csv_cell(a, escape=escape, delimiter=dialect.delimiter), number,
                 csv_cell(c, escape=escape, delimiter=dialect.delimiter)]  # fmt: skip
        if escape:
            more += sum(
                len(escape_csv_injection(text, dialect.delimiter)) - len(escape_csv_injection(text))
                for text in (a, c)
                if text is not None
            )
        lacking = [
            (column, one)
            for column, cell in enumerate(cells)
            for one in cell
            if not one.encode(dialect.codec, "ignore")
        ]
        if lacking:
            refused.append(RefusedRow(place, *lacking[0]))
        else:
            written.append((dialect.delimiter.join(cells) + dialect.line_end).encode(dialect.codec))
    return b"".join(written), refused, more


def rewrite(lines: bytes, dialect: WrittenDialect, *, escape: bool) -> tuple[bytes, list[RefusedRow], int]:
    """What the kernel makes of them; fails where it writes or reads where it may not."""
    counter = Counter()
    out = np.full(room_of(len(lines)) + 64, _UNTOUCHED, dtype=np.uint8)
    found = rewritten(guarded(lines + bytes(SLACK_BYTES)), dialect, np.array([0, 1, 0], dtype=np.uint8),
                      counter.address if escape else 0, out)  # fmt: skip
    assert (out[room_of(len(lines)) :] == _UNTOUCHED).all(), "written past the end of the buffer"
    assert counter.added.cells == 0
    return bytes(found.content), list(found.refused), counter.added.inside


@settings(max_examples=examples(600))
@given(_rows, _dialects, st.booleans())
@example([["a~=1", "1.5", ""]], WrittenDialect("~", ","), True)
@example([["x;,=1", "1.5", "Ω"]], WrittenDialect(";", ",", "\r\n", "cp1252"), True)
@example([["x" * 40 + "€", "1.5", "Ω"], [None, "2.5", "y"]], WrittenDialect(",", ".", "\n", "cp1252"), True)
def test_as_the_twin_writes_them(rows: Rows, dialect: WrittenDialect, escape: bool) -> None:
    found = rewrite(_as_lines(rows, escape=escape), dialect, escape=escape)
    written, refused, more = expected(rows, dialect, escape=escape)
    assert found[:2] == (written, refused)
    if not refused:  # of rows that are not written nobody asks
        assert found[2] == more


@pytest.mark.parametrize("encoding", ["cp1252", "utf-8", "cp037"])
def test_twice_the_room_is_enough(encoding: str) -> None:
    """Nothing grows more than a comma within quotes before a sign."""
    lines = b'"' + b",=" * 5000 + b'"\n' + b"\n" * 5000
    counter, out = Counter(), np.full(room_of(len(lines)) + 64, _UNTOUCHED, dtype=np.uint8)
    dialect = WrittenDialect(";", ".", "\r\n", encoding)
    found = rewritten(guarded(lines + bytes(SLACK_BYTES)), dialect, np.zeros(1, dtype=np.uint8), counter.address, out)
    assert (out[room_of(len(lines)) :] == _UNTOUCHED).all()
    assert counter.added.inside == 5000
    assert len(found.content) == 15002 + 2 + 10000
