"""Formats beside CSV: how inputs are read, refused and cut, and how outputs are encoded."""

from __future__ import annotations

from tests.mutants.fault import Fault

_ENCODINGS = "tests/unit/formats/parquet/test_encodings.py"
_FIRST_LINES = "tests/unit/formats/csv/test_first_lines.py"
_ESCAPE = "tests/unit/test_cell_escape.py"
_INSIDE = f"{_ESCAPE}::test_behind_each_separator_the_rule_holds_for_whatever_can_be_a_formula_there"
_UNESCAPED = "tests/acceptance/test_escaping.py::test_without_escaping_every_cell_is_as_it_was_and_all_records_say_so"
_BOUNDED = "tests/unit/text/test_bounded_documents.py"
_ARROW = "tests/unit/formats/arrow/test_arrow_input.py"
_REGISTRY = "tests/unit/formats/test_registry.py"
_CONTENT = "tests/unit/formats/test_recognition.py"
_TEXT = "tests/property/formats/test_text_content.py"
_PACKINGS = "tests/property/formats/test_packings.py"
_PACKED_OUT = "tests/acceptance/test_compressed_outputs.py"
_COMPRESSED = "tests/acceptance/test_compressed_inputs.py"
_RECORDS = "tests/property/formats/binary/test_record_fields.py"
_SHAPE_RULES = "tests/unit/formats/test_output_columns.py"
_SHAPED = "tests/acceptance/test_output_shape.py"

FAULTS = (
    Fault(
        "etl_batch.formats.column_kinds.kind_of_arrow",
        "kind.scale <= 0",
        "kind.scale < 0",
        "tests/unit/formats/test_column_kinds.py",
    ),
    Fault(
        "etl_batch.report.reading_view._values",
        ", reading.get(name), by.get(name)",
        ", by.get(name)",
        "tests/unit/report/test_reading_view.py",
    ),
    Fault(
        "etl_batch.formats.single_byte.SingleByteText.of",
        "else _entry(undefined)",
        "else _entry(b'?')",
        "tests/property/kernels/test_single_byte.py",
    ),
    Fault(
        "etl_batch.jobs.config_json._AS_BEFORE",
        '"decimal": ".",',
        "",
        "tests/acceptance/test_meant_cells.py",
    ),
    Fault(
        "etl_batch.formats.output_columns.output_columns",
        "shape.select or names if name not in left_out",
        "names if name not in left_out and name in (shape.select or names)",
        _SHAPE_RULES,
    ),
    Fault("etl_batch.formats.output_columns._refuse_one_name", "times > 1", "times > 2", _SHAPE_RULES),
    Fault("etl_batch.formats.shaped_batch.ShapedBatch._numbers", "+ np.uint64(1)", "", _SHAPED),
    Fault(
        "etl_batch.pipeline.runners.process_pool.ProcessPool.run",
        "job.packing is None",
        "True",
        f"{_PACKED_OUT}::test_what_is_in_it_is_what_would_have_been_written",
    ),
    Fault(
        "etl_batch.pipeline.outputs.csv_output.CsvOutput.of",
        "head = packed_stream(head, packing)",
        "pass",
        f"{_PACKED_OUT}::test_what_is_in_it_is_what_would_have_been_written",
    ),
    Fault(
        "etl_batch.pipeline.outputs.metadata.metadata_of",
        "if output[where_it_is] is None:",
        "if True:",
        f"{_PACKED_OUT}::test_what_is_in_it_is_what_would_have_been_written",
    ),
    Fault(
        "etl_batch.formats.packed_output.content_sha256",
        "except FormatCorrupt as error:",
        "except ZeroDivisionError as error:",
        f"{_PACKED_OUT}::test_what_was_damaged_on_its_way_is_no_output",
    ),
    Fault(
        "etl_batch.formats.packings._streams",
        "if is_fresh:",
        "if True:",
        f"{_PACKINGS}::test_wherever_it_is_cut_it_is_refused",
    ),
    Fault(
        "etl_batch.formats.packings._behind",
        "if rest:",
        "if False:",
        f"{_PACKINGS}::test_whatever_stands_behind_it_is_refused",
    ),
    Fault(
        "etl_batch.formats.packings._streams",
        "new(), True",
        "new(), False",
        f"{_PACKINGS}::test_one_stream_after_the_other_gives_what_went_in",
    ),
    Fault(
        "etl_batch.formats.packings.refuse_behind_zip",
        "if behind > 0:",
        "if False:",
        f"{_COMPRESSED}::test_a_broken_one_is_refused_by_its_code_and_nothing_is_left",
    ),
    Fault(
        "etl_batch.formats.unpacking._refuse_too_much",
        "written > packed.most_ratio * whole",
        "False",
        f"{_COMPRESSED}::test_each_limit_holds_for_each_kind",
    ),
    Fault(
        "etl_batch.formats.unpacking._refuse_too_much",
        "written > packed.most_bytes",
        "written > packed.most_bytes + 1",
        f"{_COMPRESSED}::test_each_limit_holds_for_each_kind",
    ),
    Fault(
        "etl_batch.formats.unpacking.members",
        "if _UPWARDS.search(name):",
        "if False:",
        f"{_COMPRESSED}::test_a_broken_one_is_refused_by_its_code_and_nothing_is_left",
    ),
    Fault(
        "etl_batch.formats.unpacked.Unpacked.identity_of",
        "self.packed.mtime_ns",
        "found.mtime_ns",
        f"{_COMPRESSED}::test_resume_gives_the_same_bytes",
    ),
    Fault(
        "etl_batch.formats.unchanged.refuse_changed_since",
        "elif FileIdentity.of(descriptor) != packed:",
        "elif False:",
        f"{_COMPRESSED}::test_a_file_that_changed_meanwhile_is_not_mixed_with_what_it_was",
    ),
    Fault(
        "etl_batch.text.packed_names.unpacked_name",
        "len(name) > len(ending)",
        "True",
        "tests/unit/text/test_packed_names.py",
    ),
    Fault(
        "etl_batch.formats.recognition._by_layout",
        "content.magic(by_name) | content.is_divided(said, by_name)",
        "True",
        f"{_CONTENT}::test_a_layout_does_not_make_records_of_what_name_and_content_say_is_something_else",
    ),
    Fault(
        "etl_batch.formats.recognition._by_layout",
        "by_name is _RECORDS and _is_there",
        "_is_there",
        f"{_CONTENT}::test_the_layout_of_a_folder_is_for_records_and_for_what_content_does_not_tell",
    ),
    Fault(
        "etl_batch.formats.recognition._by_content",
        "if by_name is _LINES:",
        "if False:",
        f"{_CONTENT}::test_texts_that_hold_no_lines_of_cells_are_told_unless_their_name_says_csv",
    ),
    Fault(
        "etl_batch.formats.recognition._Content.text",
        "len(self.head) == self.size",
        "False",
        f"{_CONTENT}::test_what_content_does_not_tell_the_name_does",
    ),
    Fault(
        "etl_batch.formats.foreign.foreign",
        'int.from_bytes(head[2:6], "little") == size',
        "True",
        f"{_CONTENT}::test_short_marks_alone_make_nothing_foreign",
    ),
    Fault(
        "etl_batch.formats.foreign._of_zip",
        "name in head or name in tail",
        "name in head[:60]",
        f"{_CONTENT}::test_what_is_none_of_ours_is_told_as_what_it_is",
    ),
    Fault("etl_batch.formats.text_content.kind_of_text", "lines.pop()", "pass", _TEXT),
    Fault(
        "etl_batch.formats.text_content.kind_of_text", '_QUOTED.sub("", text).split("\\n")', 'text.split("\\n")', _TEXT
    ),
    Fault("etl_batch.formats.text_content._divides", ">= _AGREE *", "== 1.0 *", _TEXT),
    Fault(
        "etl_batch.formats.binary.record_reader.RecordBatch.write_csv",
        "ctypes.memmove(counts, before, _COUNTS_BYTES)",
        "pass",
        _RECORDS,
    ),
    Fault("etl_batch.formats.binary.record_reader.RecordBatch.write_csv", "if end:", "if end or True:", _RECORDS),
    Fault("etl_batch.formats.binary.record_times.decode_date", "field.length <= _DATE_BYTES", "True", _RECORDS),
    Fault(
        "etl_batch.formats.arrow.ipc_buffers.refuse_false_nulls",
        "if nulls != ",
        "if False and nulls != ",
        f"{_ARROW}::test_numbers_of_nulls_that_are_not_true",
    ),
    Fault(
        "etl_batch.formats.arrow.sound._refuse_far_places",
        'reach["max"] < len(dictionary)',
        "True",
        f"{_ARROW}::test_a_place_outside_of_its_dictionary",
    ),
    Fault(
        "etl_batch.formats.arrow.sound._refuse_far_items",
        "or (np.diff(offsets) < 0).any()",
        "",
        f"{_ARROW}::test_lists_that_overlap_or_lie_outside",
    ),
    Fault(
        "etl_batch.formats.arrow.normalising._milliseconds",
        "scaled[~fits] = _NO_TIME",
        "pass",
        f"{_ARROW}::test_bad_values_are_rows_and_not_files",
    ),
    Fault(
        "etl_batch.formats.arrow.ipc_footer.refuse_wrong_magic",
        "if head.startswith(_CONTINUED):",
        "if False:",
        f"{_ARROW}::test_what_is_no_arrow_file",
    ),
    Fault(
        "etl_batch.formats.arrow.arrow_format.ArrowFormat.held_bytes",
        "max(opened.identity.size, opened.uncompressed_bytes)",
        "opened.identity.size",
        f"{_ARROW}::test_what_it_holds_counts_and_not_what_it_was_compressed_to",
    ),
    Fault(
        "etl_batch.formats.registry.format_of_name",
        "unpacked_name(file).lower().endswith",
        "unpacked_name(file).endswith",
        f"{_REGISTRY}::test_a_file_is_of_the_format_that_was_named_or_else_of_its_ending",
    ),
    Fault(
        "etl_batch.formats.registry.format_of_name",
        "if named is not None:",
        "if False:",
        f"{_REGISTRY}::test_a_file_is_of_the_format_that_was_named_or_else_of_its_ending",
    ),
    Fault(
        "etl_batch.pipeline.inputs.open_inputs",
        "kind.settle(waiting, _schema_of(typed) if typed else None, opening)",
        "kind.settle(waiting, None, opening)",
        f"{_REGISTRY}::test_what_other_inputs_know_of_types_is_given_to_those_that_wait",
    ),
    Fault("etl_batch.text.bounded_documents._refuse_toml_bounds", "if parts > MOST_KEY_PARTS:", "if False:", _BOUNDED),
    Fault("etl_batch.text.bounded_documents._refuse_toml_bounds", "if depth > MOST_DEPTH:", "if False:", _BOUNDED),
    Fault(
        "etl_batch.text.bounded_documents._refuse_toml_bounds",
        "marks > MOST_TOML_MARKS",
        "marks >= MOST_TOML_MARKS",
        _BOUNDED,
    ),
    Fault("etl_batch.text.bounded_documents._MARKS", '"dot", "opens", "equals"', '"dot", "opens"', _BOUNDED),
    Fault("etl_batch.text.bounded_documents._TOML_TOKENS", ')*"{3,5}', ')*"{3}', _BOUNDED),
    Fault("etl_batch.text.bounded_documents.toml_of_file", "MOST_TOML_BYTES + 1", "MOST_TOML_BYTES", _BOUNDED),
    Fault(
        "etl_batch.text.bounded_documents.json_document",
        "except RecursionError:",
        "except ZeroDivisionError:",
        _BOUNDED,
    ),
    Fault("etl_batch.layouts.draft._toml_value", "toml_document(f", "__import__('tomllib').loads(f", _BOUNDED),
    Fault("etl_batch.cell_escape.is_formula_inside", """INVISIBLE + '"'""", "INVISIBLE", _INSIDE),
    Fault("etl_batch.cell_escape.is_formula_inside", 'separator != "|"', "True", _INSIDE),
    Fault("etl_batch.cell_escape.is_formula_inside", "character in piece for", "character in visible[:2] for", _INSIDE),
    Fault("etl_batch.cell_escape._pieces", """piece.lstrip("'"), before""", "piece, before", _INSIDE),
    Fault(
        "etl_batch.cell_escape._is_number",
        ".strip(_BLANK)",
        "",
        f"{_ESCAPE}::test_plain_text_and_plain_numbers_are_left_alone",
    ),
    Fault("etl_batch.pipeline.outputs.csv_head.csv_head", "escape=config.escapes", "escape=True", _UNESCAPED),
    Fault(
        "etl_batch.jobs.config_json._AS_BEFORE",
        '"header": "yes",',
        '"header": "yes", "escaping": "off",',
        "tests/unit/jobs/test_config_json.py::test_jobs_of_before_there_was_a_choice_were_escaped",
    ),
    Fault(
        "etl_batch.pipeline.outputs.header.options_of",
        '"no_escape": not config.escapes,',
        '"no_escape": False,',
        "tests/acceptance/test_resume.py::test_other_options_are_refused",
    ),
    Fault(
        "etl_batch.formats.parquet.encodings.chosen_encodings",
        "name not in repeating_texts",
        "name not in texts.intersection(dictionary)",
        _ENCODINGS,
    ),
    Fault(
        "etl_batch.jobs.config_json._AS_BEFORE",
        '"delimiter": ",",',
        "",
        f"{_FIRST_LINES}::test_a_stored_job_of_before_is_read_as_it_was_run",
    ),
    Fault(
        "etl_batch.jobs.config_json._AS_BEFORE",
        '"header": "yes",',
        "",
        f"{_FIRST_LINES}::test_a_stored_job_of_before_is_read_as_it_was_run",
    ),
    Fault(
        "etl_batch.jobs.config_json._AS_BEFORE",
        '"comment": "",',
        "",
        f"{_FIRST_LINES}::test_a_stored_job_of_before_has_the_usual_signs",
    ),
    Fault(
        "etl_batch.formats.unchanged.opened_unchanged",
        "        finally:\n            refuse_changed(source, descriptor)",
        "        finally:\n            pass",
        f"{_ARROW} tests/unit/formats/parquet/test_parquet_input.py",
    ),
    Fault(
        "etl_batch.formats.arrow.grouped_input.footer_again",
        "if footer.rows != source.rows:",
        "if False:",
        f"{_ARROW} tests/unit/formats/parquet/test_parquet_input.py",
    ),
)
