"""How a kernel is compiled: once, for this processor, into a cache keyed by the source of all kernels.

Numba's own cache looks at the file of the compiled function only. A kernel inlines helpers from other
files, so an edit there would go unnoticed: hence a cache folder per state of the whole folder.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numba
from numba.core import config as numba_config

_KERNEL_FOLDER = Path(__file__).parent


def source_key() -> str:
    """A short hash over every source file of this folder."""
    digest = hashlib.sha256()
    for source in sorted(_KERNEL_FOLDER.glob("*.py")):
        digest.update(source.name.encode() + b"\0" + source.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


@cache
def cache_folder() -> Path:
    """The first writable place for compiled kernels: beside the source, the user's cache, a temporary folder."""
    key = f"kernels-{source_key()}"
    user_cache = os.environ.get("XDG_CACHE_HOME") or Path("~").expanduser() / ".cache"
    for parent in (_KERNEL_FOLDER / "__pycache__", Path(user_cache) / "quantum-etl-console"):
        folder = parent / key
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError:
            continue
        if os.access(folder, os.W_OK):
            return folder
    return Path(tempfile.mkdtemp(prefix=key))


def kernel(*signatures: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Compile for exactly these signatures, at import, without the GIL; cached between runs."""

    def compile_now(function: Callable[..., Any]) -> Callable[..., Any]:
        # The setting is global to Numba: put it back, for we may be a guest in somebody's process.
        before = numba_config.CACHE_DIR
        numba_config.CACHE_DIR = str(cache_folder())
        try:
            return numba.njit(list(signatures), cache=True, nogil=True, error_model="numpy")(function)
        finally:
            numba_config.CACHE_DIR = before

    return compile_now


def inlined(function: Callable[..., Any]) -> Callable[..., Any]:
    """A helper of kernels: compiled into each kernel that calls it, so it needs no cache of its own."""
    return numba.njit(error_model="numpy")(function)


def is_compiled() -> bool:
    """Whether the kernels of this state of the source were compiled before, as far as a look at the folder tells."""
    return any(cache_folder().rglob("*.nbi"))
