"""Which version of the product this is, and what it runs with, and where it lies."""

from __future__ import annotations

import platform
from pathlib import Path

DISTRIBUTION = "quantum-etl-console"
PROJECT_ROOT = Path(__file__).resolve().parent.parent
_PACKAGES = ("numba", "numpy", "pyarrow")


def product_version() -> str:
    """The installed version; `unknown` where the project runs without being installed."""
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version(DISTRIBUTION)
    except PackageNotFoundError:
        return "unknown"


def versions() -> dict[str, str]:
    """Everything that has a say in the bytes of an output."""
    from importlib.metadata import version

    return {
        "etl_batch": product_version(),
        "python": platform.python_version(),
        **{package: version(package) for package in _PACKAGES},
    }
