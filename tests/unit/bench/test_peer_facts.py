"""What DuckDB finds in an output: the same for equal rows in other notations, and nothing less for others."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet
import pytest

from tests.bench.speed.peer_facts import facts

COLUMNS = {"id": "integer", "at": "moment", "product": "text", "value": "float"}
ROWS = "id,at,product,value\n1,2017-01-01T11:53:26.000000Z,MILK,0.5\n2,1483271667,,1.25\n"


def _facts(folder: Path, text: str) -> dict[str, str]:
    path = folder / "out.csv"
    path.write_text(text)
    return facts(str(path), COLUMNS)


def test_rows_and_sums(tmp_path: Path) -> None:
    found = _facts(tmp_path, ROWS)
    assert (found["rows"], found["sum of id"], found["sum of value"]) == ("2", "3", "17500")
    assert found["sum of at"] == str(1483271606 + 1483271667)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("2017-01-01T11:53:26.000000Z", "1483271606"),  # a moment as a number
        ("MILK", "'MILK"),  # escaped
        (",,", ',"",'),  # no text, and an empty one
        ("0.5", "0.50"),
    ],
)
def test_other_notations_are_no_other_rows(before: str, after: str, tmp_path: Path) -> None:
    assert _facts(tmp_path, ROWS.replace(before, after)) == _facts(tmp_path, ROWS)


@pytest.mark.parametrize(
    ("before", "after"), [("MILK", "SILK"), ("0.5", "0.5000001"), ("\n2,", "\n3,"), ("11:53:26", "11:53:27")]
)
def test_other_values_are_seen(before: str, after: str, tmp_path: Path) -> None:
    found, other = _facts(tmp_path, ROWS), _facts(tmp_path, ROWS.replace(before, after))
    assert len({name for name in found if found[name] != other[name]} - {"rows, hashed"}) >= 1


def test_values_that_changed_places_are_seen(tmp_path: Path) -> None:
    """Each column alone is as it was."""
    swapped = ROWS.replace("0.5", "X").replace("1.25", "0.5").replace("X", "1.25")
    found, other = _facts(tmp_path, ROWS), _facts(tmp_path, swapped)
    assert {name for name in found if found[name] != other[name]} == {"rows, hashed"}


def test_a_parquet_file_says_what_its_csv_says(tmp_path: Path) -> None:
    moments = pa.array([1483271606, 1483271667], pa.timestamp("s", "UTC")).cast(pa.timestamp("us", "UTC"))
    table = pa.table({"id": [1, 2], "at": moments, "product": ["MILK", None], "value": [0.5, 1.25]})
    pyarrow.parquet.write_table(table, tmp_path / "out.parquet")
    assert facts(str(tmp_path / "out.parquet"), COLUMNS) == _facts(tmp_path, ROWS)
