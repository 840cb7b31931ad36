"""Sixteen bytes at once, as bit masks: bit i speaks of byte i."""

from __future__ import annotations

from typing import Any

import numpy as np

from etl_batch.cell_escape import QUOTED
from etl_batch.kernels.compile import Late, inlined, intrinsic, ir, types
from etl_batch.kernels.machine import pointer_to
from etl_batch.kernels.numbers_text import U

SIXTEEN = U(16)
_BLANK = 0x20
_IN_PAGE, _SIXTEEN_BEFORE_PAGE = U(4095), U(4096 - 16)


def _vector_type() -> Any:  # noqa: ANN401 - LLVM's own
    return ir.VectorType(ir.IntType(8), 16)


def _mask(builder: Any, compared: Any) -> Any:  # noqa: ANN401
    return builder.zext(builder.bitcast(compared, ir.IntType(16)), ir.IntType(64))


@intrinsic
def copy_and_look(_typing: Any, out: Any, address: Any) -> Any:  # noqa: ANN401 - Numba's own protocol
    """Copy sixteen bytes, and say which are not NUL, not blanks, call for quotes, are above 127."""
    result = types.UniTuple(types.uint64, 4)

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:  # noqa: ANN401
        kind = _vector_type()
        vector = builder.load(pointer_to(builder, arguments[1], kind), align=1, typ=kind)
        builder.store(vector, pointer_to(builder, arguments[0], kind), align=1)
        quoted = ir.Constant(ir.VectorType(ir.IntType(1), 16), [0] * 16)
        for character in sorted(QUOTED):
            same = builder.icmp_unsigned("==", vector, ir.Constant(kind, [ord(character)] * 16))
            quoted = builder.or_(quoted, same)
        masks = [
            builder.icmp_unsigned("!=", vector, ir.Constant(kind, [0] * 16)),
            builder.icmp_unsigned("!=", vector, ir.Constant(kind, [_BLANK] * 16)),
            quoted,
            builder.icmp_signed("<", vector, ir.Constant(kind, [0] * 16)),
        ]
        return context.make_tuple(builder, signature.return_type, [_mask(builder, mask) for mask in masks])

    return result(types.uint64, types.uint64), generate


@intrinsic
def look_at_sixteen(_typing: Any, address: Any) -> Any:  # noqa: ANN401 - Numba's own protocol
    """Say of sixteen bytes which are not NUL, not blanks, above 127."""
    result = types.UniTuple(types.uint64, 3)

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:  # noqa: ANN401
        kind = _vector_type()
        vector = builder.load(pointer_to(builder, arguments[0], kind), align=1, typ=kind)
        masks = [
            builder.icmp_unsigned("!=", vector, ir.Constant(kind, [0] * 16)),
            builder.icmp_unsigned("!=", vector, ir.Constant(kind, [_BLANK] * 16)),
            builder.icmp_signed("<", vector, ir.Constant(kind, [0] * 16)),
        ]
        return context.make_tuple(builder, signature.return_type, [_mask(builder, mask) for mask in masks])

    return result(types.uint64), generate


@intrinsic
def touches(_typing: Any, address: Any, padding: Any, mask: Any) -> Any:  # noqa: ANN401 - Numba's own protocol
    """Whether sixteen bytes differ from a padding in a bit of a mask; it lies at an address, the padding is a word."""

    def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:  # noqa: ANN401
        kind = ir.VectorType(ir.IntType(64), 2)
        vector, wanted = (
            builder.load(pointer_to(builder, one, kind), align=1, typ=kind) for one in (arguments[0], arguments[2])
        )
        twice = ir.Constant(kind, ir.Undefined)
        for place in range(2):
            twice = builder.insert_element(twice, arguments[1], ir.Constant(ir.IntType(32), place))
        found = builder.and_(builder.xor(vector, twice), wanted)
        whole = ir.IntType(128)
        return builder.icmp_unsigned("!=", builder.bitcast(found, whole), ir.Constant(whole, 0))

    return types.boolean(types.uint64, types.uint64, types.uint64), generate


def _collecting(sees_blanks: bool) -> Late:
    """What puts together how four times sixteen bytes differ from a padding, and if asked which are a blank apart."""

    @intrinsic
    def collect(_typing: Any, addresses: Any, padding: Any, out: Any) -> Any:  # noqa: ANN401 - Numba's own protocol
        def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:  # noqa: ANN401
            words, kind = ir.VectorType(ir.IntType(64), 2), _vector_type()
            twice = ir.Constant(words, ir.Undefined)
            for place in range(2):
                twice = builder.insert_element(twice, arguments[1], ir.Constant(ir.IntType(32), place))
            every, blanks = ir.Constant(words, [0, 0]), ir.Constant(kind, [0] * 16)
            for number in range(4):
                at = pointer_to(builder, builder.extract_value(arguments[0], number), words)
                apart = builder.xor(builder.load(at, align=1, typ=words), twice)
                every = builder.or_(every, apart)
                same = builder.icmp_unsigned("==", builder.bitcast(apart, kind), ir.Constant(kind, [_BLANK] * 16))
                blanks = builder.or_(blanks, builder.sext(same, kind))
            for place, found in enumerate([every, builder.bitcast(blanks, words)] if sees_blanks else [every]):
                behind = builder.add(arguments[2], ir.Constant(ir.IntType(64), 16 * place))
                target = pointer_to(builder, behind, words)
                builder.store(builder.or_(found, builder.load(target, align=1, typ=words)), target, align=1)
            return _context.get_dummy_value()

        return types.void(types.UniTuple(types.uint64, 4), types.uint64, types.uint64), generate

    return collect


#: `collect_bits(addresses, padding, out)` adds to the sixteen bytes at an address in which bits others differ from a
#: padding; the other one also marks, in the sixteen bytes behind, those that differ by what a blank and NUL do
collect_bits, collect_bits_and_blanks = _collecting(sees_blanks=False), _collecting(sees_blanks=True)


@intrinsic
def is_same_sixteen(_typing: Any, address: Any, other: Any) -> Any:  # noqa: ANN401 - Numba's own protocol
    """Whether sixteen bytes at an address are those at another."""

    def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:  # noqa: ANN401
        kind = ir.VectorType(ir.IntType(64), 2)
        ours, theirs = (builder.load(pointer_to(builder, one, kind), align=1, typ=kind) for one in arguments)
        whole = ir.IntType(128)
        return builder.icmp_unsigned("==", builder.bitcast(builder.xor(ours, theirs), whole), ir.Constant(whole, 0))

    return types.boolean(types.uint64, types.uint64), generate


@inlined
def sixteen_readable(at: np.uint64) -> bool:
    """Whether sixteen bytes can be read at the address of one that can: they lie in one page of memory."""
    return at & _IN_PAGE <= _SIXTEEN_BEFORE_PAGE
