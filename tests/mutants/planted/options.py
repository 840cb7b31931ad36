"""Options: fields, and what is made of them."""

from __future__ import annotations

from tests.mutants.fault import Fault

_FIELD = "tests/unit/commands/test_one_field.py"
_FORM = "tests/property/launch/test_options.py"

FAULTS = (
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
        "if one.flag.lies_in",
        'if one.field in {"inputs", "output_csv", "output_parquet", "layout", "metadata", "report"}',
        f"{_FIELD}::test_it_is_kept_and_shown_and_compared",
    ),
    Fault(
        "etl_batch.launch.options._as_entered",
        "bool(value == one.flag.switches_to)",
        "bool(value)",
        f"{_FORM}::test_a_job_run_again_has_the_same_options",
    ),
    Fault("etl_batch.launch.options._asked", " if one.flag.is_asked", "", _FORM),
)
