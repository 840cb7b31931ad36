"""Parquet inputs: what is refused by name, what is joined, what is read in pieces."""

from __future__ import annotations

from tests.mutants.fault import Fault

_PARQUET = "tests/unit/formats/parquet/test_parquet_input.py"
_GROUP = "tests/property/formats/parquet/test_row_group.py"
_JOINED = "tests/unit/formats/parquet/test_row_group.py"

FAULTS = (
    Fault(
        "etl_batch.formats.parquet.int96_digits.lost_digits",
        "* np.uint64(1000) != 0",
        "* np.uint64(1000) > 10**9",
        f"{_PARQUET}::test_int96_digits_below_the_microsecond_are_never_cut",
    ),
    Fault(
        "etl_batch.formats.parquet.footer._physical_types",
        'leaf.converted_type == "INTERVAL"',
        'leaf.converted_type == "DECIMAL"',
        f"{_PARQUET}::test_an_interval_is_not_twelve_bytes",
    ),
    Fault(
        "etl_batch.formats.parquet.footer._SIGNATURE_BYTES",
        "28",
        "-1",
        f"{_PARQUET}::test_encrypted_columns_behind_a_plain_footer",
    ),
    Fault(
        "etl_batch.formats.arrow.errors._meant",
        "number == errno.ENOMEM or _NO_MEMORY.search(said)",
        "number == errno.ENOMEM",
        f"{_PARQUET}::test_only_damage_is_called_damage",
    ),
    Fault(
        "etl_batch.formats.arrow.plan.runs",
        "room -= size",
        "room -= 0",
        "tests/unit/formats/arrow/test_plan.py",
    ),
    Fault(
        "etl_batch.formats.arrow.plan.runs",
        "max(group.uncompressed_bytes, group.rows * row_bytes)",
        "group.uncompressed_bytes",
        "tests/unit/formats/arrow/test_plan.py",
    ),
    Fault(
        "etl_batch.formats.parquet.pieces._Rows.take",
        "skipped = min(max(first - self.at, 0), batch.num_rows)",
        "skipped = 0",
        f"{_PARQUET}::test_what_others_read_of_a_huge_row_group_is_passed_over",
    ),
    Fault(
        "etl_batch.formats.arrow.batch.ArrowBatch._text",
        "lambda: good",
        "self.table",
        "tests/property/formats/arrow/test_columns.py::test_a_batch_goes_with_its_last_user",
    ),
    Fault(
        "etl_batch.formats.parquet.chunk.bounds_of_numbers",
        "values = values[~np.isnan(values)]",
        "pass",
        f"{_GROUP}::test_bounds_of_floats",
    ),
    Fault(
        "etl_batch.formats.parquet.chunk.bounds_of_numbers",
        "least = -abs(least) if least == 0 else least",
        "pass",
        f"{_GROUP}::test_bounds_of_floats",
    ),
    Fault(
        "etl_batch.formats.parquet.dictionary_chunk._data_page",
        "if count < found.rows:",
        "if False:",
        f"{_GROUP}::test_each_page_has_the_bounds_of_its_own_rows",
    ),
    Fault(
        "etl_batch.formats.parquet.plain_chunk.number_chunk",
        "if len(pages) > 1:",
        "if False:",
        f"{_GROUP}::test_pages_and_bounds_of_what_has_no_dictionary",
    ),
    Fault("etl_batch.formats.parquet.chunk._LONGEST_BOUND", "4096", "4097", f"{_GROUP}::test_bounds_of_long_texts"),
    Fault(
        "etl_batch.formats.parquet.plain_chunk._texts",
        "len(said) <= _LEVELS_ROOM",
        "True",
        f"{_GROUP}::test_pages_and_bounds_of_what_has_no_dictionary",
    ),
    Fault(
        "etl_batch.formats.parquet.encodings._own_chunk",
        "coder.share > _REPEATING_RUNS and",
        "",
        "tests/unit/formats/parquet/test_encodings.py",
    ),
    Fault(
        "etl_batch.pipeline.outputs.parquet_output.ParquetOutput.grant",
        "self._schema_footer or result.parquet_schema",
        "self._schema_footer",
        "tests/acceptance/test_conversion.py::test_who_starts_the_workers_writes_parquet_without_loading_arrow",
    ),
    Fault(
        "etl_batch.formats.parquet.row_group_footer.footer_of_one",
        "(_BYTES, I64, zigzag(sum(column.uncompressed_bytes",
        "(_BYTES, I64, zigzag(sum(column.compressed_bytes",
        f"{_JOINED}::test_columns_stand_in_their_order_whoever_wrote_them",
    ),
    Fault(
        "etl_batch.formats.parquet.row_group.encode_row_group",
        "offset += len(chunk.pages)",
        "offset += 0",
        f"{_JOINED}::test_readers_of_others_read_the_same_rows",
    ),
    Fault(
        "etl_batch.pipeline.runners.parquet_imports",
        '"background_thread:false"',
        '"background_thread:true"',
        "tests/unit/pipeline/runners/test_process_pool.py::"
        "test_what_parquet_takes_is_loaded_once_where_it_is_written_and_starts_no_thread",
    ),
)
