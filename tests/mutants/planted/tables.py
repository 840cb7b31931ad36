"""Faults in outputs of many files: folders of parts, and a folder for each table."""

from __future__ import annotations

from tests.mutants.fault import Fault

_CONVERSION = "tests/acceptance/test_conversion.py"
_PARTS = "tests/acceptance/test_resume_parts.py"

FAULTS = (
    Fault(
        "etl_batch.formats.csv.unsettled_csv.UnsettledCsv.plan",
        "first_part + number * step // chunk_bytes",
        "first_part",
        f"{_CONVERSION}::test_a_folder_of_csv_is_read_as_inputs_again",
    ),
    Fault(
        "etl_batch.pipeline.outputs.restore._rows_before",
        "[0, *(made.totals.rows_out for made in certain[:-1])]",
        "[0] * len(certain)",
        f"{_PARTS}::test_resume_gives_the_same_parts",
    ),
    Fault(
        "etl_batch.pipeline.outputs.restore._right_parts",
        "right < len(marks)",
        "False",
        f"{_PARTS}::test_of_a_part_that_is_damaged_nothing_is_believed",
    ),
    Fault(
        "etl_batch.pipeline.outputs.csv_output.CsvOutput.grant",
        "part.rows += result.rows_out",
        "pass",
        f"{_CONVERSION}::test_csv_as_a_folder_of_parts",
    ),
)
