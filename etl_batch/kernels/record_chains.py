"""Records that say their own length: where each begins and how long it is, found by going from one to the next."""

from __future__ import annotations

import numpy as np

from etl_batch.kernels.cell_text import copy_bytes
from etl_batch.kernels.compile import inlined, kernel
from etl_batch.kernels.machine import load, store
from etl_batch.kernels.numbers_text import U

#: words of the rules of a chain
AT, WIDTH, IS_LITTLE, ADD, HEAD, LEAST, MOST, ZEROS = range(8)
RULE_WORDS = 8
#: why a chain stopped
GOES_ON, NO_LENGTH, BEYOND_END, CUT, NOT_ZERO = range(5)
_WORD = U(8)
_AT, _WIDTH, _IS_LITTLE, _ADD, _HEAD, _LEAST, _MOST, _ZEROS = (_WORD * U(word) for word in range(RULE_WORDS))
_NO_LENGTH, _BEYOND_END, _CUT, _NOT_ZERO = (U(reason) for reason in range(1, 5))


@inlined
def _number(start: np.uint64, width: np.uint64, is_little: bool) -> np.uint64:
    """A whole number of so many bytes."""
    value = U(0)
    for place in range(width):
        at = U(place)
        byte = U(load(start + (width - U(1) - at if is_little else at), np.uint8))
        value = (value << U(8)) | byte
    return value


@kernel("uint64(uint64, uint64, uint64, uint64, uint64, uint64, uint64, uint64)")
def chained_records(
    rules: np.uint64, first: np.uint64, stop: np.uint64, end: np.uint64,
    offsets: np.uint64, lengths: np.uint64, room: np.uint64, left: np.uint64,
) -> np.uint64:  # fmt: skip
    """List the records from one on, as far as their lengths can be read.

    Args:
        rules: address of RULE_WORDS words: where in a record its length stands, in how many bytes, of which order, what
            is to be added to it to come to the next record, how many bytes in front are none of its own, the least and
            the most that a record has with these, and which of its first four bytes must be zero, as a mask.
        first: address of the first record.
        stop: address behind the last byte that may be read; a record that is listed may reach beyond it.
        end: address at which the records end, whether that may be read or not.
        offsets: address of uint64 for each record: where its own bytes begin, from `first`.
        lengths: address of uint32 for each: how many they are.
        room: how many records may be listed.
        left: address of two words, which are set: where the next record would begin, from `first`, and why it stopped
            there; GOES_ON: there is no more to read, or no room.

    Returns:
        How many are listed.
    """
    place, width = load(rules + _AT, np.uint64), load(rules + _WIDTH, np.uint64)
    is_little, add = load(rules + _IS_LITTLE, np.uint64) != U(0), load(rules + _ADD, np.uint64)
    head, zeros = load(rules + _HEAD, np.uint64), load(rules + _ZEROS, np.uint64)
    least, most = load(rules + _LEAST, np.uint64), load(rules + _MOST, np.uint64)
    at, count, reason = first, U(0), U(0)
    while count < room and at < end:
        if end - at < least:
            reason = _CUT
            break
        if at + least > stop:
            break
        if zeros != U(0) and U(load(at, np.uint32)) & zeros != U(0):
            reason = _NOT_ZERO
            break
        step = _number(at + place, width, is_little) + add
        if step < least or step > most:
            reason = _NO_LENGTH
            break
        if step > end - at:
            reason = _BEYOND_END
            break
        store(offsets + _WORD * count, at - first + head)
        store(lengths + U(4) * count, np.uint32(step - head))
        at += step
        count += U(1)
    store(left, at - first)
    store(left + _WORD, reason)
    return count


@kernel("void(uint64, uint64, uint64, uint64, uint64, uint64, uint8, uint64)")
def arrange_records(
    content: np.uint64, offsets: np.uint64, lengths: np.uint64, count: np.uint64,
    size: np.uint64, padding: np.uint64, says_length: np.uint8, out: np.uint64,
) -> None:  # fmt: skip
    """Copy records side by side, each into as many bytes as the longest has.

    Args:
        content: address that the offsets count from.
        offsets: address of uint64 for each record.
        lengths: address of uint32 for each, none above `size`.
        count: how many records.
        size: bytes of the longest.
        padding: address of `size` bytes: what stands at each place of a record that ends before it.
        says_length: 1: behind each stands how long it was, as uint32.
        out: address with room for them.
    """
    for record in range(count):
        number = U(record)
        length = U(load(lengths + U(4) * number, np.uint32))
        behind = copy_bytes(out, content + load(offsets + _WORD * number, np.uint64), length)
        out = copy_bytes(behind, padding + length, size - length)
        if says_length != np.uint8(0):
            store(out, np.uint32(length))
            out += U(4)
