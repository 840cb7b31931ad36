"""What is noted of a CSV's cells is what they are one by one: as texts, and as numbers while all look like it."""

from __future__ import annotations

import numpy as np
from hypothesis import example, given, settings
from hypothesis import strategies as st

from etl_batch.formats.csv.taking import RowTaker
from etl_batch.formats.facts import ColumnFacts
from etl_batch.formats.noted_facts import CellNotes
from tests.helpers import twins_csv, twins_facts
from tests.helpers.chance import examples
from tests.helpers.csv_calls import PAGE_BYTES, at_end_of_page

_NUMBERS = ["0", "7", "12345678", "-5", "9223372036854775807", "9223372036854775808", "18446744073709551615", "-0"]
_FLOATS = ["0.5", "12.25", "-3.75", "1e+300", "NaN", "inf", "5.0", "0.1", "123456789.125", "1e-07"]
_OTHERS = ["007", "1.50", "+5", "a", "é😀", "2017-01-01T00:00:00", "prefix__a", "prefix__b", 'say ""hi""', "x" * 140]
_cells = st.sampled_from(["", *_NUMBERS]) | st.sampled_from(["", *_FLOATS]) | st.sampled_from([*_OTHERS, *_NUMBERS])


def noted(data: bytes, columns: int) -> list[ColumnFacts]:
    """As a job has it; the bytes end where memory ends."""
    content = np.frombuffer(data, np.uint8)
    base = at_end_of_page(data) if len(data) <= PAGE_BYTES else int(content.ctypes.data)
    notes, taker = CellNotes(columns), RowTaker(ord(","), columns)
    taker.note_facts(notes.noted)
    taken = taker.take(base, base + len(data) - 1, base + len(data))
    assert not taken.is_broken
    return notes.facts(taken.rows)


def expected(data: bytes, columns: int) -> list[ColumnFacts]:
    """The plain twin; which cells are in quotes, only their text tells."""
    rows = [row.cells for row in twins_csv.rows(data)]
    found = []
    for column in range(columns):
        cells = [row[column] for row in rows]
        quoted = [cell is not None and b'"' + cell.replace(b'"', b'""') + b'"' in data for cell in cells]
        found.append(twins_facts.of_cells(cells, quoted))
    return found


@settings(max_examples=examples(400))
@given(
    st.lists(st.sampled_from([_NUMBERS, _FLOATS, ["", *_NUMBERS], ["", *_FLOATS], _OTHERS + _FLOATS]), min_size=1,
             max_size=3),
    st.data(), st.sampled_from(["\n", "\r\n"]), st.booleans(),
)  # fmt: skip
@example([["1"], ["a"]], None, "\n", False)
def test_cells_of_columns(kinds: list[list[str]], data: st.DataObject | None, end: str, quoted: bool) -> None:
    rows = (
        [["1" for _ in kinds]]
        if data is None
        else data.draw(st.lists(st.tuples(*(st.sampled_from(kind) for kind in kinds)), min_size=1, max_size=30))
    )
    marked = [[_written(cell, quoted) for cell in row] for row in rows]
    content = "".join(",".join(row) + end for row in marked if len(row) > 1 or row[0]).encode()
    if content:
        assert noted(content, len(kinds)) == expected(content, len(kinds))


def _written(cell: str, quoted: bool) -> str:
    """In quotes where it has some; texts also where asked for."""
    needs = '"' in cell or (quoted and cell[:1].isalpha() and cell not in {"NaN", "inf"})
    return f'"{cell}"' if needs else cell


def test_more_rows_than_are_looked_at_together() -> None:
    content = b"".join(b"%d,%d.5,t%d\n" % (row % 10, row % 10, row % 7) for row in range(5000))
    assert noted(content, 3) == expected(content, 3)


def test_a_number_in_quotes_is_a_text() -> None:
    (facts,) = noted(b'1\n"2"\n', 1)
    assert (facts.type, facts.least, facts.first, facts.last) == ("str", None, b"1", b"2")


def test_an_empty_text_is_no_null() -> None:
    (facts, other) = noted(b'"",\n,1\n', 2)
    assert (facts.nulls, facts.values, facts.shortest, facts.first) == (1, 1, 0, b"")
    assert (other.nulls, other.type, other.total) == (1, "i64", 1)
