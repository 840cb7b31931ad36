"""How often the intervals of `estimate` hold on files: small ones that are sampled all the same, and larger ones.

`python -m tests.bench.simulate_files [repetitions]`, part of `make simulate`. Every answer is that of the command:
opened, drawn, read and estimated anew with another seed.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import numpy as np

from etl_batch.config import JobConfig
from etl_batch.file_estimate.answer import Answer
from etl_batch.file_estimate.estimate_file import ALL_ROWS, estimate_file
from etl_batch.file_estimate.question import Question
from etl_batch.formats.binary.binary_input import BinaryInput
from etl_batch.formats.opening import Opening, nothing_runs
from etl_batch.formats.units.unit import Floats
from etl_batch.pipeline.inputs import open_one
from etl_batch.storage.roots import place
from etl_batch.values import Actor
from tests.bench.simulate_blocks import HEADINGS, line, ordered, outcome

SMALL_ROWS, LARGE_ROWS = 240_000, 1_060_000
_GROUP_ROWS = 300
_LAYOUT = 'record_size = 64\n[[field]]\nname = "value"\ntype = "f64"\n'
_RECORD = np.dtype({"names": ["value"], "formats": ["<f8"], "itemsize": 64})
_ORDERS = ("shuffled", "clustered", "sorted", "last 1 %", "1 % in the middle", "0.5 % in the middle")
_SAMPLED = Question(measures=("value",), whole_bytes=0, whole_column_bytes=0)


def config_of(folder: Path, file: Path) -> JobConfig:
    """As the command has it for a file beneath `folder`/data."""
    return JobConfig(
        home=folder, inputs=(str(file),), actor=Actor(name="simulation", os_user="simulation"),
        output_csv=str(folder / "output" / "estimate.csv"),
    )  # fmt: skip


def write_binary(folder: Path, values: Floats) -> Path:
    """Records of 64 bytes."""
    (folder / "data").mkdir(exist_ok=True)
    records = np.zeros(len(values), _RECORD)
    records["value"] = values
    path = folder / "data" / "values.bin"
    path.write_bytes(records.tobytes())
    path.with_suffix(".layout.toml").write_text(_LAYOUT)
    return path


def write_csv(folder: Path, values: Floats) -> Path:
    """Rows of about 64 bytes, of lengths that differ."""
    (folder / "data").mkdir(exist_ok=True)
    path = folder / "data" / "values.csv"
    with path.open("w") as file:
        file.write("id,note,value\n")
        file.writelines(f"{at},{'note ' * (5 + at % 9)},{value!r}\n" for at, value in enumerate(values.tolist()))
    return path


def write_parquet(folder: Path, values: Floats) -> Path:
    """Small row groups, the last one shorter."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    (folder / "data").mkdir(exist_ok=True)
    path = folder / "data" / "values.parquet"
    pq.write_table(pa.table({"value": values}), path, row_group_size=_GROUP_ROWS + 7)
    return path


def binary_input(folder: Path, values: Floats) -> BinaryInput:
    """A binary file, opened."""
    path = write_binary(folder, values)
    config = config_of(folder, path)
    found = open_one(place(path, config.input_roots), Opening(config, nothing_runs, ExitStack()))
    if not isinstance(found, BinaryInput):
        raise TypeError(f"{path} is not binary")
    return found


def ask(folder: Path, file: Path, question: Question, repetitions: int) -> list[Answer]:
    """The same question with other seeds."""
    return [estimate_file(config_of(folder, file), replace(question, seed=seed)) for seed in range(repetitions)]


def show(
    name: str, write: Callable[[Path, Floats], Path], values: Floats, question: Question, repetitions: int
) -> None:
    """One line of the table."""
    with tempfile.TemporaryDirectory() as folder:
        file = write(Path(folder), values)
        answers = ask(Path(folder), file, question, repetitions)
        size = file.stat().st_size
    found = outcome(
        [None if answer.design_name == ALL_ROWS else answer.estimates[0] for answer in answers], float(values.sum())
    )  # fmt: skip
    sys.stdout.write(line(f"{name}, {size / 1e6:.0f} MB", found))
    sys.stdout.flush()


def main() -> None:
    """Print the table."""
    repetitions = int(sys.argv[1]) if len(sys.argv) > 1 else 400
    within = replace(_SAMPLED, error_within=0.05)
    sys.stdout.write(f"Files, {repetitions} repetitions, the whole-read threshold at 0\n{HEADINGS}")
    for kind, write in (("BIN", write_binary), ("CSV", write_csv), ("Parquet", write_parquet)):
        for order in _ORDERS:
            random = np.random.default_rng(1)
            values = ordered(random.gamma(4.0, 1.0, SMALL_ROWS), order, random)
            show(f"{kind}, {order}", write, values, _SAMPLED, repetitions)
        show(f"{kind}, {_ORDERS[-1]}, within 5 %", write, values, within, repetitions)
        random = np.random.default_rng(2)
        large = ordered(random.gamma(4.0, 1.0, LARGE_ROWS), "last 1 %", random)
        show(f"{kind}, last 1 %", write, large, Question(measures=("value",)), repetitions)


if __name__ == "__main__":
    main()
