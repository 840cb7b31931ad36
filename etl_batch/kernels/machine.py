"""The machine beneath Python: unaligned loads and stores at addresses, wide products, bit counts.

All arithmetic is unsigned 64-bit. NumPy indexing would add a wrap-around check and a byte-by-byte copy
to each access, which costs more than the work itself (ADR 0003).
"""

from __future__ import annotations

from typing import Any

from etl_batch.kernels.compile import Late, intrinsic, ir, types

_POINTER_BITS = 64
_SCRATCH_BYTES = 1024


def pointer_to(builder: Any, address: Any, llvm_type: Any) -> Any:  # noqa: ANN401
    """The address as a pointer to a value of that type."""
    # LLVM rewrites address arithmetic as an offset from the null pointer, and takes what is reached from there for
    # undefined: it silently deleted a loop of such stores. This attribute says that our addresses are meant.
    # (llvmlite's own `add` knows only some of LLVM's attributes.)
    set.add(builder.function.attributes, "null_pointer_is_valid")
    return builder.inttoptr(address, ir.PointerType(llvm_type))


@intrinsic
def load(_typing: Any, address: Any, kind: Any) -> Any:  # noqa: ANN401 - Numba's own protocol
    """`load(address, numpy.uint32)`: the value of that type at that address, aligned or not."""
    value_type = kind.dtype

    def generate(context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:  # noqa: ANN401
        llvm_type = context.get_data_type(value_type)
        pointer = pointer_to(builder, arguments[0], llvm_type)
        return builder.load(pointer, align=1, typ=llvm_type)

    return value_type(types.uint64, kind), generate


@intrinsic
def load_item(_typing: Any, address: Any, number: Any, kind: Any) -> Any:  # noqa: ANN401
    """`load_item(address, number, numpy.int64)`: that of a row of values; a loop over them can become vectors."""
    value_type = kind.dtype

    def generate(context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:  # noqa: ANN401
        llvm_type = context.get_data_type(value_type)
        place = builder.gep(pointer_to(builder, arguments[0], llvm_type), [arguments[1]])
        return builder.load(place, align=1, typ=llvm_type)

    return value_type(types.uint64, types.uint64, kind), generate


@intrinsic
def store(_typing: Any, address: Any, value: Any) -> Any:  # noqa: ANN401
    """`store(address, value)`: write the value there in its own width, aligned or not."""

    def generate(context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:  # noqa: ANN401
        llvm_type = context.get_data_type(value)
        pointer = pointer_to(builder, arguments[0], llvm_type)
        builder.store(arguments[1], pointer, align=1)
        return context.get_dummy_value()

    return types.void(types.uint64, value), generate


@intrinsic
def high_product(_typing: Any, a: Any, b: Any) -> Any:  # noqa: ANN401
    """The upper 64 bits of the 128-bit product of two unsigned numbers."""

    def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:  # noqa: ANN401
        wide = ir.IntType(2 * _POINTER_BITS)
        product = builder.mul(builder.zext(arguments[0], wide), builder.zext(arguments[1], wide))
        upper = builder.lshr(product, ir.Constant(wide, _POINTER_BITS))
        return builder.trunc(upper, ir.IntType(_POINTER_BITS))

    return types.uint64(types.uint64, types.uint64), generate


@intrinsic
def leading_zeros(_typing: Any, value: Any) -> Any:  # noqa: ANN401
    """How many zero bits stand before the first one bit; 64 for 0."""

    def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:  # noqa: ANN401
        return builder.ctlz(arguments[0], ir.Constant(ir.IntType(1), 0))

    return types.uint64(types.uint64), generate


@intrinsic
def trailing_zeros(_typing: Any, value: Any) -> Any:  # noqa: ANN401
    """How many zero bits stand behind the last one bit; 64 for 0."""

    def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:  # noqa: ANN401
        return builder.cttz(arguments[0], ir.Constant(ir.IntType(1), 0))

    return types.uint64(types.uint64), generate


@intrinsic
def swap_bytes(_typing: Any, value: Any) -> Any:  # noqa: ANN401
    """The bytes of a word the other way round: words compare as their texts do."""

    def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:  # noqa: ANN401
        return builder.bswap(arguments[0])

    return types.uint64(types.uint64), generate


@intrinsic
def float_bits(_typing: Any, value: Any) -> Any:  # noqa: ANN401
    """The bit pattern of a float64 as an unsigned number."""

    def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:  # noqa: ANN401
        return builder.bitcast(arguments[0], ir.IntType(_POINTER_BITS))

    return types.uint64(types.float64), generate


@intrinsic
def float_from_bits(_typing: Any, bits: Any) -> Any:  # noqa: ANN401
    """The float64 of that bit pattern."""

    def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:  # noqa: ANN401
        return builder.bitcast(arguments[0], ir.DoubleType())

    return types.float64(types.uint64), generate


@intrinsic
def float32_from_bits(_typing: Any, bits: Any) -> Any:  # noqa: ANN401
    """The float32 of that bit pattern."""

    def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:  # noqa: ANN401
        return builder.bitcast(arguments[0], ir.FloatType())

    return types.float32(types.uint32), generate


@intrinsic
def float32_bits(_typing: Any, value: Any) -> Any:  # noqa: ANN401
    """The bit pattern of a float32 as an unsigned number."""

    def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:  # noqa: ANN401
        return builder.bitcast(arguments[0], ir.IntType(_POINTER_BITS // 2))

    return types.uint32(types.float32), generate


@intrinsic
def scratch_kilobyte(_typing: Any) -> Any:  # noqa: ANN401
    """The address of 1024 bytes on the stack, uninitialised, good until the calling function returns."""

    def generate(_context: Any, builder: Any, _signature: Any, _arguments: Any) -> Any:  # noqa: ANN401
        from numba.core import cgutils

        area = cgutils.alloca_once(builder, ir.ArrayType(ir.IntType(8), _SCRATCH_BYTES))
        return builder.ptrtoint(area, ir.IntType(_POINTER_BITS))

    return types.uint64(), generate


@intrinsic
def address_of(_typing: Any, array: Any) -> Any:  # noqa: ANN401
    """Where an array's first item lies."""

    def generate(context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:  # noqa: ANN401
        made = context.make_array(array)(context, builder, arguments[0])
        return builder.ptrtoint(made.data, ir.IntType(_POINTER_BITS))

    return types.uint64(array), generate


@intrinsic
def never_inline(_typing: Any) -> Any:  # noqa: ANN401
    """Keep the helper that this stands in out of its callers: what is rarely needed would cost them registers."""

    def generate(context: Any, builder: Any, _signature: Any, _arguments: Any) -> Any:  # noqa: ANN401
        builder.function.attributes.add("noinline")
        builder.function.attributes.add("cold")
        return context.get_dummy_value()

    return types.void(), generate


@intrinsic
def stay_apart(_typing: Any) -> Any:  # noqa: ANN401
    """As `never_inline`, of what is often called: LLVM takes whatever leads to a cold helper for cold, too."""

    def generate(context: Any, builder: Any, _signature: Any, _arguments: Any) -> Any:  # noqa: ANN401
        builder.function.attributes.add("noinline")
        return context.get_dummy_value()

    return types.void(), generate


@intrinsic
def call_kernel(_typing: Any, address: Any, argument: Any) -> Any:  # noqa: ANN401
    """Call the code of another kernel, of the signature `void(uint64)`, that lies at the address."""

    def generate(context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:  # noqa: ANN401
        from numba.core import cgutils

        word, byte = ir.IntType(_POINTER_BITS), ir.PointerType(ir.IntType(8))
        # As Numba calls it: where a result goes, and where an error goes; here there is neither.
        form = ir.FunctionType(ir.IntType(32), [ir.PointerType(byte), ir.PointerType(byte), word])
        unused = [cgutils.alloca_once(builder, byte) for _ in range(2)]
        builder.call(builder.inttoptr(arguments[0], ir.PointerType(form)), [*unused, arguments[1]])
        return context.get_dummy_value()

    return types.void(types.uint64, types.uint64), generate


def calling(words: int) -> Late:
    """What calls a kernel that takes so many words (`Kernel.call_words`): its code and its words lie at addresses.

    All that kernels take are addresses and whole numbers, which are handed over alike.
    """

    @intrinsic
    def call_with(_typing: Any, address: Any, first: Any) -> Any:  # noqa: ANN401
        def generate(context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:  # noqa: ANN401
            word = ir.IntType(_POINTER_BITS)
            code, first_word = (
                pointer_to(builder, arguments[0], ir.FunctionType(ir.IntType(32), [word] * words)),
                pointer_to(builder, arguments[1], word),
            )
            places = (builder.gep(first_word, [ir.Constant(word, number)]) for number in range(words))
            builder.call(code, [builder.load(place) for place in places])
            return context.get_dummy_value()

        return types.void(types.uint64, types.uint64), generate

    return call_with
