"""The order in which rows are drawn, where inputs have rows of equal priorities, too."""

from __future__ import annotations

import numpy as np
from hypothesis import example, given, settings
from hypothesis import strategies as st

from etl_batch.sampling.draw import _ordered
from etl_batch.sampling.span_sample import Candidates
from tests.helpers.chance import examples

_ROWS = st.lists(
    st.tuples(st.integers(0, 70_000), st.integers(0, 2**64 - 1) | st.integers(0, 3), st.integers(0, 2)), max_size=60
)


@settings(max_examples=examples(200), deadline=None)
@given(_ROWS)
@example([(1, 7, 1), (1, 7, 0), (0, 7, 0)])
@example([(65_536, 1, 0), (0, 2, 0)])
def test_group_by_group_then_by_priority_input_and_row(rows: list[tuple[int, int, int]]) -> None:
    groups, priority, source = (np.array([row[at] for row in rows], object) for at in range(3))
    row = np.arange(len(rows))[::-1]
    candidates = Candidates(
        groups.astype(np.int64), priority.astype(np.uint64), source.astype(np.int64), row.astype(np.uint64),
        np.zeros((len(rows), 1)),
    )  # fmt: skip
    found = _ordered(candidates, candidates.strata).tolist()
    assert found == sorted(range(len(rows)), key=lambda at: (*rows[at], row[at]))
