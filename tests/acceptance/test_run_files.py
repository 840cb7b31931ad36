"""A file beside an output answers for it only while both are as one run left them."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from etl_batch.etl_core import run
from etl_batch.file_estimate.answer import Answer
from etl_batch.file_estimate.estimate_file import estimate_file
from etl_batch.file_estimate.question import Question
from etl_batch.pipeline.outputs.run_files import Agreement, RunMetadata
from etl_batch.values import Actor, OutputIdentity
from pages.services.estimable_files import fingerprint
from tests.conftest import ACTOR, Home
from tests.helpers.inline_runner import InlineRunner

ROWS = 60
ANOTHER_STATE, NOT_ITS_SAMPLE = "another state", "not the one that its run left"


def lines(value: int) -> bytes:
    """Rows of always the same number of bytes."""
    body = "".join(f"{'ab'[number % 2]},{value + number % 7}\n" for number in range(ROWS))
    return f"product,quantity\n{body}".encode()


def converted(home: Home, value: int) -> Path:
    home.put("in.csv", lines(value))
    config = home.config(home.data / "in.csv", output_csv=str(home.output / "out.csv"), measures=("quantity",))
    run(config, runner=InlineRunner())
    return home.output / "out.csv"


def total(value: int) -> int:
    return sum(value + number % 7 for number in range(ROWS))


def exact(home: Home, path: Path | None = None) -> Answer:
    config = home.config(path or home.output / "out.csv")
    return estimate_file(config, Question(measures=("quantity",), exact=True))


def answers_from_sample(answer: Answer) -> bool:
    return "sample" in answer.source


def test_an_output_as_its_run_left_it_is_not_read(home: Home) -> None:
    path = converted(home, 100)
    answer = exact(home)
    assert answers_from_sample(answer)
    assert not answer.notes
    assert answer.bytes_read < path.stat().st_size + (home.output / "out.csv.sample.parquet").stat().st_size
    metadata = json.loads((home.output / "out.csv.meta.json").read_text())
    named = {Path(one["path"]).name: one["identity"] for one in (*metadata["outputs"], *metadata["side_files"])}
    beside = {"out.csv.sample.parquet", "out.csv.totals.parquet", "out.csv.datapackage.json"}
    assert set(named) == {"out.csv", *beside}
    for name, identity in named.items():
        assert OutputIdentity(**identity) == OutputIdentity.of((home.output / name).stat())
    assert not home.leftovers()


def _put_back(path: Path, content: bytes) -> None:
    other = path.with_name("backup")
    other.write_bytes(content)
    os.utime(other, (1_400_000_000, 1_400_000_000))
    shutil.copy2(other, path)  # cp -p
    other.unlink()


def _moved_over(path: Path, content: bytes) -> None:
    other = path.with_name("backup")
    other.write_bytes(content)
    found = path.stat()
    os.utime(other, ns=(found.st_atime_ns, found.st_mtime_ns))
    other.replace(path)


def _edited_and_touched(path: Path, content: bytes) -> None:
    found = path.stat()
    with path.open("r+b") as file:
        file.write(content)
    os.utime(path, ns=(found.st_atime_ns, found.st_mtime_ns))


@pytest.mark.parametrize("change", [_put_back, _moved_over, _edited_and_touched], ids=lambda one: one.__name__)
def test_another_content_of_the_same_size_is_never_answered_for(
    home: Home, change: Callable[[Path, bytes], None]
) -> None:
    path = converted(home, 100)
    size, before = path.stat().st_size, fingerprint(home.path, analyst(), "output/out.csv")
    change(path, lines(200))
    assert path.stat().st_size == size
    assert fingerprint(home.path, analyst(), "output/out.csv") != before
    answer = exact(home)
    assert answer.estimates[0].total == total(200)
    assert not answers_from_sample(answer)
    assert any(ANOTHER_STATE in note for note in answer.notes)


def test_a_copy_of_a_whole_home_is_known_by_its_content(home: Home, tmp_path_factory: pytest.TempPathFactory) -> None:
    converted(home, 100)
    copy = Home(tmp_path_factory.mktemp("machine") / "home")
    shutil.copytree(home.path, copy.path)
    shutil.rmtree(home.output)
    answer = exact(copy)
    assert answers_from_sample(answer)
    assert answer.estimates[0].total == total(100)
    assert any("SHA-256" in note for note in answer.notes)
    assert answer.bytes_read > (copy.output / "out.csv").stat().st_size


def test_a_restored_output_is_not_answered_for_by_a_later_sample(home: Home) -> None:
    """The backup holds the output and its metadata, but not its sample."""
    path = converted(home, 100)
    kept = {name: (home.output / name).read_bytes() for name in ("out.csv", "out.csv.meta.json")}
    converted(home, 200)
    for name, content in kept.items():
        (home.output / name).write_bytes(content)
    answer = exact(home)
    assert answer.estimates[0].total == total(100)
    assert any(NOT_ITS_SAMPLE in note for note in answer.notes)
    assert path.read_bytes() == kept["out.csv"]


@pytest.mark.parametrize("stale", ["nothing", "the sample", "the output"])
def test_metadata_of_older_versions_are_settled_by_hash_and_sums(home: Home, stale: str) -> None:
    path = converted(home, 100)
    metadata = json.loads((home.output / "out.csv.meta.json").read_text())
    del metadata["side_files"], metadata["outputs"][0]["identity"]
    if stale == "the sample":
        converted(home, 200)
        path.write_bytes(lines(100))
    elif stale == "the output":
        path.write_bytes(lines(200))
    (home.output / "out.csv.meta.json").write_text(json.dumps(metadata))
    answer = exact(home)
    assert answer.estimates[0].total == total(200 if stale == "the output" else 100)
    assert answers_from_sample(answer) == (stale == "nothing")


def test_what_is_too_large_to_compare_counts_as_another(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    path = converted(home, 100)
    path.chmod(0o640)
    assert answers_from_sample(exact(home))
    monkeypatch.setattr("etl_batch.pipeline.outputs.run_files.MOST_HASHED_BYTES", path.stat().st_size - 1)
    assert any(ANOTHER_STATE in note for note in exact(home).notes)


def analyst() -> Actor:
    """Somebody who may ask for totals."""
    return replace(ACTOR, role="analyst")


def test_a_file_that_the_metadata_do_not_name_is_another(tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    path.write_text("a\n1\n")
    with path.open("rb") as file:
        found = RunMetadata({"outputs": [{"path": "output/other.csv"}]}).agreement(file.fileno(), "out.csv")
    assert found is Agreement.OTHER
