"""What a reader can paste to check the outputs: only names that come out of the page as they are."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest

from etl_batch.report.verification import verification_of
from etl_batch.values import OutputSummary

HASH = "0123456789abcdef" * 4


def output(path: str, sha256: str | None = HASH) -> OutputSummary:
    return OutputSummary(Path(path), "csv", 1, 1, sha256)


def test_lines_as_sha256sum_takes_them() -> None:
    found = verification_of([output("/srv/out/data.csv")], has_sample=False)
    assert (found.lines, found.left_out, found.sample) == ((f"{HASH}  /srv/out/data.csv",), 0, None)


@pytest.mark.parametrize("name", ["a\\b.csv", "a\nb.csv", "a\u202eb.csv", "n" * 500, "a\0b"])
def test_names_that_cannot_be_pasted_are_counted_instead(name: str) -> None:
    found = verification_of([output(f"/srv/{name}"), output("/srv/b.csv")], has_sample=True)
    assert (found.lines, found.left_out, found.sample) == ((f"{HASH}  /srv/b.csv",), 1, None)


def test_a_folder_of_parts_has_no_hash_of_its_own() -> None:
    found = verification_of([output("/srv/parts", None), output("/srv/parts/part-0.parquet")], has_sample=False)
    assert (len(found.lines), found.left_out) == (1, 1)


def test_of_many_outputs_the_first_ones() -> None:
    found = verification_of([output(f"/srv/{number}.csv") for number in range(20)], has_sample=False)
    assert (len(found.lines), found.left_out) == (12, 8)
    assert found.lines[0].endswith("/srv/0.csv")


@pytest.mark.parametrize("name", ["data.csv", "it's $HOME.csv", "; rm -rf ~.csv", "-o.csv"])
def test_the_command_that_asks_the_sample_survives_a_shell(name: str) -> None:
    found = verification_of([output(f"/srv/{name}")], has_sample=True)
    assert found.sample is not None
    assert shlex.split(found.sample) == ["python", "-m", "etl_batch", "estimate", f"/srv/{name}"]


def test_without_outputs_there_is_nothing_to_ask() -> None:
    assert verification_of([], has_sample=True).sample is None
