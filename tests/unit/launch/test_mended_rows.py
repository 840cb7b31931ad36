"""Rows that somebody mended are a file of their own, with the header of their input, and a job of the same options."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl_batch.launch.mended_rows import mended_config, mended_name, mended_text

_NAMES = st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\r\0"), min_size=1), min_size=2, max_size=4)


@given(_NAMES, st.sampled_from(",;\t|"))
def test_the_header_is_read_as_it_was(names: list[str], delimiter: str) -> None:
    text = mended_text(names, f"a{delimiter}b\r\n\r\n", delimiter).decode()
    assert list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)) == [names, ["a", "b"]]


def test_without_a_header_there_are_the_rows_alone() -> None:
    assert mended_text(None, "1,2\n3,4", ",") == b"1,2\n3,4\n"


@pytest.mark.parametrize(
    ("path", "name"),
    [("/a/s.csv", "s.mended.csv"), ("/a/s.mended.csv", "s.mended.csv"), ("/a/s.txt", "s.txt.mended.csv")],
)
def test_its_name(path: str, name: str) -> None:
    assert mended_name(path) == name


def test_its_job_has_the_options_of_the_run_but_for_those_of_the_file() -> None:
    config = {"inputs": ["/a/s.csv"], "encoding": "cp1252", "types": "a=i32", "skip_lines": 3, "output_parquet": "/p"}
    found = mended_config(config, {"delimiter": ";", "header": True}, "s.mended.csv", Path("/home"))
    assert found["inputs"] == ["/home/data/s.mended.csv"]
    assert found["output_csv"] == "/home/output/s.mended.csv"
    assert [found[key] for key in ("types", "encoding", "delimiter", "header", "skip_lines", "output_parquet")] == [
        "a=i32", "utf-8", ";", "yes", 0, None,
    ]  # fmt: skip
