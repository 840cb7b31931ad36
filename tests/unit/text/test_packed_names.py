"""Names of compressed files, and of what is in them."""

from __future__ import annotations

import pytest

from etl_batch.layouts.file_names import own_layout_name
from etl_batch.text.packed_names import PACKED_ENDINGS, output_packing, packed_ending, unpacked_name


@pytest.mark.parametrize("ending", PACKED_ENDINGS)
def test_what_is_in_a_file_by_its_name(ending: str) -> None:
    for name in ("x.csv", "x", "x.y.bin"):
        for written in (ending, ending.upper()):
            assert packed_ending(name + written) == ending
            assert unpacked_name(name + written) == name
            assert own_layout_name(name + written) == own_layout_name(name)
    assert unpacked_name(ending) == ending, "a name of an ending alone is none of what is in it"


@pytest.mark.parametrize("name", ["x.csv", "x", "", "gz", "x.gzip", "x.gz.csv", ".csv"])
def test_other_names_are_as_they_are(name: str) -> None:
    assert (packed_ending(name), unpacked_name(name)) == ("", name)


@pytest.mark.parametrize(
    ("name", "packing"),
    [("a.csv.gz", "gzip"), ("A.CSV.ZST", "zstd"), ("a.csv", None), ("a.gz", None), ("a.zst", None), ("a.csv.xz", None)],
)
def test_which_outputs_are_compressed(name: str, packing: str | None) -> None:
    assert output_packing(name) == packing
