"""How a kernel is compiled: once, for this processor, into a cache keyed by the source of all kernels.

Numba's own cache looks at the file of the compiled function only. A kernel inlines helpers from other
files, so an edit there would go unnoticed: hence a cache folder per state of the whole folder.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numba
from numba.core import config as numba_config

from etl_batch.kernels.cache_folder import cache_folder


class Kernel:
    """A compiled function that is compiled, or loaded from the cache, when it is first called."""

    def __init__(self, function: Callable[..., Any], signature: str) -> None:
        self._function = function
        self._signature = signature
        self._compiled: Callable[..., Any] | None = None

    def __call__(self, *arguments: Any) -> Any:  # noqa: ANN401 - the signature says what
        """Run the kernel."""
        return (self._compiled or self.compile())(*arguments)

    def compile(self) -> Callable[..., Any]:
        """Compile for exactly the one signature, to run without the GIL."""
        # The setting is global to Numba: put it back, for we may be a guest in somebody's process.
        before = numba_config.CACHE_DIR
        numba_config.CACHE_DIR = str(cache_folder())
        try:
            compiled = numba.njit(self._signature, cache=True, nogil=True, error_model="numpy")(self._function)
        finally:
            numba_config.CACHE_DIR = before
        self._compiled = compiled
        return compiled


def kernel(signature: str) -> Callable[[Callable[..., Any]], Kernel]:
    """A kernel of this signature."""
    return lambda function: Kernel(function, signature)


def inlined(function: Callable[..., Any]) -> Callable[..., Any]:
    """A helper of kernels: compiled into each kernel that calls it, so it needs no cache of its own."""
    return numba.njit(error_model="numpy", forceinline=True)(function)
