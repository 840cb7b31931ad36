"""A header that the rows do not fit, all of the first ones, is at fault itself: said before anything about a row."""

from __future__ import annotations

import csv
import io
import os
from contextlib import ExitStack
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl_batch.config import OnBadRow
from etl_batch.errors import CsvHeaderWidth
from etl_batch.formats.csv.first_rows import csv_rows
from etl_batch.formats.csv.header import Header
from etl_batch.formats.csv.header_width import ROWS_ASKED, refuse_other_width, width_of_rows
from etl_batch.formats.opening import Opening
from etl_batch.launch.kept_files import data_root
from etl_batch.pipeline.inputs import open_inputs
from tests.conftest import Home


def _refused(path: Path, content: bytes, names: int, delimiter: str = ",") -> str | None:
    path.write_bytes(content)
    descriptor = os.open(path, os.O_RDONLY)
    try:
        refuse_other_width(descriptor, Header(tuple(map(str, range(names))), 0), delimiter, "a.csv")
    except CsvHeaderWidth as refused:
        return refused.message
    finally:
        os.close(descriptor)
    return None


@pytest.mark.parametrize(
    ("rows", "names", "said"),
    [
        (b"1,4,7,\n2,5,8,\n", 3, "a.csv: the header has 3 names, the rows 4 cells"),
        (b"1,2,3,4,5\n" * 2, 6, "a.csv: the header has 6 names, the rows 5 cells"),
        (b"1\n2", 2, "a.csv: the header has 2 names, the rows 1 cell"),
        (b"1,2\r\n3,4\r\n\r\n", 1, "a.csv: the header has 1 name, the rows 2 cells"),  # a blank line says nothing
        (b'"a,b",2,3\n"x\ny",5,6\n', 2, "a.csv: the header has 2 names, the rows 3 cells"),
        (b"1,2,3\n" * ROWS_ASKED + b"1,2\n", 2, "a.csv: the header has 2 names, the rows 3 cells"),
        (b"1,2,3\n" * (ROWS_ASKED - 1) + b"1,2\n", 2, None),
        (b"1,2,3\n", 2, None),  # one row alone may be the broken one
        (b"1,2,3\n1,2,3,4\n", 2, None),
        (b"1,2\n1,2,3\n", 2, None),
        (b'1,2,3\n1,"2"x,3\n', 2, None),
        (b'1,2,3\n1,"2,3\n', 2, None),
        (b"1,2,3\n1\r2,3,4\n", 2, None),
        (b"\n\n\n", 2, None),
        (b"", 2, None),
    ],
)
def test_the_header_is_at_fault_only_where_all_rows_agree(
    tmp_path: Path, rows: bytes, names: int, said: str | None
) -> None:
    assert _refused(tmp_path / "a.csv", rows, names) == said


@given(st.lists(st.one_of(st.none(), st.integers(1, 3)), max_size=6), st.integers(1, 3))
def test_the_rule(widths: list[int | None], names: int) -> None:
    agree = len(widths) >= 2 and len(set(widths)) == 1 and widths[0] not in (None, names)
    assert width_of_rows(names, widths) == (widths[0] if agree else None)


@given(st.lists(st.text('a,;" \n', max_size=6), min_size=2, max_size=4), st.integers(2, 4), st.sampled_from(",;"))
def test_cells_are_counted_as_quotes_have_them(
    tmp_path_factory: pytest.TempPathFactory, cells: list[str], rows: int, delimiter: str
) -> None:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter, lineterminator="\n", quoting=csv.QUOTE_ALL).writerows([cells] * rows)
    said = _refused(tmp_path_factory.getbasetemp() / "any.csv", text.getvalue().encode(), 1, delimiter)
    assert said == f"a.csv: the header has 1 name, the rows {len(cells)} cells"


@pytest.mark.parametrize("mode", OnBadRow)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_it_is_said_before_any_row_is_checked_in_either_mode(home: Home, mode: OnBadRow, encoding: str) -> None:
    path = home.put("a.csv", "A,B,C\n1,4,7,\n2,5,8,\n".encode(encoding))
    config = home.config(path, on_bad_row=mode, encoding=encoding)

    def never(*_: object) -> None:
        raise AssertionError("rows are looked at")

    with ExitStack() as copies, pytest.raises(CsvHeaderWidth, match="3 names, the rows 4 cells"):
        open_inputs(Opening(config, never, copies))  # type: ignore[arg-type]


def test_first_rows_show_every_cell_and_say_what_is_wrong(home: Home) -> None:
    path = home.put("a.csv", b"A,B\n1,4,7\n\n2,5,8\n")
    found = csv_rows(data_root(home.path).child("a.csv"), home.config(path), 20)
    assert found.names == ("A", "B", "(no name, cell 3)")
    assert found.rows == (("1", "4", "7"), (None, None, None), ("2", "5", "8"))
    assert found.problem.startswith("the header has 2 names, the rows 3 cells; ")
    path = home.put("b.csv", b"A,B\n1,4\n2\n")
    assert not csv_rows(data_root(home.path).child("b.csv"), home.config(path), 20).problem
