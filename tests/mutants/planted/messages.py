"""What is said when something fails: by errno, with --quiet, in the words of where the user is."""

from __future__ import annotations

from tests.mutants.fault import Fault

_REFUSALS = "tests/unit/test_os_refusals.py"

FAULTS = (
    Fault(
        "etl_batch.os_refusals.path_refused",
        "use.value",
        "Unreadable",
        "tests/unit/paths/test_opening.py::test_what_else_the_system_may_say",
    ),
    Fault(
        "etl_batch.os_refusals.in_the_middle",
        "(NotFound, Unreadable)",
        "(Unreadable)",
        f"{_REFUSALS}::test_an_output_folder_that_is_gone_was_there_when_the_job_began",
    ),
    Fault(
        "etl_batch.sources.unchanged.open_again",
        "(NotFound, NotRegular",
        "(NotRegular",
        f"{_REFUSALS}::test_an_input_that_is_gone_was_there_when_the_job_began",
    ),
    Fault(
        "etl_batch.sinks.part_file.write_all",
        "if error.errno in NO_ROOM else",
        "if False else",
        f"{_REFUSALS}::test_a_full_disk_names_the_folder_and_what_is_needed",
    ),
)
