"""What values are like, by parts."""

from __future__ import annotations

import json
import math

import pytest

from etl_batch.formats.value_facts import Value, ValueFacts, cardinality, registers_of
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
    counts: dict[int, tuple[int, Value]] = {3: (1, b"a"), 2**63 + 5: (2, 0.1), 1: (1, math.inf)}
    few = ValueFacts(registers=registers_of(counts), counts=counts, kept={2: 0.1}, bins={-4: 2})
    assert few.packed_registers() == b""
    assert ValueFacts.unpacked(few.packed(), few.packed_registers()) == few
    most = 64 - REGISTER_BITS + 1
    ranks = bytes(place % (most + 1) for place in range(2**REGISTER_BITS))
    many = ValueFacts(registers=ranks, counts=None)
    letters = many.packed_registers()
    assert ValueFacts.unpacked(many.packed(), letters + letters[::-1]) == many
    assert json.dumps(letters.decode()) == f'"{letters.decode()}"'


@pytest.mark.parametrize(("found", "place", "rank"), [(0, 0, 51), (1, 0, 50), (2**64 - 1, 2**14 - 1, 1),
                                                      (3 << 49, 1, 1), (1 << 50, 1, 51)])  # fmt: skip
def test_a_hash_raises_the_register_of_its_first_bits_to_the_place_of_the_next_one_bit(
    found: int, place: int, rank: int
) -> None:
    assert registers_of([found]) == bytes(rank if number == place else 0 for number in range(2**REGISTER_BITS))
    assert registers_of([found, found ^ 1])[place] >= rank
