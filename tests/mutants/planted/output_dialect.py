"""A CSV in another dialect: what is quoted, what may be run, which numbers and characters it has, who reads it."""

from __future__ import annotations

from tests.mutants.fault import Fault

_KERNEL = "tests/property/kernels/test_redialect.py"
_RULE = "tests/property/test_cell_escape.py::test_behind_any_delimiter_it_is_reversible_and_leaves_no_formula"
_UNIT = "tests/unit/formats/test_redialect.py"
_OPTIONS = "tests/unit/options/test_output_dialect.py"
_HEAD = "tests/unit/pipeline/outputs/test_csv_head.py"
_WRITTEN = "tests/unit/text/test_written_dialect.py"
_JOBS = "tests/acceptance/test_output_dialect.py"
_NAMED = f"{_JOBS}::test_a_row_with_a_character_that_the_encoding_lacks_is_named"
_LEFT_OUT = f"{_JOBS}::test_rows_left_out_are_missing_everywhere_and_the_others_keep_their_numbers"
_MEANT = f"{_JOBS}::test_of_cells_that_are_read_as_they_are_meant_the_row_is_shown_as_it_stands"
_ESTIMATE = f"{_JOBS}::test_an_estimate_reads_it_as_its_run_wrote_it"

FAULTS = (
    Fault("etl_batch.kernels.redialect._write_text", "at < end and _is_run", "False and _is_run", _KERNEL),
    Fault("etl_batch.kernels.redialect._write_bare", "if byte == delimiter:", "if False:", _KERNEL),
    Fault(
        "etl_batch.kernels.redialect._write_bare",
        "points = _ONES * U(_POINT) if is_marked",
        "points = commas if True",
        _KERNEL,
    ),
    Fault("etl_batch.kernels.redialect._is_run", "and not reaches", "", _KERNEL),
    Fault("etl_batch.kernels.redialect.rewrite_rows", "out = began", "out = out", _KERNEL),
    Fault("etl_batch.kernels.redialect._refuse", "np.uint32(column)", "np.uint32(row)", _KERNEL),
    Fault("etl_batch.cell_escape.more_separators", '{",", delimiter}', "{delimiter}", _KERNEL),
    Fault("etl_batch.cell_escape.csv_cell", "and delimiter not in safe", "", _KERNEL),
    Fault(
        "etl_batch.formats.redialect._classes",
        "(SEPARATORS + more, job_fields.ENDS)",
        "(SEPARATORS, job_fields.ENDS)",
        _KERNEL,
    ),
    Fault("etl_batch.formats.redialect.marked_columns", "own[one.origin]", "own[0]", _UNIT),
    Fault("etl_batch.formats.csv.csv_inputs.is_one_pass", "and config.is_written_row_by_row", "", _NAMED),
    Fault(
        "etl_batch.options.output_dialect.OutputDialect.is_written_row_by_row",
        "and self.written_dialect.has_every_character",
        "",
        _NAMED,
    ),
    Fault("etl_batch.formats.csv.left_out.left_out", "number - 1 - first_row", "number - first_row", _LEFT_OUT),
    Fault(
        "etl_batch.formats.csv.left_out.left_out",
        "file.row_as_it_stands(raw, start, stop)",
        "raw",
        _MEANT,
    ),
    Fault(
        "etl_batch.formats.csv.batch.CsvBatch.without",
        "sorted([*self.rejected, *left.rejected]",
        "sorted([*left.rejected, *self.rejected[:0]]",
        _NAMED,
    ),
    Fault(
        "etl_batch.formats.arrow.batch.ArrowBatch.without",
        "RowIds(0, ids[kept])",
        "RowIds(0, ids[: int(kept.sum())])",
        _LEFT_OUT,
    ),
    Fault(
        "etl_batch.formats.binary.record_reader.RecordBatch.without",
        "np.delete(self._records.bytes, places, axis=0)",
        "self._records.bytes[len(places) :]",
        _LEFT_OUT,
    ),
    Fault("etl_batch.pipeline.outputs.csv_head.csv_head", "dialect.mark(bom=config.bom) + header", "header", _HEAD),
    Fault("etl_batch.text.written_dialect.WrittenDialect.read_as", "if not self.mark(bom=bom):", "if True:", _WRITTEN),
    Fault("etl_batch.text.written_dialect.characters_of", "len(text) != len(found)", "False", _WRITTEN),
    Fault(
        "etl_batch.options.output_dialect.OutputDialect.refuse_unwritable",
        "if self.out_delimiter == self.out_decimal:",
        "if False:",
        _OPTIONS,
    ),
    Fault("etl_batch.options.output_dialect.read_out_delimiter", 'given.lower() == "none"', "False", _OPTIONS),
    Fault("etl_batch.file_estimate.as_written.as_written", "config.delimiter is not None or", "", _ESTIMATE),
    Fault(
        "etl_batch.pipeline.outputs.run_files.RunMetadata.dialect",
        "None if self.agreement(descriptor, name) is Agreement.OTHER else dialect",
        "dialect",
        _ESTIMATE,
    ),
)
