"""Sixty-four bytes at once, as bit masks: bit i speaks of byte i.

LLVM turns the comparisons into whatever vector instructions the processor has. The idea of finding structure with
masks, and of `inside` as a running parity of quotes, is that of G. Langdale and D. Lemire, "Parsing Gigabytes of JSON
per Second" (VLDB Journal, 2019).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from etl_batch.kernels.compile import inlined, intrinsic, ir, types
from etl_batch.kernels.machine import load, pointer_to, store
from etl_batch.kernels.numbers_text import U

BLOCK = U(64)  #: bytes
ALL = U(2**64 - 1)


def _vector_type() -> Any:  # noqa: ANN401 - LLVM's own
    return ir.VectorType(ir.IntType(8), 64)


def _mask_type() -> Any:  # noqa: ANN401
    return ir.IntType(64)


def _vector(builder: Any, address: Any) -> Any:  # noqa: ANN401 - Numba's own protocol
    return builder.load(pointer_to(builder, address, _vector_type()), align=1, typ=_vector_type())


def _splat(builder: Any, byte: Any) -> Any:  # noqa: ANN401
    single = builder.insert_element(ir.Constant(_vector_type(), ir.Undefined), byte, ir.Constant(ir.IntType(32), 0))
    zeros = ir.Constant(ir.VectorType(ir.IntType(32), 64), [0] * 64)
    return builder.shuffle_vector(single, ir.Constant(_vector_type(), ir.Undefined), zeros)


@intrinsic
def equal_mask(_typing: Any, address: Any, byte: Any) -> Any:  # noqa: ANN401
    """Which of the 64 bytes at the address equal a byte (uint8)."""

    def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:  # noqa: ANN401
        same = builder.icmp_unsigned("==", _vector(builder, arguments[0]), _splat(builder, arguments[1]))
        return builder.bitcast(same, _mask_type())

    return types.uint64(types.uint64, types.uint8), generate


def any_of_mask(characters: str) -> Callable[[Any], Any]:
    """A mask that says which of the 64 bytes at an address are one of these ASCII characters."""

    @intrinsic
    def mask(_typing: Any, address: Any) -> Any:  # noqa: ANN401
        def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:  # noqa: ANN401
            vector = _vector(builder, arguments[0])
            found = ir.Constant(ir.VectorType(ir.IntType(1), 64), [0] * 64)
            for character in characters:
                same = builder.icmp_unsigned("==", vector, ir.Constant(_vector_type(), [ord(character)] * 64))
                found = builder.or_(found, same)
            return builder.bitcast(found, _mask_type())

        return types.uint64(types.uint64), generate

    return mask


@intrinsic
def not_ascii_mask(_typing: Any, address: Any) -> Any:  # noqa: ANN401
    """Which of the 64 bytes at the address are above 127."""

    def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:  # noqa: ANN401
        high = builder.icmp_signed("<", _vector(builder, arguments[0]), ir.Constant(_vector_type(), [0] * 64))
        return builder.bitcast(high, _mask_type())

    return types.uint64(types.uint64), generate


@intrinsic
def signed_below_mask(_typing: Any, address: Any, byte: Any) -> Any:  # noqa: ANN401
    """Which of the 64 bytes at the address are below a byte (uint8), or above 127; those only, if it is above 127."""

    def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:  # noqa: ANN401
        below = builder.icmp_signed("<", _vector(builder, arguments[0]), _splat(builder, arguments[1]))
        return builder.bitcast(below, _mask_type())

    return types.uint64(types.uint64, types.uint8), generate


@intrinsic
def copy_block(_typing: Any, out: Any, address: Any, old: Any, new: Any) -> Any:  # noqa: ANN401
    """Copy 64 bytes, with every byte `old` made `new`."""

    def generate(context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:  # noqa: ANN401
        vector = _vector(builder, arguments[1])
        same = builder.icmp_unsigned("==", vector, _splat(builder, arguments[2]))
        changed = builder.select(same, _splat(builder, arguments[3]), vector)
        builder.store(changed, pointer_to(builder, arguments[0], _vector_type()), align=1)
        return context.get_dummy_value()

    return types.void(types.uint64, types.uint64, types.uint8, types.uint8), generate


@intrinsic
def count_ones(_typing: Any, mask: Any) -> Any:  # noqa: ANN401
    """How many bits are set."""

    def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:  # noqa: ANN401
        return builder.ctpop(arguments[0])

    return types.uint64(types.uint64), generate


@inlined
def running_parity(mask: np.uint64) -> np.uint64:
    """Bit i: whether the number of bits set at or below i is odd."""
    mask ^= mask << U(1)
    mask ^= mask << U(2)
    mask ^= mask << U(4)
    mask ^= mask << U(8)
    mask ^= mask << U(16)
    return mask ^ (mask << U(32))


@inlined
def block_at(at: np.uint64, stop: np.uint64, spare: np.uint64) -> tuple[np.uint64, np.uint64]:
    """Where 64 bytes can be read for the block at `at`, and which of them lie before `stop`.

    Behind `stop` the mapping may end: a shorter block is copied to `spare`, which has room for 64 bytes.
    """
    left = stop - at
    if left >= BLOCK:
        return at, ALL
    for offset in range(left):
        store(spare + U(offset), load(at + U(offset), np.uint8))
    return spare, (U(1) << left) - U(1)
