"""Every kernel there is, to compile them before they are needed."""

from __future__ import annotations

import pkgutil
from importlib import import_module

from etl_batch import kernels
from etl_batch.kernels.cache_folder import note_compiled
from etl_batch.kernels.compile import Kernel


def compile_all() -> None:
    """Compile every kernel, or load it from the cache."""
    for module in pkgutil.iter_modules(kernels.__path__, f"{kernels.__name__}."):
        for value in vars(import_module(module.name)).values():
            if isinstance(value, Kernel):
                value.compile()
    note_compiled()
