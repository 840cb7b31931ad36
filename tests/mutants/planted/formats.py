"""Formats: how inputs are read, refused and cut, and how outputs are encoded."""

from __future__ import annotations

from tests.mutants.fault import Fault

_ENCODINGS = "tests/unit/test_parquet_encodings.py"
_HEADER_WIDTH = "tests/unit/test_csv_header_width.py"

FAULTS = (
    Fault(
        "etl_batch.sinks.parquet_encodings.chosen_encodings",
        "name not in repeating_texts",
        "name not in texts.intersection(dictionary)",
        _ENCODINGS,
    ),
    Fault(
        "etl_batch.sources.csv_header_width.width_of_rows",
        "rows >= _ROWS_AGREED",
        "rows",
        f"{_HEADER_WIDTH}::test_the_rule",
    ),
    Fault(
        "etl_batch.sources.csv_header_width.width_of_rows",
        "agreed not in (None, width)",
        "False",
        f"{_HEADER_WIDTH}::test_the_rule",
    ),
    Fault(
        "etl_batch.csv_inputs.CsvInputs.open",
        "refuse_other_width(copy.descriptor, header, self.config.delimiter, str(where.path))",
        "pass",
        f"{_HEADER_WIDTH}::test_it_is_said_before_any_row_is_checked_in_either_mode",
    ),
)
