"""Calling what Numba compiled without Numba: arguments as its functions take them (`numba.core.callconv`, CPUCallConv).

`int32 function(result *, error **, arguments...)`, an array being seven arguments or more: the object that owns it and
the one that it is a part of (none, for we keep it), items, bytes of an item, address, shape, strides.
"""

from __future__ import annotations

import ctypes
import re
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from etl_batch.kernels.machine_code import LoadedCode
from etl_batch.light_dataclass import dataclass

_C_TYPES: dict[str, Any] = {
    "int32": ctypes.c_int32, "int64": ctypes.c_int64, "uint8": ctypes.c_uint8, "uint64": ctypes.c_uint64,
}  # fmt: skip
_ARGUMENT = re.compile(r"(\w+)(?:\[([:, 1]+)\])?")


def _parsed(arguments: str) -> list[tuple[str, int]]:
    """Of each argument its type, and its dimensions; 0: it is no array."""
    return [(name, axes.count(",") + 1 if axes else 0) for name, axes in _ARGUMENT.findall(arguments)]


def call_words(signature: str, arguments: int | None = None) -> int:
    """How many words a function of that signature takes; or where the argument of that number begins among them."""
    _, _, its = signature.rstrip(")").partition("(")
    return 2 + sum(5 + 2 * dimensions if dimensions else 1 for _, dimensions in _parsed(its)[:arguments])


@dataclass(frozen=True, slots=True)
class _Array:
    """What an argument must be."""

    kind: np.dtype[Any]
    dimensions: int

    def flat(self, argument: Any) -> list[int | None]:  # noqa: ANN401 - whatever the caller gives
        """The array as the function takes it."""
        if not isinstance(argument, np.ndarray) or argument.dtype != self.kind or argument.ndim != self.dimensions:
            raise TypeError(f"{self.kind} in {self.dimensions} dimensions expected, not {argument!r:.80}")
        if not argument.flags.carray:
            raise TypeError("the array must be writable, aligned and without gaps")
        return [None, None, argument.size, argument.itemsize, argument.ctypes.data, *argument.shape, *argument.strides]


class NativeCall:
    """A function that can be called."""

    def __init__(self, signature: str, code: LoadedCode) -> None:
        """Make it.

        Args:
            signature: `result(argument, ...)`, of the types int32, int64, uint8 and uint64; arguments may be arrays.
            code: which must be of that signature.
        """
        result, _, arguments = signature.rstrip(")").partition("(")
        self._arrays: list[_Array | None] = []
        flat: list[Any] = [ctypes.c_void_p, ctypes.c_void_p]
        for name, dimensions in _parsed(arguments):
            if dimensions:
                flat += [ctypes.c_void_p] * 2 + [ctypes.c_int64] * (3 + 2 * dimensions)
                self._arrays.append(_Array(np.dtype(name), dimensions))
            else:
                flat.append(_C_TYPES[name])
                self._arrays.append(None)
        self._result = None if result == "void" else _C_TYPES[result]
        self._code = code  #: lives as long as we do
        self._function: Callable[..., int] = ctypes.CFUNCTYPE(ctypes.c_int32, *flat)(code.address)

    @property
    def address(self) -> int:
        """Of the function."""
        return self._code.address

    def words(self, answer: int, arguments: Sequence[Any]) -> npt.NDArray[np.uint64]:
        """All that it takes, as many as `call_words` says, for a kernel that calls it (`machine.calling`).

        Args:
            answer: address of where the result goes, and behind it where an error would.
            arguments: whose arrays must live as long as the words are used.
        """
        return np.array([answer, answer + 8, *(word or 0 for word in self._flat(arguments))], np.uint64)

    def _flat(self, arguments: Sequence[Any]) -> list[int | None]:
        flat: list[int | None] = []
        for argument, array in zip(arguments, self._arrays, strict=True):
            if array is None:
                flat.append(int(argument))
            else:
                flat += array.flat(argument)
        return flat

    def __call__(self, *arguments: Any) -> Any:  # noqa: ANN401 - the signature says what
        """Run it."""
        flat = self._flat(arguments)
        room = (self._result or ctypes.c_uint64)()
        error = ctypes.c_void_p()
        status = self._function(ctypes.addressof(room), ctypes.addressof(error), *flat)
        if status > 0 or (status != 0 and self._result is not None):
            raise RuntimeError(f"a kernel failed ({status}); kernels must not raise anything")
        return room.value if self._result else None
