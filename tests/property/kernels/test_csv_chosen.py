"""Chosen columns of CSV rows are what the whole rows, rewritten cell by cell, have there."""

from __future__ import annotations

import numpy as np
from hypothesis import example, given, settings
from hypothesis import strategies as st

from etl_batch.cell_escape import csv_cell
from etl_batch.formats.csv.chosen import ChosenColumns
from etl_batch.formats.csv.taking import RowTaker
from etl_batch.formats.output_columns import OutputColumn, OutputColumns
from etl_batch.options.shape import SourceColumn
from tests.data_makers.apostrophes import Added, Counter, added_to
from tests.helpers import twins_csv
from tests.helpers.chance import examples
from tests.helpers.csv_calls import at_end_of_page
from tests.property.kernels.test_csv_rewrite import DELIMITERS, ENDS, TRIGGERS, written_cell

FIRST = 10**9 - 2  #: row's number: numbers of nine digits and of ten
_UNTOUCHED = 0xA5
_texts = st.none() | st.text("ab,;é", max_size=5) | st.lists(st.sampled_from(TRIGGERS), max_size=3).map("".join)
_files = st.sampled_from(["a.csv", "=a.csv", 'sub/"x", y.csv', "ä;=1.csv", "- b .csv "])


def chosen_rows(data: bytes, columns: int, delimiter: str, shape: OutputColumns, escape: bool) -> tuple[bytes, Added]:
    """What is written, and the apostrophes that it is said to have; fails where it is more than there is room for."""
    base, counter = at_end_of_page(data), Counter()
    chosen = ChosenColumns.of(shape)
    rows = len(list(twins_csv.rows(data, delimiter)))
    room = 5 * len(data) // 2 + 128 + chosen.added_bytes(rows)
    out = np.full(room + 256, _UNTOUCHED, dtype=np.uint8)
    taker = RowTaker(ord(delimiter), columns)
    taker.write(int(out.ctypes.data), counter.address if escape else 0)
    chosen.write(taker, np.arange(FIRST, FIRST + rows, dtype=np.uint64) if chosen.has_numbers else None)
    taken = taker.take(base, base + len(data) - 1, base + len(data))
    assert (taken.stop, taken.rows, taken.is_broken) == (base + len(data), rows, False)
    length = taken.out - int(out.ctypes.data)
    assert length <= room
    assert (out[room:] == _UNTOUCHED).all(), "written past the end of the buffer"
    return out[:length].tobytes(), counter.added


def expected(data: bytes, delimiter: str, shape: OutputColumns, escape: bool) -> tuple[bytes, Added]:
    """The plain twin."""
    lines, texts = [], []
    for number, row in enumerate(twins_csv.rows(data, delimiter)):
        cells = []
        for column in shape.columns:
            if column.origin is SourceColumn.ROW:
                cells.append(str(FIRST + number))
                continue
            cell = row.cells[column.origin] if isinstance(column.origin, int) else shape.file.encode()
            texts.append(None if cell is None else cell.decode())
            cells.append(csv_cell(texts[-1], escape=escape))
        lines.append(",".join(cells) + "\n")
    return "".join(lines).encode(), added_to(texts) if escape else Added()


def _shape(origins: list[int | SourceColumn], file: str) -> OutputColumns:
    return OutputColumns(tuple(OutputColumn(str(origin), origin) for origin in origins), file)


@st.composite
def _cases(draw: st.DrawFn) -> tuple[bytes, int, str, OutputColumns, bool]:
    columns, delimiter, end = draw(st.integers(1, 4)), draw(st.sampled_from(DELIMITERS)), draw(st.sampled_from(ENDS))
    rows = draw(st.lists(st.lists(_texts, min_size=columns, max_size=columns), min_size=1, max_size=6))
    quoted = draw(st.booleans())
    lines = [delimiter.join(written_cell(text, delimiter, quote=quoted) for text in row) for row in rows]
    data = (end.join(lines) + (end if draw(st.booleans()) or lines[-1] == "" else "")).encode()
    origins: st.SearchStrategy[int | SourceColumn] = st.sampled_from([*range(columns), *SourceColumn])
    shape = _shape(draw(st.lists(origins, min_size=1, unique=True)), draw(_files))
    return data, columns, delimiter, shape, draw(st.booleans())


@settings(max_examples=examples(400))
@given(_cases())
@example((b"a,=b\r\n=c,d\r\n", 2, ",", _shape([1, 0], ""), True))
@example((b"a,b\r\n,c", 2, ",", _shape([1, SourceColumn.ROW, 0, SourceColumn.FILE], "=x.csv"), True))
@example((b"a;b,c\n" * 300, 2, ";", _shape([1, SourceColumn.ROW], ""), True))  # more than a run
def test_chosen_columns(case: tuple[bytes, int, str, OutputColumns, bool]) -> None:
    data, columns, delimiter, shape, escape = case
    assert chosen_rows(data, columns, delimiter, shape, escape) == expected(data, delimiter, shape, escape)
