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


def differences_read(packed: bytes, bits: int) -> list[int]:
    """The integers of DELTA_BINARY_PACKED, with a sign and of so many bits, all of whose bytes are used up."""
    size, at = varint(packed, 0)
    parts, at = varint(packed, at)
    count, at = varint(packed, at)
    value, at = _signed(packed, at)
    found = [value] if count else []
    while len(found) < count:
        least, at = _signed(packed, at)
        widths, at = packed[at : at + parts], at + parts
        for width in widths:
            assert width <= bits
            part = int.from_bytes(packed[at : at + size // parts * width // 8], "little")
            at += size // parts * width // 8
            for place in range(min(size // parts, count - len(found))):
                value = _wrapped(value + least + (part >> place * width & (1 << width) - 1), bits)
                found.append(value)
    assert at == len(packed), "bytes are left over"
    return found


def _signed(data: bytes, at: int) -> tuple[int, int]:
    raw, at = varint(data, at)
    return raw >> 1 ^ -(raw & 1), at


def _wrapped(value: int, bits: int) -> int:
    return (value + (1 << bits - 1)) % (1 << bits) - (1 << bits - 1)
