"""Which rows of a Parquet file are read together."""

from __future__ import annotations

from itertools import accumulate, pairwise

from hypothesis import given
from hypothesis import strategies as st

from etl_batch.formats.arrow.plan import MOST_PIECES, runs
from etl_batch.formats.parquet.footer import RowGroup
from etl_batch.values import MIB

CHUNK = 64 * MIB


def groups_of(*sizes: tuple[int, int]) -> list[RowGroup]:
    """Row groups of so many rows and uncompressed bytes."""
    firsts = accumulate((rows for rows, _ in sizes), initial=0)
    return [RowGroup(number, first, *size) for number, (first, size) in enumerate(zip(firsts, sizes, strict=False))]


def rows_of(*sizes: tuple[int, int], row_bytes: int = 8) -> list[int]:
    """How many rows are read together."""
    return [run.rows for run in runs(groups_of(*sizes), row_bytes, CHUNK, MOST_PIECES)]


def test_small_neighbours_are_joined_and_usual_ones_left_alone() -> None:
    assert rows_of(*[(1, 60)] * 5000) == [5000]
    assert rows_of((10, 6 * MIB), (10, 6 * MIB), (10, 6 * MIB), (0, 0), (10, MIB)) == [20, 20]
    assert rows_of((10, 1), (2**20, 100 * MIB), (10, 1), (10, 1)) == [10, 2**20, 20]


def test_huge_ones_are_cut_by_what_they_take_decoded() -> None:
    assert rows_of((2**20, 256 * MIB)) == [2**20]
    assert rows_of((2**20, 320 * MIB)) == [209_716] * 4 + [209_712]
    ten_million = rows_of((10_000_000, 12 * MIB), row_bytes=36)  # dictionaries hide how long the texts are
    assert len(ten_million) == 6
    assert sum(ten_million) == 10_000_000


def test_a_footer_that_lies_makes_no_endless_plan() -> None:
    found = runs(groups_of((2**60, 2**62)), 8, 1, MOST_PIECES)
    assert len(found) == MOST_PIECES
    assert sum(run.rows for run in found) == 2**60


@given(
    st.lists(st.tuples(st.integers(0, 50), st.integers(0, 5000)), max_size=12),
    st.integers(1, 100), st.integers(1, 3000), st.integers(0, 20),
)  # fmt: skip
def test_every_row_once_in_order(sizes: list[tuple[int, int]], row_bytes: int, chunk: int, most: int) -> None:
    groups = groups_of(*sizes)
    found = runs(groups, row_bytes, chunk, most)
    assert sum(run.rows for run in found) == sum(rows for rows, _ in sizes)
    assert all(run.rows > 0 for run in found)
    assert all(run.weight >= 0 for run in found)
    assert sum(run.weight for run in found) == sum(size for rows, size in sizes if rows)
    assert all(one.first_row + one.rows == other.first_row for one, other in pairwise(found))
    bounds = {group.first_row for group in groups} | {sum(rows for rows, _ in sizes)}
    for run in found:  # a run is a piece of one row group, or has whole ones
        cuts = {run.first_row, run.first_row + run.rows} - bounds
        within = [group for group in groups if group.rows and run.first_row < group.first_row + group.rows]
        assert not cuts or run.first_row + run.rows <= within[0].first_row + within[0].rows
