"""The best scripts an expert would write with each peer; run in an environment of their own, one job a process.

usage: peer_job.py PEER JOB IN OUT --threads N RECORD     JOB: bin-csv, csv-csv, csv-parquet

None of them checks rows, samples, hashes (but `polars-sha256`) or publishes safely. Only Polars escapes cells of CSV to
CSV. From records they write moments as the numbers that lie there, which is less work than ours, but `polars-moments`.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
from collections.abc import Callable, Iterator
from typing import Any

PEER, JOB, SOURCE, TARGET, _, THREADS, RECORD = sys.argv[1:]
os.environ["POLARS_MAX_THREADS"] = THREADS  # read when it is imported
_BATCH_ROWS = 1 << 20
_BLOCK_BYTES = 16 << 20
Job = Callable[[], None]


def _tables() -> Iterator[Any]:
    """The records as Arrow tables; numbers are copied, texts end at their first NUL."""
    import numpy as np
    import pyarrow as pa

    kind = np.dtype([(str(name), str(code)) for name, code in json.loads(RECORD)])
    records = np.memmap(SOURCE, dtype=kind, mode="r")
    for start in range(0, len(records), _BATCH_ROWS):
        batch = records[start : start + _BATCH_ROWS]
        columns = {}
        for name in kind.names or ():
            column = np.ascontiguousarray(batch[name])
            columns[name] = _texts(column) if kind[name].kind == "S" else pa.array(column)
        yield pa.table(columns)


def _texts(column: Any) -> Any:  # noqa: ANN401 - NumPy in, Arrow out; both are loaded late
    import numpy as np
    import pyarrow as pa

    letters = column.view(np.uint8)
    offsets = np.zeros(len(column) + 1, np.int32)
    np.cumsum(np.char.str_len(column), out=offsets[1:])
    return pa.Array.from_buffers(
        pa.utf8(), len(column), [None, pa.py_buffer(offsets), pa.py_buffer(letters[letters != 0])]
    )


def polars_bin_csv(*, moments: bool = False) -> None:
    """A batch of records at a time."""
    import polars as pl

    with open(TARGET, "wb") as out:  # noqa: PTH123 - a script of nobody's project
        for number, table in enumerate(_tables()):
            frame = pl.DataFrame(table)
            if moments:
                frame = frame.with_columns((pl.col("timestamp") * 1_000_000).cast(pl.Datetime("us")))
            frame.write_csv(out, include_header=number == 0, datetime_format="%Y-%m-%dT%H:%M:%S%.6fZ")


def polars_csv_csv() -> None:
    """With an apostrophe before what looks like a formula."""
    import polars as pl

    rows = pl.scan_csv(SOURCE)
    texts = [name for name, kind in rows.collect_schema().items() if kind == pl.String]
    formula = r"^[=+\-@\t\r]"
    escaped = [
        pl.when(pl.col(name).str.contains(formula)).then("'" + pl.col(name)).otherwise(pl.col(name)).alias(name)
        for name in texts
    ]
    rows.with_columns(escaped).sink_csv(TARGET)


def polars_csv_parquet() -> None:
    """By zstd, its default."""
    import polars as pl

    pl.scan_csv(SOURCE).sink_parquet(TARGET)


def hashed(job: Job) -> Job:
    """A job, and behind it the hash of what it wrote."""

    def run() -> None:
        job()
        with open(TARGET, "rb") as out:  # noqa: PTH123 - a script of nobody's project
            hashlib.file_digest(out, "sha256")

    return run


def duckdb_bin_csv() -> None:
    """It reads no records, but scans Arrow."""
    import pyarrow as pa

    tables = _tables()
    first = next(tables)

    def batches() -> Iterator[Any]:
        yield from first.to_batches()
        for table in tables:
            yield from table.to_batches()

    _duckdb().register("records", pa.RecordBatchReader.from_batches(first.schema, batches()))
    _duckdb().execute(f"COPY records TO '{TARGET}' (HEADER)")


def duckdb_csv_csv() -> None:
    """Nothing is escaped."""
    _duckdb().execute(f"COPY (FROM read_csv('{SOURCE}')) TO '{TARGET}' (HEADER)")


def duckdb_csv_parquet() -> None:
    """As Polars does."""
    _duckdb().execute(f"COPY (FROM read_csv('{SOURCE}')) TO '{TARGET}' (COMPRESSION zstd)")


def _duckdb() -> Any:  # noqa: ANN401 - it is loaded late
    import duckdb

    database = duckdb.default_connection()
    database.execute(f"SET threads = {int(THREADS)}")
    return database


def pyarrow_bin_csv() -> None:
    """A batch of records at a time."""
    import pyarrow.csv

    tables = _tables()
    first = next(tables)
    with pyarrow.csv.CSVWriter(TARGET, first.schema) as writer:
        writer.write_table(first)
        for table in tables:
            writer.write_table(table)


def pyarrow_csv_csv() -> None:
    """A block at a time; nothing is escaped."""
    import pyarrow.csv

    with _arrow_blocks() as rows, pyarrow.csv.CSVWriter(TARGET, rows.schema) as writer:
        for batch in rows:
            writer.write_batch(batch)


def pyarrow_csv_parquet() -> None:
    """A block at a time."""
    import pyarrow.parquet

    with _arrow_blocks() as rows, pyarrow.parquet.ParquetWriter(TARGET, rows.schema, compression="zstd") as writer:
        for batch in rows:
            writer.write_batch(batch)


def _arrow_blocks() -> Any:  # noqa: ANN401 - it is loaded late
    import pyarrow.csv

    pyarrow.set_cpu_count(int(THREADS))
    return pyarrow.csv.open_csv(SOURCE, pyarrow.csv.ReadOptions(block_size=_BLOCK_BYTES))


def pandas_bin_csv() -> None:
    """A batch of records at a time."""
    with open(TARGET, "w", newline="") as out:  # noqa: PTH123 - a script of nobody's project
        for number, table in enumerate(_tables()):
            table.to_pandas().to_csv(out, index=False, header=number == 0)


def pandas_csv_csv() -> None:
    """A million rows at a time; nothing is escaped."""
    import pandas as pd

    with open(TARGET, "w", newline="") as out:  # noqa: PTH123 - a script of nobody's project
        for number, frame in enumerate(pd.read_csv(SOURCE, chunksize=_BATCH_ROWS)):
            frame.to_csv(out, index=False, header=number == 0)


JOBS: dict[tuple[str, str], Job] = {
    ("polars", "bin-csv"): polars_bin_csv,
    ("polars-sha256", "bin-csv"): hashed(polars_bin_csv),
    ("polars-moments", "bin-csv"): lambda: polars_bin_csv(moments=True),
    ("duckdb", "bin-csv"): duckdb_bin_csv,
    ("pyarrow", "bin-csv"): pyarrow_bin_csv,
    ("pandas", "bin-csv"): pandas_bin_csv,
    ("polars", "csv-csv"): polars_csv_csv,
    ("polars-sha256", "csv-csv"): hashed(polars_csv_csv),
    ("duckdb", "csv-csv"): duckdb_csv_csv,
    ("pyarrow", "csv-csv"): pyarrow_csv_csv,
    ("pandas", "csv-csv"): pandas_csv_csv,
    ("polars", "csv-parquet"): polars_csv_parquet,
    ("polars-sha256", "csv-parquet"): hashed(polars_csv_parquet),
    ("duckdb", "csv-parquet"): duckdb_csv_parquet,
    ("pyarrow", "csv-parquet"): pyarrow_csv_parquet,
}

if __name__ == "__main__":
    JOBS[PEER, JOB]()
