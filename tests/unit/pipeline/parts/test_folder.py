"""What a folder of parts holds, by example."""

from __future__ import annotations

from pathlib import Path

import pytest

from etl_batch.pipeline.parts.folder import is_of_a_folder, manifest_of, part_name
from etl_batch.values import OutputSummary


def test_names_are_in_the_order_of_their_numbers() -> None:
    numbers = [0, 9, 10, 99_999, 100_000, 9_999_999]
    names = [part_name(number, ".csv") for number in numbers]
    assert names[:2] == ["part-0000000.csv", "part-0000009.csv"]
    assert sorted(names) == names


@pytest.mark.parametrize(
    ("name", "is_ours"),
    [
        ("part-0000000.csv", True),
        ("part-00000.parquet", True),  # as they were called before
        ("part-0000.csv", False),
        ("part-0000000.csv.gz", False),
        ("part-0000000-c000.csv", False),
        ("_manifest.json", True),
        ("_SUCCESS", True),
        ("_success", False),
        ("notes.txt", False),
    ],
)
def test_what_a_job_puts_there_is_told_by_name(name: str, is_ours: bool) -> None:
    assert is_of_a_folder(name) is is_ours


def test_the_manifest_lists_the_parts() -> None:
    parts = [
        OutputSummary(Path("/out/part-0000000.csv"), "csv", 30, 2, "aa"),
        OutputSummary(Path("/out/part-0000001.csv"), "csv", 12, 1, "bb"),
    ]
    assert manifest_of(parts, "csv") == {
        "manifest_version": 1,
        "format": "csv",
        "bytes": 42,
        "rows": 3,
        "parts": [
            {"path": "part-0000000.csv", "bytes": 30, "rows": 2, "sha256": "aa"},
            {"path": "part-0000001.csv", "bytes": 12, "rows": 1, "sha256": "bb"},
        ],
    }
