"""Metadata beside an output are read as ours only where they have the shape of ours."""

from __future__ import annotations

import json

import pytest

from etl_batch.pipeline.outputs.run_files import metadata_of_run
from etl_batch.storage.roots import place
from tests.conftest import Home

FILE = {"path": "a.csv", "bytes": 2, "sha256": None}


@pytest.mark.parametrize(
    "values",
    [
        {"outputs": [5]},
        {"outputs": [{}]},
        {"outputs": [{**FILE, "sha256": 5}]},
        {"outputs": [{**FILE, "identity": 5}]},
        {"outputs": [{**FILE, "identity": {"x": 1}}]},
        {"outputs": [FILE], "side_files": None},
        {"outputs": [FILE], "side_files": [[]]},
    ],
)
def test_metadata_of_another_shape_are_not_ours(home: Home, values: dict[str, object]) -> None:
    """F: "'int' object is not subscriptable" was what a user read."""
    (home.output / "a.csv.meta.json").write_text(json.dumps(values))
    with pytest.raises(ValueError, match="the metadata beside it are not metadata of ours"):
        metadata_of_run(place(home.output / "a.csv", [home.output]))


def test_metadata_of_ours(home: Home) -> None:
    values = {"outputs": [FILE], "side_files": [{**FILE, "identity": None}]}
    (home.output / "a.csv.meta.json").write_text(json.dumps(values))
    assert metadata_of_run(place(home.output / "a.csv", [home.output])).values == values
