"""What counts as a number."""

from __future__ import annotations

from tests.mutants.fault import Fault

_NUMBERS = "tests/unit/text/test_numbers.py"
_THERE_AND_BACK = "tests/unit/text/test_plain_values.py::test_there_and_back"

FAULTS = (
    Fault("etl_batch.text.numbers.is_number", "and not isinstance(value, bool)", "", f"{_NUMBERS}::test_all_else"),
    Fault(
        "etl_batch.text.numbers.is_whole_number", "and not isinstance(value, bool)", "", f"{_NUMBERS}::test_all_else"
    ),
    Fault(
        "etl_batch.jobs.limits.JobLimits.__post_init__",
        "not is_whole_number(value) or",
        "",
        f"{_NUMBERS}::test_those_who_ask_take_no_truth_value_for_a_number",
    ),
    Fault(
        "etl_batch.ui.job_words.bytes_in_words",
        "is_number(value)",
        "isinstance(value, int | float)",
        "tests/test_architecture.py::test_what_is_a_number_is_asked_in_one_way",
    ),
    Fault(
        "etl_batch.values.StratumEstimate",
        "total: Number",
        "total: float | None",
        "tests/unit/pages/test_views.py::test_whole_totals_of_an_answer_have_all_their_digits",
    ),
    Fault("etl_batch.values.TotalEstimate", "std_error: Real | None", "std_error: float | None", _THERE_AND_BACK),
    Fault("etl_batch.values.ProfilePoint", "tuple[Real, ...]", "tuple[float, ...]", _THERE_AND_BACK),
)
