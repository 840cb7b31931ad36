"""Of thousands of payloads none begins a cell, whatever a reader splits at and however it takes our quotes."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from etl_batch.cell_escape import csv_cell, escape_csv_injection, unescape_csv_injection
from tests.data_makers.apostrophes import added_to
from tests.data_makers.payloads import cells_with_quotes, cells_without_quotes, may_run, payloads, rows
from tests.helpers import kernel_calls
from tests.helpers.csv_calls import rewritten

PAYLOADS = payloads()
READERS = [
    (",", cells_with_quotes),
    *((one, read) for one in ";\t|" for read in (cells_without_quotes, cells_with_quotes)),
]

Reader = Callable[[str, str], Iterator[str]]


def test_they_are_many_and_always_the_same() -> None:
    assert len(PAYLOADS) >= 4000
    assert len(set(PAYLOADS)) > 0.95 * len(PAYLOADS)
    assert payloads() == PAYLOADS


def test_each_can_be_taken_back() -> None:
    assert [unescape_csv_injection(escape_csv_injection(one)) for one in PAYLOADS] == PAYLOADS


def that_run(separator: str, read: Reader, *, escape: bool) -> list[tuple[str, str]]:
    """The payloads of which a reader takes a piece for a formula."""
    cells = [csv_cell(one, escape=escape) for one in PAYLOADS]
    return [
        (payload, piece)
        for payload, cell in zip(PAYLOADS, cells, strict=True)
        for piece in read(f"k0,{cell},z", separator)
        if may_run(piece)
    ]


@pytest.mark.parametrize(("separator", "read"), READERS)
def test_none_runs(separator: str, read: Reader) -> None:
    assert that_run(separator, read, escape=False), "the readers find them where nothing is escaped"
    assert that_run(separator, read, escape=True) == []


def test_the_kernels_write_them_as_the_twin_does() -> None:
    cells = [csv_cell(one) for one in PAYLOADS]
    written, added = kernel_calls.csv_bytes([kernel_calls.texts(PAYLOADS)], len(PAYLOADS))
    assert written.decode() == "".join(f"{cell}\n" for cell in cells)
    assert added == added_to(PAYLOADS)
    raw = rows([csv_cell(one, escape=False) for one in PAYLOADS]).encode()
    assert rewritten(raw) == (rows(cells).encode(), added)
