"""Parquet inputs: what is refused by name, what is joined, what is read in pieces."""

from __future__ import annotations

from tests.mutants.fault import Fault

_PARQUET = "tests/unit/test_parquet_file.py"

FAULTS = (
    Fault(
        "etl_batch.sources.int96_digits.lost_digits",
        "* np.uint64(1000) != 0",
        "* np.uint64(1000) > 10**9",
        f"{_PARQUET} -k int96",
    ),
    Fault(
        "etl_batch.sources.parquet_footer._physical_types",
        'leaf.converted_type == "INTERVAL"',
        'leaf.converted_type == "DECIMAL"',
        f"{_PARQUET} -k interval",
    ),
    Fault(
        "etl_batch.sources.parquet_footer._SIGNATURE_BYTES",
        "28",
        "-1",
        f"{_PARQUET} -k encrypted",
    ),
    Fault(
        "etl_batch.sources.parquet_errors._meant",
        "number == errno.ENOMEM or _NO_MEMORY.search(said)",
        "number == errno.ENOMEM",
        f"{_PARQUET} -k damage",
    ),
    Fault(
        "etl_batch.sources.parquet_plan.runs",
        "room -= size",
        "room -= 0",
        "tests/unit/test_parquet_plan.py",
    ),
    Fault(
        "etl_batch.sources.parquet_plan.runs",
        "max(group.uncompressed_bytes, group.rows * row_bytes)",
        "group.uncompressed_bytes",
        "tests/unit/test_parquet_plan.py",
    ),
    Fault(
        "etl_batch.sources.parquet_pieces._Rows.take",
        "skipped = min(max(first - self.at, 0), batch.num_rows)",
        "skipped = 0",
        f"{_PARQUET} -k pieces",
    ),
)
