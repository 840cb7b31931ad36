"""Memory that was freed is given back when it is asked for."""

from __future__ import annotations

from pathlib import Path

from etl_batch.machine.freed_memory import give_back
from etl_batch.values import KIB

PIECES, PIECE_BYTES = 1_000, 100 * KIB  # small enough to lie in the heap of the C library


def own_kib() -> int:
    """Private memory that is in use."""
    (line,) = [line for line in Path("/proc/self/smaps_rollup").read_text().splitlines() if "Anonymous:" in line]
    return int(line.split()[1])


def test_freed_memory_is_given_back() -> None:
    pieces = [bytearray(b"x" * PIECE_BYTES) for _ in range(PIECES)]
    last = pieces[-1]  # what lies behind keeps the C library from giving back what is before it
    del pieces
    before = own_kib()
    give_back()
    assert before - own_kib() > PIECES * PIECE_BYTES // KIB // 2
    assert len(last) == PIECE_BYTES
