"""The best scripts an expert would write with Polars for the same jobs; they check and publish nothing.

usage: python -m tests.bench.peer_polars {bin-csv,csv-csv,csv-parquet} IN OUT
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import polars as pl
import pyarrow as pa

from etl_batch.commands.demo_data import RECORD

_BATCH = 1 << 20


def _text(column: np.ndarray[tuple[int], np.dtype[np.bytes_]]) -> pa.Array:
    flat = np.ascontiguousarray(column)
    letters = flat.view(np.uint8)
    offsets = np.zeros(len(flat) + 1, np.int32)
    np.cumsum(np.char.str_len(flat), out=offsets[1:])
    return pa.Array.from_buffers(
        pa.utf8(), len(flat), [None, pa.py_buffer(offsets), pa.py_buffer(letters[letters != 0])]
    )


def bin_to_csv(source: Path, target: Path) -> None:
    """Write the records of a demo file as CSV."""
    records = np.memmap(source, dtype=RECORD, mode="r")
    with target.open("wb") as out:
        for start in range(0, len(records), _BATCH):
            batch = records[start : start + _BATCH]
            columns = {
                name: _text(batch[name]) if name == "product" else pa.array(np.ascontiguousarray(batch[name]))
                for name in RECORD.names or ()
            }
            frame = pl.from_arrow(pa.table(columns))
            if isinstance(frame, pl.DataFrame):
                frame.write_csv(out, include_header=start == 0)


def csv_to_csv(source: Path, target: Path) -> None:
    """Write a CSV anew, with an apostrophe before what looks like a formula."""
    rows = pl.scan_csv(source)
    texts = [name for name, kind in rows.collect_schema().items() if kind == pl.String]
    formula = r"^[=+\-@\t\r]"
    escaped = [
        pl.when(pl.col(name).str.contains(formula)).then("'" + pl.col(name)).otherwise(pl.col(name)).alias(name)
        for name in texts
    ]
    rows.with_columns(escaped).sink_csv(target)


def csv_to_parquet(source: Path, target: Path) -> None:
    """Write a CSV as Parquet, zstd as is Polars' default."""
    pl.scan_csv(source).sink_parquet(target)


_JOBS = {"bin-csv": bin_to_csv, "csv-csv": csv_to_csv, "csv-parquet": csv_to_parquet}

if __name__ == "__main__":
    _JOBS[sys.argv[1]](Path(sys.argv[2]), Path(sys.argv[3]))
