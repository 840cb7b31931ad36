"""Records that say their own length: where each begins and how long it is, found by going from one to the next."""

from __future__ import annotations

import numpy as np

from etl_batch.kernels.cell_text import copy_bytes
from etl_batch.kernels.compile import inlined, kernel
from etl_batch.kernels.machine import load, store, swap_bytes
from etl_batch.kernels.numbers_text import U

#: words of the rules of a chain, see `_step`
RULE_WORDS = 13
BDW_BYTES, LEAST_BLOCK_BYTES = 4, 8
_WORD, _HALF, _BYTE = U(8), U(4), U(1)
_BDW, _LEAST_BLOCK = U(BDW_BYTES), U(LEAST_BLOCK_BYTES)
_EXTENDED, _LOW_HALF = U(0x80000000), U(0xFFFF)
#: why a chain stopped, see `layouts.chains.Break`
_NO_LENGTH, _BEYOND_END, _CUT, _NOT_ZERO = (U(reason) for reason in range(1, 5))


@inlined
def _number(start: np.uint64, width: np.uint64, is_little: bool) -> np.uint64:
    """A whole number of so many bytes."""
    value = U(0)
    for place in range(width):
        at = U(place)
        byte = U(load(start + (width - _BYTE - at if is_little else at), np.uint8))
        value = (value << _WORD) | byte
    return value


@inlined
def _rule(rules: np.uint64, number: int) -> np.uint64:
    return load(rules + _WORD * U(number), np.uint64)


@inlined
def _step(rules: np.uint64, at: np.uint64, end: np.uint64) -> tuple[np.uint64, np.uint64, np.uint64]:
    """A record that begins here: its bytes with what is in front of them, those up to the next, and why it is none.

    Args:
        rules: address of RULE_WORDS words: where in a record its length stands, in how many bytes, whether the lowest
            comes first, which bits of it count, what is to be added to it, the least and the most that a record has
            with what is in front of it, which bits of its first four bytes are known and what they must be, what the
            next one's place is a multiple of, and how far it is at the least. And how many bytes in front are none of
            its own, and how many must be seen to tell all that.
        at: address of the record; so many bytes from there may be read.
        end: address behind the last byte that it may have.
    """
    mark, known = _rule(rules, 7), _rule(rules, 8)
    if mark != U(0) and U(load(at, np.uint32)) & mark != known:
        return U(0), U(0), _NOT_ZERO
    number = _number(at + _rule(rules, 0), _rule(rules, 1), _rule(rules, 2) != U(0))
    size = (number & _rule(rules, 3)) + _rule(rules, 4)
    if size < _rule(rules, 5) or size > _rule(rules, 6):
        return U(0), U(0), _NO_LENGTH
    if size > end - at:
        return U(0), U(0), _BEYOND_END
    multiple = _rule(rules, 9)
    step = (size + multiple - _BYTE) & ~(multiple - _BYTE)
    return size, min(max(step, _rule(rules, 10)), end - at), U(0)


@kernel("uint64(uint64, uint64, uint64, uint64, uint64, uint64, uint64, uint64)")
def chained_records(
    rules: np.uint64, first: np.uint64, stop: np.uint64, end: np.uint64,
    offsets: np.uint64, lengths: np.uint64, places: np.uint64, left: np.uint64,
) -> np.uint64:  # fmt: skip
    """List the records from one on, as far as their lengths can be read.

    Args:
        rules: see `_step`.
        first: address of the first record.
        stop: address behind the last byte that may be read; a record that is listed may reach beyond it.
        end: address at which the records end, whether that may be read or not.
        offsets: address of uint64 for each record: where its own bytes begin, from `first`.
        lengths: address of uint32 for each: how many they are.
        places: address of uint64 for each: where it begins with what is in front of it, from `first`.
        left: address of two words, which are set: where the next record would begin, from `first`, and why it stopped
            there; 0: there is no more to read.

    Returns:
        How many are listed.
    """
    head, seen = _rule(rules, 11), _rule(rules, 12)
    at, count, why = first, U(0), U(0)
    while at < end:
        if end - at < seen:
            why = _CUT
            break
        if at + seen > stop:
            break
        size, step, why = _step(rules, at, end)
        if why != U(0):
            break
        store(offsets + _WORD * count, at - first + head)
        store(lengths + _HALF * count, np.uint32(size - head))
        store(places + _WORD * count, at - first)
        at += step
        count += _BYTE
    store(left, at - first)
    store(left + _WORD, why)
    return count


@inlined
def _block_size(at: np.uint64) -> tuple[np.uint64, bool]:
    """What a BDW says, and whether it may be one: of a large block its first bit is set, and 31 tell its length."""
    word = swap_bytes(U(load(at, np.uint32))) >> U(32)
    if word & _EXTENDED != U(0):
        return word ^ _EXTENDED, True
    return word >> U(16), word & _LOW_HALF == U(0)


@kernel("uint64(uint64, uint64, uint64, uint64, uint64, uint64, uint64, uint64, uint64, uint64)")
def blocked_records(
    rules: np.uint64, first: np.uint64, stop: np.uint64, end: np.uint64, offsets: np.uint64, lengths: np.uint64,
    places: np.uint64, reasons: np.uint64, blocks: np.uint64, left: np.uint64,
) -> np.uint64:  # fmt: skip
    """List the records of the blocks that lie before `stop` whole.

    Args:
        rules: see `_step`.
        first: address of the first block.
        stop: address behind the last byte that may be read.
        end: address at which the blocks end, whether that may be read or not.
        offsets: address of uint64 for each record: where its own bytes begin, from `first`; of what is left of a block
            of which nothing can be told, where that begins.
        lengths: address of uint32 for each: how many they are.
        places: address of uint64 for each: where it begins with what is in front of it, from `first`.
        reasons: address of uint8 for each: set to why nothing can be told of the rest of its block; 0: it is a record.
        blocks: address of two uint64 for each block: where it begins, from `first`, and how many records stand before.
        left: address of three words, which are set: where the next block begins, from `first`; why it stopped there;
            how many blocks there are.

    Returns:
        How many records are listed.
    """
    most, head, seen = _rule(rules, 6), _rule(rules, 11), _rule(rules, 12)
    at, count, found, why = first, U(0), U(0), U(0)
    while at < end:
        if end - at < _BDW:
            why = _CUT
            break
        if at + _BDW > stop:
            break
        block, may_be = _block_size(at)
        if not may_be:
            why = _NOT_ZERO
            break
        if block < _LEAST_BLOCK or block > most:
            why = _NO_LENGTH
            break
        if block > end - at:
            why = _BEYOND_END
            break
        if at + block > stop:
            break
        store(blocks + U(2) * _WORD * found, at - first)
        store(blocks + U(2) * _WORD * found + _WORD, count)
        found += _BYTE
        inner, behind = at + _BDW, at + block
        while inner < behind:
            size, step, reason = behind - inner, behind - inner, _CUT
            if size >= seen:
                size, step, reason = _step(rules, inner, behind)
            before = head
            if reason != U(0):
                size, step, before = behind - inner, behind - inner, U(0)
            store(offsets + _WORD * count, inner - first + before)
            store(lengths + _HALF * count, np.uint32(size - before))
            store(places + _WORD * count, inner - first)
            store(reasons + count, np.uint8(reason))
            inner += step
            count += _BYTE
        at = behind
    store(left, at - first)
    store(left + _WORD, why)
    store(left + U(2) * _WORD, found)
    return count


@kernel("void(uint64, uint64, uint64, uint64, uint64)")
def join_records(content: np.uint64, offsets: np.uint64, lengths: np.uint64, count: np.uint64, out: np.uint64) -> None:
    """Copy pieces one behind the other.

    Args:
        content: address that the offsets count from.
        offsets: address of uint64 for each piece.
        lengths: address of uint32 for each.
        count: how many pieces.
        out: address with room for them.
    """
    for piece in range(count):
        number = U(piece)
        start = content + load(offsets + _WORD * number, np.uint64)
        out = copy_bytes(out, start, U(load(lengths + _HALF * number, np.uint32)))


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
        length = U(load(lengths + _HALF * number, np.uint32))
        behind = copy_bytes(out, content + load(offsets + _WORD * number, np.uint64), length)
        out = copy_bytes(behind, padding + length, size - length)
        if says_length != np.uint8(0):
            store(out, np.uint32(length))
            out += _HALF
