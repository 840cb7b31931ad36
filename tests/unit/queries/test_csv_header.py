"""The header of a CSV, where no metadata tell its columns."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from etl_batch.errors import QueryInvalid
from etl_batch.queries.csv_header import header_names
from etl_batch.queries.table_spec import CsvCells

CELLS = CsvCells()


def names(folder: Path, content: bytes) -> tuple[str, ...]:
    (folder / "x.csv").write_bytes(content)
    descriptor = os.open(folder / "x.csv", os.O_RDONLY)
    try:
        return header_names(descriptor, CELLS)
    finally:
        os.close(descriptor)


def test_names_with_marks_and_line_ends(tmp_path: Path) -> None:
    assert names(tmp_path, b'\xef\xbb\xbfa,"b ""c""",""\n1,2,3\n') == ("a", 'b "c"', "")
    assert names(tmp_path, b'"a\nb",c\r\n') == ("a\nb", "c")


@pytest.mark.parametrize(
    ("content", "said"), [(b"", "has no header"), (b"a" * 200_000 + b",b\n", "header cannot be read")]
)
def test_what_is_no_header_is_a_sentence(tmp_path: Path, content: bytes, said: str) -> None:
    with pytest.raises(QueryInvalid, match=said):
        names(tmp_path, content)
