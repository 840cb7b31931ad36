"""Options: fields, and what is made of them."""

from __future__ import annotations

from tests.mutants.fault import Fault

_FIELD = "tests/unit/commands/test_one_field.py"
_PLAIN = "tests/unit/text/test_plain_values.py"
_FORM = "tests/property/launch/test_options.py"

FAULTS = (
    Fault(
        "etl_batch.launch.options.default_output",
        'unpacked_name(PurePosixPath(inputs[0] if inputs else "data").name)',
        'PurePosixPath(inputs[0] if inputs else "data").name',
        "tests/property/launch/test_options.py::test_an_output_is_named_after_its_inputs",
    ),
    Fault(
        "etl_batch.text.flag.FieldFlag.value",
        "given * self.flag.unit if self.flag.unit else given",
        "given",
        f"{_FIELD}::test_it_is_a_flag_with_help_default_choices_and_unit",
    ),
    Fault(
        "etl_batch.text.flag.FieldFlag.given",
        "value / unit if value % unit else value // unit",
        "value // unit",
        f"{_FORM}::test_a_job_run_again_has_the_same_options",
    ),
    Fault(
        "etl_batch.text.flag.same_option",
        "default=of.default",
        "default=other.pop('default', type(of.default)(1))",
        f"{_FIELD}::test_a_question_has_the_defaults_of_a_job",
    ),
    Fault(
        "etl_batch.jobs.config_json.from_anywhere",
        "if flag.flag.lies_in",
        'if flag.field in {"inputs", "output_csv", "output_parquet", "layout", "metadata", "report"}',
        f"{_FIELD}::test_it_is_kept_and_shown_and_compared",
    ),
    Fault(
        "etl_batch.launch.options.entered",
        "bool(value == flag.flag.switches_to)",
        "bool(value)",
        f"{_FORM}::test_a_job_run_again_has_the_same_options",
    ),
    Fault("etl_batch.text.flag.FieldFlag.choices", "self.kind is Kind.CHOICE and ", "", _FORM),
    Fault(
        "etl_batch.text.plain_values.plain",
        "not math.isfinite(value)",
        "value != value",
        f"{_PLAIN}::test_what_json_does_not_have_is_written_so_that_it_does",
    ),
    Fault(
        "etl_batch.text.plain_values._known",
        "return path_of(found)",
        "return str(found)",
        f"{_PLAIN}",
    ),
    Fault(
        "etl_batch/values.py",
        "int | float, int | float | None",
        "int | float, int | float",
        f"{_PLAIN}::test_a_total_that_was_not_finite_is_read_as_unknown",
    ),
    Fault("etl_batch.launch.options._asked", " if flag.flag.is_asked", "", _FORM),
    Fault(
        "etl_batch.pipeline.outputs.header.refuse_other_options",
        "value for key, value in defaults.items()",
        "None for key in defaults",
        f"{_FIELD}::test_an_interrupted_job_of_before_had_the_default",
    ),
    Fault(
        "etl_batch.formats.recognition.recognised",
        "format_named(said.format)",
        "None",
        "tests/acceptance/test_format_flag.py::test_another_format_is_refused_as_its_reader_refuses",
    ),
    Fault(
        "etl_batch.pipeline.inputs.is_input",
        "unpacked_name(lower).endswith(_endings(asked))",
        "True",
        "tests/acceptance/test_format_flag.py::test_of_a_folder_the_files_with_its_ends_are_read",
    ),
)
