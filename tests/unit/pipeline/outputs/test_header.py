"""A journal of another shape is none of a job, whatever its checksums say."""

from __future__ import annotations

from typing import Any

import pytest

from etl_batch.pipeline.outputs.header import is_header

HEADER: dict[str, Any] = {
    "job_id": "20251115T101530Z-0a1b2c",
    "options": {"seed": 0},
    "inputs": [{"path": "data/a.csv", "identity": [1, 2, 3, 4], "rows": 2, "how": "ab"}],
    "versions": {"python": "3.11"},
}


def test_a_header() -> None:
    assert is_header(HEADER)
    assert is_header(HEADER | {"inputs": []})


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("job_id", None), ("job_id", 5), ("options", None), ("inputs", None), ("inputs", [None]), ("inputs", [{}]),
        ("inputs", [{"path": "a"}]), ("versions", None), ("versions", []),
    ],
)  # fmt: skip
def test_no_header(key: str, value: object) -> None:
    assert not is_header(HEADER | {key: value})
    assert not is_header({name: said for name, said in HEADER.items() if name != key})
