"""The compiled loop over blocks of a CSV agrees with Python's own csv module, or says that it cannot."""

from __future__ import annotations

import math
import os
import tempfile
from pathlib import Path, PurePosixPath

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from etl_batch.formats.csv.csv_file import CsvFile
from etl_batch.formats.csv.unit_loop import BlockLoop
from etl_batch.formats.units.unit import Wanted
from etl_batch.storage.paths import FileIdentity
from etl_batch.storage.roots import Place
from tests.helpers.chance import examples

HEADER = b"name,amount,price\n"
WANTED = Wanted(("price", "amount"), "name", None)
NAMES = st.sampled_from(["", "a", "milk", "café", "a longer name of a product", 'say "hi"'])
ROWS = st.lists(
    st.tuples(NAMES, st.integers(-(10**6), 10**6), st.none() | st.floats(allow_nan=False)), min_size=1, max_size=30
)


@given(ROWS, st.integers(5, 200), st.integers(0, 200), st.sampled_from(["\n", "\r\n"]), st.booleans())
@settings(max_examples=examples(300), deadline=None)
def test_blocks_hold_the_rows_that_start_in_them(
    rows: list[tuple[str, int, float | None]], block: int, behind: int, end: str, ended: bool
) -> None:
    lines = [f"{name},{amount},{'' if price is None else price!r}{end}".encode() for name, amount, price in rows]
    if not ended:
        lines[-1] = lines[-1].rstrip(b"\r\n")
    content = HEADER + b"".join(lines)
    starts = len(HEADER) + np.cumsum([0, *map(len, lines)])
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rows.csv"
        path.write_bytes(content)
        descriptor = os.open(path, os.O_RDONLY)
        try:
            place = Place(Path(folder), PurePosixPath("rows.csv"))
            names = ("name", "amount", "price")
            file = CsvFile(place, FileIdentity.of(descriptor), ord(","), names, len(HEADER), (None, None, None))
            begins = np.arange(len(HEADER), len(content), block, dtype=np.int64)
            ends = np.minimum(begins + block, len(content))
            taken = BlockLoop(file, descriptor, behind).read(begins, ends, WANTED)
        finally:
            os.close(descriptor)
    expected: list[tuple[str, int, float | None]] = []
    for number, count in zip(np.delete(np.arange(len(begins)), taken.slow), taken.per_unit, strict=True):
        own = [
            row for row, start in zip(rows, starts[:-1], strict=True)
            if begins[number] < start <= ends[number] or start == begins[number] == len(HEADER)
        ]  # fmt: skip
        assert len(own) == count
        expected += own
    assert taken.strata is not None
    found = zip(taken.strata.codes.tolist(), taken.values["amount"], taken.values["price"], strict=True)
    for (code, amount, price), (name, its_amount, its_price) in zip(found, expected, strict=True):
        assert (taken.strata.values[code] or "") == name
        assert '"' not in name
        assert amount == its_amount
        assert math.isnan(price) if its_price is None else price == its_price
    if behind >= 100 and block >= 100 and '"' not in repr(content):
        assert len(taken.slow) < len(begins)
