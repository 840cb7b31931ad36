"""The end of the pass: estimates beside exact totals, the sample and the totals of blocks as files that can be read."""

from __future__ import annotations

import io
import json
import math
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from etl_batch.estimate.exact_sums import Sums, Unit
from etl_batch.formats.arrow.plain_arrays import numbers
from etl_batch.sampling import sample_state
from etl_batch.sampling.draw import draw
from etl_batch.sampling.estimates import MOST_LISTED, estimates_of
from etl_batch.sampling.finish import Finished, Unfinished, finished
from etl_batch.sampling.plan import SamplePlan
from etl_batch.sampling.sample_file import SAMPLE_KEY, TOTALS_KEY, Block, Where
from etl_batch.sampling.sample_state import SampleState
from etl_batch.sampling.span_sample import Candidates, SpanSample
from etl_batch.sampling.strata_totals import StrataTotals
from etl_batch.storage.roots import Place
from tests.conftest import PROJECT

_HEAD = 64  #: bytes of the side file before the rows
ROWS = {"a": (1.0, 2.0, 4.0), "b": (10.0, 30.0)}  #: the values of the rows of each stratum


@dataclass
class Store:
    """Rows that are numbers."""

    numbers: list[int] = field(default_factory=list)

    def add(self, picked: bytes | memoryview) -> None:
        self.numbers += np.frombuffer(picked, np.int64).tolist()

    def keep(self, places: np.ndarray) -> None:
        self.numbers = [self.numbers[place] for place in places.tolist()]

    def settle(self, stores: Sequence[object]) -> None:
        """Numbers have a type."""

    @property
    def schema(self) -> pa.Schema:
        return pa.schema({"number": pa.int64(), "_row": pa.null()})

    def table(self) -> pa.Table:
        kept = numbers(np.array(self.numbers, dtype=np.int64))  # `pa.array` would load pandas
        return pa.Table.from_arrays([kept, pa.nulls(len(kept))], names=["number", "_row"])


def state_of(rows: Mapping[str, Sequence[float]], budget: int, most: int = 100) -> SampleState:
    """A state in which every row is a candidate; the first rows of a stratum have the smallest priorities."""
    count = sum(map(len, rows.values()))
    plan = SamplePlan(
        strata="s", measures=("y",), seed=7, budget=budget, rows=count, rows_are_certain=True, max_strata=most
    )
    keys = np.arange(1, len(rows) + 1, dtype=np.uint64)
    names = np.empty(len(rows), dtype=np.object_)
    names[:] = [name.encode() for name in rows]
    sizes = np.array([len(its) for its in rows.values()], dtype=np.int64)
    finite = [[value for value in its if math.isfinite(value)] for its in rows.values()]
    limbs = np.array([[int(sum(its))] for its in finite], dtype=np.int64)
    most_of = np.array([max(its, default=-math.inf) for its in finite])
    odd = sizes - np.array([len(its) for its in finite])
    totals = StrataTotals(keys, names, sizes, (Sums(Unit(), 0, limbs, most_of, odd),))
    candidates = Candidates(
        strata=np.repeat(np.minimum(np.arange(len(rows)), most), sizes),
        priority=np.concatenate([np.arange(size, dtype=np.uint64) for size in sizes.tolist()]),
        source=np.zeros(count, dtype=np.int64),
        row=np.arange(count, dtype=np.uint64),
        values=np.array([[value] for its in rows.values() for value in its]),
    )
    state = SampleState(plan, 1)
    state.add(SpanSample.of(0, totals.limited(most), candidates, b""), _HEAD, _HEAD + 8 * count)
    state.prune()
    return state


def finish(
    state: SampleState,
    folder: Path,
    blocks: list[Block] | None = None,
    confidence: float = 0.95,
    store: Store | None = None,
) -> Finished:
    """Its end, with a side file in which the rows are the numbers from 0 on."""
    (folder / "rows").write_bytes(b"?" * _HEAD + np.arange(1_200, dtype=np.int64).tobytes())
    return finished(Unfinished(state, blocks, confidence, (store or Store(),), Place(folder, PurePosixPath("rows"))))


@pytest.mark.parametrize(("rows", "times"), [(1_000, 0), (30_000, 1)])
def test_memory_of_rows_that_were_forgotten_is_given_back(
    monkeypatch: pytest.MonkeyPatch, rows: int, times: int
) -> None:
    given: list[None] = []
    monkeypatch.setattr(sample_state, "give_back", lambda: given.append(None))
    state_of({"a": [1.0] * rows}, budget=10)
    assert len(given) == times


def block_of(state: SampleState, where: Where) -> Block:
    totals = state.totals
    assert totals is not None
    sums = np.array([one.totals() for one in totals.sums], dtype=np.float64)
    return Block(where, totals.keys, totals.rows, sums, np.array([one.most for one in totals.sums]))


def read(content: bytes | None, key: bytes) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    assert content is not None
    table = pq.read_table(io.BytesIO(content))
    return table.to_pylist(), json.loads(table.schema.metadata[key])


def test_a_census_is_exact_and_says_so(tmp_path: Path) -> None:
    (estimate,) = finish(state_of(ROWS, 5), tmp_path, confidence=0.9).estimates
    assert (estimate.total, estimate.ci_low, estimate.ci_high) == (47.0, 47.0, 47.0)
    assert (estimate.exact_total, estimate.exact_total_text, estimate.confidence) == (47, "47", 0.9)
    listed = [(one.stratum, one.population, one.sample, one.total, one.exact_total_text) for one in estimate.strata]
    assert listed == [("a", 3, 3, 7.0, "7"), ("b", 2, 2, 40.0, "40")]


def test_a_part_of_the_rows_stands_for_all(tmp_path: Path) -> None:
    """Two of the three rows of `a`, those of the smallest priorities: 3 * (1 + 2) / 2."""
    (estimate,) = finish(state_of(ROWS, 0), tmp_path).estimates
    assert [one.total for one in estimate.strata] == [4.5, 40.0]
    assert (estimate.rows_sampled, estimate.rows_population, estimate.exact_total) == (4, 5, 47)


def test_the_sample_file_has_the_rows_their_weights_and_what_is_known_of_all(tmp_path: Path) -> None:
    rows, about = read(finish(state_of(ROWS, 0), tmp_path).sample, SAMPLE_KEY)
    assert [(row["number"], row["_stratum"], row["_weight"], row["_row"], row["_order"]) for row in rows] == [
        (0, "a", 1.5, 0, 0),
        (1, "a", 1.5, 1, 1),
        (3, "b", 1.0, 3, 0),
        (4, "b", 1.0, 4, 1),
    ]
    assert about["populations"] == {"a": 3, "b": 2}
    assert about["totals"] == {"y": {"a": 7, "b": 40}}
    assert (about["whole"], about["rows"], about["seed"], about["confidence"]) == ({"y": "47"}, 5, 7, 0.95)


def test_rows_stand_beside_what_is_known_of_them_in_the_order_of_their_strata(tmp_path: Path) -> None:
    state = state_of({"b": ROWS["a"], "a": ROWS["b"]}, 5)
    rows, _ = read(finish(state, tmp_path).sample, SAMPLE_KEY)
    assert [(row["_stratum"], row["number"], row["_row"]) for row in rows] == [
        ("a", 3, 3), ("a", 4, 4), ("b", 0, 0), ("b", 1, 1), ("b", 2, 2),
    ]  # fmt: skip


def test_values_that_come_again_are_written_once_others_as_they_are(tmp_path: Path) -> None:
    content = finish(state_of({"a": [1.0] * 700, "b": [2.0] * 300}, 1000), tmp_path).sample
    assert content is not None
    file = pq.ParquetFile(io.BytesIO(content))
    columns = [file.metadata.row_group(0).column(number) for number in range(file.metadata.num_columns)]
    with_dictionary = {column.path_in_schema for column in columns if column.has_dictionary_page}
    assert with_dictionary >= {"_stratum", "_weight", "_input"}
    assert not with_dictionary & {"number", "_row"}


def test_columns_of_any_type_are_written(tmp_path: Path) -> None:
    """Of some types Arrow cannot tell how many values differ."""

    class Nested(Store):
        def table(self) -> pa.Table:
            lists = pa.nulls(len(self.numbers), pa.list_(pa.int64()))
            return pa.Table.from_arrays([lists, pa.nulls(len(self.numbers))], names=["list", "nothing"])

    state = state_of(ROWS, 5)
    rows, _ = read(finish(state, tmp_path, store=Nested()).sample, SAMPLE_KEY)
    assert [(row["list"], row["nothing"]) for row in rows] == [(None, None)] * 5


def test_the_totals_of_blocks(tmp_path: Path) -> None:
    state = state_of(ROWS, 5)
    blocks = [
        block_of(state, Where(0, 0, 100, 50, None, None)),
        block_of(state, Where(1, 0, None, None, 2, 3)),
    ]
    rows, about = read(finish(state, tmp_path, blocks).totals, TOTALS_KEY)
    assert [(row["block"], row["stratum"], row["rows"], row["sum_y"], row["max_y"]) for row in rows] == [
        (0, "a", 3, 7.0, 4.0),
        (0, "b", 2, 40.0, 30.0),
        (1, "a", 3, 7.0, 4.0),
        (1, "b", 2, 40.0, 30.0),
    ]
    assert [(row["csv_offset"], row["parquet_part"], row["parquet_row_group"]) for row in rows[1:3]] == [
        (100, None, None),
        (None, 2, 3),
    ]
    assert about == {"schema_version": 1, "strata": "s", "measures": ["y"]}


def test_values_that_are_no_numbers_count_as_nothing_and_are_told(tmp_path: Path) -> None:
    (estimate,) = finish(state_of(ROWS | {"c": (math.nan, 5.0)}, 7), tmp_path).estimates
    assert (estimate.total, estimate.exact_total) == (52.0, None)
    assert [one.exact_total for one in estimate.strata] == [7, 40, None]
    assert "1 values of 'y' are not finite" in estimate.warnings[-1]


def test_blocks_are_not_kept_where_strata_are_not_kept_apart(tmp_path: Path) -> None:
    state = state_of(ROWS, 5, most=1)
    found = finish(state, tmp_path, [block_of(state, Where(0, 0, None, None, None, None))])
    assert found.totals is None
    assert "the totals of single blocks are not kept: there are too many strata" in found.warnings
    assert [one.stratum for one in found.estimates[0].strata] == ["a", "(other)"]


def test_no_rows_no_files(tmp_path: Path) -> None:
    plan = SamplePlan(strata="s", measures=("y",), seed=0, budget=0, rows=0, rows_are_certain=True)
    found = finish(SampleState(plan, 0), tmp_path, [])
    assert (found.estimates, found.sample, found.totals) == ((), None, None)
    assert found.warnings == ("no totals were estimated: there are no rows",)


def test_of_very_many_strata_those_with_the_most_rows_are_listed() -> None:
    many: dict[str, Sequence[float]] = {f"s{number:05}": (1.0,) for number in range(MOST_LISTED)}
    state = state_of({"aa": (1.0,), "bb": (2.0,)} | many | {"z": (3.0, 4.0)}, MOST_LISTED + 4, most=10_000)
    assert state.totals is not None
    drawn = draw(state.plan, state.totals, state.candidates)
    (estimate,) = estimates_of(state.plan, state.totals, state.candidates, drawn, 0.95)
    names = [one.stratum for one in estimate.strata]
    assert (len(names), names[:3], names[-1]) == (MOST_LISTED, ["aa", "bb", "s00000"], "z")
    assert estimate.total == MOST_LISTED + 10
    assert estimate.warnings[-1].startswith("of 1,003 strata, the 1,000 with the most rows are listed")


_WITHOUT_FUNCTIONS = """
import sys
from pathlib import Path
from etl_batch.sampling.finish import load_arrow
from tests.unit.sampling.test_finish import ROWS, finish, state_of
load_arrow(None)
assert finish(state_of(ROWS, 0), Path(sys.argv[1]), []).sample
print("pyarrow.compute" in sys.modules)
"""


@pytest.mark.io
def test_a_sample_is_drawn_without_a_function_of_each_of_arrows(tmp_path: Path) -> None:
    """To load `pyarrow.compute` takes as long as all else at the end of a small job."""
    command = [sys.executable, "-c", _WITHOUT_FUNCTIONS, str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=PROJECT)
    assert (done.returncode, done.stdout.strip()) == (0, "False"), done.stderr
