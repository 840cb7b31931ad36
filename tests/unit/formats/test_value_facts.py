"""What values are like, by parts."""

from __future__ import annotations

import math

import pytest

from etl_batch.formats.value_facts import ValueFacts, cardinality
from etl_batch.kernels.value_fields import KEPT, MOST_EXACT, REGISTER_BITS


@pytest.mark.parametrize("rank", [0, 3])
def test_registers_that_nothing_raised_hold_nothing(rank: int) -> None:
    assert (cardinality(bytes([rank]) * 2**REGISTER_BITS) == 0) == (rank == 0)


def test_more_values_than_are_counted_are_too_many_whichever_part_has_them() -> None:
    half = ValueFacts(counts={key: (1, key) for key in range(MOST_EXACT)})
    half.merge(ValueFacts(counts={0: (2, 0)}))
    assert (half.counts or {})[0] == (3, 0)
    half.merge(ValueFacts(counts={MOST_EXACT: (1, 5)}))
    assert half.counts is None
    few = ValueFacts(counts={1: (1, 1)})
    few.merge(half)
    assert few.counts is None


def test_the_smallest_hashes_are_kept_and_the_larger_registers() -> None:
    ours, theirs = (ValueFacts(kept={key: key for key in range(first, 20, 2)}) for first in (0, 1))
    theirs.registers = bytes([2]) + ours.registers[1:]
    ours.merge(theirs)
    assert list(ours.kept) == list(range(KEPT))
    assert ours.registers[0] == 2


def test_packed_and_back() -> None:
    values = ValueFacts(counts={3: (1, b"a"), 2: (2, 0.1), 1: (1, math.inf)}, kept={2: 0.1}, bins={-4: 2})
    assert ValueFacts.unpacked(values.packed()) == values
    assert ValueFacts.unpacked(ValueFacts(counts=None).packed()).counts is None
