"""How a kernel is compiled: once, for this processor; afterwards its machine code is loaded, without Numba.

Loading Numba takes 0.3 s, and as long again until its first kernel runs, even out of its own cache: more than a small
job needs for everything else. So the modules of kernels only note what Numba needs to know. It is loaded when a
kernel is compiled: never, where all of them were compiled before (ADR 18).
"""

from __future__ import annotations

import ctypes
import re
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from etl_batch.kernels.cache_folder import key_of_one
from etl_batch.kernels.machine_code import Code, LoadedCode, read_code, read_earlier, write_code
from etl_batch.kernels.native_call import NativeCall, call_words

#: functions that LLVM's assembly calls and does not hold, but for LLVM's own
_DECLARED = re.compile(r"^declare [^@]*@(?!\"?llvm\.)\"?([\w.$]+)", re.MULTILINE)


class Kernel:
    """A compiled function that is compiled, or loaded, when it is first called. It runs without the GIL."""

    def __init__(self, function: Callable[..., Any], signature: str) -> None:
        self._function = function
        self._signature = signature
        self._call: NativeCall | None = None
        self._lock = threading.Lock()

    def __call__(self, *arguments: Any) -> Any:  # noqa: ANN401 - the signature says what
        """Run the kernel."""
        return (self._call or self.compile())(*arguments)

    @property
    def name(self) -> str:
        """Its module and its own name."""
        return f"{self._function.__module__.rpartition('.')[2]}.{self._function.__name__}"

    @property
    def address(self) -> int:
        """Of its code, for kernels that call it."""
        return (self._call or self.compile()).address

    def words(self, answer: int, *arguments: Any) -> Any:  # noqa: ANN401
        """See `NativeCall.words`."""
        return (self._call or self.compile()).words(answer, arguments)

    def call_words(self, arguments: int | None = None) -> int:
        """See `native_call.call_words`."""
        return call_words(self._signature, arguments)

    def compile(self) -> NativeCall:
        """Load the code for exactly the one signature; compile it where there is none."""
        with self._lock:
            if self._call is None:
                code = read_code(self.name)
                if code is None:
                    sources = key_of_one(Path(self._function.__code__.co_filename))
                    code = read_earlier(self.name, sources) or self._code(sources)
                    write_code(self.name, code)
                self._call = NativeCall(self._signature, LoadedCode(code))
            return self._call

    def _code(self, sources: str) -> Code:
        """Let Numba compile the function; `sources` is the key of what it is made of."""
        import numba

        # Without what Python would call it by, and without arrays of its own: both need functions of Numba's, and where
        # one symbol is missing LLVM's loader leaves all of them at 0.
        compiled = numba.njit(
            self._signature, error_model="numpy", _nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True
        )
        (made,) = compiled(self._function).overloads.values()
        _refuse_unknown_functions(self.name, made.library.get_llvm_str())
        _name, _form, (content, *_) = made.library.serialize_using_object_code()  # as Numba's own cache does
        return Code(made.fndesc.llvm_func_name, sources, content)


def _refuse_unknown_functions(name: str, assembly: str) -> None:
    process = ctypes.CDLL(None)
    for function in _DECLARED.findall(assembly):
        if not hasattr(process, function):
            raise RuntimeError(f"the kernel {name} calls {function}, which only Numba has")


def kernel(signature: str) -> Callable[[Callable[..., Any]], Kernel]:
    """A kernel of this signature."""
    return lambda function: Kernel(function, signature)


class Late:
    """A global that kernels use, made when Numba asks for its type."""

    def __init__(self, make: Callable[[], Any]) -> None:
        self._make = make
        self._made: Any = None

    @property
    def _numba_type_(self) -> Any:  # noqa: ANN401 - Numba's own protocol
        from numba.core.registry import cpu_target

        if self._made is None:
            self._made = self._make()
            cpu_target.typing_context.refresh()
        return cpu_target.typing_context.resolve_value_type(self._made)

    def __call__(self, *_: Any) -> Any:  # noqa: ANN401 - so that types can be checked
        """Only kernels can call it."""
        raise TypeError("only a kernel can call this")


def inlined(function: Callable[..., Any]) -> Late:
    """A helper of kernels: compiled into each kernel that calls it, so it needs no code of its own."""

    def make() -> Any:  # noqa: ANN401
        import numba

        return numba.njit(error_model="numpy", forceinline=True)(function)

    return Late(make)


def outlined(function: Callable[..., Any]) -> Late:
    """A helper of kernels that is called, not inlined: it begins with `machine.never_inline()`."""

    def make() -> Any:  # noqa: ANN401
        import numba

        return numba.njit(error_model="numpy", forceinline=False)(function)  # or it would be its caller's

    return Late(make)


def intrinsic(define: Callable[..., Any]) -> Late:
    """What kernels call and LLVM does; `define` keeps to Numba's protocol for intrinsics."""

    def make() -> Any:  # noqa: ANN401
        import numba.extending

        return numba.extending.intrinsic(define)

    return Late(make)


class _Package:
    """A package that is loaded when something of it is used."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401
        from importlib import import_module

        return getattr(import_module(self._name), name)


types: Any = _Package("numba.types")
ir: Any = _Package("llvmlite.ir")
