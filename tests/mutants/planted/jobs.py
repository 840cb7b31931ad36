"""Jobs, and what becomes of their outputs."""

from __future__ import annotations

from tests.mutants.fault import Fault

_OUTPUTS = "tests/unit/jobs/test_run_outputs.py"

FAULTS = (
    Fault(
        "etl_batch.jobs.output_states._is_same",
        '(renamed or found.ctime_ns == own["ctime_ns"])',
        "True",
        f"{_OUTPUTS}::test_only_the_very_bytes_are_intact",
    ),
    Fault(
        "etl_batch.replaced_outputs._replaced",
        "there.st_ctime_ns > told.ctime_ns or size",
        "size",
        f"{_OUTPUTS}::test_whose_it_was_is_not_said_where_somebody_changed_it",
    ),
)
