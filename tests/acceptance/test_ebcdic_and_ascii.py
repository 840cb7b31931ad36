"""The same values on a mainframe and on a PC, by one copybook: outputs that are equal, cell by cell."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from etl_batch.etl_core import run
from etl_batch.layouts.copybook.book import read_book
from etl_batch.layouts.copybook.fields import layout_of_book
from etl_batch.layouts.copybook.held import HowStored
from etl_batch.layouts.toml_text import layout_text
from tests.conftest import Home
from tests.helpers.chance import examples
from tests.helpers.copybooks import Item, books, record_of
from tests.helpers.inline_runner import InlineRunner, without_processes

_KINDS = ("cp037", "ascii")


@pytest.fixture(autouse=True)
def inline(monkeypatch: pytest.MonkeyPatch) -> None:
    without_processes(monkeypatch)


def _written(text: str, items: list[Item], encoding: str, values: Iterator[Any], rows: int) -> tuple[bytes, str]:
    """So many records of these values, and the layout that the book comes to for them."""
    content = b"".join(bytes(record_of(items, encoding, lambda _: next(values)).raw) for _ in range(rows))
    stored = HowStored(encoding, is_native_big=encoding == "cp037")
    return content, layout_text(layout_of_book(read_book(text, "book"), stored).layout)


@given(st.data())
@settings(max_examples=examples(40), suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_outputs_are_equal_cell_by_cell(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    text, items = data.draw(books())
    rows = data.draw(st.integers(1, 4))
    values: list[Any] = []

    def drawn(strategy: st.SearchStrategy[Any]) -> Any:  # noqa: ANN401 - any value of an item
        values.append(data.draw(strategy))
        return values[-1]

    for _ in range(rows):
        record_of(items, "cp037", drawn)
    found = []
    for encoding in _KINDS:
        home = _home(tmp_path_factory.mktemp(encoding))
        content, layout = _written(text, items, encoding, iter(values), rows)
        home.put("x.bin", content, layout)
        out, columns = home.output / "out.csv", home.output / "out.parquet"
        run(home.config(output_csv=str(out), output_parquet=str(columns), measures=()), runner=InlineRunner())
        metadata = json.loads((home.output / "out.csv.meta.json").read_text())
        assert (metadata["rows_in"], metadata["rows_out"]) == (rows, rows)
        found.append((out.read_bytes(), pq.read_table(columns)))
    (csv, table), (other_csv, other_table) = found
    assert csv == other_csv
    assert table.equals(other_table)


def _home(where: Path) -> Home:
    home = Home(where)
    for folder in (home.data, home.output, where / "report"):
        folder.mkdir()
    return home
