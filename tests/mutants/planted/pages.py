"""Faults of the pages."""

from __future__ import annotations

from tests.mutants.fault import Fault

FAULTS = (
    Fault(
        "etl_batch.ui.charts.graph_objects",
        "import pandas  # noqa: F401, ICN001 - loaded first",
        "pass",
        "tests/unit/pages/test_half_loaded.py",
    ),
    Fault(
        "pages.services.machine.MachineReader.__call__",
        "disk.free",
        "disk.total - disk.used",
        "tests/unit/results/test_machine.py::test_every_page_tells_the_room_that_is_available",
    ),
)
