"""Faults in outputs of many files: folders of parts, and a folder for each table."""

from __future__ import annotations

from tests.mutants.fault import Fault

_CONVERSION = "tests/acceptance/test_conversion.py"
_PARTS = "tests/acceptance/test_resume_parts.py"
_TYPES = "tests/acceptance/test_record_types.py"

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
    Fault(
        "etl_batch.formats.binary.record_kinds.parents_of",
        "last[lasts[higher] > last] = NOWHERE",
        "pass",
        "tests/unit/formats/binary/test_record_kinds.py",
    ),
    Fault(
        "etl_batch.formats.binary.record_kinds._last_before",
        "before.last[number]",
        "NOWHERE",
        "tests/unit/formats/binary/test_record_kinds.py",
    ),
    Fault(
        "etl_batch.formats.binary.exact_column._whole",
        "<< _HALF",
        "<< 31",
        f"{_TYPES}::test_a_header_and_a_trailer_become_no_rows_and_their_values_are_kept_and_compared",
    ),
    Fault(
        "etl_batch.formats.binary.reconciling.refuse_mismatch",
        "if its != said:",
        "if False:",
        f"{_TYPES}::test_what_a_trailer_says_and_what_there_is_end_the_job_where_they_differ",
    ),
    Fault(
        "etl_batch.pipeline.outputs.job_outputs.JobOutputs.count_up",
        "self.tables[-1].count(None, self.rejects.finish())",
        "self.tables[0].count(None, self.rejects.finish())",
        f"{_TYPES}::test_bad_rows_are_set_aside_with_their_table_and_all_adds_up",
    ),
    Fault(
        "etl_batch.pipeline.span_job.TableJob.own",
        "replace(span, source=span.source - self.first_source)",
        "span",
        f"{_TYPES}::test_samples_and_totals_of_each_table_lie_beside_its_folder",
    ),
)
