"""Tables in any dialect: a job gives the cells that were written, and calls the same row bad as in the plain one."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from etl_batch.cell_escape import unescape_csv_injection
from etl_batch.errors import BadRow, FormatMagic
from tests.data_makers.dialects import BROKEN, Written, broken_rows, written
from tests.helpers.chance import examples
from tests.helpers.csv_calls import Converted, convert

Rows = list[list[str]]


#: no formulas: a job escapes those, which is tried elsewhere
TEXT = st.text(st.sampled_from("ab1é §.;,|~:\"'$\\^#%\n\r\t"), max_size=8).map(lambda text: "x" + text)
COLUMNS = 3


@st.composite
def tables(draw: st.DrawFn) -> Rows:
    """Some rows; each begins with its number."""
    rows = draw(st.lists(st.lists(TEXT, min_size=COLUMNS - 1, max_size=COLUMNS - 1), min_size=1, max_size=8))
    return [[f"n{number}", *cells] for number, cells in enumerate(rows)]


@settings(max_examples=examples(150), deadline=None)
@given(how=written(), rows=tables(), chunk_bytes=st.sampled_from([16, 100, 1 << 20]))
def test_a_job_gives_the_cells_that_were_written(target: Path, how: Written, rows: Rows, chunk_bytes: int) -> None:
    target.write_bytes(how.table([how.row(cells) for cells in (["n", "a", "b"], *rows)], how.quote))
    found = convert(target, **how.flags, chunk_bytes=chunk_bytes)
    assert _cells(found) == rows


@settings(max_examples=examples(150), deadline=None)
@given(data=st.data(), how=written(), rows=tables(), more=tables())
def test_the_same_row_is_bad_in_every_dialect(
    target: Path, data: st.DataObject, how: Written, rows: Rows, more: Rows
) -> None:
    """And that one alone: it is set aside as it stands in the file."""
    broken = data.draw(st.sampled_from(broken_rows(how)))
    plain = [[cell.replace("\n", "").replace("\r", "") for cell in cells] for cells in (*rows, *more)]
    bad = broken.format(d=how.delimiter, q=how.quote)
    lines = [how.row(cells) for cells in (["n", "a", "b"], *plain)]
    lines.insert(len(rows) + 1, bad + how.end)
    is_open = BROKEN[broken].endswith("closed")  # the next quote would close it, in a comment, too
    target.write_bytes(how.table(lines, "" if is_open else how.quote))
    found = convert(target, **how.flags, on_bad_row="quarantine")
    (rejected,) = found.rejected
    assert (rejected.row, rejected.reason.partition(", at byte")[0]) == (len(rows) + 1, BROKEN[broken])
    assert rejected.raw.decode().rstrip("\r\n") == bad
    content = target.read_bytes()
    assert content[rejected.byte :].decode(_cut(how.encoding)).startswith(bad)
    assert _cells(found) == plain
    with pytest.raises((BadRow, FormatMagic), match=f"row {len(rows) + 1} "):
        convert(target, **how.flags)


def _cells(found: Converted) -> Rows:
    return [[unescape_csv_injection(cell) for cell in row] for row in found.cells]


def _cut(encoding: str) -> str:
    return "utf-16-le" if encoding == "utf-16" else encoding
