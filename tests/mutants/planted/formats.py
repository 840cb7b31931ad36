"""Formats: how inputs are read, refused and cut, and how outputs are encoded."""

from __future__ import annotations

from tests.mutants.fault import Fault

_ENCODINGS = "tests/unit/test_parquet_encodings.py"

FAULTS = (
    Fault(
        "etl_batch.sinks.parquet_encodings.chosen_encodings",
        "name not in repeating_texts",
        "name not in texts.intersection(dictionary)",
        _ENCODINGS,
    ),
)
