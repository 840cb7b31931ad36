"""The rows of a span that was checked, as a worker finds them."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from etl_batch.errors import InputChanged
from etl_batch.formats.csv.batch import CsvBatch
from tests.helpers.csv_calls import convert

ROW = b"tea,1,2.5\n"
ROWS = b"product,quantity,value\n" + ROW * 3 + b'"a ""b""",2,0.5\n'


def batch_of(tmp_path: Path, text: bytes) -> CsvBatch:
    """The span of a file of ROWS, in whose place something else lies in memory by now."""
    (tmp_path / "data").mkdir()
    path = tmp_path / "data" / "a.csv"
    path.write_bytes(ROWS)
    source = convert(path).source
    (span,) = source.plan(2**20, 0, 0)
    with source.read(span) as batch:
        return CsvBatch(batch.csv, np.frombuffer(text, np.uint8), batch.rows)


def written(batch: CsvBatch) -> bytes:
    out = np.zeros(batch.csv_room(), np.uint8)
    return out[: batch.write_csv(int(out.ctypes.data), 0) - int(out.ctypes.data)].tobytes()


@pytest.mark.parametrize("text", [ROW * 3, ROW * 3 + b'"a,2,0.5\n', b"tea,1,2.5\n" * 9, b"\0" * 40])
def test_what_is_not_what_was_checked_ends_the_job(tmp_path: Path, text: bytes) -> None:
    batch = batch_of(tmp_path, text)
    with pytest.raises(InputChanged):
        written(batch)
    with pytest.raises(InputChanged):
        batch.table()


def test_what_the_sample_wants_is_read_while_rows_are_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = ROW * 3 + b"milk,2,0.5\n"
    batch = batch_of(tmp_path, text)
    fresh = CsvBatch(batch.csv, batch.text, batch.rows)
    assert batch.csv.along == ("product", "quantity", "value")
    assert written(batch) == text
    monkeypatch.setattr(CsvBatch, "_read_only", None)  # nobody reads them again
    columns = batch.columns_of(batch.csv.along)
    assert batch.row_ids().every is not None
    monkeypatch.undo()
    for one, other in zip(columns, fresh.columns_of(batch.csv.along), strict=True):
        assert (one.kind, one.stride, one.valid) == (other.kind, other.stride, other.valid)
        values = [column.owners[0].values[: 8 * batch.rows].tobytes() for column in (one, other)]
        assert values[0] == values[1]


def test_a_text_with_doubled_quotes_is_read_as_what_it_means(tmp_path: Path) -> None:
    batch = batch_of(tmp_path, ROWS.partition(b"\n")[2])
    written(batch)
    (column,) = batch.columns_of(("product",))
    offsets = column.owners[0].tolist()
    text = column.owners[1].text.tobytes()
    assert [text[one:behind] for one, behind in pairwise(offsets)] == [b"tea"] * 3 + [b'a "b"']
