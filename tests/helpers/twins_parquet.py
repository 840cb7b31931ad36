"""Parquet's encodings, slow and obvious."""

from __future__ import annotations

from collections.abc import Sequence

from tests.helpers.thrift_twin import varint


def unpacked(packed: bytes, width: int, count: int) -> list[int]:
    """The numbers of the RLE / bit-packing hybrid, all of whose bytes are used up."""
    found: list[int] = []
    at = 0
    while len(found) < count:
        kind, at = varint(packed, at)
        if kind & 1:
            size = (kind >> 1) * width
            bits = int.from_bytes(packed[at : at + size], "little")
            assert at + size <= len(packed)
            found += [bits >> place * width & (1 << width) - 1 for place in range((kind >> 1) * 8)]
        else:
            size = -(-width // 8)
            found += [int.from_bytes(packed[at : at + size], "little")] * (kind >> 1)
        at += size
    assert at == len(packed), "bytes are left over"
    assert not any(found[count:]), "the last group is filled up with zeros"
    return found[:count]


def coded(values: Sequence[bytes | int | None]) -> tuple[list[bytes | int], list[int]]:
    """The distinct values in the order in which they come, and the number of each that is there."""
    numbers: dict[bytes | int, int] = {}
    codes = [numbers.setdefault(value, len(numbers)) for value in values if value is not None]
    return list(numbers), codes
