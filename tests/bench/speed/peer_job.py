"""The best scripts an expert would write with each peer; run in an environment of their own, one job a process.

usage: peer_job.py PEER JOB IN OUT THREADS RECORD     JOB: bin-csv, csv-csv, csv-parquet

None of them checks rows, samples, hashes (but `polars-sha256`) or publishes safely. Only Polars escapes cells of CSV to
CSV. From records they write moments as the numbers that lie there, which is less work than ours, but `polars-moments`.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

_BATCH_ROWS = 1 << 20
_BLOCK_BYTES = 16 << 20


@dataclass(frozen=True)
class Task:
    """What is read and written."""

    source: str
    target: str
    threads: int
    record: list[tuple[str, str]]  #: of each field its name and its NumPy type


Job = Callable[[Task], None]


def _tables(task: Task) -> Iterator[Any]:
    """The records as Arrow tables; numbers are copied, texts end at their first NUL."""
    import numpy as np
    import pyarrow as pa

    kind = np.dtype(task.record)
    records = np.memmap(task.source, dtype=kind, mode="r")
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


def polars_bin_csv(task: Task, *, moments: bool = False) -> None:
    """A batch of records at a time."""
    import polars as pl

    with open(task.target, "wb") as out:  # noqa: PTH123 - a script of nobody's project
        for number, table in enumerate(_tables(task)):
            frame = pl.DataFrame(table)
            if moments:
                frame = frame.with_columns((pl.col("timestamp") * 1_000_000).cast(pl.Datetime("us")))
            frame.write_csv(out, include_header=number == 0, datetime_format="%Y-%m-%dT%H:%M:%S%.6fZ")


def polars_csv_csv(task: Task) -> None:
    """With an apostrophe before what looks like a formula."""
    import polars as pl

    rows = pl.scan_csv(task.source)
    texts = [name for name, kind in rows.collect_schema().items() if kind == pl.String]
    formula = r"^[=+\-@\t\r]"
    escaped = [
        pl.when(pl.col(name).str.contains(formula)).then("'" + pl.col(name)).otherwise(pl.col(name)).alias(name)
        for name in texts
    ]
    rows.with_columns(escaped).sink_csv(task.target)


def polars_csv_parquet(task: Task) -> None:
    """By zstd, its default."""
    import polars as pl

    pl.scan_csv(task.source).sink_parquet(task.target)


def hashed(job: Job) -> Job:
    """A job, and behind it the hash of what it wrote."""

    def run(task: Task) -> None:
        job(task)
        with open(task.target, "rb") as out:  # noqa: PTH123 - a script of nobody's project
            hashlib.file_digest(out, "sha256")

    return run


def duckdb_bin_csv(task: Task) -> None:
    """It reads no records, but scans Arrow."""
    import pyarrow as pa

    tables = _tables(task)
    first = next(tables)

    def batches() -> Iterator[Any]:
        yield from first.to_batches()
        for table in tables:
            yield from table.to_batches()

    _duckdb(task).register("records", pa.RecordBatchReader.from_batches(first.schema, batches()))
    _duckdb(task).execute(f"COPY records TO '{task.target}' (HEADER)")


def duckdb_csv_csv(task: Task) -> None:
    """Nothing is escaped."""
    _duckdb(task).execute(f"COPY (FROM read_csv('{task.source}')) TO '{task.target}' (HEADER)")


def duckdb_csv_parquet(task: Task) -> None:
    """As Polars does."""
    _duckdb(task).execute(f"COPY (FROM read_csv('{task.source}')) TO '{task.target}' (COMPRESSION zstd)")


def _duckdb(task: Task) -> Any:  # noqa: ANN401 - it is loaded late
    import duckdb

    database = duckdb.default_connection()
    database.execute(f"SET threads = {task.threads}")
    return database


def pyarrow_bin_csv(task: Task) -> None:
    """A batch of records at a time."""
    import pyarrow.csv

    tables = _tables(task)
    first = next(tables)
    with pyarrow.csv.CSVWriter(task.target, first.schema) as writer:
        writer.write_table(first)
        for table in tables:
            writer.write_table(table)


def pyarrow_csv_csv(task: Task) -> None:
    """A block at a time; nothing is escaped."""
    import pyarrow.csv

    with _arrow_blocks(task) as rows, pyarrow.csv.CSVWriter(task.target, rows.schema) as writer:
        for batch in rows:
            writer.write_batch(batch)


def pyarrow_csv_parquet(task: Task) -> None:
    """A block at a time."""
    import pyarrow.parquet

    with (
        _arrow_blocks(task) as rows,
        pyarrow.parquet.ParquetWriter(task.target, rows.schema, compression="zstd") as writer,
    ):
        for batch in rows:
            writer.write_batch(batch)


def _arrow_blocks(task: Task) -> Any:  # noqa: ANN401 - it is loaded late
    import pyarrow.csv

    pyarrow.set_cpu_count(task.threads)
    return pyarrow.csv.open_csv(task.source, pyarrow.csv.ReadOptions(block_size=_BLOCK_BYTES))


def pandas_bin_csv(task: Task) -> None:
    """A batch of records at a time."""
    with open(task.target, "w", newline="") as out:  # noqa: PTH123 - a script of nobody's project
        for number, table in enumerate(_tables(task)):
            table.to_pandas().to_csv(out, index=False, header=number == 0)


def pandas_csv_csv(task: Task) -> None:
    """A million rows at a time; nothing is escaped."""
    import pandas as pd

    with open(task.target, "w", newline="") as out:  # noqa: PTH123 - a script of nobody's project
        for number, frame in enumerate(pd.read_csv(task.source, chunksize=_BATCH_ROWS)):
            frame.to_csv(out, index=False, header=number == 0)


JOBS: dict[tuple[str, str], Job] = {
    ("polars", "bin-csv"): polars_bin_csv,
    ("polars-sha256", "bin-csv"): hashed(polars_bin_csv),
    ("polars-moments", "bin-csv"): partial(polars_bin_csv, moments=True),
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
    peer, job, source, target, threads, record = sys.argv[1:]
    os.environ["POLARS_MAX_THREADS"] = threads  # read when it is imported
    fields = [(str(name), str(code)) for name, code in json.loads(record)]
    JOBS[peer, job](Task(source, target, int(threads), fields))
