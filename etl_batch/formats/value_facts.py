"""What the values of a column are like, of some rows or of all: parts of it merge in any order to the same. Pure.

How many different ones there are is exact as long as they are few, all parts together; beyond, registers tell it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import field
from typing import Any

import numpy as np

from etl_batch.formats.facts import Bound
from etl_batch.kernels.value_fields import KEPT, MOST_EXACT, REGISTER_BITS
from etl_batch.light_dataclass import dataclass

Value = Bound | bytes
_REGISTERS = 2**REGISTER_BITS
_MOST_RANK = 64 - REGISTER_BITS + 1
_FIRST_LETTER = ord("#")  #: that, and those behind it, need no care between quotes
_AS_LETTERS = bytes(min(rank + _FIRST_LETTER, 255) for rank in range(256))
_AS_RANKS = bytes(max(letter - _FIRST_LETTER, 0) for letter in range(256))


@dataclass(slots=True, kw_only=True)
class ValueFacts:
    """Of one column."""

    registers: bytes = bytes(_REGISTERS)  #: see `kernels.value_counts`
    #: of each value by its hash: how often it is, and what; None: there are too many
    counts: dict[int, tuple[int, Value]] | None = field(default_factory=dict)
    kept: dict[int, Value] = field(default_factory=dict)  #: those of the smallest hashes
    bins: dict[int, int] = field(default_factory=dict)  #: how many numbers each bin holds

    def merge(self, other: ValueFacts) -> None:
        """Take other rows into account."""
        ours, theirs = (np.frombuffer(one.registers, np.uint8) for one in (self, other))
        self.registers = np.maximum(ours, theirs).tobytes()
        self.counts = _together(self.counts, other.counts)
        kept = self.kept | other.kept
        self.kept = {key: kept[key] for key in sorted(kept)[:KEPT]}
        for place, count in other.bins.items():
            self.bins[place] = self.bins.get(place, 0) + count

    def packed(self) -> list[Any]:
        """As JSON values, in an order of their own; without registers, which lie apart."""
        counts = self.counts
        return [
            None if counts is None else [[key, counts[key][0], _plain(counts[key][1])] for key in sorted(counts)],
            [[key, _plain(self.kept[key])] for key in sorted(self.kept)],
            [[place, self.bins[place]] for place in sorted(self.bins)],
        ]

    def packed_registers(self) -> bytes:
        """As letters, one for each; none where the values are counted each by itself: their hashes say it."""
        return b"" if self.counts is not None else self.registers.translate(_AS_LETTERS)

    @classmethod
    def unpacked(cls, values: Sequence[Any], letters: bytes) -> ValueFacts:
        """What `packed` and `packed_registers` made.

        Args:
            values: as JSON has them.
            letters: of this column and those behind it.
        """
        counts, kept, bins = values
        return cls(
            registers=letters[:_REGISTERS].translate(_AS_RANKS)
            if counts is None
            else registers_of(h for h, *_ in counts),
            counts=None if counts is None else {key: (count, _value(value)) for key, count, value in counts},
            kept={key: _value(value) for key, value in kept},
            bins=dict(bins),
        )

    @property
    def distinct(self) -> int:
        """How many different values there are, exact or as the registers tell it."""
        return len(self.counts) if self.counts is not None else round(cardinality(self.registers))


def _together(
    ours: dict[int, tuple[int, Value]] | None, theirs: dict[int, tuple[int, Value]] | None
) -> dict[int, tuple[int, Value]] | None:
    if ours is None or theirs is None:
        return None
    both = dict(ours)
    for key, (count, value) in theirs.items():
        both[key] = (both[key][0] + count if key in both else count, value)
    return both if len(both) <= MOST_EXACT else None


def _plain(value: Value) -> Any:  # noqa: ANN401 - a JSON value
    if isinstance(value, bytes):
        return value.hex()
    return [value.hex()] if isinstance(value, float) else value


def _value(plain: Any) -> Value:  # noqa: ANN401 - what `_plain` made
    if isinstance(plain, str):
        return bytes.fromhex(plain)
    return float.fromhex(plain[0]) if isinstance(plain, list) else plain


def registers_of(hashes: Iterable[int]) -> bytes:
    """The registers that hashes raise, as the kernel has it."""
    found = np.zeros(_REGISTERS, np.uint8)
    every = np.fromiter(hashes, np.uint64)
    left = (every & np.uint64(2 ** (_MOST_RANK - 1) - 1)) * np.uint64(2) + np.uint64(1)  # a float holds it as it is
    ranks = _MOST_RANK + 1 - np.frexp(left.astype(np.float64))[1]
    np.maximum.at(found, every >> np.uint64(64 - REGISTER_BITS), ranks.astype(np.uint8))
    return found.tobytes()


def cardinality(registers: bytes) -> float:
    """How many different hashes raised the registers (O. Ertl, "New cardinality estimation", 2017, alg. 6)."""
    size = len(registers)
    ranks = [registers.count(rank) for rank in range(_MOST_RANK + 1)]
    found = size * _tau(1 - ranks[_MOST_RANK] / size)
    for rank in range(_MOST_RANK - 1, 0, -1):
        found = (found + ranks[rank]) / 2
    found += size * _sigma(ranks[0] / size)
    return size * size / (2 * math.log(2) * found)


def _sigma(share: float) -> float:
    if share == 1:
        return math.inf
    step, found, before = 1.0, share, -1.0
    while found != before:
        share *= share
        before = found
        found += share * step
        step += step
    return found


def _tau(share: float) -> float:
    if share in {0.0, 1.0}:
        return 0.0
    step, found, before = 1.0, 1 - share, -1.0
    while found != before:
        share = math.sqrt(share)
        before = found
        step /= 2
        found -= (1 - share) ** 2 * step
    return found / 3
