"""Keys in plain Python: hashes a byte at a time, and rows compared with all rows before them."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from typing import Any

_ALL = 2**64 - 1
_WORD = 8


def siphash_128(secret: bytes, content: bytes) -> bytes:
    """SipHash-2-4 of 128 bits, as its authors describe it."""
    low, high = (int.from_bytes(secret[at : at + _WORD], "little") for at in (0, _WORD))
    state = [low ^ 0x736F6D6570736575, high ^ 0x646F72616E646F6D, low ^ 0x6C7967656E657261, high ^ 0x7465646279746573]
    state[1] ^= 0xEE
    padded = content + bytes(_WORD - 1 - len(content) % _WORD) + bytes([len(content) % 256])
    for at in range(0, len(padded), _WORD):
        word = int.from_bytes(padded[at : at + _WORD], "little")
        state[3] ^= word
        _rounds(state, 2)
        state[0] ^= word
    state[2] ^= 0xEE
    _rounds(state, 4)
    first = state[0] ^ state[1] ^ state[2] ^ state[3]
    state[1] ^= 0xDD
    _rounds(state, 4)
    second = state[0] ^ state[1] ^ state[2] ^ state[3]
    return first.to_bytes(_WORD, "little") + second.to_bytes(_WORD, "little")


def _rounds(state: list[int], times: int) -> None:
    for _ in range(times):
        for one, other, by in ((0, 1, 13), (2, 3, 16), (0, 3, 21), (2, 1, 17)):
            state[one] = (state[one] + state[other]) & _ALL
            state[other] = _rotated(state[other], by) ^ state[one]
            if (one, other) in {(0, 1), (2, 1)}:
                state[one] = _rotated(state[one], 32)


def _rotated(word: int, by: int) -> int:
    return (word << by | word >> (64 - by)) & _ALL


def repeats(keys: Sequence[Sequence[Any]]) -> list[tuple[int, int]]:
    """Of each row whose key came before: its place, and that of the first with its key."""
    found: list[tuple[int, int]] = []
    for place, key in enumerate(keys):
        if None in key:
            continue
        first = next(before for before, other in enumerate(keys) if _is_same(key, other))
        if first < place:
            found.append((place, first))
    return found


def strangers(keys: Sequence[Sequence[Any]], among: Collection[Sequence[Any]]) -> list[int]:
    """The places of rows whose key is not among some."""
    return [place for place, key in enumerate(keys)
            if None not in key and not any(_is_same(key, other) for other in among)]  # fmt: skip


def _is_same(key: Sequence[Any], other: Sequence[Any]) -> bool:
    return None not in other and all(
        one == its or (isinstance(one, float) and isinstance(its, float) and math.isnan(one) and math.isnan(its))
        for one, its in zip(key, other, strict=True)
    )
